"""Many keys with one query. Nothing is kept from one query to the next: a stream lives long, and rows change."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

import models
from domain.program import Program
from services import balances, listing
from services.actors import Actor
from services.balances import Amounts, Expiring
from services.engine import Engine
from services.listing import OwnPage

K = TypeVar("K")
V = TypeVar("V")


BATCH_MAX = 100
"""Keys of which each makes a part of the statement; SQLite takes no more than 500 parts of a union."""


def _loader(load: Any) -> Any:
    return DataLoader(load_fn=load, cache=False)


def _bounded(load: Any) -> Any:
    return DataLoader(load_fn=load, cache=False, max_batch_size=BATCH_MAX)


class Loaders:
    """Loaders of one execution's actor."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self._engine = engine
        self._actor = actor

    @cached_property
    def program(self) -> DataLoader[UUID, Program]:
        """Set-up of a program."""

        async def load(keys: Sequence[UUID]) -> list[Program]:
            found = {key: await self._engine.program(key) for key in set(keys)}
            return [found[key] for key in keys]

        return _loader(load)  # type: ignore[no-any-return]

    @cached_property
    def member(self) -> DataLoader[UUID, models.Member | None]:
        """Members by id."""
        return _loader(lambda keys: listing.members_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def order(self) -> DataLoader[UUID, models.Order | None]:
        """Orders by id."""
        return _loader(lambda keys: listing.orders_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def campaign(self) -> DataLoader[UUID, models.Campaign | None]:
        """Campaigns by id."""
        return _loader(lambda keys: listing.campaigns_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def entry(self) -> DataLoader[tuple[UUID, int], models.Entry | None]:
        """Ledger lines by (account, seq)."""
        return _bounded(lambda keys: listing.entries_by_key(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def entries_page(self) -> DataLoader[OwnPage, list[models.Entry]]:
        """Pages of members' ledgers."""
        return _bounded(lambda pages: listing.entries_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def lots_page(self) -> DataLoader[OwnPage, list[models.Lot]]:
        """Pages of members' lots."""
        return _bounded(lambda pages: listing.lots_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def orders_page(self) -> DataLoader[OwnPage, list[models.Order]]:
        """Pages of members' orders."""
        return _bounded(lambda pages: listing.orders_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def reason(self) -> DataLoader[UUID, str | None]:
        """Reasons of transfers by id."""
        return _loader(listing.reasons_of)  # type: ignore[no-any-return]

    @cached_property
    def next_expiry(self) -> DataLoader[UUID, Expiring | None]:
        """What expires next of an account."""

        async def load(keys: Sequence[UUID]) -> list[Expiring | None]:
            assert self._actor.program_id is not None, "who sees an account has a program"
            program = await self._engine.program(self._actor.program_id)
            return await balances.next_expiries(self._engine.reads, keys, program.now())

        return _loader(load)  # type: ignore[no-any-return]

    @cached_property
    def lines(self) -> DataLoader[UUID, list[models.OrderLine]]:
        """Lines of an order."""
        return _loader(listing.lines_of)  # type: ignore[no-any-return]

    @cached_property
    def effects(self) -> DataLoader[UUID, list[models.OrderEffect]]:
        """Effects of an order."""
        return _loader(listing.effects_of)  # type: ignore[no-any-return]

    @cached_property
    def standings(self) -> DataLoader[UUID, list[models.Standing]]:
        """Standings of a member."""
        return _loader(listing.standings_of)  # type: ignore[no-any-return]

    @cached_property
    def identities(self) -> DataLoader[UUID, list[models.Identity]]:
        """Identities of a member."""
        return _loader(lambda keys: listing.identities_of(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def balances(self) -> DataLoader[tuple[UUID, UUID], dict[UUID, Amounts]]:
        """Balances by asset of a (program, member)."""

        async def load(keys: Sequence[tuple[UUID, UUID]]) -> list[dict[UUID, Amounts]]:
            by_program: dict[UUID, list[UUID]] = {}
            for program_id, member_id in dict.fromkeys(keys):
                by_program.setdefault(program_id, []).append(member_id)
            found: dict[UUID, dict[UUID, Amounts]] = {}
            for program_id, member_ids in by_program.items():
                program = await self._engine.program(program_id)
                found |= await balances.balances(self._engine, program, member_ids)
            return [found.get(member_id, {}) for _, member_id in keys]

        return _loader(load)  # type: ignore[no-any-return]
