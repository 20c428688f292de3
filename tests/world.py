"""A small helpdesk to tell stories in: the real app on a real database, asked over HTTP inside the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from dragoman.app import build_services, create_app
from dragoman.config import Settings
from dragoman.core import reactions
from dragoman.core.accounts import actions as accounts
from dragoman.core.accounts.models import User
from dragoman.core.messages import posting
from dragoman.core.messages.models import Message, NewMessage, Sender
from dragoman.dialects.aurion.ids import Prefix, parse
from dragoman.edge.services import Services
from dragoman.store import directory
from dragoman.store.database import Database, open_backend, open_replica

BASE = "/api/v2/conversations"


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 8, 9, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Caller:
    """Somebody with a credential. Each call returns the response; `ok` calls also insist on success."""

    client: httpx.AsyncClient
    headers: dict[str, str]

    async def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        return await self.client.request(method, path, headers=headers, **more)

    async def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        response = await self(method, path, body, **more)
        assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None


@dataclass
class World:
    services: Services
    client: httpx.AsyncClient
    clock: Clock
    account_id: int
    admin: User
    boss: Caller = field(repr=False)  # an API key with every scope, in X-API-Key
    staff: Caller = field(repr=False)  # the administrator's token, as Bearer
    stranger: Caller = field(repr=False)  # nobody at all

    @property
    def database(self) -> Database:
        return self.services.database

    async def close(self) -> None:
        await self.client.aclose()
        await self.database.close()

    async def key(self, *scopes: str, account_id: int | None = None) -> Caller:
        """Somebody with an API key of these scopes."""
        async with self.database.write(account_id or self.account_id) as tx:
            issued = await accounts.issue_key(tx, name="key", scopes=scopes, user_id=None, pepper=self.services.pepper)
        return Caller(self.client, {"X-API-Key": issued.secret})

    async def other_account(self) -> Caller:
        """Somebody who may do everything, elsewhere."""
        async with self.database.backend.write() as session:
            account_id = await directory.create_account(session, name="Other", uuid=str(uuid4()), now=self.clock())
        return await self.key("*", account_id=account_id)

    async def user(self, name: str, *, role: str = "agent") -> User:
        async with self.database.write(self.account_id) as tx:
            return await accounts.add_user(tx, email=f"{name.lower()}@support.example", name=name, role=role)

    async def contact(self, name: str = "Jane Smith", **more: Any) -> str:
        """The id of a new contact, as Aurion shows it."""
        email = more.pop("email", f"{name.lower().replace(' ', '.')}.{uuid4().hex[:6]}@example.com")
        found = await self.boss.ok("POST", "/api/v2/contacts", {"name": name, "email": email, **more})
        return str(found["id"])

    async def conversation(self, subject: str = "Cannot access email", **more: Any) -> dict[str, Any]:
        """A new conversation from a customer by mail, as its detail; give other fields to change it."""
        body = {
            "subject": subject,
            "contact_id": more.pop("contact_id", None) or await self.contact(),
            "channel": "email",
            "message": {"body": "I need help with my email access.", "type": "text"},
            **more,
        }
        found: dict[str, Any] = await self.boss.ok("POST", BASE, body)
        return found

    async def detail(self, conversation_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.boss.ok("GET", f"{BASE}/{conversation_id}?include_deleted=true")
        return found

    async def customer_writes(self, conversation_id: str, body: str = "It still does not work.") -> Message:
        """An inbound message, as a channel would bring it."""
        number = parse(Prefix.CONVERSATION, conversation_id)
        assert number is not None
        async with self.database.write(self.account_id) as tx:
            return await posting.post(tx, number, NewMessage(body=body, sender=Sender.CONTACT, source="email"))


async def build_world(settings: Settings) -> World:
    clock = Clock()
    replica = open_replica(settings.replica_url)
    database = Database(open_backend(settings.database), replica=replica, clock=clock, react=reactions.react)
    services = build_services(settings, database)
    async with database.backend.write() as session:
        account_id = await directory.create_account(session, name="Acme", uuid=str(uuid4()), now=clock())
    async with database.write(account_id) as tx:
        admin = await accounts.add_user(
            tx, email="ann@support.example", name="Ann", role="administrator", password="correct horse"
        )
        key = await accounts.issue_key(tx, name="boss", scopes=["*"], user_id=None, pepper=services.pepper)
        token = await accounts.issue_token(tx, admin, services.pepper)
    transport = httpx.ASGITransport(app=create_app(services))
    client = httpx.AsyncClient(transport=transport, base_url="http://dragoman.test")
    return World(
        services=services,
        client=client,
        clock=clock,
        account_id=account_id,
        admin=admin,
        boss=Caller(client, {"X-API-Key": key.secret}),
        staff=Caller(client, {"Authorization": f"Bearer {token.secret}"}),
        stranger=Caller(client, {}),
    )
