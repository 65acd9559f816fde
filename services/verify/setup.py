"""The set-up that decisions were made from: the one thing that a verification keeps in memory, as it is small."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import models
from domain.instants import local_day
from domain.refusals import Refusal
from services.publishing import version_hash
from services.verify.check import Scope
from services.verify.parts import UNREADABLE, Findings, Part
from services.verify.report import Finding
from services.verify.source import Row, Source
from services.verify.versions import AssetRow, Named, ProgramRow, Version, VersionRow
from services.writer.tables import Table

R = TypeVar("R")

CHECKS = {"campaign_version.hash": "campaign_version"}
"""Check → the table whose rows it looks at."""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """What is needed of a campaign."""

    id: str
    program_id: str
    code: str


@dataclass(frozen=True, slots=True)
class LadderRow:
    """What is needed of a ladder."""

    id: str
    program_id: str
    code: str
    asset_id: str


PROGRAMS = Table(models.Program, ProgramRow)
ASSETS = Table(models.Asset, AssetRow)
CAMPAIGNS = Table(models.Campaign, CampaignRow)
LADDERS = Table(models.Ladder, LadderRow)
VERSIONS = Table(models.CampaignVersion, VersionRow)


class SetUp:
    """Programs, assets, campaigns and versions of campaigns by their ids, as text.

    What cannot be read is left out, and found.
    """

    def __init__(self, source: Source, scope: Scope, limit: int) -> None:
        self.programs: dict[Any, ProgramRow] = {}
        self.assets: dict[Any, AssetRow] = {}
        self.campaigns: dict[Any, CampaignRow] = {}
        self.versions: dict[Any, Version] = {}
        self.labelled: dict[tuple[Any, str], Version] = {}
        """Versions by their campaign and their label."""
        self.coded: dict[tuple[Any, str], CampaignRow] = {}
        """Campaigns by their program and their code."""
        self.templates: dict[Any, list[Version]] = {}
        """The versions of each template of coupons, by its id."""
        self._zones: dict[str, ZoneInfo] = {}
        self._named: dict[str, Named] = {}
        self._source = source
        self._scope = scope
        self._findings = Findings(limit)

    async def read(self) -> list[Finding]:
        """Read all, and return what is broken in it."""
        async for _, program in self._rows(PROGRAMS, Scope(None)):
            self.programs[program.id] = program
            self._named[program.id] = Named(program, {}, {})
        async for _, asset in self._rows(ASSETS, self._scope):
            self.assets[asset.id] = asset
            if asset.program_id in self._named:
                self._named[asset.program_id].assets[asset.code] = asset
        async for _, ladder in self._rows(LADDERS, self._scope):
            if ladder.program_id in self._named and ladder.asset_id in self.assets:
                self._named[ladder.program_id].ladders[ladder.code] = self.assets[ladder.asset_id]
        async for _, campaign in self._rows(CAMPAIGNS, self._scope):
            self.campaigns[campaign.id] = self.coded[campaign.program_id, campaign.code] = campaign
        async for record, version in self._rows(VERSIONS, self._scope):
            self._check(record, version)
        return await self._findings.named(self._source)

    def day(self, program_id: Any, instant: datetime) -> str:
        """Return the day of an instant in the program's time zone. Raises one of `UNREADABLE`."""
        return local_day(instant, self.zone(program_id)).isoformat()

    def zone(self, program_id: Any) -> ZoneInfo:
        """Return the time zone of a program. Raises one of `UNREADABLE`."""
        name = self.programs[program_id].time_zone
        return self._zones.get(name) or self._zones.setdefault(name, ZoneInfo(name))

    def version(self, version_id: Any) -> Version | None:
        """Return the version that decided an effect; `effect.version` names one that is not there."""
        return self.versions.get(version_id) if version_id else None

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
            version = self._named[row.program_id].version(row, campaign.code)
        except (*UNREADABLE, Refusal) as error:
            message = f"The rules cannot be read: {type(error).__name__} {error}."
            self._findings.add("row.readable", "campaign_version", record, message)
            return
        self.versions[row.id] = self.labelled[row.campaign_id, version.label] = version
        if version.is_template:
            self.templates.setdefault(row.campaign_id, []).append(version)
        if not same:
            message = "The hash is not that of what the version says: its rules were changed after they were published."
            self._findings.add("campaign_version.hash", "campaign_version", record, message)
