"""A program with members who have bought before, and orders of theirs without end."""

import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from tortoise.context import TortoiseContext
from uuid_utils.compat import uuid7

import models
from app.opening import collect_seldom
from domain.commands import Adjust, Claim, CommitOrder, ReturnOrder
from domain.digest import content_hash
from domain.orders import LineContent, OrderContent
from domain.program import Program
from domain.value_commands import SpendBalance
from services import credentials, members, orders_import, programs
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.database.config import Database
from services.engine import Engine
from services.engine import engine as opened_engine
from services.members import Enrolment, MemberRef
from services.orders import LineRequest, OrderRequest
from services.templates import Template
from services.transaction import transaction

MEMBERS = 500
SEED_ORDERS = 5
FIRST_ORDER = Decimal("1500.00")
"""Lifts a member of the standard program to a tier that multiplies, as most orders of a running shop are."""
LINES = (("1", "SKU-1", "A record", 1, 2990), ("2", "SKU-2", "A sleeve", 2, 500))
"""(ref, sku, name, quantity, minor unit price) of the lines that every order has."""


@asynccontextmanager
async def engine_on(url: str) -> AsyncIterator[Engine]:
    """Open an engine with the ORM around it."""
    database = Database.parse(url)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with opened_engine(database) as engine:
            collect_seldom()  # as the commands do
            yield engine


@dataclass
class Shop:
    """A program and its members. Orders are named with a token, so that no two runs meet."""

    engine: Engine
    program: Program
    actor: Actor
    api_key: str
    members: list[UUID]
    numbers: list[str]

    def __post_init__(self) -> None:
        self._token = secrets.token_hex(4)
        self._orders = count(1)

    def command(self, member_id: UUID | None = None) -> CommitOrder:
        """Return the commit of a new order of some member, or of this one, as `services.orders.commit` makes it."""
        name = f"{self._token}-{next(self._orders)}"
        content = OrderContent(
            source="bench",
            external_id=name,
            member_id=random.choice(self.members) if member_id is None else member_id,
            store="S1",
            channel="POS",
            occurred_at=None,
            shipping=0,
            lines=tuple(
                LineContent(ref, sku, label, None, quantity, price) for ref, sku, label, quantity, price in LINES
            ),
        )
        claim = Claim(f"{self.actor.credential}:orderCommit", name, content.hash())
        return CommitOrder(
            program_id=self.program.id, actor=self.actor.credential, claim=claim, order_id=uuid7(), content=content
        )

    def adjustment(self, amount: int, member_id: UUID | None = None) -> Adjust:
        """Return an adjustment of the points of some member, or of this one, as `services.balances.adjust` makes it."""
        name = f"{self._token}-{next(self._orders)}"
        points = self.program.asset("POINTS")
        assert points is not None, "every template has it"
        chosen = random.choice(self.members) if member_id is None else member_id
        claim = Claim(f"{self.actor.credential}:balanceAdjust", name, content_hash((chosen, points.id, amount)))
        return Adjust(
            program_id=self.program.id,
            actor=self.actor.credential,
            claim=claim,
            member_id=chosen,
            asset_id=points.id,
            amount=amount,
            reason="benchmark",
        )

    def spending(self, amount: int, member_id: UUID) -> SpendBalance:
        """Return a use of the member's points, as `services.spending.spend` makes it."""
        adjusted = self.adjustment(amount, member_id)
        assert adjusted.claim is not None, "it is made with one"
        claim = Claim(f"{self.actor.credential}:balanceSpend", adjusted.claim.key, adjusted.claim.hash)
        return SpendBalance(
            program_id=self.program.id,
            actor=self.actor.credential,
            claim=claim,
            member_id=member_id,
            asset_id=adjusted.asset_id,
            amount=amount,
            reason="benchmark",
        )

    def returned(self, order: CommitOrder) -> ReturnOrder:
        """Return the return of all of a committed order, as `services.order_life` makes it."""
        content = order.content
        claim = Claim(f"{self.actor.credential}:orderReturn", content.external_id, content_hash((order.order_id,)))
        return ReturnOrder(
            program_id=self.program.id,
            actor=self.actor.credential,
            claim=claim,
            order_id=order.order_id,
            source=content.source,
            external_id=content.external_id,
            member_id=content.member_id,
            return_id=uuid7(),
            quantities=None,
            reason="benchmark",
        )

    async def commit(self) -> None:
        """Commit one order through the writer."""
        await self.engine.writer.post(self.command())


async def analyze() -> None:
    """Gather statistics now, as the database does by itself after a minute or so: without them plans are a guess."""
    async with transaction() as connection:
        await connection.execute_script("ANALYZE")


async def make_shop(engine: Engine, template: Template, *, members_count: int = MEMBERS) -> Shop:
    """Make a program whose members have accounts, a tier and some ledger lines."""
    row = await programs.create(
        code=f"BENCH-{secrets.token_hex(4)}",
        name="Bench",
        currency="CNY",
        time_zone="Asia/Shanghai",
        template=template,
    )
    key = await credentials.create_key(row.id, name="bench", scopes=ALL_SCOPES, now=datetime.now(UTC))
    actor = Actor(ActorKind.API_KEY, row.id, None, f"key:{key.id.hex}", ALL_SCOPES)
    program = await engine.program(row.id)
    enrolments = [
        await members.enrolment_command(program, actor, Enrolment(name=f"Member {index}"), key=f"m{index}")
        for index in range(members_count)
    ]
    await engine.writer.post_all(enrolments)
    ids = [command.member_id for command in enrolments]
    for number in range(SEED_ORDERS):
        for start in range(0, members_count, orders_import.IMPORT_MAX):
            requests = [_seed_order(member_id, number) for member_id in ids[start : start + orders_import.IMPORT_MAX]]
            await orders_import.import_orders(engine, actor, requests, key=f"seed{number}-{start}", enrol_unknown=False)
    numbers = dict(await models.Member.filter(program_id=row.id).values_list("id", "number"))
    return Shop(engine, program, actor, key.key, ids, [numbers[key] for key in ids])


def _seed_order(member_id: UUID, number: int) -> OrderRequest:
    price = Decimal("39.90") if number else FIRST_ORDER
    return OrderRequest(
        source="seed",
        external_id=f"{member_id}-{number}",
        member=MemberRef(id=member_id),
        lines=[LineRequest("1", "SKU-1", 1, price)],
    )
