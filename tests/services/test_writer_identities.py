"""One batch, several commands: no two of them get in each other's way, and the order of each member is kept."""

from typing import Any
from uuid import UUID

import pytest

import models
from domain.members import PHONE_SOURCE
from domain.refusals import IdentityTaken, PhoneTaken, Refusal
from services.engine import Engine
from services.writer.answers import Outcome
from tests.factories import World, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_health import faults

A, B, C = "+8613800000001", "+8613800000002", "+8613800000003"


async def phones(shop: World) -> dict[str, UUID]:
    rows = await models.Identity.filter(program_id=shop.program.id, source=PHONE_SOURCE)
    return {row.external_id: row.member_id for row in rows}


def kinds(answers: list[Any]) -> list[str]:
    return [type(answer).__name__ for answer in answers]


async def two_members(house: Engine) -> tuple[World, Desk, UUID, UUID]:
    """Return a program with two members, who have the phones A and B."""
    shop = await world(house)
    return shop, await Desk.at(shop), await shop.enrol(phone=A), await shop.enrol(phone=B)


async def test_two_members_cannot_swap_their_phones_in_one_batch(house: Engine) -> None:
    shop, desk, one, two = await two_members(house)
    answers = await house.writer.post_all([desk.amend(one, phone=B), desk.amend(two, phone=A)])
    assert kinds(answers) == ["PhoneTaken", "PhoneTaken"]
    assert await phones(shop) == {A: one, B: two}
    assert await faults(house, shop.program.id) == []


async def test_two_members_swap_their_phones_over_a_third(house: Engine) -> None:
    shop, desk, one, two = await two_members(house)
    answers = await house.writer.post_all(
        [desk.amend(one, phone=C), desk.amend(two, phone=A), desk.amend(one, phone=B)]
    )
    assert kinds(answers) == ["Outcome"] * 3
    assert await phones(shop) == {A: two, B: one}
    assert await faults(house, shop.program.id) == []


async def test_a_phone_given_up_can_be_taken_in_the_same_batch(house: Engine) -> None:
    shop, desk, one, two = await two_members(house)
    enrol = desk.enrol(phone=B)
    answers = await house.writer.post_all([desk.amend(one, phone=None), desk.amend(two, phone=A), enrol])
    assert kinds(answers) == ["Outcome"] * 3
    assert await phones(shop) == {A: two, B: enrol.member_id}
    assert await faults(house, shop.program.id) == []


@pytest.mark.parametrize("between", [B, C, None])
async def test_a_phone_that_comes_back_in_the_same_batch_stays_claimed(house: Engine, between: str | None) -> None:
    shop = await world(house)
    desk, member = await Desk.at(shop), await shop.enrol(phone=A)
    answers = await house.writer.post_all(
        [desk.amend(member, phone=between), desk.amend(member, phone=A), desk.amend(member, name="Li Lei")]
    )
    assert kinds(answers) == ["Outcome"] * 3
    assert await phones(shop) == {A: member}
    told = await models.Event.filter(member_id=member).order_by("position").values_list("details", flat=True)
    assert list(told) == [None, {"fields": ["phone"]}, {"fields": ["phone"]}, {"fields": ["name"]}]
    assert await faults(house, shop.program.id) == []


async def test_a_phone_change_frees_the_old_one_for_others(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol(phone=A)
    desk = await Desk.at(shop)
    await house.writer.post(desk.amend(member, phone=B))
    other = await shop.enrol(phone=A)
    assert await phones(shop) == {A: other, B: member}


async def test_a_refused_enrolment_frees_every_identity_it_wanted(house: Engine) -> None:
    shop, desk = await world(house), None
    desk = await Desk.at(shop)
    await shop.enrol(identities=[("pos", "1")])
    refused = desk.enrol(phone=A, external=(("pos", "2"), ("pos", "1"), ("web", "2")))
    free = desk.enrol(phone=B, external=(("pos", "3"),))
    (first, second) = await house.writer.post_all([refused, free])
    assert isinstance(first, IdentityTaken)
    assert first.facts == {"source": "pos", "external_id": "1"}
    assert second == Outcome(replayed=False, member_id=free.member_id)
    assert await models.Identity.filter(program_id=shop.program.id).count() == 3
    taken = await house.writer.post(desk.enrol(phone=A, external=(("pos", "2"), ("web", "2"))))
    assert not taken.replayed
    assert await faults(house, shop.program.id) == []


async def test_of_two_who_want_an_identity_in_one_batch_the_first_gets_it(house: Engine) -> None:
    shop = await world(house)
    desk = await Desk.at(shop)
    commands = [desk.enrol(phone=A), desk.enrol(phone=A), desk.enrol(phone=B, external=(("pos", "1"),))]
    commands += [desk.enrol(external=(("pos", "1"),)), desk.enrol(phone=B)]
    answers = await house.writer.post_all(commands)
    assert kinds(answers) == ["Outcome", "PhoneTaken", "Outcome", "IdentityTaken", "PhoneTaken"]
    assert await phones(shop) == {A: commands[0].member_id, B: commands[2].member_id}
    assert await models.Member.filter(program_id=shop.program.id).count() == 2
    assert await faults(house, shop.program.id) == []


async def test_when_the_first_is_refused_the_second_gets_the_identity(house: Engine) -> None:
    shop = await world(house)
    desk = await Desk.at(shop)
    await shop.enrol(identities=[("pos", "1")])
    commands = [desk.enrol(phone=A, external=(("pos", "1"),)), desk.enrol(phone=A)]
    assert kinds(await house.writer.post_all(commands)) == ["IdentityTaken", "Outcome"]
    assert await phones(shop) == {A: commands[1].member_id}


async def test_a_member_cannot_be_amended_to_the_phone_of_one_enrolled_in_the_same_batch(house: Engine) -> None:
    shop, desk, one, _ = await two_members(house)
    enrol = desk.enrol(phone=C)
    (_, refused) = await house.writer.post_all([enrol, desk.amend(one, phone=C)])
    assert isinstance(refused, PhoneTaken)
    assert isinstance(refused, Refusal)
    assert (await phones(shop))[C] == enrol.member_id
    assert await faults(house, shop.program.id) == []
