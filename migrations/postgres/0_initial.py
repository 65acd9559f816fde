"""All tables, with the keys, checks and references that the ORM cannot say."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE "program" (
    "id" UUID NOT NULL PRIMARY KEY,
    "code" VARCHAR(64) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "currency_scale" SMALLINT NOT NULL,
    "time_zone" VARCHAR(64) NOT NULL,
    "virtual_now" TIMESTAMPTZ,
    "item_policy" VARCHAR(32) NOT NULL,
    "config_version" BIGINT NOT NULL,
    "event_epoch" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    CHECK ("item_policy" IN ('OPEN', 'LISTED')),
    CHECK ("currency_scale" BETWEEN 0 AND 8)
);
CREATE TABLE "asset" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "code" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "scale" SMALLINT NOT NULL,
    "expiry" VARCHAR(32) NOT NULL,
    "expiry_length" INT NOT NULL,
    "expiry_from" VARCHAR(32) NOT NULL,
    "pending_days" INT NOT NULL,
    "floor" BIGINT NOT NULL,
    CONSTRAINT "uid_asset_program_8c104f" UNIQUE ("program_id", "code"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    CHECK ("kind" IN ('POINTS', 'MONEY', 'QUALIFYING', 'PASS')),
    CHECK ("scale" BETWEEN 0 AND 8),
    CHECK ("expiry" IN ('NONE', 'ROLLING_DAYS', 'ROLLING_MONTHS')),
    CHECK ("expiry" = 'NONE' OR "expiry_length" > 0),
    CHECK ("expiry_from" IN ('OCCURRED', 'RECORDED')),
    CHECK ("pending_days" >= 0),
    CHECK ("floor" <= 0)
);
CREATE TABLE "ladder" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "code" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "metric" VARCHAR(32) NOT NULL,
    "asset_id" UUID NOT NULL,
    CONSTRAINT "uid_ladder_program_6aa3e8" UNIQUE ("program_id", "code"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("metric" IN ('SPEND'))
);
CREATE TABLE "tier" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "ladder_id" UUID NOT NULL,
    "code" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "rank" SMALLINT NOT NULL,
    "threshold" BIGINT NOT NULL,
    CONSTRAINT "uid_tier_program_e297ed" UNIQUE ("program_id", "ladder_id", "code"),
    CONSTRAINT "uid_tier_program_4e4784" UNIQUE ("program_id", "ladder_id", "rank"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id", "ladder_id") REFERENCES "ladder" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("rank" >= 0),
    CHECK ("threshold" >= 0)
);
CREATE TABLE "campaign" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "code" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL,
    "published_version" INT,
    CONSTRAINT "uid_campaign_program_243072" UNIQUE ("program_id", "code"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    CHECK ("state" IN ('DRAFT', 'RUNNING', 'PAUSED', 'ENDED'))
);
CREATE TABLE "campaign_version" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "number" INT NOT NULL,
    "priority" INT NOT NULL,
    "starts_at" TIMESTAMPTZ NOT NULL,
    "ends_at" TIMESTAMPTZ NOT NULL,
    "conditions" JSONB,
    "effects" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_campaign_ve_program_7ef275" UNIQUE ("program_id", "campaign_id", "number"),
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("number" > 0),
    CHECK ("starts_at" < "ends_at")
);
CREATE TABLE "item" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "sku" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200),
    "category" VARCHAR(64),
    CONSTRAINT "uid_item_program_3a8ba8" UNIQUE ("program_id", "sku"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT
);
CREATE TABLE "api_key" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "scopes" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "revoked_at" TIMESTAMPTZ,
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT
);
CREATE TABLE "member" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "number" VARCHAR(32) NOT NULL,
    "name" VARCHAR(200),
    "phone" VARCHAR(32),
    "email" VARCHAR(254),
    "birthday" DATE,
    "status" VARCHAR(32) NOT NULL,
    "channel" VARCHAR(64),
    "store" VARCHAR(64),
    "referred_by_id" UUID,
    "position" BIGINT NOT NULL,
    "enrolled_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_member_program_8cd20f" UNIQUE ("program_id", "number"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    CHECK ("status" IN ('ACTIVE', 'FROZEN', 'CLOSED')),
    CHECK ("position" >= 0)
);
CREATE TABLE "identity" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "source" VARCHAR(64) NOT NULL,
    "external_id" VARCHAR(200) NOT NULL,
    "member_id" UUID NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_identity_program_0de0f9" UNIQUE ("program_id", "source", "external_id"),
    FOREIGN KEY ("program_id", "member_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE "standing" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "ladder_id" UUID NOT NULL,
    "tier_id" UUID NOT NULL,
    "since" TIMESTAMPTZ NOT NULL,
    "until" TIMESTAMPTZ,
    CONSTRAINT "uid_standing_member__8dc92b" UNIQUE ("member_id", "ladder_id"),
    FOREIGN KEY ("program_id", "member_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY ("program_id", "ladder_id") REFERENCES "ladder" ("program_id", "id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "tier_id") REFERENCES "tier" ("program_id", "id") ON DELETE RESTRICT
);
CREATE TABLE "account" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "available" BIGINT NOT NULL,
    "pending" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "floor" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "next_due_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_account_member__349ba6" UNIQUE ("member_id", "asset_id"),
    FOREIGN KEY ("program_id", "member_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY ("program_id", "asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("available" >= "floor"),
    CHECK ("pending" >= 0),
    CHECK ("held" >= 0),
    CHECK ("floor" <= 0),
    CHECK ("seq" >= 0),
    CHECK ("available" > -4611686018427387904 AND "available" < 4611686018427387904 AND "pending" > -4611686018427387904 AND "pending" < 4611686018427387904 AND "held" > -4611686018427387904 AND "held" < 4611686018427387904)
);
CREATE TABLE "transfer" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "order_id" UUID,
    "original_id" UUID,
    "actor" VARCHAR(80) NOT NULL,
    "reason" VARCHAR(500),
    "occurred_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    "hash" BYTEA NOT NULL,
    CHECK ("kind" IN ('ORDER', 'ADJUSTMENT', 'RELEASE', 'EXPIRY')),
    CHECK (length("hash") = 32)
);
CREATE TABLE "entry" (
    "account_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "program_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "transfer_id" UUID NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "change_available" BIGINT NOT NULL,
    "change_pending" BIGINT NOT NULL,
    "change_held" BIGINT NOT NULL,
    "available" BIGINT NOT NULL,
    "pending" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "contra" VARCHAR(32),
    "position" BIGINT NOT NULL,
    "order_id" UUID,
    "effect" INT,
    "campaign_id" UUID,
    "occurred_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    PRIMARY KEY ("account_id", "seq"),
    CHECK ("kind" IN ('EARN', 'SPEND', 'RETURN', 'RELEASE', 'EXPIRE', 'ADJUST', 'TRANSFER', 'TOP_UP', 'REFUND')),
    CHECK ("contra" IN ('ISSUANCE', 'REDEMPTION', 'BREAKAGE', 'ADJUSTMENT', 'CLEARING', 'LIABILITY', 'WRITE_OFF')),
    CHECK (("change_available" + "change_pending" + "change_held" = 0) = ("contra" IS NULL)),
    CHECK ("seq" > 0),
    CHECK ("position" > 0),
    CHECK ("pending" >= 0 AND "held" >= 0),
    CHECK ("available" > -4611686018427387904 AND "available" < 4611686018427387904 AND "pending" > -4611686018427387904 AND "pending" < 4611686018427387904 AND "held" > -4611686018427387904 AND "held" < 4611686018427387904)
);
CREATE TABLE "lot" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "transfer_id" UUID NOT NULL,
    "order_id" UUID,
    "amount" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "priority" SMALLINT NOT NULL,
    "locked_until" TIMESTAMPTZ,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "due_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CHECK ("amount" > 0),
    CHECK ("remaining" >= 0),
    CHECK ("held" >= 0),
    CHECK ("remaining" + "held" <= "amount"),
    CHECK ("amount" > -4611686018427387904 AND "amount" < 4611686018427387904),
    CHECK ("due_at" = COALESCE("locked_until", "expires_at"))
);
CREATE TABLE "lot_move" (
    "transfer_id" UUID NOT NULL,
    "lot_id" UUID NOT NULL,
    "program_id" UUID NOT NULL,
    "remaining" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    PRIMARY KEY ("lot_id", "transfer_id"),
    CHECK ("remaining" <> 0 OR "held" <> 0)
);
CREATE TABLE "event" (
    "member_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "program_id" UUID NOT NULL,
    "commit_order" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    "kind" VARCHAR(32) NOT NULL,
    "order_id" UUID,
    "account_id" UUID,
    "entry_seq" BIGINT,
    "ladder_id" UUID,
    "from_tier_id" UUID,
    "to_tier_id" UUID,
    "details" JSONB,
    "occurred_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    PRIMARY KEY ("member_id", "position"),
    CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_COMMITTED', 'BALANCE_CHANGED', 'TIER_CHANGED')),
    CHECK ("position" > 0)
);
CREATE TABLE "idempotency" (
    "program_id" UUID NOT NULL,
    "scope" VARCHAR(120) NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "hash" BYTEA NOT NULL,
    "outcome" JSONB,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    PRIMARY KEY ("program_id", "scope", "key"),
    CHECK (length("hash") = 32)
);
CREATE TABLE "orders" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "member_id" UUID,
    "source" VARCHAR(64) NOT NULL,
    "external_id" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "store" VARCHAR(64),
    "channel" VARCHAR(64),
    "currency" VARCHAR(3) NOT NULL,
    "subtotal" BIGINT NOT NULL,
    "discount_total" BIGINT NOT NULL,
    "shipping" BIGINT NOT NULL,
    "payable" BIGINT NOT NULL,
    "attributes" JSONB NOT NULL,
    "not_applied" JSONB NOT NULL,
    "transfer_id" UUID,
    "occurred_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_orders_program_38ed4a" UNIQUE ("program_id", "source", "external_id"),
    CHECK ("state" IN ('HELD', 'COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED', 'CANCELLED', 'EXPIRED')),
    CHECK ("subtotal" >= 0 AND "shipping" >= 0 AND "discount_total" BETWEEN 0 AND "subtotal"),
    CHECK ("payable" = "subtotal" - "discount_total" + "shipping"),
    CHECK ("payable" > -4611686018427387904 AND "payable" < 4611686018427387904),
    CHECK (length("content_hash") = 32)
);
CREATE TABLE "order_line" (
    "order_id" UUID NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" UUID NOT NULL,
    "ref" VARCHAR(64) NOT NULL,
    "sku" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200),
    "category" VARCHAR(64),
    "quantity" INT NOT NULL,
    "returned_quantity" INT NOT NULL,
    "unit_price" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "payable" BIGINT NOT NULL,
    "attributes" JSONB NOT NULL,
    PRIMARY KEY ("order_id", "ordinal"),
    CHECK ("quantity" > 0),
    CHECK ("returned_quantity" BETWEEN 0 AND "quantity"),
    CHECK ("unit_price" >= 0),
    CHECK ("discount" >= 0 AND "payable" >= 0),
    CHECK ("payable" = "quantity" * "unit_price" - "discount")
);
CREATE TABLE "order_effect" (
    "order_id" UUID NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" UUID NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "campaign_id" UUID NOT NULL,
    "campaign_version_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "facts" JSONB NOT NULL,
    "explanation" JSONB NOT NULL,
    PRIMARY KEY ("order_id", "ordinal"),
    CHECK ("kind" IN ('EARN', 'MULTIPLY_EARN')),
    CHECK ("amount" > -4611686018427387904 AND "amount" < 4611686018427387904)
);
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);
CREATE INDEX "idx_identity_member__2803c9" ON "identity" ("member_id");
CREATE INDEX "idx_orders_member__54da2d" ON "orders" ("member_id", "id");
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TABLE "order_effect";
DROP TABLE "order_line";
DROP TABLE "orders";
DROP TABLE "idempotency";
DROP TABLE "event";
DROP TABLE "lot_move";
DROP TABLE "lot";
DROP TABLE "entry";
DROP TABLE "transfer";
DROP TABLE "account";
DROP TABLE "standing";
DROP TABLE "identity";
DROP TABLE "member";
DROP TABLE "api_key";
DROP TABLE "item";
DROP TABLE "campaign_version";
DROP TABLE "campaign";
DROP TABLE "tier";
DROP TABLE "ladder";
DROP TABLE "asset";
DROP TABLE "program";
"""


MODELS_STATE = (
"eJztXW1z2ziS/isofblJneKKZTvOJldX5czkdn3jxFtjz8ztzm4xMAlJKFMAQ4J2dLPz3x"
    "cAX8QXkCKpN4rpramNBaAp6gEIdj/d6P59tOAOcYOTK9vmIROjt+j3EcMLIv8odo3RCHve"
    "qkM1CPzg6rE4M+ghED621bWm2A2IbHJIYPvUE5QzNfh+TtADdjGzCeJTxBlBOAiIQFPu60"
    "8Lsngg/om6msNteTnKZm0FQ0a/hMQSfEbEnPhS/LffRlG/RR19o0pU/f3Pf8pPlDnkKwnU"
    "OPXRe7SmlLhODpFITrdbYunptp9/vv7hf/RIdbcPls3dcMFWo72lmHOWDg9D6pwoGdU3I4"
    "z4WBAngxULXTdGNWmKfopsEH5I0lt1Vg0OmeLQVYiP/msaMlsBjdQ3WaGgcgptvvCwOFEt"
    "l/8d32dGxrI+3d5bdx/uLWtUmi11P4V5iJtsztRMUyYUar//EV13hY5uHakv+P4vVz99d/"
    "b6hcaDB2Lm606N3egPLYgFjkT1DKwg93w+8/HCagd9XmqbU5A0rOZgtcgTQBPIegZy5snO"
    "PgZNMc0JAaQFSNPNpAWiWRkAtAjoE6bRLywh+p7OrpmowDQrVgCVRi+oI4NT3q/85+WfJp"
    "Ozs8vJq7PXby7OLy8v3rx6I8fqOy53XdbMwfvrP19/ulc3xOVrOnp9q4Y8/B5hjrqrVuBn"
    "hAD6ztDPY2ib455IAOidQZ+6nPvtUE9FAPbOsAfkSzvQYwGAvDPkjHwVliNNIyzK0P8g0R"
    "N0QczgF0QLk+DEsifJH7uaktGf5P9enk5enp2iV6/e6v/+U///AWyb++uPH+7urz7+VV1+"
    "EQRfXI3j1f0H1TPRrctC63eRBrSapfQi6Nfr+78g9RH9/fbTh6KelI67//tI3RMOBbcYf7"
    "awk4UqaU6a/lAW7fQxY2CphgdsPz5j37FKPXzCq8aWuxaTRbEFMzzTc6fQVPeZUAke/ZEs"
    "RyaSIeoZ13IMHrUe40FrOYYrZPvEIUxQ7CquACMP+0KuRaSogikKBJ5OkeDcDd6pz1QEKC"
    "BSRiDO3CUSc4LmOJgjGqBH4okyGbGTbzCwFkBOADlxHO+z7Rh++t8SnN/PsV/xUorHF4CU"
    "N3aEEMq986vlEjYTc/lx8upVDaa/XP2kYZWjCq+TT3HXJOorqlxqD7LU1mNSvRj2l1WqV0"
    "6wgPfDUpDgCBGv06dubt/n3uoS1vfXn65++tt3H6/+70Xu1X5z++nPyfjsAn//t/sPV8UZ"
    "sLkXYZUH/3/vbj9VQJ9KFHUuagv0L+TS4BgV4BrsFRY57JM1nUKfWe7fG4BXF3hfAF6uXw"
    "VOB803L3koxfcwU3EUGm52mslXj8rLdZjmvCTYN8c4+z554o+dHvK85BZmP9aA4RkflhWr"
    "3DYjkxGrO8a1Nmw6ZK0F++scC2lUusSZSZtSu9eDshVaOcro/86bHra8P3B+H9z0Aftyr/"
    "alXvUlOKvty2T8AO3L1+cNzMvX55XWpeoC432fxvuj/Glt8E3GDxDfs0kDeM8mleiqrqJd"
    "jk3hBncL7LrVDqlEaEguqbPJ5evUCaU+1Lmd7j5e3dyU/Uzallq2WawrCViuDZZrBFfyDS"
    "WcK1dsSW5/K/fVbpft5PT88vzN2evzdO2mLXULuGrtWlOfL9ov4FQMVnGDVRzHDFkOXhoo"
    "0XWhRqkYrGGIaDlYeEVPiInvsbR06YyNDNxE2jeuoyfs7KgGPvZASyL1XToGHyM/dMk79K"
    "xYCSpQIJ9O5d+mTLu/n4gfSNngBH32wgeXBnPiWHHjZzXukwrif55TeU0pLRswcnw8NXrf"
    "9/rdwKYAmwJsCrApwKYMiU2RrxDRCuBUYIAI70C1L75n2+j3JtlOamnPnHDbUPN7pm/+Es"
    "9Qjdr5y2oS12uf2Slv7CdLhLXeN9YaIZHXeSv1v4D4cnWMEVMNyJ5jJn9OpSut04Wa6IfJ"
    "r4s+slAdpwOF8eC6DCiM+1UY849BU1QLYgBrUVWMtpPmL9iVwJDInq2xZ55PuU+FwX9Rrb"
    "JkRABT02EvgX3RJSwvJwjBl70LzMq5TpjTKfJyJQZhl8c47/KnOVQB0CqwPS+1UXB7z+y8"
    "fce2k+mU2KIV+BkROFawAfQ+sbnvdAw5zonCu613e1xPuJYPTPjGk7NRx7iOVyHpkLVkyi"
    "0j8qlnq/RaUV6vMXokS+KghyX6Lm0KyJcX79BnCbLewT8jtZL9AGHX1dcI1EXUKdeqdF67"
    "/rINDtMeNi/Beq5lEG7zcQ33Ek9824xKOSkgCUpGLRBakEyt/5BCMrUtAyovyIJp61VaEA"
    "NYIRp/f97jyL1mdcwDaJIeEim756RRMZydsgKWZWEiNp2I9jkCC4IwBZ2nADKTQmbSbxN6"
    "yEx6iB2fM3kPbdTMlUQnRbNnjpSdRynGlGLLDSUjBYu78+LWLG5LqzQrs4FJ2rNlvh2LNH"
    "LpldGsPgyaCkBwrWHvPXSwWs/w3c4i5bYd+n4nf2lBFPylvfOXgmP8G5novjjGn4i5blXU"
    "Ma51jKdDGpx19XAgXgrCAiLH2ALhBx6q8wKRKyfrtE5aEh3xxQm61mcHdOJn01nWrV37H+"
    "wf7LPNFwsqLK0npY5y5RvXvzeIk1VHXj11UdWlqX4cRe8LdRDi2eeCqK7FWxQQgq5++Ald"
    "bOpW74uuDQ52cFuCe/0oQM1uZi0Z74IkmOmdzXRwdO6QgAIOZMvRI4cNHRskpjqE1GodFZ"
    "kTGxDBtOft15WmWOstIicE67mQHMvnC0vQ1qAW5QDXQqAZ74JqXgowzWPqEIGp2+pkT0YE"
    "zlR1P9gDRPWA+Usgqr+Rie4JUX3tkIXHBWG28RxXtntcR1rTwsAG1PUjWcakLg5QGBDn7S"
    "pLosDMCVSWmzGSf0XtahhmwTORG9gJ+jEln2Oqaox0PSpNS78w0dk7/74NKOi4gmRjJoNs"
    "MSH1YWnnXeVTgwQ6e1UH9bPQZgmnAgNk404nTZaxHFW5jHVfIcyxdWlEqIm4aU1EHgqbm7"
    "JdVhs5GREwciB7Aei+vdZ9mVCpscyKb9S3TutdjWqo8koV8nlO7bnULZHcLAJ5DRQsA0EW"
    "6FGCFKQBFlU6bLsLNMgBGfDQt/VzQL4K4jPsqg7IAXlo7QpU2P2qsOlj0FiHTSUGqMRuP3"
    "F4dndpgXJBbIBQ7ySNeN9DqfbJMmxngwCdFHTSneukUo0z6qOqvV4XTUY00EPvfvw5okJV"
    "kG0Sc6sM0+AdcrkqN41wFLuLQrmcfD1OfQHyuEvtJbq5vrv/8INJQ93mpZvoro8haKoH3y"
    "NBU92vpioXfRs1NRo+QMXpyIvb9Izj24NSakswZrxdAdaszPBg3s4S7on2cqOj+0z6S9xT"
    "q8G4qzHrdRgWHSGS6kRAhE6zSYkvdQz96iBBENXKe8AuZrbO5anK7X0JsUunSzk7SGdmMy"
    "gw27suVOcD9QXUF6jON2AFpt/g7ohWk7dgt0F4JTFAjLd/8AjSrG5hu+2LPsiNh+BVc70m"
    "yBsfgLelqkYFeqZirlUx/syQT1yCA6JD+chXj/rG4+0tJDeI7AOlDZS2Y91FjsmddISQQj"
    "UByNLef0AhS/tu0o3B+frtPvcLtSuW0axNfpzKQBYOU1R1o2PgPlnIO2id+zgnBvB3hh+y"
    "Hx8A9Oo6vHcL7LrfXDHes8nl6xRw9aEO4ruPVzc3hnQS3H4k0vpk0vws41ofXlWU3UJ81f"
    "G8JI8ivCofB+pRebku9XhzklCS9xhn3wlJh5lfScGsH+OsQ+zsgCe6P96Gj/yJjMweB901"
    "XuN1sBbJqLWuh1/nOo41TlI7VZGsnD8ilYsJcR/N8JPs4nqEvHA2W67+mEgZUhVs9cobuC"
    "76x/y0dmZo/8X5kfkv1DpsmVWNA32ZAxecQTs+CQOcD3A+wwe9J4rNR+1GNek1cU+tWrNY"
    "jWlSUID4gXx5EuZz15VqBWWrtPwn2VL32gupM/hTP87hbywisOn1GoTRslD/QgikPfQbAm"
    "Iy9voajtd9CdCaaM9UAmIRG8QiwmmgncbSehKkVvimAsMDePuLVynbBk9KTaKFRGB46E4u"
    "mgTay1HVy/eiFGr/QH0xd7DBC6gITTPGWZk6JvP4AK/BVxGTxSOsAovQkD265hRrKgGvrg"
    "ZPv6qszkir5z8jMrwdYPsnbQLB/XbpghIBQHc9uj6ZEp2q/GHZ0mgoS0Ks3PEWl361q/V7"
    "EOYuoUG6xD7kRcEN2js3KPi7v5GJ7gktfOtXJFu49dfmWojqrzYmhUNfKocBQT7xuC8ibz"
    "NGUf7DOPnou2xmfN0xRknqPkSdFypxQrQAVZ59xfAaM5zu8qu2lgv1t/zJpmQEkM1ANh/X"
    "dnssBwAHqYZDwllIOHsYqHfC5iuCriUfEgsMEOEdEHqcCcKE1b4OSFES6oFkrYg29UCA8t"
    "vldg2U9c4RVtUf4xJtjSHOyAxxo26yT1dv06WXYPgguMCGRVxHrWalIESvM7vq0CDKjdFh"
    "CsqyMBGdJyKYU89rHR6clQLwO4Pv4aXGoxX2GSGAvjP0WMi7eghjfTqPfnXJuLzURlXj+j"
    "YNNYjupGwc48LCnudSYrD4q2egIAZTsMEUHPzUWM90+i2lC4Ki78P1J4Lj+BuZ6D45jj9M"
    "p8Q2pmfNdo/XOpEtshq51pV8q041z1We/LQSu0NsKhet9tTiOPt+9kxz3CD/oQy7L07QNQ"
    "uIH5UQKjuQd/EFGxyhji9afpIrFfGMxHYU8cOWd4/U8Mnp+eX5m7PX56n2nbbUKd2Jgl3t"
    "6T1gFr0j2hvhuPRhQX2Ud9+Gck3GD5Fu3b5fDC88TGes5ZItiMGarYL1ifiBvIOu8ObFAW"
    "ZIV7xjQCEP7GG4z6lU/FvRnqkA0G0b0G3kq+dKO898nKMa/IIYTEHLKeiTJX9DGRlV2fG6"
    "c7zeineTcY1seDVaFb9rYk8bbfS2FwAbHGzwo955wAY/dMqyaRsTPB4+QAt8BwehoRz1IK"
    "o59sxxCuWoB7GEv4SYCWOthEr9KysyJIt8QxUs+zIToc+IY3UA1ygLKBtQlr9LWJ5PTWe0"
    "6uikvNyQoD1QPG87+LNSAD6EkR4f9BBG+u0yen+NzPiRgc9LusZ1bJ6XGbSWyrufEyQIk3"
    "rACfosMZ/SWeKw+4xmPn8OovLIKoPCEqnDVjPN2gVEvAw9lXwhCrOxsT0nAXpk/Bk9zwlT"
    "5Ql8gh2EZ3IOywzgHr8XSjf3j5Wp5hJtuaBbGWPx+O2QCYelaYdEJfTtBbIPLgHOVu74bG"
    "WClhXY2KSY1tdeLEsPSUPdRgVGFRRu/X/LlMw5oQGu4e1vxE/UFyF2dWB4Cej6CP+CKJS5"
    "7FuAf3aeqSALy+MubfdOKIgN8JHaSW6UjAnRjrIoy+7vvXC625fCvpObqqItFvG4bUhQU4"
    "l/QWow4G+NhralRSs6HQjLS8J5sN69LnrCOd0JzJwI5xLplPaN61inIDuqQULRKC/gfwTI"
    "c7FNEFdFoVwJljkn6JrRxrSeucyD0WBTJk8gf/pD/kDc09DSdg4T0tVu0gLSnBBAWqIe2i"
    "eMoABnFZwBZaaghXptMRUCRbF3imI+LEWY6nrVT24qBJxR3+a2J0bAPTUXE9Dttcq/oM3L"
    "y7rS3Hf1wY8afd88qEH2/txLVvsG5U+uHeRj9ghGwcFfXWAUgAZ73JAeNnKhV/w+xC4cW+"
    "yCfguW8K33pycy4EUvmLJzuUnMuWvYW+vcUDmxIWG6BydUXzToOIXlyKRFJ331mnR2VKOD"
    "2A/YxdJsd9CCP5EFYcJ83No8DGIj+6dRgCYM9PhxQwrZznYY6XLAZAvHQ/u1yavs0xmtKh"
    "FWB2lODFAtHGCyBffb7AGpwAA3gTdNDLY31fbam7K5RnBgCnOrS2eRSAzvyPpFI4v4osYi"
    "vihbxJBvfcAeF8i3/g1OdPu6iVAvsUu9xJ6QMVfEp/Z8ZKBi4p5xHRGDV2PW0TDV+G+ZXq"
    "mkDo06qIEzjN/im9EquycMd5aorvJ4QLXeVH0qYAia6eTiookv4eKi2peg+gq6v3yo2mj+"
    "0fABonvaSC89rdFLTw2nTKNavmWEq/NCZEQgKcQxJYX4498Qbbwb"
)
