"""What two subjects have in common, and which ids a mail may be known by."""

import pytest

from dragoman.channels.email import threading
from dragoman.channels.email.parsing.parse import parse
from letters import letter


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("Printer on fire", "Printer on fire"),
        ("Re: Printer on fire", "Printer on fire"),
        ("RE: AW: Fwd: Printer on fire", "Printer on fire"),
        ("Re[3]: Printer on fire", "Printer on fire"),
        ("Re: Re: RE : WG: Printer on fire", "Printer on fire"),
        ("SV: Antw: Odp: RV: Printer on fire", "Printer on fire"),
        ("回复：打印机着火了", "打印机着火了"),
        ("Re: [Sales] Printer on fire", "[Sales] Printer on fire"),
        ("Reference: 4711", "Reference: 4711"),
        ("Response times are bad", "Response times are bad"),
        ("", "(no subject)"),
        ("Re:", "(no subject)"),
        ("  Re:   many \t spaces ", "many spaces"),
    ],
)
def test_a_conversation_is_called_what_it_is_about(subject: str, topic: str) -> None:
    assert threading.topic(subject) == topic


def test_a_subject_without_end_is_cut_where_the_core_wants_it() -> None:
    assert len(threading.topic("Re: " + "x" * 5000)) == 255


@pytest.mark.parametrize("subject", ["Re: x", "AW: x", "[List] Re: x", "Re[2]: x", "SV: x", "RE : x"])
def test_replies_are_known_in_many_languages(subject: str) -> None:
    assert threading.is_reply(subject)


@pytest.mark.parametrize("subject", ["Fwd: x", "Regarding: x", "x", "", "[List] x", "Really: x"])
def test_what_is_no_reply(subject: str) -> None:
    assert not threading.is_reply(subject)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Printer on fire", "Re: [Helpdesk] printer  on FIRE", True),
        ("Printer on fire", "Re: Printer on fire (fwd)", True),
        ("New title (was: Printer on fire)", "Re: New title", False),
        ("A longer new title", "Re: A longer new title (was: Printer on fire)", True),
        ("[Ticket 12] Printer on fire", "Re: [Ticket 13] Printer on fire", False),
        ("Help", "Re: Help", False),
        ("Newsletter", "Re: Newsletter", False),
        ("Support request", "Re: Support request", False),
        ("", "Re:", False),
    ],
)
def test_one_topic_must_say_enough(one: str, other: str, are_same: bool) -> None:
    assert threading.same_topic(one, other) is are_same


def test_the_root_is_the_first_that_a_mail_names() -> None:
    mail = parse(letter(message_id="c@x", In_Reply_To="<b@x>", References="<a@x> <b@x>"))
    assert threading.root_id(mail) == "a@x"
    assert threading.root_id(parse(letter(message_id="c@x"))) == "c@x"
    assert threading.root_id(parse(letter())) is None


def test_the_id_of_a_digest_is_none_of_a_thread() -> None:
    mail = parse(letter(In_Reply_To="<mailman.12.1029340801.4711.users@lists.example.org>"))
    assert threading.named_ids(mail) == ()


def test_a_mail_that_names_itself_is_no_answer() -> None:
    mail = parse(letter(message_id="a@x", References="<a@x>"))
    assert threading.named_ids(mail) == ()
