"""Whatever fits the OpenAPI document, and much that does not, is answered as the document says and never with a 5xx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from aurion.test_tenancy import OTHERS, theirs
from dragoman.config import Settings
from world import BASE, World, build_world

HOST = "http://dragoman.test"
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = {"sqlite": 8, "postgresql": 2}


@dataclass
class Server:
    """The app in a thread with a loop of its own, for tests that are not coroutines."""

    portal: BlockingPortal
    world: World
    client: httpx.AsyncClient
    names: dict[str, str]
    document: dict[str, Any]
    answered: Counter[int] = field(default_factory=Counter)

    def send(self, case: Case) -> httpx.Response:
        prepared = requests.Request(**self._kwargs(case)).prepare()
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        asked = httpx.Request(prepared.method or "", prepared.url or "", headers=dict(prepared.headers), content=body)
        response = self.portal.call(self.client.send, asked)
        self.answered[response.status_code] += 1
        return response

    def _kwargs(self, case: Case) -> dict[str, Any]:
        known = {"method", "url", "headers", "files", "data", "params", "cookies", "json"}
        kwargs = case.as_transport_kwargs(base_url=HOST, headers=dict(self.world.staff.headers))
        return {name: value for name, value in kwargs.items() if name in known}

    def bring_back(self) -> None:
        """Whatever an operation has done to the conversation that all others are asked of."""
        self.portal.call(self.world.boss, "POST", f"{BASE}/{self.names['conversation_id']}/restore")


def of_this_dialect(document: dict[str, Any]) -> dict[str, Any]:
    """Without the operations of others, which keep another word."""
    paths = {path: one for path, one in document["paths"].items() if not path.startswith(OTHERS) and path != "/api"}
    return {**document, "paths": paths}


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    with start_blocking_portal() as portal:
        world = portal.call(build_world, settings)
        names = portal.call(theirs, world)
        app = world.client._transport.app  # type: ignore[attr-defined]
        quiet = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=quiet, base_url=HOST)
        yield Server(portal, world, client, names, of_this_dialect(app.openapi()))
        portal.call(client.aclose)
        portal.call(world.close)


@pytest.mark.usefixtures("anyio_backend")
def test_every_operation_keeps_its_word(server: Server, settings: Settings) -> None:
    examples = EXAMPLES[settings.database_url.partition(":")[0]]
    schema = schemathesis.openapi.from_dict(server.document)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 60
    failures: list[str] = []
    for operation in sorted(operations, key=lambda one: one.method == "delete"):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                ask(server, operation.as_strategy(generation_mode=mode), examples)
            except (Exception, FailureGroup) as fault:
                failures.append(f"{operation.method.upper()} {operation.path} ({mode.value}): {told(fault)}")
        server.bring_back()
    assert failures == [], "\n\n".join(failures)
    assert set(server.answered) >= {200, 201, 404, 422}, server.answered


def told(fault: BaseException) -> str:
    """The sentences of a fault, of a group's every one."""
    inner = getattr(fault, "exceptions", None)
    return "; ".join(told(one) for one in inner) if inner else f"{type(fault).__name__}: {fault}"


def ask(server: Server, cases: st.SearchStrategy[Case], examples: int) -> None:
    @given(case=cases, is_real=st.booleans())
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(case: Case, is_real: bool) -> None:
        if is_real and case.path_parameters:
            case.path_parameters.update(
                {name: server.names[name] for name in case.path_parameters if name in server.names}
            )
        case.validate_response(server.send(case), checks=CHECKS)

    asked()
