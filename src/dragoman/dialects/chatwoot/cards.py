"""Conversations rendered once per version, however often they are listed.

What changes without the conversation (its people, whether the channel still takes an answer) is put in each time.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from fastapi import Request

from dragoman.core.accounts.bots import Bot
from dragoman.core.accounts.models import Team, User
from dragoman.core.contacts.models import Contact
from dragoman.core.search.queries import Stamp
from dragoman.dialects.chatwoot import present, words
from dragoman.dialects.chatwoot.downloads import Addresses
from dragoman.dialects.chatwoot.shown import Shown, show, some, teams_of
from dragoman.edge.replies import encoder
from dragoman.edge.shelf import Shelf
from dragoman.store.tx import Tx

APART = ("can_reply", "muted", "meta")
# Stands for the address by which whoever asks has reached the server: nobody is shown another's.
BASE = f"base-{secrets.token_hex(12)}"


@dataclass(frozen=True, slots=True)
class Card:
    """The JSON of a conversation up to what is put in, and what that needs."""

    head: bytes
    has_files: bool
    contact_id: int
    user_id: int | None
    bot: Bot | None
    team: Team | None
    channel_type: str
    is_verified: bool
    window: timedelta | None
    last_inbound_at: datetime | None

    def __len__(self) -> int:
        return len(self.head) + 400


@dataclass(frozen=True, slots=True)
class Around:
    """The people of a page, as they are now, and the teams of whoever looks."""

    contacts: Mapping[int, Contact]
    users: Mapping[int, User]
    my_teams: set[int]
    account_id: int
    base: bytes
    now: datetime


def shelf_of(request: Request) -> Shelf[Card]:
    """One for each app: another app's database has other conversations under the same ids."""
    state = request.app.state
    if not hasattr(state, "chatwoot_shelf"):
        state.chatwoot_shelf = Shelf[Card]()
    found: Shelf[Card] = state.chatwoot_shelf
    return found


async def rendered(
    tx: Tx, shelf: Shelf[Card], stamps: Sequence[Stamp], addresses: Addresses, *, user_id: int | None
) -> list[bytes]:
    """The JSON of each conversation, in order."""
    cards = {stamp.id: shelf.get(stamp) for stamp in stamps}
    missing = [key for key, card in cards.items() if card is None]
    if missing:
        for shown in await show(tx, missing, user_id=None):
            one = shown.conversation
            cards[one.id] = card = _card(shown, replace(addresses, base=BASE), tx.now)
            shelf.put(one.id, one.version, one.renderings, card)
    found = [card for card in (cards[stamp.id] for stamp in stamps) if card is not None]
    around = Around(
        contacts=await some(tx, Contact, [card.contact_id for card in found]),
        users=await some(tx, User, [card.user_id for card in found]),
        my_teams=await teams_of(tx, user_id),
        account_id=addresses.account_id,
        base=encoder.encode(addresses.base)[1:-1],
        now=tx.now,
    )
    return [_whole(card, around) for card in found]


def _card(shown: Shown, addresses: Addresses, now: datetime) -> Card:
    one = shown.conversation
    form = msgspec.to_builtins(present.conversation(shown, addresses, now=now))
    for name in APART:
        del form[name]
    who, head = shown.assignee, encoder.encode(form).removesuffix(b"}")
    return Card(
        head=head,
        has_files=BASE.encode() in head,
        contact_id=one.contact_id,
        user_id=one.assignee_user_id,
        bot=who if isinstance(who, Bot) else None,
        team=shown.team,
        channel_type=words.channel_type(one.channel),
        is_verified=shown.link is not None and shown.link.is_verified,
        window=present.reply_window(one.channel, shown.inbox),
        last_inbound_at=one.last_inbound_at,
    )


def _whole(card: Card, around: Around) -> bytes:
    contact = around.contacts[card.contact_id]
    who = around.users.get(card.user_id or 0) or card.bot
    meta = present.meta(
        contact,
        who,
        card.team,
        channel_type=card.channel_type,
        is_verified=card.is_verified,
        is_in_team=card.team is not None and card.team.id in around.my_teams,
        account_id=around.account_id,
    )
    can_reply = present.is_within(card.window, card.last_inbound_at, around.now)
    head = card.head.replace(BASE.encode(), around.base) if card.has_files else card.head
    told = (head, _WORDS[can_reply], _WORDS[contact.is_blocked], encoder.encode(meta))
    return b'%s,"can_reply":%s,"muted":%s,"meta":%s}' % told


_WORDS = {True: b"true", False: b"false"}
