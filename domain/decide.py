"""From a locked state and a command to a decision. Pure: the same arguments give the same rows, byte for byte."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.claim_commands import ClaimOrder
from domain.commands import (
    Adjust,
    AmendMember,
    BeginImport,
    CancelOrder,
    CaptureOrder,
    Command,
    CommitOrder,
    EnrolMember,
    ExpireOrder,
    HoldOrder,
    Mature,
    Remind,
    ReturnOrder,
    TransferBalance,
)
from domain.coupon_commands import ExpireCoupons, ExtendCoupon, GiftCoupon, IssueCoupons, TakeCoupon, VoidCoupon
from domain.decisions import (
    agents,
    balances,
    claims,
    coupons,
    gift_cards,
    happenings,
    holds,
    members,
    orders,
    returns,
    spending,
    values,
)
from domain.decisions.situation import Decision, Situation, opened
from domain.gift_commands import ClaimGiftCard, IssueGiftCard, VoidGiftCard
from domain.occasion_commands import RecordEvent, RunSchedule, TagMember
from domain.value_commands import (
    AppointAgent,
    ConvertBalance,
    DismissAgent,
    RefundTopUp,
    SpendBalance,
    TopUpValue,
    UndoSpend,
)


def decide(command: Command, situation: Situation) -> Decision:
    """Return what `command` does in `situation`, or raise the `Refusal` that answers it."""
    decided_by = DECISIONS.get(type(command))
    if decided_by is None:
        raise TypeError(f"no decision for {type(command).__name__}")
    return decided_by(command, situation)


def _mature(command: Mature, situation: Situation) -> Decision:
    book = opened(command, situation)
    return Decision({"member": str(book.member.id)}, (book.close(),), book.rows)


def _begin_import(command: BeginImport, _: Situation) -> Decision:
    return Decision({"import": command.orders})


DECISIONS: Mapping[type[Command], Callable[[Any, Situation], Decision]] = {
    EnrolMember: members.enrol,
    AmendMember: members.amend,
    TagMember: members.tag,
    RecordEvent: happenings.record,
    RunSchedule: happenings.run,
    BeginImport: _begin_import,
    CommitOrder: orders.commit,
    HoldOrder: orders.hold,
    CaptureOrder: holds.capture,
    CancelOrder: holds.cancel,
    ExpireOrder: holds.expire,
    ReturnOrder: returns.return_,
    ClaimOrder: claims.claim,
    Adjust: balances.adjust,
    TransferBalance: balances.transfer,
    Remind: balances.remind,
    Mature: _mature,
    TopUpValue: values.top_up,
    RefundTopUp: values.refund,
    SpendBalance: spending.spend,
    UndoSpend: spending.undo,
    ConvertBalance: spending.convert,
    AppointAgent: agents.appoint,
    DismissAgent: agents.dismiss,
    IssueGiftCard: gift_cards.issue,
    ClaimGiftCard: gift_cards.claim,
    VoidGiftCard: gift_cards.void,
    IssueCoupons: coupons.issue,
    TakeCoupon: coupons.take,
    GiftCoupon: coupons.gift,
    VoidCoupon: coupons.void,
    ExtendCoupon: coupons.extend,
    ExpireCoupons: coupons.expire,
}
"""One function for each command."""
