import asyncio
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.hub import Hub, member_stream, program_stream

LONG_SECONDS = 3_600.0
"""Never awaited in full: a test that would do so runs into its net instead."""

PROGRAM = UUID("01234567-89ab-7def-8123-456789abcdef")
MEMBER = UUID("0fedcba9-8765-7321-8fed-cba987654321")


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_stream_keys_name_program_and_member() -> None:
    assert member_stream(PROGRAM, MEMBER) == "m:0123456789ab7def8123456789abcdef:0fedcba9876573218fedcba987654321"
    assert program_stream(PROGRAM) == "p:0123456789ab7def8123456789abcdef"


@given(st.uuids(), st.uuids())
def test_stream_keys_fit_into_a_message(program: UUID, member: UUID) -> None:
    for key in (member_stream(program, member), program_stream(program)):
        assert len(key.encode()) <= 67
        assert " " not in key
        assert "*" not in key


async def test_wake_between_read_and_wait_is_not_lost() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        handle = listener.handle()
        hub.wake("a")
        async with asyncio.timeout(30):
            assert await listener.wait(handle, LONG_SECONDS) is True


async def test_wake_during_the_wait_ends_it() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        waiting = asyncio.create_task(listener.wait(listener.handle(), LONG_SECONDS))
        await settle()
        assert not waiting.done()
        hub.wake("a")
        async with asyncio.timeout(30):
            assert await waiting is True


async def test_wake_before_the_handle_does_not_end_the_wait() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        hub.wake("a")
        assert await listener.wait(listener.handle(), 0.001) is False


async def test_wait_without_a_wake_ends_by_its_timeout() -> None:
    hub = Hub()
    with hub.listen("a") as listener, hub.listen("b"):
        handle = listener.handle()
        hub.wake("b")
        hub.wake("nobody listens")
        assert await listener.wait(handle, 0) is False


async def test_one_handle_serves_several_wakes() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        handle = listener.handle()
        hub.wake("a")
        hub.wake("a")
        assert await listener.wait(handle, LONG_SECONDS) is True
        assert await listener.wait(listener.handle(), 0) is False


async def test_wake_and_timeout_in_the_same_round_count_as_woken() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        waiting = asyncio.create_task(listener.wait(listener.handle(), 0))
        await asyncio.sleep(0)  # its timer is due now and fires in the next round …
        asyncio.get_running_loop().call_soon(hub.wake, "a")  # … and so does this
        assert await waiting is True


async def test_wake_reaches_every_listener_of_the_key_and_no_other() -> None:
    hub = Hub()
    with hub.listen("a") as first, hub.listen("a") as second, hub.listen("b") as other:
        handles = [listener.handle() for listener in (first, second, other)]
        hub.wake("a")
        assert await first.wait(handles[0], 0) is True
        assert await second.wait(handles[1], 0) is True
        assert await other.wait(handles[2], 0) is False


async def test_wake_all_reaches_every_key() -> None:
    hub = Hub()
    with hub.listen("a") as first, hub.listen("b") as second:
        waits = [asyncio.create_task(each.wait(each.handle(), LONG_SECONDS)) for each in (first, second)]
        await settle()
        hub.wake_all()
        async with asyncio.timeout(30):
            assert await asyncio.gather(*waits) == [True, True]


async def test_cancelled_waiter_does_not_cancel_the_others() -> None:
    hub = Hub()
    with hub.listen("a") as first, hub.listen("a") as second:
        cancelled = asyncio.create_task(first.wait(first.handle(), LONG_SECONDS))
        kept = asyncio.create_task(second.wait(second.handle(), LONG_SECONDS))
        await settle()
        cancelled.cancel()
        await settle()
        assert cancelled.cancelled()
        assert not kept.done()
        hub.wake("a")
        async with asyncio.timeout(30):
            assert await kept is True


async def test_waiter_cancelled_in_the_round_of_the_wake_does_not_stop_it() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        tasks = [asyncio.create_task(listener.wait(listener.handle(), LONG_SECONDS)) for _ in range(3)]
        await settle()
        tasks[1].cancel()
        hub.wake("a")
        async with asyncio.timeout(30):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [results[0], results[2]] == [True, True]
        assert isinstance(results[1], asyncio.CancelledError)


async def test_streams_are_counted_and_nothing_stays_when_the_last_listener_leaves() -> None:
    hub = Hub()
    with hub.listen("a"):
        with hub.listen("a"), hub.listen("b"):
            assert (hub.listeners("a"), hub.listeners("b"), hub.stream_count) == (2, 1, 2)
        assert (hub.listeners("a"), hub.listeners("b"), hub.stream_count) == (1, 0, 1)
    assert (hub.listeners("a"), hub.stream_count) == (0, 0)
    hub.wake("a")
    hub.wake_all()
    assert hub.stream_count == 0


async def test_listener_that_fails_leaves() -> None:
    hub = Hub()
    with pytest.raises(ZeroDivisionError), hub.listen("a"):
        raise ZeroDivisionError
    assert hub.stream_count == 0


async def test_waiters_are_forgotten_however_the_wait_ends() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        assert await listener.wait(listener.handle(), 0) is False
        cancelled = asyncio.create_task(listener.wait(listener.handle(), LONG_SECONDS))
        woken = asyncio.create_task(listener.wait(listener.handle(), LONG_SECONDS))
        await settle()
        assert len(hub._streams["a"].waiters) == 2
        cancelled.cancel()
        await settle()
        assert len(hub._streams["a"].waiters) == 1
        hub.wake("a")
        assert await woken is True
        assert len(hub._streams["a"].waiters) == 0


async def test_listener_that_has_left_refuses_to_wait() -> None:
    hub = Hub()
    with hub.listen("a") as listener:
        handle = listener.handle()
    with pytest.raises(RuntimeError, match="has left its stream"):
        await listener.wait(handle, LONG_SECONDS)


async def test_key_used_again_starts_a_new_stream() -> None:
    hub = Hub()
    with hub.listen("a"):
        hub.wake("a")
    with hub.listen("a") as listener:
        handle = listener.handle()
        assert await listener.wait(handle, 0) is False
        hub.wake("a")
        assert await listener.wait(handle, 0) is True


async def test_readers_that_take_the_handle_first_see_every_row() -> None:
    """Twenty readers and five writers; nobody polls, so one lost wake-up would leave a reader waiting for ever."""
    hub = Hub()
    rows: list[int] = []

    async def write(writer: int) -> None:
        for number in range(200):
            rows.append(number)
            hub.wake("log")
            for _ in range((number * 7 + writer) % 4):
                await asyncio.sleep(0)

    async def read(reader: int) -> list[int]:
        seen: list[int] = []
        with hub.listen("log") as listener:
            while len(seen) < 1_000:
                handle = listener.handle()
                found = rows[len(seen) :]
                for _ in range(reader % 5):
                    await asyncio.sleep(0)  # a read takes a while, and rows and wake-ups arrive during it
                seen.extend(found)
                if not found:
                    assert await listener.wait(handle, LONG_SECONDS) is True
        return seen

    async with asyncio.timeout(60):
        results = await asyncio.gather(*(read(n) for n in range(20)), *(write(n) for n in range(5)))
    assert [result for result in results if result is not None] == [rows] * 20
    assert hub.stream_count == 0
