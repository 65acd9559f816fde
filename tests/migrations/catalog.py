"""What a database consists of, read back from its own catalogue: comparable, whoever made it."""

import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg


@dataclass
class Table:
    columns: dict[str, tuple[str, bool, str | None]] = field(default_factory=dict)
    """Name → type, whether it may be null, default."""
    primary_key: tuple[str, ...] = ()
    uniques: set[tuple[str, ...]] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    checks: list[str] = field(default_factory=list)
    indexes: dict[str, str] = field(default_factory=dict)
    """Name → its columns, and its condition if it has one."""
    triggers: set[str] = field(default_factory=set)


Catalog = dict[str, Table]
CHECK = re.compile(r"\bCHECK \(")


def read_sqlite(path: Path) -> Catalog:
    connection = sqlite3.connect(path)
    try:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
        ]
        return {name: _sqlite_table(connection, name) for name in names}
    finally:
        connection.close()


def _sqlite_table(connection: sqlite3.Connection, name: str) -> Table:
    table = Table()
    keys: dict[int, str] = {}
    for _, column, kind, not_null, default, key, _ in connection.execute(f'PRAGMA table_xinfo("{name}")'):
        table.columns[column] = (kind, not not_null, default)
        if key:
            keys[key] = column
    table.primary_key = tuple(keys[place] for place in sorted(keys))
    for _, index, unique, origin, partial in connection.execute(f'PRAGMA index_list("{name}")').fetchall():
        rows = connection.execute(f'PRAGMA index_info("{index}")').fetchall()
        columns = tuple(column for _, _, column in rows)
        if origin == "u":
            table.uniques.add(columns)
        elif origin == "c":
            (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()
            table.indexes[index] = _index(columns, unique=bool(unique), sql=sql if partial else "")
    by_id: dict[int, list[tuple[str, str, str, str]]] = {}
    for number, _, parent, child, column, _, on_delete, _ in connection.execute(f'PRAGMA foreign_key_list("{name}")'):
        by_id.setdefault(number, []).append((parent, child, column, on_delete))
    for rows in by_id.values():
        children, columns = ", ".join(row[1] for row in rows), ", ".join(row[2] for row in rows)
        table.references.add(f"({children}) -> {rows[0][0]} ({columns}) {rows[0][3]}")
    (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
    table.checks = CHECK.findall(sql)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (name,))
    table.triggers = {trigger for (trigger,) in triggers}
    return table


def _index(columns: tuple[str, ...], *, unique: bool, sql: str) -> str:
    condition = sql.partition(" WHERE ")[2].replace('"', "")
    plain = ", ".join(column.strip('"') for column in columns)
    return f"{'unique ' if unique else ''}({plain}){' where ' + condition if condition else ''}"


COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
ORDER BY c.relname, a.attnum
"""
CONSTRAINTS = """
SELECT r.relname, c.contype::text, pg_get_constraintdef(c.oid),
    ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place)
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
WHERE r.relnamespace = 'public'::regnamespace
"""
INDEXES = """
SELECT t.relname, i.relname, x.indisunique, pg_get_expr(x.indpred, x.indrelid),
    ARRAY(SELECT pg_get_indexdef(x.indexrelid, place, true)
        FROM generate_series(1, x.indnkeyatts::int) AS place ORDER BY place)
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE t.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u'))
"""
TRIGGERS = """
SELECT r.relname, t.tgname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal AND r.relnamespace = 'public'::regnamespace
"""


async def read_postgres(dsn: str) -> Catalog:
    connection = await asyncpg.connect(dsn)
    try:
        return await read_connected(connection)
    finally:
        await connection.close()


async def read_connected(connection: asyncpg.Connection) -> Catalog:
    """Read within the connection's transaction."""
    catalog: Catalog = {}
    for name, column, kind, null, default in await connection.fetch(COLUMNS):
        catalog.setdefault(name, Table()).columns[column] = (kind, null, default)
    for name, kind, definition, columns in await connection.fetch(CONSTRAINTS):
        _constraint(catalog[name], kind, definition, tuple(columns))
    for name, index, unique, condition, columns in await connection.fetch(INDEXES):
        sql = f" WHERE {condition}" if condition else ""
        catalog[name].indexes[index] = _index(tuple(columns), unique=unique, sql=sql)
    for name, trigger in await connection.fetch(TRIGGERS):
        catalog[name].triggers.add(trigger)
    return catalog


def _constraint(table: Table, kind: str, definition: str, columns: tuple[str, ...]) -> None:
    match kind:
        case "p":
            table.primary_key = columns
        case "u":
            table.uniques.add(columns)
        case "f":
            target, _, rest = definition.partition(" REFERENCES ")[2].partition("(")
            parents, _, rest = rest.partition(")")
            rule = "RESTRICT" if "ON DELETE RESTRICT" in rest else rest
            table.references.add(f"({', '.join(columns)}) -> {target} ({parents}) {rule}")
        case "c":
            table.checks = sorted([*table.checks, definition])
