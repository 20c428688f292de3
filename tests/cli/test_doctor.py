"""What is kept twice and says two things is found, told and put right, on both databases and beside a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from dragoman.cli.main import app
from dragoman.core import checkup
from dragoman.dialects.aurion.ids import Prefix, read
from indexes import assert_index_is_right
from world import BASE, World

Doctor = Callable[..., Awaitable[Result]]


@pytest.fixture
def doctor(world: World) -> Doctor:
    """The command on the database of a server that goes on serving."""
    chosen = world.services.settings
    env = {"DRAGOMAN_DATABASE_URL": chosen.database_url, "DRAGOMAN_DATA_DIR": str(chosen.data_dir)}

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["doctor", *words], env=env)

    return run


async def by_hand(world: World, *statements: str) -> None:
    """Changes that nobody but the database knows of."""
    async with world.database.backend.write() as session:
        for statement in statements:
            await session.execute(text(statement))


async def spoiled(world: World) -> tuple[int, int, int]:
    """Two conversations of which six things are wrong, and the id of the first one's message."""
    first = await world.conversation("Printer on fire", tags=["urgent"])
    second = read(Prefix.CONVERSATION, (await world.conversation("Second"))["id"])
    detail = await world.detail(first["id"])
    conversation, message = read(Prefix.CONVERSATION, first["id"]), read(Prefix.MESSAGE, detail["messages"][0]["id"])
    await by_hand(
        world,
        f"UPDATE conversations SET message_count = 7, visibility = 4 WHERE id = {conversation}",
        f"UPDATE search_documents SET words = 'a_{world.account_id} nothing' WHERE id = {message}",
        f"DELETE FROM search_documents WHERE id = {conversation}",
        f"UPDATE search_documents SET conversation_id = {conversation} WHERE id = {second}",
        "DELETE FROM tags",
    )
    return conversation, second, message


def counted(result: Result) -> Any:
    return json.loads(result.stdout)


async def test_a_good_database_is_well(world: World, doctor: Doctor) -> None:
    await world.conversation("Printer on fire", tags=["urgent"])
    result = await doctor("--json", "--thorough")
    assert (result.exit_code, counted(result)) == (0, {"conversations": 1, "found": {}, "mended": {}})


async def test_what_is_wrong_is_told_and_left_alone(world: World, doctor: Doctor) -> None:
    conversation, second, message = await spoiled(world)
    found = {"visibility": 1, "message_count": 1, "tag": 1, "words": 4}
    for _ in range(2):
        result = await doctor("--json")
        assert (result.exit_code, counted(result)) == (1, {"conversations": 2, "found": found, "mended": {}})
    told = (await doctor()).stderr
    assert f"account {world.account_id}, conversation {conversation}: message_count is 7, not 1" in told
    assert f"conversation {conversation}: words of document {message} is a_{world.account_id} nothing" in told
    assert f"conversation {second}: words of document {second} is None" in told


async def test_repairing_puts_it_right_and_a_running_server_sees_it(world: World, doctor: Doctor) -> None:
    conversation, _, _ = await spoiled(world)
    result = await doctor("--json", "--repair")
    assert result.exit_code == 0
    assert counted(result)["mended"] == counted(result)["found"]
    assert counted(await doctor("--json", "--thorough")) == {"conversations": 2, "found": {}, "mended": {}}
    for query in ("tags=urgent", "search=printer", "search=fire"):
        page = await world.boss.ok("GET", f"{BASE}?{query}")
        assert [read(Prefix.CONVERSATION, one["id"]) for one in page["items"]] == [conversation], query
    assert (await world.boss.ok("GET", f"{BASE}?search=second"))["total"] == 1
    assert (await world.boss.ok("GET", f"{BASE}/tags/search?q=urg"))["items"] == ["urgent"]


async def test_other_accounts_keep_what_is_wrong(world: World, doctor: Doctor) -> None:
    await spoiled(world)
    other = await world.other_account()
    account = (await other.ok("GET", f"{BASE}"))["total"]
    assert account == 0
    assert (await doctor("--account", str(world.account_id + 1), "--repair", "--json")).exit_code == 0
    assert (await doctor("--account", str(world.account_id), "--json")).exit_code == 1
    unknown = await doctor("--account", "999")
    assert (unknown.exit_code, unknown.stderr) == (1, "dragoman: there is no account 999\n")


async def test_what_a_hand_changed_is_read_again_when_touched(world: World, doctor: Doctor) -> None:
    await world.conversation()
    assert (await world.boss.ok("GET", f"{BASE}?status=open"))["total"] == 1
    await by_hand(world, "UPDATE conversations SET status = 'resolved', state = 'over'")
    assert (await doctor("--touch")).exit_code == 0
    assert (await world.boss.ok("GET", f"{BASE}?status=open"))["total"] == 0
    assert (await world.boss.ok("GET", f"{BASE}?status=resolved"))["total"] == 1
    async with world.database.read(world.account_id) as tx:
        await assert_index_is_right(tx)


async def test_an_index_of_words_that_lost_some_is_made_anew(world: World, doctor: Doctor) -> None:
    if world.database.backend.dialect != "sqlite":
        pytest.skip("PostgreSQL keeps words in the rows themselves")
    await world.conversation("Printer on fire")
    await by_hand(world, "INSERT INTO search_words (search_words) VALUES ('delete-all')")
    assert (await world.boss.ok("GET", f"{BASE}?search=printer"))["total"] == 0
    assert counted(await doctor("--json", "--thorough"))["found"] == {"index of words": 1}
    assert (await doctor("--thorough", "--repair")).exit_code == 0
    assert (await world.boss.ok("GET", f"{BASE}?search=printer"))["total"] == 1


async def test_a_fault_that_is_gone_meanwhile_is_not_mended(world: World) -> None:
    """The second look is under a lock: what a server has put right since the first stays as it is."""
    conversation = read(Prefix.CONVERSATION, (await world.conversation())["id"])
    async with world.database.write(world.account_id) as tx:
        assert await checkup.mend(tx, conversation) == []
        assert await checkup.mend(tx, conversation + 10**6) == []


async def test_a_restored_dump_goes_on_where_it_ended(world: World, doctor: Doctor) -> None:
    """In a new cluster of PostgreSQL transactions are numbered from the beginning again."""
    if world.database.backend.dialect != "postgresql":
        pytest.skip("a copy of a SQLite file takes its numbers along")
    await world.conversation()
    ahead = 2**40
    await by_hand(
        world,
        f"UPDATE events SET transaction_id = transaction_id + {ahead}",
        f"UPDATE conversations SET changed_in = changed_in + {ahead}",
    )
    assert (await doctor("--touch")).exit_code == 0
    async with world.database.backend.read() as session:
        found = await session.execute(
            text("SELECT max(transaction_id), (SELECT max(changed_in) FROM conversations) FROM events")
        )
        assert all(number < ahead for number in found.fetchall()[0])
