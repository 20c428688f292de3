"""A message's text in both its forms."""

from __future__ import annotations

from dragoman.core.text.html import sanitize
from dragoman.core.text.plaintext import to_text


def both_forms(body: str, body_html: str | None) -> tuple[str, str | None]:
    """Plain text and safe HTML; the text is made from the HTML where that is all there is."""
    if body_html is None:
        return body, None
    return (to_text(body_html) if not body.strip() or body == body_html else body), sanitize(body_html)
