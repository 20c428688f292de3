"""What is to be told reaches whoever listens, whatever they do to us; and nobody waits for anybody else."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dragoman.config import Settings
from dragoman.core.accounts import webhooks
from dragoman.core.accounts.models import Webhook
from dragoman.edge.targets import Address
from dragoman.jobs.delivering import FOR_ONE, MOST_ATTEMPTS
from dragoman.jobs.sending import MOST_KEPT
from dragoman.store import deliveries, places, schema
from dragoman.store.deliveries import Delivery
from receiver import Receiver, carried, courier, endless, hang, hang_up, receiving, status, teller
from world import World

SOON = 0.3  # seconds that a test waits for an answer that never comes


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_targets": "127.0.0.0/8"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


async def subscribed(world: World, url: str, *events: str) -> Webhook:
    async with world.database.write(world.account_id) as tx:
        return await webhooks.subscribe(tx, url=url, dialect="aurion", events=events or ["conversation.created"])


async def kept(world: World) -> list[Delivery]:
    async with world.database.read(world.account_id) as tx:
        return sorted(await deliveries.page(tx, limit=100), key=lambda one: one.id)


async def only(world: World) -> Delivery:
    (one,) = await kept(world)
    return one


async def test_what_got_through_is_not_told_again(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    assert await carried(world) == 1
    one = await only(world)
    assert (one.state, one.status_code, one.response, one.error) == ("delivered", 200, "thanks", None)
    world.clock.advance(days=1)
    assert await carried(world) == 0


async def test_what_failed_is_told_again_ever_more_seldom(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    receiver.usual = status(500, b"no")
    waits = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert await carried(world) == 1
        one = await only(world)
        assert (one.attempts, one.status_code, one.error, one.response) == (attempt, 500, "HTTP 500", "no")
        if one.next_at is None:
            break
        assert await carried(world) == 0, "not before its time"
        waits.append(one.next_at - world.clock())
        world.clock.now = one.next_at
    assert (one.state, len(receiver.heard)) == ("failed", MOST_ATTEMPTS)
    assert timedelta(seconds=8) <= waits[0] <= timedelta(seconds=12)
    assert waits == sorted(waits)
    assert timedelta(hours=5) < sum(waits, timedelta()) < timedelta(hours=15)
    assert len({heard.body for heard in receiver.heard}) == 1, "at each attempt the same"


async def test_not_all_come_back_at_once(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    for _ in range(5):
        await world.conversation()
    receiver.usual = status(500)
    assert await carried(world, chance=random.Random(7)) == 5
    assert len({one.next_at for one in await kept(world)}) == 5


REFUSALS: dict[str, tuple[Any, str]] = {
    "hangs": (hang, "No answer within"),
    "hangs up": (hang_up, "RemoteProtocolError"),
    "redirects inside": (status(302, b"", "Location: http://169.254.169.254/latest"), "HTTP 302"),
    "redirects for good": (status(308, b"", "Location: http://127.0.0.1:1/"), "HTTP 308"),
    "refuses": (status(410), "HTTP 410"),
}


@pytest.mark.parametrize(("answer", "error"), REFUSALS.values(), ids=REFUSALS)
async def test_whoever_does_not_take_it_is_asked_once_and_later_again(
    world: World, receiver: Receiver, answer: Any, error: str
) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    receiver.answers = [answer]
    assert await carried(world, seconds=SOON) == 1
    one = await only(world)
    assert one.state == "pending"
    assert (one.error or "").startswith(error)
    assert len(receiver.heard) == 1, "no redirect is followed"
    world.clock.advance(seconds=13)
    assert await carried(world) == 1
    assert (await only(world)).state == "delivered"


async def test_an_endless_answer_is_an_answer_of_which_little_is_kept(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    receiver.usual = endless
    assert await carried(world) == 1
    one = await only(world)
    assert (one.state, one.response) == ("delivered", "x" * MOST_KEPT)


async def test_an_answer_that_trickles_is_not_waited_for(world: World, receiver: Receiver) -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 Well\r\nContent-Length: 100\r\n\r\nso")
        await writer.drain()
        await hang(writer)

    await subscribed(world, receiver.url)
    await world.conversation()
    receiver.usual = trickle
    assert await carried(world, seconds=SOON) == 1
    one = await only(world)
    assert (one.state, one.status_code, one.response) == ("delivered", 202, "so")


async def test_nobody_at_home_is_told_later(world: World) -> None:
    async with receiving() as gone:
        await subscribed(world, gone.url)
    await world.conversation()
    await carried(world)
    one = await only(world)
    assert (one.state, one.status_code) == ("pending", None)
    assert (one.error or "").startswith("ConnectError")


class Names:
    """A name server whose answers change."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[Address]:
        self.asked.append(host)
        return [ip_address(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])]


async def test_a_name_that_leads_inside_is_not_connected_to(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribed(world, f"http://rebound.example:{receiver.port}/hook")
    await world.conversation()
    names = Names("127.0.0.1", "10.0.0.7", "127.0.0.1")
    assert await carried(world, look_up=names) == 1
    heard = receiver.heard[-1]
    assert heard.headers["host"] == f"rebound.example:{receiver.port}", "the name is kept, the address looked up"
    await world.conversation()
    assert await carried(world, look_up=names) == 1
    assert (await kept(world))[-1].error == "The URL's host is private: it must be reachable from the internet"
    assert len(receiver.heard) == 1
    world.clock.advance(seconds=13)
    assert await carried(world, look_up=names) == 1
    assert (len(receiver.heard), names.asked) == (2, ["rebound.example"] * 3), "looked up at each attempt"


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server of these names, and for somebody who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tests")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "both.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private) + signed)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "both.pem")
    return serving, ssl.create_default_context(cadata=signed.decode())


async def test_the_certificate_must_be_the_names_though_the_address_was_looked_up(world: World, tmp_path: Path) -> None:
    serving, trust = certificate(tmp_path, "hooks.example")
    async with receiving(serving) as receiver:
        for name, state in (("hooks.example", "delivered"), ("other.example", "pending")):
            await subscribed(world, f"https://{name}:{receiver.port}/hook", "conversation.created")
            await world.conversation()
            await carried(world, look_up=Names("127.0.0.1"), trust=trust)
            assert (await kept(world))[-1].state == state
            async with world.database.write(world.account_id) as tx:
                await tx.execute(tx.delete(schema.webhooks))
        assert "CERTIFICATE_VERIFY_FAILED" in str((await kept(world))[-1].error)
        assert [heard.headers["host"] for heard in receiver.heard] == [f"hooks.example:{receiver.port}"]


async def test_loopback_is_not_reached_unless_the_operator_says_so(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost")):
        async with world.database.write(world.account_id) as tx:
            await tx.execute(tx.update(schema.webhooks).values(url=url))
        assert await carried(world, allowed=()) == 1
        assert "private" in str((await only(world)).error)
        world.clock.advance(hours=1)
    assert receiver.heard == []


async def test_one_who_hangs_holds_up_nobody_else(world: World, receiver: Receiver) -> None:
    async with receiving() as stuck:
        stuck.usual = hang
        await subscribed(world, stuck.url)
        await subscribed(world, receiver.url)
        for _ in range(FOR_ONE * 2):
            await world.conversation()
        await teller(world).tell_news()
        running = asyncio.create_task(courier(world, seconds=60).run())
        try:
            await receiver.hears(FOR_ONE * 2)
            assert len(stuck.heard) <= FOR_ONE, "a few at once and no more"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_courier_that_dies_after_sending_sends_again(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    await teller(world).tell_news()
    receiver.answers = [hang]
    running = asyncio.create_task(courier(world, seconds=60).run())
    await receiver.hears(1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await courier(world).run_due() == 0, "its lease still runs"
    world.clock.advance(seconds=deliveries.LEASE.total_seconds())
    assert await courier(world).run_due() == 1
    assert [(one.state, one.attempts) for one in await kept(world)] == [("delivered", 2)]
    assert receiver.heard[0].body == receiver.heard[1].body


async def test_a_teller_that_dies_before_it_has_written_loses_nothing(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribed(world, receiver.url)
    first = teller(world)
    await first.tell_news()
    await world.conversation()
    with monkeypatch.context() as patch:

        async def dies(*_: Any) -> int:
            raise RuntimeError("power cut")

        patch.setattr(deliveries, "add", dies)
        with pytest.raises(RuntimeError):
            await first.tell_news()
    assert await kept(world) == []
    assert await teller(world).tell_news() == 1, "by whoever comes next"
    assert await first.tell_news() == 0, "and only once"
    assert len(await kept(world)) == 1


async def test_what_happens_while_nobody_works_is_told_later(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    for _ in range(3):
        await world.conversation()
    assert await carried(world) == 3
    assert len({heard.json["id"] for heard in receiver.heard}) == 3


async def test_two_tellers_and_two_couriers_do_nothing_twice(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    for _ in range(12):
        await world.conversation()
    tellers = [teller(world) for _ in range(3)]
    assert sum(await asyncio.gather(*(one.tell_news() for one in tellers))) == 12
    couriers = [courier(world) for _ in range(3)]
    for _ in range(12):
        await asyncio.gather(*(one.run_due() for one in couriers))
    assert len({heard.json["id"] for heard in receiver.heard}) == len(receiver.heard) == 12


async def test_an_account_without_listeners_is_not_followed(world: World) -> None:
    await world.conversation()
    one = teller(world)
    await one.tell_news()
    await world.conversation()
    assert await one.tell_news() == 0
    async with world.database.backend.read() as session:
        assert await places.followed(session, "hooks") == set()


async def test_one_that_is_out_of_reach_for_days_is_switched_off(world: World, receiver: Receiver) -> None:
    hook = await subscribed(world, receiver.url)

    async def now() -> Webhook:
        async with world.database.read(world.account_id) as tx:
            (found,) = await webhooks.subscriptions(tx)
        return found

    receiver.usual = status(503)
    await world.conversation()
    await carried(world)
    assert ((await now()).is_active, (await now()).failing_since) == (True, world.clock())
    receiver.answers = [status(200)]
    world.clock.advance(days=2)
    await carried(world)
    assert ((await now()).is_active, (await now()).failing_since) == (True, None), "one success, and all is well"
    for _ in range(2):
        await world.conversation()
        await carried(world)
        world.clock.advance(days=3)
    await carried(world)
    assert (await now()).is_active is False
    heard = len(receiver.heard)
    await world.conversation()
    world.clock.advance(days=1)
    await carried(world)
    assert len(receiver.heard) == heard, "it is left alone"
    assert {one.state for one in await kept(world)} == {"delivered", "failed"}
    page = await world.boss.ok("GET", "/api/v1/webhooks")
    assert page["webhooks"][0]["is_active"] is False
    async with world.database.read(world.account_id) as tx:
        kinds = await tx.scalars(tx.select(schema.events.c.kind).where(schema.events.c.conversation_id.is_(None)))
    assert "webhook_switched_off" in kinds
    assert hook.id


async def test_a_webhook_that_is_deleted_is_told_no_more(world: World, receiver: Receiver) -> None:
    hook = await subscribed(world, receiver.url)
    await world.conversation()
    await teller(world).tell_news()
    async with world.database.write(world.account_id) as tx:
        await webhooks.unsubscribe(tx, hook.id)
    await carried(world)
    one = await only(world)
    assert (one.state, one.error, receiver.heard) == ("failed", "Nobody listens there any more", [])


async def test_an_address_that_was_mended_is_told_there(world: World, receiver: Receiver) -> None:
    async with receiving() as wrong:
        wrong.usual = status(404)
        await subscribed(world, wrong.url)
        await world.conversation()
        await carried(world)
    async with world.database.write(world.account_id) as tx:
        await tx.execute(tx.update(schema.webhooks).values(url=receiver.url))
    world.clock.advance(seconds=13)
    await carried(world)
    assert ((await only(world)).state, len(receiver.heard)) == ("delivered", 1)


async def test_an_event_that_cannot_be_told_holds_up_no_other(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await subscribed(world, receiver.url)
    one = await world.conversation()
    await world.conversation()
    async with world.database.write(world.account_id) as tx:
        events = schema.events
        mine = tx.select(events.c.id).where(events.c.kind == "created").order_by(events.c.id).limit(1)
        first = await tx.scalar(mine)
        await tx.execute(tx.update(events).where(events.c.id == first).values(data={"changes": "nonsense"}))
        await tx.execute(tx.update(events).where(events.c.id == first).values(kind="status_changed"))
    assert await carried(world) == 1
    assert receiver.heard[0].json["data"]["conversation"]["id"] != one["id"]


async def test_what_was_told_long_ago_is_forgotten(world: World, receiver: Receiver) -> None:
    await subscribed(world, receiver.url)
    await world.conversation()
    await carried(world)
    for days, left in ((13, 1), (2, 0)):
        world.clock.advance(days=days)
        async with world.database.backend.write() as session:
            await deliveries.forget_old(session, now=world.clock())
        assert len(await kept(world)) == left


async def test_many_receivers_are_told(world: World) -> None:
    async with AsyncExitStack() as stack:
        many = [await stack.enter_async_context(receiving()) for _ in range(10)]
        for one in many:
            await subscribed(world, one.url)
        await world.conversation()
        assert await carried(world) == 10
        assert [len(one.heard) for one in many] == [1] * 10
