"""Returns: the share of everything that belongs to the pieces that came back is undone."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from tests.services.oracle.books import Answer, Books
from tests.services.oracle.counts import give_back as give_counts_back
from tests.services.oracle.deciding import Effect
from tests.services.oracle.drafts import Parts
from tests.services.oracle.orders import in_state, opened
from tests.services.oracle.people import Lot, Part, Person, Posted, Refused, lacking
from tests.services.oracle.purchases import Order, paid_back, paid_for, part_of
from tests.services.oracle.spending import taken_back
from tests.services.oracle.terms import DAY


@dataclass(eq=False)
class Taking:
    """What the returns of an order took of one asset, in all."""

    own: int = 0
    """From the lots that the order made."""
    expired: int = 0
    """Of what had expired of them: nothing, in fact."""
    elsewhere: int = 0
    """From the rest of the balance, which may have made a debt."""
    written_off: int = 0
    from_lots: list[Part] = field(default_factory=list)
    """How it, and what was owed, was taken from lots that are not the order's."""


def give_back(books: Books, name: str, pieces: tuple[tuple[str, int], ...] | None) -> Answer:
    order, parties = opened(books, name)
    if order.state not in {"COMMITTED", "PARTIALLY_RETURNED", "RETURNED"}:
        raise in_state(order)
    before = list(order.returned)
    after, quantities = _pieces(order, pieces)
    whole = after == [line.quantity - order.released[n] for n, line in enumerate(order.lines)]
    if order.counted:
        give_counts_back(books.counts, order, lambda much, parts=None: grown(order, much, before, after, parts))
    lines: list[Posted] = []
    if parties:
        buyer, payer = parties
        buyer.events += 1
        if whole:
            buyer.orders -= 1
            left = {
                name: (since, tuple(by for by in setters if by != f"order {order.name}"))
                for name, (since, setters) in buyer.tags.items()
            }
            buyer.tags = {name: tag for name, tag in left.items() if tag[1]}
        moved = [(payer, asset) for asset, _ in order.spends] + [(buyer, asset) for asset, _ in order.earns]
        for person, asset in dict.fromkeys(moved):
            settlement = Settlement(books, order, person, asset, before, after)
            if settlement.touches():
                lines += settlement.restore() + settlement.take_back()
    due = paid_for(order)[1]
    order.returns.append((quantities, paid_back(order, due, after) - paid_back(order, due, before)))
    order.returned = after
    order.state = "RETURNED" if whole else "PARTIALLY_RETURNED"
    return Answer(order=name, person=order.person, lines=lines, returned=len(order.returns) - 1)


def grown(order: Order, amount: int, before: list[int], after: list[int], parts: Parts | None = None) -> int:
    """Return how much more of an amount belongs to what is back than did before."""
    return share(order, amount, after, parts) - share(order, amount, before, parts)


def share(order: Order, amount: int, back: list[int], parts: Parts | None = None) -> int:
    """Return how much of an amount belongs to the pieces that are back, beside those that were not captured."""
    gone = [count + released for count, released in zip(back, order.released, strict=True)]
    return part_of(order, amount, gone, parts) - part_of(order, amount, order.released, parts)


def _pieces(order: Order, pieces: tuple[tuple[str, int], ...] | None) -> tuple[list[int], dict[str, int]]:
    """Return how many pieces of each line are back after the return, and what came back by it."""
    left = {line.ref: line.quantity - order.released[n] - order.returned[n] for n, line in enumerate(order.lines)}
    if pieces is None:
        pieces = tuple((ref, count) for ref, count in left.items() if count)
        if not pieces:
            raise Refused("ALREADY_RETURNED", left=Decimal(0))
    for ref, count in pieces:
        if ref not in left:
            raise Refused("INVALID_INPUT")
        if count > left[ref]:
            raise Refused("ALREADY_RETURNED", left=Decimal(left[ref]))
    after = list(order.returned)
    refs = list(left)
    for ref, count in pieces:
        after[refs.index(ref)] += count
    return after, dict(pieces)


@dataclass
class Settlement:
    """What a return does to one asset of a person."""

    books: Books
    order: Order
    person: Person
    asset: str
    before: list[int]
    after: list[int]

    @property
    def spent(self) -> int:
        """How much of the asset the order took from the person."""
        return paid_for(self.order)[0].get(self.asset, 0) if self.person.number == self.order.payer else 0

    @property
    def earned(self) -> list[Effect]:
        """The effects of the order that gave the person something of the asset."""
        is_buyer = self.person.number == self.order.person
        return [effect for asset, effect in self.order.earns if is_buyer and asset == self.asset]

    @property
    def used(self) -> int:
        """How much more of what was spent belongs to what is back than did before."""
        return paid_back(self.order, self.spent, self.after) - paid_back(self.order, self.spent, self.before)

    @property
    def losses(self) -> list[int]:
        """How much more of each effect belongs to what is back than did before."""
        return [grown(self.order, e.amount, self.before, self.after, e.parts) for e in self.earned]

    def touches(self) -> bool:
        """Whether any of the asset belongs to what is back now and did not before."""
        return any([self.used, *self.losses])

    def restore(self) -> list[Posted]:
        """Give back what was spent, to the lots from which it came, the last used first."""
        now, asset = self.books.now, self.asset
        amount = self.used
        if not amount:
            return []
        line = self.person.post(asset, "RETURN", amount, "REDEMPTION", drawing=self.order.drawing)
        for lot, given in taken_back(self.order.used[asset], amount):
            if lot.usable(now):
                lot.left += given
            else:
                ends = now + self.books.terms[asset].grace_days * DAY
                self.person.lots.append(Lot(asset, given, given, None, ends, bonus=lot.bonus))
        return [line]

    def take_back(self) -> list[Posted]:
        """Take back what was earned, all anew: as if the earlier returns of the order had taken nothing elsewhere."""
        person, asset, terms = self.person, self.asset, self.books.terms[self.asset]
        taking = self.order.takings.setdefault((person.number, asset), Taking())
        was, own_lots = replace(taking), self._own()
        # in thought, nothing was taken but from the order's own lots
        others = [lot for lot in person.burn_order(asset, self.books) if lot not in own_lots]
        for part in [part for part in taking.from_lots if part.lot in others]:
            part.lot.left += part.amount
            taking.from_lots.remove(part)
        elsewhere = person.available(asset) - sum(lot.left for lot in own_lots if not lot.waits_until)
        elsewhere += taking.elsewhere
        # what a lot had that has expired since, or was a debt that a credit has paid, stays taken
        stays = max(elsewhere - sum(lot.left for lot in others), 0)
        # what is to be taken in all: from own lots, of what expired nothing, from elsewhere, and the rest not at all
        rest = sum(share(self.order, e.amount, self.after, e.parts) for e in self.earned) - taking.own - stays
        pending = 0
        for lot in own_lots:
            part = min(lot.left, rest)
            lot.left -= part
            rest -= part
            taking.own += part
            pending += part if lot.waits_until else 0
        taking.expired = min(rest, sum(lot.expired for lot in own_lots))
        rest += stays - taking.expired
        may_owe = terms.debt_limit if terms.shortfall == "DEBT" else 0
        # what was written off stays so, but for what this return gives back
        restored = self.used
        lacks = rest - max(elsewhere + may_owe, 0)
        taking.written_off = min(max(lacks, was.written_off - restored, 0), rest - stays)
        taking.elsewhere = rest - taking.written_off
        if taking.written_off and terms.shortfall == "REFUSE":
            raise lacking("INSUFFICIENT_BALANCE", asset, elsewhere, rest)
        # the other lots show what is left, or nothing when something is owed
        surplus = sum(lot.left for lot in others) - max(elsewhere - taking.elsewhere, 0)
        for lot in others:
            part = min(lot.left, surplus)
            surplus -= part
            lot.left -= part
            if part:
                taking.from_lots.append(Part(lot, part))
        assert not surplus
        return self._lines(pending, was, taking)

    def _own(self) -> list[Lot]:
        """Return the lots that the order made, those that are pending first."""
        own = [lot for lot in self.person.lots if lot.order == self.order.name and lot.asset == self.asset]
        never = datetime.max.replace(tzinfo=self.books.now.tzinfo)
        return sorted(own, key=lambda lot: (lot.waits_until is None, lot.ends or never))

    def _lines(self, pending: int, was: Taking, taking: Taking) -> list[Posted]:
        """Write what each effect loses, and what of it the person keeps after all, or no longer does."""
        person, asset = self.person, self.asset
        kept = [(taking.expired - was.expired, "BREAKAGE"), (taking.written_off - was.written_off, "WRITE_OFF")]
        lines = [person.post(asset, "RETURN", change, contra) for change, contra in kept if change > 0]
        for loss in self.losses:
            if loss:
                part = min(pending, loss)
                pending -= part
                lines.append(person.post(asset, "RETURN", part - loss, "ISSUANCE", pending=-part))
        return lines + [person.post(asset, "RETURN", change, contra) for change, contra in kept if change < 0]
