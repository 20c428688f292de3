"""The arrow of the architecture: imports go right only, files and functions stay short, core knows no wire."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "dragoman"
FILES = sorted(SOURCE.rglob("*.py"))
MIGRATIONS = "store/migrations"
MOST_LINES, MOST_FUNCTION = 400, 50

# Higher may import lower; the command line is beside the app, and both know everything.
LAYERS = {
    "app": 5,
    "cli": 5,
    "dialects": 4,
    "channels": 4,
    "jobs": 4,
    "imports": 4,
    "web": 4,
    "edge": 3,
    "live": 3,
    "core": 2,
    "store": 1,
}
EVERYBODYS = {"config", "__init__"}

# Inside core, low to high. `search.words` and `tags` are pure and may be used by all.
CORE = {
    "errors": 0,
    "events": 0,
    "tags": 1,
    "text": 0,
    "access": 1,
    "carried": 1,
    "accounts": 2,
    "channels": 3,
    "contacts": 4,
    "conversations": 5,
    "messages": 6,
    "routing": 7,
    "sla": 7,
    "flows": 8,
    "sharing": 8,
    "search": 8,
    "reactions": 9,
    "checkup": 9,
}
PURE = {"dragoman.core.search.words", "dragoman.core.contacts.rules"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every module of ours that is imported, with the statement; `from a import b` may mean a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dragoman"):
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names if alias.name.startswith("dragoman"))


def part(module: str, place: int) -> str:
    parts = module.split(".")
    return parts[place] if len(parts) > place else ""


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in FILES:
        yield name_of(path), ast.parse(path.read_text())


def test_imports_go_right() -> None:
    wrong = []
    for name, tree in trees():
        mine = name.split("/")[0].removesuffix(".py")
        for _, module in imports(tree):
            other = part(module, 1)
            if {mine, other} & EVERYBODYS or mine == other or other.startswith("__"):
                continue
            # A dialect, a channel or a job does not know its neighbours; jobs deliver for the channels.
            if LAYERS[other] > LAYERS[mine] or (LAYERS[other] == LAYERS[mine] == 4 and mine != "jobs"):
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_core_goes_from_low_to_high() -> None:
    wrong = []
    for name, tree in trees():
        if not name.startswith("core/") or name == "core/__init__.py":
            continue
        mine = name.split("/")[1].removesuffix(".py")
        for _, module in imports(tree):
            other = part(module, 2)
            is_pure = any(module.startswith(pure) for pure in PURE)
            if part(module, 1) == "core" and other != mine and not is_pure and CORE[other] >= CORE[mine]:
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_dialects_do_not_know_each_other() -> None:
    wrong = []
    for name, tree in trees():
        folders = name.split("/")
        if folders[0] not in ("dialects", "channels") or len(folders) < 3:
            continue
        for _, module in imports(tree):
            if part(module, 1) == folders[0] and part(module, 2) != folders[1]:
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_no_import_hides_in_a_function() -> None:
    hidden = []
    for name, tree in trees():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                hidden += [f"{name}:{node.lineno}" for node in inside]
    assert hidden == []


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in FILES}
    long = {name: lines for name, lines in lengths.items() if lines >= MOST_LINES and MIGRATIONS not in name}
    assert long == {}


def test_functions_are_short() -> None:
    long = []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and MIGRATIONS not in name:
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines >= MOST_FUNCTION:
                    long.append(f"{name}: {node.name} has {lines} lines")
    assert long == []


@pytest.mark.parametrize("word", ["fastapi", "starlette", "httpx", "uvicorn", "pydantic"])
def test_core_and_store_know_no_http(word: str) -> None:
    knowing = []
    for name, tree in trees():
        if name.startswith(("core/", "store/")):
            for node in ast.walk(tree):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                knowing += [name for module in modules if module.split(".")[0] == word]
    assert knowing == []


def code_of(path: Path) -> str:
    """A file's code as one text, without comments and docstrings: those may name a rule's source."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body[0].value.value = ""
    return ast.unparse(tree)


WIRE_WORDS = re.compile(
    r"status_code|aurion|chatwoot|parrot|X-API-Key|\b(?:40[0-9]|41[03]|422|429|50[03])\b", re.IGNORECASE
)


def test_core_says_no_wire_word() -> None:
    found = {}
    for path in FILES:
        if name_of(path).startswith("core/"):
            words = WIRE_WORDS.findall(code_of(path))
            if words:
                found[name_of(path)] = words
    assert found == {}


def test_raw_sql_stays_in_the_store() -> None:
    found = []
    for name, tree in trees():
        if name.startswith("store/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                found += [f"{name}: {alias.name}" for alias in node.names if alias.name in ("text", "literal_column")]
            if isinstance(node, ast.Attribute) and node.attr in ("exec_driver_sql", "driver_connection"):
                found.append(f"{name}:{node.lineno}")
    assert found == []


def test_every_folder_has_a_place() -> None:
    folders = {name_of(path).split("/")[0].removesuffix(".py") for path in FILES}
    assert folders - set(LAYERS) - EVERYBODYS == set()
    inside = {name_of(path).split("/")[1].removesuffix(".py") for path in FILES if name_of(path).startswith("core/")}
    assert inside - set(CORE) - {"__init__"} == set()
