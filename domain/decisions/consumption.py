"""What orders and occasions take of the limits and budgets of campaigns, and what orders give back of them."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.amounts import from_minor
from domain.effects.base import DISCOUNTS, EARNINGS, EffectKind
from domain.orders import Order, OrderEffect
from domain.program import Program
from domain.refusals import HoldExpired
from domain.shares import Parts, together
from domain.usage import Consumed, Usage, UsageKey, counted, reached

Share = Callable[[int, Parts], int]
"""How much of an amount, whose lines have these parts in it, belongs to what comes to nothing."""


def consumed_by(order: Any) -> tuple[Consumed, ...]:
    """Return what an order takes, from any row of it."""
    return tuple(Consumed.from_record(record) for record in order.consumed)


def take(
    usages: MutableMapping[UsageKey, Usage], program_id: UUID, member_id: UUID | None, consumed: Iterable[Consumed]
) -> None:
    """Count what an order or occasion takes."""
    for one in consumed:
        for key in one.keys(member_id):
            counted(usages, program_id, key, uses=one.uses, count=one.count, money=one.money, points=one.points)


def take_again(usages: MutableMapping[UsageKey, Usage], order: Order, program: Program) -> None:
    """Count again what an order takes whose hold had run out, at the bounds that held then. Raises `HoldExpired`."""
    consumed = consumed_by(order)
    for one in consumed:
        limit = reached(
            one.bounds,
            usages,
            campaign_id=one.campaign_id,
            member_id=order.member_id,
            day=one.day,
            wanted={"uses": one.uses, "money": one.money, "points": one.points, "count": one.count},
        )
        if limit is not None:
            raise HoldExpired(
                "The hold has run out, and so has what it took of a campaign: "
                f"of {limit.limit} {limit.used} are used, and {limit.wanted} are needed.",
                field=("order",),
                asset=None,
                available=_number(program, one, limit.bound, limit.limit - limit.used),
                required=_number(program, one, limit.bound, limit.wanted),
            )
    take(usages, order.program_id, order.member_id, consumed)


def _number(program: Program, one: Consumed, bound: str, minor: int) -> Decimal:
    """Return what counts towards a bound in its units: of the currency, of the asset of its points, or pieces."""
    if bound == "money":
        return from_minor(minor, program.currency_scale)
    if bound == "points" and one.points_of is not None:
        return from_minor(minor, program.asset_by_id(one.points_of).scale)
    return Decimal(minor)


def give_back(
    usages: MutableMapping[UsageKey, Usage],
    order: Order,
    effects: Sequence[OrderEffect],
    share: Share,
    whole: Mapping[UUID, bool] | None = None,
) -> None:
    """Count no more what belongs to what comes to nothing.

    Of the templates of coupons in `whole` all uses come back, or none.
    """
    for one in consumed_by(order):
        if not one.count:  # coupons that are given; what was given was had: a return does not give that back
            uses = 0 if whole is not None else _given(one, effects, share)
            for key in one.keys(order.member_id):
                counted(usages, order.program_id, key, uses=-uses, count=0, money=0, points=0)
            continue
        own = [effect for effect in effects if effect.campaign_id == one.campaign_id]
        money = sum(share(effect.amount, effect.parts) for effect in own if effect.kind in DISCOUNTS)
        points = sum(
            share(effect.amount, effect.parts)
            for effect in own
            if effect.kind in EARNINGS and effect.asset_id == one.points_of
        )
        # A use comes back with the goods that it was for, and not with others of the same order. A tag is for all of
        # them, but only a coupon is used as long as its tag is set.
        weights = together(effect.parts for effect in own if effect.kind != EffectKind.TAG or "coupon" in effect.facts)
        if whole is not None and one.campaign_id in whole:
            uses = one.uses if whole[one.campaign_id] else 0
        else:
            uses = share(one.uses, weights)
        for key in one.keys(order.member_id):
            counted(
                usages,
                order.program_id,
                key,
                uses=-uses,
                count=-share(one.count, weights),
                money=-money,
                points=-points,
            )


def _given(one: Consumed, effects: Sequence[OrderEffect], share: Share) -> int:
    """Return how many coupons of a template come to nothing that were given."""
    return sum(
        share(effect.amount, effect.parts) * pieces
        for effect in effects
        if effect.kind == EffectKind.ISSUE_COUPON and (pieces := effect.facts["counts"].get(str(one.campaign_id), 0))  # type: ignore[attr-defined]
    )


def take_over(
    usages: MutableMapping[UsageKey, Usage],
    before: Order,
    after: Order,
    effects: Sequence[OrderEffect],
    *,
    left: Share,
    gone: Share,
) -> None:
    """Count for its member what a guest's order takes, and what it takes since it is theirs; all counts stay exact.

    `effects` are all of them, `left` the share of an amount that belongs to what was captured, `gone` that to the rest.
    """
    give_back(usages, before, effects, left)
    take(usages, after.program_id, after.member_id, consumed_by(after))
    give_back(usages, after, effects, gone)


def everything(amount: int, _: Parts) -> int:
    """Return all of an amount: the share of an order that comes to nothing as a whole."""
    return amount
