"""Makers of what tests start from."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from tortoise.expressions import F

import models
from domain.instants import NEVER
from domain.seals import Seal
from services import balances, members, orders, programs, publishing, seals
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.orders import LineRequest, OrderRequest
from services.templates import Template
from services.transaction import transaction

_numbers = count(1)
NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # a Tuesday, noon in Shanghai
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """A program with an engine and a key's actor, and short words for what tests do all the time."""

    engine: Engine
    program: models.Program
    actor: Actor

    async def enrol(self, **facts: Any) -> UUID:
        outcome = await members.enrol(self.engine, self.actor, Enrolment(**facts), key=new_key())
        assert outcome.member_id is not None
        return outcome.member_id

    async def buy(self, member: UUID | None, amount: str = "100.00", **facts: Any) -> Any:
        key = facts.pop("key", None) or new_key()
        return await orders.commit(self.engine, self.actor, order(member, amount, **facts), key=key)

    async def give(self, member: UUID, amount: str, asset: str = "POINTS") -> Any:
        return await balances.adjust(
            self.engine,
            self.actor,
            MemberRef(id=member),
            asset=asset,
            amount=Decimal(amount),
            reason="a gift",
            key=new_key(),
        )

    async def balance(self, member: UUID, asset: str = "POINTS") -> int:
        program = await self.engine.program(self.program.id)
        found = program.asset(asset)
        assert found is not None
        amounts = (await balances.balances(self.engine, program, [member])).get(member, {}).get(found.id)
        return amounts.available if amounts else 0

    async def tier(self, member: UUID) -> str:
        standing = await models.Standing.get(member_id=member)
        return str((await models.Tier.get(id=standing.tier_id)).code)


async def seal_all(engine: Engine, program_id: UUID) -> list[Seal]:
    """Seal every transfer of a program, once the transactions of others have let its own settle; return the blocks."""
    blocks: list[Seal] = []
    async with asyncio.timeout(60):
        while await models.Transfer.filter(program_id=program_id).count() > await _sealed(program_id):
            if block := await seals.seal(engine.reads, program_id, now=NOON):
                blocks.append(block)
            else:
                await asyncio.sleep(0.02)
    return blocks


async def _sealed(program_id: UUID) -> int:
    return sum(await models.Seal.filter(program_id=program_id).values_list("transfers", flat=True))


def new_key() -> str:
    return f"key-{next(_numbers)}"


def order(member: UUID | None, amount: str = "100.00", **facts: Any) -> OrderRequest:
    lines = facts.pop("lines", None) or [LineRequest("1", "CD", 1, Decimal(amount))]
    return OrderRequest(
        source=facts.pop("source", "shop"),
        external_id=facts.pop("external_id", None) or f"o-{next(_numbers)}",
        member=MemberRef(id=member) if member else None,
        lines=lines,
        **facts,
    )


async def world(engine: Engine, template: Template = Template.BARE, **facts: Any) -> World:
    code = facts.pop("code", "TEST")
    program = await programs.create(
        code=code,
        name="Test",
        currency=facts.pop("currency", "CNY"),
        time_zone=facts.pop("time_zone", "Asia/Shanghai"),
        template=template,
        virtual_now=facts.pop("now", NOON),
    )
    actor = Actor(ActorKind.API_KEY, program.id, None, f"key:{code}", ALL_SCOPES)
    return World(engine, program, actor)


async def campaign(
    program_id: UUID,
    code: str,
    effects: list[dict[str, Any]],
    conditions: dict[str, Any] | None = None,
    **version: Any,
) -> models.Campaign:
    """Publish a campaign whose version 1 has these columns, and let every engine know that the program changed."""
    async with transaction():
        made = await models.Campaign.create(
            program_id=program_id,
            code=code,
            name=version.pop("name", code),
            kind="COUPON" if "coupon" in version else "CAMPAIGN",
            state=version.pop("state", "RUNNING"),
            published_version=1,
        )
        said = {"priority": 10, "starts_at": BEGINNING, "ends_at": NEVER, "recorded_at": NOON} | version
        await publishing.publish(
            program_id=program_id, campaign_id=made.id, number=1, conditions=conditions, effects=effects, **said
        )
        await models.Program.filter(id=program_id).update(config_version=F("config_version") + 1)
    return made


async def coupon_template(
    program_id: UUID,
    code: str,
    effects: list[dict[str, Any]],
    coupon: dict[str, Any] | None = None,
    conditions: dict[str, Any] | None = None,
    **version: Any,
) -> models.Campaign:
    """Publish a template of coupons with these terms, as `campaign` does a campaign."""
    return await campaign(program_id, code, effects, conditions, step="COUPON", coupon=coupon or {}, **version)


async def ten_off(
    program_id: UUID, code: str = "TEN", coupon: dict[str, Any] | None = None, **version: Any
) -> models.Campaign:
    """Publish a template of coupons which take 10 off, if nothing else is said."""
    effects = version.pop("effects", [{"amountOff": {"amount": "10"}}])
    return await coupon_template(program_id, code, effects, coupon, **version)
