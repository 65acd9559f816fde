"""What a plan touches: members, orders and accounts, counted on what is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import models
from domain.amounts import from_minor, to_minor
from domain.campaigns import Audience, Trigger
from domain.conditions.base import Facts, MemberFacts
from domain.effects.base import Running
from domain.events import EventKind
from domain.forms import decimal
from domain.members import MemberKind
from domain.orders import LineContent, OrderContent
from domain.program import CampaignVersion, Program
from domain.setup import LadderSetUp, StoredState
from domain.versions import VersionForm, read_version
from services.database.config import Dialect
from services.program_plan import CAMPAIGNS, Action, Change, FieldChange, Plan
from services.program_setup import program_now
from services.reading import OrmSession
from services.snapshots import Snapshots

RECENT = timedelta(days=30)
ORDERS_MAX = 2_000
"""The most recent orders that a campaign is tried on."""
TRIALS_MAX = 1_000_000
"""Orders times campaigns, at most: of very many campaigns each is tried on fewer orders."""
BOUGHT = ("COMMITTED", "PARTIALLY_RETURNED", "RETURNED")
TAKES_PART = "m.program_id = $1 AND m.status = 'ACTIVE' AND m.kind <> 'GIFT_CARD'"


@dataclass(frozen=True, slots=True)
class Reach:
    """How much a change touches, as numbers by name and as sentences."""

    numbers: dict[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bought:
    """A recent order with what is known of its member now."""

    content: OrderContent
    row: models.Order
    member: MemberFacts | None


async def reach_of(plan: Plan, reads: OrmSession) -> dict[tuple[str, str], Reach]:
    """Return what each change touches, by section and code."""
    return await _Counter(plan, reads).count()


class _Counter:
    """Counts for one plan."""

    def __init__(self, plan: Plan, reads: OrmSession) -> None:
        self.plan = plan
        self.reads = reads
        self.program_id = plan.stored.row.id
        self.since = program_now(plan.stored.row) - RECENT

    async def count(self) -> dict[tuple[str, str], Reach]:
        """Return what each change touches."""
        found: dict[tuple[str, str], Reach] = {}
        for change in self.plan.changes:
            if change.section == "assets" and change.action is Action.CHANGE:
                found[change.section, change.code] = await self._accounts(change.code)
            if change.section == "ladders" and change.action is Action.CHANGE:
                found[change.section, change.code] = await self._raised(change)
        return found | await self._campaigns()

    async def _accounts(self, code: str) -> Reach:
        asset_id = self.plan.stored.setup.assets[code].asset.id
        accounts = await models.Account.filter(program_id=self.program_id, asset_id=asset_id).count()
        return Reach({"accounts": accounts}, (f"{accounts} accounts count it.",))

    # ── ladders ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _raised(self, change: Change) -> Reach:
        """Return who would be raised, and who stands higher than what is asked for from now on."""
        ladder = self.plan.after.ladders[change.code]
        numbers: dict[str, int] = {}
        said: list[str] = []
        for part in change.fields:
            _, dot, tier = part.name.partition("tiers.")
            if dot and part.new is not None:
                await self._tier(ladder, tier, part, numbers, said)
        return Reach(numbers, tuple(said))

    async def _tier(
        self, ladder: LadderSetUp, tier: str, part: FieldChange, numbers: dict[str, int], said: list[str]
    ) -> None:
        asset = self.plan.after.assets[ladder.asset].asset
        codes = [one.code for one in ladder.tiers]
        new = next(one.threshold for one in ladder.tiers if one.code == tier)
        old = None if part.old is None else to_minor(decimal(part.old, "threshold", ()), asset.scale, ())
        if old is None or new < old:
            above = ladder.tiers[codes.index(tier) + 1 :]
            end = old if old is not None else above[0].threshold if above else None
            count = await self._standing(ladder, new, end, codes[: codes.index(tier)], beside=True)
            numbers[f"{tier}.raised"] = count
            said.append(f"{count} members have reached {tier} with that: they are raised with their next posting.")
        elif new > old:
            count = await self._standing(ladder, old, new, [tier], beside=False)
            numbers[f"{tier}.above"] = count
            threshold = from_minor(new, asset.scale)
            said.append(f"{count} members stand on {tier} with less than {threshold}: they stay there.")

    async def _standing(
        self, ladder: LadderSetUp, start: int, end: int | None, tiers: list[str], *, beside: bool
    ) -> int:
        """Count members whose progress is from `start` up to `end`, and who stand on one of `tiers`.

        With `beside`, those count too who have no standing yet.
        """
        none = "t.code IS NULL OR" if beside else ""
        before_end = "" if end is None else "AND a.available < $6"
        arguments: list[Any] = [self.program_id, self.plan.after.assets[ladder.asset].asset.id, ladder.code]
        arguments += [tiers, start, *(() if end is None else (end,))]
        rows = await self.reads.fetch(
            "SELECT count(*) FROM account a JOIN member m ON m.id = a.member_id "
            "JOIN ladder l ON l.program_id = a.program_id AND l.code = $3 "
            "LEFT JOIN standing s ON s.member_id = m.id AND s.ladder_id = l.id LEFT JOIN tier t ON t.id = s.tier_id "
            f"WHERE {TAKES_PART} AND a.asset_id = $2 AND ({none} t.code = ANY($4::text[])) "
            f"AND a.available >= $5 {before_end}",
            *arguments,
        )
        return int(rows[0][0])

    # ── campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _campaigns(self) -> dict[tuple[str, str], Reach]:
        after = self.plan.after
        there = {**after.campaigns, **after.templates}
        campaigns = [
            there[change.code]
            for change in self.plan.changes
            if change.section in CAMPAIGNS and {field.name for field in change.fields} != {"name"}
        ]
        if not campaigns:
            return {}
        program = await Snapshots().load(self.reads, self.program_id)
        # What ends may name a tier that is removed with it.
        before, rules_after = self.plan.stored.setup.rules(), after.rules()
        active = await self._members({})
        by_order = [one for one in campaigns if one.version.trigger == Trigger.ORDER]
        orders = await self._orders(program, min(ORDERS_MAX, TRIALS_MAX // max(len(by_order), 1)))
        found = {}
        for one in campaigns:
            numbers = {"activeMembers": active, "members": await self._members(one.version.conditions or {})}
            said = [f"At most {numbers['members']} of {active} active members, by tier and tag."]
            if one.version.trigger == Trigger.ORDER:
                identity = {"id": self.program_id, "campaign_id": self.program_id, "number": 1}
                rules = before if one.state is StoredState.ENDED else rules_after
                version = read_version(rules, one.version, code=one.code, name=one.name, **identity)
                met = sum(_meets(version, order, program) for order in orders)
                numbers |= {"orders": len(orders), "ordersMet": met}
                said.append(f"Of the last {len(orders)} orders of {RECENT.days} days, {met} meet its conditions.")
            elif one.version.trigger == Trigger.SCHEDULE:
                said.append(f"It looks at each of the {active} active members once a day.")
            elif one.version.trigger == Trigger.SEGMENT_ENTERED:
                said.append("How many members entered its segments is not known.")
            else:
                numbers["occasions"] = await self._occasions(one.version)
                said.append(f"Its trigger came {numbers['occasions']} times in the last {RECENT.days} days.")
            found[one.section, one.code] = Reach(numbers, tuple(said))
        return found

    async def _members(self, conditions: Mapping[str, Any]) -> int:
        """Count the active members who can meet the conditions by their tier and tags; others are left aside."""
        wheres, arguments = [TAKES_PART], [self.program_id]
        keys = "json_each(m.tags)" if self.reads.dialect is Dialect.SQLITE else "jsonb_object_keys(m.tags)"
        column = "key" if self.reads.dialect is Dialect.SQLITE else "keys"
        for name, body in _required(conditions):
            at = len(arguments) + 1
            if name == "tier":
                lowest = {one.tiers[0].code for one in self.plan.after.ladders.values()}
                held = "EXISTS (SELECT 1 FROM standing s JOIN tier t ON t.id = s.tier_id WHERE s.member_id = m.id"
                on_one = f"{held} AND t.code = ANY(${at}::text[]))"
                wheres.append(f"({on_one} OR NOT {held}))" if lowest & set(body["codes"]) else on_one)
                arguments.append(sorted(body["codes"]))
            elif name == "tag":
                tagged = f"SELECT 1 FROM {keys} AS keys WHERE keys.{column} = ANY(${at}::text[])"
                wheres.append(f"EXISTS ({tagged})")
                arguments.append(sorted(body["anyOf"]))
        rows = await self.reads.fetch(f"SELECT count(*) FROM member m WHERE {' AND '.join(wheres)}", *arguments)
        return int(rows[0][0])

    async def _occasions(self, version: VersionForm) -> int:
        """Count how often the trigger came: of occasions other than events, rows tell only what gave something."""
        recent: dict[str, Any] = {"program_id": self.program_id, "occurred_at__gte": self.since}
        if version.trigger == Trigger.ENROLLED:
            enrolled = models.Member.filter(program_id=self.program_id, enrolled_at__gte=self.since)
            return await enrolled.exclude(kind=MemberKind.GIFT_CARD.value).count()
        if version.trigger == Trigger.TIER_CHANGED:
            return await models.Event.filter(kind=EventKind.TIER_CHANGED.value, **recent).count()
        return await models.Occasion.filter(trigger=version.trigger, **recent).count()

    async def _orders(self, program: Program, most: int) -> list[Bought]:
        """Return the newest orders of the last days with their members, as both are now."""
        recent = models.Order.filter(program_id=program.id, state__in=BOUGHT, occurred_at__gte=self.since)
        rows = await recent.order_by("-occurred_at", "-id").limit(most)
        lines: dict[UUID, list[LineContent]] = {}
        found = models.OrderLine.filter(order_id__in=[row.id for row in rows], campaign_id__isnull=True)
        for order_id, group in groupby(await found.order_by("order_id", "ordinal"), lambda line: line.order_id):
            lines[order_id] = [_line(line) for line in group]
        members = await _member_facts(program, [row.member_id for row in rows if row.member_id])
        return [
            Bought(_content(row, lines.get(row.id, [])), row, members.get(row.member_id) if row.member_id else None)
            for row in rows
        ]


def _required(conditions: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the conditions that must all hold, by name; those under `any` and `not` are left aside."""
    found = []
    for name, body in conditions.items():
        if name == "all":
            found += [pair for part in body for pair in _required(part)]
        else:
            found.append((name, body))
    return found


def _meets(version: CampaignVersion, order: Bought, program: Program) -> bool:
    """Whether an order meets the conditions by its listed prices, whatever the window of the campaign."""
    if order.member is None and version.audience is Audience.MEMBERS:
        return False
    row = order.row
    facts = Facts(
        program, order.content, None, row.occurred_at, row.recorded_at, order.member, Running.of(order.content)
    )
    parts = (version.calendar, version.condition)
    return all(part is None or part.met(facts) for part in parts)


async def _member_facts(program: Program, ids: Sequence[UUID]) -> dict[UUID, MemberFacts]:
    standings: dict[UUID, dict[UUID, Any]] = {}
    for row in await models.Standing.filter(member_id__in=set(ids)) if ids else ():
        standings.setdefault(row.member_id, {})[row.ladder_id] = program.tier_by_id(row.tier_id)
    return {
        row.id: MemberFacts(
            id=row.id,
            standings=standings.get(row.id, {}),
            tags=frozenset(row.tags),
            attributes=row.attributes,
            birthday=row.birthday,
            enrolled_at=row.enrolled_at,
            channel=row.channel,
            store=row.store,
            orders=row.orders,
            last_order_at=row.last_order_at,
        )
        for row in (await models.Member.filter(id__in=set(ids)) if ids else ())
    }


def _line(row: models.OrderLine) -> LineContent:
    attributes = tuple(sorted(row.attributes.items()))
    return LineContent(row.ref, row.sku, row.name, row.category, row.quantity, row.unit_price, attributes)


def _content(row: models.Order, lines: Sequence[LineContent]) -> OrderContent:
    return OrderContent(
        source=row.source,
        external_id=row.external_id,
        member_id=row.member_id,
        store=row.store,
        channel=row.channel,
        occurred_at=row.occurred_at,
        shipping=row.shipping,
        lines=tuple(lines),
        attributes=tuple(sorted(row.attributes.items())),
    )
