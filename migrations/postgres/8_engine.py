"""Campaigns with triggers, discounts, limits and budgets; occasions; what rules know of members."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_kind_check", ADD CONSTRAINT "transfer_kind_check" CHECK ("kind" IN ('ORDER', 'HOLD', 'RETURN', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY', 'TOP_UP', 'REFUND', 'SPEND', 'SPEND_UNDO', 'CONVERSION', 'AWARD'));
ALTER TABLE "event" DROP CONSTRAINT "event_kind_check", ADD CONSTRAINT "event_kind_check" CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_HELD', 'ORDER_COMMITTED', 'ORDER_RETURNED', 'ORDER_CANCELLED', 'ORDER_EXPIRED', 'BALANCE_CHANGED', 'EXPIRY_REMINDED', 'TIER_CHANGED', 'ORDER_CLAIMED', 'OCCASION_RECORDED'));
ALTER TABLE "orders" DROP CONSTRAINT "orders_check", ADD CONSTRAINT "orders_check" CHECK ("subtotal" >= 0 AND "shipping" >= 0 AND "discount_total" BETWEEN 0 AND "subtotal" + "shipping");
ALTER TABLE "order_effect" DROP CONSTRAINT "order_effect_kind_check", ADD CONSTRAINT "order_effect_kind_check" CHECK ("kind" IN ('SPEND', 'EARN', 'MULTIPLY_EARN', 'DISCOUNT', 'SHIPPING_DISCOUNT', 'GIFT', 'TAG'));
ALTER TABLE "order_effect" ALTER COLUMN "asset_id" DROP NOT NULL, ADD CONSTRAINT "order_effect_asset_check" CHECK (("asset_id" IS NOT NULL) = ("kind" IN ('SPEND', 'EARN', 'MULTIPLY_EARN')));
ALTER TABLE "program" ADD COLUMN "approval" BOOL NOT NULL DEFAULT FALSE;
ALTER TABLE "campaign" ADD COLUMN "approved_version" INT;
ALTER TABLE "campaign" ADD COLUMN "approved_by" VARCHAR(80) CHECK (("approved_by" IS NULL) = ("approved_version" IS NULL));
ALTER TABLE "campaign_version" ADD COLUMN "trigger" VARCHAR(32) NOT NULL DEFAULT 'ORDER' CHECK ("trigger" IN ('ORDER', 'ENROLLED', 'EVENT', 'SCHEDULE', 'TIER_CHANGED', 'SEGMENT_ENTERED'));
ALTER TABLE "campaign_version" ADD COLUMN "step" VARCHAR(32) NOT NULL DEFAULT 'PROMOTION' CHECK ("step" IN ('MEMBER_PRICE', 'PROMOTION'));
ALTER TABLE "campaign_version" ADD COLUMN "audience" VARCHAR(32) NOT NULL DEFAULT 'MEMBERS' CHECK ("audience" IN ('MEMBERS', 'EVERYONE'));
ALTER TABLE "campaign_version" ADD COLUMN "calendar" JSONB;
ALTER TABLE "campaign_version" ADD COLUMN "schedule" JSONB CHECK (("schedule" IS NOT NULL) = ("trigger" = 'SCHEDULE'));
ALTER TABLE "campaign_version" ADD COLUMN "stacking_group" VARCHAR(64);
ALTER TABLE "campaign_version" ADD COLUMN "limits" JSONB;
ALTER TABLE "campaign_version" ADD COLUMN "budget" JSONB;
ALTER TABLE "campaign_version" ADD COLUMN "holdout" SMALLINT NOT NULL DEFAULT 0 CHECK ("holdout" BETWEEN 0 AND 10000);
ALTER TABLE "campaign_version" ADD COLUMN "drafted_by" VARCHAR(80);
ALTER TABLE "member" ADD COLUMN "tags" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "member" ADD COLUMN "attributes" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "member" ADD COLUMN "orders" INT NOT NULL DEFAULT 0 CHECK ("orders" >= 0);
ALTER TABLE "member" ADD COLUMN "last_order_at" TIMESTAMPTZ;
UPDATE "member" SET
    "orders" = (SELECT count(*) FROM "orders" o WHERE o."member_id" = "member"."id" AND o."state" IN ('COMMITTED', 'PARTIALLY_RETURNED')),
    "last_order_at" = (SELECT max(o."occurred_at") FROM "orders" o WHERE o."member_id" = "member"."id" AND o."state" IN ('COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED'));
ALTER TABLE "event" ADD COLUMN "occasion_id" UUID;
ALTER TABLE "orders" ADD COLUMN "shipping_discount" BIGINT NOT NULL DEFAULT 0 CHECK ("shipping_discount" BETWEEN 0 AND "shipping" AND "discount_total" - "shipping_discount" BETWEEN 0 AND "subtotal");
ALTER TABLE "orders" ADD COLUMN "consumed" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "orders" ADD COLUMN "counted" BOOL NOT NULL DEFAULT FALSE;
ALTER TABLE "orders" ADD COLUMN "claimed_at" TIMESTAMPTZ CHECK ("claimed_at" IS NULL OR "member_id" IS NOT NULL);
CREATE INDEX "ix_orders_counted" ON "orders" ("program_id", "id") WHERE "state" = 'EXPIRED' AND "counted";
CREATE INDEX "ix_orders_occurred" ON "orders" ("program_id", "occurred_at", "id");
ALTER TABLE "order_line" ADD COLUMN "campaign_id" UUID CHECK ("campaign_id" IS NULL OR "unit_price" = 0);
ALTER TABLE "order_effect" ADD COLUMN "step" VARCHAR(32) CHECK ("step" IN ('MEMBER_PRICE', 'PROMOTION', 'COUPON', 'SHIPPING', 'ASSETS', 'PAYMENT', 'EARN', 'PROGRESS'));
ALTER TABLE "order_effect" ADD COLUMN "parts" JSONB;
ALTER TABLE "program" ALTER COLUMN "approval" DROP DEFAULT;
ALTER TABLE "campaign_version" ALTER COLUMN "trigger" DROP DEFAULT;
ALTER TABLE "campaign_version" ALTER COLUMN "step" DROP DEFAULT;
ALTER TABLE "campaign_version" ALTER COLUMN "audience" DROP DEFAULT;
ALTER TABLE "campaign_version" ALTER COLUMN "holdout" DROP DEFAULT;
ALTER TABLE "member" ALTER COLUMN "tags" DROP DEFAULT;
ALTER TABLE "member" ALTER COLUMN "attributes" DROP DEFAULT;
ALTER TABLE "member" ALTER COLUMN "orders" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "shipping_discount" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "consumed" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "counted" DROP DEFAULT;
CREATE TABLE "segment" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "code" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "conditions" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_segment_program_ea9089" UNIQUE ("program_id", "code"),
    FOREIGN KEY ("program_id") REFERENCES "program" ("id") ON DELETE RESTRICT
);
CREATE TABLE "campaign_usage" (
    "campaign_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "program_id" UUID NOT NULL,
    "uses" BIGINT NOT NULL,
    "count" BIGINT NOT NULL,
    "money" BIGINT NOT NULL,
    "points" BIGINT NOT NULL,
    PRIMARY KEY ("campaign_id", "owner_id", "day"),
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("uses" >= 0 AND "count" >= 0 AND "money" >= 0 AND "points" >= 0),
    CHECK ("money" < 4611686018427387904 AND "points" < 4611686018427387904)
);
CREATE TABLE "campaign_run" (
    "campaign_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "program_id" UUID NOT NULL,
    "reached_id" UUID,
    "finished_at" TIMESTAMPTZ,
    PRIMARY KEY ("campaign_id", "day"),
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT
);
CREATE TABLE "occasion" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "trigger" VARCHAR(32) NOT NULL,
    "code" VARCHAR(64),
    "source" VARCHAR(64),
    "external_id" VARCHAR(200),
    "attributes" JSONB NOT NULL,
    "not_applied" JSONB NOT NULL,
    "consumed" JSONB NOT NULL,
    "transfer_id" UUID,
    "occurred_at" TIMESTAMPTZ NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CHECK ("trigger" IN ('ENROLLED', 'EVENT', 'SCHEDULE', 'TIER_CHANGED', 'SEGMENT_ENTERED')),
    CHECK (("source" IS NULL) = ("external_id" IS NULL))
);
CREATE UNIQUE INDEX "uix_occasion_name" ON "occasion" ("program_id", "source", "external_id") WHERE "external_id" IS NOT NULL;
CREATE UNIQUE INDEX "uix_occasion_transfer" ON "occasion" ("transfer_id") WHERE "transfer_id" IS NOT NULL;
CREATE INDEX "idx_occasion_member__bd7476" ON "occasion" ("member_id", "id");
CREATE TABLE "occasion_effect" (
    "occasion_id" UUID NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" UUID NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "campaign_id" UUID NOT NULL,
    "campaign_version_id" UUID NOT NULL,
    "asset_id" UUID,
    "amount" BIGINT NOT NULL,
    "facts" JSONB NOT NULL,
    "explanation" JSONB NOT NULL,
    PRIMARY KEY ("occasion_id", "ordinal"),
    CHECK ("kind" IN ('EARN', 'MULTIPLY_EARN', 'TAG')),
    CHECK (("asset_id" IS NULL) = ("kind" = 'TAG')),
    CHECK ("amount" > 0 AND "amount" < 4611686018427387904)
);
DROP TRIGGER "tr_orders_decided" ON "orders";
DROP TRIGGER "tr_orders_payer" ON "orders";
CREATE TRIGGER "tr_orders_decided" BEFORE UPDATE OF "id", "program_id", "source", "external_id", "content_hash", "store", "channel", "currency", "subtotal", "discount_total", "shipping", "shipping_discount", "spent", "payable", "paid", "attributes", "held_until", "occurred_at", "recorded_at", "payer_id" ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its state changes');
CREATE FUNCTION "refuse_claim"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an order of a guest is claimed once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "tr_orders_claimed" BEFORE UPDATE OF "member_id", "not_applied", "consumed", "claimed_at" ON "orders" FOR EACH ROW WHEN ((NEW."member_id" IS DISTINCT FROM OLD."member_id" OR NEW."not_applied" IS DISTINCT FROM OLD."not_applied" OR NEW."consumed" IS DISTINCT FROM OLD."consumed" OR NEW."claimed_at" IS DISTINCT FROM OLD."claimed_at") AND NOT (OLD."member_id" IS NULL AND NEW."member_id" IS NOT NULL AND NEW."claimed_at" IS NOT NULL)) EXECUTE FUNCTION "refuse_claim"();
CREATE TRIGGER "tr_order_line_gift" BEFORE UPDATE OF "campaign_id" ON "order_line" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only what was returned of it changes');
CREATE TRIGGER "tr_campaign_usage_terms" BEFORE UPDATE OF "campaign_id", "owner_id", "day", "program_id" ON "campaign_usage" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only the numbers change');
CREATE TRIGGER "tr_campaign_usage_delete" BEFORE DELETE OR TRUNCATE ON "campaign_usage" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_campaign_run_terms" BEFORE UPDATE OF "campaign_id", "day", "program_id" ON "campaign_run" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its progress changes');
CREATE TRIGGER "tr_campaign_run_delete" BEFORE DELETE OR TRUNCATE ON "campaign_run" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_occasion_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "occasion" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_occasion_effect_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "occasion_effect" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TRIGGER "tr_order_line_gift" ON "order_line";
DROP TRIGGER "tr_orders_claimed" ON "orders";
DROP FUNCTION "refuse_claim"();
DROP TRIGGER "tr_orders_decided" ON "orders";
DROP TABLE "occasion_effect";
DROP TABLE "occasion";
DROP TABLE "campaign_run";
DROP TABLE "campaign_usage";
DROP TABLE "segment";
DROP INDEX "ix_orders_counted";
DROP INDEX "ix_orders_occurred";
ALTER TABLE "order_effect" DROP COLUMN "parts";
ALTER TABLE "order_effect" DROP COLUMN "step";
ALTER TABLE "order_line" DROP COLUMN "campaign_id";
ALTER TABLE "orders" DROP COLUMN "claimed_at";
ALTER TABLE "orders" DROP COLUMN "counted";
ALTER TABLE "orders" DROP COLUMN "consumed";
ALTER TABLE "orders" DROP COLUMN "shipping_discount";
ALTER TABLE "event" DROP COLUMN "occasion_id";
ALTER TABLE "member" DROP COLUMN "last_order_at";
ALTER TABLE "member" DROP COLUMN "orders";
ALTER TABLE "member" DROP COLUMN "attributes";
ALTER TABLE "member" DROP COLUMN "tags";
ALTER TABLE "campaign_version" DROP COLUMN "drafted_by";
ALTER TABLE "campaign_version" DROP COLUMN "holdout";
ALTER TABLE "campaign_version" DROP COLUMN "budget";
ALTER TABLE "campaign_version" DROP COLUMN "limits";
ALTER TABLE "campaign_version" DROP COLUMN "stacking_group";
ALTER TABLE "campaign_version" DROP COLUMN "schedule";
ALTER TABLE "campaign_version" DROP COLUMN "calendar";
ALTER TABLE "campaign_version" DROP COLUMN "audience";
ALTER TABLE "campaign_version" DROP COLUMN "step";
ALTER TABLE "campaign_version" DROP COLUMN "trigger";
ALTER TABLE "campaign" DROP COLUMN "approved_by";
ALTER TABLE "campaign" DROP COLUMN "approved_version";
ALTER TABLE "program" DROP COLUMN "approval";
ALTER TABLE "order_effect" DROP CONSTRAINT "order_effect_asset_check", ALTER COLUMN "asset_id" SET NOT NULL;
ALTER TABLE "order_effect" DROP CONSTRAINT "order_effect_kind_check", ADD CONSTRAINT "order_effect_kind_check" CHECK ("kind" IN ('SPEND', 'EARN', 'MULTIPLY_EARN'));
ALTER TABLE "orders" DROP CONSTRAINT "orders_check", ADD CONSTRAINT "orders_check" CHECK ("subtotal" >= 0 AND "shipping" >= 0 AND "discount_total" BETWEEN 0 AND "subtotal");
ALTER TABLE "event" DROP CONSTRAINT "event_kind_check", ADD CONSTRAINT "event_kind_check" CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_HELD', 'ORDER_COMMITTED', 'ORDER_RETURNED', 'ORDER_CANCELLED', 'ORDER_EXPIRED', 'BALANCE_CHANGED', 'EXPIRY_REMINDED', 'TIER_CHANGED'));
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_kind_check", ADD CONSTRAINT "transfer_kind_check" CHECK ("kind" IN ('ORDER', 'HOLD', 'RETURN', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY', 'TOP_UP', 'REFUND', 'SPEND', 'SPEND_UNDO', 'CONVERSION'));
CREATE TRIGGER "tr_orders_decided" BEFORE UPDATE OF "id", "program_id", "member_id", "source", "external_id", "content_hash", "store", "channel", "currency", "subtotal", "discount_total", "shipping", "spent", "payable", "paid", "attributes", "not_applied", "held_until", "occurred_at", "recorded_at" ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its state changes');
CREATE TRIGGER "tr_orders_payer" BEFORE UPDATE OF "payer_id" ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its state changes');
"""


MODELS_STATE = (
"eJztXWtz2za6/isYfdlkVvHEtySbnDkzduNtvXXiju3snu52R4ZISOKYIlgStKKzp//9AO"
"BFJAVSBEVKFP12OklE4CGlByDw3vGfwZyaxPaPLgyDBg4bfET/GTh4Tvg/8k1DNMCuu2oQ"
"Fxge27IvTnUa+8zDhrjXBNs+4ZdM4hue5TKLOqLzw4ygMbaxYxBEJ4g6BGHfJwxNqCc/zc"
"l8TLwjcTeTGvx2ljPVBQaO9XtARoxOCZsRj8P/9a9B2D6yTPlFBVT8+9//5p8sxyTfiS/6"
"iY/u02hiEdvMMBLi5PURW7ry2rdv15//KnuKbzseGdQO5s6qt7tkM+ok3YPAMo8ERrRNiU"
"M8zIiZ4soJbDtiNb4U/hR+gXkBSb6qubpgkgkObMH44L8mgWMIopF40ihgFh9Cg85dzI7E"
"lff/HX3PFGY0+nr7MLq/ehiNBmujJb5PbhyiSwZ1xEhbDhOs/eeP8L4rduTVgXjADz9d3L"
"06ffda8kF9NvVko+Ru8IcEYoZDqByBFeWuR6ceno/0qM+imhyC+MJqDFaTPCY0pqxjJKfe"
"7PRrUJXTDAgozVGaLCYajKYxQGie0Gdshb9wjdFLa3rtsAJO07AcqVa4QR0Ynfz78r/e/O"
"Xk5PT0/cnb03cfzs/evz//8PYD7yu/8XrT+5IxuLz+8frrg/hClG/T4fYtLmTpd4ljim+l"
"RX4KBNTXpn4WUVud9xgBpNcmfWJT6umxnkCA9tq0++R3PdIjAFBem3KHfGcjk6tGmK1T/5"
"mzx6w5UZOfg+YGwYywR/E/2hqSwV/4f2+OT96cHqO3bz/K//8s/9yDbvNw/eXq/uHiyy/i"
"9nPf/92WPF48XImWE3l1mbv6KpSAVqOU3AT94/rhJyQ+on/efr3Ky0lJv4d/DsR3wgGjI4"
"cuRthMUxVfji/9ITTayVNKwRIXxth4WmDPHK210BNa1He9aX4yz1/BDp7KsRNsiu8ZmxL4"
"bFDbGGTDsNTCkHSpZF/wrOmMCSMBjowCiFFkeniBuGqMnchuINtdvCTeJ2QxNMM+4iIMMd"
"FiRhz0GDhcfX5Elo94Z7U5oqXnKK0X8gaRvgCWDLBkgJaYeSUqU5rCAKFgGgLT0IEROqcO"
"m9nLkW3NLYUMW6Y+rEFrKRLRZtUVVvekulmOoTDOlWsQCWhfusN+JvdBKAnpwZUSqe7gJq"
"AGBrdjr9ihj22XFMDPXDsaFCmBsnG4UREcmXG/jdrgP2aYSU1M4LhqRhbIcoS6JraCIXoi"
"S66HjZfolZQLh2G/Yai4DcNer9d1v8buqtD0qipx8i7ql7Rk99v0grajzu3n3RTvG6hlu5"
"fQQC0DtazrlIJa1jSh8zgETMNdn2DAo6OliXVFoHOtn8lSKc2FLeWinGuNnqJOG+W4C2R4"
"xORSlIXt2KDuMT49kAj+myCf4ckEMUpt/5P4bDFhTucYhqhjLxGXroThfSbM7E/EVdjzW3"
"nCFvIdGOnBSN+HjUH+vUbnDzPsFbiZo/45IvkXO0AK+dr5fWQTZ8o1r4/o5O3bEk7/fnEn"
"aeW9cvaBr1HTSdiWD6IQa9BILD2q3dfB3rIomCIDzPE9XjLiHyDjZfvpze1lxkzDab28/n"
"px9+urLxf/8zpjq7m5/fpj3D89wS9/fbi6yI+AQd2Qqyz5f7u//VpAfYLI6+KWwdD/Idvy"
"D1EAKuFecJHhPp7TCfWp6f6Dgnhxg8sc8Xz+CnJqxLJkkWCO7pzJMj3M5Ltr8dvVGOYsEi"
"KWDnH0PfJMn2q95FkkuCW6Nspd0WKFWWegUmJlw7BUh026VPREIJuYU65TyoQ5v8izoOil"
"jgnLqB4G/34QBLZ31Qf0y53ql3LWr9FZrF/G/XuoX747q6Bevjsr1C5FEyjvu1Ten/hP0+"
"E37t9Dfk9PKtB7elLIrmjK6+VYlUB4P8e2XZxiEoP65JI4PXn/LnFCiA9lbof7Lxc3N+sR"
"X1KXWupM1hUCpmuF6RrSFT9hjefCGbuG293MfdvutD05Pnt/9uH03Vkyd5MrZRO4aO6O4g"
"CXqhEzOdiWcTOHoz0mgTNrDE48OtdfAhIYrAMV1oEoj5pPu6XCqLwp/TqBwSpQkNU+koFw"
"dahdAYHcInL59NMVuXLQ3nDbhNQFmen7SW+YUY/x36mIgi/e7DKg3W11g7urv367v2rLFN"
"b2djflvYjuZpcF7W6inx7KcjwOPGdEPZMoFo/iGZxF7XAKX95+/XY/+uv13f3Doc7jMXUC"
"f2RgV3f7ywB3N5WP3x7A9ufi5ahOZGkW1xuJYtdloDiLz9gONKtwZWDAfT3uPTIXP9bT3R"
"nXcL0ZgMb2xogi3nHm0WCqlUSlwr40u1BH/PY/4LmLrakzULjuk7ZhmffeSPeqEILuSyQS"
"z5JFZzHyApt8QgvhtLcY8vkrJ8K/LUdGhz8Tz+dY/wg9usHYtvwZnzfRRVnv5auoWruYWf"
"yeHM0vYFE8ZqIMTt/Zs39zfnMeOWcefc5BRIS7QxbEZ/Ht+SX+dJ/OyZiaS8T5JeJS+BVw"
"wF8L/kWjW0EUA0QxQBQDRDFAFEPvohj43qRyrJVYypjapdYHhltwCOU3cB3XhQrbo7I3jS"
"kFeYlHg2MVFCguoXisFUaSg9VaMrrGbGbF+FBlSf5QvCJ/kAtyx7Syu6BUMRPNwyq62cgL"
"KupnP9EFbxKaUYxFC4vN+Gff4Asg15bQlIpkXXlYiImXH0W1Tq4CGbOoeudQaE9Cy5EmcJ"
"Hkyz9YHrJMRaR2+4/bInk4YU9PSM/B9qooSd3o7MB0I6X3u9iapPZ4b12Qp7sakSKyCNTJ"
"FtRJj2CxCGmSmkVtQWrHtttmOJ1YTihJ62ei5aCQigapaKXC0zcfS9m7UHwKO1QToIKkby"
"URik4YcdJSDX+EbRETYcdEM95hHnAJxmJoip+JlGlwIs9QT9Q090go1SxE8ZTIbpzcTfS3"
"bbU4tbtHg2h1cKKVHFNN0tMYkBFy+xnIqiCrdmEeBr6qeEpZgEmMgADX2uElhn5MlQHF+r"
"amfU4dolh1NxStJzuOi+8d7S6Vz9fifYUB4rWI75gu9ffIKVOiTf195bepoE+lvDyVq34k"
"OogI0xnKAB7C7/MRWY5PPD6JhsgRF5Axww7/OUfoUdRlk2E3VFzniktYdPIj8glBjxz1bB"
"nEP4ocfHzoHwuriezu6VXie7KKkBMI/Q0CfvYukEHAz24DfjpnRugFrdFyssZo4Ta/AvRp"
"m28urdOzqGcxhcxaLDilIMCpKrmQYY/VKWeYAULRys55ETIFExyzVsXKFQzKVR7iuPOfZl"
"qCAK2CwFnUVkWBD8cz2EpNYDKZEEOl6xeTn4JAOeYtqOffZjrVSzhOQXaYbXx79/nqrq3F"
"rPWqZowoUozLYq2JKrO4TX5/ubv9cvtwHU6xQ+QYB6ZFlAdcloSppjA75PrL1ZfLq7v7Q2"
"VaVNtzTKxYNEo2yxQGtsr663Ucp6rDfRoD3G/BPcPGkyh6NPVooLme55H9i4hvPgVMHvms"
"JRWuEDDP68/zcWBOiUILLuZ9hQDe6/M+o7ZJAwXx5bVoUrDe1I1oog6NTI3XzlzKovq3TD"
"eTuJSNWzdEMky90z4yUDCPdtpMpn9cGZxTVuecsq4EY1DnuSQOY9U6LA3ByPbbGHxxT8OI"
"cTqROXjysBY05uvEnPjIXzVih4poBZmPt+BbIEHCaKLI+WvihhVCJES55FH6tGH+IiUfIV"
"Ji395miJTYbd5V/m2oyusaEKjNW+xpLWJzMKBVOWNrlK3MAfsUPbHjiF8xRWsMQAYG9Nem"
"X+2kKmO+wE0FpJeT3hH5/sph3nKgEO3DhlKpniRdNgr0t1zoti3+RyyAGzIpZYieyJKYaL"
"xEr5JLPvn99Sf0yJdqGVjxGFbZ8GUss7iHHxXciDJI14X9th+2RQ4qf5zm2xUCmnm5Ngv2"
"vXi1ygT9aOA15aYsCsQmyK5sn9RwwdHkNAMCSvPRITVUJtCXytRQDzv+RHuW5mBAKxwuus"
"PAJZkqN8LP2Aop0JLHVGjQfGqrmxGd0UFitYYihYWB2HYgZhHR2qMQA2EIag9BzRUJlqKG"
"Sg3UWYNg8WmCev1VB5abBgrJOPw76IiZK0T/IqJaKP4emRQ1F5QUCiZ37cktrbi6NedSGC"
"ihqkrOW2ezcB6vAFBQX7H27ruGRMf4bWaSUsMIPK9WDGoOCjGonY5BhWDjHg90Vxzjz8Rh"
"A5VjXDYMSx3jSZcKZxO62GdvGHF8wvsYDOExDViqPvLKaR1fiWXE10foWtYBQ9Sxl6qzBx"
"u7tzxb0KDzucXCY6YTR7nwjcvfKz3lGEVePXFT0SRN/TgMFZVnDi48ymSt53lYkuzi8x06"
"39at3hVZGxzs4LYE9/pBkJpezDQt3jkkqOm11XRwdLZogAIbSMPRI/sNHeslpzKEdKQdFZ"
"mB9cjAtOPl1+aqmPYSkQHBfFYkkDBLm9Q8DnhdywqpwWoWBZyumUuxSMnVFRGyMGA1V3CC"
"MGzZWgVrUhConFK/cgqY/3tsFQbz/wsZ6I6Y/3+0JuwHfpeBwgOQtA3LnABT3mtkxN0qOA"
"IEAAlAyi5vMR+NCfaId4TkmSA+YcwmvjhL0fLFJ0Qdg3xCom4FnxaIfwsSnvgRnQmiKIbR"
"7qO2MON3y3b8Mk5nBONyK8Zlk4z0KyVlYFAuKb0fbSqXBGlebVo+axRkgGoMDRjoptaz9n"
"6YxoByns+p9eMztau6nFKQ/kU9n7+tUgiS9yp0O8m2tQrJTIviBABuvSr5izbmmqmoTaob"
"PZoHwuqQm7hS4aljVsgiG7AqHA6/B2FUgJz1Hb08c6LtIF8DwrIEpZVfzMrUEXPnTzRvik"
"tdH5aZOWdxjwoWTs4V8Z6xNJhlKvGKg42xE4YUH6Fbx16iRwO7LPCI+chbTPToEZtgX3wM"
"jY0qs2bj91eW/E3HSEFx384smGDi3LEq3SVbfS8ohdp0UPOr+4TuMay4n4SCQgpOiz45LW"
"LBWo/6NArIr01+rMbokZ9GAfm1ySffXYsvSHVOj88gwU7TOTsNGOReyEB3xCB3bZK5Sxlx"
"DGV1/nTzsMw8Z+U6VrDSPZFllKqPfRTwXeEjWoiPFkM+w47pC3PaUFrNFnE3LoouCN+9j9"
"DPSUmByIAyRL5BXSIjDV+rrHatP2+LiER+j/VXvCQ/ldQ/MLKGpW5nXuyTSnECJyVxAidx"
"nACY6XbrlhPvgs4UTgA9DMY4PqkyjXmvwmks23LFK+FAzGKxuaUITxowcXTjOu3FSVYpCC"
"RZ1U+yAtkXZN8dyL4Os1iR4Bu2bZJ6V70qirxchFzMLGMmHcUB8/k9kL/0GZmjJ06Sn5TN"
"KpJh9W5Q4TRZnwaeId8D8p0Rz8E2eJq7IF2BCLtbETZ5DSrLsAmih0Lsu7MKMuy7s0IRVj"
"TlzZar1UWD5Rysh1Q3qPYeTuDELq0MECAJMumByKRcjFPKo+J6uSwa96ggh97//C00hYrS"
"qXElVaGY+p+QTekTMREOK7KigE8nT/YTD0AutS1jiW6u7x+uPqsk1CZvXUV2fQpAUt37Gg"
"mS6m4lVT7pdcTUsHsPBafmZVT5twa3cf/+5Wy2IpQanIwp9bScXWlM/2huZgp3RHq5kTUb"
"VfJL1FIqwdirPptlmCjLgosTsmLMBIkKfFzGkFsH8X1RSwajMbaxY0TlY3z0e4Bta7IUVW"
"Vk7K1CgGnuvhWkF1GIA8SXve+sIL7svGqN1gYQ9QcBpmsCTLfJbcmsxr+CocPwCtFDjpuv"
"OwGJNA0st12RBylTCoN0w8FGNq18rJHBRTWLoYXFZlIUowsHRWHmMpRPRjwrDy3SQG4R2Q"
"dCGwhth7qKHJI76QAphTxcyMPtPqGQNtq39OaO2UMhDfegkxE9MuffQHwvLe4zMKC/Nv2z"
"iNzqzMcIIL026a5nUS+K+80Sfz/Htl18EmwK1yf6T0/ev0sIFx/KKL7/cnFzozgkjBpPhG"
"ufDlc/13ktD6/KY6EyZtfCq/qUvj74C//vzfHJm9Nj9PbtR/n/n+Wfe7CTHNzomwGpMfIr"
"FIz6IY46xM72eKC74234Qp/JQO1xkE3DDV6H0TzutdH1IM8uEqU/Y0sHYpQ+IXHCJqIemu"
"Jn3kRlD37j1AFIr+THGKUoVdDonbdwXXTP8vMyjkoS81DzrFwK5ssMueAMajkTBmw+YPPp"
"P+kdEWy+SDeqSq6JWkrFmvmqTwWhhqIZ9uP4Vh9ZDsJxGs8ReuTrgiX6PiLphPRF9o7lIf"
"JM+AeVJLPt7SoE0TqB/H0QRrvv/QEiMna6CUfzfo3QkljPBAGRiBUiESEXqNVIWpeTpMVv"
"Augfwc1PXiFqK/woJWUWYkD/2D05rxJmz3sVT9/ztUD7seWxmYkVPkBhzlRznMaU2TEPj/"
"ASfoVZUnF0Y+DrzM4VArauKoc3zrDjEK33PwXp3wrQfJ6Nz6inefpoBAB2N7PrkQnxvDqn"
"j64jIVIuJ3dFSreeBSmN2p0V6W1b83c/dfsdj9r1Tn7NQcEJ2jknKHi7X+BAP3EOdYSAuP"
"/uhNjBL1d3UYHeQxRkGZ4q9ITi8stx/61qL9cjemW0HQeWzSzHPxKP3YeptpWSzJjx7zMO"
"ouLhVQcki4JhaXxYZFKIYkgKJbkVoDdy3Mnx2fuzD6fvzhLxLblSJrUpgpCxz0Zhmo3+1r"
"0GhjDkru3dHXHo3hoG9kPq11y6SduwzKlL072qVEuSCsScOGwoyheRGX62aBC5WsUlhyxk"
"qaOPyKdzwmailpGs42jguYutqRMfhnOErh2feGENR2UBpRYftTma7V/ZpOO4kDl4gsETXH"
"fz6rxFB3LzW8h6tqZTPe96CgI+iio+il2WAeuYHNW6d2LXZxm8MH73eJRBp5luJVDkMA0P"
"+9niWjExOJSNuCpiW0Qx24tHIAeDIdhiCMTjg7ke/2lMNwxv4nm9MbztPT2qYztBQ3VxDC"
"OQ/nt9+1sOCq6zzpnfwEf6Qga6Y3bWq8mEGMpSpLkewyo21xFZdd5oer0VebwrE6c4VNwk"
"hsVnrzhuXJ7hGN02nci7usYnusU1htcbzK7tPWaLBOLopnq+qRjRjHNqv4ebN+KdKjamJh"
"NSs4xcFga2P0gZbp/U7kfKHLIpNXKcaU7ZHAzmbBGtz8Srsc4WwIHm7pTs7aUKDaVQ9xTf"
"PeGagJaNOgGAbXQLQxz57tpcA1TnNBSTn4PBEGgOQVd0fK/gyLmwYViq0SehkFWOGnEDz5"
"iJ00E84lKPhTo0RqHnFPlLn5H5J/QqUgSGUcMQxV4/ZJmvxfFx4SSRejnhooHqbJI2H1Xl"
"VN3EGZz2WOYrbECoVQe2fQi1ejmhVr2UVl281CY0jQE+9xz607UXvcexP92mupXgH1H4QT"
"PPPgL0kOE2gjAdRhw24sLmTGUxcLC3LIwuySBzdI+XUeTVgRFeZgSIlKFEc+K8Xl5/vbj7"
"NVGdEs/rze3XHy8VytPlrw9XF1BKYofLNZRCaZ1hEXXjGIpKSCUUpzB9XKirrNPFy/TaJh"
"iMGWUqT3qZTTeNAqtubauuafnhiYs1hmAdCwNReyD8meW62kWn0yggf2vyR/GUrjcKGXhv"
"8s93PRYu0eY/hsArUJt2Fy8lH1rEp0BA/RbUq4wt5bwr7SxAenXSPWIT7KtyTsoPeVihgP"
"za5EPSGyS9vfQhgKS3Dg4Jl92VWwKlfN13igYlQeXNxBzW1mAkV3ZsJr69vcnwfnmdW+2/"
"fvtyeXX36lgOAu9ksYJNAFIM2/CQisOQ6p0znEVCea+upZ1lViob8zGok16YRcIod3mUIV"
"34hQw0pAv3eKC7FEpckiucah5uDCtuOktY3DOTuxteaC4/WPsBkBm8rU2pvcxgOQM104JT"
"GIj7hZxgyAk+7Mi+fecEH47Wc8gpwb1k2WfE1VkY4v79i9Zrfl2AbGvItu6Fh9TFnl62dQ"
"LYyi90OJO4FQcQ5LhDjvvLGYIuGaZuLIcMisxSsnG42Shlx/0qmaREb0QnlcxDSpOT7g3A"
"pAQmpYNeecCktF9SPTLRURyj7j00KLVwpsRToKWTh92B2grUyr81uI3798/e0UoOucHJmF"
"JPL0Exhekfzc1P4d8D7DCLKTgulL/SkD7ZQRo7jdIjLPAcYo5qkKvEAsslaQ71WFZggWUF"
"y/x3sZHrWarSNGWm0iyuT9TuKY1Zj/79pGv2jnxIHYREqq4Mw85TRiAQoSFDR5es0XdSvh"
"wU2aOj5uFmi7S36rnRJn1P5xlzcnJsNEHip22IgdRGKyulpm2asQU5Xxm10EgNZVB3XgYV"
"7NZNn9C2f0dLNwSZxnQj8ARApd4DYBSyUdtgNbIcWXr6SRYF+skW+olHuMSjXeQkxvRpQ9"
"u1Zm4w6un4ZBJAD52KH6r4vT4Uu70+rHm9PIJ9VbRYmTc8RvTP43VeybF4XuJYPF93LEJS"
"KiSlDlq2tvwSivkDhaUlbhqWWVncVKeNBpaHGUGMOFy2OEKPfDwn1jROVXlEU48ufLSw2E"
"weJrNEok7yVJpUfMLeBK44hyY2qhgz4qMnzidazIiDGEV8dTERnvL5sW6a2eFztwgxBOvN"
"zq03Bp/QOltY3L8ZCWG/AZ19Cjrq2ua0i6gjKIu+ls1WJZmteln0mK2Rb2CVc/V+jm27UI"
"dbR/dJlzs9ef8u0d7EhzJ97f7Lxc2NovwYFzxH/0sdrWUiA+rhHG5+IX62PBZgWwqfmlpE"
"Dgq1qrqmRKTH2WJkPnKpbentCTlYD1+pFpKcXa72PCtPayirU5mGQaFKjUKVWZVNz5a6jt"
"3dPnzc7ia8Y4Mq144dNiIuNRRneRXyn0P1hvzG3LOGR8Qvr1NJMoMEG1/ntueO2PjuCbYH"
"CgOfvD4ss+75cY9K+bxjmxpP6Rzc5ABpJxCO79cf0WJmGTMU+2x9ZDFkULE2DxF2TP7RR+"
"LEPySuITYjc3mZ/yO8ORqTCfWIOht4d4//zfnNuWaIOGZkOBQ94ruiRxv7opzJI78piz7J"
"kJ9HYVMUXaMv9iefP30+519CNn9EPiHo4vMdOj7d1pYY/mK9nXKF6U++8k62SDgkey+BIo"
"qIhsK5ncH0yRDTmBiyWqb0Vo0srk/U7li8jnYNnYUiBYFVYi3qkTxbNPBrnD28BoXDh9Pi"
"tM7hw/rkA+fbch4dna3YHiscuK3aIIH76odtc4Wpli6fAYIqD6p8kSo/nYujNpXafNg0LF"
"foV5026vQXyMfPXJfmQ2laMupD6sVhFLt/hLgKPMdLrhRHITOmULApsil98oXqyxVbrtFK"
"LRvLPy0fcU7Xtfc2H6TMsspqWDKqA5Ks9i27gRq9UwF5v7FP+1bxIPrpsKOf4p1CK60li4"
"K0lq3SWiA2HYTdloVdhvn7Knlel3bjtnJxN92rgrwbSpx/8pFrY4MgLkBhZHOyiKcSWjf0"
"VkqemRTQsLP4ANLnvgUjkD5fTv50PyldrSYalGZAQOlaiLJ+ProFdBbR6VuOqkDfBstoDA"
"JBsXOCYrYEY40jr+G0686ObUeUgAdLis5rCoC8Xir8s7hHBcHfJs/EltW7SuR9dacKBubM"
"Jhtam4eotJOHnSdQCva+dYFSABLsYVMKVn6w8h+slV/ugmv8lufdxpg+RSI2km0744vEjN"
"qapagysD5xuoPozq5I0NT95g5UIrRsKJehqTsK3GpS9D9EiRS8yoOIkh3Esdro4faX0bdf"
"0NijwXTGwmyL8TLKxxDn624ortvwvbfIrNh7mcLtpW8pcJ+BwA3SIVjhmz+weX8HYPeTUJ"
"tqp0VQILNodsJx4vvJ7hlTJ/BH+nM5j4P6xgpe9eZzAoHpXHs6C7F6VFOlXMfCQGw3EHVW"
"9RwQhmC7IRhj3/JHLrWUiVflo5DH9mksGjxHEQJO6+yl4GvWtJTd81dyUGQtk43DzRazkR"
"93rJJlxftGJ0dJTfBPfuRfFheltEL8j7JVLtdDRD0k1wwUrhmi20IYyMQVbJlIVQO5vcdU"
"cICnFdzVzg/+7X3L0WBuA9vQIRMKTq39HrEC1qQ9WZPqaRugaBQoGl2RPyMnoVL8jNvKpc"
"90r2pF+7CNHYOYaE6fiagNII/IEFXpkqJ14i8f8anihwecxvXr0IRLiKJwBR+eteJ16+X5"
"WnoQnLjRvR0a5Epw4x42pSKyZJ3N4tC+uH8PQ/uar5++x0OTe+kEo541FUcga1OagQGrcI"
"AkHCC5J35bOUCSGvIUojo+kxwUfCad85mAc+wFDjTUUy0ezPbqqa6MFHq2zjyyT/a2l5M/"
"cUE8y5gNFDa5qGVYZpHDqz6b7HHFQ9CwjatwwioVAcU0jUSp7WxbHbcJD0usWIUnURULr8"
"UHUPVBPTg5P6+S/nd+Xpz+J9rWjlnTUr/C7j1k97iScnBcohwcK0soMqLy3pXWT4whUDxR"
"s3jiXjezP/4fZ67ywA=="
)
