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
    "expiry_date" DATE,
    "expiry_from" VARCHAR(32) NOT NULL,
    "pending_days" INT NOT NULL,
    "pending_months" INT NOT NULL,
    "pending_day" SMALLINT NOT NULL,
    "floor" BIGINT NOT NULL,
    CONSTRAINT "uid_asset_program_8c104f" UNIQUE ("program_id", "code"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    CHECK ("kind" IN ('POINTS', 'MONEY', 'QUALIFYING', 'PASS')),
    CHECK ("scale" BETWEEN 0 AND 8),
    CHECK ("expiry" IN ('NONE', 'ROLLING_DAYS', 'ROLLING_MONTHS', 'END_OF_MONTH', 'END_OF_QUARTER', 'END_OF_YEAR', 'YEARLY', 'FIXED_DATE')),
    CHECK (CASE WHEN "expiry" IN ('ROLLING_DAYS', 'ROLLING_MONTHS') THEN "expiry_length" > 0 WHEN "expiry" IN ('END_OF_MONTH', 'END_OF_QUARTER', 'END_OF_YEAR') THEN "expiry_length" >= 0 ELSE "expiry_length" = 0 END),
    CHECK (("expiry" IN ('YEARLY', 'FIXED_DATE')) = ("expiry_date" IS NOT NULL)),
    CHECK ("expiry" <> 'YEARLY' OR "expiry_date" BETWEEN '2000-01-01' AND '2000-12-31'),
    CHECK ("expiry_from" IN ('OCCURRED', 'RECORDED', 'RELEASED')),
    CHECK ("pending_days" >= 0),
    CHECK ("pending_months" >= 0),
    CHECK (CASE WHEN "pending_months" = 0 THEN "pending_day" = 0 ELSE "pending_days" = 0 AND "pending_day" BETWEEN 1 AND 31 END),
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
    "hash" BYTEA NOT NULL,
    CONSTRAINT "uid_campaign_ve_program_7ef275" UNIQUE ("program_id", "campaign_id", "number"),
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("number" > 0),
    CHECK ("starts_at" < "ends_at"),
    CHECK (length("hash") = 32)
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
    CHECK ("kind" IN ('ORDER', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY')),
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
"eJztXWtz2zYW/SsYfdlmVvHEsh2nyc7OOG229daJO7Xbbl9DwyQkcUQBDAna0Xb73xcAH+"
"IDpEiakijm7nQ2FoFLUQcgcO+5D/w5WjKLOP7RhWmygPLRa/TniOIlEX/km8ZohF133SAv"
"cHzvqL441ene5x425b2m2PGJuGQR3/Rsl9uMys63c4LusYOpSRCbIkYJwr5POJoyT31aku"
"U98Y7k3SxmitvZdNZUMKD2x4AYnM0InxNPiP/22yhsN2xLPagUlX//8Yf4ZFOLfCK+7Cc/"
"ugtjahPHyiASyqnrBl+56tqPP15+/S/VUz7tvWEyJ1jSdW93xeeMJt2DwLaOpIxsmxFKPM"
"yJlcKKBo4ToRpfCn+KuMC9gCSPaq0vWGSKA0ciPvrHNKCmBBrJbzICboshNNnSxfxIXjn/"
"Z/ScKRnD+HB9a9y8uzWMUWG05PPkxiG6ZDIqR9qmXKL251/hfdfoqKsj+QVffXvxwxcnL5"
"8pPJjPZ55qVNiN/lKCmONQVI3AGnLXYzMPL41m0GeluhyC+MJ6DNaTPAY0hqxnIKfe7PRr"
"UBfTjBBAmoM0WUwaIJqWAUDzgD5gO/yFBUTf2rNLykswTYvlQLXDDerA4BTPK/55/uVkcn"
"JyPnlx8vLV2en5+dmrF69EX/XExabzijF4e/nN5Ydb+UBMbNPh9i0vZOF3CbXkUzUCPyUE"
"0LeGfh5BWx/3WAJAbw361GHMa4Z6IgKwt4bdJx+bgR4JAOStIafkEzcsYRphXoT+a4Eet5"
"dED35ONDcIViR7FP+xrSEZfSn+9/x48vzkGL148Vr993f1/3uwbW4v37+7ub14/728/dL3"
"PzoKx4vbd7Jloq6ucle/CDWg9SglN0E/X95+i+RH9Ov1h3d5PSnpd/vrSD4TDjgzKHs0sJ"
"WGKr4cX/pLWrTTRcrAkhfusbl4xJ5lFFrYhJX1LTYtJ8v8FUzxTI2dRFM+Z0wluPZ3ZDXS"
"kQxhy7iSY3BtYxF12sgxXCDTIxah3MaO5AowcrHHxVxEkiqYIp/j6RRxxhz/jfxscx/5RM"
"hwxKizQnxO0Bz7c2T7aEFcXiQjtvINGtYCyAkgJw5jP+vG8FP/FuD8ao69kk0p6p8DUjzY"
"AUIo1s5PhkPojM/Fx8mLFxWY/nTxg4JV9MptJx+ipknYlle55BpkyKVHp3pR7K3KVK+MYA"
"7v+xUn/gEiXqVPXV2/zezqAta3lx8ufvjli/cX/3mW2dqvrj98E/dPT/C3v9y+u8iPgMnc"
"EKss+P++uf5QAn0ikde5bJOj/yHH9g9RAa7AXmKRwT6e0wn0qen+lQZ4eYO3OeDF/JXgtN"
"B8s5L7Unz3MxQHoeGmh5l8cm1xuxbDnJUE++YQR98jD2zR6iXPSnYw+pEGDO/4sKxY6bYZ"
"6YxY1TCutGGTLhst2J/nmAuj0iHWTNiUyr3uF63Q0l5a/3fW9DDF84Hze++mD9iXO7Uv1a"
"wvwFluX8b9B2hfvjytYV6+PC21LmUTGO+7NN4X4qc1wTfuP0B8TyY14D2ZlKIrm/J2OdaF"
"G9wsseOUO6RioSG5pE4m5y8TJ5T8UOV2unl/cXVV9DMpW2rVZLKuJWC61piuIVzxNxRwLp"
"2xBbndzdwX2522k+PT89NXJy9Pk7mbXKmawGVz15Cmnt6IrEQ2FquyIAdlPUqLUI/g1GPL"
"5ktAIgbrQI11IIq6EtNupSGVNwVrJWKwCpTEwBlLRvm8DbRrQQC3DFwx/ZqqXDnRwWDbhd"
"YFcWw7C6rqCR35FV662J7RkYaRTNrGVaSkme5VI7LGV5JIfpfKvMHICxzyBj1KLtLmyBc7"
"ioxqsakKenkgni9k/SN05wb3ju3PiWVEF+9kvw8ydedxbot7CmlxASPLw1NtzM1Ovxs4VO"
"BQgUMFDhU41CFxqGIL0Zn15QAnAgNEeAvmaH6fbWI46WRbqaU9I0+6sJ56pm/+FI1Qhdr5"
"03oQN2uf6SGv7R2PhZXeN1YaIRH3eS30P594YnaMEZUXkDnHVPwcoQfK+EWl+jF5XdiZYX"
"D2a+QTgu6E1INtEv8omopiUO9Kve67+/Y6mmiMY/iRBjJdF1TTvWtNoJruVjXNvgZ1Uc2J"
"Aax5pTRcTupv5WuBIdFK3dGfns08m2u4z3LlKCUCmOqSSTn2eJuw34wgBHf3LvAz41ikVq"
"vI7rUYhHUf4riLn2bZEoBGiTNZqSclz/TMotx17gyZTonJG4GfEoG0pSdA7xGTeVbLlIaM"
"KOxtvV7jmudkQjJmm2TMnjBp7yj3tNUQwoZxFWtGki4bqbJrSsRKS9clE8NajWO0ICtiof"
"sV+iK55JOPz96gOwGa2jXvkFw9PF8RVfIevryJrFxQVqJx21/2hAIJ+601s5nfGkRQxLiC"
"74oGvmmVvIwUEDMFIgFIRCiQ2X9IoUBmx4CKG1J/2niW5sQAVsiw2l1sQOgHNVrWdtVJD4"
"kI33EhwAjOVpVei7IwEE8diOZ1X3OCMASthwCqTUO16c8Teqg2vY8Vn1HxDE3UzLVEK0Wz"
"Z86rrcegRpRiwwUlJQWTu/XkVixuQ6s0LfMEk7Rn07wbizR0oxbRLE/wTwQgdFqz9u47QL"
"Bn+HYzSZlpBp7XykedEwUfda991BCMMOCB7otj/IHozyIMG8aVjvGkS41MZhf7/Dkn1Cei"
"j8kRvmeBTOwIXTlpp3V8JdYRnx2hS5XkoYr56zKVO7v37/R3emey5dLmhtKTEke59I2r3+"
"tHBxCEXj15U9mkqH4cZkxwmbHy6DFOZNMyzDe5+PoHdPZUt3pfdG1wsIPbEtzrBwFqejFr"
"yHjnJMFMb22mg6NziwQUcCAdR4/sN3RskJiqEFKjcVRkRmxABNOOl19HmGKNl4iMEMznXO"
"kzjy0NbjcGNS8HuOYCzVgbVLNSgGkWU4twbDuNsqlSIpDH1j6ZCojqAfOXQFR/JgPdE6L6"
"0iJLl3FCTW0eV7p5XEVa27mONajrBVlFpC72UeAT6/W6BibH1PJlOaIxEn+F12U3TP1H4s"
"k6RN8l5HNEVY2ROmNQ0dLPdHT21r/vCRR0dCpwbSaDdHjIwH5p521Vy4OiRTtVB9W70GQK"
"JwIDZOOOJ3WmsehVOo1VWy7MEVKrywmLLZ1zywJuMl0t03IjJyUCRg5UjADdt9e6L+WyHJ"
"le8Q3bNmm96141VV6hQj7ObXMudEskFgtf3AP5K5+TJVoIkPwkwKJMh212gxp1N30WeKZ6"
"D8gnTjyKHdkAdTf3rV2BCrtbFTZ5DWrrsInEAJXY7svCp1eXBijnxAYI9VaKxPc9lGqXLE"
"M3CwTopKCTbl0nFWqcVh+V16t10bhHDT305rsfQypUBtnGMbfSMPXfIIexBbEQDmN3USCm"
"k6f6yS9ALnNsc4WuLm9u332t01C7vHUd3XURgKa69zUSNNXdaqpi0jdRU8PuA1ScDvzoop"
"5xfDtQSk0Bxow1O1Q7LTM8mLuZwj3RXq5UdJ9Of4laKjUYZ91nsw5DwxQioU74hKsymzbx"
"hI6htg7i++FJiPfYwdQk4RE1PvoYYMeersToIFWZTaPAdHdfOHsR1BdQX+DsxQErMP0Gd0"
"u0mngEswnCa4kBYtx94hGUWe1gue2LPsi0SfDycrUmyGonwJtCVbM5erT5XKli7JEijzgE"
"+0SF8pFPru1p09sbSD4hsg+UNlDaDnUVOSR30gFCCqcJQJX2/gMKVdq3U24M8uu7fe+Xcl"
"UsollZ/DiRgSocuqjqWmngHlmKJ2hc+zgjBvC3hh+qH+8B9PKzj2+W2HE+uwOQTybnLxPA"
"5YcqiG/eX1xdacpJMHNBhPVJhflZxLU6vCov20F81eFskgcRXpWNA3Vtcbs2ZyBnJOEY5E"
"McfSsgLUZ+LQWjfoijDrGzAx7o/ngb3rMHMtJ7HFTTeIPXwVjGvTa6Hn6eqzjWqEjtVEay"
"MrZAshYTYh6a4QfRxFQPceN0tVz1MZbSlCro9M5PcF30j/lp7MxQ/ovTA/NfyHnYsKoaA/"
"oyAy44g7acCQOcD3A+wwe9J4rNe+VG1ek1UUulWrNc96lzoADxfLF5EuoxxxFqhU3XZfmP"
"0kfdKy+kquBve1ENf+0hAk+9X40wWhqoXwiBtPveISAmY6fbcDTvC4BWRHsmEhCLWCMWEb"
"KBthpL6wqQGuGbCAwP4O4nr1S2NZ6UikILscDw0J2c1Qm0F73Kp+9ZIdT+3vb43MIaL6Ak"
"NPUYp2WqmMzDA7wCX0lM5lNYOeaBpnp0RRZrIgFbV423X56sTkmj9z8lMrwVoPtMG58zr1"
"m5oFgA0N2MrkemRJUqv181NBqKkhArd7iHS7/Y1vzdC3MX0yBtYh+youAG7Z0bFPzdn8lA"
"94QWvvZKii1cextrLYTnr9YmhQNPKIc+QR5xmcdDbzNGYf3DqPjom3RlfNUwRnHpPmRbz2"
"ThhHACyjr7kuHVVjjd5ld1Vgv1t2xmU9wDyGYgmw9ruT2UBMBBquFQcBYKzu4H6q2w+ZKg"
"a8iHRAIDRHgLhB6jnFBuND8HJC8J54GkrYgm54EA5bfN5Roo660jLE9/jI5oqw1xSmaIC3"
"Wddbp8mS5sgsE9ZxxrJnEVtZqWghC91uyqZfthbYwWQ1CUhYFoPRD+3HbdxuHBaSkAvzX4"
"Ll4pPBphnxIC6FtDj7l4qvsg0qez6JcfGZeVetKpcX0bhgpEt3JsHGXcwK7r2ERj8ZePQE"
"4MhuAJQ7D3rLGe6fQdlQuCQ9+H608Ex/FnMtB9chy/m06JqS3Pmm4eb3QiG2Tdc6Mr+Vpm"
"Nc9lnfzkJHaLmLaYtMpTi6Pq++mc5uiC+Mem2Hl2hC6pT7zwCKGiA3kbX/CEFOropsU3uV"
"QRT0l0o4jv93j3UA2fHJ+en746eXmaaN/JlSqlO1awyz29e6yid0BrI6RL7xfUhXj6JpRr"
"3H+IdGv3fjG8dLE9ow2nbE4M5mwZrA/E88UTtIU3Kw4wQ7niLQMKdWD3w31OheLfiPZMBI"
"BuewLdRj65jrDz9Okc5eDnxGAIGg5Bnyz5K5uSUZkdrxrHm614J+5Xy4aXveXhd3Xsaa2N"
"3vQGYIODDX7QKw/Y4PsuWTZtYoJH3QdogW8hERqOox7EaY49c5zCcdSDmMIfA0y59qyEUv"
"0rLTIki/yJKlh6M+OBR4lltABXKwsoa1AWv4sbrmfrcrSq6KSs3JCg3VM8bzP401IAPoSR"
"Hh70EEb6+TJ634dm/EjD58VN4yo2z0112kjl3c4J4oQKPeAI3QnMp/YsdtjdoZnHHv3weG"
"RZQWGFZLLVTLF2PuHPA1cWXwjDbExszomPFpQ9osc5ofJ4Ao9gC+GZGMMiA7jD74Wjm/vH"
"ypRziaaY0I2Msah/N2TCfmnaIVEJfdtAdsElQG7llnMrY7QM38Q6xbT67MWi9JA01C5OYJ"
"RB4cZ/G5ZkzggNcA53vxA/2B4PsKMCwwtAV0f450ThmMu+Bfinx9nmZGm4zLGb7Qk5sQG+"
"UlupjZIyIZpRFkXZ3e0Lx9vdFHZd3FQe2mIQl5maAjWl+OekBgN+ZzS0KSxa3iohLCsJ+W"
"C92y56wjndcEytEOcC6ZS0jatYJz/dq0ZB0bAu4N985DrYJIjJQ6EcAZa+JuiG3tqynpnK"
"g2FnXSVPIH/6Q/5A3NPQynYOE9L1atIA0owQQFqgHpoXjLABzjI4fZvqghaqtcVECBTF3i"
"mK2bAUrjvXq3pwEyHgjPo2tj0xAm5t/WEC6nql8s/t+sfLOsLcd1TiR4W+r+9Uo3p/ZpNV"
"vkHxkys7eZguwCjY+9YFRgFosIcN6X4jF3rF70PswqHFLqhdsIBvtT89lgEves6UnYtFYs"
"4czdpa5YbKiA0J0x04ofqiQUclLEc6LTpuq9ak071qJWLfYwcLs91CS/ZAloRyfbq1vhvE"
"RvZPowBNGOjxw4YUqp1tMdJlj8UWDof2a1JX2bNndtkRYVWQZsQA1VwCk8mZ12QNSAQGuA"
"i8qmOwvSq3114VzTWCfV2YW1U5i1hieCnrZ7Us4rMKi/isaBFDvfUBe1yg3vpnONDNz02E"
"8xLbnJfYEzLmgni2OR9pqJioZVxFxOB1n000TDn+HdMrpdShVgfVcIbRLv40WmX7hOHWCt"
"WVpgeU603lWQFD0EwnZ2d1fAlnZ+W+BNmW0/3FS9VE8w+7DxDd41p66XGFXnqsyTINz/It"
"IlxeFyIlAkUhDqkoxF//B95pnWA="
)
