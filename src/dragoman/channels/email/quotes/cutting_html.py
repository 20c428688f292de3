"""Cuts quotes and signatures from an HTML body, by the client's own marks and by what its lines say."""

from dragoman.channels.email.quotes.html_lines import read_lines
from dragoman.channels.email.quotes.reply_lines import newly_written
from dragoman.core.text.plaintext import to_text


def new_text_from_html(html: str) -> str:
    """The text of an HTML body that its author newly wrote, without quotes around it and signature.

    Never empty when the body has text; a forward without a comment keeps the forwarded text. Quotes between the
    author's lines stay and are marked by "> ".
    """
    cut = new_html(html)
    return (to_text(cut) if cut is not None else "") or to_text(html)


def new_html(html: str) -> str | None:
    """The same cut of an HTML body, given back as HTML that is not sanitized; None if nothing was cut.

    Scripts, styles and comments are left out, and tags are well nested.
    """
    page = read_lines(html)
    kept = newly_written(page.texts, page.hints)
    if not any(text and not keep for text, keep in zip(page.texts, kept, strict=True)):
        return None
    return page.source_of(kept)
