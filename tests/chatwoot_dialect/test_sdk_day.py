"""A whole day with the SDK from PyPI, whose answers are typed, and with plain requests where it stops or errs."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from chatwoot import ChatwootClient
from chatwoot.exceptions import ChatwootAPIError, ChatwootAuthError, ChatwootNotFoundError
from websockets.sync.client import connect

from chatwoot_dialect.conftest import Office
from chatwoot_dialect.served import served

WANTED = ("conversation.created", "message.created", "assignee.changed", "conversation.status_changed")


class Ear(threading.Thread):
    """Hears the cable by the side."""

    def __init__(self, port: int, profile: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self.port, self.profile = port, profile
        self.heard: list[str] = []
        self.is_listening = threading.Event()
        self.is_over = threading.Event()

    def run(self) -> None:
        told = {"channel": "RoomChannel", "pubsub_token": self.profile["pubsub_token"]}
        told |= {"account_id": self.profile["account_id"], "user_id": self.profile["id"]}
        subscribe = json.dumps({"command": "subscribe", "identifier": json.dumps(told)})
        address = f"ws://127.0.0.1:{self.port}/cable"
        with connect(address, subprotocols=["actioncable-v1-json"]) as socket:  # type: ignore[list-item]
            socket.send(subscribe)
            while not self.is_over.is_set():
                try:
                    frame = json.loads(socket.recv(timeout=0.2))
                except TimeoutError:
                    continue
                if frame.get("type") == "confirm_subscription":
                    self.is_listening.set()
                if isinstance(frame.get("message"), dict):
                    self.heard.append(frame["message"]["event"])


class Day:
    """One administrator's day; each step is a method."""

    def __init__(self, port: int, token: str, account_id: int) -> None:
        base = f"http://127.0.0.1:{port}"
        self.sdk = ChatwootClient(base_url=base, api_token=token)
        headers = {"api_access_token": token}
        self.plain = httpx.Client(base_url=f"{base}/api/v1/accounts/{account_id}", headers=headers, timeout=30)
        self.base, self.account_id, self.port = base, account_id, port

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = (
            self.plain.request(method, path, json=body, **more)
            if body is not None
            else self.plain.request(method, path, **more)
        )
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def go(self) -> list[str]:
        """The events heard meanwhile."""
        me = httpx.get(f"{self.base}/api/v1/profile", headers=self.plain.headers).json()
        assert self.sdk.profile.get().id == me["id"]
        ear = Ear(self.port, me)
        ear.start()
        assert ear.is_listening.wait(10)
        number = self.morning()
        self.noon(number)
        self.evening(number)
        for _ in range(300):  # PostgreSQL tells nothing while an older transaction is open: another test's, maybe
            if set(WANTED) <= set(ear.heard):
                break
            time.sleep(0.1)
        ear.is_over.set()
        ear.join(10)
        self.plain.close()
        self.sdk.close()
        return ear.heard

    def morning(self) -> int:
        account = self.account_id
        inbox = self.sdk.inboxes.create(account, "Shop", "api")
        assert inbox.channel_type == "Channel::Api"
        assert inbox.id in [one.id for one in self.sdk.inboxes.list(account)]
        made = self.sdk.contacts.create(account, inbox.id, name="Jane", email="jane@shop.example")
        one = self.sdk.conversations.create(account, made.contact_inbox.source_id, inbox.id, contact_id=made.contact.id)
        assert one.status.value == "open"
        came = self.sdk.messages.create(account, one.id, "Where is my parcel?", message_type="incoming")
        assert came.message_type == 0
        said = self.sdk.messages.create(account, one.id, "Let me look.")
        assert (said.message_type, said.private) == (1, False)
        note = self.sdk.messages.create(account, one.id, "She is a regular.", private=True)
        assert note.private
        assert [each.content for each in self.sdk.messages.list(account, one.id)][-3:] == [
            "Where is my parcel?",
            "Let me look.",
            "She is a regular.",
        ]
        return one.id

    def noon(self, number: int) -> None:
        account = self.account_id
        assert self.sdk.conversations.labels.add(account, number, ["parcel", "vip"]) == ["parcel", "vip"]
        agent = self.sdk.agents.list(account)[0]
        assert self.ask("POST", f"/conversations/{number}/assignments", {"assignee_id": agent.id})["id"] == agent.id
        shown = self.sdk.conversations.get(account, number)
        assert shown.meta is not None
        assert shown.meta.assignee is not None
        assert (shown.meta.assignee.id, shown.labels) == (agent.id, ["parcel", "vip"])
        found = self.sdk.conversations.list(account, labels=["vip"])
        assert [one.id for one in found] == [number]
        condition = {
            "attribute_key": "labels",
            "filter_operator": "equal_to",
            "values": ["vip"],
            "query_operator": None,
        }
        filtered = self.ask("POST", "/conversations/filter", {"payload": [condition]})
        assert [one["id"] for one in filtered["payload"]] == [number]
        searched = self.ask("GET", "/conversations", params={"q": "parcel"})["data"]["payload"]
        assert [one["id"] for one in searched] == [number]
        counts = self.sdk.conversations.get_counts(account)
        assert counts["meta"]["all_count"] == 1

    def evening(self, number: int) -> None:
        account = self.account_id
        assert self.sdk.conversations.toggle_status(account, number, "snoozed").current_status.value == "snoozed"
        self.sdk.messages.create(account, number, "Any news?", message_type="incoming")
        assert self.sdk.conversations.get(account, number).status.value == "open"
        assert self.sdk.conversations.toggle_status(account, number, "resolved").success
        assert self.sdk.conversations.list(account) == []
        self.sdk.messages.create(account, number, "It came, thanks!", message_type="incoming")
        assert [one.id for one in self.sdk.conversations.list(account)] == [number]
        with pytest.raises(ChatwootNotFoundError):
            self.sdk.conversations.get(account, 999)
        with pytest.raises(ChatwootAPIError) as fault:
            self.ask_sdk(lambda: self.sdk.contacts.create(account, 1, name="x", email="not an address"))
        assert fault.value.status_code in (404, 422)
        with ChatwootClient(base_url=self.base, api_token="nobody's") as stranger, pytest.raises(ChatwootAuthError):
            stranger.profile.get()

    @staticmethod
    def ask_sdk(what: Callable[[], Any]) -> Any:
        return what()


async def test_a_whole_day_with_the_sdk_and_the_cable(office: Office) -> None:
    world = office.world
    async with served(world.services) as port:
        day = Day(port, office.boss.headers["api_access_token"], world.account_id)
        heard = await asyncio.to_thread(day.go)
    assert set(WANTED) <= set(heard)
