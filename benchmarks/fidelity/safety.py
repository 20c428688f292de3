"""Looks for unsafe HTML in what the importer gives out, by rules of its own rather than the sanitizer's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from benchmarks.fidelity.desk import Helpdesk
from benchmarks.fidelity.mail import COLLECTIONS


def names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TAGS = names(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strike"
    " strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
LINKS = {"href": ("http:", "https:", "mailto:", "tel:"), "src": ("http:", "https:", "cid:")}
HARMLESS = names(
    "align alt bgcolor border cellpadding cellspacing class color colspan dir face height lang nowrap rel rowspan size"
    " span start style target title type valign width datetime"
)
BAD_STYLE = re.compile(
    r"url\s*\(|expression|@import|behavio|binding|javascript|position\s*:|\\|/\*|display\s*:\s*none", re.IGNORECASE
)


async def unsafe(desk: Helpdesk) -> dict[str, Any]:
    """How many messages' HTML was looked at, and what was found in it."""
    seen, found = 0, list[str]()
    for inbox in COLLECTIONS:
        for kept in await desk.kept(inbox):
            if kept.body_html:
                seen += 1
                found += [f"{kept.name}: {what}" for what in faults(kept.body_html)]
    return {"messages": seen, "unsafe": len(found), "names": found}


def faults(page: str) -> Iterator[str]:
    """Everything in a page that can run, submit, embed, restyle or leave for somewhere odd."""
    for element in html.fragment_fromstring(page, create_parent="div").iterdescendants():
        if element.tag is etree.Comment or not isinstance(element.tag, str):
            yield "a comment or instruction"
        elif element.tag not in TAGS:
            yield f"<{element.tag}>"
        else:
            yield from _faults_of(element)


def _faults_of(element: Any) -> Iterator[str]:
    for name, value in element.attrib.items():
        plain = re.sub(r"[\x00-\x20\u200b]+", "", value).casefold()
        if name in LINKS:
            if not plain.startswith(LINKS[name]):
                yield f"{name}={value[:60]!r}"
        elif name not in HARMLESS:
            yield f"attribute {name}"
        elif name == "style" and BAD_STYLE.search(value):
            yield f"style={value[:60]!r}"
