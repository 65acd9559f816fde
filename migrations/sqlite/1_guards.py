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
