"""`memberState`: one member as it is, at once and after each change; a slow client sees the newest, not each."""

import asyncio
from contextvars import copy_context
from itertools import count
from typing import Any

import pytest

from services import events, visible
from tests.live.conftest import NEVER_SECONDS, Live, Overtaken, id_of, opened, until
from tests.live.sockets import MEMBER_STATE, HeldSocket


def state(position: str, available: str, name: str | None = None) -> dict[str, Any]:
    return {"position": position, "name": name, "balance": {"available": available}}


async def test_the_state_comes_at_once_and_after_each_change(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    member = await live.enrol(name="Han Meimei")
    async with live.subscribed(MEMBER_STATE, member=id_of(member)) as stream:
        assert await stream.next() == state(live.cursor(member, 1), "0", "Han Meimei")
        for number in range(1, 6):
            await live.idle(member)
            await live.buy(member, "100.00")
            # one command, one change, however many events it has
            position = (await live.snapshot(member))["position"]
            assert await stream.next() == state(position, str(100 * number), "Han Meimei")
            assert await live.snapshot(member) == state(position, str(100 * number), "Han Meimei")


async def test_what_commits_between_a_read_and_its_wait_is_not_missed(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await live.enrol()
    commits = iter(range(1))

    async def commit() -> None:
        if next(commits, None) is not None:
            await live.buy(member, "1.00")

    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    read = visible.members
    async with HeldSocket(live.site.app(), live.key, MEMBER_STATE, member=id_of(member)) as socket:
        await socket.until_offered(1)
        monkeypatch.setattr(visible, "members", lambda actor: Overtaken(read(actor), commit))  # the next has no news
        socket.take()
        await socket.until_offered(2)
        assert socket.offered[-1] == state(live.cursor(member, 4), "1")


async def test_a_state_is_of_one_moment_and_none_is_told_twice(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something commits after the stream has seen the member, and again while its state is read."""
    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    member = await live.enrol()
    read, reads, elsewhere = visible.members, count(), copy_context()

    async def give() -> None:
        monkeypatch.setattr(visible, "members", read)  # what happens is not overtaken itself
        await asyncio.create_task(live.give(member, "1"), context=elsewhere.copy())
        monkeypatch.setattr(visible, "members", overtaken)

    def overtaken(actor: Any) -> Any:
        return Overtaken(read(actor), give) if next(reads) in {0, 1} else read(actor)

    monkeypatch.setattr(visible, "members", overtaken)
    async with HeldSocket(live.site.app(), live.key, MEMBER_STATE, member=id_of(member)) as socket:
        socket.take(2)
        await socket.until_offered(2)
        await live.idle(member)
        await live.give(member, "1")
        await socket.until_offered(3)
    assert socket.offered == [state(live.cursor(member, 1 + given), str(given)) for given in (1, 2, 3)]


async def test_a_change_of_the_members_facts_is_a_change(live: Live) -> None:
    member = await live.enrol(name="Han Meimei")
    async with live.subscribed(MEMBER_STATE, live.token(member)) as stream:
        assert await stream.next() == state(live.cursor(member, 1), "0", "Han Meimei")
        await live.ask(
            """mutation ($id: ID!) { memberAmend(input: {
              idempotencyKey: "k", member: { id: $id }, name: "Li Lei" }) { userErrors { __typename } } }""",
            id=id_of(member),
        )
        assert await stream.next() == state(live.cursor(member, 2), "0", "Li Lei")


async def test_a_slow_client_sees_only_the_newest_state(live: Live) -> None:
    member = await live.enrol()
    async with HeldSocket(live.site.app(), live.key, MEMBER_STATE, member=id_of(member)) as socket:
        await socket.until_offered(1)
        for _ in range(20):
            await live.buy(member, "10.00")
        socket.take()
        await socket.until_offered(2)
        await live.buy(member, "1.00")
        await live.buy(member, "2.00")
        socket.take()
        await socket.until_offered(3)
        socket.take()
        await live.idle(member)
        assert socket.offered == [
            state(live.cursor(member, 1), "0"),
            state(live.cursor(member, 61), "200"),
            state(live.cursor(member, 67), "203"),
        ]
        assert socket.offered[-1] == await live.snapshot(member)


async def test_states_amid_commits_go_only_forwards_and_end_with_the_databases(live: Live) -> None:
    member = await live.enrol()

    async def follow() -> list[Any]:
        async with live.subscribed(MEMBER_STATE, member=id_of(member)) as stream:
            found = [await stream.next()]
            while found[-1]["position"] != live.cursor(member, 77):
                found.append(await stream.next())
            return found

    async with asyncio.TaskGroup() as group:
        listeners = [group.create_task(follow()) for _ in range(5)]
        await live.listened_to(member, 5)
        for _ in range(5):
            await asyncio.gather(*(live.buy(member, "4.00") for _ in range(5)))
        await live.give(member, "7")
    for listener in listeners:
        found = listener.result()
        positions = [int(value["position"].split("-")[1]) for value in found]
        assert positions == sorted(set(positions))  # each is a change
        points = [int(value["balance"]["available"]) for value in found]
        assert points == sorted(points)
        assert found[-1] == await live.snapshot(member)


async def test_a_change_of_another_member_is_not_told(live: Live) -> None:
    member, other = await live.enrol(), await live.enrol()
    async with HeldSocket(live.site.app(), live.key, MEMBER_STATE, member=id_of(member)) as socket:
        socket.take()
        socket.take()
        await live.idle(member)
        await live.buy(other)
        await live.give(member, "7")
        await socket.until_offered(2)
        assert socket.offered == [state(live.cursor(member, 1), "0"), state(live.cursor(member, 2), "7")]


async def test_only_who_may_see_the_member_sees_its_state(live: Live) -> None:
    member, other = await live.enrol(), await live.enrol()
    _, stranger = await opened(live.engine, code="OTHER")
    no_member = {"code": "BAD_REQUEST", "field": ["memberId"]}
    for key, named in (
        (live.token(other), id_of(member)),
        (live.token(other), "mem_nonsense"),
        (stranger, id_of(member)),
        (live.key, None),
        (live.key, "ord_nonsense"),
    ):
        async with live.subscribed(MEMBER_STATE, key, member=named) as stream:
            assert await stream.refusal() == no_member
    await until(lambda: live.engine.hub.stream_count == 0)
