"""A program's set-up as a value, read once and kept until its version grows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from domain.assets import Asset, AssetKind, BurnOrder, ExpiryFrom, ExpiryPolicy, ShortfallPolicy
from domain.conversions import Conversion
from domain.effects.base import EffectRule
from domain.program import CampaignVersion, ItemPolicy, Ladder, Program, Tier, TierMetric
from domain.rules import RuleReader
from domain.stored_value import TopUpStep

R = TypeVar("R")

ASSET = (
    "id, program_id, code, name, kind, scale, expiry, expiry_length, expiry_from, pending_days, floor, "
    "expiry_date, pending_months, pending_day, shortfall, grace_days, burn_order, bonus_cap, pay_amount, pay_value, "
    "reminder_days"
)
PROGRAM = "id, code, name, currency, currency_scale, time_zone, virtual_now, item_policy, config_version, event_epoch"
CAMPAIGN = "v.id, v.campaign_id, c.code, c.name, v.number, v.priority, v.starts_at, v.ends_at, v.conditions, v.effects"


class Reader(Protocol):
    """Anything that can run a query: the writer's session, or a connection of the ORM."""

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records."""


class UnknownProgramError(LookupError):
    """No program has this id."""


class Snapshots:
    """Programs by id. One query tells whether the kept value still holds; it also brings the sandbox clock."""

    def __init__(self) -> None:
        self._programs: dict[UUID, Program] = {}

    async def load(self, reader: Reader, program_id: UUID) -> Program:
        """Return the program as `reader` sees it now. Raises `UnknownProgramError`."""
        rows = await reader.fetch(f"SELECT {PROGRAM} FROM program WHERE id = $1", program_id)
        if not rows:
            raise UnknownProgramError(str(program_id))
        row = rows[0]
        program_id = _uuid(row[0])
        virtual_now, version = _instant(row[6]), row[8]
        kept = self._programs.get(program_id)
        if kept is None or kept.config_version != version:
            kept = await _read(reader, program_id, row)
        elif kept.virtual_now != virtual_now:
            kept = replace(kept, virtual_now=virtual_now)
        self._programs[program_id] = kept
        return kept


async def _read(reader: Reader, program_id: UUID, row: Sequence[Any]) -> Program:
    assets = tuple(
        Asset(
            _uuid(r[0]),
            program_id,
            r[2],
            r[3],
            AssetKind(r[4]),
            r[5],
            ExpiryPolicy(r[6]),
            r[7],
            ExpiryFrom(r[8]),
            r[9],
            r[10],
            _day(r[11]),
            r[12],
            r[13],
            ShortfallPolicy(r[14]),
            r[15],
            BurnOrder(r[16]),
            *r[17:],
        )
        for r in await reader.fetch(f"SELECT {ASSET} FROM asset WHERE program_id = $1 ORDER BY code", program_id)
    )
    ladders = tuple(
        Ladder(_uuid(r[0]), program_id, r[1], r[2], TierMetric(r[3]), _uuid(r[4]))
        for r in await reader.fetch(
            "SELECT id, code, name, metric, asset_id FROM ladder WHERE program_id = $1 ORDER BY code", program_id
        )
    )
    tiers: dict[UUID, tuple[Tier, ...]] = {}
    for r in await reader.fetch(
        "SELECT id, ladder_id, code, name, rank, threshold FROM tier WHERE program_id = $1 ORDER BY ladder_id, rank",
        program_id,
    ):
        tier = Tier(_uuid(r[0]), program_id, _uuid(r[1]), r[2], r[3], r[4], r[5])
        tiers[tier.ladder_id] = (*tiers.get(tier.ladder_id, ()), tier)
    codes = frozenset(tier.code for group in tiers.values() for tier in group)
    rules = RuleReader(assets, codes, row[4])
    campaigns = tuple(
        _campaign(rules, r)
        for r in await reader.fetch(
            f"SELECT {CAMPAIGN} FROM campaign c JOIN campaign_version v ON v.program_id = c.program_id "
            "AND v.campaign_id = c.id AND v.number = c.published_version "
            "WHERE c.program_id = $1 AND c.state = 'RUNNING' ORDER BY v.priority, c.code",
            program_id,
        )
    )
    steps: dict[UUID, tuple[TopUpStep, ...]] = {}
    for r in await reader.fetch(
        "SELECT asset_id, threshold, amount, basis_points FROM top_up_step WHERE program_id = $1 "
        "ORDER BY asset_id, threshold",
        program_id,
    ):
        asset_id = _uuid(r[0])
        steps[asset_id] = (*steps.get(asset_id, ()), TopUpStep(*r[1:]))
    conversions = tuple(
        Conversion(_uuid(r[0]), _uuid(r[1]), *r[2:])
        for r in await reader.fetch(
            "SELECT c.from_asset_id, c.to_asset_id, c.from_amount, c.to_amount, c.step FROM conversion c "
            "JOIN asset f ON f.id = c.from_asset_id JOIN asset t ON t.id = c.to_asset_id WHERE c.program_id = $1 "
            "ORDER BY f.code, t.code",
            program_id,
        )
    )
    return Program(
        id=program_id,
        code=row[1],
        name=row[2],
        currency=row[3],
        currency_scale=row[4],
        zone=ZoneInfo(row[5]),
        virtual_now=_instant(row[6]),
        item_policy=ItemPolicy(row[7]),
        config_version=row[8],
        event_epoch=row[9],
        assets=assets,
        ladders=ladders,
        tiers=tiers,
        campaigns=campaigns,
        top_up_steps=steps,
        conversions=conversions,
    )


def _campaign(rules: RuleReader, row: Sequence[Any]) -> CampaignVersion:
    conditions, effects = _json(row[8]), _json(row[9])
    parsed: list[EffectRule] = [rules.effect(form) for form in effects]
    return CampaignVersion(
        id=_uuid(row[0]),
        campaign_id=_uuid(row[1]),
        code=row[2],
        name=row[3],
        number=row[4],
        priority=row[5],
        starts_at=_moment(row[6]),
        ends_at=_moment(row[7]),
        condition=rules.condition(conditions) if conditions else None,
        effects=tuple(parsed),
    )


def _uuid(value: Any) -> UUID:
    """Return a plain id: the driver's own kind of UUID is slow to write as JSON."""
    return UUID(int=value.int) if isinstance(value, UUID) else UUID(value)


def _instant(value: Any) -> datetime | None:
    return None if value is None else _moment(value)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value
