"""A mail comes in: which conversation it goes to, whose it is, and what of it is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from dragoman.core.conversations import editing, lifecycle
from dragoman.core.conversations.counts import counts_of
from dragoman.core.conversations.models import Conversation
from dragoman.core.messages import merging
from dragoman.core.messages.mails import Outcome
from letters import JANE, SUPPORT, Letterbox, letter, letterbox
from world import World

MORNING = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
BOB = "Bob Jones <bob@elsewhere.example>"
ANN = "Ann <ann@support.example>"  # the administrator of the tests' helpdesk
BOUNCE = b"""From: MAILER-DAEMON@mail.example.com
To: support@acme.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce1@mail.example.com>
In-Reply-To: <a@x>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; jane@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <a@x>
Subject: Re: Printer on fire

--b--
"""


@pytest.fixture
async def box(world: World) -> Letterbox:
    return await letterbox(world)


async def test_a_mail_opens_a_conversation_of_its_author(box: Letterbox) -> None:
    receipt = await box.drop_one(letter(message_id="a@x", at=MORNING))
    assert (receipt.outcome, receipt.is_opening) == (Outcome.STORED, True)
    found = await box.only_conversation()
    assert (found.subject, found.channel, found.status, found.source) == ("Printer on fire", "email", "open", "email")
    assert (found.source_thread_id, found.created_at, found.version) == ("a@x", MORNING, 1)
    (message,) = await box.messages(found.id)
    assert (message.sender_kind, message.sender_id, message.sender_name) == ("contact", found.contact_id, "Jane Smith")
    assert (message.source_message_id, message.created_at) == ("a@x", MORNING)
    assert message.metadata["from"] == {"name": "Jane Smith", "email": "jane@example.com"}
    assert message.metadata["to"] == [{"name": "", "email": SUPPORT}]


async def test_an_answer_goes_where_its_question_is(box: Letterbox) -> None:
    await box.drop(letter(message_id="a@x"), letter("It is out.", message_id="b@x", In_Reply_To="<a@x>", subject="Out"))
    found = await box.only_conversation()
    assert found.message_count == 2


async def test_answers_meet_although_the_question_never_came(box: Letterbox) -> None:
    await box.drop(
        letter("One", message_id="b@x", References="<a@x>"),
        letter("Two", message_id="c@x", References="<a@x>", sender="Joe <joe@example.com>", Cc=JANE),
    )
    assert (await box.only_conversation()).message_count == 2


async def test_a_bridging_mail_makes_one_conversation_of_two(box: Letterbox) -> None:
    await box.drop(letter("One", message_id="a@x", at=MORNING), letter("Three", message_id="c@x", References="<b@x>"))
    first, second = await box.open_conversations()
    receipt = await box.drop_one(letter("Two", message_id="b@x", References="<a@x>"))
    assert receipt.joined == 1
    whole = await box.only_conversation()
    assert (whole.id, whole.message_count) == (first.id, 3)
    gone = await box.conversation(second.id)
    assert gone.merged_into_id == first.id
    await box.drop(letter("Four", message_id="d@x", References="<c@x>"))
    assert (await box.only_conversation()).message_count == 4


async def test_strangers_who_answer_one_mailing_do_not_meet(box: Letterbox) -> None:
    """The mailing itself is not here: both name its id, and have nothing else in common."""
    await box.drop(
        letter("Yes please", subject="Re: Our summer sale", message_id="a@x", In_Reply_To="<sale@shop>"),
        letter("No thanks", subject="Re: Our summer sale", message_id="b@x", In_Reply_To="<sale@shop>", sender=BOB),
    )
    first, second = await box.open_conversations()
    assert (first.message_count, second.message_count) == (1, 1)
    await box.drop(letter("Really not", message_id="c@x", References="<sale@shop> <b@x>", sender=BOB))
    assert (await box.conversation(second.id)).message_count == 2


async def test_a_reply_without_ids_is_known_by_subject_and_person(box: Letterbox) -> None:
    await box.drop(
        letter(message_id="a@x", at=MORNING),
        letter("Any news?", subject="RE: [Acme] printer on fire", at=MORNING + timedelta(days=2)),
        letter("Mine too!", subject="Re: Printer on fire", sender=BOB, at=MORNING),
        letter("Another one", subject="Printer on fire", at=MORNING + timedelta(days=1)),
        letter("Years ago", subject="Re: Printer on fire", at=MORNING - timedelta(days=400)),
    )
    counts = [one.message_count for one in await box.open_conversations()]
    assert counts == [2, 1, 1, 1]


async def test_newsletters_of_one_name_stay_apart(box: Letterbox) -> None:
    issue = {"subject": "The weekly gardener", "List_Id": "<gardener.example.com>", "sender": "g@garden.example"}
    await box.drop(letter("Roses", message_id="a@x", **issue), letter("Tulips", message_id="b@x", **issue))
    await box.drop(letter("Re", message_id="c@x", **{**issue, "subject": "Re: The weekly gardener"}))
    assert len(await box.open_conversations()) == 3


async def test_two_inboxes_know_nothing_of_each_other(world: World, box: Letterbox) -> None:
    other = await letterbox(world, name="Sales", address="sales@acme.example")
    await box.drop(letter(message_id="a@x"))
    assert (await other.drop_one(letter(message_id="a@x"))).outcome is Outcome.STORED
    assert len(await other.open_conversations()) == len(await box.open_conversations()) == 1


async def test_an_agents_mail_is_ours_and_the_conversation_the_customers(box: Letterbox) -> None:
    await box.drop(letter("We are coming.", sender=ANN, to=JANE, message_id="a@x", at=MORNING))
    found = await box.only_conversation()
    (message,) = await box.messages(found.id)
    assert (message.sender_kind, message.sender_name) == ("agent", "Ann")
    await box.drop(letter("Hurry up", message_id="b@x", In_Reply_To="<a@x>"))
    _, answer = await box.messages(found.id)
    assert (answer.sender_kind, answer.sender_id) == ("contact", found.contact_id)


async def test_a_mail_from_the_inbox_itself_is_ours(box: Letterbox) -> None:
    await box.drop(letter("We are coming.", sender=SUPPORT, to=JANE, message_id="a@x"))
    (message,) = await box.messages((await box.only_conversation()).id)
    assert (message.sender_kind, message.sender_id) == ("agent", None)


async def test_an_agent_who_writes_to_us_alone_asks_for_help(box: Letterbox) -> None:
    await box.drop(letter(sender=ANN, message_id="a@x"))
    (message,) = await box.messages((await box.only_conversation()).id)
    assert message.sender_kind == "contact"


async def test_the_same_person_is_one_contact(box: Letterbox) -> None:
    await box.drop(
        letter(message_id="a@x", sender="JANE@Example.com"), letter(message_id="b@x", subject="More", sender=JANE)
    )
    first, second = await box.open_conversations()
    assert first.contact_id == second.contact_id


@pytest.mark.parametrize("sender", [None, "", "undisclosed", "MAILER <>", "a b c"])
async def test_nobody_in_particular_is_somebody_too(box: Letterbox, sender: str | None) -> None:
    raw = letter(message_id="a@x", sender=None)
    raw = raw if sender is None else b"From: " + sender.encode() + b"\n" + raw
    assert (await box.drop_one(raw)).outcome is Outcome.STORED
    await box.drop_one(raw.replace(b"a@x", b"b@x").replace(b"Printer", b"Toaster"))
    first, second = await box.open_conversations()
    assert first.contact_id == second.contact_id


@pytest.mark.parametrize(
    ("date", "received", "expected"),
    [
        ("Mon, 2 Mar 2026 10:00:00 +0100", None, datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("Mon, 2 Mar 2099 10:00:00 +0100", "Tue, 3 Mar 2026 10:00:00 +0000", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00 +0000", "Tue, 3 Mar 2026 10:00:00 +0000", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("rubbish", None, datetime(2026, 3, 8, 9, 15, tzinfo=UTC)),
        (None, None, datetime(2026, 3, 8, 9, 15, tzinfo=UTC)),
    ],
)
async def test_a_mail_is_as_old_as_a_trustworthy_clock_says(
    box: Letterbox, date: str | None, received: str | None, expected: datetime
) -> None:
    raw = letter(message_id="a@x")
    raw = (b"Date: " + date.encode() + b"\n" if date else b"") + raw
    raw = (b"Received: from a by b; " + received.encode() + b"\n" if received else b"") + raw
    await box.drop_one(raw)
    assert (await box.only_conversation()).created_at == expected


async def test_the_body_is_what_is_new_and_nothing_is_thrown_away(box: Letterbox) -> None:
    whole = "Still burning.\n\nOn Sunday, Support wrote:\n> Is it still burning?\n"
    await box.drop(letter(whole, message_id="a@x", html="<p onclick='x()'>Still burning.</p><script>x()</script>"))
    (message,) = await box.messages((await box.only_conversation()).id)
    assert message.body == "Still burning."
    assert message.original_body is not None
    assert "Is it still burning?" in message.original_body
    assert message.body_html == "<p>Still burning.</p>"


async def test_html_alone_is_read_too(box: Letterbox) -> None:
    quote = '<div class="gmail_quote">On Sunday, Support wrote:<blockquote>Burning?</blockquote></div>'
    raw = b"From: jane@example.com\nContent-Type: text/html\n\n<p>Yes, <b>still</b>.</p>" + quote.encode()
    await box.drop(raw)
    (message,) = await box.messages((await box.only_conversation()).id)
    assert message.body == "Yes, still."
    assert "Burning?" in (message.body_html or "")


async def test_files_and_pictures_are_kept_byte_for_byte(world: World, box: Letterbox) -> None:
    await box.drop(letter("See here", message_id="a@x", files=[("photo.png", b"\x89PNG"), ("log.txt", b"fire")]))
    found = await box.only_conversation()
    (message,) = await box.messages(found.id)
    kept = await box.attachments(found.id)
    assert [(one.filename, one.size_bytes, one.message_id) for one in kept] == [
        ("photo.png", 4, message.id),
        ("log.txt", 4, message.id),
    ]
    assert [await world.services.blobs.get(one.blob_key) for one in kept] == [b"\x89PNG", b"fire"]


@pytest.mark.parametrize(("files", "body"), [([], "(no text)"), ([("a.txt", b"x")], "")])
async def test_a_mail_without_a_word_is_a_message_too(
    box: Letterbox, files: list[tuple[str, bytes]], body: str
) -> None:
    await box.drop(letter("", message_id="a@x", files=files))
    (message,) = await box.messages((await box.only_conversation()).id)
    assert message.body == body


async def test_the_raw_mail_is_always_there(world: World, box: Letterbox) -> None:
    mails = [letter(message_id="a@x"), BOUNCE.replace(b"a@x", b"unknown@x"), b"\x00\x01 rubbish"]
    await box.drop(*mails)
    rows = await box.raw_mails()
    assert [row["outcome"] for row in rows] == ["stored", "suppressed", "unparsed"]
    assert [await world.services.blobs.get(row["blob_key"]) for row in rows] == mails
    assert "header" in rows[2]["reason"]


async def test_the_same_mail_again_adds_nothing(box: Letterbox) -> None:
    first = letter(message_id="a@x", files=[("a.txt", b"x")])
    other_way = b"Received: from elsewhere\n" + first
    receipts = [*await box.drop(first, first), *await box.drop(first, other_way, b"From bob Sat Jan  3 1996\n" + first)]
    assert [one.outcome for one in receipts] == [Outcome.STORED, *[Outcome.DUPLICATE] * 4]
    found = await box.only_conversation()
    assert (found.message_count, len(await box.attachments(found.id))) == (1, 1)


async def test_a_mail_without_an_id_is_known_by_its_bytes(box: Letterbox) -> None:
    raw = letter()
    mbox_copy = b"From jane Sat Jan  3 01:05:34 1996\n" + raw.replace(b"\n", b"\r\n") + b"\r\n\r\n"
    receipts = await box.drop(raw, mbox_copy, letter("Something else"))
    assert [one.outcome for one in receipts] == [Outcome.STORED, Outcome.DUPLICATE, Outcome.STORED]


async def test_the_copy_that_came_by_a_list_is_the_same_mail(box: Letterbox) -> None:
    footer = "\n_______________________________________________\nUsers mailing list\nhttps://lists.example.org/users\n"
    await box.drop(letter(message_id="a@x"))
    copy = letter(f"My printer is on fire.\n{footer}", subject="[Users] Printer on fire", message_id="a@x")
    assert (await box.drop_one(copy)).outcome is Outcome.DUPLICATE


async def test_two_mails_under_one_id_are_two_mails(box: Letterbox) -> None:
    """Some mailers give every mail the same id: what differs is kept, and strangers stay apart."""
    await box.drop(
        letter("One", message_id="a@x"),
        letter("Two", message_id="a@x"),
        letter("Three", message_id="a@x", sender=BOB),
    )
    assert [one.message_count for one in await box.open_conversations()] == [2, 1]


async def resolved(world: World, box: Letterbox) -> Conversation:
    """A conversation that began yesterday and was resolved just now."""
    await box.drop(letter(message_id="a@x", at=MORNING - timedelta(days=1)))
    found = await box.only_conversation()
    async with world.database.write(world.account_id) as tx:
        return await editing.edit(tx, found.id, {"status": "resolved"})


async def test_news_from_the_customer_reopens(world: World, box: Letterbox) -> None:
    before = await resolved(world, box)
    await box.drop(letter("It burns again", message_id="b@x", In_Reply_To="<a@x>", at=world.clock.now))
    assert (await box.conversation(before.id)).status == "open"


async def test_a_mail_that_was_long_under_way_reopens_too(world: World, box: Letterbox) -> None:
    before = await resolved(world, box)
    sent_at = world.clock.now - timedelta(hours=3)
    await box.drop(letter("It burns again", message_id="b@x", In_Reply_To="<a@x>", at=sent_at))
    assert (await box.conversation(before.id)).status == "open"


async def test_old_mail_that_is_imported_late_reopens_nothing(world: World, box: Letterbox) -> None:
    before = await resolved(world, box)
    async with world.database.write(world.account_id) as tx:
        await lifecycle.archive(tx, before.id)
    await box.drop(letter("Ages ago", message_id="z@x", References="<a@x>", at=MORNING - timedelta(days=90)))
    after = await box.conversation(before.id)
    assert (after.status, after.resolved_at, after.message_count) == ("resolved", before.resolved_at, 2)
    assert after.archived_at is not None
    assert after.created_at == MORNING - timedelta(days=90)


async def test_a_bounce_is_kept_with_the_mail_it_answers_and_changes_nothing_else(world: World, box: Letterbox) -> None:
    before = await resolved(world, box)
    async with world.database.write(world.account_id) as tx:
        await lifecycle.snooze(tx, before.id, until=world.clock.now + timedelta(days=1))
        await lifecycle.mark_read(tx, before.id, reader_id=world.admin.id)
        before = await lifecycle.archive(tx, before.id)
    receipt = await box.drop_one(BOUNCE)
    assert receipt.outcome is Outcome.ATTACHED
    after = await box.conversation(before.id)
    assert (after.status, after.snoozed_until, after.archived_at) == (
        "resolved",
        before.snoozed_until,
        before.archived_at,
    )
    *_, told = await box.messages(before.id)
    assert (told.is_internal, told.sender_kind) == (True, "system")
    assert told.metadata["notice"]["kind"] == "bounce"
    assert told.metadata["notice"]["failed_recipients"] == ["jane@example.com"]
    async with world.database.read(world.account_id) as tx:
        assert (await counts_of(tx, before.id, world.admin.id)).is_read


async def test_a_bounce_of_nothing_we_know_opens_nothing(box: Letterbox) -> None:
    receipt = await box.drop_one(BOUNCE)
    assert receipt.outcome is Outcome.SUPPRESSED
    assert (receipt.reason or "").startswith("bounce: ")
    assert await box.open_conversations() == []
    assert (await box.drop_one(BOUNCE)).outcome is Outcome.DUPLICATE


async def test_an_answer_to_what_was_deleted_begins_anew(world: World, box: Letterbox) -> None:
    await box.drop(letter(message_id="a@x"))
    gone = await box.only_conversation()
    async with world.database.write(world.account_id) as tx:
        await lifecycle.delete(tx, gone.id)
    await box.drop(letter("Hello?", message_id="b@x", In_Reply_To="<a@x>"))
    fresh = await box.only_conversation()
    assert (fresh.id != gone.id, fresh.message_count) == (True, 1)
    await box.drop(letter("Hello??", message_id="c@x", References="<a@x> <b@x>"))
    assert (await box.only_conversation()).message_count == 2


async def test_an_answer_to_what_an_agent_merged_follows_it(world: World, box: Letterbox) -> None:
    await box.drop(letter(message_id="a@x"), letter("Toaster too", subject="Toaster", message_id="b@x"))
    printer, toaster = await box.open_conversations()
    async with world.database.write(world.account_id) as tx:
        await merging.merge(tx, printer.id, [toaster.id])
    receipt = await box.drop_one(letter("Still", message_id="c@x", In_Reply_To="<b@x>"))
    assert receipt.conversation_id == printer.id


async def test_an_answer_to_spam_stays_spam(world: World, box: Letterbox) -> None:
    await box.drop(letter(message_id="a@x"))
    spam = await box.only_conversation()
    async with world.database.write(world.account_id) as tx:
        await lifecycle.mark_spam(tx, spam.id)
    receipt = await box.drop_one(letter("Buy!", message_id="b@x", In_Reply_To="<a@x>"))
    assert receipt.conversation_id == spam.id
    assert await box.open_conversations() == []


async def test_joining_keeps_what_is_left_to_do(world: World, box: Letterbox) -> None:
    """The older half was resolved and archived: the younger one is still open, and so is the whole."""
    older = await resolved(world, box)
    async with world.database.write(world.account_id) as tx:
        await lifecycle.archive(tx, older.id)
    await box.drop(letter("Three", message_id="c@x", References="<b@x>", at=MORNING))
    await box.drop(letter("Two", message_id="b@x", References="<a@x>", at=MORNING - timedelta(days=20)))
    whole = await box.only_conversation()
    assert (whole.id, whole.status, whole.message_count) == (older.id, "open", 3)


@pytest.mark.parametrize(
    "raw",
    [
        letter("x" * 1_200_000, message_id="a@x"),
        letter(message_id="a" * 5000 + "@x"),
        letter(message_id="a@x", References=" ".join(f"<{n}@x>" for n in range(1500))),
        letter(subject="s" * 10_000, message_id="a@x"),
        letter(sender=f"{'n' * 3000} <jane@example.com>", message_id="a@x"),
        letter(sender=f"{'j' * 900}@example.com", message_id="a@x"),
        letter("\U0001f525 \x07", subject="\U0001f525", message_id="a@x"),
        b"Subject: only\n",
    ],
    ids=["body", "id", "references", "subject", "name", "address", "emoji", "header"],
)
async def test_no_mail_is_too_much(box: Letterbox, raw: bytes) -> None:
    assert (await box.drop_one(raw)).outcome is Outcome.STORED
    assert (await box.drop_one(raw)).outcome is Outcome.DUPLICATE
