"""What a return gives back and takes back: the exact inverse of what an order did.

Everything follows from how much of the order has come back *in all*, over and above what was not captured of it, and a
return does what is missing between before it and after it. So any split of returns ends where one return of everything
does, if nothing happens in between:

- what was spent goes back to the very lots, bonus and principal in the proportion in which they were used, and of each
  the last that was used first, as if less had been bought;
- what was earned is taken from the lots that the order made, the pending ones first, and of what has expired of them
  nothing is taken again; then from the member's other lots in burn order; and for the rest the asset's policy holds.
  What earlier returns of the order took from other lots is put back in thought, and all of it taken anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.amounts import from_minor
from domain.assets import Asset, ShortfallPolicy
from domain.book import burn_key
from domain.decisions.situation import OrderRecord
from domain.effects.base import LEDGER, EffectKind
from domain.instants import plus_days
from domain.ledger import Contra, EntryKind, Lot
from domain.orders import Order, OrderEffect, OrderLine
from domain.payments import Payment, payment
from domain.posting import Cause, OpenTransfer
from domain.refusals import InsufficientBalance
from domain.shares import paid_share, returned_share
from domain.undoing import given_back


@dataclass(slots=True)
class _Sums:
    """How much of an asset's effects belongs to what has come back."""

    given: int = 0
    taken: int = 0


@dataclass(slots=True)
class Settlement:
    """The return of so many pieces, `before` and `after` it in all, as it is posted to one transfer."""

    transfer: OpenTransfer
    paying: OpenTransfer
    """The same transfer, as it is posted to the balances that paid."""
    order: Order
    record: OrderRecord
    before: Mapping[str, int]
    after: Mapping[str, int]
    own: set[UUID] = field(default_factory=set)
    """Lots that the order made."""
    pays: Payment = field(init=False)
    """What pays for what was captured."""

    def __post_init__(self) -> None:
        self.pays = payment(self.order, self.record.lines, self.record.effects)

    def post(self) -> None:
        """Post it. Raises `InsufficientBalance` or `LimitReached`."""
        lots = self.transfer.book.lots
        self.own = {lot.id for lot in lots.values() if lot.transfer_id == self.order.transfer_id}
        effects: dict[tuple[UUID, UUID], list[OrderEffect]] = defaultdict(list)
        transfers = {transfer.book.member.id: transfer for transfer in (self.transfer, self.paying)}
        for effect in self.record.effects:
            if effect.asset_id is None or effect.kind not in LEDGER:
                continue
            transfer = self.paying if effect.kind == EffectKind.SPEND else self.transfer
            effects[transfer.book.member.id, effect.asset_id].append(effect)
        for (member_id, asset_id), found in effects.items():
            # Else no line would tell of what is taken anew: lots change by a transfer with lines only. And there may be
            # no account of what was not captured.
            if any(self.share(effect, self.before) < self.share(effect, self.after) for effect in found):
                asset = self.transfer.book.program.asset_by_id(asset_id)
                _Account(self, transfers[member_id], asset, found).settle()

    def expired(self, lot: Lot) -> int:
        """Return how much of a lot has expired, before this decision or by it."""
        return self.record.expired.get(lot.id, 0) + self.transfer.book.rows.expired().get(lot.id, 0)

    def share(self, effect: OrderEffect, returned: Mapping[str, int]) -> int:
        """Return how much of an effect belongs to what has come back."""
        if effect.kind == EffectKind.SPEND:
            return paid_share(self.pays.spends[effect.ordinal], self.record.lines, returned)
        return returned_share(effect.amount, self.record.lines, returned, effect.parts)


class _Account:
    """What a return does to one account."""

    def __init__(
        self, settlement: Settlement, transfer: OpenTransfer, asset: Asset, effects: Sequence[OrderEffect]
    ) -> None:
        self._of = settlement
        self._transfer = transfer
        self._book = book = transfer.book
        self._asset = asset
        self._spends = [effect for effect in effects if effect.kind == EffectKind.SPEND]
        self._earns = [effect for effect in effects if effect.kind != EffectKind.SPEND]
        self._account = book.account(asset)
        of_account = [lot for lot in book.lots.values() if lot.account_id == self._account.id]
        self._own = sorted(
            (lot for lot in of_account if lot.id in settlement.own),
            key=lambda lot: (lot.locked_until is None, burn_key(lot)),
        )
        self._others = {
            lot.id: lot
            for lot in of_account
            if lot.id not in settlement.own and lot.locked_until is None and lot.expires_at > book.now
        }
        """Lots that may be used, beside the order's own."""
        self._moved: dict[UUID, int] = defaultdict(int)
        """How much earlier returns gave to each lot, net of what they took."""
        for move in settlement.record.moves:
            if move.transfer_id != settlement.order.transfer_id:
                self._moved[move.lot_id] += move.remaining
        self._remains = {lot.id: lot.remaining for lot in self._others.values()}
        """What is to remain of each of the others."""

    def settle(self) -> None:
        before, after = self._sums(self._of.before), self._sums(self._of.after)
        own_available = sum(lot.remaining for lot in self._own if lot.locked_until is None)
        foreign = self._account.available - own_available
        lots = max(self._account.available, 0) - own_available
        lots += self._put_back_in_thought(before.given)
        restored = self._give_back(before.given, after.given)
        taken = self._take_back(
            before.taken, after.taken, foreign=foreign + restored, lots=lots + restored, restored=restored
        )
        self._take_from_others(taken)
        self._move()

    def _sums(self, returned: Mapping[str, int]) -> _Sums:
        return _Sums(
            sum(self._of.share(effect, returned) for effect in self._spends),
            sum(self._of.share(effect, returned) for effect in self._earns),
        )

    # ── what was spent ───────────────────────────────────────────────────────────────────────────────────────────────

    def _used(self) -> list[tuple[Lot, int]]:
        """Return how much the order used of each lot of the account."""
        used = [
            (self._book.lots[move.lot_id], -(move.remaining + move.held))
            for move in self._of.record.moves
            if move.transfer_id == self._of.order.transfer_id and move.lot_id not in self._of.own
        ]
        return [(lot, amount) for lot, amount in used if lot.account_id == self._account.id]

    def _restored(self, amount: int) -> dict[UUID, int]:
        """Return how much each lot has been given back when `amount` has in all."""
        return {lot.id: part for lot, part in reversed(given_back(self._used(), 0, amount))} if amount else {}

    def _put_back_in_thought(self, given: int) -> int:
        """Undo what earlier returns took from other lots; return how much that was."""
        restored = self._restored(given)
        put_back = 0
        for lot_id in self._others:
            took = restored.get(lot_id, 0) - self._moved.get(lot_id, 0)
            self._remains[lot_id] += took
            put_back += took
        return put_back

    def _give_back(self, before: int, after: int) -> int:
        if before == after:
            return 0
        was, now = self._restored(before), self._restored(after)
        parts = {lot_id: part - was.get(lot_id, 0) for lot_id, part in now.items() if part > was.get(lot_id, 0)}
        (effect,) = self._spends
        due = []
        for lot_id, amount in parts.items():
            lot = self._book.lots[lot_id]
            if lot_id not in self._others:
                expires_at = plus_days(self._book.now, self._asset.grace_days, self._book.program.zone)
                lot = self._transfer.born(
                    self._account, amount, priority=lot.priority, locked_until=None, expires_at=expires_at
                )
                self._others[lot.id] = lot
                self._remains[lot.id] = amount
            else:
                self._remains[lot_id] += amount
            due.append(lot.due_at)
        self._transfer.check_room(self._asset, self._account, after - before)
        self._transfer.post(
            self._asset,
            EntryKind.RETURN,
            available=after - before,
            contra=Contra.REDEMPTION,
            cause=Cause(effect.ordinal),
            due_at=min(due),
        )
        return after - before

    # ── what was earned ──────────────────────────────────────────────────────────────────────────────────────────────

    def _take_back(self, before: int, after: int, *, foreign: int, lots: int, restored: int) -> int:
        """Post what is taken back; return how much of it the other lots have to give.

        `foreign` is the available balance without the order's own lots, `lots` the other lots with what was put back.
        Of what was written off before, no more is taken after all than this return has `restored`: what the member has
        come by otherwise since then is theirs.
        """
        own_before = -sum(self._moved.get(lot.id, 0) for lot in self._own)
        kept_before = self._posted(Contra.BREAKAGE)
        written_before = self._posted(Contra.WRITE_OFF)
        thought = foreign + before - own_before - kept_before - written_before
        # No lot has room for what was a debt that a credit has paid since, nor for what came from a lot that expired.
        stays = max(thought - lots, 0)
        own_after = min(after - stays, own_before + sum(lot.remaining for lot in self._own))
        kept_after = min(after - stays - own_after, sum(map(self._of.expired, self._own)))
        needed = after - own_after - kept_after
        room = thought - self._floor
        written_after = min(max(needed - max(room, 0), written_before - restored, 0), needed - stays)
        if written_after and self._asset.shortfall is ShortfallPolicy.REFUSE:
            self._refuse(max(room, 0), needed)
        pending = self._take_from_own(own_after - own_before)
        gains = ((kept_after - kept_before, Contra.BREAKAGE), (written_after - written_before, Contra.WRITE_OFF))
        self._post_gains(gain for gain in gains if gain[0] > 0)
        self._post_losses(pending)
        self._post_gains(gain for gain in gains if gain[0] < 0)
        return lots - max(thought - (needed - written_after), 0)

    @property
    def _floor(self) -> int:
        return self._account.floor if self._asset.shortfall is ShortfallPolicy.DEBT else 0

    def _posted(self, contra: Contra) -> int:
        """Return what earlier returns let the member keep, for this reason."""
        return sum(
            entry.change_available
            for entry in self._of.record.entries
            if entry.account_id == self._account.id and entry.kind is EntryKind.RETURN and entry.contra is contra
        )

    def _refuse(self, available: int, required: int) -> None:
        asset = self._asset
        raise InsufficientBalance(
            f"The return would take back {asset.spelled(required)} {asset.code} that the order earned, and the member "
            f"has {asset.spelled(available)}.",
            field=("order",),
            available=from_minor(available, asset.scale),
            required=from_minor(required, asset.scale),
        )

    def _take_from_own(self, amount: int) -> int:
        """Take from the order's own lots; return how much of it was pending."""
        pending = 0
        for lot in self._own:
            part = min(amount, lot.remaining)
            if part:
                self._transfer.take(lot, part)
                amount -= part
                pending += part if lot.locked_until is not None else 0
        assert not amount, "no more is taken from lots than they have"
        return pending

    def _post_gains(self, gains: Iterable[tuple[int, Contra]]) -> None:
        for change, contra in gains:
            self._transfer.post(self._asset, EntryKind.RETURN, available=change, contra=contra)

    def _post_losses(self, pending: int) -> None:
        """Post what each effect loses, what is pending first."""
        for effect in self._earns:
            was, now = (self._of.share(effect, returned) for returned in (self._of.before, self._of.after))
            if now > was:
                part = min(pending, now - was)
                pending -= part
                self._transfer.post(
                    self._asset,
                    EntryKind.RETURN,
                    available=part - (now - was),
                    pending=-part,
                    contra=Contra.ISSUANCE,
                    cause=Cause(effect.ordinal, effect.campaign_id),
                )

    # ── other lots ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_from_others(self, amount: int) -> None:
        for lot in sorted(self._others.values(), key=burn_key):
            part = min(amount, max(self._remains[lot.id], 0))
            self._remains[lot.id] -= part
            amount -= part
        assert not amount, "the other lots that were loaded cover what is taken from them"

    def _move(self) -> None:
        for lot in self._others.values():
            change = self._remains[lot.id] - lot.remaining
            if change:
                self._transfer.move(lot, remaining=change)


def refund(order: Order, lines: Sequence[OrderLine], before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """Return how much of what was paid outside is to be paid back, in minor units of the program's currency."""
    return paid_share(order.due, lines, after) - paid_share(order.due, lines, before)
