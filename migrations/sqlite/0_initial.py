"""All tables, with the keys, checks and references that the ORM cannot say."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE "program" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "code" VARCHAR(64) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "currency_scale" SMALLINT NOT NULL,
    "time_zone" VARCHAR(64) NOT NULL,
    "virtual_now" TIMESTAMP,
    "item_policy" VARCHAR(32) NOT NULL,
    "config_version" BIGINT NOT NULL,
    "event_epoch" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    CHECK ("item_policy" IN ('OPEN', 'LISTED')),
    CHECK ("currency_scale" BETWEEN 0 AND 8)
);
CREATE TABLE "asset" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
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
    "shortfall" VARCHAR(32) NOT NULL,
    "grace_days" INT NOT NULL,
    "burn_order" VARCHAR(32) NOT NULL,
    "bonus_cap" SMALLINT NOT NULL,
    "pay_amount" BIGINT NOT NULL,
    "pay_value" BIGINT NOT NULL,
    "reminder_days" INT NOT NULL,
    "reminded_through" DATE,
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
    CHECK ("floor" <= 0),
    CHECK ("shortfall" IN ('REFUSE', 'DEBT', 'WRITE_OFF')),
    CHECK ("floor" = 0 OR "shortfall" = 'DEBT'),
    CHECK ("grace_days" > 0),
    CHECK ("burn_order" IN ('PRINCIPAL_FIRST', 'BONUS_FIRST')),
    CHECK ("bonus_cap" BETWEEN 0 AND 100),
    CHECK ("pay_amount" >= 0 AND "pay_value" >= 0 AND ("pay_amount" = 0) = ("pay_value" = 0)),
    CHECK ("reminder_days" >= 0)
);
CREATE TABLE "ladder" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "code" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "metric" VARCHAR(32) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    CONSTRAINT "uid_ladder_program_6aa3e8" UNIQUE ("program_id", "code"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("metric" IN ('SPEND'))
);
CREATE TABLE "tier" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "ladder_id" CHAR(36) NOT NULL,
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
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
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
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "campaign_id" CHAR(36) NOT NULL,
    "number" INT NOT NULL,
    "priority" INT NOT NULL,
    "starts_at" TIMESTAMP NOT NULL,
    "ends_at" TIMESTAMP NOT NULL,
    "conditions" JSON,
    "effects" JSON NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    "hash" BLOB NOT NULL,
    CONSTRAINT "uid_campaign_ve_program_7ef275" UNIQUE ("program_id", "campaign_id", "number"),
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("number" > 0),
    CHECK ("starts_at" < "ends_at"),
    CHECK (length("hash") = 32)
);
CREATE TABLE "item" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "sku" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200),
    "category" VARCHAR(64),
    CONSTRAINT "uid_item_program_3a8ba8" UNIQUE ("program_id", "sku"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT
);
CREATE TABLE "api_key" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "secret_hash" BLOB NOT NULL,
    "scopes" JSON NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "revoked_at" TIMESTAMP,
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT
);
CREATE TABLE "member" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "number" VARCHAR(32) NOT NULL,
    "name" VARCHAR(200),
    "phone" VARCHAR(32),
    "email" VARCHAR(254),
    "birthday" DATE,
    "status" VARCHAR(32) NOT NULL,
    "channel" VARCHAR(64),
    "store" VARCHAR(64),
    "referred_by_id" CHAR(36),
    "position" BIGINT NOT NULL,
    "enrolled_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_member_program_8cd20f" UNIQUE ("program_id", "number"),
    UNIQUE ("program_id", "id"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT,
    CHECK ("status" IN ('ACTIVE', 'FROZEN', 'CLOSED')),
    CHECK ("position" >= 0)
);
CREATE TABLE "identity" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "source" VARCHAR(64) NOT NULL,
    "external_id" VARCHAR(200) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_identity_program_0de0f9" UNIQUE ("program_id", "source", "external_id"),
    FOREIGN KEY ("program_id", "member_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE "standing" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "ladder_id" CHAR(36) NOT NULL,
    "tier_id" CHAR(36) NOT NULL,
    "since" TIMESTAMP NOT NULL,
    "until" TIMESTAMP,
    CONSTRAINT "uid_standing_member__8dc92b" UNIQUE ("member_id", "ladder_id"),
    FOREIGN KEY ("program_id", "member_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY ("program_id", "ladder_id") REFERENCES "ladder" ("program_id", "id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "tier_id") REFERENCES "tier" ("program_id", "id") ON DELETE RESTRICT
);
CREATE TABLE "account" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "available" BIGINT NOT NULL,
    "pending" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "floor" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "next_due_at" TIMESTAMP NOT NULL,
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
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "order_id" CHAR(36),
    "original_id" CHAR(36),
    "actor" VARCHAR(80) NOT NULL,
    "reason" VARCHAR(500),
    "occurred_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    "hash" BLOB NOT NULL,
    CHECK ("kind" IN ('ORDER', 'HOLD', 'RETURN', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY', 'TOP_UP', 'REFUND', 'SPEND', 'SPEND_UNDO', 'CONVERSION')),
    CHECK (length("hash") = 32)
);
CREATE TABLE "entry" (
    "account_id" CHAR(36) NOT NULL,
    "seq" BIGINT NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "transfer_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "change_available" BIGINT NOT NULL,
    "change_pending" BIGINT NOT NULL,
    "change_held" BIGINT NOT NULL,
    "available" BIGINT NOT NULL,
    "pending" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "contra" VARCHAR(32),
    "position" BIGINT NOT NULL,
    "order_id" CHAR(36),
    "effect" INT,
    "campaign_id" CHAR(36),
    "occurred_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    PRIMARY KEY ("account_id", "seq"),
    CHECK ("kind" IN ('EARN', 'SPEND', 'HOLD', 'RETURN', 'RELEASE', 'EXPIRE', 'ADJUST', 'TRANSFER', 'TOP_UP', 'REFUND', 'CONVERT')),
    CHECK ("contra" IN ('ISSUANCE', 'REDEMPTION', 'BREAKAGE', 'ADJUSTMENT', 'CLEARING', 'LIABILITY', 'WRITE_OFF')),
    CHECK (("change_available" + "change_pending" + "change_held" = 0) = ("contra" IS NULL)),
    CHECK ("seq" > 0),
    CHECK ("position" > 0),
    CHECK ("pending" >= 0 AND "held" >= 0),
    CHECK ("available" > -4611686018427387904 AND "available" < 4611686018427387904 AND "pending" > -4611686018427387904 AND "pending" < 4611686018427387904 AND "held" > -4611686018427387904 AND "held" < 4611686018427387904)
) WITHOUT ROWID;
CREATE TABLE "lot" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "account_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "transfer_id" CHAR(36) NOT NULL,
    "order_id" CHAR(36),
    "amount" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "priority" SMALLINT NOT NULL,
    "locked_until" TIMESTAMP,
    "expires_at" TIMESTAMP NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CHECK ("amount" > 0),
    CHECK ("remaining" >= 0),
    CHECK ("held" >= 0),
    CHECK ("remaining" + "held" <= "amount"),
    CHECK ("amount" > -4611686018427387904 AND "amount" < 4611686018427387904),
    CHECK (CASE WHEN "locked_until" IS NULL THEN "due_at" >= "expires_at" ELSE "due_at" = "locked_until" END)
);
CREATE TABLE "hold" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "account_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "order_id" CHAR(36) NOT NULL,
    "transfer_id" CHAR(36) NOT NULL,
    "amount" BIGINT NOT NULL,
    "captured" BIGINT NOT NULL,
    "released" BIGINT NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_hold_order_i_ded5e3" UNIQUE ("order_id", "asset_id"),
    CHECK ("amount" > 0 AND "amount" < 4611686018427387904),
    CHECK ("captured" >= 0),
    CHECK ("released" >= 0),
    CHECK ("captured" + "released" <= "amount")
);
CREATE TABLE "lot_move" (
    "transfer_id" CHAR(36) NOT NULL,
    "lot_id" CHAR(36) NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "remaining" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    PRIMARY KEY ("lot_id", "transfer_id"),
    CHECK ("remaining" <> 0 OR "held" <> 0)
) WITHOUT ROWID;
CREATE TABLE "event" (
    "member_id" CHAR(36) NOT NULL,
    "position" BIGINT NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "commit_order" BIGINT NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "order_id" CHAR(36),
    "account_id" CHAR(36),
    "entry_seq" BIGINT,
    "ladder_id" CHAR(36),
    "from_tier_id" CHAR(36),
    "to_tier_id" CHAR(36),
    "details" JSON,
    "occurred_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    PRIMARY KEY ("member_id", "position"),
    CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_HELD', 'ORDER_COMMITTED', 'ORDER_RETURNED', 'ORDER_CANCELLED', 'ORDER_EXPIRED', 'BALANCE_CHANGED', 'EXPIRY_REMINDED', 'TIER_CHANGED')),
    CHECK ("position" > 0)
) WITHOUT ROWID;
CREATE TABLE "idempotency" (
    "program_id" CHAR(36) NOT NULL,
    "scope" VARCHAR(120) NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "hash" BLOB NOT NULL,
    "outcome" JSON,
    "recorded_at" TIMESTAMP NOT NULL,
    PRIMARY KEY ("program_id", "scope", "key"),
    CHECK (length("hash") = 32)
) WITHOUT ROWID;
CREATE TABLE "orders" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36),
    "source" VARCHAR(64) NOT NULL,
    "external_id" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL,
    "content_hash" BLOB NOT NULL,
    "store" VARCHAR(64),
    "channel" VARCHAR(64),
    "currency" VARCHAR(3) NOT NULL,
    "subtotal" BIGINT NOT NULL,
    "discount_total" BIGINT NOT NULL,
    "shipping" BIGINT NOT NULL,
    "spent" BIGINT NOT NULL,
    "payable" BIGINT NOT NULL,
    "paid" BIGINT NOT NULL,
    "attributes" JSON NOT NULL,
    "not_applied" JSON NOT NULL,
    "transfer_id" CHAR(36),
    "held_until" TIMESTAMP,
    "occurred_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_orders_program_38ed4a" UNIQUE ("program_id", "source", "external_id"),
    CHECK ("state" IN ('HELD', 'COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED', 'CANCELLED', 'EXPIRED')),
    CHECK ("subtotal" >= 0 AND "shipping" >= 0 AND "discount_total" BETWEEN 0 AND "subtotal"),
    CHECK ("spent" >= 0),
    CHECK ("payable" = "subtotal" - "discount_total" + "shipping" - "spent"),
    CHECK ("paid" BETWEEN 0 AND "payable"),
    CHECK ("state" NOT IN ('HELD', 'CANCELLED', 'EXPIRED') OR "held_until" IS NOT NULL),
    CHECK ("payable" > -4611686018427387904 AND "payable" < 4611686018427387904),
    CHECK (length("content_hash") = 32)
);
CREATE TABLE "order_line" (
    "order_id" CHAR(36) NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "ref" VARCHAR(64) NOT NULL,
    "sku" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200),
    "category" VARCHAR(64),
    "quantity" INT NOT NULL,
    "returned_quantity" INT NOT NULL,
    "unit_price" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "payable" BIGINT NOT NULL,
    "attributes" JSON NOT NULL,
    PRIMARY KEY ("order_id", "ordinal"),
    CHECK ("quantity" > 0),
    CHECK ("returned_quantity" BETWEEN 0 AND "quantity"),
    CHECK ("unit_price" >= 0),
    CHECK ("discount" >= 0 AND "payable" >= 0),
    CHECK ("payable" = "quantity" * "unit_price" - "discount")
) WITHOUT ROWID;
CREATE TABLE "order_return" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "order_id" CHAR(36) NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36),
    "transfer_id" CHAR(36),
    "quantities" JSON NOT NULL,
    "refund" BIGINT NOT NULL,
    "actor" VARCHAR(80) NOT NULL,
    "reason" VARCHAR(500),
    "recorded_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_order_retur_order_i_36b061" UNIQUE ("order_id", "ordinal"),
    CHECK ("ordinal" >= 0),
    CHECK ("refund" >= 0)
);
CREATE TABLE "order_effect" (
    "order_id" CHAR(36) NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "campaign_id" CHAR(36),
    "campaign_version_id" CHAR(36),
    "asset_id" CHAR(36) NOT NULL,
    "amount" BIGINT NOT NULL,
    "facts" JSON NOT NULL,
    "explanation" JSON NOT NULL,
    PRIMARY KEY ("order_id", "ordinal"),
    CHECK ("kind" IN ('SPEND', 'EARN', 'MULTIPLY_EARN')),
    CHECK (("kind" = 'SPEND') = ("campaign_id" IS NULL) AND ("kind" = 'SPEND') = ("campaign_version_id" IS NULL)),
    CHECK ("amount" > -4611686018427387904 AND "amount" < 4611686018427387904)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);
CREATE INDEX "idx_identity_member__2803c9" ON "identity" ("member_id");
CREATE INDEX "idx_orders_member__54da2d" ON "orders" ("member_id", "id");
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TABLE "order_effect";
DROP TABLE "order_return";
DROP TABLE "order_line";
DROP TABLE "orders";
DROP TABLE "idempotency";
DROP TABLE "event";
DROP TABLE "lot_move";
DROP TABLE "hold";
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
"eJztXWtz2za6/isYfTnNrOKxZTtOkzNnxm7d1lvH7sROe7rdHRoiIYkjimBI0I622/++AH"
"gRSYEUQd0o5u1kmojAQ1EPQOC948/ejFrECY4uTZOGLuu9Q3/2XDwj/B/Fpj7qYc9bNIgL"
"DA8d2RdnOg0D5mNT3GuEnYDwSxYJTN/2mE1d0flxQtAQO9g1CaIjRF2CcBAQhkbUl59mZD"
"Yk/pG4m0VNfjvbHesCQ9f+HBKD0TFhE+Jz+B9/9KJ2w7bkgwqo+Pe//sU/2a5FvpBA9BMf"
"vakxsolj5RiJcPK6weaevPbp0833P8ie4mmHhkmdcOYuentzNqFu2j0MbetIYETbmLjEx4"
"xYGa7c0HFiVpNL0U/hF5gfkvRRrcUFi4xw6AjGe/87Cl1TEI3ENxkhs/kQmnTmYXYkrlz8"
"X/ycGYxh3N0/Gg/Xj4bRWxot8TyFcYgvmdQVI227TLD251/RfRfsyKs98QXf/XT58ZvTN6"
"8kHzRgY182Su56f0kgZjiCyhFYUO75dOzjmaFHfR61ySFILizGYDHJE0ITylpGcubNzr4G"
"dTnNgYDSAqXpYqLBaBYDhBYJfcZ29AuXGL2yxzcuK+E0CyuQakcb1IHRyZ+X//X628Hg9P"
"RicHz65u352cXF+dvjt7yvfOLlpouKMbi6+fHm7lE8EOXbdLR9iwt5+j3iWuKptMjPgID6"
"xtRPYmrr854ggPTGpI8cSn091lMI0N6Y9oB81iM9BgDljSl3yRdmWFw1wmyZ+u85e8yeET"
"X5BWhhEKwYe5T8Y1tD0vuW//f6ZPD69AQdH7+Tf/4m/78H3ebx5sP1w+Plh1/E7WdB8NmR"
"PF4+XouWgbw6L1z9JpKAFqOU3gT9dvP4ExIf0T/u766LclLa7/EfPfFMOGTUcOmLga0sVc"
"nl5NJfQqMdTTMKlrgwxOb0BfuWsdRCB7Ss73LTbDArXsEuHsuxE2yK50xMCZ79M5n3VEaG"
"qKVfaWPwbGMad1ppY7hEpk8s4jIbO8JWgJGHfcbnIhKmghEKGB6NEKPUCd6LzzYLUEA4hi"
"HqOnPEJgRNcDBBdoCmxGPLxoitfIPCagHGCTBOHMZ+thnFT/69ROd3E+yXbEpx/wKR/MEO"
"kEK+dn4xHOKO2YR/HBwfV3D66+VHSSvvVdhO7uKmQdRWFLnEGmSIpUclernYn5eJXjlgge"
"/hnJHgABmvkqdu769yuzqn9erm7vLj7998uPz/V7mt/fb+7sekf3aCX/3+eH1ZHAGTehFX"
"efL//nB/V0J9iijKXLbJ0H+QYweHKABXcC+4yHGfzOmU+sx0/05BvLjBVYF4Pn8FOQ0k3z"
"xyX4LvfobiICTc7DCTL57Nb9dgmPNI0G8OcfR98kynjV7yPHIDox9LwPCOd0uLFW6bnkqJ"
"lQ39Sh027bJSg/1tghlXKh1ijblOKd3rwbIWWtpL6f/Oqx4mfz5wfu9d9QH9cqf6pZz1S3"
"SW65dJ/w7ql2/OaqiXb85KtUvRBMr7LpX3Kf9pOvwm/TvI7+mgBr2ng1J2RVNRL8eqcIOH"
"GXaccodUAuqSS+p0cPEmdUKJD1Vup4cPl7e3y34mqUvNdSbrAgHTtcZ0jehKvmGJ59IZu4"
"Tb3cw93u60HZycXZy9PX1zls7d9ErVBC6bu4ZQ9dRKZCWzCaxKg+yU9ig0QjWDI5/O9JeA"
"FAbrQI11II664tNurjAqrwrWSmGwCpTEwBkz6rJJE2oXQCC3jFw+/XRFrgK0M9xuQuqCOL"
"b9xLFNqM/473R0NrscaHdbXe/j9Q+fHq63ZQrb9nY35r2I7maXB+1uop8eynI8DH3XoL5F"
"FItH+QzOo3Y4ha/u7z49GD/cfHx4PNR5PKRuGBgm9nS3vxxwd1P55PgAtj8Pzw08S1IRNT"
"IXcrjOSBS7ThrhLD5jJ9TM2cnBgPtm3PtkJn6sr7szLuE6MwBr7Y0t8TV/h2cetsduT+Fu"
"Ttv6VR5nM9urRth0IJFIfJdMq8bIDx3yHr0IR7PNUMCniQhZtl0Z0fxM/IBjgyP05IVDxw"
"4mxDLii0+i353Iy36Z2PyeHM0vYGT5eKQMqN7pd4ODHBzk4CAHBzk4yLvkIOdbiMpnU2GE"
"YWpvTRcY3oKvobjP6ljFVdhG0mbLPGMdlDd/jUeoQuz8dTGIq6XP7JDXDn1MwFLu60uJkP"
"D7vOPyX0B8Pjv6yBUXkDnBLv85XA4UySlS9KPiOnacKPPuHQoIQU8c9WybJDiKpyIf1KfS"
"kMrdfXsdSTThMfrohqIWC4ime5eaQDTdrWiafw3qslqAAa1FoTRaTupv5QtAl3yGm/Nt+z"
"b1baZwbJcLRxkIcKrysDLssyY5XTkgZO61LqsnFzXmWo3S9hYwyNk7xHHnP82yBQFaWdF5"
"1FqZ0S3TKHedGE1GI2IyLfIzEMhJX4N6n5gigKJZvmoOCntbq9c4/YIbUGmjSaWNlljSrl"
"3mK0tdRQ39KqsZSbusNJXdu4SvtO6iHnZUiLuPpmROLDSco2/SSwH5/Oo9euKkyV3zCcnI"
"rUAaqsQ9AnETUZaqrP72tr9sjepX+y0kuNq+1ZGI13J7VzzwuiWQcygwzCwZEsCICNXP20"
"8pVD/fMKH8hm4w0p6lBRjQCunzu4sNiPygRsPC/Sp0lwzhOw4HjulsVMZ/GQsDse5A6Bf1"
"LwBhCBoPARwlAkeJfJ3Uw1Ei+1jxqcufQUfMXCAaCZotc15tPQY1NilqLigZFEzuxpNbWn"
"E1tdIsZg2VtGXTfDMaaeRGXWazvHpTCoDQacXau+8AwZbxu5lJSk0z9P1GPuoCFHzUrfZR"
"QzBChwe6LY7xZ6I+aDpq6Fc6xtMuNTKZPRyw14y4AeF9TIbwkIYisSNy5WSd1smVREZ8dY"
"RuZJKHPKlJlam8sXv/0/2n+2TS2cxmUSGV1FEufOPy9wbx6VKRV0/cVDRJUz+OMiaYyFh5"
"8SkjomkW5Ztcfv8Rna/rVm+LrA0OdnBbgnv9IEjNLmaaFu8CEtT0xmo6ODq3aIACG8iGo0"
"f2GzrWSU5lCKmhHRWZg3XIwLTj5dfhqpj2EpEDwXwu1LX16cxgtjapRRzwWgg0o01YzaOA"
"0zynFmHYdrSyqTIQyGNrnkwFhuoO2y/BUP2VDHRLDNU/0YIxNHu9X2WmniQ9alipOVfEf8"
"bSjpukVYnI+KgAphtZg4/QvevM0ZOJPRbyReqJt1joyScOwYH4GAULqizVG7+/slpRVr1N"
"A/uhPNG+ZRIoTwSZRYdNKaQVQrpW+wndo0W4m4RC/tt2XvwGR2Ps41iMzhmEE8Faj/osCs"
"hvTH6ixuiRn0UB+Y3Jlyd6kkZV3XJIsNO0zk4DBrmvZKBbYpC7scjMo4y4prKwUra5X2We"
"swsda1jppmQeR1niAIV8V3i3OJSGYdcKhDmtL61mL0k3Loq+EF8UBv85jQaNDSh9FJjUIz"
"JO9JXKarf171sjJpTfY/kVrwgtIhs80n2/caDbOr4CzHQ71YLku6AzhVNAB8PjTgZ1pjHv"
"VTqNZVsh7xhqHZaLzRusdZizQYXMpKrDhcqjDjIQiDqAEq4g+7Za9nWZOB9ALfhGbauk3k"
"WvmiIvFyFfJrY5kY7ikAX8HiiYB4zM0JSTFKQZT2UyrN4NahyEE9DQN+V7QL4w4rvYAU9z"
"G6QrEGF3K8Kmr0FtGTZFdFCI3fw5jdnVRYPlAqyDVG/l1Ma2B07s0sqwmQUCZFKQSbcuk3"
"IxTimPiuvVsmjSo4Yc+vDzp8gUKrLekyR4oZgG75FD6ZRYCEfJ9CgUB9nLfuILkEcd25yj"
"25uHx+vvVRLqJm9dR3adhiCp7n2NBEl1t5Iqn/Q6YmrUvYOC04GfJd4yG98OhFKTkzGmvp"
"azK4vpHs2bmcItkV5uZbqtSn6JWyolGGfRZ7UME2dZcHFCJF6Ic29s4nMZQ24dJAjEkdEY"
"DbGDXZNEZ0YH6HOIHXs056MTJWwoBJjN3bfOEdScBBBf9r6zgviy42o2ltYem/QHAaZtAk"
"y7yd2SWY0/gqnD8ALRQY43XwkIEmk2sNy2RR6kyqqU4nK1JEhrV6Q0uahmM/Ris4kUxeiL"
"i+IwcxnKJyOelfUmNZBrRPaB0AZC26GuIofkTjpASiEPF/Jw208opI12Lb25ZfZQSMM96G"
"REn8z4E2gfRpaDAf2N6YfjyPZAuufb1I/jfvPEP8yw45QX8c/gukT/6eDiTUq4+FBF8cOH"
"y9tbRX1Xak4J1z5drn4u81odXlXEbiC+6nA2yYMIr+pS+nrvW/7f65PB69MTdHz8Tv75m/"
"z/HuwkBzf6VkgajPwCBaN+iKMOsbMdHuj2eBs+0GfSU3scZFN/hdfBmCW9VroefpvIONb4"
"1KiRiGSldIpEcXREfTTGz7yJyh78xtnjq+THBKUoVbDRO6/humif5UfbmSH9F2cH5r8Q81"
"DzmAMK5sscueAM2nImDNh8wObTfdJbIth8kG5UlVwTt1SKNbNFnzonfBI/4JsncX3qOFys"
"sN3FOZlH6Ck5hvIJSS+kPFLT9uNDNZWneq57vxphtG4ofyEE0u57h4CYjJ1uw/G8XyK0It"
"ozRUAsYo1YRMgG2mosrcdJ0uI3BXSP4M1PXiFsKzwpFYUWEkD32B2c1wm0573Kp+/5Uqj9"
"0PbZxMIKL6AwaKo5zmKqLJmHR3gFv8IwWUxhZZiFiuPcKrJYUwRsXTXefnG6kEu03v8MpH"
"srwOYzbQJGfb1yQQkA2F3Nrk9GRJ4dOJxrKg3LSIiVK8hdsdKtZ0PKonZnRzre1vzdT+X+"
"2AzSJPYhDwU3aOvcoODv/koGuiVm4Xu/pNhC1NCvMgrLUPKgtlE49LlwGBDkE4/6LPI2Yx"
"TVP4yLj77PVsaXDX2UlO5DtvVKFE6IJqA8JpM8qyucbvOrNlYL9Y98ZlPSA4zNYGw+rOX2"
"UBIAOymGQ8FZKDi7H6q3Ys0XBjpNe0gM6CDDWzDoUZcRlxn654AUkXAeSFaL0DkPBEx+21"
"yuwWS9dYZD30+OaKtNcQbTxYW6zjpdvkwvbYLhkFGGFZO4yrSaRUGIXmPrqmUHUW2MBkOw"
"jIWBaDwQwcT2PO3w4CwKyG9Ovkd0CyGkEKC9Me0enks+tIjPgID6NahXKfjVvCt1eyC9Pu"
"mY8acahrHumKe+/HjEPGqtExLbNgwVjG7liESXMgN7nmMTxeQvH4ECDIZgjSHYe4Zky/TX"
"zdjFRbJSszogeSRUAWmb4zxXAM2UloUmERIFKERItHqgIRSmwwPdplCY69GImMqC09nm/s"
"qwGIMseq4MjrkXdRom4uQPeerZCw6QRUybT1oZe4Lj80SyVRriC/wv28XOqyN04wbEjw5F"
"Ww6J2cYXrFEUIr7p8ptcqmtlEJtRt1ZHtGxf2RqcnF2cvT19c5bqWOmVKtUqUaPKY1f2WB"
"f0gNZGKACxX1Kn/Ol1nEhJ/y46kDbv6cczD9tjV3PKFmCgVZaw+kz8gD9BU3bzcGAZyq9v"
"l1Coa70f+/aIi/1apu0UACbVNUyq5IvncC1PnZ5WTn4BBkOgOQRt0uNvbZf0yrR42dhfrc"
"M7Sb9aGrzoLQ7zrKNNKzV03RuABg4a+EGvPKCB77sE40hHAY+7d1D/3kJhh2moQ23cHaht"
"2+m0LVOwd5CCY3IyxtTXi+/OYLpH8+an8OcQu0x59kup/JWFdEkjX1MEy25mLPRdYhkNyF"
"VigWUFy/x3McPzbVXOaZU5KY/rErV7yk/Qoz+LAvIhPvvwqIdQ4a/covdR7tG9Mpte3Nxf"
"bdXzFz1X2vUe6CxnkoviZ0z+/Uj8tBVhN9poZXGZrF0oscJBmfJ9W1HA9rfLY473baxux5"
"a7MSkerKlQ3OgAGIXUmG2wGts4bD1JOo8CSXqN8ASfcIlHM9l0genShrZrHdJkVOuokxTQ"
"QcfM2zq+g7flroO3S54Dn+BAFXFT5VFMEN3zGpzXcs6cVzhnzpedM5AHBXlQvS1bW36JxP"
"yewtKSNPWrrCxeptNKA8vjhCBGXC5bHKEnPp4je5xERz+hsU9fAvRis4msvztHolTXWJpU"
"AsJeh54o3ZsYVcwJCdCU84leJsQVh9vy1cVCeMznx7JpZoffu0aYFlhvdm69MfmE1tnCkv"
"6bkRD2GxTXpcCNtm1Ou4jcgMp8W67Ml7BlBCZWuQEfZthxSnW4ZXSXdLnTwcWbVHsTH6r0"
"tYcPl7e3ywqaEDyNf2se6JcDdXAOb34hfrZ9FmJHCp+aWkQBCuVR2qZEZMfZZmRmeNSx9f"
"aEAqyDr9RWKmtnVAg9294ydnf7wsl2N4VdH40ljvw2iEdNRXnzUv4LqM6QvzF3ock1WtbI"
"6JRHgs2pddtFS2xODwy7VsTzktEpbetXWZ2CbK8ax1FFjtf/CZDnYJMg6iKMHE6W+kSpFb"
"2VcTs5127UWXUOFBh/2mP8gbiIrsVFdJPSxWqiQWkOBJQumR7040xsoLOMzsB2VSki1dJi"
"CgJBsXWCYj4JqEFdXSip29qxbYkS8Girj6KV1yuFf5b0qCH4O1zdd2RUfoW8r+5U4+zX3C"
"YrfYP8J1d28rE7BaVg71sXKAUgwR42pfuNXGiVfR9iFw4tdkHugkv8VvvTEwx40Quq7IQv"
"EhPqaIaY52Bd4nQHTqi2SNBx5ktPJUUnbdWSdLZXrbJ3Q+xgrrZbaEafyYy4TF3cTt0NYi"
"PbJ1GAJAzm8cOmFCrLbzHSZY/p7Ydj9tPKbrfHIlldm9IcDFiFVD9I9dsTv1tJ9YOz7Trs"
"cYGczq9woCc4UISlXvFd3J+rxzdBFAZ2OI8LmnVnMK/i2gnpOPKl8erm7vLj72mlhXQwb+"
"/vfrxS1Fq4+v3x+rI9xphL4tvmpKcwxcQt/SpDDF70WWWGKed/w+aVUtNh3YPQ4118PbPK"
"9g2GWzsWoDQ9oFxuKs8K6IJkOjg/r+NLOD8v9yWItoLsz18qHck/6t5Bdk9qyaUnFXLpiS"
"LLlLqMqOrPltcOykCgcNAhleD867/TuAA1"
)
