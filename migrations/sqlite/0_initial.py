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
    CHECK ("kind" IN ('ORDER', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY', 'TOP_UP', 'REFUND', 'SPEND', 'SPEND_UNDO', 'CONVERSION')),
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
    CHECK ("kind" IN ('EARN', 'SPEND', 'RETURN', 'RELEASE', 'EXPIRE', 'ADJUST', 'TRANSFER', 'TOP_UP', 'REFUND', 'CONVERT')),
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
    CHECK ("due_at" = COALESCE("locked_until", "expires_at"))
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
    CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_COMMITTED', 'BALANCE_CHANGED', 'TIER_CHANGED')),
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
    "payable" BIGINT NOT NULL,
    "attributes" JSON NOT NULL,
    "not_applied" JSON NOT NULL,
    "transfer_id" CHAR(36),
    "occurred_at" TIMESTAMP NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_orders_program_38ed4a" UNIQUE ("program_id", "source", "external_id"),
    CHECK ("state" IN ('HELD', 'COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED', 'CANCELLED', 'EXPIRED')),
    CHECK ("subtotal" >= 0 AND "shipping" >= 0 AND "discount_total" BETWEEN 0 AND "subtotal"),
    CHECK ("payable" = "subtotal" - "discount_total" + "shipping"),
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
CREATE TABLE "order_effect" (
    "order_id" CHAR(36) NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" CHAR(36) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "campaign_id" CHAR(36) NOT NULL,
    "campaign_version_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "amount" BIGINT NOT NULL,
    "facts" JSON NOT NULL,
    "explanation" JSON NOT NULL,
    PRIMARY KEY ("order_id", "ordinal"),
    CHECK ("kind" IN ('EARN', 'MULTIPLY_EARN')),
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
"eJztXWtz27i5/isYfTmbOYrHlu04TTpnxtn1tu469k7s7J5226EhEpI4pgCGBO2o2/3vBc"
"CLeAEpkrpRzNvZaSwCD0U9AIH3jt8Hc2YRxz+6NE0WUD54h34fUDwn4o980xANsOsuG+QF"
"jseO6otTncY+97Ap7zXBjk/EJYv4pme73GZUdn6YETTGDqYmQWyCGCUI+z7haMI89WlO5m"
"PiHcm7WcwUt7PptCkwoPaXgBicTQmfEU/Af/ttELYbtqUeVELl3//6l/hkU4t8Jb7sJz+6"
"T8bEJo6VYSTEqesGX7jq2ufP1z/8qHrKpx0bJnOCOV32dhd8xmjSPQhs60hiZNuUUOJhTq"
"wUVzRwnIjV+FL4U8QF7gUkeVRrecEiExw4kvHBnycBNSXRSH6TEXBbDKHJ5i7mR/LKxf9F"
"z5nCGMbt3YNxf/VgGIPCaMnnyY1DdMlkVI60Tblk7fc/wvsu2VFXB/ILvv/r5afvTt+8Un"
"wwn0891ai4G/yhgJjjEKpGYEm567Gph+dGM+qzqE0OQXxhOQbLSR4TGlPWMZJTb3b6NajL"
"aQYElOYoTRaTBoymMUBontBnbIe/sMDoB3t6TXkJp2lYjlQ73KAOjE7xvOKf138ajU5PL0"
"bHp2/enp9dXJy/PX4r+qonLjZdVIzBh+u/XN8+yAdiYpsOt295IUu/S6gln6oR+SkQUN+a"
"+llEbX3eYwSQ3pr0icOY14z1BAK0t6bdJ1+akR4BgPLWlFPylRuWUI0wL1L/g2CP23OiJz"
"8HzQ2CFWGP4j+2NSSDP4n/vT4ZvT49QcfH79R//6v+fw+6zcP1x6v7h8uPP8vbz33/i6N4"
"vHy4ki0jdXWRu/pdKAEtRym5Cfr1+uGvSH5E/7i7vcrLSUm/h38M5DPhgDODshcDW2mq4s"
"vxpT+kRjt5SilY8sIYm08v2LOMQgsbsbK+xab5aJ6/gimeqrGTbMrnjE0Jrv0TWQx0Roaw"
"ZVhpY3Bt4ynqtNLGcIlMj1iEchs70laAkYs9LuYikqaCCfI5nkwQZ8zx38vPNveRTwSGI0"
"adBeIzgmbYnyHbR0/E5UVjxFa+QWO1AOMEGCcOYz/bjOKn/i3Q+f0MeyWbUtQ/R6R4sAOk"
"UKydXw2H0CmfiY+j4+MKTn+5/KRoFb1y28lt1DQK2/Iil1yDDLn06EQvir1FmeiVAeb4Hi"
"848Q+Q8Sp56ubuQ2ZXF7R+uL69/PT37z5e/v+rzNZ+c3f7l7h/eoJ/+PvD1WV+BEzmhlxl"
"yf/b/d1tCfUJIi9z2SZH/0GO7R+iAFzBveQiw308pxPqU9P9ew3x8gYfcsSL+SvJaSH5Zp"
"H7Enz3MxQHIeGmh5l8dW1xuxbDnEWCfnOIo++RZ/bU6iXPIjcw+pEEDO94v7RY6bYZ6JRY"
"1TCs1GGTLis12F9nmAul0iHWVOiUyr3uF7XQ0l5a/3dW9TDF84Hze++qD+iXO9Uv1awv0F"
"muX8b9e6hfvjmroV6+OSvVLmUTKO+7VN6fxE9rwm/cv4f8no5q0Hs6KmVXNuX1cqwLN7if"
"Y8cpd0jFoD65pE5HF28SJ5T8UOV2uv94eXNT9DMpXWrRZLIuETBda0zXkK74Gwo8l87YAm"
"53M/d4u9N2dHJ2cfb29M1ZMneTK1UTuGzuGlLV0yuRlczGsCoNslfao9QI9QxOPDZvvgQk"
"MFgHaqwDUdSVmHYLjVF5VbBWAoNVoCQGzpgzymdtqF0CgdwycsX0aypy5aC94XYTUhfEse"
"0njm3GPC5+p9Nks8uAdrfVDT5d/fj5/mpbprBtb3dT0Ys03eyyoN1N9NNDWY7HgUcN5llE"
"s3iUz+AsaodT+MPd7ed748frT/cPhzqPx4wGvmFit+n2lwHubiqfHB/A9ufihYHncSpig8"
"yFDK43EsWuk0YEi8/YCRrm7GRgwH077j0ylz/Wa7ozFnC9GYC19saO+Jq/x3MX21M60Lib"
"k7ZhlcfZTPeqETbtKySS36XSqjHyAoe8Ry/S0Wxz5ItpIkOWbaoimp+J5wusf4Qe3WDs2P"
"6MWEZ08VH2u5V52S8zW9xToMUFjCwPT7QB1Tv9bnCQg4McHOTgIAcHeZ8c5GIL0flsKoww"
"XO+t6QPDW/A15PfZJlZxHbaVtNkxz1gP5c1fohGqEDt/WQ7iaukzPeS1Qx9jsJL7hkoiJO"
"I+74T85xNPzI4hovICMmeYip8j5ECZnKJEPyavY8cJM+/eIZ8Q9ChQz7ZJ/KNoKopBfSwN"
"qdzdt9eRRGMew480kLVYQDTdu9QEouluRdPsa1CX1RwMaM0LpeFyUn8rXwL65DPcnG/bs5"
"lnc41ju1w4SkGAU52HlWOPt8npygAhc69zWT2ZqDFqtUrbW8IgZ+8Qx138NMuWBDTKis6i"
"1sqM7phGuevEaDKZEJM3Ij8FgZz0Naj3iCkDKNrlq2agsLd1eo1rXnADKm20qbTREUvaFe"
"WettRV2DCsspqRpMtKU9kdJWKlpct62GEh7iF6IgtiofECfZdc8smXV+/RoyBN7ZqPSEVu"
"+cpQJe/hy5vIslRl9be3/WVrVL/abyHB1fatnkS8ltu7ooFvWgI5gwLDTMGQAEZEqH7efU"
"qh+vmGCRU3pP6k8SzNwYBWSJ/fXWxA6Ac1Whbu16H7ZAjfcThwRGerMv5FLAzEugPRvKh/"
"DghD0HoI4CgROErk26QejhLZx4rPqHiGJmLmEtFK0OyY82rrMaiRSbHhgpJCweRuPbmVFb"
"ehVprGrKGSdmyab0YjDd2oRTbLqzclAAid1qy9+w4Q7Bi/m5mkzDQDz2vlo85BwUfdaR81"
"BCP0eKC74hh/JvqDpsOGYaVjPOlSI5PZxT5/zQn1iehjcoTHLJCJHaErJ+20jq/EMuKrI3"
"StkjzUSU26TOWN3fuf9J/00WTzuc3DQiqJo1z6xtXv9aPTpUKvnrypbFKmfhxmTHCZsfLi"
"MU5k0zzMN7n84RM6X9et3hVZGxzs4LYE9/pBkJpezBpavHNIUNNbq+ng6NyiAQpsIBuOHt"
"lv6FgvOVUhpEbjqMgMrEcGph0vv45QxRovERkQzOdcXVuPzQ1uNyY1jwNec4FmrA2rWRRw"
"muXUIhzbTqNsqhQE8tjaJ1OBobrH9kswVH8jA90RQ/W1ReYu44Sa2jyudPOwymht5zrWMF"
"0/kUVk1MU+CnxivVvWwOSYWr4sRzRE4q/wuuyGqf9CPFmH6KfE+ByZqoZIHSCtzNKvdObs"
"rX/fGiZocY9GlgyywROk9mt23la1PChatFNxUL0LTaZwAuihNe5kVGcai16l01i15cIcIb"
"W63GCxwdTqjKgdcJPpapmWKzkpCCg5UDECZN9Oy76Uy3JkesE3bFsl9S571RR5hQj5MrPN"
"mZAtkVgsfHEP5C98TuboSZDkJwEWZTJssxvUqLvps8Az1XtAvnLiUezIBqi7uW/pCkTY3Y"
"qwyWtQW4ZNED0UYjdfFj69ujRgOQfrIdVbKRLf9VCqXVoZNrNAgEwKMunWZVIhxmnlUXm9"
"WhaNe9SQQ+9/+hyaQmWQbRxzKxVT/z1yGHsiFsJh7C4K5LlZqp/8AuQyxzYX6Ob6/uHqB5"
"2Euslb15FdnwKQVPe+RoKkultJVUz6JmJq2L2HgtOBH13UMRvfDoRSU5AxZV4jZ1ca0z+a"
"NzOFOyK93KjoPp38ErVUSjDOss9qGYaGKURCnPAJV2U2beIJGUNtHcT3w5MQx9jB1CThET"
"U++hJgx54sxOggVZlNI8Bs7r5w9iKILyC+wNmLPRZguk3ulsxq4hHMJgwvET3kePOJR1Bm"
"dQPLbVfkQaZNgpeXqyVBVjsB3hSims3Ri81nShRjLxR5xCHYJyqUj3x1bU+b3t4AuUZkHw"
"htILQd6ipySO6kA6QUThOAKu3dJxSqtG+n3Bjk12/2vZ/LVbHIZmXx4wQDVTh0UdW10sA9"
"MhdP0Lj2cQYG9LemH6of74H08rOP7+fYcb65A5BPRxdvEsLlhyqK7z9e3txoykkw84kI7Z"
"MK9bPIa3V4VR67gfiqw9kkDyK8KhsH6tridm3OQM4g4RjkQxx9KyAtRn6JglE/xFGH2Nke"
"D3R3vA0f2TMZ6D0Oqmm4wutgzONeK10Pv85UHGtUpHYiI1kZe0KyFhNiHpriZ9HEVA9x43"
"S1XPUxRmlKFWz0zmu4Lrpn+WnszFD+i7MD81/IediwqhoD82WGXHAGbTkTBmw+YPPpP+kd"
"EWw+KjeqTq6JWirFmvmyT50DBYjni82TUI85jhArbLosy3+UPupeeSFVBX/bi2r4aw8RWP"
"d+NcJoaaB+IQTS7nuHgJiMnW7D0bwvEFoR7ZkgIBaxRiwiZANtNZbWFSQ14jcB9I/gzU9e"
"KWxrPCkVhRZiQP/YHZ3XCbQXvcqn73kh1H5se3xmYY0XUBo09RynMVWWzMMjvIJfaZjMp7"
"ByzANN9eiKLNYEAVtXjbdfnqxOSaP3PwXp3wqw+UwbnzOvWbmgGADsrmbXIxOiSpWPFw2V"
"hiISYuUO93Dp423N371Y7mIzSJvYhywU3KCdc4OCv/sbGeiOmIXvvJJiC3feyloL4fmrtY"
"3CgSeEQ58gj7jM46G3GaOw/mFUfPR9ujK+ahiiuHQfsq1XsnBCOAFlnX1p4dVWON3mV22s"
"Fupv2cymuAcYm8HYfFjL7aEkAPZSDIeCs1Bwdj9Ub8WaLw10De0hEaCHDG/BoMcoJ5Qbzc"
"8BySPhPJC0FtHkPBAw+W1zuQaT9dYZlqc/Rke01aY4henjQl1nnS5fpgubYDDmjGPNJK4y"
"raZREKLX2rpq2X5YG6PFEBSxMBCtB8Kf2a7bODw4jQLyW5Pv4oXioxH3KRBQ35p6zMVTjY"
"NIns6yX35kXBa11qlxXRuGCka3cmwcZdzAruvYRKPxl49ADgZDsMYQ7D1rrGMy/YbKBcGh"
"7/31J4Lj+BsZ6C45jq8mE2Jqy7Omm4crncgGWfZc6Uq+k1nNM1knPzmJ3SKmLSat8tTiqP"
"p+Oqc5uiD+sSl2Xh2ha+oTLzxCqOhA3sYXrJFCHd20+CaXCuIpxGYE8f0e7x6K4aOTs4uz"
"t6dvzhLpO7lSJXTHAna5p3ePVfQOaG2EdOn9kvoknr6JyTXu30dz6+b9YnjuYntKG07ZHA"
"zmbBmtz8TzxRO0pTcLB5qhXPGWCYU6sPuxfU6E4N/I7JkAwNy2hrmNfHUdoefp0znKyc/B"
"YAgaDkGXNPkbm5JBmR6vGoertXgn7ldLh5e95eF3dfRprY7e9Aagg4MOftArD+jg+y5ZNm"
"migkfde6iBbyERGo6j7sVpjh1znMJx1L2Ywl8CTLn2rIRS+SsN6ZNGvqYIlt7MeOBRYhkt"
"yNVigWUNy+J3ccP1bF2OVpU5KYvrE7V7iudtRn8aBeRDGOnhUQ9hpN+uRe/nUI0faOx5cd"
"OwyprnpjqtNOU9zAjihAo54Ag9Cs4n9jR22D2iqcde/PB4ZFlBYYFkstVUWe18wl8Hriy+"
"EIbZmNicER89UfaCXmaEyuMJPIIthKdiDIsWwB1+Lxzd3D2rTLkt0RQTupEyFvXfjDFhv2"
"baPpkSuraB7MKWALmVW86tjNkyfBPrBNPqsxeL6D5JqJs4gVEGhRv/bliSOQPq4Rze/EL8"
"bHs8wI4KDC8QXR3hn4PCMZddC/BPj7PNydxwmWM32xNysB6+UlupjZJSIZqZLIrY3e0LJ9"
"vdFHZd3FQe2mIQl5maAjWl/OdQvSF/Y2ZoU2i0vFVCWBYJ+WCd2y46YnO655haIc8Fo1PS"
"NqyyOvnpXjUKioZ1Af/HR66DTYKYPBTKEWTpa4Ku6K0t65mpPBh21lXyBONPd4w/EPfUt7"
"Kd/aR0uZo0oDQDAkoLpofmBSNsoLOMTt+muqCFamkxAYGg2DlBMRuWwnXnelUPbgICm1HX"
"xrYjSsCDrT9MQF2vFP65Xf94WUeo+45K/KiQ9/WdalTvz2yyyjcofnJlJw/TJ1AK9r51gV"
"IAEuxhU7rfyIVO2fchduHQYhfULljgt9qfHmPAi55TZWdikZgxR7O2VrmhMrA+cboDJ1RX"
"JOiohOVAJ0XHbdWSdLpXrUTsMXawUNstNGfPZE4o16db67tBbGT3JAqQhME8ftiUQrWzLU"
"a67LHYwuGY/ZrUVfbsqV12RFgVpRkYsJpLYDI585qsAQmgh4vA2zoK29tyfe1tUV0j2NeF"
"uVWVs4gR/UtZP6+lEZ9XaMTnRY0Y6q332OMC9da/wYFufm4inJfY5rzEjhhjLolnm7OBxh"
"QTtQyrDDF42WeVGaac/w2bV0pNh1oZVGMzjHbx9cwq2zcYbq1QXWl6QLncVJ4V0AfJdHR+"
"XseXcH5e7kuQbTnZX7xUTST/sHsP2T2pJZeeVMilJ5os0/As3yLD5XUhUhAoCnFIRSH++C"
"9RzrQK"
)
