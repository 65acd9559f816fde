"""A program's set-up as a value, read once and kept until its version grows."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from domain.assets import Asset, AssetKind, BurnOrder, ExpiryFrom, ExpiryPolicy, ShortfallPolicy
from domain.conversions import Conversion
from domain.program import CampaignVersion, ItemPolicy, Ladder, Program, Segment, Tier, TierMetric
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.stored_value import TopUpStep
from services.published import Published, Reader, read_published, read_versions
from services.raw import plain_day, plain_id, plain_instant, plain_json

R = TypeVar("R")
log = structlog.get_logger(__name__)

ASSET = (
    "id, program_id, code, name, kind, scale, expiry, expiry_length, expiry_from, pending_days, floor, "
    "expiry_date, pending_months, pending_day, shortfall, grace_days, burn_order, bonus_cap, pay_amount, pay_value, "
    "reminder_days"
)
PROGRAM = "id, code, name, currency, currency_scale, time_zone, virtual_now, item_policy, config_version, event_epoch"


CONFIG_VERSION = PROGRAM.split(", ").index("config_version")
VERSIONS_MAX = 10_000
"""Versions that are kept for the coupons that go by them."""
READS_MAX = 10
"""How often a program is read again that changes meanwhile."""


class UnknownProgramError(LookupError):
    """No program has this id."""


class ChangingProgramError(RuntimeError):
    """A program changed each time that it was read."""


class Snapshots:
    """Programs by id. One query tells whether the kept value still holds; it also brings the sandbox clock."""

    def __init__(self) -> None:
        self._programs: dict[UUID, Program] = {}
        self._published: dict[UUID, Published] = {}
        self._versions: OrderedDict[tuple[UUID, int, UUID], CampaignVersion | None] = OrderedDict()
        """By the program, the version of its set-up, and the id; the one that was asked for last comes last."""

    def kept(self, program_id: UUID) -> Program | None:
        """Return the program as it was when it was last read, if it was."""
        return self._programs.get(program_id)

    async def load(self, reader: Reader, program_id: UUID) -> Program:
        """Return the program as `reader` sees it now. Raises `UnknownProgramError`."""
        row = await _row(reader, program_id)
        program_id = plain_id(row[0])
        virtual_now, version = _instant(row[6]), row[8]
        kept = self._programs.get(program_id)
        if kept is None or kept.config_version != version:
            kept, published = await _whole(reader, row, self._published.get(program_id))
            self._note(program_id, published)
            self._published[program_id] = published
        elif kept.virtual_now != virtual_now:
            kept = replace(kept, virtual_now=virtual_now)
        self._programs[program_id] = kept
        return kept

    async def version(self, reader: Reader, program: Program, version_id: UUID) -> CampaignVersion | None:
        """Return a version of a campaign or of a template of coupons, published or not.

        None when there is none, or when it does not fit the program any more: then it decides nothing.
        """
        return (await self.versions(reader, program, [version_id])).get(version_id)

    async def versions(self, reader: Reader, program: Program, ids: Iterable[UUID]) -> dict[UUID, CampaignVersion]:
        """Return those of the versions that there are and that can be read, by their ids: see `version`.

        What is not kept yet takes one statement.
        """
        wanted, kept = list(dict.fromkeys(ids)), self._versions
        keys = [(program.id, program.config_version, version_id) for version_id in wanted]
        found = {key[2]: kept[key] for key in keys if key in kept}
        if missing := [version_id for version_id in wanted if version_id not in found]:
            found |= await self._read_versions(reader, program, missing)
        for key in keys:
            if key in kept:
                kept.move_to_end(key)
        while len(kept) > VERSIONS_MAX:
            kept.popitem(last=False)
        return {version_id: version for version_id, version in found.items() if version is not None}

    async def _read_versions(
        self, reader: Reader, program: Program, ids: Sequence[UUID]
    ) -> dict[UUID, CampaignVersion | None]:
        """Read versions and keep them; one that is not there may come, and is not kept."""
        found: dict[UUID, CampaignVersion | None] = {}
        for version_id, read in (await read_versions(reader, program.id, rules_of(program), ids)).items():
            if isinstance(read, str):
                log.error("campaign.unreadable", program=str(program.id), version=str(version_id), why=read)
            found[version_id] = None if isinstance(read, str) else read
            self._versions[program.id, program.config_version, version_id] = found[version_id]
        return found

    def _note(self, program_id: UUID, published: Published) -> None:
        """Log each version that cannot be read, once."""
        before = self._published.get(program_id)
        for version_id, why in published.unreadable.items():
            if before is None or before.unreadable.get(version_id) != why:
                log.error("campaign.unreadable", program=str(program_id), version=str(version_id), why=why)


async def _row(reader: Reader, program_id: UUID) -> Sequence[Any]:
    rows = await reader.fetch(f"SELECT {PROGRAM} FROM program WHERE id = $1", program_id)
    if not rows:
        raise UnknownProgramError(str(program_id))
    return rows[0]


async def _whole(reader: Reader, row: Sequence[Any], kept: Published | None) -> tuple[Program, Published]:
    """Return the program of one version, which its row tells: each statement sees what was committed before it.

    So when the version grew meanwhile, what was read may be of both, and is read again. Raises `ChangingProgramError`.
    """
    for _ in range(READS_MAX):
        program_id = plain_id(row[0])
        failed: InvalidInput | KeyError | None = None
        found = None
        try:
            found = await _read(reader, program_id, row, kept)
        except (InvalidInput, KeyError) as wrong:  # what names a part that was not there yet, or is not any more
            failed = wrong
        again = await _row(reader, program_id)
        if again[CONFIG_VERSION] == row[CONFIG_VERSION]:
            if found is None:
                assert failed is not None, "it is one of the two"
                raise failed
            return found
        row = again
    raise ChangingProgramError(f"The program {row[1]} changed {READS_MAX} times while it was read.")


async def _read(
    reader: Reader, program_id: UUID, row: Sequence[Any], kept: Published | None
) -> tuple[Program, Published]:
    assets = tuple(
        Asset(
            plain_id(r[0]),
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
            plain_day(r[11]),
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
        Ladder(plain_id(r[0]), program_id, r[1], r[2], TierMetric(r[3]), plain_id(r[4]))
        for r in await reader.fetch(
            "SELECT id, code, name, metric, asset_id FROM ladder WHERE program_id = $1 ORDER BY code", program_id
        )
    )
    tiers: dict[UUID, tuple[Tier, ...]] = {}
    for r in await reader.fetch(
        "SELECT id, ladder_id, code, name, rank, threshold FROM tier WHERE program_id = $1 ORDER BY ladder_id, rank",
        program_id,
    ):
        tier = Tier(plain_id(r[0]), program_id, plain_id(r[1]), r[2], r[3], r[4], r[5])
        tiers[tier.ladder_id] = (*tiers.get(tier.ladder_id, ()), tier)
    segments = await _segments(reader, program_id, rule_reader(assets, ladders, tiers, (), row[4]))
    rules = rule_reader(assets, ladders, tiers, segments, row[4])
    published = await read_published(reader, program_id, rules, (assets, ladders, tiers, segments, row[4]), kept)
    steps: dict[UUID, tuple[TopUpStep, ...]] = {}
    for r in await reader.fetch(
        "SELECT asset_id, threshold, amount, basis_points FROM top_up_step WHERE program_id = $1 "
        "ORDER BY asset_id, threshold",
        program_id,
    ):
        asset_id = plain_id(r[0])
        steps[asset_id] = (*steps.get(asset_id, ()), TopUpStep(*r[1:]))
    conversions = tuple(
        Conversion(plain_id(r[0]), plain_id(r[1]), *r[2:])
        for r in await reader.fetch(
            "SELECT c.from_asset_id, c.to_asset_id, c.from_amount, c.to_amount, c.step FROM conversion c "
            "JOIN asset f ON f.id = c.from_asset_id JOIN asset t ON t.id = c.to_asset_id WHERE c.program_id = $1 "
            "ORDER BY f.code, t.code",
            program_id,
        )
    )
    has_coupons = bool(
        await reader.fetch("SELECT 1 FROM campaign WHERE program_id = $1 AND kind = 'COUPON' LIMIT 1", program_id)
    )
    program = Program(
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
        campaigns=published.in_order,
        templates=published.templates,
        has_coupons=has_coupons,
        top_up_steps=steps,
        conversions=conversions,
        segments=segments,
    )
    return program, published


async def _segments(reader: Reader, program_id: UUID, rules: RuleReader) -> dict[str, Segment]:
    """Return the segments by their codes."""
    sql = "SELECT code, name, conditions FROM segment WHERE program_id = $1 ORDER BY code"
    return {r[0]: rules.segment(r[0], r[1], plain_json(r[2])) for r in await reader.fetch(sql, program_id)}


def rule_reader(
    assets: tuple[Asset, ...],
    ladders: Sequence[Ladder],
    tiers: Mapping[UUID, Sequence[Tier]],
    segments: Iterable[str],
    currency_scale: int,
) -> RuleReader:
    """Return what reads rules against a program's set-up; of its segments only the codes are asked for."""
    by_id = {asset.id: asset for asset in assets}
    codes = frozenset(tier.code for group in tiers.values() for tier in group)
    measured = {ladder.code: by_id[ladder.asset_id] for ladder in ladders}
    return RuleReader(assets, codes, currency_scale, measured, frozenset(segments))


def rules_of(program: Program) -> RuleReader:
    """Return what reads rules against a program as it is."""
    return rule_reader(program.assets, program.ladders, program.tiers, program.segments, program.currency_scale)


def _instant(value: Any) -> datetime | None:
    return None if value is None else plain_instant(value)
