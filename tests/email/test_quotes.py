"""What stays of a reply once quotes and signature are cut, in many languages and clients."""

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.channels.email.quotes.cutting import new_text

BODIES = Path(__file__).parent / "quotes"
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FIGURES = Path(__file__).resolve().parents[2] / "benchmarks" / "fidelity" / "replies.py"

ANNOUNCEMENTS = [
    line.replace(" ⏎ ", "\n").replace("⏎ ", "\n")
    for line in (BODIES / "announcements.txt").read_text("utf-8").splitlines()
]
"""What clients write above a quote; ⏎ is where they wrap it."""

SENT_FROM = """
Sent from my iPhone
Sent from my Samsung Galaxy smartphone.
Sent via mobile
Get Outlook for iOS<https://aka.ms/o0ukef>
Sent with Proton Mail secure email.
Von meinem iPhone gesendet
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Holen Sie sich Outlook für Android
Envoyé de mon iPhone
Envoyé à partir de Outlook pour iOS
Enviado desde mi iPhone
Obtener Outlook para Android
Enviado do meu iPhone
Inviato da iPhone
Verstuurd vanaf mijn iPhone
Verzonden vanaf mijn Samsung-apparaat
Skickat från min iPhone
Sendt fra min iPhone
Lähetetty iPhonesta
Wysłane z iPhone'a
Odesláno z iPhonu
Отправлено с iPhone
Отправлено из мобильной Почты Mail.ru
Надіслано з iPhone
iPhone'umdan gönderildi
iPhoneから送信
发自我的 iPhone
從我的 iPhone 傳送
나의 iPhone에서 보냄
Đã gửi từ iPhone của tôi
أُرسلت من الـ iPhone
נשלח מה-iPhone שלי
Στάλθηκε από το iPhone μου
Elküldve az iPhone-omról
Trimis de pe iPhone-ul meu
""".strip().splitlines()

FRAGMENTS = [
    "Hello there,", "It works.", "", "   ", "> quoted", ">> deeper", "| barred", "-- ", "--", "____________________",
    "Best regards,", "Bob", "+49 30 1234567", "bob@example.com", "www.example.com", "Sent from my iPhone",
    "On 5 May 2024 at 10:00, Ann <ann@example.com> wrote:", "On 5 May 2024,", "Ann <ann@example.com", "> wrote:",
    "schrieb Ann:", "From: Ann <ann@example.com>", "Sent: 5 May 2024 10:00", "To: Bob", "Subject: Re: it",
    "-----Original Message-----", "Begin forwarded message:", "```", ">>> 1 / 0", "The program says:",
    "This e-mail and any attachments are confidential.", "To unsubscribe, see https://example.com", "wrote:",
]  # fmt: skip
"""Lines out of which hostile and ordinary mails alike are made."""

bodies = st.one_of(
    st.text(),
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("\n".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=30)), max_size=14).map("\r\n".join),
)


def case_names() -> list[str]:
    return sorted(path.name.removesuffix(".new.txt") for path in BODIES.glob("*.new.txt"))


def lines_of(text: str) -> list[str]:
    """Lines without what may change at their ends."""
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


@pytest.mark.parametrize("name", case_names())
def test_cases(name: str) -> None:
    body = (BODIES / f"{name}.txt").read_text("utf-8")
    assert new_text(body) == "\n".join(lines_of((BODIES / f"{name}.new.txt").read_text("utf-8"))).strip("\n")


@pytest.mark.parametrize(
    "quote", ["> The old text\n> goes on.", "The old text.\n\nIt goes on."], ids=["marked", "bare"]
)
@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_quotes_announced_in_any_language_go(announcement: str, quote: str) -> None:
    reply = "The new answer, with a date: 3.5.2024.\nAnd a second line"
    assert new_text(f"{reply}\n\n{announcement}\n\n{quote}\n") == reply


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_replies_below_a_marked_quote_stay(announcement: str) -> None:
    assert new_text(f"{announcement}\n> The old text\n\nThe new answer") == "The new answer"


@pytest.mark.parametrize("line", SENT_FROM)
def test_what_devices_append_goes(line: str) -> None:
    assert new_text(f"It works.\n\n{line}\n") == "It works."


@pytest.mark.parametrize("line", SENT_FROM)
def test_it_stays_when_there_is_nothing_else(line: str) -> None:
    assert new_text(f"\n{line}\n") == line


def test_line_ends_of_every_system() -> None:
    assert new_text("Yes.\r\n\r\n> no\r\n") == new_text("Yes.\r\r> no\r") == "Yes."


def test_blank_bodies_give_nothing() -> None:
    assert new_text("") == new_text(" \n\t\n") == ""


@pytest.mark.parametrize("unit", [">", ">\n", "On On On … wrote: ", "On 1 wrote:\n", "--\n", "> a\nThanks\n", "____\n"])
def test_hostile_bodies_are_answered(unit: str) -> None:
    assert new_text(unit * 20_000).strip()


@given(bodies)
def test_new_text_is_some_of_the_lines_in_order(body: str) -> None:
    remaining = iter(lines_of(body))
    assert all(line in remaining for line in new_text(body).split("\n") if line)


@given(bodies)
def test_new_text_is_empty_only_when_the_body_is_blank(body: str) -> None:
    assert bool(new_text(body).strip()) == bool(body.strip())


@given(bodies)
def test_cutting_again_cuts_nothing(body: str) -> None:
    once = new_text(body)
    assert new_text(once) == once


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is absent")
def test_replies_with_a_known_result() -> None:
    measured = runpy.run_path(str(FIGURES))["figures"](DATA)
    for kind in ("replies", "signatures"):
        assert measured[kind]["lost"] <= 0.03
        assert measured[kind]["exact"] >= 0.60
    libraries = [figure for name, figure in measured.items() if name.endswith("alone")]
    assert all(measured["replies"]["exact"] > library["exact"] for library in libraries)
