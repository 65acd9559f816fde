"""The set-up that decisions were made from: the one thing that a verification keeps in memory, as it is small."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import models
from domain.amounts import spelled, to_minor
from domain.effects.base import EffectKind
from domain.refusals import Refusal
from services.publishing import version_hash
from services.verify.check import Scope
from services.verify.parts import UNREADABLE, Findings, Part
from services.verify.report import Finding
from services.verify.source import Row, Source
from services.writer.tables import Table

R = TypeVar("R")

CHECKS = {"campaign_version.hash": "campaign_version"}
"""Check → the table whose rows it looks at."""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """What is needed of a program."""

    id: str
    currency_scale: int


@dataclass(frozen=True, slots=True)
class AssetRow:
    """What is needed of an asset."""

    id: str
    program_id: str
    code: str
    kind: str
    scale: int

    def spelled(self, minor: int) -> str:
        """Return an amount as explanations write it."""
        return spelled(minor, self.scale)


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """What is needed of a campaign."""

    id: str
    program_id: str
    code: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a campaign, as stored."""

    id: str
    program_id: str
    campaign_id: str
    number: int
    priority: int
    starts_at: datetime
    ends_at: datetime
    conditions: dict[str, Any] | None
    effects: list[dict[str, Any]]
    recorded_at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a campaign, read: `rules` are the facts that an effect of this kind and asset can have from it."""

    label: str
    starts_at: datetime
    ends_at: datetime
    condition: Any
    rules: dict[tuple[str, Any], list[dict[str, Any]]]


PROGRAMS = Table(models.Program, ProgramRow)
ASSETS = Table(models.Asset, AssetRow)
CAMPAIGNS = Table(models.Campaign, CampaignRow)
VERSIONS = Table(models.CampaignVersion, VersionRow)


class SetUp:
    """Assets, campaigns and versions of campaigns by their ids, as text. What cannot be read is left out, and found."""

    def __init__(self, source: Source, scope: Scope, limit: int) -> None:
        self.assets: dict[Any, AssetRow] = {}
        self.campaigns: dict[str, CampaignRow] = {}
        self.versions: dict[Any, Version] = {}
        self._scales: dict[str, int] = {}
        self._source = source
        self._scope = scope
        self._findings = Findings(limit)

    async def read(self) -> list[Finding]:
        """Read all, and return what is broken in it."""
        async for _, program in self._rows(PROGRAMS, Scope(None)):
            self._scales[program.id] = program.currency_scale
        async for _, asset in self._rows(ASSETS, self._scope):
            self.assets[asset.id] = asset
        async for _, campaign in self._rows(CAMPAIGNS, self._scope):
            self.campaigns[campaign.id] = campaign
        async for record, version in self._rows(VERSIONS, self._scope):
            self._check(record, version)
        return await self._findings.named(self._source)

    async def _rows(self, table: Table[R], scope: Scope) -> AsyncIterator[tuple[Row, R]]:
        part = Part(self._source, table, scope, self._findings)
        async with part.stream as stream:
            while page := await stream.page():
                for record in page:
                    for row in part.rows([record]):
                        yield record, row

    def _check(self, record: Row, row: VersionRow) -> None:
        try:
            same = version_hash(row) == row.hash
            campaign = self.campaigns[row.campaign_id]
            self.versions[row.id] = Version(
                f"{campaign.code} v{row.number}", row.starts_at, row.ends_at, row.conditions, self._rules(row)
            )
        except (*UNREADABLE, Refusal) as error:
            message = f"The rules cannot be read: {type(error).__name__} {error}."
            self._findings.add("row.readable", "campaign_version", record, message)
            return
        if not same:
            message = "The hash is not that of what the version says: its rules were changed after they were published."
            self._findings.add("campaign_version.hash", "campaign_version", record, message)

    def _rules(self, row: VersionRow) -> dict[tuple[str, Any], list[dict[str, Any]]]:
        assets = {asset.code: asset for asset in self.assets.values() if asset.program_id == row.program_id}
        found: dict[tuple[str, Any], list[dict[str, Any]]] = {}
        for form in row.effects:
            ((name, body),) = form.items()
            asset = assets[body["asset"]]
            match name:
                case "earn":
                    kind = EffectKind.EARN
                    points = to_minor(Decimal(body["points"]), asset.scale, ("points",))
                    per = to_minor(Decimal(body["per"]), self._scales[row.program_id], ("per",))
                    facts = [{"points": points, "per": per, "rounding": body["rounding"]}]
                case "multiplyEarn":
                    kind = EffectKind.MULTIPLY_EARN
                    facts = [{"factor": str(Decimal(body["factor"]))}]
                case "multiplyEarnByTier":
                    kind = EffectKind.MULTIPLY_EARN
                    facts = [{"factor": str(Decimal(part["factor"]))} for part in body["factors"]]
                case _:
                    raise ValueError(f"there is no effect {name}")
            found.setdefault((kind.value, asset.id), []).extend(facts)
        return found
