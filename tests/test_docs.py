"""The documents can fail: what they name exists, what exists is named, and what they show works when pasted."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer.main

from dragoman.app import build_services, create_app
from dragoman.cli import demo
from dragoman.cli.main import app as command
from dragoman.config import Settings
from dragoman.core.access import EVERYTHING, SCOPES
from dragoman.core.accounts import actions as accounts
from dragoman.core.errors import DomainError
from dragoman.core.events import Happened
from dragoman.core.search.model import FIELDS, OPERATORS, Op, Type
from dragoman.dialects.aurion.errors import CODES
from dragoman.dialects.aurion.wire.asking import ALIASES, UNKNOWN_HERE
from dragoman.dialects.aurion.wire.parameters import LIST_PARAMETERS
from pasted import Pasted, differences, pasted, picked, request
from world import World

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "dragoman"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "src/**/*.md", "tests/**/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MENTIONED_FILE = re.compile(r"`((?:[\w.-]+/)+[\w-]+\.\w+|[\w-]+\.py)(?:::(\w+))?`")
METHODS = {"get", "post", "put", "patch", "delete"}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def words_in_backticks(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def test_every_setting_is_explained() -> None:
    explained = words_in_backticks(read("docs/configuration.md"))
    settings = {f"DRAGOMAN_{name.upper()}" for name in Settings.model_fields}
    assert settings <= explained
    assert {one for one in explained if re.fullmatch(r"DRAGOMAN_\w+", one)} <= settings


def test_every_event_is_explained() -> None:
    assert {one.value for one in Happened} <= words_in_backticks(read("docs/api.md"))


def test_every_error_code_is_explained() -> None:
    kinds = [DomainError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    codes = {kind.code for kind in kinds if kind is not DomainError} | set(CODES.values())
    assert {"conflict", "rate_limit_exceeded"} <= codes <= words_in_backticks(read("docs/api.md"))


def test_every_scope_is_explained() -> None:
    assert {*SCOPES, EVERYTHING} <= words_in_backticks(read("docs/api.md"))


def commands(group: Any, path: tuple[str, ...] = ("dragoman",)) -> Iterator[str]:
    """Every command of the command line that does something, as it is typed."""
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*path, name))
        else:
            yield " ".join((*path, name))


def test_every_command_is_explained() -> None:
    text = read("docs/configuration.md")
    found = list(commands(typer.main.get_command(command)))
    assert "dragoman serve" in found
    assert [one for one in found if f"`{one}" not in text] == []


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("openapi")
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder}/none.db")
    paths: dict[str, dict[str, dict[str, str]]] = create_app(build_services(settings)).openapi()["paths"]
    return paths


def without_names(endpoint: str) -> str:
    return re.sub(r"\{\w+\}", "{}", endpoint)


def test_every_endpoint_is_explained_and_no_other(openapi: dict[str, dict[str, dict[str, str]]]) -> None:
    served = {
        without_names(f"{method.upper()} {path}")
        for path, operations in openapi.items()
        for method in METHODS & operations.keys()
    }
    named = re.findall(
        r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)` \|", read("docs/api.md") + read("docs/chatwoot.md"), re.M
    )
    assert {without_names(one) for one in named} == served


def test_every_operation_has_a_summary_and_every_area_a_name(openapi: dict[str, dict[str, dict[str, str]]]) -> None:
    operations = [one for path in openapi.values() for method, one in path.items() if method in METHODS]
    assert [one["operationId"] for one in operations if not one.get("summary") or not one.get("tags")] == []


def test_every_parameter_of_the_list_is_explained() -> None:
    explained = words_in_backticks(read("docs/api.md"))
    assert {one["name"] for one in LIST_PARAMETERS} <= explained | set(ALIASES)


def table_below(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table whose heading row begins with a word."""
    rows = text[text.index(f"\n| {heading} |") + 1 :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_field_is_explained_under_its_type() -> None:
    shown = {"text": Type.WORD, "id": Type.ID, "time": Type.TIME, "number": Type.NUMBER, "true/false": Type.TRUTH}
    shown |= {"tags": Type.TAGS}
    spellings = {theirs: ours for theirs, ours in ALIASES.items() if ours in FIELDS}
    told = {}
    for names, kind in table_below(read("docs/api.md"), "fields")[2:]:
        told |= {spellings.get(name, name): shown[kind] for name in words_in_backticks(names)}
    assert told.pop("archived") is Type.TRUTH  # a question about archived_at
    assert told == {name: field.type for name, field in FIELDS.items() if name not in UNKNOWN_HERE}


def test_the_table_of_operators_says_what_the_search_takes() -> None:
    heading, _, *rows = table_below(read("docs/api.md"), "operator")
    columns = dict(zip(heading[2:], (Type.WORD, Type.ID, Type.TIME, Type.NUMBER, Type.TRUTH, Type.TAGS), strict=True))
    told = {
        (operator, columns[name])
        for names, _, *cells in rows
        for operator in words_in_backticks(names) - {"in_the_last"}
        for name, cell in zip(heading[2:], cells, strict=True)
        if cell != "–"
    }
    assert told == {(op.value, kind) for kind, ops in OPERATORS.items() for op in ops}
    assert {operator for operator, _ in told} == {op.value for op in Op}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text("utf-8")) if not leads_somewhere(document, link)]
    assert broken == []


def leads_somewhere(document: Path, link: str) -> bool:
    if re.match(r"https?://|mailto:", link):
        return True
    name, _, anchor = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_and_function_that_is_named_exists(document: Path) -> None:
    named = MENTIONED_FILE.findall(document.read_text("utf-8"))
    assert [(name, inside) for name, inside in named if not exists(document, name, inside)] == []


def exists(document: Path, name: str, inside: str) -> bool:
    """A path is relative to the repository, the package or the document; a bare name is anywhere in the package."""
    places = [ROOT / name, SOURCES / name, document.parent / name]
    places += [] if "/" in name else SOURCES.rglob(name)
    found = next((one for one in places if one.exists()), None)
    if found is None:
        return False
    return not inside or bool(re.search(rf"\b(def|class) {inside}\b|^{inside}\b", found.read_text("utf-8"), re.M))


def test_make_help_lists_every_target_that_is_named() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^make (\w+)", told, re.M))
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:`|^)make (\w+)", document.read_text("utf-8"), re.M)
    }
    assert {"demo", "test"} <= named <= targets


def test_nobody_is_sent_to_this_machine() -> None:
    assert [path for path in DOCUMENTS if str(ROOT) in path.read_text("utf-8")] == []


class Reader:
    """Somebody who pastes the lines of a document, one after another, into a shell beside the demo."""

    def __init__(self, client: httpx.AsyncClient, key: str) -> None:
        self._client = client
        self._variables = {"HOST": str(client.base_url), "KEY": key, "EMAIL": demo.EMAIL, "PASSWORD": demo.PASSWORD}
        self._files = {"notes.txt": b"just a text\n"}

    async def paste(self, one: Pasted) -> None:
        made = request(one.line, self._variables, self._files)
        response = await self._client.send(made)
        said = f"{one.line}\n→ {response.status_code} {response.text[:2000]}"
        if one.refused_with:
            assert response.status_code == one.refused_with, said
        else:
            assert response.status_code < 300, said
        if one.shown is not None:
            assert list(differences(one.shown, response.json())) == [], said
        if one.keeps:
            self._variables[one.keeps] = str(picked(response.json(), one.path))


@pytest.fixture
async def reader(world: World) -> Reader:
    """The demo's sample, in a world where time stands still."""
    account_id = await demo.load_sample(world.services)
    async with world.database.write(account_id) as tx:
        key = await accounts.issue_key(tx, name="Demo", scopes=[EVERYTHING], user_id=None, pepper=world.services.pepper)
    return Reader(world.client, key.secret)


@pytest.mark.parametrize(("document", "at_least"), [("README.md", 3), ("docs/api.md", 60)])
async def test_what_a_document_shows_works_when_pasted(reader: Reader, document: str, at_least: int) -> None:
    lines = list(pasted(read(document)))
    assert len(lines) >= at_least
    for one in lines:
        await reader.paste(one)
