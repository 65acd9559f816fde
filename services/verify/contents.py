"""What every order is and why it was decided so: its content's hash, its state, the grounds of its effects."""

from collections.abc import Callable
from typing import Any

from domain.effects.base import EffectKind
from domain.orders import LineContent, Order, OrderContent, OrderEffect, OrderLine
from services.verify.check import Scope
from services.verify.parts import UNREADABLE, Findings, Part, side_by_side
from services.verify.reasons import (
    fault_of_explanation,
    fault_of_facts,
    fault_of_not_applied,
    fault_of_order,
    fault_of_payments,
)
from services.verify.report import Finding
from services.verify.returned import Whole, fault_of_captured, fault_of_returned, fault_of_state
from services.verify.setup import SetUp
from services.verify.source import Row, Source
from services.writer.tables import ENTRIES, ORDER_EFFECTS, ORDER_LINES, ORDER_RETURNS, ORDERS

CHECKS = {
    "order.content": "orders",
    "order.state": "orders",
    "order.effects": "orders",
    "order.captured": "orders",
    "order.payment": "orders",
    "order.returned": "orders",
    "order.not_applied": "orders",
    "order_line.order": "order_line",
    "effect.order": "order_effect",
    "effect.facts": "order_effect",
    "effect.explanation": "order_effect",
    "order_return.order": "order_return",
    "entry.return": "entry",
}
"""Check → the table whose rows it looks at."""


OF_CAPTURES_AND_RETURNS = (
    "order_id IS NOT NULL AND (kind = 'RETURN' OR kind IN ('EARN', 'SPEND') AND EXISTS "
    "(SELECT 1 FROM order_line n WHERE n.order_id = entry.order_id AND n.released_quantity > 0))"
)
"""What returns posted, and what was posted for orders of which not all was captured: few."""


class Contents:
    """One pass over all orders, in the order of their ids, each with its lines, effects and returns."""

    def __init__(self, source: Source, scope: Scope, limit: int, set_up: SetUp) -> None:
        self._source = source
        self._set_up = set_up
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

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, the rows of each check by order; tell as it goes how many were looked at."""
        await side_by_side(self._heads, self._parts, self._check, progress)
        return await self._findings.named(self._source)

    @property
    def _parts(self) -> tuple[Part[Any], ...]:
        return (self._lines, self._effects, self._returns, self._entries)

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
            lines, effects, returns, entries = read
            self._check_order(record, order, lines, effects)
            self._check_returns(record, Whole(order, lines, effects, returns, entries))
            self._check_effects(raw[1], order, effects)

    def _check_returns(self, record: Row, whole: Whole) -> None:
        if fault := _tried(lambda: fault_of_state(whole)):
            self._findings.add("order.state", "orders", record, f"The state is not that of the order: {fault}.")
        elif fault := _tried(lambda: fault_of_captured(whole)):
            message = f"What was captured is not what is spent, earned and to be paid: {fault}."
            self._findings.add("order.captured", "orders", record, message)
        elif (whole.returns or whole.entries) and (fault := _tried(lambda: fault_of_returned(whole))):
            self._findings.add("order.returned", "orders", record, f"What came back is not undone: {fault}.")

    def _check_order(self, record: Row, order: Order, lines: list[OrderLine], effects: list[OrderEffect]) -> None:
        if not has_its_content(order, lines, effects):
            message = "The hash is not that of the order with its lines: what was reported was changed afterwards."
            self._findings.add("order.content", "orders", record, message)
        if fault := fault_of_order(effects):
            self._findings.add("order.effects", "orders", record, f"The effects are not all of an order: {fault}.")
        if fault := _tried(lambda: fault_of_payments(order, effects, self._set_up)):
            self._findings.add("order.payment", "orders", record, f"The order is not paid so: {fault}.")
        if fault := _tried(lambda: fault_of_not_applied(order, self._set_up)):
            message = f"The list of campaigns that did nothing is not one: {fault}."
            self._findings.add("order.not_applied", "orders", record, message)

    def _check_effects(self, raw: list[Row], order: Order, effects: list[OrderEffect]) -> None:
        given: dict[Any, int] = {}
        for record, effect in zip(raw, effects, strict=True):
            asset = self._set_up.assets.get(effect.asset_id)
            if asset is None:
                continue  # `effect.version` names it
            if effect.kind == EffectKind.SPEND:
                if fault := _tried(lambda: fault_of_explanation(effect, None, asset)):  # noqa: B023
                    message = f"The explanation is not one of this effect: {fault}."
                    self._findings.add("effect.explanation", "order_effect", record, message)
                continue
            before = given.get(effect.asset_id, 0)
            given[effect.asset_id] = before + effect.amount
            version = self._set_up.versions.get(effect.campaign_version_id) if effect.campaign_version_id else None
            if version is None:
                continue  # `effect.version` names it
            if fault := _tried(lambda: fault_of_facts(effect, order, version, before)):  # noqa: B023  (called at once)
                self._findings.add("effect.facts", "order_effect", record, f"The facts do not hold: {fault}.")
            if fault := _tried(lambda: fault_of_explanation(effect, version, asset)):  # noqa: B023
                message = f"The explanation is not one of this effect: {fault}."
                self._findings.add("effect.explanation", "order_effect", record, message)


def has_its_content(order: Order, lines: list[OrderLine], effects: list[OrderEffect]) -> bool:
    """Whether the order's hash is that of the content which it and its lines, in their order, are stored of."""
    if [line.ordinal for line in lines] != list(range(len(lines))):
        return False
    # An order that came without an instant happened when it was recorded, and its hash is over none.
    instants = (None, order.occurred_at) if order.occurred_at == order.recorded_at else (order.occurred_at,)
    spend = tuple(sorted((effect.asset_id, effect.amount) for effect in effects if effect.kind == EffectKind.SPEND))
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
        )
        return any(
            OrderContent(
                source=order.source,
                external_id=order.external_id,
                member_id=order.member_id,
                store=order.store,
                channel=order.channel,
                occurred_at=instant,
                shipping=order.shipping,
                lines=parts,
                attributes=_pairs(order.attributes),
                spend=spend,
                payer_id=order.payer_id,
            ).hash()
            == order.content_hash
            for instant in instants
        )
    except UNREADABLE:
        return False


def _pairs(attributes: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return attributes as they are hashed: by key, as JSON of a database has no order of its own."""
    return tuple(sorted(attributes.items()))


def _tried(fault: Callable[[], str | None]) -> str | None:
    """Return the fault, or what of the row stopped the search for one."""
    try:
        return fault()
    except UNREADABLE as error:
        return f"it holds a value that cannot be ({type(error).__name__})"
