"""Partial indexes, and triggers that refuse to change what is insert only."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE UNIQUE INDEX "uix_entry_member_position" ON "entry" ("member_id", "position");
CREATE INDEX "ix_lot_burn" ON "lot" ("account_id", "priority", "expires_at", "id") WHERE "remaining" > 0 AND "locked_until" IS NULL;
CREATE INDEX "ix_lot_due_account" ON "lot" ("account_id", "due_at") WHERE "remaining" > 0 AND "due_at" < '9999-12-31 00:00:00+00:00';
CREATE INDEX "ix_lot_due_program" ON "lot" ("program_id", "due_at") WHERE "remaining" > 0 AND "due_at" < '9999-12-31 00:00:00+00:00';
CREATE INDEX "ix_event_commit_order" ON "event" ("program_id", "commit_order");
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER "tr_transfer_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transfer" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_entry_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "entry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_lot_move_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "lot_move" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_event_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "event" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_order_effect_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "order_effect" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_campaign_version_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "campaign_version" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_lot_terms" BEFORE UPDATE OF "amount", "expires_at", "priority" ON "lot" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('the terms of a lot never change');
CREATE TRIGGER "tr_lot_delete" BEFORE DELETE OR TRUNCATE ON "lot" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_account_delete" BEFORE DELETE OR TRUNCATE ON "account" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_orders_delete" BEFORE DELETE OR TRUNCATE ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
ALTER TABLE "member" SET (fillfactor = 80);
ALTER TABLE "account" SET (fillfactor = 80);
ALTER TABLE "lot" SET (fillfactor = 80);
ALTER TABLE "idempotency" SET (fillfactor = 80);
ALTER TABLE "standing" SET (fillfactor = 80);
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TRIGGER "tr_transfer_insert_only" ON "transfer";
DROP TRIGGER "tr_entry_insert_only" ON "entry";
DROP TRIGGER "tr_lot_move_insert_only" ON "lot_move";
DROP TRIGGER "tr_event_insert_only" ON "event";
DROP TRIGGER "tr_order_effect_insert_only" ON "order_effect";
DROP TRIGGER "tr_campaign_version_insert_only" ON "campaign_version";
DROP TRIGGER "tr_lot_terms" ON "lot";
DROP TRIGGER "tr_lot_delete" ON "lot";
DROP TRIGGER "tr_account_delete" ON "account";
DROP TRIGGER "tr_orders_delete" ON "orders";
DROP FUNCTION "refuse_change"();
DROP INDEX "uix_entry_member_position";
DROP INDEX "ix_lot_burn";
DROP INDEX "ix_lot_due_account";
DROP INDEX "ix_lot_due_program";
DROP INDEX "ix_event_commit_order";
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
