"""The OpenAPI document beside what the reference pages print: addresses, operation ids, parameters, ranges, fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aurion.checklist import FIELDS, REFERENCE
from dragoman.app import build_services, create_app
from dragoman.config import Settings

DOCUMENTED: dict[str, Any] = json.loads((REFERENCE / "operations.json").read_text())


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("openapi")
    found: dict[str, Any] = create_app(build_services(Settings(data_dir=folder, secret_key="x"))).openapi()
    return found


def operation(document: dict[str, Any], name: str) -> dict[str, Any]:
    method, _, path = name.partition(" ")
    found: dict[str, Any] = document["paths"].get(path, {}).get(method.lower(), {})
    return found


def names(document: dict[str, Any], name: str) -> list[str]:
    return [one["name"] for one in operation(document, name).get("parameters", [])]


def test_every_documented_address_is_there(document: dict[str, Any]) -> None:
    wanted = [*DOCUMENTED["paths"], *DOCUMENTED["operation_ids"], *DOCUMENTED["parameters"]]
    assert [name for name in wanted if not operation(document, name)] == []


def test_operation_ids_are_those_of_the_reference(document: dict[str, Any]) -> None:
    documented = DOCUMENTED["operation_ids"]
    assert {name: operation(document, name).get("operationId") for name in documented} == documented


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    found = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(found) == len(set(found))


def test_parameters_have_the_documented_names(document: dict[str, Any]) -> None:
    missing = {name: set(wanted) - set(names(document, name)) for name, wanted in DOCUMENTED["parameters"].items()}
    assert {name: left for name, left in missing.items() if left} == {}


def test_no_parameter_is_declared_twice(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method in methods:
            found = names(document, f"{method.upper()} {path}")
            assert len(found) == len(set(found)), f"{method} {path}"


def test_ranges_and_defaults_are_the_documented_ones(document: dict[str, Any]) -> None:
    found = {}
    for name, (least, most, usual) in DOCUMENTED["ranges"].items():
        address, _, parameter = name.rpartition(" ")
        schemas = {one["name"]: one["schema"] for one in operation(document, address)["parameters"]}
        schema = {**schemas[parameter], **schemas[parameter].get("anyOf", [{}])[0]}
        shown = [schema.get("minimum"), schema.get("maximum"), schema.get("default")]
        found[name] = [shown[0], shown[1] if most is not None else None, shown[2] if usual is not None else None]
        assert least == shown[0]
    assert found == DOCUMENTED["ranges"]


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        ("ConversationOut", "list_item"),
        ("ConversationDetailOut", "detail"),
        ("MessageOut", "message"),
        ("TabCountsOut", "tab_counts"),
        ("ChildOut", "child"),
        ("LinkOut", "link"),
        ("SharedConversationOut", "share"),
        ("ResolutionOut", "resolution"),
        ("AttachmentOut", "attachment"),
    ],
)
def test_replies_are_described_with_every_documented_field(document: dict[str, Any], schema: str, fields: str) -> None:
    described = document["components"]["schemas"][schema]["properties"]
    assert [name for name in FIELDS[fields] if name not in described] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    known = document["components"]["schemas"]
    found = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert found - set(known) == set()
