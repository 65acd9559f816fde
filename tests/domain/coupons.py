"""Makers of coupons: templates from their stored form, and what an order is offered of them."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from domain.campaigns import Stage
from domain.coupons import CouponOffer, CouponOffers, CouponTerms
from domain.evaluate import Evaluation
from domain.instants import NEVER
from domain.program import CampaignVersion
from tests.domain.campaigns import version_of

_ids = count(0xC0_000)


def template(code: str, *effects: dict[str, Any], per_order: int = 1, **form: Any) -> CampaignVersion:
    """Return version 1 of a template of coupons, which may always be had."""
    version = version_of(code, effects=list(effects), **form)
    return replace(version, stage=Stage.COUPON, coupon=CouponTerms(per_order=per_order))


def coupon(version: CampaignVersion, expires_at: datetime = NEVER, *, is_new: bool = False) -> CouponOffer:
    """Return a coupon of a template; each has an id of its own."""
    return CouponOffer(UUID(int=next(_ids)), version, expires_at, is_new)


def named(*offers: CouponOffer) -> CouponOffers:
    """Return coupons that the order names."""
    return CouponOffers(offers)


def to_choose(*offers: CouponOffer) -> CouponOffers:
    """Return coupons of which the best are chosen."""
    return CouponOffers(offers, is_choice=True)


def used(found: Evaluation) -> list[tuple[str, int]]:
    """Return the coupons that an order uses: each template's code, and what the coupon took off."""
    return [(one.version.code, one.discount) for one in found.coupons]


def reasons(found: Evaluation) -> list[tuple[str, str, str, str | None]]:
    """Return why coupons were not used: the template and its version, the reason, the message and the remedy."""
    return [
        (one.rule_version or "", one.reason.value, one.message, one.remedy)
        for one in found.not_applied
        if one.coupon_id is not None
    ]
