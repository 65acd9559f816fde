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
from services.balances import Amounts
from services.engine import Engine

K = TypeVar("K")
V = TypeVar("V")


def _loader(load: Any) -> Any:
    return DataLoader(load_fn=load, cache=False)


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
        return _loader(lambda keys: listing.entries_by_key(self._actor, keys))  # type: ignore[no-any-return]

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
