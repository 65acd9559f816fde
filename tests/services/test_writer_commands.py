"""Single commands through the writer: keys, refusals, replays; a refusal leaves nothing behind but its key."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

import models
from domain.commands import Adjust, AmendMember, Claim, Command, CommitOrder, EnrolMember, Mature
from domain.digest import content_hash
from domain.members import MemberStatus
from domain.orders import LineContent, OrderContent
from domain.refusals import (
    DuplicateOrder,
    IdempotencyKeyReused,
    IdentityTaken,
    InsufficientBalance,
    MemberNotActive,
    NotFound,
    PhoneTaken,
    Refusal,
)
from services.engine import Engine
from services.hub import member_stream, program_stream
from services.templates import Template
from services.writer.answers import Outcome
from tests.factories import NOON, World, world
from tests.services.test_writer_health import counts, faults, rows_of

_desks = count(1)


@dataclass
class Desk:
    """Makes commands for one program as the services do, without asking the database first."""

    program_id: UUID
    assets: dict[str, UUID]
    credential: str = field(default_factory=lambda: f"key:desk{next(_desks)}")
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    async def at(cls, shop: World) -> "Desk":
        program = await shop.engine.program(shop.program.id)
        return cls(program.id, {asset.code: asset.id for asset in program.assets})

    def _common(self, operation: str, key: str | None, content: Any) -> dict[str, Any]:
        claim = Claim(f"{self.credential}:{operation}", key or f"k{next(self.numbers)}", content_hash(content))
        return {"program_id": self.program_id, "actor": self.credential, "claim": claim}

    def enrol(self, member_id: UUID | None = None, *, key: str | None = None, **facts: Any) -> EnrolMember:
        number = next(self.numbers)
        common = self._common("enrol", key, tuple(sorted(facts.items())))
        return EnrolMember(**common, member_id=member_id or uuid7(), number=f"{self.credential}-{number}", **facts)

    def commit(
        self,
        member_id: UUID | None,
        total: int = 100_00,
        *,
        key: str | None = None,
        name: str | None = None,
        order_id: UUID | None = None,
        **facts: Any,
    ) -> CommitOrder:
        content = OrderContent(
            source="shop",
            external_id=name or f"{self.credential}-{next(self.numbers)}",
            member_id=member_id,
            store=None,
            channel=None,
            occurred_at=facts.get("occurred_at"),
            shipping=0,
            lines=(LineContent("1", "CD", None, None, 1, total),),
        )
        return CommitOrder(
            **self._common("commit", key, (content.hash(),)), order_id=order_id or uuid7(), content=content
        )

    def adjust(self, member_id: UUID, amount: int, asset: str = "POINTS", *, key: str | None = None) -> Adjust:
        asset_id = self.assets[asset]
        common = self._common("adjust", key, (member_id, asset_id, amount))
        return Adjust(**common, member_id=member_id, asset_id=asset_id, amount=amount, reason="a gift")

    def amend(self, member_id: UUID, *, key: str | None = None, **changes: Any) -> AmendMember:
        common = self._common("amend", key, (member_id, tuple(sorted(changes.items()))))
        return AmendMember(**common, member_id=member_id, changes=changes)

    def sweep(self, member_id: UUID) -> Mature:
        return Mature(program_id=self.program_id, actor="system", claim=None, member_id=member_id)


async def refused(house: Engine, command: Command) -> Refusal:
    """Post a command that must be refused; assert that nothing but its key was written and nobody was woken."""
    before, rows = await counts(house, command.program_id), await rows_of(house, command.program_id)
    locked = command.locks[0] if command.locks else UUID(int=0)
    streams = (program_stream(command.program_id), member_stream(command.program_id, locked))
    with house.hub.listen(streams[0]) as program, house.hub.listen(streams[1]) as member:
        handles = program.handle(), member.handle()
        with pytest.raises(Refusal) as caught:
            await house.writer.post(command)
        assert (program.handle(), member.handle()) == handles
    after = await counts(house, command.program_id)
    kept = 0 if isinstance(caught.value, IdempotencyKeyReused) or command.claim is None else 1
    assert after == before | {"Idempotency": before["Idempotency"] + kept}
    assert await rows_of(house, command.program_id) == rows
    return caught.value


async def test_each_refusal_leaves_only_its_key_and_is_given_again(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    desk = await Desk.at(shop)
    active, frozen, closed = [
        (await house.writer.post(desk.enrol(phone=f"+861380000000{n}", external=(("pos", str(n)),)))).member_id
        for n in range(3)
    ]
    assert active is not None
    assert frozen is not None
    assert closed is not None
    await house.writer.post_all(
        [
            desk.adjust(active, 5),
            desk.commit(active, 10_00, name="A1"),
            desk.amend(frozen, status=MemberStatus.FROZEN),
            desk.amend(closed, status=MemberStatus.CLOSED),
        ]
    )
    nobody = uuid7()
    cases: list[tuple[Command, type[Refusal]]] = [
        (desk.adjust(active, -16), InsufficientBalance),
        (desk.adjust(nobody, 5), NotFound),
        (desk.commit(nobody), NotFound),
        (desk.amend(nobody, name="x"), NotFound),
        (desk.amend(nobody, phone="+8613800000009"), NotFound),
        (desk.sweep(nobody), NotFound),
        (desk.commit(frozen), MemberNotActive),
        (desk.commit(closed), MemberNotActive),
        (desk.adjust(closed, 5), MemberNotActive),
        (desk.amend(closed, name="x"), MemberNotActive),
        (desk.amend(closed, phone="+8613800000009"), MemberNotActive),
        (desk.amend(closed, phone="+8613800000002"), MemberNotActive),  # its own: it keeps it
        (desk.commit(active, 10_01, name="A1"), DuplicateOrder),
        (desk.commit(None, 10_00, name="A1"), DuplicateOrder),
        (desk.amend(active, phone="+8613800000001"), PhoneTaken),
        (desk.enrol(phone="+8613800000001"), PhoneTaken),
        (desk.enrol(external=(("pos", "1"),)), IdentityTaken),
        (desk.enrol(phone="+8613800000009", external=(("pos", "9"), ("pos", "1"))), IdentityTaken),
    ]
    for command, kind in cases:
        first = await refused(house, command)
        assert type(first) is kind, command
        if command.claim:
            before = await counts(house, shop.program.id)
            with pytest.raises(kind) as again:
                await house.writer.post(command)
            assert again.value.record() == first.record()
            assert await counts(house, shop.program.id) == before
    assert await faults(house, shop.program.id) == []


async def test_a_refusal_is_given_again_though_it_would_succeed_by_now(house: Engine) -> None:
    shop = await world(house)
    desk = await Desk.at(shop)
    member = await shop.enrol()
    take = desk.adjust(member, -10)
    assert isinstance(await refused(house, take), InsufficientBalance)
    await shop.give(member, "10")
    with pytest.raises(InsufficientBalance) as again:
        await house.writer.post(take)
    assert str(again.value) == "The member has 0 POINTS; 10 are needed."
    assert await shop.balance(member) == 10


async def test_a_key_is_answered_as_it_was_the_first_time(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    desk = await Desk.at(shop)
    enrol = desk.enrol(name="Li Lei")
    first = await house.writer.post(enrol)
    assert first == Outcome(replayed=False, member_id=enrol.member_id)
    assert await house.writer.post(enrol) == Outcome(replayed=True, member_id=enrol.member_id)
    assert first.member_id is not None
    bought = await house.writer.post(desk.commit(first.member_id, key="one"))
    assert len(bought.entries) == 2
    await house.writer.post(desk.adjust(first.member_id, -40))
    again = desk.commit(first.member_id, key="one", name="key:desk-other")
    assert isinstance(await refused(house, again), IdempotencyKeyReused)
    assert await shop.balance(first.member_id) == 60


async def test_a_key_belongs_to_its_credential_its_operation_and_its_program(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    one, two, elsewhere = await Desk.at(shop), await Desk.at(shop), await Desk.at(other)
    member, stranger = await shop.enrol(), await other.enrol()
    outcomes = [
        await house.writer.post(one.adjust(member, 1, key="same")),
        await house.writer.post(two.adjust(member, 2, key="same")),
        await house.writer.post(one.commit(member, 3_00, key="same")),
        await house.writer.post(elsewhere.adjust(stranger, 4, key="same")),
    ]
    assert [outcome.replayed for outcome in outcomes] == [False] * 4
    assert (await shop.balance(member), await other.balance(stranger)) == (6, 4)


async def test_the_same_order_under_another_key_is_the_first_order(house: Engine) -> None:
    shop = await world(house)
    desk = await Desk.at(shop)
    member = await shop.enrol()
    first = await house.writer.post(desk.commit(member, name="A1"))
    before = await rows_of(house, shop.program.id)
    second = desk.commit(member, name="A1")
    assert first.entries
    assert await house.writer.post(second) == replace(first, replayed=True)
    assert await house.writer.post(second) == replace(first, replayed=True)
    assert await rows_of(house, shop.program.id) == before


async def test_a_program_does_not_reach_the_members_of_another(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    desk, stranger = await Desk.at(other), await shop.enrol(name="Li Lei")
    before = await rows_of(house, shop.program.id)
    for command in (
        desk.commit(stranger),
        desk.adjust(stranger, 5),
        desk.amend(stranger, phone="+8613800000009"),
        desk.sweep(stranger),
    ):
        assert isinstance(await refused(house, command), NotFound)
    assert await rows_of(house, shop.program.id) == before
    assert await models.Identity.all().count() == 0


async def test_an_order_tells_its_streams_once_it_is_committed(house: Engine) -> None:
    shop = await world(house)
    desk, member = await Desk.at(shop), await shop.enrol()
    with (
        house.hub.listen(program_stream(shop.program.id)) as program,
        house.hub.listen(member_stream(shop.program.id, member)) as own,
        house.hub.listen(member_stream(shop.program.id, uuid7())) as other,
    ):
        handles = program.handle(), own.handle(), other.handle()
        command = desk.commit(member)
        await house.writer.post(command)
        assert program.handle().wakes == handles[0].wakes + 1
        assert own.handle().wakes == handles[1].wakes + 1
        assert other.handle() == handles[2]
        await house.writer.post(command)  # a replay is no news
        assert program.handle().wakes == handles[0].wakes + 1


async def test_a_sandbox_decides_by_its_own_clock(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.buy(member)
    stored = await models.Order.get(member_id=member)
    assert (stored.occurred_at, stored.recorded_at) == (NOON, NOON)


@pytest.mark.parametrize("lots", [15, 16, 17, 216, 217])
async def test_a_debit_takes_as_many_lots_as_it_needs(house: Engine, lots: int) -> None:
    shop = await world(house)
    desk, member = await Desk.at(shop), await shop.enrol()
    await house.writer.post_all([desk.adjust(member, 2) for _ in range(lots + 1)])
    await house.writer.post(desk.adjust(member, -2 * lots - 1))
    rows = await models.Lot.filter(member_id=member).order_by("id")
    assert [row.remaining for row in rows] == [0] * lots + [1]
    assert await shop.balance(member) == 1
    assert isinstance(await refused(house, desk.adjust(member, -2)), InsufficientBalance)
    assert await faults(house, shop.program.id) == []
