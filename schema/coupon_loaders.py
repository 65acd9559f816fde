"""Coupons, many with one query."""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from strawberry.dataloader import DataLoader

import models
from domain.coupons import CouponChange
from schema.loading import bounded, loader
from services import coupon_batches, coupon_counters, coupon_reads, coupons
from services.actors import Actor
from services.coupon_counters import Counters
from services.coupon_reads import WalletPage
from services.engine import Engine


class CouponLoaders:
    """Loaders of one execution's actor."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self._engine = engine
        self._actor = actor

    @cached_property
    def by_id(self) -> DataLoader[UUID, models.Coupon | None]:
        """Coupons by id."""
        return loader(lambda keys: coupons.coupons_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def page(self) -> DataLoader[WalletPage, list[models.Coupon]]:
        """Pages of members' coupons."""

        async def load(pages: Sequence[WalletPage]) -> list[list[models.Coupon]]:
            assert self._actor.program_id is not None, "who sees a member has a program"
            program = await self._engine.program(self._actor.program_id)
            return await coupon_reads.wallet_pages(self._engine.reads, self._actor, pages, program.now())

        return bounded(load)  # type: ignore[no-any-return]

    @cached_property
    def of_order(self) -> DataLoader[UUID, list[models.Coupon]]:
        """The coupons that each order holds or used."""
        return loader(lambda keys: coupon_reads.of_orders(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def given_by(self) -> DataLoader[UUID, list[models.Coupon]]:
        """The coupons that each order or occasion gave."""
        return loader(lambda keys: coupon_reads.given_by(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def version(self) -> DataLoader[UUID, models.CampaignVersion]:
        """Versions of templates by id."""
        return loader(lambda keys: coupon_reads.versions_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def template(self) -> DataLoader[UUID, models.Campaign | None]:
        """Templates by id."""
        return loader(lambda keys: coupon_reads.templates_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def template_by_code(self) -> DataLoader[str, models.Campaign | None]:
        """Templates by code."""
        return loader(lambda keys: coupon_reads.templates_by_code(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def history(self) -> DataLoader[models.Coupon, list[CouponChange]]:
        """What happened to each coupon."""
        return bounded(lambda rows: coupon_reads.histories(self._engine.reads, rows))  # type: ignore[no-any-return]

    @cached_property
    def batch(self) -> DataLoader[UUID, models.CouponBatch | None]:
        """Batches of codes by id."""
        return loader(lambda keys: coupon_batches.batches_by_id(self._actor, keys))  # type: ignore[no-any-return]

    @cached_property
    def counters(self) -> DataLoader[UUID, Counters | None]:
        """Counters of templates by id."""
        return loader(lambda keys: coupon_counters.of_templates(self._engine.reads, self._actor, keys))  # type: ignore[no-any-return]
