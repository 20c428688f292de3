"""Whatever is asked, the page and the total are what looking at every conversation would give."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from dragoman.cli.load import Order, fill
from dragoman.core.conversations.models import Conversation, Priority, Status
from dragoman.core.search.model import Condition, Op, Question, Sort
from dragoman.core.search.queries import answer
from dragoman.core.tags import fold_tag
from dragoman.store import schema
from dragoman.store.tx import Tx
from world import World

SIZE, QUESTIONS = 300, 250
FACETS = (
    "status",
    "priority",
    "channel",
    "assignee_user_id",
    "assignee_team_id",
    "category",
    "sla_state",
    "company_id",
)
VISIBILITIES = ((0,), (0,), (1,), (2,), (0, 4), (1, 5), (0, 1, 2, 3))


def is_so(one: Conversation, condition: Condition) -> bool:
    """A condition, read plainly."""
    values = condition.values
    if condition.field == "tags":
        return bool({fold_tag(tag) for tag in one.tags} & {fold_tag(str(value)) for value in values})
    mine: Any = getattr(one, condition.field)
    match condition.op:
        case Op.IS | Op.INCLUDES:
            return mine in values
        case Op.IS_NOT | Op.EXCLUDES:
            return mine not in values
        case Op.AFTER:
            return bool(mine >= values[0])
        case Op.BEFORE:
            return bool(mine < values[0])
    return bool(values[0] <= mine < values[1])


def wanted(everything: list[Conversation], question: Question) -> list[int]:
    """The ids of all that answer, in order."""
    chosen = [
        one
        for one in everything
        if one.visibility in question.visibilities
        and all(is_so(one, condition) for condition in question.where)
        and (not question.any_of or any(all(is_so(one, each) for each in several) for several in question.any_of))
    ]
    chosen.sort(key=lambda one: (key_of(one, question.sort), one.id), reverse=question.is_descending)
    return [one.id for one in chosen]


def key_of(one: Conversation, sort: Sort) -> Any:
    ranks: dict[Sort, list[str]] = {Sort.STATUS: list(Status), Sort.PRIORITY: list(Priority)}
    mine = getattr(one, sort.value)
    return ranks[sort].index(mine) if sort in ranks else mine


class Asker:
    """Makes up questions about conversations that exist."""

    def __init__(self, everything: list[Conversation], rng: Random) -> None:
        self.everything, self.rng = everything, rng

    def question(self) -> Question:
        rng = self.rng
        conditions = tuple(self.condition() for _ in range(rng.choice((0, 1, 1, 2, 2, 3))))
        is_any = rng.random() < 0.15
        return Question(
            where=() if is_any else conditions,
            any_of=tuple((one,) for one in conditions) if is_any else (),
            visibilities=rng.choice(VISIBILITIES),
            sort=rng.choice((Sort.UPDATED, Sort.UPDATED, Sort.CREATED, Sort.NUMBER, Sort.STATUS, Sort.PRIORITY)),
            is_descending=rng.random() < 0.7,
            limit=rng.choice((1, 7, 50, 100)),
            offset=rng.choice((0, 0, 3, 40)),
        )

    def condition(self) -> Condition:
        rng, example = self.rng, self.rng.choice(self.everything)
        kind = rng.random()
        if kind < 0.2:
            return Condition("tags", rng.choice((Op.IS, Op.INCLUDES)), (rng.choice(list(example.tags) or ["BILLING"]),))
        if kind < 0.25:
            return Condition("tags", Op.INCLUDES, ("billing", "vip", "billing"))
        if kind < 0.5:
            return self.span(rng.choice(("created_at", "created_at", "updated_at")), example)
        field = rng.choice(FACETS)
        others = [getattr(rng.choice(self.everything), field) for _ in range(rng.choice((0, 1, 2)))]
        op = (
            rng.choice((Op.IS, Op.IS, Op.IS_NOT)) if not others else rng.choice((Op.INCLUDES, Op.INCLUDES, Op.EXCLUDES))
        )
        return Condition(field, op, (getattr(example, field), *others))

    def span(self, field: str, example: Conversation) -> Condition:
        start, far = getattr(example, field), timedelta(days=self.rng.choice((0, 1, 40, 365)), hours=5)
        op = self.rng.choice((Op.AFTER, Op.BEFORE, Op.BETWEEN, Op.BETWEEN))
        return Condition(field, op, (start, start + far) if op is Op.BETWEEN else (start,))


async def ask(tx: Tx, question: Question) -> tuple[list[int], int]:
    found = await answer(tx, question, reader_id=1)
    return [stamp.id for stamp in found.stamps], found.total


async def test_answers_are_what_looking_at_everything_gives(world: World) -> None:
    await fill(world.database, Order(world.account_id, SIZE))
    async with world.database.read(world.account_id) as tx:
        everything = await tx.all(Conversation, tx.select(Conversation).order_by(schema.conversations.c.id))
        asker = Asker(everything, Random(7))
        for _ in range(QUESTIONS):
            question = asker.question()
            ids = wanted(everything, question)
            page = ids[question.offset : question.offset + question.limit]
            assert await ask(tx, question) == (page, len(ids)), question


async def test_a_read_mark_is_the_readers_own(world: World) -> None:
    made = await world.conversation()
    await world.boss.ok("PATCH", f"/api/v2/conversations/{made['id']}/read")
    mine, theirs = [await who.ok("GET", "/api/v2/conversations") for who in (world.boss, world.staff)]
    assert [page["items"][0]["is_read"] for page in (mine, theirs)] == [True, False]


async def test_another_account_has_its_own_answers(world: World) -> None:
    await fill(world.database, Order(world.account_id, 20))
    stranger = await world.other_account()
    for query in ("", "?status=open", "?tags=billing", "?created_after=2020-01-01&created_before=2030-01-01"):
        page = await stranger.ok("GET", f"/api/v2/conversations{query}")
        assert (page["items"], page["total"]) == ([], 0)
