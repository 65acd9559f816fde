"""The numbers by which transfers are ordered, after a restore into another PostgreSQL cluster.

A transfer's `commit_order` is the number of its transaction plus the constant `commit_base()`. A logical dump takes the
numbers along into a cluster whose transactions may be numbered lower: what is written there would come before what is
sealed. The base is then raised above everything that was restored, before anything new is written.
"""

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from services.database.config import Dialect

ALIAS = Dialect.POSTGRES.value
FOREIGN = """
SELECT newest FROM (
    SELECT max((SELECT max(commit_order) FROM transfer t WHERE t.program_id = p.id)) AS newest FROM program p
) s
WHERE newest >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + commit_base()
"""
"""What is visible was written by a transaction below the snapshot's end, unless another cluster numbered it."""


async def foreign() -> int | None:
    """Return the highest commit order of the transfers when this cluster has not got there yet, else None."""
    _, rows = await get_connections().get(ALIAS).execute_query(FOREIGN)
    return int(rows[0][0]) if rows else None


async def go_on_above() -> None:
    """Let transfers be numbered above every one that is there. As the owner of the tables, and by one at a time."""
    newest = await foreign()
    if newest is None:
        return
    async with in_transaction(ALIAS) as connection:
        await connection.execute_script(
            'CREATE OR REPLACE FUNCTION "commit_base"() RETURNS BIGINT LANGUAGE sql IMMUTABLE '
            f"AS 'SELECT {newest}::bigint'"
        )
