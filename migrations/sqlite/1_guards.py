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
CREATE INDEX "ix_event_commit_order" ON "event" ("program_id", "commit_order");
CREATE TRIGGER "tr_transfer_update" BEFORE UPDATE ON "transfer" BEGIN SELECT RAISE(ABORT, 'transfer is insert only'); END;
CREATE TRIGGER "tr_transfer_delete" BEFORE DELETE ON "transfer" BEGIN SELECT RAISE(ABORT, 'transfer is insert only'); END;
CREATE TRIGGER "tr_entry_update" BEFORE UPDATE ON "entry" BEGIN SELECT RAISE(ABORT, 'entry is insert only'); END;
CREATE TRIGGER "tr_entry_delete" BEFORE DELETE ON "entry" BEGIN SELECT RAISE(ABORT, 'entry is insert only'); END;
CREATE TRIGGER "tr_lot_move_update" BEFORE UPDATE ON "lot_move" BEGIN SELECT RAISE(ABORT, 'lot_move is insert only'); END;
CREATE TRIGGER "tr_lot_move_delete" BEFORE DELETE ON "lot_move" BEGIN SELECT RAISE(ABORT, 'lot_move is insert only'); END;
CREATE TRIGGER "tr_event_update" BEFORE UPDATE ON "event" BEGIN SELECT RAISE(ABORT, 'event is insert only'); END;
CREATE TRIGGER "tr_event_delete" BEFORE DELETE ON "event" BEGIN SELECT RAISE(ABORT, 'event is insert only'); END;
CREATE TRIGGER "tr_order_effect_update" BEFORE UPDATE ON "order_effect" BEGIN SELECT RAISE(ABORT, 'order_effect is insert only'); END;
CREATE TRIGGER "tr_order_effect_delete" BEFORE DELETE ON "order_effect" BEGIN SELECT RAISE(ABORT, 'order_effect is insert only'); END;
CREATE TRIGGER "tr_campaign_version_update" BEFORE UPDATE ON "campaign_version" BEGIN SELECT RAISE(ABORT, 'campaign_version is insert only'); END;
CREATE TRIGGER "tr_campaign_version_delete" BEFORE DELETE ON "campaign_version" BEGIN SELECT RAISE(ABORT, 'campaign_version is insert only'); END;
CREATE TRIGGER "tr_lot_terms" BEFORE UPDATE OF "amount", "expires_at", "priority" ON "lot" BEGIN SELECT RAISE(ABORT, 'the terms of a lot never change'); END;
CREATE TRIGGER "tr_lot_delete" BEFORE DELETE ON "lot" BEGIN SELECT RAISE(ABORT, 'lot is never deleted'); END;
CREATE TRIGGER "tr_account_delete" BEFORE DELETE ON "account" BEGIN SELECT RAISE(ABORT, 'account is never deleted'); END;
CREATE TRIGGER "tr_orders_decided" BEFORE UPDATE OF "id", "program_id", "member_id", "source", "external_id", "content_hash", "store", "channel", "currency", "subtotal", "discount_total", "shipping", "payable", "attributes", "not_applied", "transfer_id", "occurred_at", "recorded_at" ON "orders" BEGIN SELECT RAISE(ABORT, 'of orders only its state changes'); END;
CREATE TRIGGER "tr_orders_delete" BEFORE DELETE ON "orders" BEGIN SELECT RAISE(ABORT, 'orders is never deleted'); END;
CREATE TRIGGER "tr_order_line_decided" BEFORE UPDATE OF "order_id", "ordinal", "program_id", "ref", "sku", "name", "category", "quantity", "unit_price", "discount", "payable", "attributes" ON "order_line" BEGIN SELECT RAISE(ABORT, 'of order_line only what was returned of it changes'); END;
CREATE TRIGGER "tr_order_line_delete" BEFORE DELETE ON "order_line" BEGIN SELECT RAISE(ABORT, 'order_line is never deleted'); END;
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TRIGGER "tr_transfer_update";
DROP TRIGGER "tr_transfer_delete";
DROP TRIGGER "tr_entry_update";
DROP TRIGGER "tr_entry_delete";
DROP TRIGGER "tr_lot_move_update";
DROP TRIGGER "tr_lot_move_delete";
DROP TRIGGER "tr_event_update";
DROP TRIGGER "tr_event_delete";
DROP TRIGGER "tr_order_effect_update";
DROP TRIGGER "tr_order_effect_delete";
DROP TRIGGER "tr_campaign_version_update";
DROP TRIGGER "tr_campaign_version_delete";
DROP TRIGGER "tr_lot_terms";
DROP TRIGGER "tr_lot_delete";
DROP TRIGGER "tr_account_delete";
DROP TRIGGER "tr_orders_decided";
DROP TRIGGER "tr_orders_delete";
DROP TRIGGER "tr_order_line_decided";
DROP TRIGGER "tr_order_line_delete";
DROP INDEX "uix_entry_member_position";
DROP INDEX "ix_lot_burn";
DROP INDEX "ix_lot_due_account";
DROP INDEX "ix_lot_due_program";
DROP INDEX "ix_event_commit_order";
DROP INDEX "ix_entry_order";
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
