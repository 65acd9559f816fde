"""Coupons: templates, what is issued of them, batches of codes, counters."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_kind_check", ADD CONSTRAINT "transfer_kind_check" CHECK ("kind" IN ('ORDER', 'HOLD', 'RETURN', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY', 'TOP_UP', 'REFUND', 'SPEND', 'SPEND_UNDO', 'CONVERSION', 'AWARD', 'PURCHASE'));
ALTER TABLE "event" DROP CONSTRAINT "event_kind_check", ADD CONSTRAINT "event_kind_check" CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_HELD', 'ORDER_COMMITTED', 'ORDER_RETURNED', 'ORDER_CANCELLED', 'ORDER_EXPIRED', 'BALANCE_CHANGED', 'EXPIRY_REMINDED', 'TIER_CHANGED', 'ORDER_CLAIMED', 'OCCASION_RECORDED', 'COUPON_ISSUED', 'COUPON_CLAIMED', 'COUPON_GIFTED', 'COUPON_HELD', 'COUPON_RELEASED', 'COUPON_USED', 'COUPON_RETURNED', 'COUPON_EXPIRED', 'COUPON_VOIDED', 'COUPON_EXTENDED'));
ALTER TABLE "order_effect" DROP CONSTRAINT "order_effect_kind_check", ADD CONSTRAINT "order_effect_kind_check" CHECK ("kind" IN ('SPEND', 'EARN', 'MULTIPLY_EARN', 'DISCOUNT', 'SHIPPING_DISCOUNT', 'GIFT', 'TAG', 'ISSUE_COUPON'));
ALTER TABLE "occasion_effect" DROP CONSTRAINT "occasion_effect_kind_check", ADD CONSTRAINT "occasion_effect_kind_check" CHECK ("kind" IN ('EARN', 'MULTIPLY_EARN', 'TAG', 'ISSUE_COUPON'));
ALTER TABLE "occasion_effect" DROP CONSTRAINT "occasion_effect_check", ADD CONSTRAINT "occasion_effect_check" CHECK (("asset_id" IS NULL) = ("kind" IN ('TAG', 'ISSUE_COUPON')));
ALTER TABLE "campaign_version" DROP CONSTRAINT "campaign_version_step_check", ADD CONSTRAINT "campaign_version_step_check" CHECK ("step" IN ('MEMBER_PRICE', 'PROMOTION', 'COUPON'));
ALTER TABLE "campaign" ADD COLUMN "kind" VARCHAR(32) NOT NULL DEFAULT 'CAMPAIGN' CHECK ("kind" IN ('CAMPAIGN', 'COUPON'));
ALTER TABLE "campaign" ALTER COLUMN "kind" DROP DEFAULT;
ALTER TABLE "campaign_version" ADD COLUMN "coupon" JSONB CHECK (("coupon" IS NOT NULL) = ("step" = 'COUPON'));
CREATE TABLE "coupon" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "member_id" UUID,
    "code_hash" BYTEA NOT NULL,
    "origin" VARCHAR(32) NOT NULL,
    "origin_id" UUID,
    "state" VARCHAR(32) NOT NULL,
    "order_id" UUID,
    "held_until" TIMESTAMPTZ,
    "valid_from" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "changes" INT NOT NULL,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CHECK ("origin" IN ('STAFF', 'CAMPAIGN', 'CLAIM', 'PURCHASE', 'BATCH', 'SHARED_CODE', 'BUNDLE')),
    CHECK ("state" IN ('ISSUED', 'HELD', 'USED', 'EXPIRED', 'VOID')),
    CHECK (("order_id" IS NOT NULL) = ("state" IN ('HELD', 'USED'))),
    CHECK (("held_until" IS NOT NULL) = ("state" = 'HELD')),
    CHECK ("member_id" IS NOT NULL OR "origin" IN ('BATCH', 'SHARED_CODE')),
    CHECK ("origin" <> 'SHARED_CODE' OR "state" <> 'ISSUED'),
    CHECK ("valid_from" < "expires_at"),
    CHECK ("changes" >= 0),
    CHECK (octet_length("code_hash") = 32)
);
CREATE UNIQUE INDEX "uix_coupon_code" ON "coupon" ("program_id", "code_hash");
CREATE INDEX "idx_coupon_member__ffd075" ON "coupon" ("member_id", "id");
CREATE INDEX "ix_coupon_wallet" ON "coupon" ("member_id", "version_id", "expires_at", "id") WHERE "state" = 'ISSUED' AND "member_id" IS NOT NULL;
CREATE INDEX "ix_coupon_held" ON "coupon" ("member_id", "version_id", "id") WHERE "state" = 'HELD' AND "member_id" IS NOT NULL;
CREATE INDEX "ix_coupon_order" ON "coupon" ("order_id", "id") WHERE "order_id" IS NOT NULL;
CREATE INDEX "ix_coupon_due" ON "coupon" ("program_id", "expires_at", "id") WHERE "state" = 'ISSUED' AND "expires_at" < '9999-12-31 00:00:00+00:00';
CREATE INDEX "ix_coupon_lapsed" ON "coupon" ("program_id", "held_until", "id") WHERE "state" = 'HELD';
CREATE INDEX "ix_coupon_origin" ON "coupon" ("origin_id", "id") WHERE "origin_id" IS NOT NULL;
CREATE TABLE "coupon_change" (
    "coupon_id" UUID NOT NULL,
    "ordinal" INT NOT NULL,
    "program_id" UUID NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "actor" VARCHAR(80) NOT NULL,
    "member_id" UUID,
    "from_member_id" UUID,
    "order_id" UUID,
    "expires_at" TIMESTAMPTZ,
    "reason" VARCHAR(500),
    "recorded_at" TIMESTAMPTZ NOT NULL,
    PRIMARY KEY ("coupon_id", "ordinal"),
    CHECK ("kind" IN ('ISSUED', 'CLAIMED', 'GIFTED', 'HELD', 'RELEASED', 'USED', 'RETURNED', 'EXPIRED', 'VOIDED', 'EXTENDED')),
    CHECK (("from_member_id" IS NOT NULL) = ("kind" = 'GIFTED')),
    CHECK ("ordinal" >= 0)
);
CREATE TABLE "coupon_batch" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "size" INT NOT NULL,
    "made" INT NOT NULL,
    "state" VARCHAR(32) NOT NULL,
    "actor" VARCHAR(80) NOT NULL,
    "reason" VARCHAR(500),
    "recorded_at" TIMESTAMPTZ NOT NULL,
    "finished_at" TIMESTAMPTZ,
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("state" IN ('RUNNING', 'CANCELLED', 'DONE')),
    CHECK ("size" > 0 AND "made" BETWEEN 0 AND "size"),
    CHECK (("state" = 'DONE') = ("made" = "size")),
    CHECK (("finished_at" IS NOT NULL) = ("state" <> 'RUNNING'))
);
CREATE INDEX "idx_coupon_batc_program_35a457" ON "coupon_batch" ("program_id", "campaign_id", "id");
CREATE INDEX "ix_coupon_batch_running" ON "coupon_batch" ("id") WHERE "state" = 'RUNNING';
CREATE TABLE "coupon_tally" (
    "campaign_id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "issued" BIGINT NOT NULL,
    "claimed" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "used" BIGINT NOT NULL,
    "returned" BIGINT NOT NULL,
    "expired" BIGINT NOT NULL,
    "voided" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "revenue" BIGINT NOT NULL,
    FOREIGN KEY ("program_id", "campaign_id") REFERENCES "campaign" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("issued" >= 0 AND "claimed" >= 0 AND "held" >= 0 AND "used" >= 0 AND "returned" >= 0 AND "expired" >= 0 AND "voided" >= 0),
    CHECK ("held" + "used" + "expired" + "voided" <= "issued"),
    CHECK ("discount" >= 0 AND "revenue" >= 0)
);
CREATE TABLE "code_attempt" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "who" VARCHAR(80) NOT NULL,
    "window_start" TIMESTAMPTZ NOT NULL,
    "failures" INT NOT NULL,
    CONSTRAINT "uid_code_attemp_program_2c6f3e" UNIQUE ("program_id", "who", "window_start"),
    CHECK ("failures" > 0)
);
CREATE TRIGGER "tr_coupon_terms" BEFORE UPDATE OF "id", "program_id", "campaign_id", "version_id", "code_hash", "origin", "origin_id", "recorded_at" ON "coupon" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its owner, state and expiry change');
CREATE TRIGGER "tr_coupon_batch_terms" BEFORE UPDATE OF "id", "program_id", "campaign_id", "version_id", "size", "actor", "reason", "recorded_at" ON "coupon_batch" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its progress changes');
CREATE TRIGGER "tr_coupon_tally_terms" BEFORE UPDATE OF "campaign_id", "program_id" ON "coupon_tally" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only the numbers change');
CREATE TRIGGER "tr_coupon_delete" BEFORE DELETE OR TRUNCATE ON "coupon" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_coupon_batch_delete" BEFORE DELETE OR TRUNCATE ON "coupon_batch" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_coupon_tally_delete" BEFORE DELETE OR TRUNCATE ON "coupon_tally" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_coupon_change_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "coupon_change" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TABLE "code_attempt";
DROP TABLE "coupon_tally";
DROP TABLE "coupon_batch";
DROP TABLE "coupon_change";
DROP TABLE "coupon";
ALTER TABLE "campaign_version" DROP COLUMN "coupon";
ALTER TABLE "campaign" DROP COLUMN "kind";
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_kind_check", ADD CONSTRAINT "transfer_kind_check" CHECK ("kind" IN ('ORDER', 'HOLD', 'RETURN', 'ADJUSTMENT', 'TRANSFER', 'RELEASE', 'EXPIRY', 'TOP_UP', 'REFUND', 'SPEND', 'SPEND_UNDO', 'CONVERSION', 'AWARD'));
ALTER TABLE "event" DROP CONSTRAINT "event_kind_check", ADD CONSTRAINT "event_kind_check" CHECK ("kind" IN ('MEMBER_ENROLLED', 'MEMBER_AMENDED', 'ORDER_HELD', 'ORDER_COMMITTED', 'ORDER_RETURNED', 'ORDER_CANCELLED', 'ORDER_EXPIRED', 'BALANCE_CHANGED', 'EXPIRY_REMINDED', 'TIER_CHANGED', 'ORDER_CLAIMED', 'OCCASION_RECORDED'));
ALTER TABLE "order_effect" DROP CONSTRAINT "order_effect_kind_check", ADD CONSTRAINT "order_effect_kind_check" CHECK ("kind" IN ('SPEND', 'EARN', 'MULTIPLY_EARN', 'DISCOUNT', 'SHIPPING_DISCOUNT', 'GIFT', 'TAG'));
ALTER TABLE "occasion_effect" DROP CONSTRAINT "occasion_effect_kind_check", ADD CONSTRAINT "occasion_effect_kind_check" CHECK ("kind" IN ('EARN', 'MULTIPLY_EARN', 'TAG'));
ALTER TABLE "occasion_effect" DROP CONSTRAINT "occasion_effect_check", ADD CONSTRAINT "occasion_effect_check" CHECK (("asset_id" IS NULL) = ("kind" = 'TAG'));
ALTER TABLE "campaign_version" DROP CONSTRAINT "campaign_version_step_check", ADD CONSTRAINT "campaign_version_step_check" CHECK ("step" IN ('MEMBER_PRICE', 'PROMOTION'));
"""


MODELS_STATE = (
"eJztXW1z2za6/SsYfdlkVvEkdpxk0zt3xk69rbeJnbGd3dttd2SIhCSOKUIlQLva3f73C4"
    "AvIimQIihSouin00kiAoeUDkDgecd/BnNqE5cdnVkWDTw++Ij+M/DwnIh/5JuGaIAXi1WD"
    "vMDx2FV9carTmHEfW/JeE+wyIi7ZhFm+s+AO9WTnuxlBY+xizyKIThD1CMKMEY4m1Fef5m"
    "Q+Jv6RvJtNLXE7x5uaAgPP+S0gI06nhM+IL+C//DII20eOrb6ohMp//+tf4pPj2eR3wmQ/"
    "+XHxMJo4xLUzjIQ4dX3Elwt17du3y+//qnrKbzseWdQN5t6q92LJZ9RLugeBYx9JjGybEo"
    "/4mBM7xZUXuG7Eanwp/CniAvcDknxVe3XBJhMcuJLxwf9MAs+SRCP5pFHAHTGEFp0vMD+S"
    "V97/b/Q9U5jR6Or6bnR7cTcaDdZGS36f3DhElyzqyZF2PC5Z+88f4X1X7KirA/mATz+e3b"
    "w4efdS8UEZn/qqUXE3+EMBMcchVI3AivKFT6c+no/MqM+imhyC+MJqDFaTPCY0pqxjJKfe"
    "7PRrUJXTDAgozVGaLCYGjKYxQGie0EfshL9wjdFzZ3rp8QJO07AcqU64QR0YneL7ir9e/e"
    "X4+OTk/fHrk3cfTt++f3/64fUH0Vd94/Wm9yVjcH75w+XVnfxCVGzT4fYtL2TpXxDPlt/K"
    "iPwUCKivTf0sorY67zECSK9N+sSl1DdjPYEA7bVpZ+Q3M9IjAFBem3KP/M5HtlCNMF+n/n"
    "vBHnfmRE9+DpobBDvCHsX/aGtIBn8R/716c/zq5A16/fqj+v/P6s896DZ3l18ubu/OvnyV"
    "t58z9pureDy7u5Atx+rqMnf1RSgBrUYpuQn6x+Xdj0h+RP+8vrrIy0lJv7t/DuR3wgGnI4"
    "8+jbCdpiq+HF/6Q2q0k4eUgiUvjLH18IR9e7TWQo9pUd/1pvnxPH8Fe3iqxk6yKb9nbEoQ"
    "s0FvY1ANw1ILQ9Klkn3Bd6YzLo0EODIKIE6R7eMnJFRj7EV2A9W+wEvif4ccjmaYISHCEB"
    "s9zYiH7gNPqM/3yGFIdNabI1p6jtZ6oW4Q6QtgyQBLBmiJmVeiMqUpDBAKpiEwDR0YoXPq"
    "8Zm7HLnO3NHIsGXqwxq0liIRbVZdYXVPqpvjWRrjXLkGkYD2pTvsZ3IfhJKQHlwlkZoObg"
    "JqYHA79ood+th2SQH8XmhHgyIlUDUONyqCIzvut1Eb/McMc6WJSZxQzcgTcjyprsmtYIge"
    "yFLoYeMleqHkwmHYbxgqbsOw18t13a+xu2o0vapKnLqL/iUt2f02vaDtqHP7eTfl+wZq2e"
    "4lNFDLQC3rOqWgljVN6DwOATNw1ycY8OgYaWJdEegWzk9kqZXmwpZyUW7hjB6iThvluDNk"
    "+cQWUpSD3dig7nMxPZAM/psgxvFkgjilLvtOfna4NKcLDEfUc5dISFfS8D6TZvYHstDY81"
    "t5whbyHRjpwUjfh41B/b1G56cZ9gvczFH/HJHiix0ghWLt/H3kEm8qNK+P6Pj16xJO/352"
    "o2gVvXL2gauo6ThsywdRyDVoJJce3e7rYX9ZFEyRAeb4Hi85YQfIeNl++vn6PGOmEbSeX1"
    "6d3fz84svZ/73M2Go+X1/9EPdPT/Dzn+8uzvIjYNFFyFWW/L/dXl8VUJ8g8rq4Y3H0X+Q6"
    "7BAFoBLuJRcZ7uM5nVCfmu6fNMTLG5zniBfzV5JTI5YliwRzdOdMlulhJr8vHHG7GsOcRU"
    "LE0iGOvk8e6UOtlzyLBLdE10a5K1qsNOsMdEqsahiW6rBJl4qeCOQSeyp0SpUwx4o8C5pe"
    "+piwjOphie8HQWB7V31Av9ypfqlm/Rqdxfpl3L+H+uW7txXUy3dvC7VL2QTK+y6V9wfx00"
    "z4jfv3kN+T4wr0nhwXsiub8no51iUQ3s6x6xanmMSgPrkkTo7fv0ucEPJDmdvh9svZ58/r"
    "EV9Kl1qaTNYVAqZrheka0hU/YY3nwhm7htvdzH3d7rQ9fvP2/dsPJ+/eJnM3uVI2gYvm7i"
    "gOcKkaMZODbRk3czjaYxI4s8bgxKdz8yUggcE6UGEdiPKoxbRbaozKm9KvExisAgVZ7SMV"
    "CFeH2hUQyC0iV0w/U5ErB+0Nt01IXZCZvp/0hhn1ufidmij44s0uA9rdVje4ufjrt9uLtk"
    "xhbW93U9GLmG52WdDuJvrJoSzH48D3RtS3iWbxKJ7BWdQOp/D59dW329FfL29u7w51Ho+p"
    "F7CRhRem218GuLup/Ob1AWx/C7wc1YkszeJ6I1HsugyUYPERu4FhFa4MDLivx71P5vLH+q"
    "Y74xquNwPQ2N4YUSQ6znwaTI2SqHTY52YX6ojf/hOeL7Az9QYa133SNizz3lvpXhVC0JlC"
    "IvksVXQWIz9wyXfoSTrtHY6YeOVk+LfjqejwR+IzgWVH6H4RjF2HzcS8iS6qei9Xsmrt08"
    "wR9xRocQHL4jETbXD6zp79q/erd+2pErsypF16nND9p+tvX6+v7sN+nMwXrpjPsotFg4V4"
    "zEd5E5sShjzKZ+JLy+xH8T2IOxmq7xP1E33EA+7FkPj0MfeN5NM88kQYj7+9uCR+HKNzMq"
    "b2EonhI/JS+AtxIN46wUN0KwiSgCAJCJKAIAkIkoAgiZ0HSQw+nX35enb5w9WhGi+EdKFz"
    "jZbYOrneKdqHSdyCSy8vgpk4n3TYHhUuakytywuVBhzroEBxCcVjo0CgHKzWktE1ZjMrxo"
    "cqu96H4k3vg9rzOqZX3wSlqrVsHlbRrkd+UFHD/pE+iSap28ZY9OTwmfjMLLEACn0XTalM"
    "t1bHvdh4+VHWWxVKrDWL6q8Opf4rFUnlxIh0WMdHjq2JtW//cVukfyfsmelBOdhedVGlfr"
    "49MPVTG79QbA/UxyxsXVKpu0qnJjYMNPYWNHafYLkIGZKaRW1Base222Y4nTheKEmb5xLm"
    "oJBMCMmEpcLTN4aV7F0oPoUdqglQQdK3kghFJ5x4aalGPMJ1iI2wZ6OZ6DAPhATjcDTFj0"
    "TJNDiRZ6gvq9L7JJRqnmT5m8g0n9xN9nddvTi1u0eDaHVwopUaU0PS0xiQEXL7GciqIKt2"
    "YR4GTFf+pixEKEZAiHLtACHLPCrOgnKLW9M+px7RrLobjh0gO85s6B3tC6qeb8T7CgPEGx"
    "HfMV3q75FTpkSb+vvKb1NBn0p5eSrXbUl0EBloNVQhWETc5yNyPEZ8MYmGyJMXkDXDnvg5"
    "R+heVtZTkU1UXheKS1g29CNihKB7gXp0LMKOIgefGPr7wnowu3t6lRCqrCLkBVJ/g5iqvQ"
    "tkEFO125iqzpkRekFrtJysMVq4za8Afdrmm0vM9R3qO1wjsxYLTikIcKpLD+XY53UKUmaA"
    "UHa0c16ETMkLz65Vc3QFg4Kjhzju4qfZjiTAqKRzFrVVWefD8Qy2UtWZTCbE0un6xeSnIF"
    "BQewvqxbeZTs1SxlOQHcZbX998f3HT1mLWfrA10SSJl8VaE11ueJv8fr25/nJ9d3l9sAHt"
    "OLAdoj2itCRMNYXZIddfLr6cX9zcHirTsl6iZ2PNolGyWaYwsFXWX6/jOFUT7tMY4H4L7j"
    "m2HmTZqqlPA8P1PI/sX0R881l26tBuI6lwhYB5Xn+ejwN7SjRacDHvKwTwXp/3GXVtGmiI"
    "L68mlIL1pvJHE5WEwgIEZhp9jIBpXH8aq6ISxhljWVT/tsdmEsay+QKWTEKqd05OBgpm6U"
    "6bJ80P+oMT/uqc8NeVIBjx1xmXJXf4QBcAk2oelga/iEviBV/1NEglSCrwyKh9JO/EwtI8"
    "2CfIo54Ay8RJJ0yUFPcl3JqpbEi5bgxyo9rojSuEqzzNqPpLTFfxpikPHASr7N3hD8EqO4"
    "2qiF6CqvJX1L2HxT2al7wyC4uh6JXHguzVadlrgh038HXJDsXV2FMQiKXpWIAx9R5LYotX"
    "rRskK88ooPiWhlmQQoyRUo06QhKNhQ42F9IPWzViWUoxqjEh1mNXCkBkoalj0cQNK8hR8h"
    "CXkbp5dEG8KMlHEKj2vdeDQLXbWgL5t6Eqr2tAoDYfhUJrEZuDAa3aGVujmH4O2CcpZsdZ"
    "bHKK1hiADAzor02/PvCqjPmC0CsgvZz0zsj3yoOnle1j316ZXJ/02SjTy4LpDmMBsaNK50"
    "fokjPEiT9nypgppg9Laqpnyps7XBV1T2X1rUv4zd9+c/mUXwZhYZZoO41lfBDqQajv4NoG"
    "KX0dpjVakAxZzaKA1HwhivTqXJXTDAjKA64fkjAyd69nYOBjHxr42NPsU9+ZOpoArWIn1Q"
    "rRQz9V84H6IV2m9dfSIFgw4NSEnU5Y27xeYAoD0zUXUSzRgSc0n3VGy93UWSQUv+2yj/oR"
    "u0K/lTZb01HOIiEUodPDTH5fOOJ2dQoUZJBQo+AQRz8s82USh5JC9MmY3eChsBA/39tXp1"
    "P+iHPMrdmg0CkRNg83eyZG46TnRv/Ep2xo9RzbJD66Rv40mYjq2R/RvWy4l36Ee+b8W/yL"
    "UXFHjUOigftV8UCU1h0EjwR4JA5zzQSPxL5pBY9EG+YwscQbSKRxdxBHdWXGse7A5uIS41"
    "h7XjNwOQAzbeullixOjUqGJYAe0ttGYjdmusIFxfyuEP1LnD+tdMD4ackB46frB4yD7t9j"
    "3R8OAHwe49wpG88nZW0dFBp5ovZhBSuPtepaKQxVpstPQ9PMTNxczEE7PGcvvN8QPZCluD"
    "ReohfxFbGCOR52Xx6hS3WcBKKeu9RHoTZ69y3O8ItuaiAipxDNSMmbTTydl5GLjTnR5DO0"
    "OqRBoB7D0XPtk/ogvr2JbBz376HqAZrdgWl2EMHbSopjLVrXkcAtROO1yWeHAngOh9+D0E"
    "TBegfWu67wf+jvUqesOnfYdZeDQqNO2DysYNPhSc9qx4+OiSUeGOf3hjdhcb0fWdLRFTNS"
    "1fUJD8Nj0SmfNp2LmXAUAY7UFyw6ZLT5Z2xh3ule2INxQI+K4XkLMTxgowgz99cJLSs8sc"
    "L0yaW/43oflovFrm3IfAoE1NemfhZRW533GAGk1yY9YKaTPUYA6bVJ9wkPfM+U+DQKyK9N"
    "fmgKMeQ+BQLqa1P/SB3blPkVBoivTbztMMu8hlwaBeRvsdo/Ei/QRJOWL/YJCKg3or4j5p"
    "8Lj/taw0/YMCwz+ZCkS6XwHdfxSFLJ2VKvbDqoJrnEyG8vv0P3QvVUp07fI+VrYQi7rroH"
    "iy05oVNLH83T5sO2sP6Ix5m9YBGgP3E9O1nVis1A0cAbmoGyKDADQfxPz6ug9ZPSOrW3of"
    "B2WT1zH3tsYjxLczCgFUL/dniqu4o6H+FH7IQUGMljOjRoPvX9GCGdC+LZ8svVGYoUFgZi"
    "24Ewd27kgDAEtYeg5ooES1Ez9Ndag2DxAZfqgZIuvoT4DiZi5grRv/jN5uXM2KRouKCkUD"
    "C5a09uCOlvOKR/MiGWxi9X7IlOALVmccdIbLpuy96DQDvGb0N5PJYV+H6tcPkcFMLlOxcu"
    "D3kRz2Sgu+IYfyQeH+gc46phWOoYT7psdIyfoQVm/BUnHiOij8URHtNA/Bk5nNNO6/hKLC"
    "NuqmrR4L1/9X717i06nzt8pOSkxFEufePq9ypPOUaRV0/eVDYpUz8OcwdUbY0nn3JZbIPM"
    "wyyLs+9v0Om2bvWuyNrgYAe3JbjXD4LU9GJmaPHOIUFNr62mg6MTDhk6mBVjz6FjveRUhZ"
    "COjKMiM7AeGZh2vPy6QhUzXiIyIJjPmjI93KlXpCeFA15zgWa0DqtZFHC6Zi7FNY4KyMGA"
    "1VwOE+HYcTXnV/3t9vqqIIFpBcnbIx2Lo/8i12EHuKeV8Cm5yNggYzk2OWg3JeJ+0hyzK2"
    "9wDub/52MVBvP/Mxnojpj/f3Am/JO4y0DjAUjahmVOgKnoNbLibhUcARKAJCBll3c4Q2OC"
    "feIfIVXLiBHOXcJEA3KY/ISoZ5HvkEfD+tXiW6i8N9EenYuo8wu0+agtzPjdsh1DXSQwLt"
    "c2LttkNMNspjNreNhfFlmWU7AcqeMlD8847Q+h55Fgl2xFQgg8v7w6u/k5EQOT/ejz9dUP"
    "5xpB8Pznu4szSPNq2fI5N6/KsMKAf6S2gW7qPBrvh2kMKOf5nFrG8NToxLQUpH9Rz61UrY"
    "VD6drNXwyr+I3GS9Po0TwQVofcxFUKTx2zQhYJdcu7ZlSAnPUdvTxzYuwgXwPCsgRV4J/N"
    "ytQRc+ePNG+KS10flpk5Z3GPChZOwRXxH7EymMW1uaTejSbUR9gLQ4qP0LXnLtG9hRc88I"
    "l9L1psdO8Tl2AmP4bGRp1Zs/H7a2yZv2RipBKzwb+q2jjNFscOWDVHAXfETLDofIG5MnG+"
    "BxMn7PfdstX3glKoTQc1v7pP6B7DivtJKCik4LTok9MiFqzNqE+jgPza5MdqjBn5aRSQX5"
    "v8Dh182bUBOXQ7DRjknslAd8Qgd2mT+YJy4lna6vzp5mGZec7JdaxgpXsgyyhVHzMkj1H6"
    "iJ7kR4cjxrFnM2lOGyqr2VPcTYiiT0Ts3kfop6SkQGRAGSJm0QVRkYYvdVa71p+3RUSiuM"
    "f6K16Snxp2b8aPvd9iAhkv9nGlOIHjkjiB4zhOAMx0u3XLyXfBZAongB4GY7w5rjKNRa/C"
    "aazacsUrjcM8IcJz2whPGnCLzjXzujjJKgWBJKv6SVYg+4LsuwPZ1+MOLxJ8w7ZNUu+qV0"
    "WRV4iQTzPHmilHccCZuAdiS8bJHD0IklhSNqtIhjW7gda1nBVmGA18S70H5HdOfA+74Gnu"
    "gnQFIuxuRdjkNagswyaIHgqx795WkGHfvS0UYWVT3my5Wl0MWM7Bekh1g2rv4QRO7NLKAA"
    "GSIJMeiEwqxDitPCqvl8uicY8KcujtT99CU6gsnRpXUpWKKfsOuZQ+EBvhsCIrCsR08lU/"
    "+QC0oK5jLdHny9u7i+91EmqTt64iuz4EIKnufY0ESXW3kqqY9CZiati9h4JT8zKq+tuA27"
    "h//3I2WxFKLUHGlPpGzq40pn80NzOFOyK9fFY1G3XyS9RSKsG4qz6bZZgoy0KIE6pizATJ"
    "CnxCxlBbB2FM1pLBaIxd7FlR+RiGfguw60yWsqqMir3VCDDN3beC9CILcYD4svedFcSXnV"
    "etMdoAov4gwHRNgOk2uS2Z1cRXsEwYXiF6yHHzdScgkaaB5bYr8iDlWmGQbjjYyKWVjzWy"
    "hKjmcPTk8JkSxeiTh6IwcxXKpyKetYcWGSC3iOwDoQ2EtkNdRQ7JnXSAlEIeLuThdp9QSB"
    "vtW3pzx+yhkIZ70MmIPpmLbyC/lxH3GRjQX5v+WURudeZjBJBem/SF71A/ivvNEn87x65b"
    "fBJsCtcn+k+O379LCJcfyii+/XL2+bPmkDBqPRChfXpC/VzntTy8Ko+FyphdC6/qU/r64C"
    "/iv1dvjl+dvEGvX39U//9Z/bkHO8nBjb4dkBojv0LBqB/iqEPsbI8Hujvehi/0kQz0HgfV"
    "NNzgdRjN414bXQ/q7CJZ+jO2dCBO6QOSJ2wi6qMpfhRNVPUQN04dgPRCfYxRmlIFjd55C9"
    "dF9yw/z+OoJDkPDc/KpWC+zJALzqCWM2HA5gM2n/6T3hHB5otyo+rkmqilVKyZr/pUEGoo"
    "mmEWx7cy5HgIx2k8R+herAuO7HuPlBOSyewdx0fkkYgPOklm29tVCKL1AvX7IIx23/sDRG"
    "TsdBOO5v0aoSWxngkCIhErRCJCLlCrkbQLQZIRvwmgfwQ3P3mlqK3xo5SUWYgB/WP3+LRK"
    "mL3oVTx9T9cC7ceOz2c21vgApTlTz3EaU2bHPDzCS/iVZknN0Y0BM5mdKwRsXVUOb5xhzy"
    "NG738K0r8VoPk8G8apb3j6aAQAdjez65MJ8f06p4+uIyFSLid3RUq3mQUpjdqdFel1W/N3"
    "P3X7PZ+69U5+zUHBCdo5Jyh4u5/hQD8IDk2EgLj/7oTYwdeLm6hA7yEKshxPNXpCcfnluP"
    "9WtZfrEb0y2o4Dx+WOx47kY/dhqm2lJDPm4vuMg6h4eNUByaJgWBofFpUUohmSQkluBeiN"
    "HHf85u37tx9O3r1NxLfkSpnUpglCxoyPwjQb8617DQxhyF3buzvi0L22LMxC6tdcuknbsM"
    "ypS9O9qlRLUgrEnHh8KMsXkRl+dGgQuVrlJY88qVJHHxGjc8JnspaRquNo4fkCO1MvPgzn"
    "CF16jPhhDUdtAaUWH7U5mu2XbNJxXMgcPMHgCa67eXXeogO5+S1kPTvTqZl3PQUBH0UVH8"
    "Uuy4B1TI5q3Tux67MMnhm/ezzKoNNMtxIocpiGh/1sca2YGDzKR0IVcR2ime3FI5CDwRBs"
    "MQTy8cHcjP80phuGN/m83hje9p4e1bGdoKG6OJYVKP+9uf0tBwXXWefMb+AjfSYD3TE768"
    "VkQixtKdJcj2EVm+uIrDpvNL1eyzzelYlTHipuE8sRs1ceN67OcIxum07kXV0TE90RGsPL"
    "DWbX9h6zRQJxdFMz31SMaMY5td/DzRvxThUbU5MJaVhGLgsD2x+kDLdPavcjZQ7ZlBo5zg"
    "ynbA4Gc7aI1kfi11hnC+BAc3dK9vZShYZSqHuK754ITcDIRp0AwDa6hSGO/L5whQaoz2ko"
    "Jj8HgyEwHIKu6Ph+wZFzYcOwVKNPQiGrHDWyCHxrJk8H8cmC+jzUoTEKPaeILRkn8+/Qi0"
    "gRGEYNQxR7/ZBjv5THx4WTROnlRIgGurNJ2nxUlVN1E2dw2mOZr7ABoVYd2PYh1Or5hFr1"
    "Ulpd4KUxoWkM8Lnn0J+uveg9jv3pNtWtBP/Iwg+GefYRoIcMtxGE6XHi8ZEQNmc6i4GH/W"
    "VhdEkGmaN7vIwirw6M8DIjQKQMJZqT4PX88urs5udEdUo8r5+vr3441yhP5z/fXZxBKYkd"
    "LtdQCqV1hmXUjWdpKiGVUJzC9HGhrrJOFy/Ta5tgMOaU6zzpZTbdNAqsurWturbDwhMXaw"
    "zBOhYGovZAsJmzWBgXnU6jgPytyR/FU7reKGTgvck/3/VYLIgx/zEEXoHatC/wUvFhRHwK"
    "BNRvQb3O2FLOu9bOAqRXJ90nLsFMl3NSfsjDCgXk1yYfkt4g6e25DwEkvXVwSITsrt0SKB"
    "Xrvlc0KAkqbyYWsLYGI7myYzPx9fXnDO/nl7nV/urbl/OLmxdv1CCITg4v2AQgxbAND6k8"
    "DKneOcNZJJT36lraWWalcrEYgzrphVkkjHKXRxnShZ/JQEO6cI8HukuhxCW5wqnm4caw4q"
    "azhOU9M7m74YXm8oONHwCZwdvalNrLDFYz0DAtOIWBuF/ICYac4MOO7Nt3TvDhaD2HnBLc"
    "S5YZJwuThSHu379ovebXBci2hmzrXnhIF9g3y7ZOAFv5hQ5nErfiAIIcd8hxfz5D0CXD1G"
    "fHI4Mis5RqHG42Srlxv0omKdkb0Ukl85DW5GR6AzApgUnpoFceMCntl1SfTEwUx6h7Dw1K"
    "LZwp8RAY6eRhd6C2ArXqbwNu4/79s3e0kkNuCTKm1DdLUExh+kdz81P4twB73OEajgvlrz"
    "SkT3aQxk6j9AkPfI/YoxrkarHAckmaQz2WNVhgWcOy+F18tPAdXWmaMlNpFtcnaveUxmxG"
    "/37SNXtHPqQOQiJVV4Zh5ykjEIjQkKGjS9boGyVfDors0VHzcLNF2l/13GiTvqXzjDk5OT"
    "aaIPnTNsRAGqO1lVLTNs3YgpyvjFpopIYyqDsvgwp266ZPaNu/o6UbgkxjuhF4AqBS7wEw"
    "CtmobbAaWY4cM/0kiwL9ZAv9xCdC4jEuchJj+rSh7Voztzj1TXwyCaCHTsUPVfxeH4rdXh"
    "/WvF4+wUwXLVbmDY8R/fN4nVZyLJ6WOBZP1x2LkJQKSamDlq0tX0Mxf6CxtMRNwzIryyLV"
    "aaOB5W5GECeekC2O0L0Yz4kzjVNV7tHUp08MPTl8pg6TWSJZJ3mqTCqM8FfBQp5DExtVrB"
    "lh6EHwiZ5mxEOcIrG62AhPxfxYN83s8LlbhBiC9Wbn1htLTGiTLSzu34yEsN+Azj4FHXVt"
    "c9pF1BGURV/LZquSzFa9LHrM1ohZWOdcvZ1j1y3U4dbRfdLlTo7fv0u0N/mhTF+7/XL2+b"
    "Om/JgQPEf/pp7RMpEB9XAON78QPzo+D7CrhE9DLSIHhVpVXVMi0uPscDIfLajrmO0JOVgP"
    "X6kWkpwXQu151J7WUFanMg2DQpUGhSqzKpuZLXUdu7t9+E27m/CODapCO/b4iCyopTnLq5"
    "D/HKo35DfmnrV8In95nUqSGSTY+Dq3PXfExndLsDvQGPjU9WGZdY/FPSrl845daj2kc3CT"
    "A6S9QDq+X35ETzPHmqHYZ8uQw5FF5do8RNizxUeG5Il/SF5DfEbm6rL4R3hzNCYT6hN9Nv"
    "DuHv+r96t3yRHx7MhwKHvEd0X3LmaynMm9uCmPPqmQn3tpU5Rdoy/2JyaePp+LL6GaPyJG"
    "CDr7/ga9OdnWlhj+YrOdcoXpT77yTrZIOCR7L4EimoiGwrmdwfTJENOYGLJapsxWjSyuT9"
    "TuWLyOdg2ThSIFgVViLeqRPDo0YDXOHl6DwuHDaXHa5PBhc/KB8205j47O1myPFQ7c1m2Q"
    "wH31w7aFwlRLl88AQZUHVb5IlZ/O5VGbWm0+bBqWK/SrTht1+jPE8KPQpcVQ2o6K+lB6cR"
    "jFzo6QUIHneCmU4ihkxpYKNkUupQ9Mqr5CsRUardKysfrTYUhwuq69t/kgbZZVVsNSUR2Q"
    "ZLVv2Q3U6J0KyPuNfdq3igfRT4cd/RTvFEZpLVkUpLVsldYCsekg7LYs7HIs3lfF87q0G7"
    "eVi7vpXhXk3VDi/BNDCxdbBAkBCiNXkEV8ndC6obdW8sykgIad5QeQPvctGIH0+Xzyp/tJ"
    "6Wo1MaA0AwJK10KUzfPRHaCziE7meLoCfRssozEIBMXOCYrZEow1jryG0647O7YdUQLuHC"
    "U6rykA6nqp8M/jHhUEf5c8EldV7yqR9/WdKhiYM5tsaG0eotJOPvYeQCnY+9YFSgFIsIdN"
    "KVj5wcp/sFZ+tQuu8Vuedxtj+hSJ2Ei27UwsEjPqGpaiysD6xOkOoju7IkHTxbfFQCdCq4"
    "ZyGZouRsGimhT9D1kiBa/yIKJkB3msNrq7/jr69hWNfRpMZzzMthgvo3wMeb7uhuK6Dd97"
    "i8yKvZcp3F76VgL3WxC4QToEK3zzBzbv7wDsfhLqUuO0CApkFs1OOE58P9k9Y+oFbGQ+l/"
    "M4qG+s4dVsPicQmM61p7MUq0c1Vcp1LAzEdgNRZ1XPAWEIthuCMWYOGy2oo028Kh+FPLZP"
    "Y9HgOYoQcFpnLwVfs6Gl7Fa8koMia5lqHG62mI1Y3LFKlpXoG50cpTTBP7HIvywvKmmFsI"
    "+qVS3XQ0R9pNYMFK4ZstuTNJDJK9ixka4GcnuPqeAATyu4q50f/Nv7lqPB3Aa2oUMmFJxa"
    "+z1iBaxJe7Im1dM2QNEoUDS6In9GTkKt+Bm3lUuf6V7VivZhF3sWsdGcPhJZG0AdkSGr0i"
    "VF6+RfDImpwsIDTuP6dWgiJERZuEIMz1rxuvXyfC09CE7c6N4ODXIluHEPm1IZWbLOZnFo"
    "X9y/h6F9zddP3+Ohyb10glHfmcojkI0pzcCAVThAEg6Q3BO/rRwgSS11ClEdn0kOCj6Tzv"
    "lMwDn2DAca6qkWD2Z79VRXRgozW2ce2Sd72/PJnzgjvmPNBhqbXNQyLLPI4VWfTfa44iFo"
    "2MZVOGG1ioBmmkai1Ha2rY7bhIclVqzCk6iKhdfiA6j6oB4cn55WSf87PS1O/5Nta8esGa"
    "lfYfcesvumknLwpkQ5eKMtociJzntXWj8xhkDxRMPiiXvdzP74f2Xz6VU="
)
