"""`dragoman import mail`, as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dragoman.cli.main import app
from letters import letter

run = CliRunner()


@pytest.fixture(autouse=True)
def folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DRAGOMAN_SECRET_KEY", "for tests alone")
    monkeypatch.delenv("DRAGOMAN_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def account() -> str:
    made = run.invoke(app, ["account", "create", "Acme", "--json"])
    return str(json.loads(made.stdout)["id"])


def bring_in(*arguments: str | Path) -> Result:
    return run.invoke(app, ["import", "mail", *map(str, arguments)])


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "one.eml").write_bytes(letter(message_id="a@x"))
    (folder / "two.eml").write_bytes(letter("Two", References="<a@x>"))
    (folder / "notes.csv").write_bytes(b"a,b\n")
    return folder


def test_people_are_told_what_came_in(account: str, mails: Path) -> None:
    said = bring_in(mails, "--account", account)
    assert said.exit_code == 0
    lines = [" ".join(line.split()) for line in said.stdout.splitlines()]
    assert lines[:4] == [
        "2 stored as messages",
        "2 mails read",
        "1 other files, left alone",
        "1 conversations opened, 0 joined to others",
    ]
    assert any(line.startswith("skipped in/notes.csv: it is no mail") for line in lines)


def test_programs_get_one_object_and_nothing_else(account: str, mails: Path) -> None:
    told = json.loads(bring_in(mails, "--account", account, "--json").stdout)
    assert (told["read"], told["stored"], told["skipped"], told["failed"]) == (2, 2, 1, 0)
    again = json.loads(bring_in(mails, "--account", account, "--json").stdout)
    assert (again["read"], again["duplicate"], again["conversations_opened"]) == (2, 2, 0)


def test_a_path_that_does_not_exist_stops_it_before_it_begins(tmp_path: Path, mails: Path) -> None:
    said = bring_in(mails, mails / "nowhere.eml", "--account", "1")
    assert said.exit_code == 2
    assert "nowhere.eml" in said.stderr
    assert not (tmp_path / "var").exists()


def test_an_account_that_does_not_exist_is_named(mails: Path) -> None:
    said = bring_in(mails, "--account", "7")
    assert said.exit_code != 0
    assert "there is no account 7" in said.stderr
