"""Answers that a client has already: it sends the tag of what it has, and hears 304 before anything is rendered.

Tags are weak: they are made of versions and not of bytes, and one answer has several encodings.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dragoman import __version__
from dragoman.edge.replies import encoder

OPAQUE = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
# Another release may word the same versions otherwise.
RELEASE = __version__.encode()
# Whoever asks with another credential may see something else; a copy is asked about each time it is used.
KEEPING = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key, api_access_token"}


def tag(*parts: Any) -> str:
    """The opaque part of a tag for what is derived from these parts alone."""
    return tag_of(encoder.encode(parts))


def tag_of(body: bytes) -> str:
    """The same for an answer that is rendered already: of its bytes."""
    return blake2b(body, digest_size=12, key=RELEASE).hexdigest()


def is_known(request: Request, opaque: str) -> bool:
    """Whether the client has what goes by this tag (RFC 9110 13.1.2: `*`, or a tag of a list, compared weakly)."""
    sent = request.headers.getlist("if-none-match")
    if not sent:
        return False
    known = ",".join(sent)
    return known.strip() == "*" or opaque in OPAQUE.findall(known)


async def unless_known(request: Request, opaque: str, render: Callable[[], Awaitable[Response]]) -> Response:
    """304 where the client has it; otherwise what `render` makes, under its tag."""
    response = Response(status_code=304) if is_known(request, opaque) else await render()
    response.headers.update({"ETag": f'W/"{opaque}"', **KEEPING})
    return response
