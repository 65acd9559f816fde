"""PostgreSQL's limits: pgbench, one transaction for each order with the rows of a real commit, or one read."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.captured import (
    ACCOUNT_KEYS,
    ACCOUNTS_MAX,
    MEMBER_KEYS,
    CapturedCommit,
    Slot,
    SlotKind,
    further_members,
)
from benchmarks.measure import Rate
from benchmarks.shop import MEMBERS
from services.database.config import Database

CLIENTS_MAX = 64
"""PostgreSQL takes 100 connections by default; beyond this many clients pgbench gets no faster anyway."""
KEYS_PER_ORDER = 16
FIRST_SECOND = re.compile(r"progress: 1\.\d s, ([\d.]+) tps")
DONE = re.compile(r"number of transactions actually processed: (\d+)")
FAILED = re.compile(r"number of failed transactions: (\d+)")


class Pgbench:
    """Runs a script; each run numbers its transactions on from where the last one ended."""

    def __init__(self, database: Database, script: str, folder: Path) -> None:
        self._dsn = database.dsn
        self._file = folder / "limit.sql"
        self._file.write_text(script)
        self._runs = 0

    async def run(self, clients: int, seconds: int) -> Rate:
        """Return the rate of `seconds` after a first one, in which connections are made and statements prepared."""
        clients = min(clients, CLIENTS_MAX)
        self._runs += 1
        process = await asyncio.create_subprocess_exec(
            "pgbench",
            *("-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))),
            *("-T", str(1 + seconds), "-P", "1", "-D", f"n={self._runs * 10**6}", "-f", str(self._file), self._dsn),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = (await process.communicate())[0].decode()
        first, done = FIRST_SECOND.search(output), DONE.search(output)
        failed = FAILED.search(output)
        if process.returncode or not first or not done or (failed and int(failed[1])):
            raise RuntimeError(f"pgbench failed:\n{output}")
        return Rate((int(done[1]) - float(first[1])) / seconds)


async def add_members(database: Database, commit: CapturedCommit) -> None:
    """Insert the members that the script chooses from."""
    connection = await asyncpg.connect(database.dsn)
    try:
        for table, rows in further_members(commit, MEMBERS).items():
            names = list(rows[0])
            places = ", ".join(f"${index}" for index in range(1, len(names) + 1))
            sql = f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({places})'
            await connection.executemany(sql, [[row[name] for name in names] for row in rows])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def script(commit: CapturedCommit) -> str:
    """Return the transaction of one order: claim, lock, change what the commit changed, insert what it inserted."""
    inserts = dict(commit.inserts)
    lines = [
        "\\set n :n + 1",
        f"\\set v (:n * 1024 + :client_id) * {KEYS_PER_ORDER}",
        f"\\set m random(0, {MEMBERS - 1})",
        "BEGIN;",
        _insert("idempotency", inserts.pop("idempotency")),
        f"SELECT position FROM member WHERE id = {_sql(Slot(SlotKind.MEMBER))} FOR UPDATE \\gset",
    ]
    for index, changes in enumerate(commit.account_changes):
        if changes:
            key = _sql(Slot(SlotKind.ACCOUNT, index))
            step = commit.seq_steps[index]
            sets = ", ".join(f"{name} = {_sql(value)}" for name, value in changes.items())
            lines.append(
                f"UPDATE account SET {sets}, seq = seq + {step} WHERE id = {key} "
                f"RETURNING seq - {step} AS seq{index} \\gset"
            )
    member = _sql(Slot(SlotKind.MEMBER))
    lines.append(f"UPDATE member SET position = position + {commit.position_step} WHERE id = {member};")
    lines += [_insert(table, rows) for table, rows in inserts.items()]
    record = commit.inserts["idempotency"][0]
    where = " AND ".join(f"{name} = {_sql(record[name])}" for name in ("program_id", "scope", "key"))
    lines += [f"UPDATE idempotency SET outcome = {_sql(commit.outcome)} WHERE {where};", "COMMIT;"]
    return "\n".join(lines) + "\n"


def _insert(table: str, rows: Sequence[Mapping[str, Any]]) -> str:
    values = ", ".join("(" + ", ".join(map(_sql, row.values())) + ")" for row in rows)
    return f'INSERT INTO "{table}" ({", ".join(rows[0])}) VALUES {values};'


def _key(number: str) -> str:
    return f"lpad(to_hex({number}), 32, '0')::uuid"


def _sql(value: Any) -> str:  # noqa: C901, PLR0911  (one for each sort of value)
    """Return a value or slot as pgbench takes it, which reads a colon before a letter as a variable."""
    match value:
        case Slot(SlotKind.NEW_KEY, index):
            return _key(f":v::bigint + {index}")
        case Slot(SlotKind.MEMBER):
            return _key(f"{MEMBER_KEYS} + :m::bigint")
        case Slot(SlotKind.ACCOUNT, index):
            return _key(f"{ACCOUNT_KEYS} + :m::bigint * {ACCOUNTS_MAX} + {index}")
        case Slot(SlotKind.POSITION, _, plus):
            return f":position::bigint + {plus}"
        case Slot(SlotKind.SEQ, index, plus):
            return f":seq{index}::bigint + {plus}"
        case Slot(SlotKind.NAME):
            return "'limit-' || :v::bigint"
        case None:
            return "NULL"
        case bool() | int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case datetime() | date():
            value = value.isoformat()
    escaped = str(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{escaped}'"
