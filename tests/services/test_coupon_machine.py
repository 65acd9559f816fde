"""The real services beside a naive oracle of coupons, at random: after every step both say the same.

Each run draws anew. The seed is printed; `HUIYUAN_TEST_SEED=…` repeats a run.
"""

import os
import secrets
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

import models
from domain.campaigns import EVER
from domain.instants import NEVER
from domain.refusals import Refusal
from services import balances, coupon_sweep, coupons, order_life, orders, programs
from services.actors import Actor
from services.campaign_rows import CampaignRef
from services.coupons import CouponRef
from services.database.config import Dialect
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.verify import verify
from services.writer.answers import Outcome
from services.writer.tables import COUPONS
from tests.factories import NOON, World, campaign, coupon_template, new_key, order, world
from tests.services.machine.choosing import picked
from tests.services.machine.draws import SEED
from tests.services.oracle.coupons import No, Template, Wallets

STEPS = {Dialect.SQLITE: 900, Dialect.POSTGRES: 300}
CHECKED_EVERY = 300
LONGER_MAX = 5
"""A run goes on for so many times its steps at most, until everything was done that is drawn seldom."""
TEMPLATES = {
    one.code: one
    for one in (
        Template("BIG", days=5, least=100_00),
        Template("LP", days=2, lp=True, transferable=True),
        Template("OFF", days=3, limits={"perMember": 40, "total": 130}, transferable=True, grace=2),
        Template("PACK", limits={"perMember": 6}, bundle=("OFF", "PCT", "PCT")),
        Template("PCT", limits={"perMemberDay": 6, "perDay": 14}, returnable=False),
        Template("WORD", limits={"total": 12, "perMember": 5, "perDay": 3}, shared=True),
    )
}
EFFECTS: dict[str, list[dict[str, Any]]] = {
    "BIG": [{"amountOff": {"amount": "20"}}],
    "LP": [{"percentOff": {"percent": "50", "match": {"skus": ["LP"]}}}],
    "OFF": [{"amountOff": {"amount": "5"}}],
    "PACK": [],
    "PCT": [{"percentOff": {"percent": "10"}}],
    "WORD": [{"amountOff": {"amount": "3"}}],
}
PRICES = [40_00, 60_00, 99_99]
JUMPS = [timedelta(minutes=1), timedelta(minutes=16), timedelta(hours=5), timedelta(days=1), timedelta(days=3)]
KINDS = {"issue": 4, "claim": 3, "gift": 3, "void": 1, "extend": 2, "buy": 9, "hold": 7, "capture": 6, "cancel": 3,
         "give_back": 6, "jump": 5, "sweep": 2}  # fmt: skip


REFUSALS = (
    "ORDER_STATE",
    "ALREADY_RETURNED",
    "LIMIT_REACHED",
    "COUPON_NOT_USABLE",
    "COUPON_STATE",
    "COUPON_NOT_AVAILABLE",
    "INVALID_INPUT",
    "HOLD_EXPIRED",
)


async def publish(shop: World) -> dict[str, UUID]:
    made = {}
    for code in ("OFF", "PCT", "BIG", "LP", "WORD", "PACK"):
        template = TEMPLATES[code]
        parts = [{"template": part, "count": count} for part, count in Counter(template.bundle).items()]
        terms: dict[str, Any] = {"claimable": not template.shared, "transferable": template.transferable}
        terms |= {"returnable": template.returnable, "graceDays": template.grace or None}
        terms |= {"validity": {"relative": {"days": template.days}}} if template.days else {}
        terms |= {"sharedCode": code} if template.shared else {}
        terms |= {"bundle": parts} if parts else {}
        terms = {name: part for name, part in terms.items() if part or name == "returnable"}
        conditions = {"minimumSpend": {"amount": str(template.least // 100)}} if template.least else None
        limits = template.limits or None
        row = await coupon_template(shop.program.id, code, EFFECTS[code], terms, conditions, limits=limits)
        made[code] = row.id
    thanks = {"store": {"codes": ["THANKS"]}}
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "OFF"}}], thanks)
    return made


class Machine:
    """Makes each step of both, and compares."""

    def __init__(self, shop: World, members: list[UUID], ids: dict[str, UUID], random: Random) -> None:
        self.shop, self.members, self.ids, self.random = shop, members, ids, random
        self.oracle = Wallets(TEMPLATES, NOON)
        self.order_ids: dict[str, UUID] = {}
        self.done: Counter[str] = Counter()

    @property
    def common(self) -> tuple[Engine, Actor]:
        """Return who asks: each time another till, as the attempts of one at codes are limited."""
        return self.shop.engine, replace(self.shop.actor, credential=new_key())

    def missing(self) -> list[str]:
        """Return what was never done, or never refused."""
        return [name for name in [*KINDS, *REFUSALS] if not self.done[name]]

    async def step(self) -> None:
        kind = picked(self.random, [name for name, weight in KINDS.items() for _ in range(weight)])
        self.oracle.settle()
        await getattr(self, kind)()
        await self.compare()

    def note(self, kind: str, expected: str | None, found: Outcome | Refusal) -> Outcome | None:
        """Assert that both did it, or refused it alike."""
        code = found.code if isinstance(found, Refusal) else None
        assert code == expected, (kind, expected, found, getattr(found, "facts", None), self.oracle.now)
        self.done[code or kind] += 1
        return None if isinstance(found, Refusal) else found

    @staticmethod
    async def told(asked: Any) -> Outcome | Refusal:
        try:
            outcome: Outcome = await asked
        except Refusal as refusal:
            return refusal
        return outcome

    @staticmethod
    def refusal(act: Any, *arguments: Any) -> str | None:
        try:
            act(*arguments)
        except No as no:
            return str(no)
        return None

    # ── having ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def issue(self, *, claims: bool = False) -> None:
        owner, count = self.random.randrange(len(self.members)), 1 if claims else self.random.randint(1, 3)
        code = picked(self.random, [code for code in TEMPLATES if code != "WORD"])
        expected, made = None, []
        try:
            made = self.oracle.issue(owner, code, count, claims=claims)
        except No as no:
            expected = str(no)
        ref, template = MemberRef(id=self.members[owner]), CampaignRef(code=code)
        if claims:
            found = await self.told(coupons.claim(*self.common, ref, template, None, key=new_key()))
        else:
            told: dict[str, Any] = {"count": count, "reason": None, "key": new_key()}
            found = await self.told(coupons.issue(*self.common, ref, template, **told))
        if outcome := self.note("claim" if claims else "issue", expected, found):
            self.oracle.coupons |= dict(zip(outcome.coupon_ids, made, strict=True))

    async def claim(self) -> None:
        await self.issue(claims=True)

    def coupon(self) -> UUID | None:
        known = list(self.oracle.coupons)
        free = [one for one in known if self.oracle.coupons[one].state == "ISSUED"]
        return picked(self.random, free if free and self.random.random() < 0.7 else known) if known else None

    async def gift(self) -> None:
        if (coupon_id := self.coupon()) is None:
            return
        to = self.random.randrange(len(self.members))
        expected = self.refusal(self.oracle.gift, self.oracle.coupons[coupon_id], to)
        asked = coupons.gift(*self.common, CouponRef(id=coupon_id), MemberRef(id=self.members[to]), key=new_key())
        self.note("gift", expected, await self.told(asked))

    async def void(self) -> None:
        if (coupon_id := self.coupon()) is None:
            return
        expected = self.refusal(self.oracle.void, self.oracle.coupons[coupon_id])
        asked = coupons.void(*self.common, CouponRef(id=coupon_id), reason="r", key=new_key())
        self.note("void", expected, await self.told(asked))

    async def extend(self) -> None:
        known = [one for one, coupon in self.oracle.coupons.items() if coupon.state == "EXPIRED"]
        coupon_id = picked(self.random, known) if known and self.random.random() < 0.5 else self.coupon()
        if coupon_id is None:
            return
        until = self.oracle.now + timedelta(days=self.random.randint(1, 6))
        expected = self.refusal(self.oracle.extend, self.oracle.coupons[coupon_id], until)
        asked = coupons.extend(*self.common, CouponRef(id=coupon_id), until=until, reason=None, key=new_key())
        self.note("extend", expected, await self.told(asked))

    # ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def buy(self, *, seconds: int | None = None) -> None:
        random, owner = self.random, self.random.randrange(len(self.members))
        name, price = f"O{len(self.oracle.orders)}-{new_key()}", picked(self.random, PRICES)
        pieces = {"1": random.randint(1, 3), "2": random.choice([0, 0, 1, 2])}
        subtotal = pieces["1"] * price + pieces["2"] * 10_00
        named = self.drawn(owner) if random.random() < 0.6 else None
        expected, used = None, list[UUID | str]()
        try:
            used += (
                self.oracle.best(owner, pieces, subtotal)
                if named is None
                else self.oracle.named(owner, pieces, subtotal, named)
            )
        except No as no:
            expected = str(no)
        thanks = random.random() < 0.3
        lines = [LineRequest("1", "CD", pieces["1"], Decimal(price) / 100)]
        lines += [LineRequest("2", "LP", pieces["2"], Decimal(10))] if pieces["2"] else []
        codes = None if named is None else [await self.code_of(one) for one in named]
        request = order(
            self.members[owner], lines=lines, coupon_codes=codes, external_id=name, store="THANKS" if thanks else None
        )
        if seconds:
            asked = orders.hold(*self.common, request=request, seconds=seconds, key=new_key())
        else:
            asked = orders.commit(*self.common, request=request, key=new_key())
        outcome = self.note("hold" if seconds else "buy", expected, await self.told(asked))
        if outcome is None:
            return
        self.order_ids[name] = outcome.order_id or UUID(int=0)
        await self.learn_shared(name, owner, used)
        ids = [one for one in used if isinstance(one, UUID)]
        ids += [one for one, coupon in self.oracle.coupons.items() if coupon.template.shared and coupon.order == name]
        shared = [one for one in used if isinstance(one, str)]
        until = self.oracle.now + timedelta(seconds=seconds) if seconds else None
        self.oracle.order(name, owner, pieces, ids, shared=shared, thanks=thanks, until=until)
        await self.learn_given(name)

    async def learn_shared(self, name: str, owner: int, used: list[Any]) -> None:
        """Learn the ids of the coupons that shared codes made."""
        if any(isinstance(one, str) for one in used):
            row = await models.Coupon.get(origin_id=self.order_ids[name], origin="SHARED_CODE")
            coupon = self.oracle.made(owner, "WORD")
            coupon.order = name
            self.oracle.coupons[row.id] = coupon

    async def learn_given(self, name: str) -> None:
        """Learn the id of what an order gave when it was committed."""
        known = self.oracle.orders[name]
        if known.gives and known.state == "COMMITTED":
            row = await models.Coupon.get(origin_id=self.order_ids[name], origin="CAMPAIGN")
            self.oracle.coupons[row.id] = self.oracle.made(known.owner, "OFF")
            known.given = row.id

    def drawn(self, owner: int) -> list[UUID | str]:
        """Draw codes to name: most often of one's own coupons, now and then a shared one, or anybody's."""
        random, own = self.random, self.oracle.coupons.items()
        mine = [one for one, coupon in own if coupon.owner == owner and coupon.state == "ISSUED"]
        found: list[UUID | str] = random.sample(mine, min(len(mine), random.choice([0, 1, 1, 2])))
        if random.random() < 0.3:
            found.append("WORD")
        anybodys = [one for one, coupon in own if not coupon.template.shared and one not in found]
        if anybodys and random.random() < 0.15:
            found.append(picked(random, anybodys))
        return found

    async def code_of(self, one: UUID | str) -> str:
        if isinstance(one, str):
            return picked(self.random, [one, one.lower()])
        code = coupons.code_of(self.shop.engine, await models.Coupon.get(id=one), {})
        assert code is not None
        return code

    async def hold(self) -> None:
        await self.buy(seconds=picked(self.random, [900, 900, 86_400]))

    def order(self, *states: str) -> str | None:
        known = self.oracle.orders
        fitting = [name for name in known if known[name].state in states]
        names = fitting if fitting and self.random.random() < 0.9 else list(known)
        return picked(self.random, names[-8:]) if names else None

    def pieces(self, left: dict[str, int]) -> dict[str, int] | None:
        found = {
            ref: self.random.randint(1, count) for ref, count in left.items() if count and self.random.random() < 0.6
        }
        return found if found and self.random.random() < 0.7 else None

    async def capture(self) -> None:
        if (name := self.order("HELD", "EXPIRED")) is None:
            return
        known = self.oracle.orders[name]
        pieces = self.pieces(known.pieces)
        expected = self.refusal(self.oracle.capture, name, pieces)
        lines = None if pieces is None else list(pieces.items())
        asked = order_life.capture(*self.common, OrderRef(id=self.order_ids[name]), lines, key=new_key())
        if self.note("capture", expected, await self.told(asked)):
            await self.learn_given(name)

    async def cancel(self) -> None:
        if (name := self.order("HELD")) is None:
            return
        expected = self.refusal(self.oracle.cancel, name)
        asked = order_life.cancel(*self.common, OrderRef(id=self.order_ids[name]), key=new_key())
        self.note("cancel", expected, await self.told(asked))

    async def give_back(self) -> None:
        if (name := self.order("COMMITTED", "PARTIALLY_RETURNED")) is None:
            return
        known = self.oracle.orders[name]
        left = {ref: count - known.back[ref] for ref, count in known.captured.items()}
        pieces = self.pieces(left)
        expected = self.refusal(self.oracle.give_back, name, pieces)
        lines = None if pieces is None else list(pieces.items())
        ref = OrderRef(id=self.order_ids[name])
        asked = order_life.return_(*self.common, ref, lines, reason=None, key=new_key())
        self.note("give_back", expected, await self.told(asked))

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def jump(self) -> None:
        self.done["jump"] += 1
        self.oracle.now += picked(self.random, JUMPS)
        await programs.set_clock(self.shop.program.id, self.oracle.now)
        self.oracle.settle()

    async def sweep(self) -> None:
        """Let both write down what time did, and compare the counters too."""
        self.done["sweep"] += 1
        self.oracle.sweep()
        program = await self.shop.engine.program(self.shop.program.id)
        while await balances.sweep(self.shop.engine, program, 1_000):
            pass
        while await coupon_sweep.sweep(self.shop.engine, program, 1_000):
            pass
        codes = {id: code for code, id in self.ids.items()}
        rows = await models.CouponTally.filter(program_id=program.id)
        names = ("issued", "claimed", "held", "used", "returned", "expired", "voided")
        found = {codes[row.campaign_id]: {name: getattr(row, name) for name in names} for row in rows}
        assert found == self.oracle.tally()
        numbers = {id: number for number, id in enumerate(self.members)}
        uses = {
            (codes[row.campaign_id], numbers.get(row.owner_id), None if row.day == EVER else row.day): row.uses
            for row in await models.CampaignUsage.filter(program_id=program.id)
        }
        assert {key: much for key, much in uses.items() if much} == {
            key: much for key, much in self.oracle.uses.items() if much
        }

    async def compare(self) -> None:
        """Assert that both say the same of every coupon."""
        orders_of = {id: name for name, id in self.order_ids.items()}
        rows = await self.shop.engine.reads.select(COUPONS, "WHERE program_id = $1", self.shop.program.id)
        found = {}
        for row in rows:
            coupon = row.at(self.oracle.now)
            expires = None if coupon.expires_at >= NEVER else coupon.expires_at
            name = orders_of[coupon.order_id] if coupon.order_id else None
            found[coupon.id] = (coupon.state.value, coupon.member_id, name, expires)
        expected = {
            id: (one.state, self.members[one.owner], one.order, one.expires) for id, one in self.oracle.coupons.items()
        }
        assert {id: (one, expected.get(id)) for id, one in found.items() if one != expected.get(id)} == {}
        assert found.keys() == expected.keys()


async def test_coupons_and_the_oracle_say_the_same(house: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get(SEED) or secrets.randbelow(2**32))
    shop = await world(house)
    ids = await publish(shop)
    members = [await shop.enrol() for _ in range(4)]
    machine = Machine(shop, members, ids, Random(seed))  # noqa: S311  (not for secrets)
    dialect = house.database.dialect
    with capsys.disabled():
        sys.stdout.write(f"\n{dialect}: {STEPS[dialect]} steps with coupons; {SEED}={seed}\n")
    for number in range(STEPS[dialect] * LONGER_MAX):
        if number >= STEPS[dialect] and not machine.missing():
            break
        await machine.step()
        if number % CHECKED_EVERY == CHECKED_EVERY - 1:
            await machine.sweep()
            assert (await verify(house.database)).findings == []
    assert machine.missing() == []
    await machine.sweep()
    assert (await verify(house.database)).findings == []
