"""A load fills an account with what looks as if it had been written conversation by conversation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dragoman.cli import load as loading
from dragoman.cli.accounts import account_app
from dragoman.cli.load import Order, fill
from dragoman.cli.synthetic import Batch, Cast, ids_needed, story
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages.models import Message
from dragoman.core.search.words import document_words
from dragoman.store import schema
from indexes import assert_index_is_right
from world import BASE, World

SIZE = 120


async def loaded(world: World, **more: Any) -> list[Conversation]:
    """Every conversation of the account after a load."""
    await fill(world.database, Order(world.account_id, SIZE, **more))
    return await conversations_of(world)


async def conversations_of(world: World) -> list[Conversation]:
    async with world.database.read(world.account_id) as tx:
        return await tx.all(Conversation, tx.select(Conversation).order_by(schema.conversations.c.id))


async def test_the_index_is_what_the_rows_say(world: World) -> None:
    await loaded(world)
    async with world.database.read(world.account_id) as tx:
        assert len(await assert_index_is_right(tx)) == SIZE


async def test_lists_count_and_show_what_is_there(world: World) -> None:
    everything = await loaded(world)
    active = [one for one in everything if one.visibility == 0]
    for query, wanted in (
        ("", active),
        ("?status=resolved", [one for one in active if one.status == "resolved"]),
        ("?priority=high&channel=email", [one for one in active if (one.priority, one.channel) == ("high", "email")]),
        ("?archived=true", [one for one in everything if one.visibility == 1]),
        ("?tags=billing", [one for one in active if "billing" in one.tags]),
    ):
        page = await world.boss.ok("GET", f"{BASE}{query}")
        newest = sorted(wanted, key=lambda one: (one.updated_at, one.id), reverse=True)[: page["limit"]]
        assert page["total"] == len(wanted) > 0
        assert [one["display_id"] for one in page["items"]] == [str(one.number) for one in newest]


async def test_words_of_subjects_and_messages_are_found(world: World) -> None:
    active = {one.id: one for one in await loaded(world) if one.visibility == 0}
    async with world.database.read(world.account_id) as tx:
        messages = await tx.all(Message, tx.select(Message))
    word = document_words(next(one.body for one in messages if one.conversation_id in active))[-1]
    texts = [(one.conversation_id, one.body) for one in messages] + [(one.id, one.subject) for one in active.values()]
    wanted = {number for number, text in texts if word in document_words(text)} & set(active)
    page = await world.boss.ok("GET", f"{BASE}?search={word}&limit=100")
    assert page["total"] == len(wanted) > 0


async def test_a_detail_adds_up(world: World) -> None:
    await loaded(world, messages=4)
    page = await world.boss.ok("GET", f"{BASE}?limit=100")
    detail = await world.detail(next(one["id"] for one in page["items"] if one["status"] == "resolved"))
    # A line for its creation, one for each message, one for its resolution.
    assert detail["tab_counts"] | {"has_resolution": False} == {
        "activities": 6,
        "has_resolution": False,
        "messages": 4,
        "related": 0,
    }
    assert detail["updated_at"] == detail["messages"][-1]["created_at"]
    assert detail["contact_email"].startswith("customer-")


async def test_life_goes_on_after_a_load(world: World) -> None:
    last = max(one.number for one in await loaded(world))
    made = await world.conversation("Born afterwards", tags=["billing"])
    assert int(made["display_id"]) > last
    assert (await world.boss.ok("GET", f"{BASE}?search=afterwards"))["total"] == 1
    await world.boss.ok("POST", f"{BASE}/{made['id']}/reply", {"body": "Welcome to a full house."})
    async with world.database.read(world.account_id) as tx:
        await assert_index_is_right(tx)


async def test_an_account_can_be_loaded_again_and_in_several_batches(world: World) -> None:
    await loaded(world)
    everything = await loaded(world, at_once=SIZE // 3)
    assert len(everything) == 2 * SIZE
    assert len({one.uuid for one in everything}) == len({one.number for one in everything}) == 2 * SIZE
    assert (await world.boss.ok("GET", BASE))["total"] == sum(one.visibility == 0 for one in everything)


def batch(seed: str, messages: int = 3) -> Batch:
    start, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    ids = range(1, 1 + ids_needed(SIZE, messages))
    return Batch(seed, Cast([], [], []), ids, range(1, SIZE + 1), messages, start, end, end)


def test_the_same_seed_tells_the_same_stories() -> None:
    assert story(batch("1")) == story(batch("1"))
    assert story(batch("1")).conversations != story(batch("2")).conversations


def test_times_keep_their_order_and_never_lie_ahead() -> None:
    told = story(batch("1", messages=5))
    said: dict[int, list[datetime]] = {}
    for message in told.messages:
        said.setdefault(message.conversation_id, []).append(message.created_at)
    for one in told.conversations:
        assert said[one.id] == sorted(said[one.id])
        assert one.created_at == said[one.id][0] <= said[one.id][-1] == one.updated_at <= batch("1").now


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("DRAGOMAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DRAGOMAN_DATABASE_URL", "")
    app = typer.Typer()
    app.command("load")(loading.load)
    app.add_typer(account_app, name="account")
    return app


def test_the_command_says_how_much_it_wrote(command: typer.Typer) -> None:
    runner = CliRunner()
    assert runner.invoke(command, ["account", "create", "Acme"]).exit_code == 0
    result = runner.invoke(command, ["load", "--account", "1", "--conversations", "10", "--messages", "2", "--json"])
    assert result.exit_code == 0, result.output
    assert '"conversations": 10' in result.stdout
    assert '"messages": 20' in result.stdout


def test_an_unknown_account_is_named(command: typer.Typer) -> None:
    result = CliRunner().invoke(command, ["load", "--account", "7", "--conversations", "10"])
    assert result.exit_code != 0
    assert "no account 7" in result.stderr
