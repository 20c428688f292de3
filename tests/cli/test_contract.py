"""The commands do what is promised of them, on both databases, and what they make works over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dragoman.app import build_services, create_app
from dragoman.cli.main import app
from dragoman.config import Settings
from dragoman.store import migrate
from services.postgres import PostgresServer

Command = Callable[..., Awaitable[Result]]


@pytest.fixture
def dragoman(database_url: str, tmp_path: Path) -> Command:
    """The command on this test's database; it runs in a thread, since it begins an event loop of its own."""
    env = {"DRAGOMAN_DATABASE_URL": database_url, "DRAGOMAN_DATA_DIR": str(tmp_path / "data")}

    async def run(*words: object) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words], env=env)

    return run


async def made(dragoman: Command, *words: object) -> dict[str, Any]:
    """What a command with --json prints: one object on stdout and nothing else anywhere."""
    result = await dragoman(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    assert result.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(result.stdout)
    return found


async def refused(dragoman: Command, *words: object) -> str:
    """What a command says that cannot do what it was asked: a line on stderr, nothing on stdout."""
    result = await dragoman(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    return result.stderr.removeprefix("dragoman: ").rstrip("\n")


async def user(dragoman: Command, account: int, email: str = "ada@acme.example", *more: str) -> dict[str, Any]:
    return await made(
        dragoman, "user", "create", "--account", account, "--email", email, "--name", "Ada", "--role", "agent", *more
    )


async def test_accounts_are_made_and_listed(dragoman: Command) -> None:
    first = await made(dragoman, "account", "create", "Acme & Söhne [1]")
    assert set(first) == {"id", "uuid", "name"}
    assert (first["name"], str(UUID(first["uuid"]))) == ("Acme & Söhne [1]", first["uuid"])
    second = await made(dragoman, "account", "create", "Acme & Söhne [1]")
    assert second["id"] > first["id"] > 0
    listed = [{"id": one["id"], "name": one["name"]} for one in (first, second)]
    assert await made(dragoman, "account", "list") == {"accounts": listed}


async def test_people_are_told_in_words(dragoman: Command) -> None:
    result = await dragoman("account", "create", "Acme [red]")
    assert [line.split(maxsplit=1)[0] for line in result.stdout.splitlines()] == ["id", "uuid", "name"]
    assert result.stdout.endswith("name  Acme [red]\n")
    assert (await dragoman("account", "list")).stdout == "1\tAcme [red]\n"


async def test_a_user_and_a_key_work_in_every_header(dragoman: Command, settings: Settings) -> None:
    account = (await made(dragoman, "account", "create", "Acme"))["id"]
    ada = await user(dragoman, account, "ada@acme.example", "--password", "correct horse")
    assert (ada["email"], ada["name"], ada["role"], ada["account_id"]) == ("ada@acme.example", "Ada", "agent", account)
    key = await made(dragoman, "key", "create", "--account", account, "--scope", "*")
    assert set(key) == {"id", "key", "scopes"}
    secret_key = (settings.data_dir / "secret_key").read_text()
    for secret in (ada["access_token"], key["key"]):
        for header in ({"X-API-Key": secret}, {"Authorization": f"Bearer {secret}"}, {"api_access_token": secret}):
            assert await status(settings.model_copy(update={"secret_key": secret_key}), header) == 200


async def status(settings: Settings, headers: dict[str, str]) -> int:
    """What a server on the same database answers them."""
    services = build_services(settings)
    transport = httpx.ASGITransport(app=create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://dragoman.test") as client:
        response = await client.get("/api/v2/conversations", headers=headers)
    await services.database.close()
    return response.status_code


async def test_a_key_may_be_narrow_and_act_as_a_user(dragoman: Command) -> None:
    account = (await made(dragoman, "account", "create", "Acme"))["id"]
    await user(dragoman, account)
    words = ["key", "create", "--account", account, "--user", "Ada@ACME.example"]
    key = await made(dragoman, *words, "--scope", "conversations:read", "--scope", "conversations:write")
    assert key["scopes"] == ["conversations:read", "conversations:write"]
    assert (await dragoman("key", "create", "--account", account)).exit_code == 2


async def test_what_cannot_be_is_said_in_a_line(dragoman: Command) -> None:
    account = (await made(dragoman, "account", "create", "Acme"))["id"]
    await user(dragoman, account)
    to = ["--account", account]
    someone = ["--name", "A", "--role", "agent", "--email"]
    same = await refused(dragoman, "user", "create", *to, *someone, "ADA@acme.example")
    assert same == "Another user has this e-mail address"
    assert (await refused(dragoman, "user", "create", *to, *someone, "ada")).startswith("email: ")
    short = await refused(dragoman, "user", "create", *to, *someone, "b@acme.example", "--password", "short")
    assert short.startswith("password: ")
    assert "'no:such'" in await refused(dragoman, "key", "create", *to, "--scope", "no:such")
    unknown = await refused(dragoman, "key", "create", *to, "--scope", "*", "--user", "bob@acme.example")
    assert unknown == f"account {account} has no user bob@acme.example"
    for words in (["user", "create", *someone, "c@acme.example"], ["key", "create", "--scope", "*"]):
        assert await refused(dragoman, *words, "--account", account + 1) == f"there is no account {account + 1}"


async def test_wrong_usage_ends_with_2(dragoman: Command) -> None:
    for words in (
        ["account", "create", "  "],
        ["user", "create", "--account", "1", "--email", "a@b.example", "--name", "A", "--role", "boss"],
        ["key", "create", "--account", "0", "--scope", "*"],
        ["key", "create", "--scope", "*"],
        ["serve", "--port", "65536"],
        ["serve", "--workers", "0"],
        ["fly"],
    ):
        result = await dragoman(*words)
        assert (result.exit_code, result.stdout) == (2, ""), words
        assert result.stderr, words


async def test_migrate_says_when_there_is_nothing_to_do(dragoman: Command) -> None:
    result = await dragoman("migrate")
    assert (result.exit_code, result.stdout) == (0, f"Already at {migrate.head()}\n")


async def test_an_empty_postgresql_is_refused_until_it_is_migrated(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    name = await postgres_server.create_database()
    env = {"DRAGOMAN_DATABASE_URL": postgres_server.url(name), "DRAGOMAN_DATA_DIR": str(tmp_path)}

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=env)

    for words in (["account", "list"], ["serve", "--port", "0"], ["worker"]):
        result = await run(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "revision none" in result.stderr
        assert "dragoman migrate" in result.stderr
    assert (await run("migrate")).stdout == f"The schema is up to date: nothing → {migrate.head()}\n"
    assert (await run("migrate")).stdout == f"Already at {migrate.head()}\n"
    assert (await run("account", "create", "Acme", "--json")).exit_code == 0
    await postgres_server.drop_database(name)
