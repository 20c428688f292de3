"""What docs/webhooks.md gives integrators to paste knows what we send, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dragoman.config import Settings
from dragoman.core.accounts import webhooks
from receiver import carried, receiving
from world import World

PAGE = Path(__file__).resolve().parents[1] / "docs" / "webhooks.md"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_targets": "127.0.0.0/8"})


def pasted() -> dict[str, Any]:
    (snippet,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    names: dict[str, Any] = {}
    exec(compile(snippet, str(PAGE), "exec"), names)
    return names


async def test_the_verifying_snippets_verify(world: World) -> None:
    check = pasted()
    async with receiving() as one:
        async with world.database.write(world.account_id) as tx:
            theirs = await webhooks.subscribe(tx, url=one.url, dialect="chatwoot", events=["conversation_created"])
            ours = await webhooks.subscribe(tx, url=one.url, dialect="aurion", events=["conversation.created"])
        await world.conversation()
        assert await carried(world) == 2
    told = {("aurion" if "x-aurion-signature" in heard.headers else "chatwoot"): heard for heard in one.heard}
    first, now = told["chatwoot"], world.clock().timestamp()
    know = check["is_from_chatwoot_dialect"]
    assert know(theirs.secret, first.headers, first.body, now=now)
    assert not know(theirs.secret, first.headers, first.body + b" ", now=now)
    assert not know(theirs.secret, first.headers, first.body, now=now + 301)
    assert not know(ours.secret, first.headers, first.body, now=now)
    second = told["aurion"]
    assert check["is_from_aurion_dialect"](ours.secret, second.headers, second.body)
    assert not check["is_from_aurion_dialect"](theirs.secret, second.headers, second.body)
