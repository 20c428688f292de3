"""Bytes to text, whatever the mail says they are."""

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from charset_normalizer import from_bytes

from dragoman.core.text.cleaning import clean

# Names that mailers made up, and names whose honest reading is a larger charset: real mail says gb2312 and means
# GBK, says iso-8859-1 and means windows-1252 (WHATWG Encoding Standard, "names and labels").
ALIASES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "ansi_x3.110-1983": "cp1252",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252",
    "iso_8859-1": "cp1252", "fakescii-7": "cp1252", "windows1252": "cp1252", "x-ansi": "cp1252",
    "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8", "iso-8859-6-i": "iso8859_6",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "chinesebig5": "cp950", "big5": "cp950", "x-x-big5": "cp950", "big-5": "cp950",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "euckr": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf_7", "x-unicode-2-0-utf-7": "utf_7", "unicode-1-1-utf-8": "utf_8",
    "uft-8": "utf_8", "uft8": "utf_8", "utf8mb4": "utf_8", "utf-8-sig": "utf_8_sig",
    "utf-16": "utf_16", "unicode": "utf_16",
    "x-mac-cyrillic": "mac_cyrillic", "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-ce": "mac_latin2",
    "x-mac-greek": "mac_greek", "x-mac-turkish": "mac_turkish",
}  # fmt: skip

# Python calls these encodings; no mail means them. Some take quadratic time or warn (punycode, unicode_escape).
NOT_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})

MULTIBYTE = frozenset({
    "big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr",
    "gb18030", "gb2312", "gbk", "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3",
    "iso2022_jp_2004", "iso2022_jp_ext", "iso2022_kr", "johab", "shift_jis", "shift_jis_2004",
    "shift_jisx0213", "utf_7", "utf_8", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32",
    "utf_32_be", "utf_32_le",
})  # fmt: skip

# What undeclared 8-bit text is in practice; the detector's longer list only adds wrong guesses on short strings.
UNDECLARED = ["gb18030", "cp950", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256"]
SAMPLE = 4096
FEW = 4  # 8-bit bytes that say nothing: "été" is as foreign as Greek

SISTERS: dict[str | None, tuple[str, ...]] = {
    "iso2022_jp_ext": ("cp932", "euc_jp"),
    "iso2022_kr": ("cp949",),
    "hz": ("gb18030",),
    "utf_7": (),
}

_ESCAPES = re.compile(rb"\x1b\$|\x1b\([BIJ]")
_SUBTAG = re.compile(r"\b((?:windows|cp|iso)[-_]?\d{3,4}(?:-\d{1,2})?|utf-?(?:8|16|7)|koi8-[ru]|gb2312|big5)")


@lru_cache(maxsize=512)
def codec_for(name: str) -> str | None:
    """Python's codec for a charset as mail names it, e.g. `ks_c_5601-1987`; None when nobody knows it."""
    wanted = re.sub(r"[\s\"'<>;,\x00]+", "", name).lower()
    for candidate in _spellings(wanted):
        try:
            found = codecs.lookup(ALIASES.get(candidate, candidate)).name.replace("-", "_")
            b"a".decode(found, "replace")  # refuses base64, rot13, zip: codecs, but not from bytes to text
        except (LookupError, ValueError):
            continue
        return None if found in NOT_CHARSETS else found
    return None


def _spellings(wanted: str) -> Iterator[str]:
    yield wanted
    yield wanted.split("*")[0].removeprefix("x-").removeprefix("charset=")
    if embedded := _SUBTAG.search(wanted):  # "gb2312_charset", "iso-8859-1-windows-3.1-latin-1"
        yield embedded[1]


def decode_text(data: bytes, charset: str | None) -> str:
    """The text in `data`, never failing: trust what is provable first, what is declared second, then guess.

    Bytes that are valid UTF-8 with non-ASCII characters are UTF-8, though a mail declares a single-byte charset:
    by chance that happens in practice never, by a wrong label daily.
    """
    codec = codec_for(charset) if charset else None
    if codec in MULTIBYTE and codec is not None:
        return clean(_decode_multibyte(data, codec))
    strict = _strictly(data, "utf_8_sig")
    if strict is not None and codec is None and _ESCAPES.search(data):
        strict = _strictly(data, "iso2022_jp_ext") or strict
    if strict is not None:
        return clean(strict)
    declared = _declared_or_none(data, charset, codec)
    return clean(declared if declared is not None else _guess(data))


def _declared_or_none(data: bytes, charset: str | None, codec: str | None) -> str | None:
    # ASCII is what mailers say when they do not know; with a high bit set it has said nothing.
    if codec is None or (charset or "").strip().lower() in {"us-ascii", "ascii"}:
        return None
    return data.decode(codec, "replace")


def _decode_multibyte(data: bytes, codec: str) -> str:
    if codec.startswith("utf_8"):
        codec = "utf_8_sig"
    for candidate in (codec, "utf_8", *SISTERS.get(codec, ())):
        if (strict := _strictly(data, candidate)) is not None:
            return strict
    loose = data.decode(codec, "replace")
    # A few broken characters are a damaged mail, many are a wrong label.
    return loose if loose.count("\ufffd") * 20 <= len(loose) else _guess(data)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def is_utf8(data: bytes) -> bool:
    """Whether `data` is well-formed UTF-8 (plain ASCII is)."""
    return is_encoded_in(data, "utf_8")


def is_encoded_in(data: bytes, codec: str) -> bool:
    """Whether `data` decodes in Python's `codec` without an error."""
    return _strictly(data, codec) is not None


def _guess(data: bytes) -> str:
    return data.decode(_guessed_codec(data), "replace")


def _guessed_codec(data: bytes) -> str:
    sample = data[:SAMPLE]
    if len(data) > SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    high, letters = _census(sample)
    # Western text is mostly ASCII letters, and detectors read its few accents as anything.
    is_foreign = high >= FEW and high * 2 > letters
    best = from_bytes(sample, cp_isolation=UNDECLARED).best() if is_foreign else None
    return best.encoding if best is not None else "cp1252"


def charset_of_raw(sample: bytes, declared: str | None) -> str | None:
    """The charset of raw 8-bit header text: `sample` is all of it, `declared` what the body says it is in.

    None if there is nothing to decide. A body in a 7-bit charset tells its writer's 8-bit one; windows-1252 is what
    mailers declare who do not know, so a look at the bytes goes before it.
    """
    if is_utf8(sample):
        return None
    codec = codec_for(declared) if declared else None
    if codec in SISTERS:
        sisters = SISTERS[codec]
        return next((sister for sister in sisters if is_encoded_in(sample, sister)), _guessed_codec(sample))
    return _guessed_codec(sample) if codec in {None, "cp1252", "utf_8"} else declared


def _census(sample: bytes) -> tuple[int, int]:
    high = sum(byte > 127 for byte in sample)
    return high, high + sum(chr(byte).isalpha() for byte in sample if byte < 128)
