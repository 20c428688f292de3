"""Children, parents and links: statements 121 to 134 of the checklist."""

from __future__ import annotations

import pytest

from aurion.checklist import FIELDS, UNKNOWN, faulty_fields, of, refusal, team_of
from world import BASE, World


async def test_s121_s122_children_is_a_bare_array_oldest_first(world: World) -> None:
    one = await world.conversation()
    assert await world.boss.ok("GET", of(one, "children")) == []
    made = []
    for subject in ("First", "Second", "Gone"):
        world.clock.advance(minutes=1)
        made.append(await world.boss.ok("POST", of(one, "children"), {"subject": subject}))
    await world.boss.ok("DELETE", of(made[2]))
    children = await world.boss.ok("GET", of(one, "children"))
    assert [child["id"] for child in children] == [made[0]["id"], made[1]["id"]]
    assert all(set(FIELDS["child"]) <= set(child) for child in children)
    assert {name: children[0][name] for name in FIELDS["child"]} == {name: made[0][name] for name in FIELDS["child"]}
    assert refusal(await world.boss("GET", of({"id": UNKNOWN}, "children"))) == (404, "not_found")


async def test_s123_s125_a_child_comes_after_its_parent(world: World) -> None:
    parent = await world.conversation(priority="urgent", channel="chat")
    team, _ = await team_of(world, "Bob")
    await world.boss.ok("PATCH", of(parent), {"assigned_team_id": team, "department_id": "dep_1"})
    response = await world.boss("POST", of(parent, "children"), {"subject": "Part of it"})
    child = response.json()
    assert (response.status_code, set(FIELDS["detail"]) <= set(child)) == (201, True)
    assert child["parent_id"] == parent["id"]
    inherited = ("contact_id", "channel", "priority", "company_id")
    assert [child[name] for name in inherited] == [parent[name] for name in inherited]
    assert (child["assignee_team_id"], child["department_id"], child["messages"]) == (team, "dep_1", [])
    assert [one["id"] for one in await world.boss.ok("GET", of(parent, "children"))] == [child["id"]]


async def test_s123_what_is_given_is_not_inherited(world: World) -> None:
    parent = await world.conversation()
    given = {"subject": "Part", "priority": "low", "channel": "sms", "tags": ["a"], "category": "Billing"}
    given |= {"contact_id": await world.contact("Other"), "custom_attrs": {"a": 1}}
    child = await world.boss.ok("POST", of(parent, "children"), {**given, "description": "What is to do"})
    assert {name: child[name] for name in given} == given
    assert [said["body"] for said in child["messages"]] == ["What is to do"]


async def test_s124_a_child_needs_a_subject(world: World) -> None:
    parent = await world.conversation()
    assert faulty_fields(await world.boss("POST", of(parent, "children"), {})) == ["subject"]
    assert refusal(await world.boss("POST", of({"id": UNKNOWN}, "children"), {"subject": "x"})) == (404, "not_found")


async def test_s126_parent_sets_replaces_and_detaches(world: World) -> None:
    one, first, second = [await world.conversation() for _ in range(3)]
    for parent in (first, second):
        after = await world.boss.ok("POST", of(one, "parent"), {"parent_id": parent["id"]})
        assert (after["parent_id"], set(FIELDS["detail"]) <= set(after)) == (parent["id"], True)
    assert await world.boss.ok("GET", of(first, "children")) == []
    assert (await world.boss.ok("POST", of(one, "parent"), {"parent_id": None}))["parent_id"] is None
    assert faulty_fields(await world.boss("POST", of(one, "parent"), {})) == ["parent_id"]


async def test_s127_nothing_is_its_own_ancestor(world: World) -> None:
    one, two, three = [await world.conversation() for _ in range(3)]
    await world.boss.ok("POST", of(two, "parent"), {"parent_id": one["id"]})
    await world.boss.ok("POST", of(three, "parent"), {"parent_id": two["id"]})
    for parent in (one, two, three):
        refused = await world.boss("POST", of(one, "parent"), {"parent_id": parent["id"]})
        assert refusal(refused) == (400, "bad_request")
    assert (await world.detail(one["id"]))["parent_id"] is None


async def test_s128_an_unknown_or_deleted_parent_is_404(world: World) -> None:
    one, gone = await world.conversation(), await world.conversation()
    await world.boss.ok("DELETE", of(gone))
    for parent in (UNKNOWN, "conv_00000000001", "", gone["id"]):
        refused = await world.boss("POST", of(one, "parent"), {"parent_id": parent})
        assert refusal(refused) == (404, "not_found"), parent
        assert refused.json()["detail"] == "Parent conversation not found"


async def test_s129_s130_a_link_shows_the_other_end(world: World) -> None:
    one, other = await world.conversation("One"), await world.conversation("Other", priority="urgent")
    world.clock.advance(minutes=1)
    response = await world.boss("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    link = response.json()
    assert (response.status_code, set(link)) == (201, set(FIELDS["link"]))
    assert await world.boss.ok("GET", of(one, "links")) == [link]
    assert link == {
        "id": link["id"],
        "linked_conversation_id": other["id"],
        "link_type": "related",
        "subject": "Other",
        "status": "open",
        "priority": "urgent",
        "created_at": "2026-03-08T09:16:00Z",
    }
    (back,) = await world.boss.ok("GET", of(other, "links"))
    assert (back["id"], back["linked_conversation_id"], back["subject"]) == (link["id"], one["id"], "One")
    await world.boss.ok("PATCH", of(other), {"status": "resolved", "subject": "Solved"})
    (seen,) = await world.boss.ok("GET", of(one, "links"))
    assert (seen["status"], seen["subject"]) == ("resolved", "Solved")


@pytest.mark.parametrize("word", ["related", "duplicate", "parent", "child"])
async def test_s131_s132_every_type_of_link_is_made_seen_and_deleted(world: World, word: str) -> None:
    opposite = {"parent": "child", "child": "parent"}.get(word, word)
    one, other = await world.conversation(), await world.conversation()
    made = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"], "link_type": word})
    (here,), (there,) = await world.boss.ok("GET", of(one, "links")), await world.boss.ok("GET", of(other, "links"))
    assert (made["link_type"], here["link_type"], there["link_type"]) == (word, word, opposite)
    again = await world.boss("POST", of(one, "links"), {"linked_conversation_id": other["id"], "link_type": word})
    assert refusal(again) == (409, "conflict")
    if word == "parent":
        assert (await world.detail(one["id"]))["parent_id"] == other["id"]
    deleted = await world.boss.ok("DELETE", of(other, "links", made["id"]))
    assert deleted == {"status": "deleted", "id": made["id"]}
    for end in (one, other):
        assert await world.boss.ok("GET", of(end, "links")) == []
        assert (await world.detail(end["id"]))["parent_id"] is None


async def test_s131_links_that_make_no_sense_are_refused(world: World) -> None:
    one, other = await world.conversation(), await world.conversation()
    itself = await world.boss("POST", of(one, "links"), {"linked_conversation_id": one["id"]})
    assert refusal(itself) == (400, "bad_request")
    unknown = await world.boss("POST", of(one, "links"), {"linked_conversation_id": UNKNOWN})
    assert refusal(unknown) == (404, "not_found")
    strange = {"linked_conversation_id": other["id"], "link_type": "friend"}
    assert faulty_fields(await world.boss("POST", of(one, "links"), strange)) == ["link_type"]


async def test_s133_deleting_an_unknown_link_is_404(world: World) -> None:
    one, other, third = [await world.conversation() for _ in range(3)]
    link = await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"]})
    family = "link_p_" + third["id"].removeprefix("conv_")
    for conversation, link_id in ((third, link["id"]), (one, "link_unknown"), (one, "link_00000000001"), (one, family)):
        assert refusal(await world.boss("DELETE", of(conversation, "links", link_id))) == (404, "not_found"), link_id
    assert len(await world.boss.ok("GET", of(one, "links"))) == 1


async def test_s134_related_counts_the_links(world: World) -> None:
    one, other = await world.conversation(), await world.conversation()
    for word in ("related", "duplicate"):
        await world.boss.ok("POST", of(one, "links"), {"linked_conversation_id": other["id"], "link_type": word})
    await world.boss.ok("POST", of(one, "children"), {"subject": "Part"})
    await world.boss.ok("POST", of(one, "parent"), {"parent_id": other["id"]})
    for end, count in ((one, 4), (other, 3)):
        assert len(await world.boss.ok("GET", of(end, "links"))) == count
        assert (await world.detail(end["id"]))["tab_counts"]["related"] == count


async def test_a_link_to_a_deleted_conversation_is_hidden_until_it_is_restored(world: World) -> None:
    one, other = await world.conversation("One"), await world.conversation("Other")
    await world.boss.ok("POST", f"{BASE}/{one['id']}/links", {"linked_conversation_id": other["id"]})
    await world.boss.ok("DELETE", f"{BASE}/{other['id']}")
    assert await world.boss.ok("GET", f"{BASE}/{one['id']}/links") == []
    assert (await world.detail(one["id"]))["tab_counts"]["related"] == 0
    await world.boss.ok("POST", f"{BASE}/{other['id']}/restore")
    assert len(await world.boss.ok("GET", f"{BASE}/{one['id']}/links")) == 1
