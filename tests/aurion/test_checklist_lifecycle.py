"""Lifecycle: statements 148 to 163 of the checklist. The codes of all actions in all states: test_states.py."""

from __future__ import annotations

from aurion.checklist import listed, of, refusal
from dragoman.core.conversations import lifecycle
from dragoman.dialects.aurion.ids import Prefix, read
from world import World


async def test_s148_s149_s150_spam_leaves_the_list_and_returns(world: World) -> None:
    one = await world.conversation()
    assert await world.boss.ok("POST", of(one, "spam")) == {"status": "spam_marked"}
    assert (await world.detail(one["id"]))["is_spam"] is True
    assert await listed(world.boss) == []
    assert await world.boss.ok("POST", of(one, "unspam")) == {"status": "spam_unmarked"}
    assert (await world.detail(one["id"]))["is_spam"] is False
    assert await listed(world.boss) == [one["id"]]


async def test_s151_s152_delete_and_restore(world: World) -> None:
    one = await world.conversation()
    world.clock.advance(hours=1)
    response = await world.boss("DELETE", of(one))
    assert (response.status_code, response.json()) == (200, {"status": "deleted"})
    assert (await world.detail(one["id"]))["deleted_at"] == "2026-03-08T10:15:00Z"
    assert await listed(world.boss) == []
    assert await world.boss.ok("POST", of(one, "restore")) == {"status": "restored"}
    assert (await world.detail(one["id"]))["deleted_at"] is None
    assert await listed(world.boss) == [one["id"]]


async def test_s153_s157_archive_and_unarchive(world: World) -> None:
    one = await world.conversation()
    assert await world.boss.ok("POST", of(one, "archive")) == {"status": "archived"}
    assert (await world.detail(one["id"]))["archived_at"] == "2026-03-08T09:15:00Z"
    assert await listed(world.boss) == []
    assert await world.boss.ok("POST", of(one, "unarchive")) == {"status": "unarchived"}
    assert (await world.detail(one["id"]))["archived_at"] is None
    assert await listed(world.boss) == [one["id"]]


async def test_s154_s155_s156_what_is_not_active_is_not_archived(world: World) -> None:
    archived, deleted, spam = [await world.conversation() for _ in range(3)]
    await world.boss.ok("POST", of(archived, "archive"))
    await world.boss.ok("DELETE", of(deleted))
    await world.boss.ok("POST", of(spam, "spam"))
    for one in (archived, deleted, spam):
        before = await world.detail(one["id"])
        assert refusal(await world.boss("POST", of(one, "archive"))) == (409, "conflict")
        assert await world.detail(one["id"]) == before


async def test_s158_read_is_for_the_caller_alone(world: World) -> None:
    one = await world.conversation()
    other_key = await world.key("*")
    assert await world.boss.ok("PATCH", of(one, "read")) == {"status": "read"}
    for caller, is_read in ((world.boss, True), (world.staff, False), (other_key, False)):
        assert (await caller.ok("GET", of(one)))["is_read"] is is_read
        assert (await caller.ok("GET", "/api/v2/conversations"))["items"][0]["is_read"] is is_read
    after = await world.detail(one["id"])
    assert (after["version"], after["updated_at"]) == (one["version"], one["updated_at"])


async def test_s158_what_the_customer_writes_is_unread(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("PATCH", of(one, "read"))
    await world.boss.ok("POST", of(one, "reply"), {"body": "Our own words are not news"})
    assert (await world.detail(one["id"]))["is_read"] is True
    await world.customer_writes(one["id"])
    assert (await world.detail(one["id"]))["is_read"] is False


async def test_s159_spam_archive_and_delete_leave_the_status(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("PATCH", of(one), {"status": "pending"})
    for method, path in (("POST", "archive"), ("POST", "spam"), ("DELETE", "")):
        await world.boss.ok(method, of(one, path) if path else of(one))
        assert (await world.detail(one["id"]))["status"] == "pending"


STEPS = {
    "open": {"open": 200, "pending": 200, "resolved": 200, "closed": 200},
    "pending": {"open": 200, "pending": 200, "resolved": 200, "closed": 200},
    "resolved": {"open": 200, "pending": 200, "resolved": 200, "closed": 200},
    "closed": {"open": 200, "pending": 409, "resolved": 409, "closed": 200},
}


async def test_s160_s161_s162_every_step_of_the_diagram(world: World) -> None:
    one = await world.conversation()
    for start, steps in STEPS.items():
        for end, code in steps.items():
            await world.boss.ok("PATCH", of(one), {"status": "open"})
            await world.boss.ok("PATCH", of(one), {"status": start})
            response = await world.boss("PATCH", of(one), {"status": end})
            assert response.status_code == code, f"{start} to {end}"
            assert (await world.detail(one["id"]))["status"] == (end if code == 200 else start)


async def test_s163_what_the_customer_writes_reopens(world: World) -> None:
    for status in ("pending", "resolved", "closed"):
        one = await world.conversation()
        await world.boss.ok("PATCH", of(one), {"status": status, "snoozed_until": "2026-04-01T00:00:00Z"})
        await world.customer_writes(one["id"])
        after = await world.detail(one["id"])
        assert (after["status"], after["snoozed_until"], after["snoozed_by"]) == ("open", None, None), status


async def test_s163_a_public_reply_leaves_it_open_and_brings_it_back_from_the_archive(world: World) -> None:
    one = await world.conversation()
    await world.boss.ok("POST", of(one, "archive"))
    await world.boss.ok("POST", of(one, "reply"), {"body": "One more thing"})
    after = await world.detail(one["id"])
    assert (after["status"], after["archived_at"]) == ("open", None)


async def test_snooze_ends_by_hand_and_by_time(world: World) -> None:
    one = await world.conversation()
    until = {"snoozed_until": "2026-03-08T12:00:00+01:00"}
    assert await world.staff.ok("POST", of(one, "snooze"), until) == {"status": "snoozed"}
    after = await world.detail(one["id"])
    assert (after["snoozed_until"], after["status"]) == ("2026-03-08T11:00:00Z", "open")
    assert after["snoozed_by"].startswith("agent_")
    assert await listed(world.boss) == [one["id"]]
    assert await world.boss.ok("POST", of(one, "unsnooze")) == {"status": "unsnoozed"}
    assert refusal(await world.boss("POST", of(one, "unsnooze"))) == (409, "conflict")
    await world.boss.ok("POST", of(one, "snooze"), until)
    await world.boss.ok("PATCH", of(one, "read"))
    for hours, is_asleep in ((1, True), (1, False)):
        world.clock.advance(hours=hours)
        async with world.database.write(world.account_id) as tx:
            await lifecycle.wake_if_due(tx, read(Prefix.CONVERSATION, one["id"]))
        after = await world.detail(one["id"])
        assert (after["snoozed_until"] is not None, after["is_read"]) == (is_asleep, is_asleep)


async def test_a_past_or_missing_time_cannot_be_snoozed_until(world: World) -> None:
    one = await world.conversation()
    for body in ({"snoozed_until": "2026-03-08T09:15:00Z"}, {"snoozed_until": None}, {}):
        assert refusal(await world.boss("POST", of(one, "snooze"), body)) == (422, "validation_error")
