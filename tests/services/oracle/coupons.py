"""Coupons by the simplest means: what each is, what orders use, what limits count; amounts are not its business."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

DAY = timedelta(days=1)
SHANGHAI = timedelta(hours=8)


class No(Exception):  # noqa: N818  (it is an answer)
    """What is refused, and with which code."""


@dataclass(frozen=True)
class Template:
    code: str
    days: int | None = None
    """How many days a coupon is good, to the end of the day."""
    limits: dict[str, int] = field(default_factory=dict)
    transferable: bool = False
    returnable: bool = True
    grace: int = 0
    least: int = 0
    """From how much on it may be used, in minor units."""
    lp: bool = False
    """Whether it is for records alone."""
    shared: bool = False
    bundle: tuple[str, ...] = ()


@dataclass
class Coupon:
    template: Template
    owner: int
    state: str
    expires: datetime | None
    order: str | None = None
    until: datetime | None = None

    def settle(self, now: datetime) -> None:
        if self.state == "HELD" and self.until is not None and self.until <= now:
            self.let_go()
        if self.state == "ISSUED" and self.expires is not None and self.expires <= now:
            self.state = "EXPIRED"

    def let_go(self) -> None:
        self.state, self.order, self.until = "VOID" if self.template.shared else "ISSUED", None, None


@dataclass
class Order:
    owner: int
    pieces: dict[str, int]
    state: str
    day: Any
    coupons: list[UUID]
    taken: list[str]
    """Templates that count it: of a shared code, and of what it gives."""
    gives: bool
    until: datetime | None = None
    counted: bool = True
    captured: dict[str, int] = field(default_factory=dict)
    back: Counter[str] = field(default_factory=Counter)
    given: UUID | None = None


class Wallets:
    """What there is of coupons in one program."""

    def __init__(self, templates: dict[str, Template], now: datetime) -> None:
        self.templates = templates
        self.now = now
        self.coupons: dict[UUID, Coupon] = {}
        self.orders: dict[str, Order] = {}
        self.uses: Counter[tuple[str, Any, Any]] = Counter()
        """By template, member or everybody, and day or ever."""
        self.events: Counter[tuple[str, str]] = Counter()
        """By template: claimed, returned."""

    @property
    def day(self) -> Any:
        return (self.now + SHANGHAI).date()

    def settle(self) -> None:
        for coupon in self.coupons.values():
            coupon.settle(self.now)
        for order in self.orders.values():
            if order.state == "HELD" and order.until is not None and order.until <= self.now:
                order.state = "EXPIRED"

    def sweep(self) -> None:
        self.settle()
        for order in self.orders.values():
            if order.state == "EXPIRED" and order.counted:
                self._uncount(order)

    # ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _keys(self, code: str, owner: int, day: Any) -> dict[str, tuple[str, Any, Any]]:
        all_keys = {
            "perMember": (code, owner, None),
            "perMemberDay": (code, owner, day),
            "perDay": (code, None, day),
            "total": (code, None, None),
        }
        return {name: all_keys[name] for name in self.templates[code].limits}

    def left(self, code: str, owner: int, day: Any, more: int = 1) -> bool:
        limits = self.templates[code].limits
        return all(self.uses[key] + more <= limits[name] for name, key in self._keys(code, owner, day).items())

    def count(self, code: str, owner: int, day: Any, more: int = 1) -> None:
        for key in self._keys(code, owner, day).values():
            self.uses[key] += more

    def _uncount(self, order: Order) -> None:
        for code in order.taken:
            self.count(code, order.owner, order.day, -1)
        order.counted = False

    # ── having ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def issue(self, owner: int, code: str, count: int, *, claims: bool = False) -> list[Coupon]:
        """Return what is had, in its order; of a bundle the parts count too."""
        before, found = Counter(self.uses), []
        for _ in range(count):
            for part in (*([code] if self.templates[code].bundle else []), *(self.templates[code].bundle or (code,))):
                if not self.left(part, owner, self.day):
                    self.uses = before
                    raise No("LIMIT_REACHED")
                self.count(part, owner, self.day)
                if part != code or not self.templates[code].bundle:
                    found.append(self.made(owner, part))
        if claims and not self.templates[code].bundle:
            self.events[code, "claimed"] += count
        return found

    def made(self, owner: int, code: str) -> Coupon:
        template, expires = self.templates[code], None
        if template.days is not None:
            local = (self.now + SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
            expires = local + (template.days + 1) * DAY - SHANGHAI
        return Coupon(template, owner, "ISSUED", expires)

    def gift(self, coupon: Coupon, to: int) -> None:
        if to == coupon.owner:
            raise No("INVALID_INPUT")
        if coupon.state != "ISSUED":
            raise No("COUPON_STATE")
        if not coupon.template.transferable:
            raise No("COUPON_NOT_AVAILABLE")
        coupon.owner = to

    def void(self, coupon: Coupon) -> None:
        if coupon.state not in {"ISSUED", "EXPIRED"}:
            raise No("COUPON_STATE")
        coupon.state = "VOID"

    def extend(self, coupon: Coupon, until: datetime) -> None:
        if coupon.state not in {"ISSUED", "EXPIRED"}:
            raise No("COUPON_STATE")
        if until <= self.now or coupon.expires is None or until <= coupon.expires:
            raise No("INVALID_INPUT")
        coupon.state, coupon.expires = "ISSUED", until

    # ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def best(self, owner: int, pieces: dict[str, int], subtotal: int) -> list[UUID]:
        """Return one coupon of each template that takes something off: all together leave least to pay."""
        found: dict[str, tuple[Any, UUID]] = {}
        never = datetime.max.replace(tzinfo=self.now.tzinfo)
        for coupon_id, coupon in self.coupons.items():
            if coupon.owner == owner and coupon.state == "ISSUED" and self._gives(coupon.template, pieces, subtotal):
                rank = (coupon.expires or never, coupon_id)
                code = coupon.template.code
                found[code] = min(found.get(code, rank), rank)
        return [coupon_id for _, coupon_id in found.values()]

    def named(self, owner: int, pieces: dict[str, int], subtotal: int, codes: list[UUID | str]) -> list[UUID | str]:
        """Return those of the named coupons that are used, a shared code by its template."""
        used: list[UUID | str] = []
        seen: set[str] = set()
        for one in codes:
            if isinstance(one, str):
                template = self.templates[one]
                usable = self.left(one, owner, self.day)
            else:
                coupon = self.coupons.get(one)
                if coupon is None:
                    raise No("COUPON_NOT_USABLE")
                template = coupon.template
                usable = coupon.owner == owner and coupon.state == "ISSUED"
            gives = self._gives(template, pieces, subtotal)
            if not usable or subtotal < template.least or (gives and template.code in seen):
                raise No("COUPON_NOT_USABLE")
            if gives:
                seen.add(template.code)
                used.append(one)
        return used

    @staticmethod
    def _gives(template: Template, pieces: dict[str, int], subtotal: int) -> bool:
        return subtotal >= template.least and bool(pieces["2"] or not template.lp)

    def order(self, name: str, owner: int, pieces: dict[str, int], used: list[UUID], *, shared: list[str],
              thanks: bool, until: datetime | None) -> Order:  # fmt: skip
        """Take in an order with its coupons, those of shared codes among them."""
        gives = thanks and self.left("OFF", owner, self.day)
        taken = [*shared, *(["OFF"] if gives else [])]
        order = Order(owner, pieces, "HELD" if until else "COMMITTED", self.day, used, taken, gives, until)
        order.counted = bool(taken)
        for code in taken:
            self.count(code, owner, self.day)
        for coupon_id in used:
            coupon = self.coupons[coupon_id]
            coupon.state, coupon.order, coupon.until = "HELD" if until else "USED", name, until
        if not until:
            order.captured = dict(pieces)
        self.orders[name] = order
        return order

    def capture(self, name: str, pieces: dict[str, int] | None) -> None:
        order = self.orders[name]
        if order.state not in {"HELD", "EXPIRED"}:
            raise No("ORDER_STATE")
        captured = pieces or order.pieces
        if not order.counted and not all(self.left(code, order.owner, order.day) for code in order.taken):
            raise No("HOLD_EXPIRED")
        kept = [one for one in order.coupons if not self.coupons[one].template.lp or captured.get("2")]
        for coupon_id in kept:
            coupon = self.coupons[coupon_id]
            free = "VOID" if coupon.template.shared else "ISSUED"
            is_own = coupon.state == "HELD" and coupon.order == name
            if not is_own and not (coupon.state == free and coupon.owner == order.owner):
                raise No("HOLD_EXPIRED")
        if not order.counted:
            for code in order.taken:
                self.count(code, order.owner, order.day)
        order.counted = bool(order.taken)
        for coupon_id in order.coupons:
            coupon = self.coupons[coupon_id]
            if coupon_id in kept:
                coupon.state, coupon.order, coupon.until = "USED", name, None
            elif coupon.state == "HELD" and coupon.order == name:
                coupon.let_go()
        order.coupons, order.state, order.captured = kept, "COMMITTED", {"1": 0, "2": 0} | captured
        self.settle()

    def cancel(self, name: str) -> None:
        order = self.orders[name]
        if order.state != "HELD":
            raise No("ORDER_STATE")
        for coupon_id in order.coupons:
            coupon = self.coupons[coupon_id]
            if coupon.state == "HELD" and coupon.order == name:
                coupon.let_go()
        if order.counted:
            self._uncount(order)
        order.state = "CANCELLED"
        self.settle()

    def give_back(self, name: str, pieces: dict[str, int] | None) -> None:
        order = self.orders[name]
        if order.state not in {"COMMITTED", "PARTIALLY_RETURNED", "RETURNED"}:
            raise No("ORDER_STATE")
        left = {ref: count - order.back[ref] for ref, count in order.captured.items()}
        pieces = pieces if pieces is not None else {ref: count for ref, count in left.items() if count}
        if not pieces or any(count > left[ref] for ref, count in pieces.items()):
            raise No("ALREADY_RETURNED")
        order.back.update(pieces)
        order.state = "PARTIALLY_RETURNED"
        if any(order.back[ref] != count for ref, count in order.captured.items()):
            return
        order.state = "RETURNED"
        given = self.coupons.get(order.given) if order.given else None
        if given and given.state == "ISSUED" and given.owner == order.owner:
            given.state = "VOID"
        for coupon_id in order.coupons:
            coupon = self.coupons[coupon_id]
            if coupon.state == "USED" and coupon.order == name and coupon.template.returnable:
                self._comes_back(coupon, order)
        self.settle()

    def _comes_back(self, coupon: Coupon, order: Order) -> None:
        template = coupon.template
        coupon.let_go()
        self.events[template.code, "returned"] += 1
        if template.shared:
            self.count(template.code, order.owner, order.day, -1)
        if template.grace and coupon.expires is not None and coupon.expires <= self.now:
            local = (self.now + SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
            coupon.expires = local + (template.grace + 1) * DAY - SHANGHAI

    def tally(self) -> dict[str, dict[str, int]]:
        """Return the counters of each template that has coupons."""
        found: dict[str, dict[str, int]] = {}
        for coupon in self.coupons.values():
            code = coupon.template.code
            row = found.setdefault(code, {"issued": 0, "held": 0, "used": 0, "expired": 0, "voided": 0})
            row["issued"] += 1
            name = {"HELD": "held", "USED": "used", "EXPIRED": "expired", "VOID": "voided"}.get(coupon.state)
            if name:
                row[name] += 1
        return {
            code: row | {name: self.events[code, name] for name in ("claimed", "returned")}
            for code, row in found.items()
        }
