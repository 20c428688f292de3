"""Real mail, read: every oddity that mailers are known for, one mail each."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dragoman.channels.email.parsing.mail import Address, Mail
from dragoman.channels.email.parsing.parse import NotAMail, parse

MAILS = Path(__file__).parent / "mails"


def mail(name: str) -> Mail:
    return parse((MAILS / name).read_bytes())


def with_body(content_type: str, body: bytes, encoding: str = "8bit") -> Mail:
    header = f"From: a@example.com\nContent-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return parse(header.encode() + body)


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
