"""Rows as SQLite stores them: the text that the ORM writes, whatever the value came as."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import uuid_utils

from domain.ledger import Account, Transfer, TransferKind
from services.writer.tables import ACCOUNTS, TRANSFERS, sqlite_value

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 3, 3, 12, 0, 0, 120, tzinfo=SHANGHAI)
ID = UUID("01a20342-f3f0-720a-8eab-a4a4701fe871")


def test_a_row_is_stored_as_the_orm_writes_it() -> None:
    transfer = Transfer(ID, ID, ID, TransferKind.ORDER, None, ID, "key:1", None, NOON, NOON.astimezone(UTC), bytes(32))
    stored = [column[0] for column in TRANSFERS.to_sqlite([transfer])]
    text, instant = "01a20342-f3f0-720a-8eab-a4a4701fe871", "2026-03-03 04:00:00.000120+00:00"
    assert stored == [text, text, text, "ORDER", None, text, "key:1", None, instant, instant, bytes(32)]
    assert [type(value) for value in stored[:4]] == [str, str, str, str], "no value needs an adapter"
    assert stored == [sqlite_value(value) for value in TRANSFERS.values(transfer)]
    assert TRANSFERS.from_sqlite(stored) == transfer


def test_an_id_of_a_drivers_own_kind_is_spelled_alike() -> None:
    own = uuid_utils.UUID(str(ID))
    whole = datetime(2026, 3, 3, tzinfo=UTC)
    account = Account(own, ID, ID, ID, 1, 0, 0, 0, 1, whole)  # type: ignore[arg-type]
    stored = [column[0] for column in ACCOUNTS.to_sqlite([account])]
    assert stored[0] == stored[1] == str(ID)
    assert stored[-1] == "2026-03-03 00:00:00+00:00"
