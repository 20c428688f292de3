"""Sharing: statements 168 to 180 of the checklist."""

from __future__ import annotations

from typing import Any

from aurion.checklist import FIELDS, faulty_fields, of, refusal
from world import BASE, World


async def shared(world: World, conversation: dict[str, Any], **body: Any) -> str:
    """The address of a new share link."""
    link = await world.boss.ok("POST", of(conversation, "share"), body)
    return f"{BASE}/share/{link['token']}"


async def test_s168_s169_a_stranger_sees_the_conversation(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("POST", of(one, "reply"), {"body": "Reset.", "metadata": {"internal": "id"}})
    await world.boss.ok("POST", of(one, "attachments"), files={"file": ("a.txt", b"a", "text/plain")})
    response = await world.stranger("GET", await shared(world, one))
    seen = response.json()
    assert (response.status_code, list(seen)) == (200, FIELDS["share"])
    assert [seen[name] for name in ("id", "subject", "channel", "status")] == [
        one["id"],
        "Cannot access email",
        "email",
        "open",
    ]
    assert [said["body"] for said in seen["messages"]] == ["I need help with my email access.", "Reset."]
    assert all(set(said) == set(FIELDS["message"]) for said in seen["messages"])
    assert {(said["sender_id"], str(said["metadata"])) for said in seen["messages"]} == {(None, "{}")}
    assert (seen["resolution"], [file["filename"] for file in seen["attachments"]]) == (None, ["a.txt"])
    assert (seen["permission"], seen["expires_at"]) == ("view_only", "2026-04-07T09:15:00Z")
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")


async def test_s169_the_resolution_is_shown_when_there_is_one(world: World) -> None:
    one = await world.conversation()
    put = await world.boss.ok("PUT", of(one, "resolution"), {"resolution": "Done"})
    assert (await world.stranger.ok("GET", await shared(world, one)))["resolution"] == put


async def test_s170_a_link_is_made_listed_and_revoked(world: World) -> None:
    one = await world.conversation()
    made = await world.boss.ok("POST", of(one, "share"), {"permission": "view_and_comment", "expires_in_days": 1})
    assert set(made) == {"id", "token", "url", "permission", "expires_at", "created_at"}
    assert made["token"].startswith("sh_")
    assert made["url"].endswith(f"{BASE}/share/{made['token']}")
    assert made["expires_at"] == "2026-03-09T09:15:00Z"
    (listed,) = await world.boss.ok("GET", of(one, "shares"))
    assert listed == {name: made[name] for name in ("id", "permission", "expires_at", "created_at")}
    assert (await world.stranger.ok("GET", made["url"]))["permission"] == "view_and_comment"
    assert await world.boss.ok("DELETE", of(one, "shares", made["id"])) == {"status": "deleted", "id": made["id"]}
    assert refusal(await world.stranger("GET", made["url"])) == (404, "not_found")
    assert refusal(await world.boss("DELETE", of(one, "shares", made["id"]))) == (404, "not_found")


async def test_s170_what_cannot_be_shared_so_is_422(world: World) -> None:
    one = await world.conversation()
    for body, field in (
        ({"permission": "edit"}, "permission"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 366}, "expires_in_days"),
        ({"expires_at": "2026-03-08T09:15:00Z"}, "expires_at"),
        ({"expires_at": "2028-01-01"}, "expires_at"),
        ({"expires_at": "2026-04-01", "expires_in_days": 3}, "expires_at"),
    ):
        assert faulty_fields(await world.boss("POST", of(one, "share"), body)) == [field], body
    assert (await world.boss("POST", of(one, "share"), {"expires_in_days": 365})).status_code == 201


async def test_s171_s180_an_expired_link_is_410(world: World) -> None:
    one = await world.conversation()
    address = await shared(world, one, permission="view_and_comment", expires_at="2026-03-08T10:15:00Z")
    world.clock.advance(minutes=59)
    assert (await world.stranger("GET", address)).status_code == 200
    world.clock.advance(minutes=1)
    assert refusal(await world.stranger("GET", address)) == (410, "gone")
    assert refusal(await world.stranger("POST", f"{address}/comments", {"body": "Late"})) == (410, "gone")
    assert (await world.detail(one["id"]))["tab_counts"]["messages"] == 1


async def test_s172_a_deleted_conversations_link_works_again_after_restore(world: World) -> None:
    one = await world.conversation()
    address = await shared(world, one, permission="view_and_comment")
    await world.boss.ok("DELETE", of(one))
    assert refusal(await world.stranger("GET", address)) == (404, "not_found")
    assert refusal(await world.stranger("POST", f"{address}/comments", {"body": "x"})) == (404, "not_found")
    await world.boss.ok("POST", of(one, "restore"))
    assert (await world.stranger("GET", address)).status_code == 200


async def test_s173_unknown_tokens_are_404(world: World) -> None:
    one = await world.conversation()
    token = (await shared(world, one)).rpartition("/")[2]
    cut, grown, keyed = token[:-1], token + "0", token.replace("sh_", "ak_live_")
    for strange in ("sh_token_abc123", "x", "sh_1_00", cut, grown, keyed, "x" * 290, "%00"):
        assert refusal(await world.stranger("GET", f"{BASE}/share/{strange}")) == (404, "not_found"), strange
        refused = await world.stranger("POST", f"{BASE}/share/{strange}/comments", {"body": "x"})
        assert refusal(refused) == (404, "not_found"), strange


async def test_s174_s175_s179_a_comment_reaches_the_agents(world: World) -> None:
    one = await world.conversation()
    address = await shared(world, one, permission="view_and_comment")
    response = await world.stranger("POST", f"{address}/comments", {"body": "Any news?", "author_name": "Mum"})
    said = response.json()
    assert (response.status_code, set(said)) == (201, {"id", "body", "author_name", "created_at"})
    assert (said["body"], said["author_name"], said["created_at"]) == ("Any news?", "Mum", "2026-03-08T09:15:00Z")
    for body in ({"body": "x"}, {"body": "x", "author_name": None}, {"body": "x", "author_name": "  "}):
        assert (await world.stranger.ok("POST", f"{address}/comments", body))["author_name"] == "Anonymous"
    seen = (await world.detail(one["id"]))["messages"][1]
    assert (seen["id"], seen["sender_type"], seen["source"]) == (said["id"], "shared_viewer", "share_link")
    assert (seen["metadata"], seen["is_internal"]) == ({"author_name": "Mum"}, False)
    assert len((await world.stranger.ok("GET", address))["messages"]) == 5


async def test_s176_a_view_only_link_takes_no_comment(world: World) -> None:
    one = await world.conversation()
    address = await shared(world, one)
    assert refusal(await world.stranger("POST", f"{address}/comments", {"body": "x"})) == (403, "forbidden")
    assert (await world.detail(one["id"]))["tab_counts"]["messages"] == 1


async def test_s177_s178_the_lengths(world: World) -> None:
    one = await world.conversation()
    comments = f"{await shared(world, one, permission='view_and_comment')}/comments"
    for body in ({}, {"body": ""}, {"body": "   "}, {"body": "x" * 5001}, {"body": None}):
        assert faulty_fields(await world.stranger("POST", comments, body)) == ["body"]
    name = {"body": "x", "author_name": "x" * 201}
    assert faulty_fields(await world.stranger("POST", comments, name)) == ["author_name"]
    longest = {"body": "ä" * 5000, "author_name": "ö" * 200}
    assert {name: (await world.stranger.ok("POST", comments, longest))[name] for name in longest} == longest


async def test_an_archived_conversation_is_still_shared(world: World) -> None:
    one = await world.conversation()
    address = await shared(world, one)
    await world.boss.ok("POST", of(one, "archive"))
    assert (await world.stranger("GET", address)).status_code == 200
