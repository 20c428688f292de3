"""What a request gives, wherever it stands: in the query, in JSON, in a form, flat or under the resource's name.

Chatwoot's clients send all of these (chatwoot.md 1.6); what is unknown is ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from dragoman.core.errors import Invalid
from dragoman.edge.doors import decoded

_PARTS = re.compile(r"\[([^\]]*)\]")
TRUE, FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off", "")
MOST_FIELDS, DEEPEST = 2000, 8
LARGEST = 2**53 - 1


class Given(dict[str, Any]):
    """The parameters by name; the readers raise Invalid with the name of a field that cannot be read."""

    def text(self, name: str, usual: str | None = None, *, most: int = 10_000) -> str | None:
        """A text, a number as it is written, or `usual` where nothing is given."""
        value = self.get(name)
        if value is None:
            return usual
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Invalid(name, f"{name} is not a text")
        if len(str(value)) > most:
            raise Invalid(name, f"{name} takes at most {most} characters")
        return str(value)

    def needed(self, name: str, *, most: int = 10_000) -> str:
        """A text that must be there."""
        found = (self.text(name, most=most) or "").strip()
        if not found:
            raise Invalid(name, f"{name} can't be blank")
        return found

    def whole(self, name: str, usual: int | None = None) -> int | None:
        """A whole number, also as digits; empty is `usual`."""
        return whole(name, self.get(name), usual)

    def truth(self, name: str, usual: bool | None = None) -> bool | None:
        value = self.get(name)
        if value is None:
            return usual
        word = str(value).lower()
        if word not in TRUE + FALSE:
            raise Invalid(name, f"{name} is neither true nor false")
        return word in TRUE

    def many(self, name: str) -> list[Any]:
        """A list, however it was written: `a[]=x&a[]=y`, `a=x&a=y`, `a=x,y` or JSON; nothing is empty."""
        value = self.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, Mapping):  # `a[0]=x` of some form encoders
            value = list(value.values())
        return list(value) if isinstance(value, Sequence) else [value]

    def texts(self, name: str) -> list[str]:
        found = self.many(name)
        if any(isinstance(one, bool) or not isinstance(one, str | int) for one in found):
            raise Invalid(name, f"{name} takes texts")
        return [str(one) for one in found]

    def ids(self, name: str) -> list[int]:
        """Whole numbers; each once, in order."""
        found = [whole(name, one, None) for one in self.many(name)]
        return list(dict.fromkeys(one for one in found if one is not None))

    def object(self, name: str) -> dict[str, Any] | None:
        """An object, or one in a form as its JSON text."""
        value = self.get(name)
        if isinstance(value, str):
            try:
                value = decoded(value.encode(errors="surrogatepass"))
            except ValueError:
                raise Invalid(name, f"{name} is not an object") from None
        if value is not None and not isinstance(value, dict):
            raise Invalid(name, f"{name} is not an object")
        return value

    def instant(self, name: str) -> datetime | None:
        """Unix seconds, as a number or as digits."""
        value = self.whole(name)
        try:
            return None if value is None else datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            raise Invalid(name, f"{name} is no time in Unix seconds") from None

    def files(self, name: str) -> list[UploadFile]:
        return [one for one in self.many(name) if isinstance(one, UploadFile)]

    def some(self, *names: str) -> dict[str, Any]:
        """Those of the names that are given."""
        return {name: self[name] for name in names if name in self}


def whole(name: str, value: Any, usual: int | None) -> int | None:
    if value is None or value == "":
        return usual
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise Invalid(name, f"{name} is not a whole number") from None
    if isinstance(value, bool) or (number != value and not isinstance(value, str)) or abs(number) > LARGEST:
        raise Invalid(name, f"{name} is not a whole number")
    return number


def asked(request: Request) -> Given:
    """What the query alone gives: for requests that have no body."""
    return Given(_nested(request.query_params.multi_items()))


async def given(request: Request, root: str | None = None) -> Given:
    """All that is given; under `root` or flat. The body wins over the query.

    Raises Invalid for a form with too many fields, json.JSONDecodeError becomes a refusal as for any body.
    """
    found: dict[str, Any] = _nested(request.query_params.multi_items())
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.form(max_fields=MOST_FIELDS)
        found |= _nested(form.multi_items())
    elif await request.body():
        body = await _object(request)
        found |= body
    inside = found.get(root) if root else None
    return Given({**found, **inside} if isinstance(inside, Mapping) else found)


async def _object(request: Request) -> dict[str, Any]:
    try:
        value = await request.json()
    except json.JSONDecodeError as fault:
        raise Invalid("body", f"Not JSON that can be taken: {fault.msg}") from None
    if not isinstance(value, dict):
        raise Invalid("body", "The body is not an object")
    return value


def _nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """`a[b]=x` as {"a": {"b": "x"}}, `a[]=x` as {"a": ["x"]}, and a plain name that comes again as a list, too."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, _ = name.partition("[")
        steps = [head, *(_PARTS.findall(name[len(head) :]) if bracket else ())][:DEEPEST]
        _put(found, steps, value.replace("\x00", "") if isinstance(value, str) else value)
    return found


def _put(into: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    name, *rest = steps
    if rest == [""]:
        known = into.setdefault(name, [])
        if isinstance(known, list):
            known.append(value)
    elif rest and rest[0] == "":  # a list of objects: a name that comes again begins the next one
        _put_in_list(into.setdefault(name, []), rest[1:], value)
    elif rest:
        inner = into.setdefault(name, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)
    elif name in into:
        known = into[name]
        into[name] = [*known, value] if isinstance(known, list) else [known, value]
    else:
        into[name] = value


def _put_in_list(items: Any, steps: Sequence[str], value: Any) -> None:
    if not isinstance(items, list):
        return
    is_next = not items or (len(steps) == 1 and steps[0] in items[-1])
    if is_next:
        items.append({})
    _put(items[-1], steps, value)
