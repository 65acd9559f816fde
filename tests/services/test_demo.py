"""The demo: loading it, replaying it, killing it."""

import asyncio
import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

import models
from app import demo, demo_campaigns, demo_coupons
from services import coupon_making, members, programs
from services.engine import Engine
from services.members import MemberRef
from services.templates import Template
from services.verify.verification import verify
from tests.factories import new_key
from tests.live.conftest import until
from tests.live.proxy import distant
from tests.servers import free_port

PROJECT = Path(__file__).resolve().parents[2]
DAYS = 12


@pytest.fixture(scope="module")
def found() -> list[demo.Purchase]:
    return demo.purchases()


def of_first_days(found: list[demo.Purchase], days: int) -> list[demo.Purchase]:
    wanted = sorted({purchase.at for purchase in found})[:days]
    return [purchase for purchase in found if purchase.at <= wanted[-1]]


async def state() -> dict[str, Any]:
    """Return what a demo ends with, by the data set's own names."""
    persons = await models.Member.filter(kind="PERSON")
    names = {member.id: member.name for member in persons}
    committed = await models.Order.all()
    (program,) = await models.Program.all()
    return {
        "clock": program.virtual_now,
        "members": sorted((member.name, member.enrolled_at, member.position) for member in persons),
        "orders": sorted(
            (row.external_id, names[row.member_id], row.occurred_at, row.recorded_at) for row in committed
        ),
        "entries": Counter(
            (names.get(row.member_id), row.seq, row.available, row.recorded_at) for row in await models.Entry.all()
        ),
    }


def test_the_purchases_are_in_the_order_of_their_days_and_the_last_three_months_are_live(
    found: list[demo.Purchase],
) -> None:
    assert len(found) == 6919
    assert found == sorted(found, key=lambda purchase: (purchase.at, int(purchase.request.external_id)))
    assert (found[0].at, found[-1].at) == (
        datetime(1997, 1, 1, 17, 0, tzinfo=UTC),
        datetime(1998, 6, 30, 16, 0, tzinfo=UTC),
    )
    past, live = demo.parted(found)
    assert [*past, *live] == found
    assert (past[-1].at.date().isoformat(), live[0].at.date().isoformat()) == ("1998-03-29", "1998-03-30")


async def test_each_order_is_loaded_on_its_own_day(house: Engine, found: list[demo.Purchase]) -> None:
    program = await demo.program(found[0].at)
    assert (program.code, program.name, program.currency, program.virtual_now) == (
        "CDNOW",
        "CDNOW Records",
        "USD",
        found[0].at,
    )
    batch = of_first_days(found, DAYS)
    told: list[int] = []
    await demo.load(house, demo.actor_of(program.id), batch, told.append)
    assert (len(told), told[-1]) == (DAYS, len(batch))
    after = await state()
    assert after["clock"] == batch[-1].at
    assert after["orders"] == sorted(
        (purchase.request.external_id, f"Customer {purchase.customer}", purchase.at, purchase.at) for purchase in batch
    )
    first = {purchase.customer: purchase.at for purchase in reversed(batch)}
    assert [(name, at) for name, at, _ in after["members"]] == sorted(
        (f"Customer {customer}", at) for customer, at in first.items()
    )


async def test_a_demo_that_was_stopped_goes_on_where_it_was(house: Engine, found: list[demo.Purchase]) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    batch = of_first_days(found, DAYS)
    stopped = len(batch) // 2
    assert batch[stopped - 1].at == batch[stopped].at, "in the middle of a day"
    await demo.load(house, actor, batch[:stopped])
    assert (await demo.program(found[0].at)).id == program.id
    rest = await demo.missing(actor, batch)
    assert rest == batch[stopped:]
    await demo.load(house, actor, rest)
    assert await demo.missing(actor, batch) == []
    after = await state()
    assert len(after["orders"]) == len(batch)
    assert after["clock"] == batch[-1].at


async def test_the_replay_commits_each_order_and_says_when_it_has_ended(
    house: Engine, found: list[demo.Purchase]
) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    batch = of_first_days(found, 2)
    said: list[str] = []
    await demo.replay(house, actor, batch, per_second=10_000, say=said.append)
    assert said == ["The demo has replayed its last purchase of 02 January 1997. The server goes on without purchases."]
    replayed = await state()
    assert await models.Order.exclude(source="cdnow-friend").count() == len(batch)
    assert set(await models.GiftCard.all().values_list("state", flat=True)) == {"CLAIMED"}
    await demo.replay(house, actor, batch, per_second=10_000, say=said.append)
    assert await state() == replayed


def test_the_last_months_are_repeated_without_end_on_later_days_of_the_same_name(found: list[demo.Purchase]) -> None:
    _, live = demo.parted(found)
    again = list(islice(demo.repeated(live), 2 * len(live)))
    assert all(earlier.at <= later.at for earlier, later in pairwise([*live, *again]))
    assert again[0].at > live[-1].at
    assert len({purchase.request.external_id for purchase in again}) == len(again)
    for first, second in zip([*live, *live], again, strict=True):
        then, now = (purchase.at.astimezone(demo.ZONE) for purchase in (first, second))
        assert (now.weekday(), now.hour) == (then.weekday(), 12)
        assert second.request == replace(
            first.request,
            source="cdnow-again",
            external_id=second.request.external_id,
            occurred_at=second.at,
        )
    assert again[-1].request.external_id == f"2-{live[-1].request.external_id}"
    last = list(demo.repeated(live[:1] + live[-1:], 80_000 // 14))
    assert last[-1].at.year <= 9_900


async def test_the_demo_goes_on_after_its_last_purchase_and_where_it_was_when_it_starts_again(
    house: Engine, found: list[demo.Purchase]
) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    live = of_first_days(found, 2)
    said: list[str] = []

    async def replay(purchases: Iterable[demo.Purchase]) -> None:
        await demo.replay(house, actor, purchases, per_second=10_000, say=said.append)

    await replay([*live, *islice(demo.repeated(live), 3)])
    assert said[0] == (
        "The demo has replayed its last purchase of 02 January 1997. "
        "From here on the last three months are repeated, on later days."
    )
    assert await demo.missing(actor, live) == []
    for stop in (len(live) - 3, 2, len(live)):  # at the end of a turn, within one, and over an end
        following = await demo.still_repeated(actor, live)
        done = await models.Order.filter(source="cdnow-again").count()
        rest = list(islice(demo.repeated(live), done, done + stop))
        assert list(islice(following, stop)) == rest
        await replay(rest)
    assert await models.Order.filter(source="cdnow-again").count() == 2 * len(live) + 2
    members_found = await models.Identity.filter(source="cdnow").count()
    assert members_found == len({purchase.customer for purchase in live})
    assert (await state())["clock"] == rest[-1].at


async def test_the_replay_outlives_a_postgres_that_restarts(
    clean_postgres_url: str, found: list[demo.Purchase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "RETRY_SECONDS", 0.01)
    batch = of_first_days(found, 1)[:2]
    async with distant(clean_postgres_url) as (house, proxy):
        program = await demo.program(found[0].at)
        actor = demo.actor_of(program.id)
        proxy.restart()
        with capture_logs() as logs:
            replaying = asyncio.create_task(
                demo.replay(house, actor, batch, per_second=10_000, say=lambda _: None), name="replay"
            )
            await until(lambda: replaying.done() or sum(log["event"] == "demo.retry" for log in logs) >= 2)
            proxy.restore()
            await replaying
        assert await models.Order.all().count() == 2


async def test_a_member_who_was_frozen_does_not_stop_the_demo(house: Engine, found: list[demo.Purchase]) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    one, other = found[:2]
    await demo.enrol(house, actor, [one, other])
    ref = MemberRef(identity=("cdnow", one.customer))
    await members.amend(house, actor, ref, {"status": "FROZEN"}, key=new_key())
    await demo.load(house, actor, [one, other])
    assert await models.Order.all().values_list("external_id", flat=True) == [other.request.external_id]


async def test_the_clock_of_the_demo_never_goes_back(house: Engine, found: list[demo.Purchase]) -> None:
    program = await demo.program(found[0].at)
    later = found[-1].at
    await programs.set_clock(program.id, later)
    await demo.load(house, demo.actor_of(program.id), found[:1])
    assert (await state())["clock"] == later


async def test_points_that_expire_do_so_on_their_own_day(house: Engine, found: list[demo.Purchase]) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    first, last = found[0], found[-1]
    await demo.load(house, actor, [first])
    year_later = datetime(1998, 1, 1, 17, 0, tzinfo=UTC)
    between = next(purchase for purchase in found if purchase.at >= year_later and purchase.customer != first.customer)
    await demo.load(house, actor, [between, last])
    entries = await models.Entry.filter(kind="EXPIRE").values_list("change_available", "recorded_at")
    spent = next(line.unit_price for line in first.request.lines)
    assert list(entries) == [(-int(spent * 100), between.at)]


async def test_a_program_of_that_code_that_is_not_the_demos_is_left_alone(
    house: Engine, found: list[demo.Purchase]
) -> None:
    await programs.create(
        code="CDNOW", name="Mine", currency="USD", time_zone="America/New_York", template=Template.BARE
    )
    with pytest.raises(demo.DemoError, match="is not the demo's"):
        await demo.program(found[0].at)


def test_the_member_to_watch_buys_soon_and_more_than_once(found: list[demo.Purchase]) -> None:
    _, live = demo.parted(found)
    for start in (0, 100, len(live) - 5, len(live) - 1):
        coming = live[start:]
        customer = demo.soon(coming)
        assert any(purchase.customer == customer for purchase in coming[:40])
    assert Counter(purchase.customer for purchase in live)[demo.soon(live)] > 1


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Running:
    """A demo process, and what it printed before it served."""

    def __init__(self, url: str, *arguments: str) -> None:
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", "demo", "--port", str(port), *arguments],
            cwd=PROJECT,
            env=os.environ | {"HUIYUAN_DATABASE_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if "Ctrl+C" in line:
                break
        assert self.lines, "the demo ended early"
        while not self.is_ready():
            assert self.process.poll() is None
            time.sleep(0.05)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def under(self, title: str) -> str:
        (index,) = (index for index, line in enumerate(self.lines) if line.startswith(title))
        return self.lines[index + 1]

    @property
    def coming(self) -> int:
        return int(self.lines[-1].split()[0].replace(",", ""))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def pasted(command: str) -> dict[str, Any]:
    """Return the request that a printed curl command makes."""
    words = shlex.split(command)
    assert words[0] == "curl"
    headers = dict(words[index + 1].split(": ", 1) for index, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1]
    json.loads(body)
    (url,) = (word for word in words if word.startswith("http"))
    return {"method": "POST", "url": url, "headers": headers, "content": body}


def committed(path: Path, source: str = "cdnow") -> int:
    with closing(sqlite3.connect(path)) as connection:
        count: int = connection.execute("SELECT count(*) FROM orders WHERE source = ?", (source,)).fetchone()[0]
        return count


def good_keys(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM api_key WHERE revoked_at IS NULL ORDER BY name").fetchall()
    return [name for (name,) in rows]


def asked(running: Running, key: str) -> int:
    body = {"query": "{ program { code } }"}
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(f"{running.address}/graphql", json=body, headers=headers).status_code


def test_the_demo_prints_what_works_when_pasted_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    url = f"sqlite://{path}?synchronous=OFF"
    running = Running(url, "--pace", "4")
    try:
        assert running.coming == 529
        key = running.under("API key")
        assert running.under("Live page") == f"{running.address}/#token={key}"
        assert running.under("GraphiQL") == f"{running.address}/graphql#token={key}"
        title = next(line for line in running.lines if line.startswith("Member "))
        shown = re.fullmatch(r"Member (\d{12}) \((Customer \d+)\)", title)
        assert shown is not None
        its_coupons_work(running)
        seen = []
        # Until the member buys by themselves: their order of the data set is among the next few.
        with httpx.stream(**pasted(running.under("Watch this member")), timeout=60) as stream:
            answer = httpx.request(**pasted(running.under("Commit an order"))).json()["data"]["orderCommit"]
            # the member price of a curator is 3 % off
            assert (answer["order"]["payable"], answer["userErrors"]) == ("29.08", [])
            assert answer["member"]["name"] == shown[2]
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: "))["data"]["memberEvents"])
                    if "order" in seen[-1] and not seen[-1]["order"]["externalId"].startswith("till-"):
                        break
        assert [event["kind"] for event in seen if "order" in event] == ["ORDER_COMMITTED", "ORDER_COMMITTED"]
    finally:
        running.kill()
    replayed = committed(path) - (6919 - 529)
    assert replayed > 10

    with closing(sqlite3.connect(path)) as connection:  # a key that somebody made beside it
        connection.execute(
            "INSERT INTO api_key SELECT replace(id, '-7', '-8'), program_id, 'till', secret_hash, scopes, created_at, "
            "expires_at, revoked_at FROM api_key"
        )
        connection.commit()
    running = Running(url, "--pace", "1000")
    try:
        assert (asked(running, running.under("API key")), asked(running, key)) == (200, 401)
        assert good_keys(path) == ["huiyuan demo", "till"]
        assert running.coming == 529 - replayed
        while committed(path) < 6919:
            assert running.process.poll() is None
            time.sleep(0.05)
        assert running.is_ready()
        assert httpx.request(**pasted(running.under("Commit an order"))).json()["data"]["orderCommit"]["order"]
        while not committed(path, "cdnow-again"):
            assert running.process.poll() is None
            time.sleep(0.05)
    finally:
        running.kill()
    it_still_shows_live_purchases(path, url)


def its_coupons_work(running: Running) -> None:
    """Check what is printed of coupons."""
    assert re.fullmatch(r"SPRING10  [0-9A-Z]{4}(-[0-9A-Z]+)+", running.under("Coupon codes"))
    preview = httpx.request(**pasted(running.under("Preview an order"))).json()["data"]["orderPreview"]
    # the member price of 3 % off leaves 29.08, of which the code takes 10 % off: 2.91
    assert (preview["order"]["payable"], preview["userErrors"]) == ("26.17", [])
    with httpx.stream(**pasted(running.under("Watch the coupons")), timeout=60) as stream:
        told = next(line for line in stream.iter_lines() if line.startswith("data: "))
        counters = json.loads(told.removeprefix("data: "))["data"]["couponCounters"]
    assert (counters["issued"] > 0, counters["left"]) == (True, None)


def it_still_shows_live_purchases(path: Path, url: str) -> None:
    """Check a demo that is started when the whole data set was replayed before."""
    repeated = committed(path, "cdnow-again")
    running = Running(url, "--pace", "40")
    try:
        assert running.lines[-1] == (
            "All 6,919 orders have come; now the last three months are repeated, on later days. "
            "Ctrl+C stops the demo; the next start goes on here."
        )
        with httpx.stream(**pasted(running.under("Watch this member")), timeout=60) as stream:
            told = (line.removeprefix("data: ") for line in stream.iter_lines() if line.startswith("data: "))
            assert any("ORDER_COMMITTED" in line for line in told)  # as the line above the command promises
        assert committed(path, "cdnow-again") > repeated
    finally:
        running.kill()


async def test_the_campaigns_of_the_live_part_give_and_are_published_once(
    house: Engine, found: list[demo.Purchase]
) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    batch = of_first_days(found, 6)
    for _ in range(2):
        await demo_campaigns.publish(house, actor, batch[0].at)
    assert await models.CampaignVersion.filter(program_id=program.id).count() == (
        4 + len(demo_campaigns.CAMPAIGNS) + len(demo_coupons.TEMPLATES)
    )
    await demo.replay(house, actor, batch, per_second=10_000, say=lambda _: None)
    kinds = Counter(await models.OrderEffect.all().values_list("kind", flat=True))
    assert kinds["DISCOUNT"] > 3
    assert kinds["GIFT"] > 3
    listened = await models.Occasion.filter(trigger="EVENT").count()
    given = await models.OccasionEffect.filter(kind="EARN").count()
    assert listened >= 2 * 3
    assert given >= listened // 2
    assert (await verify(house.database)).findings == []


async def test_some_live_orders_are_paid_with_points_and_some_come_back(
    house: Engine, found: list[demo.Purchase]
) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    batch = of_first_days(found, 3)
    customers = [batch[0].customer, batch[1].customer]
    again = [
        replace(
            batch[0],
            customer=customers[n % 2],
            request=replace(batch[n % 2].request, source="again", external_id=str(n)),
        )
        for n in range(40)
    ]
    await demo.replay(house, actor, [*batch, *again], per_second=10_000, say=lambda _: None)
    paid = await models.Order.filter(spent__gt=0)
    assert len(paid) > 3
    assert {row.state for row in paid} <= {"COMMITTED", "RETURNED"}
    assert all(row.held_until is not None for row in paid)
    returned = await models.Order.filter(state="RETURNED").count()
    assert returned == await models.OrderReturn.all().count() > 3
    assert (await verify(house.database)).findings == []


async def test_live_customers_use_coupons_of_every_template_and_bring_friends(
    house: Engine, found: list[demo.Purchase]
) -> None:
    program = await demo.program(found[0].at)
    actor = demo.actor_of(program.id)
    batch = of_first_days(found, 4)
    await demo_campaigns.publish(house, actor, batch[0].at)
    while await coupon_making.make_chunk(house):
        pass
    coming = [*batch, *islice(demo.repeated(batch), len(batch))]
    await demo.replay(house, actor, coming, per_second=10_000, say=lambda _: None)
    rows = await models.Coupon.all()
    codes = dict(await models.Campaign.filter(kind="COUPON").values_list("id", "code"))
    used = Counter(codes[row.campaign_id] for row in rows if row.state == "USED")
    assert set(used) == set(demo_coupons.TEMPLATES) - {"WELCOME"}
    assert Counter(row.origin for row in rows)["BATCH"] == 1_000
    joined = await models.Member.filter(kind="PERSON").count()
    assert Counter(row.origin for row in rows)["BUNDLE"] == 2 * joined
    assert await models.Member.filter(referred_by_id__not_isnull=True).count() > 3
    kinds = Counter(await models.CouponChange.all().values_list("kind", flat=True))
    assert set(kinds) >= {"ISSUED", "CLAIMED", "GIFTED", "USED", "RETURNED"}
    assert (await verify(house.database)).findings == []
