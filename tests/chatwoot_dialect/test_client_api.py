"""The client API (chatwoot.md 7, statements 146 to 151)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from chatwoot_dialect.conftest import Office
from dragoman.core.channels import actions as channels
from dragoman.core.conversations import queries
from dragoman.core.messages import posting
from dragoman.core.messages.models import NewMessage, Sender


class Visitor:
    """A contact's own client."""

    def __init__(self, office: Office, source_id: str = "") -> None:
        self.office = office
        self.base = f"/public/api/v1/inboxes/{office.inbox.identifier}"
        self.source_id = source_id

    async def come(self, **told: Any) -> dict[str, Any]:
        found: dict[str, Any] = await self.office.world.stranger.ok("POST", f"{self.base}/contacts", told)
        self.source_id = found["source_id"]
        return found

    async def ok(self, method: str, path: str, body: Any = None) -> Any:
        return await self.office.world.stranger.ok(method, f"{self.base}/contacts/{self.source_id}{path}", body)

    async def status(self, method: str, path: str, body: Any = None) -> int:
        answer = await self.office.world.stranger(method, f"{self.base}/contacts/{self.source_id}{path}", body)
        return answer.status_code


@pytest.fixture
def jane(office: Office) -> Visitor:
    return Visitor(office)


async def test_statement_146_coming_again_is_the_same_contact(jane: Visitor) -> None:
    first = await jane.come(source_id="mine", name="Jane", email="Jane@example.com")
    assert (first["source_id"], first["name"]) == ("mine", "Jane")
    assert first["pubsub_token"]
    assert await jane.come(source_id="mine") == first
    other = await Visitor(jane.office).come(email="jane@EXAMPLE.com")
    assert (other["id"], other["source_id"] == "mine") == (first["id"], False)
    assert (await Visitor(jane.office).come())["id"] != first["id"]
    assert await jane.ok("GET", "") == first


async def test_statement_147_a_conversation_is_its_contacts_alone(jane: Visitor) -> None:
    await jane.come(name="Jane")
    made = await jane.ok("POST", "/conversations", {"custom_attributes": {"plan": "pro"}})
    assert [one["id"] for one in await jane.ok("GET", "/conversations")] == [made["id"]]
    assert (await jane.ok("GET", f"/conversations/{made['id']}"))["contact"]["name"] == "Jane"
    other = Visitor(jane.office)
    await other.come(name="Mallory")
    assert await other.ok("GET", "/conversations") == []
    for method, path in (("GET", ""), ("GET", "/messages"), ("POST", "/messages"), ("POST", "/toggle_status")):
        assert await other.status(method, f"/conversations/{made['id']}{path}", {"content": "x"}) == 404
    shown = await jane.office.boss.ok("GET", f"{jane.office.base}/conversations/{made['id']}")
    assert (shown["custom_attributes"], shown["inbox_id"]) == ({"plan": "pro"}, jane.office.inbox.id)


async def test_statements_148_149_messages_cross_and_notes_do_not(jane: Visitor) -> None:
    office = jane.office
    await jane.come(name="Jane")
    number = (await jane.ok("POST", "/conversations"))["id"]
    said = await jane.ok("POST", f"/conversations/{number}/messages", {"content": "Hello?", "echo_id": "e1"})
    assert (said["content"], said["message_type"]) == ("Hello?", 0)
    shown = await office.agent.ok("GET", f"{office.base}/conversations/{number}")
    assert (shown["messages"][0]["message_type"], shown["messages"][0]["sender"]["name"]) == (0, "Jane")
    world = office.world
    async with world.database.write(world.account_id) as tx:
        key = (await queries.by_number(tx, number)).id
        for text, is_internal in (("Not for you", True), ("For you", False)):
            new = NewMessage(body=text, sender=Sender.AGENT, sender_id=office.bob.id, is_internal=is_internal)
            await posting.post(tx, key, new)
    await jane.ok("POST", f"/conversations/{number}/toggle_status")
    messages = await jane.ok("GET", f"/conversations/{number}/messages")
    assert [one["content"] for one in messages] == ["Hello?", "For you"]
    assert messages[1]["sender"] == {
        **dict.fromkeys(("avatar_url", "thumbnail"), ""),
        "id": office.bob.id,
        "name": "Bob",
        "available_name": "Bob",
        "availability_status": "online",
        "type": "user",
    }
    assert messages == (await jane.ok("GET", f"/conversations/{number}"))["messages"]
    assert [
        one["id"] for one in await jane.ok("GET", f"/conversations/{number}/messages?before={messages[1]['id']}")
    ] == [messages[0]["id"]]


async def test_statement_150_a_contact_ends_and_does_not_reopen(jane: Visitor) -> None:
    await jane.come()
    number = (await jane.ok("POST", "/conversations"))["id"]
    for _ in range(2):
        assert (await jane.ok("POST", f"/conversations/{number}/toggle_status"))["status"] == "resolved"
    await jane.ok("POST", f"/conversations/{number}/messages", {"content": "One more thing"})
    assert (await jane.ok("GET", f"/conversations/{number}"))["status"] == "open"


async def test_statement_151_the_hash_proves_the_identifier(jane: Visitor) -> None:
    office = jane.office
    right = hmac.new((office.inbox.identity_secret or "").encode(), b"user-7", hashlib.sha256).hexdigest()
    wrong = await office.world.stranger(
        "POST", f"{jane.base}/contacts", {"identifier": "user-7", "identifier_hash": "0" * 64}
    )
    assert (wrong.status_code, isinstance(wrong.json()["error"], str)) == (401, True)
    await jane.come(identifier="user-7", identifier_hash=right)
    number = (await jane.ok("POST", "/conversations"))["id"]
    shown = await office.boss.ok("GET", f"{office.base}/conversations/{number}")
    assert shown["meta"]["hmac_verified"] is True
    world = office.world
    async with world.database.write(world.account_id) as tx:
        await channels.edit(tx, "api", office.inbox.id, {"settings": {"hmac_mandatory": True}})
    unproved = await office.world.stranger("POST", f"{jane.base}/contacts", {"identifier": "user-8"})
    assert unproved.status_code == 401


async def test_what_is_not_there_is_not_found(jane: Visitor) -> None:
    await jane.come()
    assert await jane.status("GET", "/conversations/1") == 404
    assert await jane.status("GET", "/conversations/x") == 404
    jane.source_id = "nobody"
    assert await jane.status("GET", "") == 404
    stranger = jane.office.world.stranger
    assert (await stranger("GET", "/public/api/v1/inboxes/none")).status_code == 404
    assert (await stranger("GET", jane.base + "x")).status_code == 404
    shown = await stranger.ok("GET", jane.base)
    assert (shown["identifier"], shown["name"]) == (jane.office.inbox.identifier, "Website")


async def test_too_much_text_and_nothing_at_all_are_refused(jane: Visitor) -> None:
    await jane.come()
    number = (await jane.ok("POST", "/conversations"))["id"]
    for content in ("x" * 150_001, ""):
        assert await jane.status("POST", f"/conversations/{number}/messages", {"content": content}) == 422


async def test_a_contact_says_that_it_has_read(jane: Visitor) -> None:
    await jane.come()
    number = (await jane.ok("POST", "/conversations"))["id"]
    await jane.ok("POST", f"/conversations/{number}/update_last_seen")
    shown = await jane.office.boss.ok("GET", f"{jane.office.base}/conversations/{number}")
    assert shown["contact_last_seen_at"] == int(jane.office.world.clock().timestamp())
