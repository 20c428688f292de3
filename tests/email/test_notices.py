"""Which mails are a person's or a system's message to us, and which only tell what became of another mail."""

import csv
import email
import mailbox
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.channels.email.notices.bounce_openings import RETURNED_OPENINGS
from dragoman.channels.email.notices.bounce_words import RETURNED_SUBJECTS
from dragoman.channels.email.notices.classify import Notice, NoticeKind, classify
from dragoman.channels.email.notices.signals import AUTO_REPLY, CHALLENGE, RETURNED, Scale

OWN_MAILS = Path(__file__).parent / "notices"
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def read(path: Path) -> Message:
    return email.message_from_bytes(path.read_bytes())


def notice(name: str) -> Notice:
    found = classify(read(OWN_MAILS / f"{name}.eml"))
    assert found is not None
    return found


def letter(body: str = "", **headers: str) -> Message:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return email.message_from_bytes("\n".join([*lines, "", body]).encode())


# --- one mail a file, named after what it is -------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(OWN_MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_is_what_its_file_is_named_after(path: Path) -> None:
    found = classify(read(path))
    assert (found.kind if found else "ordinary") == path.stem.partition("-")[0], found


@pytest.mark.parametrize("path", sorted(OWN_MAILS.glob("*.eml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"], ids=["crlf", "cr"])
def test_line_ends_change_nothing(path: Path, line_end: bytes) -> None:
    raw = path.read_bytes()
    changed = classify(email.message_from_bytes(raw.replace(b"\n", line_end)))
    assert changed == classify(email.message_from_bytes(raw))


def test_the_own_mails_show_every_kind() -> None:
    kinds = {path.stem.partition("-")[0] for path in OWN_MAILS.glob("*.eml")}
    assert kinds == {*NoticeKind, "ordinary"}


# --- whom it answers, whom it did not reach ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("bounce-dsn", ("sent-1@shop.example", "asked-1@example.org")),
        ("delay-dsn", ("sent-2@shop.example",)),
        ("bounce-dsn-in-base64", ("sent-3@shop.example",)),
        ("read_receipt-mdn", ("sent-4@shop.example",)),
        ("complaint-arf", ("sent-5@shop.example",)),
        ("complaint-before-arf", ("sent-6@shop.example",)),
        ("bounce-qmail", ("sent-7@shop.example",)),
        ("auto_reply-rfc3834", ("sent-8@shop.example",)),
        ("challenge-held-mail", ("sent-10@shop.example",)),
        ("bounce-exim", ()),
    ],
)
def test_a_notice_names_the_mails_it_answers(name: str, ids: tuple[str, ...]) -> None:
    assert notice(name).answered_ids == ids


@pytest.mark.parametrize(
    ("name", "recipients"),
    [
        ("bounce-dsn", ("anna@example.org",)),  # what we wrote to, not where it was forwarded; not those reached
        ("delay-dsn", ("anna@example.org",)),
        ("delivered-dsn", ()),
        ("bounce-exim", ("anna@example.org", "bert@example.org")),
        ("bounce-qmail", ("anna@example.org",)),
        ("bounce-exchange-ndr", ("anna@example.org",)),
        ("bounce-in-portuguese", ("anna@example.org",)),
        ("bounce-dsn-without-boundary", ("anna@example.org",)),
        ("auto_reply-outlook", ()),
    ],
)
def test_a_bounce_names_whom_it_did_not_reach(name: str, recipients: tuple[str, ...]) -> None:
    assert notice(name).failed_recipients == recipients


def test_the_nearest_reference_comes_first() -> None:
    found = classify(letter(Auto_Submitted="auto-replied", References="<first@a> <last@a>", Message_ID="<own@a>"))
    assert found is not None
    assert found.answered_ids == ("last@a", "first@a")


def test_a_notice_does_not_answer_itself() -> None:
    body = "Message-ID: <own@a>\nMessage-ID: <other@a>\n"
    found = classify(letter(body, Auto_Submitted="auto-replied", Message_ID="<own@a>"))
    assert found is not None
    assert found.answered_ids == ("other@a",)


# --- rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bounce-dsn", "Content-Type: multipart/report; report-type=delivery-status (RFC 3464)"),
        ("complaint-arf", "Content-Type: multipart/report; report-type=feedback-report (RFC 5965)"),
        ("read_receipt-mdn", "Content-Type: multipart/report; report-type=disposition-notification (RFC 8098)"),
        ("auto_reply-rfc3834", "Auto-Submitted: auto-replied (RFC 3834)"),
        ("bounce-exim", "X-Failed-Recipients header (Exim, Google)"),
        ("bounce-qmail", "sender is a mail daemon +3, empty Return-Path +2"),
    ],
)
def test_the_reason_names_the_rule(name: str, said: str) -> None:
    assert said in notice(name).reason


@pytest.mark.parametrize("value", ["no", "auto-generated", "auto-notified", "AUTO-GENERATED; owner=x", ""])
def test_being_generated_is_no_proof_by_itself(value: str) -> None:
    assert classify(letter("Anna ordered an umbrella.", Subject="New order", Auto_Submitted=value)) is None


@pytest.mark.parametrize("precedence", ["bulk", "list", "junk", "first-class"])
def test_precedence_alone_proves_nothing(precedence: str) -> None:
    assert classify(letter("Hello all", From="Anna <a@b.example>", Precedence=precedence)) is None


@pytest.mark.parametrize("value", ["no", "false", "0", ""])
def test_a_header_may_deny_what_its_name_says(value: str) -> None:
    assert classify(letter("Hello", From="Anna <a@b.example>", X_Autoreply=value)) is None


def test_the_callers_text_is_read_instead_of_the_mails() -> None:
    mail = letter("(something undecoded)", From="postmaster@b.example", Subject="Undeliverable")
    assert classify(mail) is None
    said = classify(mail, text="Your message could not be delivered to <anna@example.org>")
    assert said is not None
    assert said.failed_recipients == ("anna@example.org",)


@pytest.mark.parametrize("scale", [RETURNED, AUTO_REPLY, CHALLENGE], ids=["returned", "auto-reply", "challenge"])
def test_every_scale_can_be_reached_and_needs_more_than_one_sign(scale: Scale) -> None:
    assert sum(signal.weight for signal in scale.signals if signal.weight > 0) >= scale.threshold
    assert max(signal.weight for signal in scale.signals) < scale.threshold


def words_alone() -> Iterator[Message]:
    """A person's mails that say everything that bounces say, with nothing that a machine leaves."""
    person = {"From": "Anna <anna@example.org>", "Return_Path": "<anna@example.org>"}
    for phrases in (*RETURNED_SUBJECTS.values(), *RETURNED_OPENINGS.values()):
        for phrase in phrases:
            yield letter(f"{phrase}\n550 5.1.1 RCPT TO:<x@example.org>", Subject=f"Undeliverable: {phrase}", **person)


def test_words_alone_never_decide() -> None:
    assert [str(mail) for mail in words_alone() if classify(mail)] == []


# --- never raises ------------------------------------------------------------------------------------------------

HEADER_NAMES = st.sampled_from(
    [
        "From",
        "Subject",
        "Return-Path",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Auto-Submitted",
        "Precedence",
        "References",
        "In-Reply-To",
        "X-Failed-Recipients",
        "Message-ID",
        "List-Id",
    ]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"<>",
            b"MAILER-DAEMON",
            b"=?utf-8?b?!!!?= =?nonsense?q?=ZZ?=",
            b"auto-replied",
            b"multipart/report; report-type=delivery-status; boundary=b",
            b"multipart/mixed; boundary=b; name*99999999999999999999=x",
            b"message/delivery-status",
            b"text/plain; charset=\xff",
            b"base64",
            b"x-uuencode",
            b"quoted-printable",
        ]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            [
                b"--b",
                b"--b--",
                b"",
                b"Content-Type: message/rfc822",
                b"Content-Type: message/delivery-status",
                b"Content-Transfer-Encoding: base64",
                b"Content-Transfer-Encoding: x-uuencode",
                b"begin 644 x",
                b"Action: failed",
                b"Final-Recipient: rfc822; \xff@\xfe",
                b"Message-ID: <\xff>",
                b"Subject: \x80\x81",
            ]
        ),
        max_size=25,
    ).map(b"\n".join),
)


@given(headers=st.lists(st.tuples(HEADER_NAMES, VALUES), max_size=8), body=BODIES)
def test_no_mail_makes_it_raise(headers: list[tuple[str, bytes]], body: bytes) -> None:
    head = b"".join(name.encode() + b": " + value + b"\n" for name, value in headers)
    found = classify(email.message_from_bytes(head + b"\n" + body))
    assert found is None or found.reason


@given(text=st.text(), subject=st.text())
def test_no_message_built_in_memory_makes_it_raise(text: str, subject: str) -> None:
    mail = Message()
    mail.add_header("Subject", subject)
    mail.set_payload(text + "\udcff\ud800")
    assert classify(mail) == classify(mail)


def test_depth_and_number_of_parts_are_bounded() -> None:
    mail = inner = Message()
    for _ in range(5000):
        inner["Content-Type"] = "multipart/mixed"
        child = Message()
        inner.set_payload([child])
        inner = child
    assert classify(mail) is None


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/rfc822", "text/rfc822-headers"])
def test_nested_reports_do_not_exhaust_the_stack(kind: str) -> None:
    mail = inner = Message()
    for _ in range(5000):
        inner["Content-Type"] = kind
        child = Message()
        inner.set_payload([child])
        inner = child
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1200))
    encoded = Message()
    encoded["Content-Type"] = kind
    encoded.set_payload(nested)
    report = Message()
    report["Content-Type"] = "multipart/report"
    report.set_payload([mail, encoded])
    found = classify(report)
    assert found is not None
    assert found.answered_ids == ()


# --- real mail ---------------------------------------------------------------------------------------------------


def data(folder: str, pattern: str) -> list[Path]:
    found = sorted((DATA / folder).glob(pattern))
    if not found:
        pytest.skip(f"shared test data is absent: {folder}")
    return found


def kept_out(paths: list[Path]) -> list[str]:
    found = [(path, classify(read(path))) for path in paths]
    return [f"{path.parent.name}/{path.name}: {notice.reason}" for path, notice in found if notice]


def test_bounces_of_eighty_mail_systems_are_recognised() -> None:
    paths = data("email_bounces", "set-of-emails/*.eml")
    missed = [path.name for path in paths if classify(read(path)) is None]
    assert len(missed) <= 0.01 * len(paths), missed


def test_the_kind_is_what_the_systems_name_promises() -> None:
    prefixes = {"arf-": {NoticeKind.COMPLAINT, NoticeKind.UNSUBSCRIBE}, "rfc3834-": {NoticeKind.AUTO_REPLY}}
    delivery = {NoticeKind.BOUNCE, NoticeKind.DELAY, NoticeKind.DELIVERED}
    wrong = []
    for path in data("email_bounces", "set-of-emails/*.eml"):
        wanted = next((kinds for prefix, kinds in prefixes.items() if path.name.startswith(prefix)), delivery)
        if (found := classify(read(path))) and found.kind not in wanted:
            wrong.append((path.name, found.kind))
    assert wrong == []


def test_nearly_every_bounce_names_whom_it_did_not_reach() -> None:
    found = [(path.name, classify(read(path))) for path in data("email_bounces", "set-of-emails/*host-*.eml")]
    silent = [name for name, said in found if said and not said.failed_recipients]
    assert len(silent) <= 0.02 * len(found), silent


def test_an_mbox_of_bounces_holds_one_mail_that_a_person_forwards() -> None:
    (path,) = data("mbox", "*.mbox")[:1]
    with closing(mailbox.mbox(path)) as box:
        missed = [str(mail["Subject"]) for mail in box if classify(mail) is None]
    assert len(missed) <= 1, missed
    assert all(subject.startswith("Fwd:") for subject in missed), missed


def test_threads_and_wanted_mail_stay_ordinary() -> None:
    paths = [*data("email_threads", "*/*.eml"), *data("email_spam_ham", "ham/*.eml")]
    wrong = kept_out(paths)
    assert len(wrong) <= 0.005 * len(paths), wrong


@pytest.mark.parametrize("folder", ["hard_ham", "spam"])
def test_newsletters_and_spam_are_left_to_others(folder: str) -> None:
    paths = data("email_spam_ham", f"{folder}/*.eml")
    wrong = kept_out(paths)
    assert len(wrong) <= 0.01 * len(paths), wrong


def test_odd_mails_that_nobody_tagged_stay_ordinary() -> None:
    (index,) = data("email_fixtures", "index.csv")
    marks = ("bounce", "auto-reply", "dsn", "complaint")
    with index.open(newline="") as rows:
        names = [row["file"] for row in csv.DictReader(rows) if not any(mark in row["tags"] for mark in marks)]
    paths = [path for name in names if (path := DATA / "email_fixtures" / name).exists()]
    wrong = kept_out(paths)
    assert len(wrong) <= 0.005 * len(paths), wrong  # one is an auto-reply that its tags leave out
