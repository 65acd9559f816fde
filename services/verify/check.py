"""A check: one query that returns no row on a healthy ledger."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.verify.report import Finding, Key
from services.verify.source import BrokenValueError, Source, exact

IDS = ("program_id", "member_id", "account_id", "order_id")
"""What a row is named by beside its own key, as far as it has them."""
WHOLES = {"order_id": "orders", "occasion_id": "occasion"}
"""Column → the table of those whose member a row without one belongs to."""


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` returns the broken rows of `table`: first the columns of `key`, then the facts that `message` spells out.

    `{a}` in the query stands for the condition that limits the rows of alias `a` to one program.
    """

    name: str
    table: str
    key: tuple[str, ...]
    message: str
    sql: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows are looked at: those of one program, or all."""

    program_id: UUID | None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Arguments of a limited query."""
        return () if self.program_id is None else (self.program_id,)

    def limited(self, sql: str) -> str:
        """Return the query limited to the scope."""
        return sql.format_map(_Conditions(limited=self.program_id is not None))


class _Conditions(dict[str, str]):
    def __init__(self, *, limited: bool) -> None:
        super().__init__()
        self._condition = " AND {}.program_id = $1" if limited else ""

    def __missing__(self, alias: str) -> str:
        return self._condition.format(alias)


async def broken(source: Source, check: Check, scope: Scope, limit: int) -> list[Finding]:
    """Return what the check finds: the first `limit` rows by key, each row once."""
    order = ", ".join(str(index + 1) for index in range(len(check.key)))
    try:
        rows = await source.first(f"{scope.limited(check.sql)} ORDER BY {order}", limit, *scope.arguments)
    except BrokenValueError as error:
        message = f"The check could not be computed, so a value is out of range or malformed: {error}."
        return [Finding(check.name, check.table, {}, message)]
    findings: dict[tuple[Any, ...], Finding] = {}
    for row in rows:
        values = tuple(row[column] for column in check.key)
        if values not in findings:
            facts = {name: exact(row[name]) for name in row.keys()}  # noqa: SIM118  (a record is no mapping)
            key = await named(source, check.table, dict(zip(check.key, values, strict=True)))
            findings[values] = Finding(check.name, check.table, key, check.message.format_map(facts))
    return list(findings.values())


async def named(source: Source, table: str, key: Key) -> Key:
    """Return the key of a row with the program and the member it belongs to, as far as that can still be found."""
    found = await _row(source, table, key)
    for column, of in WHOLES.items():
        whole_id = key.get(column) or found.get(column)
        if found.get("member_id") is None and whole_id is not None:
            whole = await _row(source, of, {"id": whole_id})
            found = {name: whole.get(name) for name in ("program_id", "member_id")} | {
                name: value for name, value in found.items() if value is not None
            }
    ids = {name: found[name] for name in IDS if found.get(name) is not None}
    return {name: _plain(value) for name, value in (ids | key).items()}


async def _row(source: Source, table: str, key: Key) -> Key:
    condition = " AND ".join(f"{column} = ${index + 1}" for index, column in enumerate(key))
    rows = await source.first(f'SELECT * FROM "{table}" WHERE {condition}', 1, *key.values())
    return dict(zip(rows[0].keys(), rows[0], strict=True)) if rows else {}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


async def count(source: Source, table: str, scope: Scope) -> int:
    """Return how many rows of a table the scope has."""
    alias = "c.id" if table == "program" else "c.program_id"
    condition = "" if scope.program_id is None else f" WHERE {alias} = $1"
    ((number,),) = await source.first(f'SELECT count(*) FROM "{table}" c{condition}', 1, *scope.arguments)
    return int(number)
