"""What every order is and why it was decided so: its content's hash, its state, the grounds of its effects."""

from collections.abc import Callable, Collection
from typing import Any

from domain.campaigns import Step, Trigger
from domain.effects.base import EffectKind
from domain.orders import LineContent, Order, OrderContent, OrderEffect, OrderLine, OrderState
from services.verify.basket import Basket, Rule
from services.verify.check import Scope
from services.verify.decided import (
    fault_of_consumed,
    fault_of_discounts,
    fault_of_gifts,
    fault_of_order,
    fault_of_payments,
    fault_of_pieces,
    fault_of_step,
    rule_of,
)
from services.verify.parts import UNREADABLE, Findings, Part, side_by_side, tried
from services.verify.reasons import Asked, fault_of_explanation, fault_of_not_applied, fault_of_version
from services.verify.report import Finding
from services.verify.returned import Whole, fault_of_captured, fault_of_returned, fault_of_state
from services.verify.setup import SetUp
from services.verify.source import Row, Source
from services.verify.used import Tallies, fault_of_coupons
from services.verify.uses import Uses
from services.verify.versions import Version
from services.writer.tables import COUPONS, ENTRIES, ORDER_EFFECTS, ORDER_LINES, ORDER_RETURNS, ORDERS

CHECKS = {
    "order.content": "orders",
    "order.state": "orders",
    "order.effects": "orders",
    "order.captured": "orders",
    "order.payment": "orders",
    "order.discounts": "orders",
    "order.gifts": "orders",
    "order.consumed": "orders",
    "order.returned": "orders",
    "order.not_applied": "orders",
    "order_line.order": "order_line",
    "effect.order": "order_effect",
    "effect.facts": "order_effect",
    "effect.step": "order_effect",
    "effect.explanation": "order_effect",
    "order_return.order": "order_return",
    "entry.return": "entry",
    "order.coupons": "orders",
    "coupon.order": "coupon",
}
"""Check → the table whose rows it looks at."""


OF_CAPTURES_AND_RETURNS = (
    "order_id IS NOT NULL AND (kind = 'RETURN' OR kind IN ('EARN', 'SPEND') AND EXISTS "
    "(SELECT 1 FROM order_line n WHERE n.order_id = entry.order_id AND n.released_quantity > 0))"
)
"""What returns posted, and what was posted for orders of which not all was captured: few."""


class Contents:
    """One pass over all orders, in the order of their ids, each with its lines, effects and returns."""

    def __init__(
        self, source: Source, scope: Scope, limit: int, set_up: SetUp, *, uses: Uses, tallies: Tallies
    ) -> None:
        self._source = source
        self._set_up = set_up
        self._uses = uses
        self._tallies = tallies
        self._findings = found = Findings(limit)
        self._heads = Part(source, ORDERS, scope, found)
        self._lines = Part(source, ORDER_LINES, scope, found, column="order_id", check="order_line.order")
        self._effects = Part(source, ORDER_EFFECTS, scope, found, column="order_id", check="effect.order")
        self._returns = Part(source, ORDER_RETURNS, scope, found, column="order_id", check="order_return.order")
        self._entries = Part(
            source,
            ENTRIES,
            scope,
            found,
            column="order_id",
            check="entry.return",
            where=OF_CAPTURES_AND_RETURNS,
        )
        self._coupons = Part(
            source, COUPONS, scope, found, column="order_id", check="coupon.order", where="order_id IS NOT NULL"
        )

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, the rows of each check by order; tell as it goes how many were looked at."""
        await side_by_side(self._heads, self._parts, self._check, progress)
        return await self._findings.named(self._source)

    @property
    def _parts(self) -> tuple[Part[Any], ...]:
        return (self._lines, self._effects, self._returns, self._entries, self._coupons)

    def _check(self, record: Row) -> None:
        raw = [part.take(record[0]) for part in self._parts]
        heads = self._heads.rows([record])
        if not heads:
            return  # what cannot be read is a finding by itself
        (order,) = heads
        for part, rows in zip(self._parts, raw, strict=True):
            for one in rows:
                if one["program_id"] != record["program_id"]:
                    part.strange(one, "program")
        read: list[list[Any]] = [part.rows(rows) for part, rows in zip(self._parts, raw, strict=True)]
        if [len(rows) for rows in read] == [len(rows) for rows in raw]:
            lines, effects, returns, entries, coupons = read
            self._check_order(record, order, lines, effects)
            self._check_returns(record, Whole(order, lines, effects, returns, entries))
            self._check_effects(raw[1], order, lines, effects)
            versions = self._set_up.versions
            if fault := tried(lambda: fault_of_coupons(order, lines, effects, coupons, versions)):
                self._findings.add("order.coupons", "orders", record, f"Its coupons are others: {fault}.")
            tried(lambda: self._tallies.order(order, lines, effects))
            if order.counted:
                tried(lambda: self._uses.order(order, lines, effects))

    def _check_returns(self, record: Row, whole: Whole) -> None:
        if fault := tried(lambda: fault_of_state(whole)):
            self._findings.add("order.state", "orders", record, f"The state is not that of the order: {fault}.")
        elif fault := tried(lambda: fault_of_captured(whole)):
            message = f"What was captured is not what is spent, earned and to be paid: {fault}."
            self._findings.add("order.captured", "orders", record, message)
        elif (whole.returns or whole.entries) and (fault := tried(lambda: fault_of_returned(whole))):
            self._findings.add("order.returned", "orders", record, f"What came back is not undone: {fault}.")

    def _check_order(self, record: Row, order: Order, lines: list[OrderLine], effects: list[OrderEffect]) -> None:
        gave = {effect.campaign_id: version for effect in effects if (version := self._version(effect))}
        checks: tuple[tuple[str, str, Callable[[], str | None]], ...] = (
            ("order.effects", "The effects are not all of an order", lambda: fault_of_order(effects)),
            ("order.payment", "The order is not paid so", lambda: fault_of_payments(order, effects, self._set_up)),
            ("order.discounts", "What is off is not so", lambda: fault_of_discounts(order, lines, effects)),
            ("order.gifts", "What is given is not so", lambda: fault_of_gifts(lines, effects)),
            ("order.consumed", "Of campaigns it did not take so much", lambda: self._consumed(order, effects, gave)),
            (
                "order.not_applied",
                "The list of campaigns that did nothing is not one",
                lambda: fault_of_not_applied(order.not_applied, _asked(order, gave.values()), self._set_up),
            ),
        )
        if not has_its_content(order, lines, effects, self._set_up):
            message = "The hash is not that of the order with its lines: what was reported was changed afterwards."
            self._findings.add("order.content", "orders", record, message)
        for check, message, fault in checks:
            if found := tried(fault):
                self._findings.add(check, "orders", record, f"{message}: {found}.")

    def _version(self, effect: OrderEffect) -> Version | None:
        return self._set_up.versions.get(effect.campaign_version_id)

    def _consumed(self, order: Order, effects: list[OrderEffect], gave: dict[Any, Version]) -> str | None:
        gives = any(effect.kind == EffectKind.ISSUE_COUPON for effect in effects)
        if not (order.consumed or order.counted or gives or any(version.bounds for version in gave.values())):
            return None
        if order.counted is not (bool(order.consumed) and order.state is not OrderState.CANCELLED) and not (
            order.state is OrderState.EXPIRED and not order.counted
        ):
            return f"it is {order.state} and {'' if order.counted else 'not '}counted"
        day = self._set_up.day(order.program_id, order.occurred_at)
        return fault_of_consumed(order.consumed, effects, day, self._set_up)

    def _check_effects(self, raw: list[Row], order: Order, lines: list[OrderLine], effects: list[OrderEffect]) -> None:
        basket = Basket(order, lines)
        asked = _asked(order, ())
        for record, effect in zip(raw, effects, strict=True):
            version = None if effect.kind == EffectKind.SPEND else self._version(effect)
            if version is None and effect.kind != EffectKind.SPEND:
                continue  # `effect.version` names it
            rule, fault = None, None
            if version is not None:
                rule, fault = _rule(effect, version, asked, basket)
                fault = fault or tried(lambda: fault_of_pieces(effect, self._set_up))  # noqa: B023  (at once)
            if fault:
                self._findings.add("effect.facts", "order_effect", record, f"The facts do not hold: {fault}.")
            if fault := fault_of_step(effect, rule, self._set_up):
                self._findings.add("effect.step", "order_effect", record, f"The step is another: {fault}.")
            if fault := tried(lambda: fault_of_explanation(effect, version, self._set_up)):  # noqa: B023  (at once)
                message = f"The explanation is not one of this effect: {fault}."
                self._findings.add("effect.explanation", "order_effect", record, message)


def _asked(order: Order, gave: Collection[Version]) -> Asked:
    """Return the order as campaigns saw it; what a member claimed was a guest's at first."""
    return Asked(
        order.program_id, order.member_id, order.occurred_at, Trigger.ORDER, gave, order.claimed_at is not None
    )


def _rule(effect: OrderEffect, version: Version, asked: Asked, basket: Basket) -> tuple[Rule | None, str | None]:
    """Return the rule of which an effect came, or what is wrong with its facts."""
    try:
        rule, fault = rule_of(effect, version, basket, effect.parts)
        is_multiplied = rule.multiplied if rule else effect.step != Step.PROGRESS
        moved = basket.move_on(effect, is_multiplied=is_multiplied)
        return rule, fault_of_version(version, asked, effect.facts.get("coupon")) or fault or moved
    except UNREADABLE as error:
        return None, f"they hold a value that cannot be ({type(error).__name__})"


def has_its_content(order: Order, lines: list[OrderLine], effects: list[OrderEffect], set_up: SetUp) -> bool:
    """Whether the order's hash is that of the content which it and its lines, in their order, are stored of."""
    if [line.ordinal for line in lines] != list(range(len(lines))):
        return False
    # An order that came without an instant happened when it was recorded, and its hash is over none.
    instants = (None, order.occurred_at) if order.occurred_at == order.recorded_at else (order.occurred_at,)
    spend = tuple(sorted((effect.of_asset, effect.amount) for effect in effects if effect.kind == EffectKind.SPEND))
    try:
        parts = tuple(
            LineContent(
                ref=line.ref,
                sku=line.sku,
                name=line.name,
                category=line.category,
                quantity=line.quantity,
                unit_price=line.unit_price,
                attributes=_pairs(line.attributes),
            )
            for line in lines
            if line.campaign_id is None
        )
        # Which coupons it named, if any, tell those that it used, and why it did not use others.
        named = named_coupons(order, effects, set_up)
        return any(
            OrderContent(
                source=order.source,
                external_id=order.external_id,
                member_id=None if order.claimed_at else order.member_id,
                store=order.store,
                channel=order.channel,
                occurred_at=instant,
                shipping=order.shipping,
                lines=parts,
                attributes=_pairs(order.attributes),
                spend=spend,
                payer_id=order.payer_id,
                coupon_codes=codes,
            ).hash()
            == order.content_hash
            for instant in instants
            for codes in dict.fromkeys((None, (), named))
        )
    except UNREADABLE:
        return False


def named_coupons(order: Order, effects: list[OrderEffect], set_up: SetUp) -> tuple[str, ...]:
    """Return what the hash of an order has of coupons, if it named all that had to do with it.

    Raises one of `UNREADABLE`.
    """
    found = [
        (effect.facts["coupon"], set_up.versions.get(effect.campaign_version_id)) for effect in coupon_effects(effects)
    ]
    reasons: list[Any] = [one for one in order.not_applied if "coupon" in one]
    found += [(one["coupon"], set_up.labelled.get((one["campaign"], one["ruleVersion"]))) for one in reasons]
    return tuple(sorted({(version.shared_code if version else None) or coupon for coupon, version in found}))


def coupon_effects(effects: list[OrderEffect]) -> list[Any]:
    """Return the effects that coupons decided."""
    return [effect for effect in effects if "coupon" in effect.facts]


def _pairs(attributes: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return attributes as they are hashed: by key, as JSON of a database has no order of its own."""
    return tuple(sorted(attributes.items()))
