"""Lists and searches beside a plain evaluation in Python, after random histories: the same ids, order and totals.

Each example gets an account of its own in the test's database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dragoman.core import checkup
from dragoman.core.accounts import actions as accounts
from dragoman.core.contacts import actions as contacts
from dragoman.core.conversations import assignment, creation, editing, lifecycle
from dragoman.core.conversations.models import Conversation, Priority, Status
from dragoman.core.errors import DomainError
from dragoman.core.messages import merging, posting
from dragoman.core.messages.models import NewMessage, Sender
from dragoman.core.search import queries
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.core.search.words import document_words, query_words
from dragoman.core.tags import fold_tag
from dragoman.store import directory, schema
from dragoman.store.tx import Tx, WriteTx
from indexes import assert_index_is_right
from world import BASE, Clock, World

careful = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking would replay hundreds of histories
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
WORDS = ["invoice", "Invoice", "naïve", "東京", "50%", "log_in", "Ünïcode", "a"]
TAGS = ["vip", "VIP", "billing", "bill", "é", "100%"]
CATEGORIES = [None, "Billing", "billing", "a b", "x day=1"]
BEGINNING = Clock()()
MINUTES = [0, 1, 30, 700, 1500, 5000]
NAMES = ["Jane Smith", "jörg", "J%"]

FATES = ["archive", "unarchive", "mark_spam", "unmark_spam", "delete", "restore"]

subjects = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
tags = st.lists(st.sampled_from(TAGS), max_size=3)
which = st.integers(0, 30)
wanted = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(list(Status)),
        "priority": st.sampled_from(list(Priority)),
        "tags": tags,
        "category": st.sampled_from(CATEGORIES),
        "subject": subjects,
    },
)
steps = st.one_of(
    st.tuples(st.just("create"), subjects, tags, st.sampled_from(["email", "chat", "sms"]), st.integers(0, 2)),
    st.tuples(st.just("edit"), which, wanted),
    st.tuples(st.just("say"), which, subjects, st.booleans()),
    st.tuples(
        st.just("do"), which, st.sampled_from(["archive", "unarchive", "mark_spam", "unmark_spam", "delete", "restore"])
    ),
    st.tuples(st.just("assign"), which, st.integers(0, 1)),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("wait"), st.sampled_from(MINUTES)),
)
beginnings = st.tuples(st.just("create"), subjects, tags, st.sampled_from(["email", "chat"]), st.integers(0, 2))
histories = st.tuples(st.lists(beginnings, min_size=4, max_size=8), st.lists(steps, max_size=30)).map(
    lambda parts: [*parts[0], *parts[1]]
)


@dataclass
class Desk:
    """What a history is played on."""

    tx: WriteTx
    contacts: list[int] = field(default_factory=list)
    users: list[int] = field(default_factory=list)
    made: list[int] = field(default_factory=list)

    async def play(self, step: Sequence[Any]) -> None:
        """One step; what the state forbids is refused before anything is written, and skipped."""
        kind, *given = step
        try:
            await getattr(self, kind)(*given)
        except DomainError:
            return

    async def create(self, subject: str, tags: list[str], channel: str, contact: int) -> None:
        new = creation.NewConversation(
            subject=subject, contact_id=self.contacts[contact], channel=channel, tags=tuple(tags)
        )
        self.made.append((await creation.open_conversation(self.tx, new)).id)

    def one(self, number: int) -> int:
        return self.made[number % len(self.made)]

    async def edit(self, number: int, changes: dict[str, Any]) -> None:
        await editing.edit(self.tx, self.one(number), changes)

    async def say(self, number: int, body: str, is_inbound: bool) -> None:
        sender = Sender.CONTACT if is_inbound else Sender.AGENT
        await posting.post(self.tx, self.one(number), NewMessage(body=body, sender=sender, is_internal=not is_inbound))

    async def do(self, number: int, action: str) -> None:
        await getattr(lifecycle, action)(self.tx, self.one(number))

    async def assign(self, number: int, user: int) -> None:
        await assignment.assign(self.tx, self.one(number), user_id=self.users[user], team_id=None)

    async def merge(self, primary: int, source: int) -> None:
        await merging.merge(self.tx, self.one(primary), [self.one(source)])

    async def wait(self, minutes: int) -> None:
        self.tx.now += timedelta(minutes=minutes)


async def played(world: World, history: Sequence[Sequence[Any]]) -> tuple[int, Desk]:
    """A new account with this history."""
    async with world.database.backend.write() as session:
        account_id = await directory.create_account(session, name="Other", uuid=str(uuid4()), now=world.clock())
    async with world.database.write(account_id) as tx:
        desk = Desk(tx)
        for name in NAMES:
            desk.contacts.append((await contacts.add(tx, contacts.NewContact(name=name))).id)
        for name in ("Bob", "Eve"):
            email = f"{name}@support.example"
            desk.users.append((await accounts.add_user(tx, email=email, name=name, role="agent")).id)
        for step in history:
            await desk.play(step)
    return account_id, desk


@dataclass(frozen=True)
class Known:
    """A conversation with all that can be asked of it."""

    row: Conversation
    words: frozenset[str]
    contact_name: str

    def value(self, name: str) -> Any:
        return self.contact_name if name == "contact_name" else getattr(self.row, name)


async def known(tx: Tx) -> list[Known]:
    names = {row[0]: row[1] for row in await tx.rows(tx.select(schema.contacts.c.id, schema.contacts.c.name))}
    words: dict[int, set[str]] = {}
    columns = (schema.messages.c.conversation_id, schema.messages.c.body)
    for conversation_id, body in await tx.rows(tx.select(*columns)):
        words.setdefault(conversation_id, set()).update(document_words(body))
    return [
        Known(row, frozenset(words.get(row.id, set()) | set(document_words(row.subject))), names[row.contact_id])
        for row in await tx.all(Conversation, tx.select(Conversation))
    ]


NEGATIONS = {Op.IS_NOT: Op.IS, Op.EXCLUDES: Op.INCLUDES, Op.LACKS: Op.CONTAINS}


def holds(one: Known, condition: Condition) -> bool:
    if condition.op in NEGATIONS:
        return not holds(one, replace(condition, op=NEGATIONS[condition.op]))
    value, first = one.value(condition.field), condition.values[0]
    if condition.field == "tags":
        return tagged([fold_tag(tag) for tag in value], condition)
    if condition.op in (Op.IS, Op.INCLUDES):
        return value in condition.values
    if value is None:
        return False
    if condition.op is Op.CONTAINS:
        return str(first).lower() in value.lower()
    if condition.op is Op.BETWEEN:
        return bool(first <= value < condition.values[1])
    return bool(value < first) if condition.op is Op.BEFORE else bool(value >= first)


def tagged(mine: list[str], condition: Condition) -> bool:
    if condition.values == (None,):
        return not mine
    asked = [fold_tag(str(one)) for one in condition.values]
    if condition.op is Op.CONTAINS:
        return any(asked[0] in tag for tag in mine)
    return any(tag in asked for tag in mine)


def expected(everything: list[Known], question: Question) -> list[int]:
    """The ids of all that answer a question, in its order."""
    found = [
        one.row
        for one in everything
        if one.row.visibility in question.visibilities
        and all(holds(one, condition) for condition in question.where)
        and (not question.any_of or any(all(holds(one, each) for each in several) for several in question.any_of))
        and (not question.text or (query_words(question.text) and one.words >= set(query_words(question.text))))
    ]
    return [row.id for row in ordered(found, question)]


def ordered(rows: list[Conversation], question: Question) -> list[Conversation]:
    sort, is_descending = question.sort, question.is_descending
    if sort is Sort.WAITING:
        waiting = [row for row in rows if row.waiting_since is not None]
        others = [row for row in rows if row.waiting_since is None]
        last, is_last_descending = question.then or (Sort.CREATED, False)
        return in_order(waiting, sort, is_descending) + in_order(others, last, is_last_descending)
    if sort not in (Sort.UNREAD, Sort.PRIORITY, Sort.STATUS):
        return in_order(rows, sort, is_descending)
    then, is_then_descending = question.then or (Sort.NUMBER, is_descending)
    tied = in_order(rows, then, is_then_descending)
    return sorted(tied, key=lambda row: rank(row, question))


def in_order(rows: list[Conversation], sort: Sort, is_descending: bool) -> list[Conversation]:
    def value(row: Conversation) -> Any:
        found = getattr(row, sort.value)
        return found.lower() if sort is Sort.SUBJECT else found

    return sorted(rows, key=lambda row: (value(row), row.id), reverse=is_descending)


def rank(row: Conversation, question: Question) -> tuple[bool, int]:
    mine: Any = getattr(row, question.sort.value)
    words: dict[Sort, list[str]] = {Sort.PRIORITY: list(Priority), Sort.STATUS: list(Status)}
    groups = question.ranks or [(word,) for word in words.get(question.sort, [])]
    place = mine if question.sort is Sort.UNREAD else next(at for at, group in enumerate(groups) if mine in group)
    return mine in question.last, -place if question.is_descending else place


@dataclass(frozen=True)
class Somebody:
    """A contact or user of the desk, known when the history has been played."""

    kind: str
    number: int


def resolved(question: Question, desk: Desk) -> Question:
    """With the ids of whom it means."""

    def told(condition: Condition) -> Condition:
        ids = {"contacts": desk.contacts, "users": desk.users}
        values = [ids[one.kind][one.number] if isinstance(one, Somebody) else one for one in condition.values]
        return replace(condition, values=tuple(values))

    any_of = tuple(tuple(map(told, several)) for several in question.any_of)
    return replace(question, where=tuple(map(told, question.where)), any_of=any_of)


CHOICES: dict[str, Sequence[Any]] = {
    "status": list(Status),
    "priority": list(Priority),
    "state": ["open", "pending", "snoozed", "over"],
    "unread_count": [0, 1, 2],
    "channel": ["email", "chat", "sms", "voice"],
    "category": [one for one in CATEGORIES if one],
    "subject": ["Invoice", "invoice naïve", "a"],
    "tags": [*TAGS, "none"],
    "assignee_user_id": [Somebody("users", 0), Somebody("users", 1), -1],
    "contact_id": [Somebody("contacts", 0), Somebody("contacts", 1), -1],
    "contact_name": NAMES,
}
PARTS = {"subject": ["INV", "%", "_", "ï", "a"], "tags": ["bill", "%", "É"], "contact_name": ["J", "%", "ö"]}
RANGED = ("created_at", "updated_at", "last_activity_at", "message_count")
MOMENTS = [BEGINNING + timedelta(minutes=at) for at in (-5000, 0, 1, 30, 31, 885, 886, 1500, 2325, 2326, 5000, 9000)]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from([*CHOICES, *RANGED]))
    if name in RANGED:
        return ranged(draw, name)
    op = draw(st.sampled_from([Op.IS, Op.IS_NOT, Op.INCLUDES, Op.EXCLUDES, Op.CONTAINS, Op.LACKS]))
    if op in (Op.CONTAINS, Op.LACKS):
        if name in PARTS:
            return Condition(name, op, (draw(st.sampled_from(PARTS[name])),))
        op = Op.IS
    if op in (Op.IS, Op.IS_NOT):
        return Condition(name, op, (draw(st.sampled_from([*CHOICES[name], None])),))
    several = draw(st.lists(st.sampled_from(list(CHOICES[name])), min_size=1, max_size=3))
    return Condition(name, op, tuple(several))


def ranged(draw: st.DrawFn, name: str) -> Condition:
    op = draw(st.sampled_from([Op.BEFORE, Op.AFTER, Op.BETWEEN]))
    values = st.integers(0, 4) if name == "message_count" else st.sampled_from(MOMENTS)
    return Condition(name, op, tuple(draw(values) for _ in range(2 if op is Op.BETWEEN else 1)))


some = st.lists(conditions(), max_size=3).map(tuple)
alternatives = st.lists(st.lists(conditions(), min_size=1, max_size=2).map(tuple), max_size=3).map(tuple)
plain_sorts = [Sort.UPDATED, Sort.CREATED, Sort.ACTIVITY, Sort.SUBJECT, Sort.NUMBER]
orders = st.one_of(
    st.fixed_dictionaries({"sort": st.sampled_from(list(Sort))}),
    st.fixed_dictionaries(
        {
            "sort": st.just(Sort.PRIORITY),
            "ranks": st.sampled_from([(), (("low",), ("none", "medium"), ("high",), ("urgent",))]),
            "then": st.sampled_from([None, (Sort.ACTIVITY, True), (Sort.CREATED, False)]),
        }
    ),
    st.fixed_dictionaries({"sort": st.just(Sort.PRIORITY), "last": st.just(("none",))}),
    st.fixed_dictionaries(
        {"sort": st.sampled_from([Sort.UNREAD, Sort.WAITING]), "then": st.just((Sort.ACTIVITY, True))}
    ),
)
questions = st.builds(
    lambda order, **rest: Question(**order, **rest),
    order=orders,
    where=some,
    any_of=alternatives,
    text=st.sampled_from(["", "", "invoice", "NAIVE", "東", "50%", "log_in", "a invoice", "*", "none"]),
    visibilities=st.sampled_from([(0,), (0,), (0,), (1,), (2,), (3,), (0, 4), (0, 1, 2, 3), tuple(range(8))]),
    is_descending=st.booleans(),
    limit=st.sampled_from([1, 3, 50]),
    offset=st.sampled_from([0, 0, 1, 5, 100]),
)


@given(history=histories, asked=st.lists(questions, min_size=12, max_size=12))
@careful
async def test_answers_equal_a_plain_evaluation(world: World, history: list[Any], asked: list[Question]) -> None:
    account_id, desk = await played(world, history)
    async with world.database.read(account_id) as tx:
        everything = await known(tx)
        for question in (resolved(one, desk) for one in asked):
            right = expected(everything, question)
            found = await queries.answer(tx, question, reader_id=1)
            page = right[question.offset : question.offset + question.limit]
            assert (found.total, [stamp.id for stamp in found.stamps]) == (len(right), page), question


@given(history=histories)
@careful
async def test_pages_neither_overlap_nor_skip(world: World, history: list[Any]) -> None:
    account_id, _ = await played(world, history)
    async with world.database.read(account_id) as tx:
        everything = await known(tx)
        for sort in Sort:
            for is_descending in (True, False):
                paged: list[int] = []
                question = Question(sort=sort, is_descending=is_descending, limit=3)
                for offset in range(0, len(everything) + 3, 3):
                    found = await queries.answer(tx, replace(question, offset=offset), reader_id=1)
                    paged += [stamp.id for stamp in found.stamps]
                assert paged == expected(everything, question)


@given(history=histories, later=st.lists(steps, max_size=30))
@careful
async def test_the_index_follows_whatever_happens(world: World, history: list[Any], later: list[Any]) -> None:
    account_id, desk = await played(world, history)
    async with world.database.read(account_id) as tx:
        await assert_index_is_right(tx)
        assert await checkup.examine(tx, await checkup.batch(tx, after=0, limit=1000)) == []
    async with world.database.write(account_id) as tx:
        desk.tx = tx
        for step in later:
            await desk.play(step)
    async with world.database.read(account_id) as tx:
        await assert_index_is_right(tx)
        assert await checkup.examine(tx, await checkup.batch(tx, after=0, limit=1000)) == []


# No lone surrogates: they cannot be stored, and are refused at the door (see below).
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(
    bodies=st.lists(texts.filter(lambda text: text.strip("\x00 ")), min_size=1, max_size=6),
    asked=st.lists(texts, max_size=6),
)
@careful
async def test_any_text_is_found_by_its_words(world: World, bodies: list[str], asked: list[str]) -> None:
    account_id, _ = await played(world, [])
    async with world.database.write(account_id) as tx:
        contact = await contacts.add(tx, contacts.NewContact(name="Jane"))
        for body in bodies:
            new = creation.NewConversation(subject="-", contact_id=contact.id)
            kept = body.replace("\x00", "").strip() or "x"
            await posting.begin(
                tx, await creation.open_conversation(tx, new), NewMessage(body=kept, sender=Sender.CONTACT)
            )
    async with world.database.read(account_id) as tx:
        everything = await known(tx)
        for text in [*bodies, *asked]:
            question = Question(text=text.replace("\x00", "\ufffd"))
            found = await queries.answer(tx, question, reader_id=1)
            assert [stamp.id for stamp in found.stamps] == expected(everything, question)


HOSTILE = [
    "'",
    '"',
    "';--",
    '" OR "a"="a',
    "*",
    "inv*",
    "NEAR(invoice wrong, 5)",
    "invoice AND",
    "AND OR NOT",
    "NOT invoice",
    "(((",
    ")",
    "%",
    "_",
    "\\",
    "a:b",
    "words:invoice",
    "{invoice}",
    "^invoice",
    "-invoice",
    "+invoice",
    "invoice & | ! <->",
    "invoice:*",
    "a_1",
    "\x00",
    "🎉",
    "\u202e\u0000",
    "x" * 1000,
    "\ufffe",
]


async def test_hostile_text_is_text_everywhere(world: World) -> None:
    one = await world.conversation("The invoice is wrong")
    word = {"inv*": 0, "NOT invoice": 0, "{invoice}": 1, "^invoice": 1, "-invoice": 1, "+invoice": 1, "invoice:*": 1}
    for text in HOSTILE:
        page = await world.boss.ok("GET", BASE, params={"search": text})
        assert page["total"] == len(page["items"]) == word.get(text, 1 if text == "invoice & | ! <->" else 0), text
        for name in ("tags", "category", "source", "contact_id", "language"):
            assert (await world.boss.ok("GET", BASE, params={name: text}))["total"] == 0, (name, text)
        for field_name in ("subject", "tags", "category", "contact_name"):
            for operator in ("is", "contains"):
                asked = {"conditions": [{"field": field_name, "operator": operator, "value": text}], "search": ""}
                response = await world.boss("POST", f"{BASE}/search", asked)
                assert response.status_code in (200, 422), (field_name, operator, text)
        assert (await world.boss("GET", f"{BASE}/tags/search", params={"q": text[:120]})).status_code == 200
    assert await world.boss.ok("GET", BASE, params={"search": "invoice"})
    assert (await world.detail(one["id"]))["version"] == 1


async def test_lone_surrogates_are_refused_at_the_door(world: World) -> None:
    for body in (
        b'{"search": "\\ud800"}',
        b'{"conditions": [{"field": "subject", "operator": "is", "value": "\\udfff"}]}',
    ):
        headers = {"Content-Type": "application/json"}
        assert (await world.boss("POST", f"{BASE}/search", content=body, headers=headers)).status_code == 422
