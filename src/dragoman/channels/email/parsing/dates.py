"""Instants out of `Date:` headers, in the forms that real mail writes them."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_NOISE = re.compile(r"&#(?:43|x2b);|['\"]|\([^()]*\)|(?<=\d)(?:st|nd|rd|th)\b|\bat\b", re.IGNORECASE)
# Windows' names for time zones, which some mailers write out; RFC 5322 knows only offsets and a few letters.
_ZONES = {
    "eastern daylight time": "EDT", "eastern standard time": "EST", "central daylight time": "CDT",
    "central standard time": "CST", "mountain daylight time": "MDT", "mountain standard time": "MST",
    "pacific daylight time": "PDT", "pacific standard time": "PST", "greenwich standard time": "GMT",
    "gmt daylight time": "+0100", "gmt standard time": "GMT", "w. europe standard time": "+0100",
    "w. europe daylight time": "+0200", "romance standard time": "+0100", "romance daylight time": "+0200",
    "central europe standard time": "+0100", "central europe daylight time": "+0200",
}  # fmt: skip
_ABBREVIATIONS = {"CET": "+0100", "CEST": "+0200", "MEZ": "+0100", "MESZ": "+0200", "BST": "+0100", "JST": "+0900",
                  "EET": "+0200", "EEST": "+0300", "MSK": "+0300", "WET": "+0000", "WEST": "+0100"}  # fmt: skip
_WRITTEN_OUT = (
    "%B %d %Y %I:%M %p", "%B %d %Y %H:%M", "%b %d %Y %I:%M %p", "%d %B %Y %H:%M", "%d %B %Y %I:%M %p", "%d %B %Y",
    "%B %d %Y", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S",
)  # fmt: skip
_WEEKDAY = re.compile(r"^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[,.\s]+", re.IGNORECASE)
_MERIDIEM = re.compile(r"\b(\d{1,2})(:\d\d(?::\d\d)?) ?([ap])m\b", re.IGNORECASE)
MAX_LENGTH = 200
WHOLE_DAY = 86_400


def instant(header: str) -> datetime | None:
    """The instant a `Date:` value names, in UTC; None if nothing sure can be read. Without a zone it is UTC.

    `header` is one unfolded line. RFC 5322 first, with the mistakes mailers make in it, then ISO 8601, then dates
    as people write them. Whether the year makes sense is not judged here.
    """
    if len(header) > MAX_LENGTH:
        return None
    written = _tidied(header)
    return _internet_date(written) or _iso_date(written) or _written_out(written)


def _tidied(header: str) -> str:
    text = _NOISE.sub(lambda found: "+" if found[0][0] == "&" else " ", header)
    text = re.sub(r"\s+", " ", text).strip()
    for name, zone in _ZONES.items():
        text = re.sub(rf"\b{re.escape(name)}$", zone, text, flags=re.IGNORECASE)
    text = re.sub(r"\b[A-Z]{3,4}$", lambda found: _ABBREVIATIONS.get(found[0], found[0]), text)
    return re.sub(r"\b(\d\d)\.(\d\d)\.(\d\d)\b", r"\1:\2:\3", _MERIDIEM.sub(_in_24_hours, text))


def _in_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1])
    if hour > 12:
        return f"{found[1]}{found[2]}"
    return f"{hour % 12 + (12 if found[3] in 'pP' else 0):02}{found[2]}"


def _internet_date(text: str) -> datetime | None:
    try:
        parts = parsedate_tz(text)
        if parts is None or ":" not in text:  # parsedate_tz reads "12/31/1999" as a time
            return None
        year, month, day, hour, minute, second = parts[:6]
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return local - timedelta(seconds=_offset(parts[9]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _offset(seconds: int | None) -> int:
    # "+9900" is noise, not a place; such a mail's clock is read as UTC.
    return seconds if seconds is not None and abs(seconds) < WHOLE_DAY else 0


def _iso_date(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _written_out(text: str) -> datetime | None:
    plain = re.sub(r"\s+", " ", _WEEKDAY.sub("", text).replace(",", " ")).strip()
    for layout in _WRITTEN_OUT:
        try:
            return _in_utc(datetime.strptime(plain, layout))
        except (ValueError, OverflowError):
            continue
    return None


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
