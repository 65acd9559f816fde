"""Every answer is of one moment: whatever commits while it is made, its parts agree.

What commits meanwhile does so right after a read of the answer, and by a task that has nothing to do with the answer's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from itertools import count
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException

import models
from services import listing, visible
from services.database.config import POOL_MAX
from services.database.moment import Moment
from services.database.sqlite_engine import Client
from services.engine import Engine
from services.reading import one_moment, writing
from services.transaction import transaction
from tests.api.conftest import Api, rows_of
from tests.live.conftest import Overtaken, until

FACTS = """position balance { available }
  ledger(first: 1) { nodes { balanceAfter } } lots { nodes { remaining } }"""
ONE = f"query($id: ID!) {{ member(by: {{id: $id}}) {{ {FACTS} }} }}"
ALL = f"{{ members {{ nodes {{ {FACTS} }} }} }}"
ADJUST = f"""mutation($input: BalanceAdjustInput!) {{
  balanceAdjust(input: $input) {{ entry {{ balanceAfter }} member {{ {FACTS} }} userErrors {{ __typename }} }} }}"""
COMMIT = f"""mutation($input: OrderCommitInput!) {{
  orderCommit(input: $input) {{ order {{ externalId member {{ {FACTS} }} }} member {{ {FACTS} }} }} }}"""

Commit = Callable[[], Awaitable[Any]]


def facts(cursor: str, points: int) -> dict[str, Any]:
    """Return a member who was given `points`, one by one, since enrolment: each is an event, a line and a lot."""
    epoch, _, check = cursor.split("-")
    return {
        "position": f"{epoch}-{1 + points}-{check}",
        "balance": {"available": str(points)},
        "ledger": {"nodes": [{"balanceAfter": str(points)}] if points else []},
        "lots": {"nodes": [{"remaining": "1"}] * points},
    }


class Shop:
    """A member, and ways to give it a point while somebody reads."""

    def __init__(self, api: Api, id: str, position: str) -> None:
        self.api = api
        self.id = id
        self.position = position
        self._numbers = count()
        self._elsewhere = copy_context()

    def point(self) -> dict[str, Any]:
        """Return the variables that give one more point."""
        key = f"point {next(self._numbers)}"
        facts = {"member": {"id": self.id}, "asset": "POINTS", "amount": 1, "reason": "a gift"}
        return {"input": facts | {"idempotencyKey": key}}

    def order(self, price: str = "1.00", external_id: str = "o-1") -> dict[str, Any]:
        line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": price}
        return {"source": "till", "externalId": external_id, "member": {"id": self.id}, "lines": [line]}

    async def give(self) -> None:
        await self.elsewhere(self.api.data(ADJUST, self.point()))

    async def elsewhere(self, work: Any) -> Any:
        """Do `work` in a task that inherits nothing from the one that waits for it."""
        return await asyncio.create_task(work, context=self._elsewhere.copy())

    def facts(self, points: int) -> dict[str, Any]:
        return facts(self.position, points)


@pytest_asyncio.fixture
async def shop(api: Api) -> Shop:
    enrol = 'mutation { memberEnroll(input: {idempotencyKey: "m"}) { member { id position } } }'
    member = (await api.data(enrol))["memberEnroll"]["member"]
    return Shop(api, member["id"], member["position"])


@pytest.fixture
def overtake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let something happen after each read of a member, or after some of them only; what happens is not overtaken."""

    def overtake(then: Commit, *only: int) -> None:
        read, numbers = visible.members, count()
        happening = False

        async def happen() -> None:
            nonlocal happening
            happening = True
            await then()
            happening = False

        def members(actor: Any) -> Any:
            rows = read(actor)
            is_overtaken = not happening and (next(numbers) in only or not only)
            return Overtaken(rows, happen) if is_overtaken else rows

        monkeypatch.setattr(visible, "members", members)

    return overtake


def lent() -> int:
    """Return how many connections of the ORM's are in use."""
    (client,) = get_connections().all()
    if isinstance(client, Moment):
        client = client._parent
    if isinstance(client, Client):
        return len(client._readers) - len(client._idle)
    pool: Any = client._pool
    return int(pool.get_size() - pool.get_idle_size())


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Moment]:
    """Note which moments begin, each as often as it does."""
    seen: list[Moment] = []
    for kind in Moment.__subclasses__():

        async def begin(self: Moment, original: Any = kind._begin) -> Any:
            seen.append(self)
            return await original(self)

        monkeypatch.setattr(kind, "_begin", begin)
    return seen


async def test_a_query_is_of_one_moment(shop: Shop, overtake: Callable[..., None]) -> None:
    overtake(shop.give, 0)
    assert (await shop.api.data(ONE, {"id": shop.id}))["member"] == shop.facts(0)
    assert (await shop.api.data(ONE, {"id": shop.id}))["member"] == shop.facts(1)


async def test_a_list_is_of_one_moment(shop: Shop, overtake: Callable[..., None]) -> None:
    overtake(shop.give, 0)
    assert (await shop.api.data(ALL))["members"]["nodes"] == [shop.facts(0)]
    assert (await shop.api.data(ALL))["members"]["nodes"] == [shop.facts(1)]


async def test_the_fields_of_one_query_are_of_one_moment(shop: Shop, overtake: Callable[..., None]) -> None:
    overtake(shop.give, 0)
    query = f"""query($id: ID!) {{ a: member(by: {{id: $id}}) {{ {FACTS} }}
      b: node(id: $id) {{ ... on Member {{ {FACTS} }} }} c: members {{ nodes {{ {FACTS} }} }} }}"""
    data = await shop.api.data(query, {"id": shop.id})
    assert data["a"] == data["b"] == data["c"]["nodes"][0] == shop.facts(0)
    assert (await shop.api.data(ONE, {"id": shop.id}))["member"] == shop.facts(1)


async def test_a_preview_is_of_the_moment_of_its_query(shop: Shop, overtake: Callable[..., None]) -> None:
    async def rise() -> None:
        large = {"idempotencyKey": "o", "order": shop.order("100000.00")}
        await shop.elsewhere(shop.api.data(COMMIT, {"input": large}))

    overtake(rise, 0)
    preview = """query($input: OrderPreviewInput!) { orderPreview(input: $input) {
      order { tiersAfter { rank } member { standing { tier { rank } } balance { available } } } } }"""
    seen = []
    for _ in range(2):
        order = (await shop.api.data(preview, {"input": {"order": shop.order("1.00", "o-2")}}))["orderPreview"]["order"]
        (after,) = order["tiersAfter"]
        assert after == order["member"]["standing"]["tier"]  # so small an order changes no tier
        seen.append((after["rank"], order["member"]["balance"]["available"]))
    assert seen[0] == (0, "0")
    assert seen[1][0] > 0
    assert seen[1][1] != "0"


@pytest.mark.parametrize("overtaken", [0, 1])
async def test_a_payload_is_of_one_moment_after_its_write(
    shop: Shop, overtake: Callable[..., None], overtaken: int
) -> None:
    """The member is read to be found, and read again for the payload: overtaken after the one or the other."""
    overtake(shop.give, overtaken)
    payload = (await shop.api.data(ADJUST, shop.point()))["balanceAdjust"]
    seen = 2 - overtaken
    assert payload == {"entry": {"balanceAfter": str(seen)}, "member": shop.facts(seen), "userErrors": []}
    assert (await shop.api.data(ONE, {"id": shop.id}))["member"] == shop.facts(2)


async def test_the_parts_of_a_payload_are_of_one_moment(shop: Shop, overtake: Callable[..., None]) -> None:
    overtake(shop.give)
    payload = (await shop.api.data(COMMIT, {"input": {"idempotencyKey": "o", "order": shop.order()}}))["orderCommit"]
    assert payload["order"]["externalId"] == "o-1"
    assert payload["order"]["member"] == payload["member"]


async def test_each_of_several_mutations_sees_its_own_write(shop: Shop) -> None:
    query = "mutation($a: BalanceAdjustInput!, $b: BalanceAdjustInput!) {"
    for alias in "ab":
        query += f"{alias}: balanceAdjust(input: ${alias}) {{ member {{ {FACTS} }} }} "
    data = await shop.api.data(query + "}", {"a": shop.point()["input"], "b": shop.point()["input"]})
    assert [data[alias]["member"] for alias in "ab"] == [shop.facts(1), shop.facts(2)]


async def test_what_reads_nothing_begins_nothing(shop: Shop, begun: list[Moment]) -> None:
    await shop.api.data("{ __typename __schema { queryType { name fields { name } } } }")
    assert begun == []
    await shop.api.data(ALL)
    assert len(begun) == 1
    await shop.api.data(ADJUST, shop.point())
    assert len(begun) == 3  # before the write and after it


async def test_a_member_list_that_fails_gives_its_connection_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, begun: list[Moment]
) -> None:
    def fail(member_ids: Any) -> Any:
        return rows_of("SELECT nothing")

    with monkeypatch.context() as patch:
        patch.setattr(listing, "standings_of", fail)
        answer = await shop.api.post(f"{{ members {{ nodes {{ {FACTS} standings {{ since }} }} }} }}")
    assert answer["data"] is None
    assert len(begun) == 1
    await until(lambda: lent() == 0)
    assert (await shop.api.data(ONE, {"id": shop.id}))["member"] == shop.facts(0)


async def test_an_answer_that_is_cancelled_gives_its_connection_back(shop: Shop, overtake: Callable[..., None]) -> None:
    holds, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        holds.set()
        await never.wait()

    overtake(hang)
    asking = asyncio.create_task(shop.api.data(ONE, {"id": shop.id}))
    await holds.wait()
    assert lent() == 1
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: lent() == 0)


async def test_a_connection_whose_last_user_was_cancelled_between_two_steps_serves(postgres_house: Engine) -> None:
    (client,) = get_connections().all()
    assert isinstance(client, AsyncpgDBClient)
    async with client.acquire_connection() as connection:
        await connection.prepare("SELECT count(*) FROM member")  # parsed and never executed
    with one_moment():
        assert await models.Member.all().count() == 0
        assert (await postgres_house.reads.fetch("SHOW transaction_isolation"))[0][0] == "repeatable read"
        assert (await postgres_house.reads.fetch("SHOW transaction_read_only"))[0][0] == "on"


async def test_more_callers_than_connections_wait_for_each_other_and_all_are_served(shop: Shop) -> None:
    callers = 4 * POOL_MAX
    answers = await asyncio.gather(*(shop.api.data(ADJUST, shop.point()) for _ in range(callers)))
    for answer in answers:
        payload = answer["balanceAdjust"]
        seen = int(payload["member"]["balance"]["available"])
        assert payload["member"]["position"] == shop.facts(seen)["position"]
        assert int(payload["entry"]["balanceAfter"]) <= seen
    assert (await shop.api.data(ONE, {"id": shop.id}))["member"]["balance"] == {"available": str(callers)}
    await until(lambda: lent() == 0)


async def test_reads_at_the_same_time_take_turns_on_one_connection(shop: Shop, begun: list[Moment]) -> None:
    with one_moment():
        counts = await asyncio.gather(*(models.Member.all().count() for _ in range(20)))
        assert (counts, len(begun), lent()) == ([1] * 20, 1, 1)
    await until(lambda: lent() == 0)


async def test_a_moment_inside_a_moment_is_the_same(shop: Shop, begun: list[Moment]) -> None:
    with one_moment():
        assert await models.Entry.all().count() == 0
        await shop.give()
        begun.clear()
        with one_moment():
            assert await models.Entry.all().count() == 0
        assert await models.Entry.all().count() == 0
        assert begun == []


async def test_a_task_that_outlives_its_moment_reads_what_is_there(shop: Shop, begun: list[Moment]) -> None:
    goes_on = asyncio.Event()

    async def outlive() -> int:
        await goes_on.wait()
        return await models.Member.all().count()

    with one_moment():
        assert await models.Member.all().count() == 1
        task = asyncio.create_task(outlive())
        await asyncio.sleep(0)
    await until(lambda: lent() == 0)
    goes_on.set()
    assert (await task, len(begun)) == (1, 1)
    await until(lambda: lent() == 0)


async def test_a_moment_refuses_to_write(shop: Shop) -> None:
    with one_moment():
        assert await models.Member.all().count() == 1
        with pytest.raises((BaseORMException, asyncpg.PostgresError), match=r"read-?only"):
            await models.Program.all().update(name="Other")


async def test_setting_up_amid_a_moment_has_a_connection_of_its_own_and_is_seen_after(shop: Shop) -> None:
    with one_moment():
        assert (await models.Program.get()).name == "Shop"
        async with writing():
            await until(lambda: lent() == 0)
        async with transaction():
            await models.Program.all().update(name="Other")
            assert (await models.Program.get()).name == "Other"
        assert (await models.Program.get()).name == "Other"
    await until(lambda: lent() == 0)
