"""Partial indexes, and triggers that refuse to change what is insert only or was decided."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE UNIQUE INDEX "uix_entry_member_position" ON "entry" ("member_id", "position");
CREATE INDEX "ix_entry_order" ON "entry" ("order_id") WHERE "order_id" IS NOT NULL;
CREATE INDEX "ix_lot_burn" ON "lot" ("account_id", "priority", "expires_at", "id") WHERE "remaining" > 0 AND "locked_until" IS NULL;
CREATE INDEX "ix_lot_due_account" ON "lot" ("account_id", "due_at") WHERE "remaining" > 0 AND "due_at" < '9999-12-31 00:00:00+00:00';
CREATE INDEX "ix_lot_due_program" ON "lot" ("program_id", "due_at") WHERE "remaining" > 0 AND "due_at" < '9999-12-31 00:00:00+00:00';
CREATE INDEX "ix_lot_order" ON "lot" ("order_id") WHERE "order_id" IS NOT NULL;
CREATE INDEX "ix_lot_move_transfer" ON "lot_move" ("transfer_id");
CREATE INDEX "ix_hold_open" ON "hold" ("account_id", "expires_at") WHERE "captured" + "released" < "amount";
CREATE INDEX "ix_orders_held" ON "orders" ("program_id", "held_until") WHERE "state" = 'HELD';
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
CREATE TRIGGER "tr_hold_terms" BEFORE UPDATE OF "id", "program_id", "member_id", "account_id", "asset_id", "order_id", "transfer_id", "amount", "expires_at", "recorded_at" ON "hold" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('the terms of a hold never change');
CREATE TRIGGER "tr_hold_delete" BEFORE DELETE OR TRUNCATE ON "hold" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_order_return_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "order_return" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
CREATE TRIGGER "tr_account_delete" BEFORE DELETE OR TRUNCATE ON "account" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_orders_decided" BEFORE UPDATE OF "id", "program_id", "member_id", "source", "external_id", "content_hash", "store", "channel", "currency", "subtotal", "discount_total", "shipping", "spent", "payable", "paid", "attributes", "not_applied", "held_until", "occurred_at", "recorded_at" ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its state changes');
CREATE TRIGGER "tr_orders_delete" BEFORE DELETE OR TRUNCATE ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_order_line_decided" BEFORE UPDATE OF "order_id", "ordinal", "program_id", "ref", "sku", "name", "category", "quantity", "unit_price", "discount", "payable", "attributes" ON "order_line" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only what was returned of it changes');
CREATE TRIGGER "tr_order_line_delete" BEFORE DELETE OR TRUNCATE ON "order_line" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
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
DROP TRIGGER "tr_hold_terms" ON "hold";
DROP TRIGGER "tr_hold_delete" ON "hold";
DROP TRIGGER "tr_order_return_insert_only" ON "order_return";
DROP TRIGGER "tr_account_delete" ON "account";
DROP TRIGGER "tr_orders_decided" ON "orders";
DROP TRIGGER "tr_orders_delete" ON "orders";
DROP TRIGGER "tr_order_line_decided" ON "order_line";
DROP TRIGGER "tr_order_line_delete" ON "order_line";
DROP FUNCTION "refuse_change"();
DROP INDEX "uix_entry_member_position";
DROP INDEX "ix_lot_burn";
DROP INDEX "ix_lot_due_account";
DROP INDEX "ix_lot_due_program";
DROP INDEX "ix_event_commit_order";
DROP INDEX "ix_entry_order";
DROP INDEX "ix_lot_order";
DROP INDEX "ix_lot_move_transfer";
DROP INDEX "ix_hold_open";
DROP INDEX "ix_orders_held";
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
