"""Who an order is between: the member who buys, and who pays for them, which may be the same."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from domain.book import Book
from domain.commands import Command
from domain.decisions.situation import Situation, books
from domain.decisions.values import check_active
from domain.effects.base import EffectKind
from domain.members import MemberState
from domain.orders import Order, OrderEffect
from domain.posting import OpenTransfer
from domain.refusals import LimitReached, NotAgent
from domain.usage import Usage, UsageKey


@dataclass(frozen=True, slots=True)
class Parties:
    """The two books; they are one when the member pays with what is theirs."""

    buyer: Book
    payer: Book

    @classmethod
    def of(cls, command: Command, situation: Situation) -> "Parties":
        """Return the parties of a command about an order, their books matured to now. Raises `NotFound`."""
        opened = books(command, situation)
        return cls(opened[0], opened[-1])

    def paying(self, transfer: OpenTransfer, order: Order) -> OpenTransfer:
        """Return the buyer's transfer as it is posted to the balances that pay."""
        if self.payer is self.buyer:
            return transfer
        return transfer.into(self.payer, self.payer.drawing(order))

    def check_active(self, member: tuple[str, ...], payer: tuple[str, ...]) -> None:
        """Refuse when one of them is at rest, naming the field of it. Raises `MemberNotActive`."""
        check_active(self.buyer, member)
        if self.payer is not self.buyer:
            check_active(self.payer, payer, "payer")

    def authorise(self, order: Order, effects: Sequence[OrderEffect], path: tuple[str, ...]) -> None:
        """Refuse what the buyer may not draw on the payer. Raises `NotAgent` or `LimitReached`."""
        drawing = self.payer.drawing(order)
        if drawing is None:
            return
        try:
            for effect in effects:
                if effect.kind == EffectKind.SPEND:
                    self.payer.authorise(drawing, self.payer.program.asset_by_id(effect.of_asset), effect.amount)
        except (NotAgent, LimitReached) as refusal:
            refusal.field = path
            raise

    def close(self) -> tuple[MemberState, ...]:
        """Return the states of the members after all postings."""
        if self.payer is self.buyer:
            return (self.buyer.close(),)
        return (self.buyer.close(), self.payer.close())


def uses_after(
    situation: Situation, parties: Parties | None, count: Callable[[MutableMapping[UsageKey, Usage]], None]
) -> Mapping[UsageKey, Usage]:
    """Return the uses of campaigns after `count` has changed them.

    Of a member's order their book counts them, as it does what they take by what follows from the order.
    """
    if parties is None:
        usages = dict(situation.usages)
        count(usages)
        return usages
    count(parties.buyer.usages)
    return parties.buyer.rows.usages
