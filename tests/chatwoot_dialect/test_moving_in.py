"""`dragoman import chatwoot`, from Dragoman itself serving the dialect."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from chatwoot_dialect.conftest import Office
from dragoman.app import create_app
from dragoman.core.accounts import actions as accounts
from dragoman.imports.chatwoot import talks
from dragoman.imports.chatwoot.moving import move_in
from dragoman.imports.chatwoot.remote import Refused
from dragoman.imports.chatwoot.report import KINDS, Outcome, Report
from world import Caller


async def moved(office: Office, to: int, report: Report | None = None) -> Report:
    """Copy the office's account into another one of the same server."""
    transport = httpx.ASGITransport(app=create_app(office.world.services))
    token = office.boss.headers["api_access_token"]
    return await move_in(
        office.world.services, to, url="http://dragoman.test", token=token, transport=transport, report=report
    )


async def newcomer(office: Office) -> tuple[int, Caller]:
    """Another account, and its administrator."""
    world = office.world
    await world.other_account()
    account_id = world.account_id + 1
    async with world.database.write(account_id) as tx:
        ann = await accounts.add_user(tx, email="ann@support.example", name="Ann", role="administrator")
        issued = await accounts.issue_token(tx, ann, world.services.pepper)
    return account_id, Caller(world.client, {"api_access_token": issued.secret})


async def story(office: Office) -> list[int]:
    """Conversations with everything that moves; their display ids."""
    base = office.base
    await office.boss.ok("POST", f"{base}/labels", {"title": "vip", "description": "dear"})
    team = await office.boss.ok("POST", f"{base}/teams", {"name": "sales"})
    await office.boss.ok("POST", f"{base}/teams/{team['id']}/team_members", {"user_ids": [office.bob.id]})
    made = [await office.conversation(f"Question {at}", contact=f"Jane {at}") for at in range(3)]
    first = f"{base}/conversations/{made[0]}"
    await office.boss.ok("POST", f"{first}/labels", {"labels": ["vip"]})
    await office.boss.ok("POST", f"{first}/assignments", {"assignee_id": office.bob.id})
    await office.boss.ok("POST", f"{first}/assignments", {"team_id": team["id"]})
    await office.boss.ok("POST", f"{first}/toggle_priority", {"priority": "urgent"})
    await office.boss.ok("POST", f"{first}/messages", {"content": "An inner word", "private": True})
    files = {"attachments[]": ("note.txt", b"some bytes", "text/plain")}
    answer = await office.agent("POST", f"{first}/messages", data={"content": "See the file"}, files=files)
    assert answer.status_code == 200, answer.text
    await office.boss.ok("POST", f"{base}/conversations/{made[1]}/toggle_status", {"status": "resolved"})
    await office.boss.ok("POST", f"{base}/conversations/{made[2]}/toggle_status", {"status": "snoozed"})
    for at in range(30):
        await office.agent.ok("POST", f"{base}/conversations/{made[2]}/messages", {"content": f"Line {at}"})
    return made


def is_added_up(report: Report) -> bool:
    return all(sum(report.counts[kind].values()) == report.found(kind) for kind in KINDS)


async def conversations(who: Caller, account_id: int) -> list[Any]:
    path = f"/api/v1/accounts/{account_id}/conversations?status=all&sort_by=created_at_asc"
    found: list[Any] = (await who.ok("GET", path))["data"]["payload"]
    return found


async def said(who: Caller, account_id: int, number: int) -> list[tuple[Any, ...]]:
    """All that was said in a conversation, without what became of it."""
    path = f"/api/v1/accounts/{account_id}/conversations/{number}/messages"
    found: list[Any] = []
    while page := (await who.ok("GET", f"{path}?before={found[0]['id']}" if found else path))["payload"]:
        found = page + found
    return [
        (one["content"], one["message_type"], one["private"], one["created_at"], one.get("sender", {}).get("name"))
        for one in found
        if one["message_type"] != 2
    ]


COMPARED = ("status", "priority", "labels", "created_at", "last_activity_at", "unread_count", "custom_attributes")


async def test_everything_comes_and_coming_again_changes_nothing(office: Office) -> None:
    made = await story(office)
    account_id, ann = await newcomer(office)
    report = await moved(office, account_id)
    assert report.noted == [note for note in report.noted if note[0] == "messages"], report.noted
    assert is_added_up(report)
    assert (report.counts["conversations"][Outcome.CARRIED], report.counts["contacts"][Outcome.CARRIED]) == (3, 3)
    assert report.counts["attachments"] == {Outcome.CARRIED: 1}
    assert report.counts["agents"] == {Outcome.HERE_BEFORE: 1, Outcome.CARRIED: 2}

    before = await conversations(office.boss, office.world.account_id)
    after = await conversations(ann, account_id)
    assert [{key: one[key] for key in COMPARED} for one in after] == [
        {key: one[key] for key in COMPARED} for one in before
    ]
    for old, new in zip(before, after, strict=True):
        assert new["meta"]["sender"]["name"] == old["meta"]["sender"]["name"]
        assert await said(ann, account_id, new["id"]) == await said(office.boss, office.world.account_id, old["id"])
    assert after[0]["meta"]["assignee"]["name"] == "Bob"
    assert after[0]["meta"]["team"]["name"] == "sales"
    assert len(made) == 3

    again = await moved(office, account_id)
    assert is_added_up(again)
    for kind in KINDS:
        assert again.counts[kind][Outcome.CARRIED] == again.counts[kind][Outcome.FAILED] == 0, kind
    assert await conversations(ann, account_id) == after


async def test_what_is_new_there_comes_with_the_next_run(office: Office) -> None:
    made = await story(office)
    account_id, ann = await newcomer(office)
    await moved(office, account_id)
    office.world.clock.advance(minutes=5)
    path = f"{office.base}/conversations/{made[1]}"
    await office.boss.ok("POST", f"{path}/messages", {"content": "One more"})
    await office.boss.ok("POST", f"{path}/toggle_status", {"status": "open"})
    report = await moved(office, account_id)
    assert report.counts["messages"][Outcome.CARRIED] == 1
    (second,) = [one for one in await conversations(ann, account_id) if one["meta"]["sender"]["name"] == "Jane 1"]
    assert second["status"] == "open"
    assert (await said(ann, account_id, second["id"]))[-1][0] == "One more"


async def test_a_run_that_is_cut_short_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await story(office)
    account_id, ann = await newcomer(office)

    whole, seen = talks._write, 0

    async def dies(*args: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise RuntimeError("the power is gone")
        await whole(*args)

    monkeypatch.setattr(talks, "_write", dies)
    with pytest.raises(RuntimeError):
        await moved(office, account_id)
    assert len(await conversations(ann, account_id)) == 1
    monkeypatch.undo()
    report = await moved(office, account_id)
    assert report.counts["conversations"] == {Outcome.HERE_BEFORE: 1, Outcome.CARRIED: 2}
    assert len(await conversations(ann, account_id)) == 3


async def test_a_wrong_token_is_said(office: Office) -> None:

    account_id, _ = await newcomer(office)
    transport = httpx.ASGITransport(app=create_app(office.world.services))
    with pytest.raises(Refused):
        await move_in(
            office.world.services, account_id, url="http://dragoman.test", token="nobody's", transport=transport
        )
