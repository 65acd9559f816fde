"""Many keys with one query. Nothing is kept from one query to the next: a stream lives long, and rows change."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

import models
from domain import ledger, stored_value
from domain.program import Program
from schema.coupon_loaders import CouponLoaders
from schema.loading import bounded, loader
from services import (
    agents,
    as_of,
    balances,
    bonus,
    campaign_reads,
    effect_lots,
    gift_cards,
    listing,
    lots_as_of,
    occasions,
    values,
)
from services.actors import Actor
from services.balances import Amounts, Expiring
from services.effect_lots import PartOfLot
from services.engine import Engine
from services.listing import OwnPage

K = TypeVar("K")
V = TypeVar("V")
AccountKey: TypeAlias = tuple[UUID, datetime | None]
BalancesKey: TypeAlias = tuple[UUID, UUID, datetime | None]


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

        return loader(load)  # type: ignore[no-any-return]

    @cached_property
    def member(self) -> DataLoader[UUID, models.Member | None]:
        """Members by id."""
        return loader(lambda keys: listing.members_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def order(self) -> DataLoader[UUID, models.Order | None]:
        """Orders by id."""
        return loader(lambda keys: listing.orders_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def campaign(self) -> DataLoader[UUID, models.Campaign | None]:
        """Campaigns by id."""
        return loader(lambda keys: listing.campaigns_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def campaign_version(self) -> DataLoader[tuple[UUID, int], models.CampaignVersion | None]:
        """Versions by (campaign, number)."""
        return loader(lambda keys: campaign_reads.versions_by_key(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def campaign_versions_page(self) -> DataLoader[OwnPage, list[models.CampaignVersion]]:
        """Pages of campaigns' versions."""
        return bounded(lambda pages: campaign_reads.versions_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def campaign_usage(self) -> DataLoader[UUID, models.CampaignUsage | None]:
        """What was used of campaigns."""
        return loader(lambda keys: campaign_reads.usages(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def coupons(self) -> CouponLoaders:
        """Loaders of coupons."""
        return CouponLoaders(self._engine, self._actor)

    @cached_property
    def entry(self) -> DataLoader[tuple[UUID, int], models.Entry | None]:
        """Ledger lines by (account, seq)."""
        return bounded(lambda keys: listing.entries_by_key(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def entries_page(self) -> DataLoader[OwnPage, list[models.Entry]]:
        """Pages of members' ledgers."""
        return bounded(lambda pages: listing.entries_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def entries_page_then(self) -> DataLoader[OwnPage, list[models.Entry]]:
        """Pages of members' ledgers as they were."""
        return bounded(lambda pages: as_of.lines_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def lots_page(self) -> DataLoader[OwnPage, list[models.Lot]]:
        """Pages of members' lots."""
        return bounded(lambda pages: listing.lots_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def lots_page_then(self) -> DataLoader[OwnPage, list[ledger.Lot]]:
        """Pages of members' lots as they were."""

        async def load(pages: Sequence[OwnPage]) -> list[list[ledger.Lot]]:
            return await lots_as_of.lots_pages(self._engine.reads, await self._program(), self._actor, pages)

        return bounded(load)  # type: ignore[no-any-return]

    @cached_property
    def orders_page(self) -> DataLoader[OwnPage, list[models.Order]]:
        """Pages of members' orders."""
        return bounded(lambda pages: listing.orders_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def gift_card(self) -> DataLoader[UUID, models.GiftCard | None]:
        """Gift cards by their bearers."""
        return loader(lambda keys: gift_cards.cards_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def gift_cards_page(self) -> DataLoader[OwnPage, list[models.GiftCard]]:
        """Pages of the gift cards that members gave."""
        return bounded(lambda pages: listing.gift_cards_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def gift_card_of(self) -> DataLoader[UUID, models.GiftCard | None]:
        """The gift card that each transfer issued or settled."""
        return loader(gift_cards.of_transfers)  # type: ignore[no-any-return]

    @cached_property
    def bearer_number(self) -> DataLoader[UUID, str]:
        """Numbers of the bearers of gift cards."""
        return loader(gift_cards.numbers_of)  # type: ignore[no-any-return]

    @cached_property
    def reason(self) -> DataLoader[UUID, str | None]:
        """Reasons of transfers by id."""
        return loader(listing.reasons_of)  # type: ignore[no-any-return]

    @cached_property
    def drawn_by(self) -> DataLoader[UUID, UUID | None]:
        """Whose each transfer is."""
        return loader(listing.drawn_by)  # type: ignore[no-any-return]

    @cached_property
    def top_up(self) -> DataLoader[UUID, stored_value.TopUp | None]:
        """What each transfer paid in."""
        return loader(lambda keys: values.top_ups(self._engine.reads, keys))  # type: ignore[no-any-return]

    @cached_property
    def agent(self) -> DataLoader[UUID, models.Agent | None]:
        """Agents by id."""
        return loader(lambda keys: agents.agents_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def agents_page(self) -> DataLoader[OwnPage, list[models.Agent]]:
        """Pages of members' agents."""
        return bounded(lambda pages: agents.agents_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def all_agents_page(self) -> DataLoader[OwnPage, list[models.Agent]]:
        """Pages of members' agents, those who were dismissed among them."""
        read = agents.agents_pages
        return bounded(lambda pages: read(self._engine.reads, self._actor, pages, dismissed=True))  # type: ignore[no-any-return]

    @cached_property
    def draws_on(self) -> DataLoader[UUID, list[models.Agent]]:
        """On whom a member may draw."""
        return loader(lambda keys: agents.draws_on(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def drawn(self) -> DataLoader[models.Agent, int]:
        """What agents drew in the present month."""

        async def load(keys: Sequence[models.Agent]) -> list[int]:
            return await agents.drawn(await self._program(), keys)

        return loader(load)  # type: ignore[no-any-return]

    @cached_property
    def next_expiry(self) -> DataLoader[AccountKey, Expiring | None]:
        """What expires next of an account, now or as of an instant."""
        return bounded(self._of_accounts(balances.next_expiries))  # type: ignore[no-any-return]

    @cached_property
    def bonus(self) -> DataLoader[AccountKey, int]:
        """How much of an account's available value is bonus, now or as of an instant."""
        return bounded(self._of_accounts(bonus.bonuses))  # type: ignore[no-any-return]

    def _of_accounts(self, read: Any) -> Any:
        """Return the loader's function of what `read` tells of accounts, now or as of an instant."""

        async def load(keys: Sequence[AccountKey]) -> list[Any]:
            program = await self._program()
            found: dict[AccountKey, Any] = {}
            for at, accounts in _by_last(keys).items():
                values = await read(self._engine.reads, program, accounts, at=at)
                found |= {(key, at): value for key, value in zip(accounts, values, strict=True)}
            return [found[key] for key in keys]

        return load

    async def _program(self) -> Program:
        assert self._actor.program_id is not None, "who sees an account has a program"
        return await self._engine.program(self._actor.program_id)

    @cached_property
    def lines(self) -> DataLoader[UUID, list[models.OrderLine]]:
        """Lines of an order."""
        return loader(listing.lines_of)  # type: ignore[no-any-return]

    @cached_property
    def returns(self) -> DataLoader[UUID, list[models.OrderReturn]]:
        """Returns of an order."""
        return loader(listing.returns_of)  # type: ignore[no-any-return]

    @cached_property
    def open_holds(self) -> DataLoader[UUID, list[models.Hold]]:
        """What a member has reserved."""

        async def load(keys: Sequence[UUID]) -> list[list[models.Hold]]:
            return await listing.open_holds_of(keys, (await self._program()).now())

        return loader(load)  # type: ignore[no-any-return]

    @cached_property
    def holds(self) -> DataLoader[UUID, list[models.Hold]]:
        """Holds of an order."""
        return loader(listing.holds_of)  # type: ignore[no-any-return]

    @cached_property
    def effects(self) -> DataLoader[UUID, list[models.OrderEffect]]:
        """Effects of an order."""
        return loader(listing.effects_of)  # type: ignore[no-any-return]

    @cached_property
    def effect_lots(self) -> DataLoader[UUID, dict[int, list[PartOfLot]]]:
        """The lots that the effects of an order used or made, by the number of the effect."""
        return loader(lambda keys: effect_lots.of_orders(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def occasion_lots(self) -> DataLoader[UUID, dict[int, list[PartOfLot]]]:
        """The lots that the effects of an occasion made, by the number of the effect."""
        return loader(lambda keys: effect_lots.of_occasions(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def occasion(self) -> DataLoader[UUID, models.Occasion | None]:
        """Occasions by id."""
        return loader(lambda keys: occasions.occasions_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def occasions_page(self) -> DataLoader[OwnPage, list[models.Occasion]]:
        """Pages of members' occasions."""
        return bounded(lambda pages: occasions.occasions_pages(self._engine.reads, self._actor, pages))  # type: ignore[no-any-return]

    @cached_property
    def occasion_of(self) -> DataLoader[UUID, models.Occasion | None]:
        """The occasion that each transfer was posted for."""
        return loader(occasions.of_transfers)  # type: ignore[no-any-return]

    @cached_property
    def occasion_effects(self) -> DataLoader[UUID, list[models.OccasionEffect]]:
        """Effects of an occasion."""
        return loader(occasions.effects_of)  # type: ignore[no-any-return]

    @cached_property
    def standings(self) -> DataLoader[UUID, list[models.Standing]]:
        """Standings of a member."""
        return loader(listing.standings_of)  # type: ignore[no-any-return]

    @cached_property
    def identities(self) -> DataLoader[UUID, list[models.Identity]]:
        """Identities of a member."""
        return loader(lambda keys: listing.identities_of(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def balances(self) -> DataLoader[BalancesKey, dict[UUID, Amounts]]:
        """Balances by asset of a (program, member), now or as of an instant."""

        async def load(keys: Sequence[BalancesKey]) -> list[dict[UUID, Amounts]]:
            found: dict[BalancesKey, dict[UUID, Amounts]] = {}
            for (program_id, at), member_ids in _by_last(
                [(member_id, (program_id, at)) for program_id, member_id, at in keys]
            ).items():
                program = await self._engine.program(program_id)
                amounts = await balances.balances(self._engine, program, member_ids, at=at)
                found |= {(program_id, member_id, at): amounts.get(member_id, {}) for member_id in member_ids}
            return [found[key] for key in keys]

        return loader(load)  # type: ignore[no-any-return]


def _by_last(pairs: Sequence[tuple[K, V]]) -> dict[V, list[K]]:
    """Return the first halves of the pairs, each once, by the second."""
    found: dict[V, list[K]] = {}
    for first, last in dict.fromkeys(pairs):
        found.setdefault(last, []).append(first)
    return found
