"""What is said in a conversation (chatwoot.md 5, 11: 119 to 134)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.operations import at, began, bot, contact, happened, inbox, lines, said, shown, team
from dragoman.core import checkup
from dragoman.core.messages.removal import PLACEHOLDER
from dragoman.store import schema


async def refused(office: Office, number: int, **body: Any) -> str:
    answer = await office.boss("POST", at(office, number, "messages"), {"content": "Hello", **body})
    assert answer.status_code == 422, answer.text
    error: str = answer.json()["error"]
    return error


async def test_statements_119_120_121_122_paging(office: Office) -> None:
    number = await office.conversation(*(f"{one}" for one in range(50)))
    await office.boss.ok("POST", at(office, number, "toggle_status"))  # an activity among them
    everything = await lines(office, number, "?after=0")
    ids = [one["id"] for one in everything]
    assert (len(ids), everything[0]["content"]) == (51, "0")
    latest = [one["id"] for one in await lines(office, number)]
    assert latest == ids[-20:]
    walked = latest
    while page := [one["id"] for one in await lines(office, number, f"?before={walked[0]}")]:
        assert len(page) <= 20
        walked = page + walked
    assert walked == ids
    assert [one["id"] for one in await lines(office, number, f"?after={ids[9]}")] == ids[10:]
    between = await lines(office, number, f"?after={ids[9]}&before={ids[40]}")
    assert [one["id"] for one in between] == ids[9:40]
    assert (await office.boss("GET", at(office, number, "messages?before=x"))).status_code == 422


async def test_after_brings_at_most_100_and_both_bounds_more(office: Office) -> None:
    number = await office.conversation(*(f"{one}" for one in range(130)))
    assert len(await lines(office, number, "?after=1")) == 100
    assert len(await lines(office, number, "?after=1&before=9000000")) == 130


async def test_statement_123_the_meta_of_the_list(office: Office) -> None:
    number = await office.conversation("Hello?")
    meta = (await office.agent.ok("GET", at(office, number, "messages")))["meta"]
    assert (meta["contact"]["type"], meta["contact"]["name"]) == ("contact", "Jane Smith")
    assert (meta["labels"], meta["agent_last_seen_at"], "assignee" in meta) == ([], None, False)
    await office.boss.ok("POST", at(office, number, "assignments"), {"assignee_id": office.bob.id})
    await office.agent.ok("POST", at(office, number, "update_last_seen"))
    meta = (await office.agent.ok("GET", at(office, number, "messages")))["meta"]
    assert (meta["assignee"]["type"], meta["assignee_last_seen_at"]) == ("user", "2026-03-08T09:15:00.000Z")


async def test_internal_messages_can_be_left_out(office: Office) -> None:
    number = await office.conversation("Hello?")
    await said(office, number, "A note", private=True)
    await office.boss.ok("POST", at(office, number, "toggle_status"))
    assert len(await lines(office, number)) == 3
    assert [one["content"] for one in await lines(office, number, "?filter_internal_messages=true")] == ["Hello?"]


async def test_statements_124_125_a_form_with_files(office: Office) -> None:
    number = await office.conversation()
    form = {"content": "Look", "private": "false", "content_attributes": '{"in_reply_to": 7}', "echo_id": "e1"}
    files = [
        ("attachments[]", ("a.txt", b"first", "text/plain")),
        ("attachments[]", ("b.png", b"second", "image/png")),
    ]
    made = await office.agent.ok("POST", at(office, number, "messages"), data=form, files=files)
    assert (made["content"], made["content_attributes"], made["echo_id"]) == ("Look", {"in_reply_to": 7}, "e1")
    assert [one["file_type"] for one in made["attachments"]] == ["file", "image"]
    for one, content in zip(made["attachments"], (b"first", b"second"), strict=True):
        assert (await office.world.stranger("GET", one["data_url"])).content == content
    form["content_attributes"] = "{nonsense"
    made = await office.agent.ok("POST", at(office, number, "messages"), data=form, files=files[:1])
    assert made["content_attributes"] == {}


async def test_files_that_are_refused_are_not_kept(office: Office) -> None:
    number = await office.conversation()
    many = [("attachments[]", (f"{one}.txt", b"x", "text/plain")) for one in range(16)]
    path = at(office, number, "messages")
    assert (await office.agent("POST", path, data={"content": "x"}, files=many)).status_code == 422
    wrong = {"content": "x", "message_type": "nonsense"}
    assert (await office.agent("POST", path, data=wrong, files=many[:2])).status_code == 422
    assert (await office.agent("POST", path, {"content": "x", "attachments": ["signed-id"]})).status_code == 422
    kept = [one for one in (office.world.services.settings.data_dir / "files").rglob("*") if one.is_file()]
    assert kept == []
    only_files = await office.agent.ok("POST", path, files=many[:1])
    assert (only_files["content"], len(only_files["attachments"])) == (None, 1)


async def test_a_form_that_comes_again_with_its_key_is_answered_as_before(office: Office) -> None:
    number = await office.conversation()
    how: dict[str, Any] = {"headers": {"Idempotency-Key": "k"}, "data": {"content": "Once"}}
    files = [("attachments[]", (f"{one}.txt", b"x", "text/plain")) for one in range(2)]
    first = await office.agent.ok("POST", at(office, number, "messages"), files=files, **how)
    again = await office.agent.ok("POST", at(office, number, "messages"), files=files, **how)
    assert again["id"] == first["id"]
    other = await office.agent("POST", at(office, number, "messages"), files=files[:1], **how)
    assert other.status_code == 422


async def test_statement_126_a_note_is_private(office: Office) -> None:
    number = await office.conversation()
    note = await said(office, number, "Psst", office.agent, private=True)
    assert (note["private"], note["message_type"], note["sender"]["id"]) == (True, 1, office.bob.id)
    table = schema.messages
    async with office.world.database.read(office.world.account_id) as tx:
        assert await tx.scalar(tx.select(table.c.is_internal).where(table.c.id == note["id"]))


async def test_mentions_make_participants(office: Office) -> None:
    number = await office.conversation()
    night = await team(office, "Night", office.ann.id)
    text = f"[@Bob](mention://user/{office.bob.id}/Bob) [@Eve](mention://user/{office.eve.id}/Eve) look"
    await said(office, number, text)  # not private: nobody is mentioned
    assert await office.boss.ok("GET", at(office, number, "participants")) == []
    note = await said(office, number, text, private=True)
    assert [one["id"] for one in await office.boss.ok("GET", at(office, number, "participants"))] == [office.bob.id]
    await said(office, number, f"[@Night](mention://team/{night}/Night)", private=True)
    found = await office.boss.ok("GET", at(office, number, "participants"))
    assert sorted(one["id"] for one in found) == sorted([office.ann.id, office.bob.id])
    told = [data for kind, data in await happened(office) if kind == "mentioned"]
    assert told[0] == {"message_id": note["id"], "user_ids": [office.bob.id]}
    assert len(told) == 2


async def test_statement_127_incoming_is_for_api_inboxes(office: Office) -> None:
    number = await office.conversation()
    message = await said(office, number, "From me", message_type="incoming")
    assert (message["message_type"], message["sender"]["type"]) == (0, "contact")
    mails = await inbox(office, "email")
    one = await began(office, inbox_id=mails.id, contact_id=await contact(office, "Joe", email="joe@example.com"))
    assert "message_type" in await refused(office, one["id"], message_type="incoming")
    assert "message_type" in await refused(office, one["id"], message_type="activity")


async def test_statement_128_incoming_reopens_but_for_the_muted(office: Office) -> None:
    number = await office.conversation()
    for word in ("resolved", "snoozed"):
        await office.boss.ok("POST", at(office, number, "toggle_status"), {"status": word})
        await said(office, number, message_type="incoming")
        assert (await shown(office, number))["status"] == "open"
    await office.boss.ok("POST", at(office, number, "mute"))
    await said(office, number, message_type="incoming")
    assert (await shown(office, number))["status"] == "resolved"
    await office.boss.ok("POST", at(office, number, "unmute"))
    await bot(office, in_inbox=office.inbox.id)
    for _ in range(2):  # and what is pending already stays the bot's
        await said(office, number, message_type="incoming")
        assert (await shown(office, number))["status"] == "pending"


async def test_statement_129_content_has_an_end(office: Office) -> None:
    number = await office.conversation()
    assert "content" in await refused(office, number, content="x" * 150_001)
    await said(office, number, "x" * 150_000)


async def test_statement_130_the_echo_comes_back(office: Office) -> None:
    number = await office.conversation()
    assert (await said(office, number, echo_id="abc"))["echo_id"] == "abc"
    assert "echo_id" not in (await lines(office, number))[0]
    (told,) = [data for kind, data in await happened(office) if kind == "message_added"]
    assert told["echo_id"] == "abc"


FILLED = {
    "name": "order",
    "category": "UTILITY",
    "language": "en",
    "processed_params": {
        "body": {"1": "Jane"},
        "header": {"media_url": "https://example.com/a.png", "media_type": "image"},
        "buttons": [{"type": "url", "parameter": "x"}],
    },
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "en"},
        {"name": 7},
        {"name": "a", "language": 7},
        {"name": "a", "processed_params": "x"},
        {"name": "a", "processed_params": {"body": ["x"]}},
        {"name": "a", "processed_params": {"header": {"media_type": "sound"}}},
        {"name": "a", "processed_params": {"buttons": [{"type": "dance"}]}},
        {"name": "a", "processed_params": {"buttons": {"type": "url"}}},
    ],
)
async def test_statement_131_template_params_have_a_shape(office: Office, wrong: dict[str, Any]) -> None:
    number = await office.conversation()
    assert "template_params" in await refused(office, number, template_params=wrong)


async def test_what_else_is_kept_of_a_message(office: Office) -> None:
    number = await office.conversation()
    made = await said(
        office,
        number,
        template_params=FILLED,
        campaign_id=3,
        source_id="wamid.1",
        external_created_at="1700000000",
        content_attributes={"items": [{"title": "a"}]},
        content_type="input_select",
    )
    assert made["additional_attributes"] == {"campaign_id": 3, "template_params": FILLED}
    assert made["content_attributes"] == {"items": [{"title": "a"}], "external_created_at": "1700000000"}
    assert (made["source_id"], made["content_type"], made["status"]) == ("wamid.1", "input_select", "sent")


async def test_addresses_of_a_mail(office: Office) -> None:
    mails = await inbox(office, "email")
    one = await began(office, inbox_id=mails.id, contact_id=await contact(office, "Joe", email="joe@example.com"))
    made = await said(office, one["id"], cc_emails="a@example.com, b@example.com", bcc_emails="")
    assert made["content_attributes"] == {"cc_emails": ["a@example.com", "b@example.com"]}
    assert "to_emails" in await refused(office, one["id"], to_emails="nonsense")


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": ""},
        {"content": None},
        {"content": {"a": 1}},
        {"content_type": "dance"},
        {"private": "perhaps"},
        {"content_attributes": [1]},
        {"sender_type": "AgentBot", "sender_id": 999},
        {"campaign_id": "x"},
    ],
)
async def test_what_cannot_be_said(office: Office, wrong: dict[str, Any]) -> None:
    number = await office.conversation()
    assert await refused(office, number, **wrong)
    assert await lines(office, number) == []


async def test_statement_132_a_deleted_message_keeps_its_place(office: Office) -> None:
    number = await office.conversation()
    files = {"attachments[]": ("a.txt", b"secret", "text/plain")}
    form = {"content": "Unfortunate", "content_attributes": '{"a": 1}'}
    made = await office.agent.ok("POST", at(office, number, "messages"), data=form, files=files)
    path = at(office, number, "messages", str(made["id"]))
    gone = await office.agent.ok("DELETE", path)
    assert (gone["id"], gone["content"], gone["content_type"]) == (made["id"], PLACEHOLDER, "text")
    assert (gone["content_attributes"], "attachments" in gone) == ({"deleted": True}, False)
    assert [one["id"] for one in await lines(office, number)] == [made["id"]]
    assert (await office.agent.ok("DELETE", path))["content_attributes"] == {"deleted": True}
    assert (await office.world.stranger("GET", made["attachments"][0]["data_url"])).status_code == 404
    kinds = [kind for kind, _ in await happened(office)]
    assert (kinds.count("message_removed"), kinds.count("attachment_deleted")) == (1, 1)
    documents = schema.search_documents
    async with office.world.database.read(office.world.account_id) as tx:
        found = tx.select(documents.c.id).where(documents.c.id == made["id"])
        assert await tx.scalars(found) == []
        assert await checkup.examine(tx, await checkup.batch(tx, after=0, limit=9)) == []
    assert (await office.agent("DELETE", at(office, number, "messages", "999999"))).status_code == 404
    elsewhere = await office.conversation()
    assert (await office.agent("DELETE", at(office, elsewhere, "messages", str(made["id"])))).status_code == 404


async def test_a_deleted_message_is_its_placeholder_in_the_other_dialect(office: Office) -> None:
    number = await office.conversation("Unfortunate")
    (line,) = await lines(office, number)
    await office.agent.ok("DELETE", at(office, number, "messages", str(line["id"])))
    (card,) = (await office.world.boss.ok("GET", "/api/v2/conversations"))["items"]
    detail = await office.world.boss.ok("GET", f"/api/v2/conversations/{card['id']}")
    assert [one["body"] for one in detail["messages"]] == [PLACEHOLDER]
    found = await office.world.boss.ok("GET", "/api/v2/conversations?search=Unfortunate")
    assert found["items"] == []


async def test_statement_133_the_status_of_a_message(office: Office) -> None:
    number = await office.conversation()
    message = await said(office, number)
    path = at(office, number, "messages", str(message["id"]))
    failed = await office.agent.ok("PATCH", path, {"status": "failed", "external_error": "no such number"})
    assert (failed["status"], failed["content_attributes"]) == ("failed", {"external_error": "no such number"})
    again = await office.agent.ok("POST", f"{path}/retry")
    assert (again["status"], again["content_attributes"]) == ("sent", {})
    assert (await office.agent.ok("PUT", path, {"status": "read"}))["status"] == "read"
    for ignored in ("delivered", "lost", None):
        assert (await office.agent.ok("PATCH", path, {"status": ignored}))["status"] == "read"
    assert [kind for kind, _ in await happened(office)].count("message_changed") == 3
    mails = await inbox(office, "email")
    one = await began(office, inbox_id=mails.id, contact_id=await contact(office, "Joe", email="joe@example.com"))
    sent = await said(office, one["id"])
    answer = await office.agent("PATCH", at(office, one["id"], "messages", str(sent["id"])), {"status": "read"})
    assert (answer.status_code, isinstance(answer.json()["error"], str)) == (403, True)
    assert (await office.agent("POST", at(office, number, "messages", "999999", "retry"))).status_code == 422


async def test_statement_134_the_201st_message_within_a_minute(office: Office) -> None:
    number = await office.conversation(*(f"{one}" for one in range(199)))
    await said(office, number)
    assert "Too many" in await refused(office, number)
    office.world.clock.advance(seconds=61)
    await said(office, number)


async def test_a_stranger_says_nothing(office: Office) -> None:
    number = await office.conversation()
    assert (await office.outsider("POST", at(office, number, "messages"), {"content": "x"})).status_code == 401
    assert (await office.outsider("GET", at(office, number, "messages"))).status_code == 401
    assert (await office.boss("POST", at(office, 999, "messages"), {"content": "x"})).status_code == 404
    assert (await office.boss("POST", at(office, number, "messages", "1", "translate"))).status_code == 404
