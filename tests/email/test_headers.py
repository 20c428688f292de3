"""The headers of real mail, one table for each kind and its abuses."""

from datetime import UTC, datetime

import pytest

from dragoman.channels.email.parsing.addresses import addresses
from dragoman.channels.email.parsing.mail import Mail
from dragoman.channels.email.parsing.parse import parse


def with_header(name: str, value: str | bytes) -> Mail:
    octets = value if isinstance(value, bytes) else value.encode()
    return parse(name.encode() + b": " + octets + b"\n\nwords")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?Q?b=c3?= =?utf-8?q?=a4r?=", "bär"),
        (b"=?utf-8?Q?a?=\n =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        (b"glued=?utf-8?Q?_word?=here", "glued wordhere"),
        (b"=?utf-8?Q?with spaces in it?=", "with spaces in it"),
        (b"=?utf-8?Q?why?_not??=", "why? not?"),
        (b"=?utf-8?b?w6Q?=", "ä"),
        (b"=?utf-8?b?w6Q==?==?utf-8?b?w6Q=?=", "ää"),
        (b"=?utf-8*de?q?=C3=A4?=", "ä"),
        (b"=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        (b"=?x-unknown?q?caf=C3=A9?=", "café"),
        (b"=?gb2312?B?1tDOxA==?=", "中文"),
        (b"=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=", "日本語"),
        (b"=?iso-2022-jp?B?g2OBW4OL?=", "ツール"),
        (b"\x1b$BF|K\\8l\x1b(B", "日本語"),
        (b"=?utf-7?Q?+ANw-ber?=", "Über"),
        (b"=?unicode-1-1-utf-7?Q?+ANw-ber?=", "Über"),
        (b"=?ks_c_5601-1987?B?x9Gx2w==?=", "한글"),
        (b"=?utf-8?q?=3D=3Futf-8=3Fq=3Ftwice=3F=3D?=", "twice"),
        (b"=?utf-8?q?a=00b=0Ac?=", "ab c"),
        (b"=?utf-7?Q?+2AA-?=", "\ufffd"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        ("Привет, как дела".encode("cp1251"), "Привет, как дела"),
        (b"=?iso-8859-1?Q?raw_M\xfcller?=", "raw Müller"),
        (b"two\n\t lines", "two lines"),
    ],
)
def test_subjects_are_decoded(raw: bytes, subject: str) -> None:
    assert with_header("Subject", raw).subject == subject


def test_raw_header_text_is_read_in_the_charset_of_the_body() -> None:
    raw = "Subject: Zażółć gęślą\nContent-Type: text/plain; charset=iso-8859-2\n\nx".encode("iso-8859-2")
    assert parse(raw).subject == "Zażółć gęślą"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("bob@Example.COM", [("", "bob@example.com")]),
        ("Bob <Bob@example.com>", [("Bob", "Bob@example.com")]),
        ("bob@example.com (Bob B)", [("Bob B", "bob@example.com")]),
        ("bob@example.com <bob@example.com>", [("", "bob@example.com")]),
        ('"Bob \\"B\\" C" <b@x.org>', [('Bob "B" C', "b@x.org")]),
        ('Team: a@x.org, "B" <b@x.org>;, c@x.org', [("", "a@x.org"), ("B", "b@x.org"), ("", "c@x.org")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?Bo,b?= <b@x.org>", [("Bo,b", "b@x.org")]),
        ("=?utf-8?q?Bob_=3Cb=40x=2Eorg=3E?=", [("Bob", "b@x.org")]),
        ("Bob <<b@x.org>>", [("Bob", "b@x.org")]),
        ("Bob <b@x.org", [("Bob", "b@x.org")]),
        ("<@relay.org:b@x.org>", [("", "b@x.org")]),
        ("mailto:b@x.org", [("", "b@x.org")]),
        ("a@x.org; b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ("'b@x.org'", [("", "b@x.org")]),
        ("Bob at home", []),
        ("root <>", [("", "root")]),
        ("((((((bob@x.org", [("", "bob@x.org")]),
    ],
)
def test_addresses_are_found(raw: str, expected: list[tuple[str, str]]) -> None:
    assert [(a.name, a.email) for a in addresses(raw)] == expected


def test_a_thousand_nested_comments_do_not_stop_the_scan() -> None:
    assert addresses("(" * 100_000 + ")" * 100_000 + " a@example.com")[0].email == "a@example.com"


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        (b"From: Bob <>\nReply-To: bob@x.org", "bob@x.org"),
        (b"From: MAILER-DAEMON\nSender: agent@x.org", "agent@x.org"),
        (b"From: MAILER-DAEMON", "MAILER-DAEMON"),
        (b"Return-Path: <bob@x.org>\nSubject: no from", "bob@x.org"),
        (b"Return-Path: <>\nSubject: nobody", None),
        (b"From: a@x.org\nFrom: b@x.org", "a@x.org"),
    ],
)
def test_a_sender_is_found_where_there_is_one(headers: bytes, sender: str | None) -> None:
    parsed = parse(headers + b"\n\nx")
    assert (parsed.sender.email if parsed.sender else None) == sender


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Tue, 03 Mar 2020 10:11:12 +0100", (2020, 3, 3, 9, 11, 12)),
        ("3 Mar 20 10:11 GMT", (2020, 3, 3, 10, 11, 0)),
        ("Tue, 3 Mar 2020 10:11:12", (2020, 3, 3, 10, 11, 12)),
        ("Tue,3 Mar 2020 10.11.12 EST", (2020, 3, 3, 15, 11, 12)),
        ("Tue, 3 Mar 2020 10:11:12 Eastern Daylight Time", (2020, 3, 3, 14, 11, 12)),
        ("Tue, 3 Mar 2020 10:11:12 &#43;0100", (2020, 3, 3, 9, 11, 12)),
        ("Tue, 3 Mar 2020 10:11:60 +9900", (2020, 3, 3, 10, 11, 59)),
        ("'Tue, 3 Mar 2020 10:11:12 +0000'", (2020, 3, 3, 10, 11, 12)),
        ("2020-03-03T10:11:12+01:00", (2020, 3, 3, 9, 11, 12)),
        ("2020-03-03 10:11", (2020, 3, 3, 10, 11, 0)),
        ("March 3, 2020 10:11 PM", (2020, 3, 3, 22, 11, 0)),
        ("Tuesday, March 3, 2020 at 12:11 AM", (2020, 3, 3, 0, 11, 0)),
        ("Tuesday 3 March 2020 10:11", (2020, 3, 3, 10, 11, 0)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", (1970, 1, 1, 0, 0, 0)),
        ("Fri, 1 Jan 2999 00:00:00 +0000", (2999, 1, 1, 0, 0, 0)),
    ],
)
def test_dates_are_read(raw: str, expected: tuple[int, int, int, int, int, int]) -> None:
    assert with_header("Date", raw).sent_at == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["", "Whenever", "32 Mar 2020 10:11:12 +0000", "12/31/1999", "9" * 500, "%date%"])
def test_unreadable_dates_are_none(raw: str) -> None:
    assert with_header("Date", raw).sent_at is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<a@x> <b@x>,<c@x><a@x>", ("a@x", "b@x", "c@x")),
        ("<a\n @x>", ("a@x",)),
        ("<a@x>; from Bob <bob@x.org> on Monday", ("a@x",)),
        ('<a@x> (Bob\'s message of "Mon")', ("a@x",)),
        ('Your message of "Mon, 1 Jan" <a@x>', ("a@x",)),
        ('Message from Bob <bob@x.org> of "Mon, 1 Jan" <a@x>', ("a@x",)),
        ('Message from "B of C" <bob@x.org>', ()),
        ("Bob <bob@x.org>", ()),
        ('<bob@x.org>\'s message of "Mon" <a@x>', ("a@x",)),
        ('<"from <a@x>', ("a@x",)),
        ("<me@example.com>", ()),
        ("bare@x", ()),
        ("<>", ()),
        ("<xxx>", ()),
        ("<20200303.1234567>", ("20200303.1234567",)),
        ("=?us-ascii?q?=3Ca=40x=3E?=", ("a@x",)),
    ],
)
def test_references_never_join_strangers(raw: str, expected: tuple[str, ...]) -> None:
    assert parse(f"From: me@example.com\nIn-Reply-To: {raw}\n\nx".encode()).in_reply_to == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("<a@x>", "a@x"), ("a@x", "a@x"), ("<xxx>", None), ("12223", None), ("6:55:14 PM", None), ("<a@b@c>", "a@b@c")],
)
def test_a_message_id_tells_mails_apart_or_is_none(raw: str, expected: str | None) -> None:
    assert with_header("Message-ID", raw).message_id == expected
