"""What a reader would paste: the curl lines of a document as requests, and the answers that it shows."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import httpx

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_REFUSAL = re.compile(r"# → (\d{3})$")
_KEPT = re.compile(r"(\w+)=\$\((curl .*) \| jq -r (\S+)\)$")
_VARIABLE = re.compile(r"\$([A-Z]+)")
_WITHOUT_VALUE = {"-s", "-i", "-L"}
# What differs from one run to the next: ids, secrets and times.
_VOLATILE = re.compile(r"[a-z]+_[0-9a-z]{11}|\d{4}-\d\d-\d\dT[\d:]+Z")


@dataclass(frozen=True)
class Pasted:
    """One curl line. `keeps` names the variable that takes what jq's `path` finds; `shown` is the document's answer."""

    line: str
    refused_with: int | None = None
    keeps: str | None = None
    path: str = "."
    shown: Any = None


def pasted(text: str) -> Iterator[Pasted]:
    """The curl lines of all bash blocks, in order; a JSON block shows the answer to the last line before it."""
    waiting: list[Pasted] = []
    for language, body in _BLOCK.findall(text):
        if language == "json" and waiting:
            waiting[-1] = replace(waiting[-1], shown=json.loads(body))
        elif language == "bash":
            yield from waiting
            waiting = list(_lines(body))
    yield from waiting


def _lines(block: str) -> Iterator[Pasted]:
    refused_with = None
    for line in block.replace("\\\n", " ").splitlines():
        if comment := _REFUSAL.match(line):
            refused_with = int(comment[1])
        elif kept := _KEPT.match(line):
            yield Pasted(kept[2], refused_with, keeps=kept[1], path=kept[3])
        elif line.startswith("curl "):
            yield Pasted(line, refused_with)
            refused_with = None


def request(line: str, variables: Mapping[str, str], files: Mapping[str, bytes]) -> httpx.Request:
    """The request that curl would make of a line. Raises KeyError for a variable or file that nobody has set."""
    words = iter(shlex.split(_VARIABLE.sub(lambda found: variables[found[1]], line))[1:])
    method, headers, more, url = None, {}, {}, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word in ("-d", "--json"):
            more["content"] = next(words)
            headers |= {"Content-Type": "application/json"} if word == "--json" else {}
        elif word == "-F":
            name, _, path = next(words).partition("=@")
            more["files"] = {name: (path, files[path])}
        elif word == "-o":
            next(words)
        elif word not in _WITHOUT_VALUE:
            assert word.startswith("http"), f"{word} is no option that this knows"
            url = word
    return httpx.Request(method or ("POST" if more else "GET"), url, headers=headers, **more)


def picked(answer: Any, path: str) -> Any:
    """What `jq -r` finds under a path such as .id or .[0].id"""
    steps = re.findall(r"\[(\d+)\]|\.(\w+)", path)
    return reduce(lambda found, step: found[int(step[0])] if step[0] else found[step[1]], steps, answer)


def differences(shown: Any, real: Any, at: str = "answer") -> Iterator[str]:
    """Where an answer is not what a document shows of it; fields and items may be left out there, nothing else."""
    if isinstance(shown, dict) and isinstance(real, dict):
        for name, value in shown.items():
            yield from differences(value, real[name], f"{at}.{name}") if name in real else [f"{at} has no {name}"]
    elif isinstance(shown, list) and isinstance(real, list) and len(shown) <= len(real):
        for index, (one, other) in enumerate(zip(shown, real, strict=False)):
            yield from differences(one, other, f"{at}[{index}]")
    elif not _is_alike(shown, real):
        yield f"{at} is {real!r}, shown as {shown!r}"


def _is_alike(shown: Any, real: Any) -> bool:
    if isinstance(shown, str) and isinstance(real, str) and _VOLATILE.fullmatch(shown):
        return bool(_VOLATILE.fullmatch(real)) and shown.split("_")[0][:2] == real.split("_")[0][:2]
    return type(shown) is type(real) and (shown == real)
