"""Header values: folding, RFC 2047 words and raw 8-bit characters, in all the ways mailers abuse them."""

import binascii
import re
from itertools import groupby
from typing import NamedTuple

from dragoman.channels.email.parsing.charsets import decode_text, is_utf8
from dragoman.core.text.cleaning import clean

# Looser than RFC 2047: spaces and lone question marks in the text, words glued to their neighbours, no limit of 75.
_WORD = re.compile(r"=\?([^?\s=]{0,60})[ \t]?\?[ \t]?([bBqQ])[ \t]?\?((?:[^?]|\?(?!=))*)\?=")
_FOLD = re.compile(r"[\r\n]+[ \t]*|\t")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class _Piece(NamedTuple):
    charset: str | None  # None: written literally
    data: bytes


def header_text(value: str, hint: str | None = None) -> str:
    """One line of text from a raw header value, as the parser hands it on (8-bit bytes as surrogate escapes).

    `hint` is the charset declared elsewhere in the mail, for raw 8-bit text that is not UTF-8. Words encoded twice
    are decoded twice, never more often.
    """
    once = decode_words(unfold(value), hint)
    return _CONTROLS.sub(" ", decode_words(once, hint) if "=?" in once else once).strip()


def unfold(value: str) -> str:
    """A header value on one line: a fold is one space (RFC 5322, 2.2.3, with the tab that old mailers fold by)."""
    return _FOLD.sub(" ", value).strip()


def decode_words(value: str, hint: str | None = None) -> str:
    """`value` with its encoded words decoded and the space between neighbouring words dropped (RFC 2047, 6.2)."""
    if value.isascii() and "=?" not in value:
        return _seven_bit(value)
    texts = []
    for charset, group in groupby(_pieces(value), key=lambda piece: piece.charset):
        # Neighbours in one charset are decoded together: mailers cut in the middle of a character.
        data = b"".join(piece.data for piece in group)
        if charset is None and not is_utf8(data):
            charset = hint
        texts.append(decode_text(data, charset))
    return clean("".join(texts))


def _seven_bit(value: str) -> str:
    return decode_text(value.encode(), None) if "\x1b" in value else value.replace("\x00", "")


def _pieces(value: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        if between.strip() or not pieces:
            pieces.append(_Piece(None, _octets(between)))
        pieces.append(_Piece(word[1].split("*")[0].lower(), _word_octets(word[2], word[3])))
        end = word.end()
    return [piece for piece in [*pieces, _Piece(None, _octets(value[end:]))] if piece.data]


def raw_octets(text: str) -> bytes:
    """The bytes of a raw header value, `\udc80` standing for 0x80 and so on."""
    return _octets(text)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape") if _is_escaped(text) else clean(text).encode()


def _is_escaped(text: str) -> bool:
    """Whether the surrogates in `text` are all escaped bytes, as the parser writes them."""
    return all("\udc80" <= character <= "\udcff" for character in text if "\ud800" <= character <= "\udfff")


def _word_octets(encoding: str, text: str) -> bytes:
    octets = _octets(text)
    if encoding in "qQ":
        return binascii.a2b_qp(octets.replace(b"\n", b""), header=True)
    return _forgiving_base64(octets)


def _forgiving_base64(octets: bytes) -> bytes:
    runs = re.split(rb"=+", re.sub(rb"[^A-Za-z0-9+/=]", b"", octets))
    whole = [run if len(run) % 4 != 1 else run[:-1] for run in runs]
    return b"".join(binascii.a2b_base64(run + b"=" * (-len(run) % 4)) for run in whole if run)
