"""Models and migrations say the same, but for what the ORM cannot say: that is listed here, and nothing else passes."""

import asyncio
import re
import shutil
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from aerich.migrate import Migrate
from tortoise.context import TortoiseContext

from services.database import migrate as module
from services.database.config import Database, Dialect
from services.database.migrate import MIGRATIONS, migrate
from tests.migrations.catalog import Catalog, Table, read_connected, read_postgres, read_sqlite
from tests.migrations.scratch import scratch

# ── aerich's own answer ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_aerich_finds_no_change_of_the_models(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "MIGRATIONS", copy)
    for name in ("upgrade_operators", "downgrade_operators", "_upgrade_fk_m2m_index_operators"):
        monkeypatch.setattr(Migrate, name, [])  # aerich collects in lists of the class, for the whole process
    async with module._command(database) as command:
        assert await command.migrate(name="drift", no_input=True) == ""
    files = {path.name for path in copy.rglob("*.py")}
    assert files == {path.name for path in MIGRATIONS.rglob("*.py")}


@pytest.mark.parametrize("dialect", Dialect)
def test_every_file_holds_the_state_of_the_models(dialect: Dialect) -> None:
    for path in sorted((MIGRATIONS / dialect.value).glob("[0-9]*.py")):
        text = path.read_text()
        assert "RUN_IN_TRANSACTION = True" in text, path
        assert "MODELS_STATE = (" in text, path
        assert re.fullmatch(r"(0|[1-9]\d*)_[a-z_]+\.py", path.name), path


def test_both_databases_have_the_same_files() -> None:
    names = [sorted(path.name for path in (MIGRATIONS / dialect.value).glob("*.py")) for dialect in Dialect]
    assert names[0] == names[1]


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _generate(database: Database) -> None:
    """Build the tables from the models, with the ORM's own engine: ours writes in transactions only."""
    config = database.tortoise()
    if database.dialect is Dialect.SQLITE:
        credentials = {"file_path": str(database.path)}
        config["connections"]["sqlite"] = {"engine": "tortoise.backends.sqlite", "credentials": credentials}
    async with TortoiseContext() as context:
        await context.init(config=config)
        await context.generate_schemas(safe=False)


def _plain(text: str) -> str:
    """Return an index's condition as both databases would write it."""
    return re.sub(r"[()]|::text|::timestamp with time zone", "", text).replace("+00:00'", "+00'")


def differences(migrated: Catalog, generated: Catalog) -> set[str]:
    """Return what only one of the two has, `+` for the migrations and `-` for the models, a line each."""
    found = {f"+ table {name}" for name in migrated.keys() - generated.keys()}
    found |= {f"- table {name}" for name in generated.keys() - migrated.keys()}
    for name in migrated.keys() & generated.keys():
        more, less = _lines(migrated[name]), _lines(generated[name])
        found |= {f"+ {name} {line}" for line in more - less} | {f"- {name} {line}" for line in less - more}
    return found


def _lines(table: Table) -> set[str]:
    lines = {
        f"column {name} {kind}{' null' if null else ''}{f' default {default}' if default else ''}"
        for name, (kind, null, default) in table.columns.items()
    }
    lines |= {f"primary key {', '.join(table.primary_key)}"}
    lines |= {f"unique {', '.join(columns)}" for columns in table.uniques}
    lines |= {f"reference {reference}" for reference in table.references}
    lines |= {f"index {name} {_plain(columns)}" for name, columns in table.indexes.items()}
    lines |= {f"trigger {name}" for name in table.triggers}
    return lines | ({f"checks {len(table.checks)}"} if table.checks else set())


ALLOWED = """
+ account reference (program_id, asset_id) -> asset (program_id, id) RESTRICT
+ account reference (program_id, member_id) -> member (program_id, id) RESTRICT
+ account checks 6
+ account trigger tr_account_delete
+ api_key reference (program_id) -> program (id) RESTRICT
+ asset unique program_id, id
+ asset reference (program_id) -> program (id) RESTRICT
+ asset checks 18
+ agent reference (program_id, asset_id) -> asset (program_id, id) RESTRICT
+ agent reference (program_id, member_id) -> member (program_id, id) RESTRICT
+ agent reference (program_id, payer_id) -> member (program_id, id) RESTRICT
+ agent checks 3
+ agent index ix_agent_member member_id
+ agent trigger tr_agent_delete
+ agent trigger tr_agent_terms
+ agent_draw primary key payer_id, member_id, asset_id, month
- agent_draw primary key month
+ agent_draw checks 1
+ agent_draw trigger tr_agent_draw_delete
+ agent_draw trigger tr_agent_draw_terms
+ campaign unique program_id, id
+ campaign reference (program_id) -> program (id) RESTRICT
+ campaign checks 3
+ campaign_version reference (program_id, campaign_id) -> campaign (program_id, id) RESTRICT
+ campaign_version checks 9
+ campaign_run primary key campaign_id, day
- campaign_run primary key campaign_id
+ campaign_run reference (program_id, campaign_id) -> campaign (program_id, id) RESTRICT
+ campaign_run trigger tr_campaign_run_delete
+ campaign_run trigger tr_campaign_run_terms
+ campaign_usage checks 2
+ campaign_usage primary key campaign_id, owner_id, day
- campaign_usage primary key campaign_id
+ campaign_usage reference (program_id, campaign_id) -> campaign (program_id, id) RESTRICT
+ campaign_usage trigger tr_campaign_usage_delete
+ campaign_usage trigger tr_campaign_usage_terms
+ conversion reference (program_id, from_asset_id) -> asset (program_id, id) RESTRICT
+ conversion reference (program_id, to_asset_id) -> asset (program_id, id) RESTRICT
+ conversion checks 3
+ code_attempt checks 1
+ coupon checks 9
+ coupon index ix_coupon_due program_id, expires_at, id where state = 'ISSUED' AND expires_at < '9999-12-31 00:00:00+00'
+ coupon index ix_coupon_held member_id, version_id, id where state = 'HELD' AND member_id IS NOT NULL
+ coupon index ix_coupon_lapsed program_id, held_until, id where state = 'HELD'
+ coupon index ix_coupon_order order_id, id where order_id IS NOT NULL
+ coupon index ix_coupon_origin origin_id, id where origin_id IS NOT NULL
+ coupon index ix_coupon_wallet member_id, version_id, expires_at, id where state = 'ISSUED' AND member_id IS NOT NULL
+ coupon index uix_coupon_code unique program_id, code_hash
+ coupon trigger tr_coupon_delete
+ coupon trigger tr_coupon_terms
+ coupon_batch checks 4
+ coupon_batch index ix_coupon_batch_running id where state = 'RUNNING'
+ coupon_batch reference (program_id, campaign_id) -> campaign (program_id, id) RESTRICT
+ coupon_batch trigger tr_coupon_batch_delete
+ coupon_batch trigger tr_coupon_batch_terms
+ coupon_change checks 3
+ coupon_change primary key coupon_id, ordinal
- coupon_change primary key ordinal
+ coupon_tally checks 3
+ coupon_tally reference (program_id, campaign_id) -> campaign (program_id, id) RESTRICT
+ coupon_tally trigger tr_coupon_tally_delete
+ coupon_tally trigger tr_coupon_tally_terms
+ entry primary key account_id, seq
- entry primary key seq
+ entry checks 7
+ entry index ix_entry_order order_id where order_id IS NOT NULL
+ entry index ix_entry_return transfer_id where kind = 'RETURN'
+ entry index uix_entry_member_position unique member_id, position
+ event primary key member_id, position
- event primary key position
+ event checks 2
+ event index ix_event_commit_order program_id, commit_order
+ gift_card checks 6
+ gift_card index ix_gift_card_giver giver_id, member_id where giver_id IS NOT NULL
+ gift_card index uix_gift_card_code unique program_id, code_hash
+ gift_card index uix_gift_card_settlement unique settlement_id where settlement_id IS NOT NULL
+ gift_card index uix_gift_card_transfer unique transfer_id
+ gift_card trigger tr_gift_card_delete
+ gift_card trigger tr_gift_card_settled
+ gift_card trigger tr_gift_card_terms
+ idempotency primary key program_id, scope, key
- idempotency primary key key
+ idempotency checks 1
+ hold checks 4
+ hold index ix_hold_open account_id, expires_at where captured + released < amount
+ hold trigger tr_hold_delete
+ hold trigger tr_hold_terms
+ order_return checks 2
+ identity reference (program_id, member_id) -> member (program_id, id) RESTRICT
+ item reference (program_id) -> program (id) RESTRICT
+ segment reference (program_id) -> program (id) RESTRICT
+ ladder unique program_id, id
+ ladder reference (program_id) -> program (id) RESTRICT
+ ladder reference (program_id, asset_id) -> asset (program_id, id) RESTRICT
+ ladder checks 1
+ lot checks 6
+ lot index ix_lot_account account_id, id
+ lot index ix_lot_order order_id where order_id IS NOT NULL
+ lot index ix_lot_burn account_id, priority, expires_at, id where remaining > 0 AND locked_until IS NULL
+ lot index ix_lot_due_account account_id, due_at where remaining > 0 AND due_at < '9999-12-31 00:00:00+00'
+ lot index ix_lot_due_program program_id, due_at where remaining > 0 AND due_at < '9999-12-31 00:00:00+00'
+ lot trigger tr_lot_delete
+ lot trigger tr_lot_terms
+ lot_move primary key lot_id, transfer_id
- lot_move primary key transfer_id
+ lot_move checks 1
+ lot_move index ix_lot_move_transfer transfer_id
+ member unique program_id, id
+ member reference (program_id) -> program (id) RESTRICT
+ member checks 5
+ member trigger tr_member_kind
+ order_effect primary key order_id, ordinal
- order_effect primary key ordinal
+ occasion checks 2
+ occasion index uix_occasion_name unique program_id, source, external_id where external_id IS NOT NULL
+ occasion index uix_occasion_transfer unique transfer_id where transfer_id IS NOT NULL
+ occasion_effect checks 3
+ occasion_effect primary key occasion_id, ordinal
- occasion_effect primary key ordinal
+ order_effect checks 5
+ order_line primary key order_id, ordinal
- order_line primary key ordinal
+ order_line checks 7
+ order_line index ix_order_line_released order_id where released_quantity > 0
+ order_line trigger tr_order_line_decided
+ order_line trigger tr_order_line_delete
+ order_line trigger tr_order_line_gift
+ order_line trigger tr_order_line_released
+ orders checks 11
+ orders index ix_orders_held program_id, held_until where state = 'HELD'
+ orders index ix_orders_occurred program_id, occurred_at, id
+ orders trigger tr_orders_decided
+ orders trigger tr_orders_delete
+ orders index ix_orders_counted program_id, id where state = 'EXPIRED' AND counted
+ orders trigger tr_orders_claimed
+ orders trigger tr_orders_released
+ program checks 2
+ seal primary key program_id, number
- seal primary key number
+ seal checks 5
+ standing reference (program_id, ladder_id) -> ladder (program_id, id) RESTRICT
+ standing reference (program_id, member_id) -> member (program_id, id) RESTRICT
+ standing reference (program_id, tier_id) -> tier (program_id, id) RESTRICT
+ tier unique program_id, id
+ tier reference (program_id, ladder_id) -> ladder (program_id, id) RESTRICT
+ tier checks 2
+ top_up checks 4
+ top_up_step reference (program_id, asset_id) -> asset (program_id, id) RESTRICT
+ top_up_step checks 3
+ transfer checks 2
+ transfer index ix_transfer_commit_order program_id, commit_order, id
+ transfer index ix_transfer_original original_id where original_id IS NOT NULL
"""
INSERT_ONLY = (
    "campaign_version",
    "coupon_change",
    "entry",
    "event",
    "lot_move",
    "occasion",
    "occasion_effect",
    "order_effect",
    "order_return",
    "seal",
    "top_up",
    "transfer",
)
ALLOWED_ON_SQLITE = {
    f"+ {table} trigger tr_{table}_{change}" for table in INSERT_ONLY for change in ("update", "delete")
} | {
    # Transfers from before the column was added have no order among them; the writer gives all others theirs.
    "+ transfer column commit_order BIGINT default 0",
    "- transfer column commit_order BIGINT",
    # Of orders from before these columns were added nothing was released.
    "+ orders column released BIGINT default 0",
    "- orders column released BIGINT",
    "+ order_line column released_quantity INT default 0",
    "- order_line column released_quantity INT",
    # Members from before there were kinds are persons; whoever writes says of which kind others are.
    "+ member column kind VARCHAR(32) default 'PERSON'",
    "- member column kind VARCHAR(32)",
    # Campaigns from before there were templates of coupons are none.
    "+ campaign column kind VARCHAR(32) default 'CAMPAIGN'",
    "- campaign column kind VARCHAR(32)",
    # Versions from before there was more than orders, and orders from before discounts, say nothing of either.
    "+ campaign_version column audience VARCHAR(32) default 'MEMBERS'",
    "- campaign_version column audience VARCHAR(32)",
    "+ campaign_version column holdout SMALLINT default 0",
    "- campaign_version column holdout SMALLINT",
    "+ campaign_version column step VARCHAR(32) default 'PROMOTION'",
    "- campaign_version column step VARCHAR(32)",
    "+ campaign_version column trigger VARCHAR(32) default 'ORDER'",
    "- campaign_version column trigger VARCHAR(32)",
    "+ member column attributes JSON default '{}'",
    "- member column attributes JSON",
    "+ member column orders INT default 0",
    "- member column orders INT",
    "+ member column tags JSON default '{}'",
    "- member column tags JSON",
    "+ orders column consumed JSON default '[]'",
    "- orders column consumed JSON",
    "+ orders column counted INT default 0",
    "- orders column counted INT",
    "+ orders column shipping_discount BIGINT default 0",
    "- orders column shipping_discount BIGINT",
    "+ program column approval INT default 0",
    "- program column approval INT",
}
ALLOWED_ON_POSTGRES = {f"+ {table} trigger tr_{table}_insert_only" for table in INSERT_ONLY} | {
    # Where no migration numbers transactions, the database does.
    "+ event column commit_order bigint default ((pg_current_xact_id())::text)::bigint",
    "- event column commit_order bigint",
    "+ transfer column commit_order bigint default (((pg_current_xact_id())::text)::bigint + commit_base())",
    "- transfer column commit_order bigint",
}


def _allowed(more: set[str]) -> set[str]:
    return set(ALLOWED.strip().splitlines()) | more


def test_models_and_migrations_make_the_same_tables_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    generated = Database.parse(f"sqlite://{tmp_path / 'generated.db'}")
    asyncio.run(_generate(generated))
    assert differences(read_sqlite(sqlite_template), read_sqlite(generated.path)) == _allowed(ALLOWED_ON_SQLITE)


def test_models_and_migrations_make_the_same_tables_on_postgres(postgres_url: str) -> None:
    with scratch(postgres_url, "migrated") as first, scratch(postgres_url, "generated") as second:
        migrated, generated = Database.parse(first), Database.parse(second)
        asyncio.run(migrate(migrated))
        asyncio.run(_generate(generated))
        found = differences(asyncio.run(read_postgres(migrated.dsn)), asyncio.run(read_postgres(generated.dsn)))
    assert found == _allowed(ALLOWED_ON_POSTGRES)


PLANTED = {
    'ALTER TABLE "item" ADD COLUMN "weight" INT': "+ item column weight int",
    'ALTER TABLE "item" DROP COLUMN "category"': "- item column category varchar(64) null",
    'CREATE INDEX "ix_item" ON "item" ("name", "sku")': "+ item index ix_item name, sku",
    'CREATE UNIQUE INDEX "ix_item" ON "item" ("name")': "+ item index ix_item unique name",
    'DROP INDEX "ix_lot_burn"': "- lot index ix_lot_burn account_id, priority, expires_at, id where remaining > 0",
    'CREATE TABLE "whim" ("id" INT)': "+ table whim",
    'DROP TABLE "item"': "- table item",
}


@pytest.mark.parametrize("statement", PLANTED)
def test_a_planted_difference_is_found(statement: str, sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "planted.db"
    shutil.copyfile(sqlite_template, path)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()
    (found,) = differences(read_sqlite(path), read_sqlite(sqlite_template))
    assert found.lower().startswith(PLANTED[statement].lower())


@pytest.mark.parametrize("statement", PLANTED)
async def test_a_planted_difference_is_found_on_postgres(statement: str, postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        before = await read_connected(connection)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(statement)
        (found,) = differences(await read_connected(connection), before)
        await transaction.rollback()
    finally:
        await connection.close()
    expected = PLANTED[statement].replace("varchar", "character varying")
    assert found.startswith(expected)
