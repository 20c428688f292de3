"""Real mail, read: every oddity that mailers are known for, one mail each."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.channels.email.addresses import addresses
from dragoman.channels.email.mail import Address, Mail
from dragoman.channels.email.parse import NotAMail, parse
from dragoman.channels.email.structure import MAX_DEPTH

MAILS = Path(__file__).parent / "mails"
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
COLLECTIONS = ("email_fixtures", "email_threads", "email_spam_ham", "email_bounces")


def mail(name: str) -> Mail:
    return parse((MAILS / name).read_bytes())


def with_header(name: str, value: str | bytes) -> Mail:
    octets = value if isinstance(value, bytes) else value.encode()
    return parse(name.encode() + b": " + octets + b"\n\nwords")


def with_body(content_type: str, body: bytes, encoding: str = "8bit") -> Mail:
    header = f"From: a@example.com\nContent-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return parse(header.encode() + body)


def strings_of(parsed: Mail) -> list[str]:
    """Every string that a mail hands on."""
    people = [*parsed.reply_to, *parsed.to, *parsed.cc, *parsed.bcc, *([parsed.sender] if parsed.sender else [])]
    files = [[a.filename, a.content_type, a.content_id or ""] for a in parsed.attachments]
    return [
        *(part for person in people for part in (person.name, person.email)),
        *(part for file in files for part in file),
        *(part for header in parsed.headers for part in header),
        *parsed.in_reply_to, *parsed.references, *parsed.defects,
        parsed.message_id or "", parsed.subject, parsed.text, parsed.html or "",
    ]  # fmt: skip


def is_storable(text: str) -> bool:
    return "\x00" not in text and not re.search("[\ud800-\udfff]", text)


# A whole mail


def test_a_mail_with_everything_is_read_whole() -> None:
    parsed = mail("alternative.eml")
    assert parsed.sender == Address("Müller, Käthe", "Kaethe.Mueller@example.com")
    assert parsed.to == (
        Address("Support | [shop.example]", "help@shop.example"),
        Address("Doe, John", "john@doe.example"),
    )
    assert parsed.cc == parsed.bcc == ()
    assert parsed.reply_to == (Address("Käthe", "reply@example.com"),)
    assert parsed.subject == "Bestellung € 42 und Grüße"
    assert parsed.sent_at == datetime(2020, 3, 3, 9, 11, 12, tzinfo=UTC)
    assert parsed.message_id == "order.42@example.com"
    assert parsed.in_reply_to == ("first@shop.example",)
    assert parsed.references == ("zero@shop.example", "first@shop.example")
    assert parsed.text == "Wo bleibt meine Bestellung?\n> Sie kommt morgen.\n-- \nKäthe"
    assert parsed.html is not None
    assert "<b>Bestellung</b>" in parsed.html


def test_its_files_keep_their_names_places_and_bytes() -> None:
    logo, invoice, forwarded = mail("alternative.eml").attachments
    assert (logo.filename, logo.content_id, logo.disposition) == ("attachment.gif", "logo@example.com", "inline")
    assert (invoice.filename, invoice.content) == ("Rechnung für Käthe.pdf", b"%PDF-1.4")
    assert invoice.disposition == "attachment"
    assert (forwarded.filename, forwarded.content_type) == ("Forwarded _ passed on.eml", "message/rfc822")
    assert forwarded.content == b"From: bob@example.net\nSubject: Forwarded / passed on\n\nInner words."


def test_a_delivery_report_keeps_its_parts_for_classification() -> None:
    parsed = mail("report.eml")
    assert parsed.sender == Address("Mail Delivery System", "MAILER-DAEMON")
    assert parsed.text == "Your message could not be delivered."
    assert [a.filename for a in parsed.attachments] == ["delivery-status.txt", "Hello.eml"]
    kinds = [part.get_content_type() for part in parsed.message.walk()]
    assert kinds.count("message/delivery-status") == kinds.count("message/rfc822") == 1
    assert [part["Action"] for part in parsed.message.walk() if part["Action"]] == ["failed"]
    ids = [part["Message-ID"] for part in parsed.message.walk()]
    assert "<original@example.org>" in ids


# What is a mail at all


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\x00\x01\x02", b"just words\n\nFrom: a@b", b"From bob Mon\n"])
def test_what_has_no_header_is_not_a_mail(raw: bytes) -> None:
    with pytest.raises(NotAMail, match=r"empty|header"):
        parse(raw)


ENVELOPE = b"From bob@example.com Sat Jan  3 01:05:34 1996\n"
PLAIN = b"From: a@example.com\nSubject: one\n\nline 1\nline 2\n"


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN,
        ENVELOPE + PLAIN,
        b">" + ENVELOPE + PLAIN,
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        PLAIN.replace(b"\n", b"\r\r\n"),
        PLAIN.replace(b"com\n", b"com\r\n").replace(b"1\n", b"1\r"),
        b"\xef\xbb\xbf" + PLAIN,
        b"\n\r\n" + PLAIN,
        b" " + PLAIN,
        PLAIN.replace(b"Subject: one", b"Subject : one"),
        PLAIN.replace(b"Subject: one", b"Subject: o\x00ne"),
        PLAIN.replace(b"line 1", b"li\x00ne 1"),
        b"---- Original email message ----\n" + PLAIN,
        PLAIN.replace(b"\nSubject", b"\nX-Folded: yes\nbut not indented\nSubject"),
        PLAIN.replace(b"\nSubject", b"\n" + ENVELOPE + b"Subject"),
    ],
)
def test_frames_and_line_ends_do_not_matter(raw: bytes) -> None:
    parsed = parse(raw)
    assert parsed.sender == Address("", "a@example.com")
    assert parsed.subject == "one"
    assert [line for line in parsed.text.splitlines() if line] == ["line 1", "line 2"]


def test_a_body_that_follows_without_a_blank_line_is_still_body() -> None:
    parsed = parse(b"Subject: x\nHello Bob,\nhow are you?\n\nBye")
    assert (parsed.subject, parsed.text) == ("x", "Hello Bob,\nhow are you?\n\nBye")


def test_a_header_only_mail_is_a_mail() -> None:
    assert parse(b"Subject: x").text == ""


# Headers


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


# Bodies


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        ("utf-8", "grün".encode(), "grün"),
        ("UTF-8", "grün".encode("cp1252"), "grün"),
        ("iso-8859-1", b"\x93quoted\x94 \x80", "“quoted” €"),
        ("iso-8859-1", "grün".encode(), "grün"),
        ("us-ascii", "grün".encode(), "grün"),
        ("us-ascii", "grün".encode("cp1252"), "grün"),
        ("x-user-defined", "grün".encode(), "grün"),
        ("default_charset", "grün".encode("cp1252"), "grün"),
        ("ks_c_5601-1987", "한글".encode("cp949"), "한글"),
        ("gb2312", "镕".encode("gbk"), "镕"),
        ("big5", "中文".encode("big5"), "中文"),
        ("shift_jis", "①".encode("cp932"), "①"),
        ("iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
        ("unicode-1-1-utf-7", b"+ANw-ber", "Über"),
        ("uft-8", "grün".encode(), "grün"),
        ("iso-8859-15", "€".encode("iso-8859-15"), "€"),
        ("koi8-r", "привет".encode("koi8-r"), "привет"),
        ("unicode_escape", rb"\u0041", r"\u0041"),
        ("rot13", b"abc", "abc"),
        ("", "grün".encode("cp1252"), "grün"),
    ],
)
def test_charsets_are_read_as_meant(charset: str, octets: bytes, text: str) -> None:
    assert with_body(f'text/plain; charset="{charset}"', octets).text == text


def test_html_may_name_its_own_charset() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Привет</p>'
    assert with_body("text/html", page.encode("cp1251")).text == "Привет"


@pytest.mark.parametrize(
    ("encoding", "octets", "text"),
    [
        ("base64", b"Z3LD\nvG4=\n", "grün"),
        ("BASE64 ", b"Z3LDvG4", "grün"),
        ("base64", b"Z3LDvG4=IQ==", "grün!"),
        ("base64", b"Z3L*DvG4=", "grün"),
        (
            "base64",
            b"Never encoded at all, says he.\nNot one line of it.",
            "Never encoded at all, says he.\nNot one line of it.",
        ),
        ("quoted-printable", b"gr=C3=BCn=\n er", "grün er"),
        ("quoted printable;", b"a=ZZb=3", "a=ZZb=3"),
        ("x-uuencode", b"begin 644 a.txt\n$86)C9```\n`\nend\n", "abcd"),
        ("7-bit", b"plain", "plain"),
        ("spam", b"plain", "plain"),
    ],
)
def test_transfer_encodings_are_undone(encoding: str, octets: bytes, text: str) -> None:
    assert with_body("text/plain; charset=utf-8", octets, encoding).text == text


def test_a_file_uuencoded_in_the_text_is_an_attachment() -> None:
    parsed = with_body("text/plain", b"See below.\n\nbegin 644 a b.txt\n$86)C9```\n`\nend\nBye.\n")
    assert parsed.text == "See below.\n\nBye."
    assert [(a.filename, a.content) for a in parsed.attachments] == [("a b.txt", b"abcd")]


def test_flowed_text_without_spaces_loses_the_marking_space() -> None:
    parsed = with_body("text/plain; charset=utf-8; format=flowed; delsp=yes", "日本 \n語\n  indented".encode())
    assert parsed.text == "日本語\n indented"


def test_html_fills_the_text() -> None:
    parsed = with_body("text/html", b"<p>Hello<br>there &amp; here</p>")
    assert parsed.text == "Hello\nthere & here"


def multipart(kind: str, *parts: str, boundary: str = "b") -> Mail:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return parse(f"Subject: m\nContent-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--\n".encode())


def test_several_texts_are_joined_in_order() -> None:
    parsed = multipart("mixed", "\none", "Content-Type: text/html\n\n<p>two</p>", "Content-Type: text/plain\n\nthree")
    assert parsed.text == "one\n\ntwo\n\nthree"
    assert parsed.html is not None
    assert parsed.html.index("one") < parsed.html.index("two") < parsed.html.index("three")


def test_an_empty_plain_alternative_does_not_hide_the_html() -> None:
    parsed = multipart("alternative", "Content-Type: text/plain\n\n \n", "Content-Type: text/html\n\n<p>words</p>")
    assert parsed.text == "words"


def test_a_signed_mail_is_read_and_its_signature_attached() -> None:
    parsed = multipart(
        "signed; protocol=application/pgp-signature",
        "Content-Type: text/plain\n\nsigned words",
        "Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----",
    )
    assert parsed.text == "signed words"
    assert [a.filename for a in parsed.attachments] == ["signature.asc"]


@pytest.mark.parametrize(
    ("part", "filename", "kind"),
    [
        ("Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR", "attachment.ics", "text/calendar"),
        ("Content-Type: application/ms-tnef; name=winmail.dat\n\nx", "winmail.dat", "application/ms-tnef"),
        ("Content-Type: application/pkcs7-mime; name=smime.p7m\n\nx", "smime.p7m", "application/pkcs7-mime"),
        ("Content-Disposition: attachment; filename=note.txt\n\nx", "note.txt", "text/plain"),
        ("Content-Type: text/plain; name=inline.txt\n\nx", "inline.txt", "text/plain"),
        ("Content-Type: image/png\n\nx", "attachment.png", "image/png"),
        ("Content-Type: application/x-never-heard\n\nx", "attachment.bin", "application/x-never-heard"),
        ('Content-Type: image/png; name="=?utf-8?Q?Erkl=C3=A4rung=2Epng?="\n\nx', "Erklärung.png", "image/png"),
        ("Content-Disposition: attachment; filename=two words.txt; size=3\n\nx", "two words.txt", "text/plain"),
        ('Content-Disposition: attachment;; filename="a;b.txt"\n\nx', "a;b.txt", "text/plain"),
        ('Content-Disposition: attachment; filename="open.txt\n\nx', "open.txt", "text/plain"),
        ("Content-Disposition: attachment; filename*=iso-8859-1'de'f%FCr.txt\n\nx", "für.txt", "text/plain"),
        ("Content-Disposition: attachment; filename=../../etc/passwd\n\nx", "passwd", "text/plain"),
        ('Content-Disposition: attachment; filename="C:\\temp\\a.txt"\n\nx', "a.txt", "text/plain"),
        ("Content-Disposition: attachment; filename=..\n\nx", "attachment.txt", "text/plain"),
        ("Content-Disposition: attachment; filename=.htaccess\n\nx", "_htaccess", "text/plain"),
        ("Content-Disposition: attachment; filename=gpj\u202eexe.png\n\nx", "gpjexe.png", "text/plain"),
        ("Content-Type: message/rfc822\n\nno header here", "message.eml", "message/rfc822"),
    ],
)  # fmt: skip
def test_other_parts_are_attached_under_safe_names(part: str, filename: str, kind: str) -> None:
    parsed = multipart("mixed", "\nwords", part)
    assert parsed.text == "words"
    assert [(a.filename, a.content_type) for a in parsed.attachments] == [(filename, kind)]


def test_a_long_name_keeps_its_ending() -> None:
    name = (
        multipart("mixed", f"Content-Disposition: attachment; filename={'ä' * 300}.docx\n\nx").attachments[0].filename
    )
    assert name.endswith("ä.docx")
    assert len(name.encode()) <= 200


def test_what_the_html_shows_is_inline_whatever_it_claims() -> None:
    picture = "Content-Type: image/png\nContent-ID: <p@x>\nContent-Disposition: attachment; filename=p.png\n\nx"
    parsed = multipart("mixed", 'Content-Type: text/html\n\n<img src="cid:p@x">', picture)
    assert [(a.content_id, a.disposition) for a in parsed.attachments] == [("p@x", "inline")]


@pytest.mark.parametrize("declared", ["", "; boundary=wrong", '; boundary=""'])
def test_parts_are_found_behind_a_missing_or_wrong_boundary(declared: str) -> None:
    body = "--real\nContent-Type: text/plain\n\nwords\n--real\nContent-Type: image/png; name=a.png\n\nx\n--real--\n"
    parsed = parse(f"Subject: m\nContent-Type: multipart/mixed{declared}\n\n{body}".encode())
    assert parsed.text == "words"
    assert [a.filename for a in parsed.attachments] == ["a.png"]


def test_a_multipart_without_parts_is_text() -> None:
    assert parse(b"Subject: m\nContent-Type: multipart/mixed; boundary=b\n\njust words").text == "just words"


def test_an_encoded_message_inside_is_kept_decoded() -> None:
    part = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW5uZXIKCmhp"
    attached = multipart("mixed", part).attachments[0]
    assert (attached.filename, attached.content) == ("inner.eml", b"Subject: inner\n\nhi")


# Hostile mail


def test_multiparts_nested_without_end_are_kept_as_one_part() -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(3000))
    parsed = parse(raw + b"\nbottom")
    assert b"bottom" in parsed.attachments[0].content
    assert len(list(parsed.message.walk())) <= MAX_DEPTH + 1


def test_messages_nested_without_end_are_kept_as_one_file() -> None:
    raw = b"Subject: in\nContent-Type: message/rfc822\n\n" * 3000 + b"Subject: in\n\nbottom"
    parsed = parse(raw)
    assert parsed.attachments[0].content == raw.partition(b"\n\n")[2]
    assert len(list(parsed.message.walk())) <= MAX_DEPTH + 1


def test_a_mail_of_nothing_but_parts_is_kept_as_one_file() -> None:
    parsed = parse(b"Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 50_000)
    assert parsed.subject == "many"
    assert len(parsed.attachments) == 1


def test_a_hundred_thousand_headers_are_survived() -> None:
    parsed = parse(b"Subject: first\n" + b"X-More: yes\n" * 100_000 + b"\nwords")
    assert (parsed.subject, parsed.text) == ("first", "words")


def test_defects_are_named() -> None:
    parsed = parse(
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=klingon\n\nx"
    )
    assert 'unknown charset "klingon"' in parsed.defects
    assert "close boundary not found" in parsed.defects


SEEDS = [
    *(path.read_bytes() for path in sorted(MAILS.glob("*.eml"))),
    b"Subject: =?utf-8?b?w6Q=?= \xe4\nContent-Type: text/html; charset=utf-7; name*0*=''%00\n\n+2AA-<b>x",
    b"Content-Type: text/plain; format=flowed\nContent-Transfer-Encoding: x-uuencode\n\n"
    b"begin 644 a\n$86)C9```\n`\nend\n",
    b"Content-Type: multipart/digest; boundary=b\n\n"
    b"--b\n\nFrom: a@b\n\nx\n--b\nContent-Type: message/partial\n\nz\n--b--",
]
SNIPPETS = [
    b"\x00", b"\r", b"\n\n", b"\xff", b"=?utf-8?q?", b"?=", b";", b'"', b"<", b"(", b"--cut\n", b"boundary=",
    b"charset*0*=utf-16''%d8", b"Content-Type: message/rfc822\n", b"\xed\xa0\x80", b"&#55296;", b"From ",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real mail with a few pieces cut out, doubled or put in."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(SNIPPETS), st.binary(max_size=6), st.just(raw[start:end] * 2)))
        raw = raw[:start] + piece + raw[end:]
    return raw


@settings(max_examples=400, deadline=None)
@given(st.one_of(mutated(), st.binary(max_size=300), st.binary(max_size=200).map(b"A: b\n".__add__)))
def test_no_bytes_break_the_parser(raw: bytes) -> None:
    try:
        parsed = parse(raw)
    except NotAMail:
        return
    assert all(is_storable(text) for text in strings_of(parsed))
    assert all(0 < len(a.filename.encode()) <= 200 and not re.search(r"[/\\]", a.filename) for a in parsed.attachments)


# The collections of real mail


def collected() -> list[Path]:
    found = [path for name in COLLECTIONS for path in sorted((DATA / name).rglob("*.eml"))]
    if not found:
        pytest.skip("the shared mail collections are absent")
    return found


def test_every_collected_mail_is_read() -> None:
    mails = [parse(path.read_bytes()) for path in collected()]
    assert all(is_storable(text) for parsed in mails for text in strings_of(parsed))
    readable = [bool(parsed.text or parsed.attachments) for parsed in mails]
    assert sum(readable) / len(mails) >= 0.98


def folded(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def test_collected_mails_say_what_another_helpdesk_reads_in_them() -> None:
    wanted = sorted((DATA / "email_fixtures").rglob("*.expected.json"))
    if not wanted:
        pytest.skip("the shared mail collections are absent")
    hits: dict[str, list[bool]] = {"subject": [], "sender": [], "to": [], "files": []}
    for path in wanted:
        expected = json.loads(path.read_text("utf-8"))
        parsed = parse(path.with_name(path.name.replace(".expected.json", ".eml")).read_bytes())
        hits["subject"].append(folded(expected["subject"]) == folded(parsed.subject))
        sender = parsed.sender.email if parsed.sender else ""
        hits["sender"].append(expected["from_email"].lower() == sender.lower())
        hits["to"].append({a.email for a in addresses(expected.get("to", ""))} <= {a.email for a in parsed.to})
        names = {a["filename"] for a in expected["attachments"] if "content-alternative" not in a["preferences"]}
        hits["files"].append(names <= {a.filename for a in parsed.attachments})
    # Not all of it is a fair yardstick: one subject in UTF-7 stays undecoded there, one sender is a broken phrase.
    assert {key: sum(found) / len(found) >= 0.95 for key, found in hits.items()} == dict.fromkeys(hits, True)
