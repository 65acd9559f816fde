"""Refusals: what is stored under a key comes back as the same refusal."""

import json
from decimal import Decimal
from typing import Any

import pytest

from domain.refusals import (
    AlreadyReturned,
    ApprovalRequired,
    CampaignNotInState,
    CouponBatchNotInState,
    CouponNotAvailable,
    CouponNotInState,
    CouponNotUsable,
    DuplicateEvent,
    DuplicateOrder,
    GiftCardNotInState,
    HoldExpired,
    IdempotencyKeyReused,
    IdentityTaken,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    MemberNotActive,
    NotAgent,
    NotFound,
    OrderClaimed,
    OrderNotInState,
    OwnDraft,
    PhoneTaken,
    Refusal,
    TooManyAttempts,
)

FACTS: dict[type[Refusal], dict[str, Any]] = {
    InvalidInput: {},
    NotFound: {},
    IdempotencyKeyReused: {},
    DuplicateOrder: {"order_id": "0199-…"},
    DuplicateEvent: {"occasion_id": "0199-…"},
    MemberNotActive: {"status": "FROZEN"},
    OrderNotInState: {"state": "HELD", "order_id": "0199-…"},
    OrderClaimed: {},
    GiftCardNotInState: {"state": "CLAIMED"},
    CouponBatchNotInState: {"state": "DONE", "batch_id": "0195"},
    CouponNotAvailable: {"reason": "NOT_CLAIMABLE"},
    CouponNotInState: {"state": "USED", "coupon_id": "0199-…"},
    CouponNotUsable: {"coupon_code": "SUMMER-2026"},
    HoldExpired: {"asset": "POINTS", "available": Decimal("40.00"), "required": Decimal("1E+2")},
    InsufficientBalance: {"available": Decimal("40.00"), "required": Decimal("1E+2")},
    AlreadyReturned: {"left": Decimal("0.50")},
    PhoneTaken: {},
    IdentityTaken: {"source": "pos", "external_id": "8001"},
    LimitReached: {"limit": "4611686018427387903"},
    NotAgent: {"asset": "VALUE"},
    ApprovalRequired: {"version": 2},
    CampaignNotInState: {"state": "ENDED"},
    OwnDraft: {},
    TooManyAttempts: {"retry_at": "2026-03-03T12:10:00+00:00"},
}


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.code)
@pytest.mark.parametrize("field", [(), ("order", "lines", "0", "sku")])
def test_a_refusal_survives_being_stored(kind: type[Refusal], field: tuple[str, ...]) -> None:
    refusal = kind("The member has 40 points; 100 are needed. 会员", field=field, **FACTS[kind])
    again = Refusal.from_record(json.loads(json.dumps(refusal.record())))
    assert type(again) is kind
    assert (again.message, again.field, again.facts) == (refusal.message, refusal.field, refusal.facts)
    assert str(again) == refusal.message
    assert again.record() == refusal.record()


def test_decimals_keep_their_places() -> None:
    refusal = InsufficientBalance("", available=Decimal("0.00"), required=Decimal("12.50"))
    facts = Refusal.from_record(refusal.record()).facts
    assert [str(facts["available"]), str(facts["required"])] == ["0.00", "12.50"]


def test_a_use_of_a_campaign_that_is_missing_is_no_asset() -> None:
    refusal = HoldExpired("The hold has run out.", asset=None, available=None, required=None)
    again = Refusal.from_record(json.loads(json.dumps(refusal.record())))
    assert again.facts == {"asset": None, "available": None, "required": None}
    assert again.record() == refusal.record()


def test_every_refusal_of_the_domain_is_known_by_its_own_code() -> None:
    assert [Refusal.by_code[kind.code] for kind in FACTS] == list(FACTS)
    here = {kind for kind in Refusal.by_code.values() if kind.__module__ == "domain.refusals"}
    assert here == set(FACTS)
