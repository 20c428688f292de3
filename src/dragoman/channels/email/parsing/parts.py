"""Which parts of a mail are its text, and which are attached to it."""

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from dragoman.channels.email.parsing.charsets import decode_text
from dragoman.channels.email.parsing.decode import header_text
from dragoman.channels.email.parsing.flowed import unflow
from dragoman.channels.email.parsing.mail import Attachment
from dragoman.channels.email.parsing.parameters import parameters, value_of
from dragoman.channels.email.parsing.structure import Part
from dragoman.channels.email.parsing.transfer import extract_uuencoded
from dragoman.core.text.cleaning import clean
from dragoman.core.text.filenames import fallback_name, safe_filename
from dragoman.core.text.plaintext import to_text

READABLE = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
NAMED_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report"})

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_CID = re.compile(r"\bcid:([^\"'\s<>()]{1,400})", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """One stretch of the body: its plain wording, its HTML wording, or both (an alternative)."""

    text: str | None = None
    html: str | None = None

    def as_text(self) -> str:
        if self.text is not None and (self.text.strip() or self.html is None):
            return self.text
        return to_text(self.html or "")

    def as_html(self) -> str:
        if self.html is not None:
            return self.html
        return f'<pre style="white-space:pre-wrap">{entities.escape(self.text or "")}</pre>'


@dataclass(slots=True)
class Body:
    """The sections and attachments of a mail in their order."""

    sections: list[Section] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    def text(self) -> str:
        """The whole wording as plain text; sections are set apart by a blank line."""
        texts = (section.as_text().strip("\n") for section in self.sections)
        return "\n\n".join(text for text in texts if text.strip())

    def html(self) -> str | None:
        """The whole wording as raw HTML, None if the sender wrote none."""
        if all(section.html is None for section in self.sections):
            return None
        return "\n".join(section.as_html() for section in self.sections)


def body_of(root: Part, hint: str | None) -> Body:
    """Read all parts below `root` (not those of attached messages). `hint` is the charset of raw file names."""
    body = _Reader(root, hint).read(root)
    referred = {unquote(found) for found in _CID.findall(body.html() or "")}
    body.attachments = [_shown_inline(attachment, referred) for attachment in body.attachments]
    return body


def _shown_inline(attachment: Attachment, referred: set[str]) -> Attachment:
    # Mailers mark embedded pictures as attachments; what the HTML shows is inline whatever they say.
    if attachment.content_id not in referred or attachment.disposition == "inline":
        return attachment
    return Attachment(attachment.filename, attachment.content_type, attachment.content, attachment.content_id, "inline")


class _Reader:
    """Reads parts one below the other; `structure` has bounded their depth, so this may recurse."""

    def __init__(self, root: Part, hint: str | None) -> None:
        self._root = root
        self._hint = hint
        self._first_leaf = True

    def read(self, part: Part, *, is_related: bool = False) -> Body:
        kind = part.get_content_type()
        if kind.startswith("message/") or not part.children():
            return self._leaf(part, kind, is_related=is_related)
        if kind == "multipart/alternative":
            return _one_of([self.read(child) for child in part.children()])
        if kind == "multipart/related":
            return self._related(part)
        return _joined(self.read(child, is_related=is_related) for child in part.children())

    def _related(self, part: Part) -> Body:
        """The root of the compound, then what it embeds (RFC 2387: `start` names the root, else it is first)."""
        children = part.children()
        start = parameters(part.raw("content-type")).get("start", "").strip("<> ")
        root = next((child for child in children if start and _content_id(child) == start), children[0])
        others = (child for child in children if child is not root)
        return _joined([self.read(root), *(self.read(child, is_related=True) for child in others)])

    def _leaf(self, part: Part, kind: str, *, is_related: bool) -> Body:
        is_first, self._first_leaf = self._first_leaf, False
        if kind.startswith("multipart/"):  # parts that no boundary parts: read what there is
            kind = "text/plain"
        if kind in READABLE and self._is_wording(part, is_first=is_first, is_related=is_related):
            return self._wording(part, kind)
        return Body(attachments=[self._attachment(part, kind, is_related=is_related)])

    def _is_wording(self, part: Part, *, is_first: bool, is_related: bool) -> bool:
        if value_of(part.raw("content-disposition")) == "attachment":
            return False
        if is_related and _content_id(part):
            return False
        # Some mailers name even the letter itself; a named text further down is a file.
        return is_first or not self._given_name(part)

    def _wording(self, part: Part, kind: str) -> Body:
        octets = part.payload_bytes()
        charset = parameters(part.raw("content-type")).get("charset")
        if kind == "text/html":
            return Body([Section(html=_newlines(decode_text(octets, charset or _meta_charset(octets))))])
        octets, files = extract_uuencoded(octets)
        text = self._flowed(part, _newlines(decode_text(octets, charset)))
        attached = [self._named_file(decode_text(name, None), content) for name, content in files]
        section = Section(text=text) if kind == "text/plain" else Section(text=to_text(text))
        return Body([section], attached)

    def _flowed(self, part: Part, text: str) -> str:
        options = parameters(part.raw("content-type"))
        if options.get("format", "").lower() != "flowed":
            return text
        return unflow(text, delsp=options.get("delsp", "").lower() == "yes")

    def _named_file(self, name: str, content: bytes) -> Attachment:
        kind = "application/octet-stream"
        return Attachment(safe_filename(name, kind), kind, content, None, "attachment")

    def _attachment(self, part: Part, kind: str, *, is_related: bool) -> Attachment:
        content = part.source if part.source is not None else part.payload_bytes()
        content_id = _content_id(part)
        declared = value_of(part.raw("content-disposition"))
        embedded = not declared and is_related and content_id is not None
        disposition: Literal["attachment", "inline"] = "inline" if declared == "inline" or embedded else "attachment"
        return Attachment(self._filename(part, kind), clean(kind), content, content_id, disposition)

    def _filename(self, part: Part, kind: str) -> str:
        if name := self._given_name(part):
            return safe_filename(name, kind)
        if kind == "message/rfc822":
            return self._message_name(part)
        # A delivery status is worth its name, other parts are what their extension says.
        return fallback_name(kind, kind.partition("/")[2]) if kind in NAMED_REPORTS else fallback_name(kind)

    def _given_name(self, part: Part) -> str:
        disposition = parameters(part.raw("content-disposition"), self._hint)
        described = parameters(part.raw("content-type"), self._hint)
        return disposition.get("filename") or described.get("name") or disposition.get("name", "")

    def _message_name(self, part: Part) -> str:
        children = part.children()
        subject = header_text(children[0].raw("subject"), self._hint) if children else ""
        stem = re.sub(r"[/\\]+", "_", subject).strip(" .")
        return safe_filename(f"{stem}.eml", "message/rfc822") if stem else fallback_name("message/rfc822", "message")


def _joined(bodies: Iterable[Body]) -> Body:
    whole = Body()
    for body in bodies:
        whole.sections.extend(body.sections)
        whole.attachments.extend(body.attachments)
    return whole


def _one_of(bodies: list[Body]) -> Body:
    """An alternative as one section: the first plain wording with anything in it, the last HTML (RFC 2046, 5.1.4)."""
    attachments = [attachment for body in bodies for attachment in body.attachments]
    plain = [body for body in bodies if body.html() is None and body.text()]
    rich = [body for body in bodies if body.html() is not None]
    if not plain and not rich:
        return Body(attachments=attachments)
    section = Section(plain[0].text() if plain else None, rich[-1].html() if rich else None)
    return Body([section], attachments)


def _content_id(part: Part) -> str | None:
    return re.sub(r"\s+", "", header_text(part.raw("content-id"))).strip("<>") or None


def _meta_charset(octets: bytes) -> str | None:
    found = _META_CHARSET.search(octets[:4096])
    return found[1].decode("ascii", "replace") if found else None


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
