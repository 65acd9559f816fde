"""Agents who draw on the balances of other members, what they drew, and who pays an order."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
ALTER TABLE "orders" ADD COLUMN "payer_id" UUID;
CREATE TABLE "agent" (
    "id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "payer_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "monthly_limit" BIGINT,
    "since" TIMESTAMPTZ NOT NULL,
    "until" TIMESTAMPTZ,
    CONSTRAINT "uid_agent_parties" UNIQUE ("payer_id", "member_id", "asset_id"),
    FOREIGN KEY ("program_id", "payer_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "member_id") REFERENCES "member" ("program_id", "id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("payer_id" <> "member_id"),
    CHECK ("monthly_limit" > 0 AND "monthly_limit" < 4611686018427387904),
    CHECK ("until" >= "since")
);
CREATE INDEX "ix_agent_member" ON "agent" ("member_id");
CREATE TABLE "agent_draw" (
    "program_id" UUID NOT NULL,
    "payer_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "amount" BIGINT NOT NULL,
    PRIMARY KEY ("payer_id", "member_id", "asset_id", "month"),
    CHECK ("amount" >= 0)
);
CREATE TRIGGER "tr_agent_terms" BEFORE UPDATE OF "id", "program_id", "payer_id", "member_id", "asset_id" ON "agent" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only the limit and the time change');
CREATE TRIGGER "tr_agent_delete" BEFORE DELETE OR TRUNCATE ON "agent" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_agent_draw_terms" BEFORE UPDATE OF "program_id", "payer_id", "member_id", "asset_id", "month" ON "agent_draw" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only the amount changes');
CREATE TRIGGER "tr_agent_draw_delete" BEFORE DELETE OR TRUNCATE ON "agent_draw" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
CREATE TRIGGER "tr_orders_payer" BEFORE UPDATE OF "payer_id" ON "orders" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only its state changes');
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TRIGGER "tr_orders_payer" ON "orders";
DROP TABLE "agent_draw";
DROP TABLE "agent";
ALTER TABLE "orders" DROP COLUMN "payer_id";
"""


MODELS_STATE = (
"eJztXWtz2za6/isYfdlmVvH4mqTJmTPjNOnWWyfuxE57dtsdGqIgiWOKYEjQjk5P//sBwI"
"t4ASmCokSKeTudJCLwUNQDEHjv+HO0pFNi+0eXpkkDh41eoz9HDl4S/o980xiNsOuuG8QF"
"hie27ItTnSY+87Ap7jXDtk/4pSnxTc9ymUUd0fluQdAE29gxCaIzRB2CsO8ThmbUk5+WZD"
"kh3pG425Sa/HaWM9cFBo71JSAGo3PCFsTj8N9/H4XthjWVDyqg4t//+Q//ZDlT8pX4op/4"
"6D4YM4vY0wwjIU5eN9jKldc+f75696PsKZ52YpjUDpbOure7YgvqJN2DwJoeCYxomxOHeJ"
"iRaYorJ7DtiNX4UvhT+AXmBSR51On6wpTMcGALxkf/NQscUxCNxDcZAbP4EJp06WJ2JK68"
"/O/oOVMYw/h4c2fcvr8zjFFhtMTz5MYhumRSR4y05TDB2p9/hfddsyOvjsQX/PDT5afvzl"
"48k3xQn8092Si5G/0lgZjhECpHYE2569G5h5eGHvVZVJtDEF9Yj8F6kseExpT1jOTUm51+"
"DepymgEBpTlKk8VEg9E0BgjNE/qIrfAXFhh9a82vHFbCaRqWI9UKN6gDo5M/L//r+fenp2"
"dnL0+Pz168ujh/+fLi1fEr3lc+cbHpZcUYvL36x9XHO/FAlG/T4fYtLmTpd4kzFU+lRX4K"
"BNQ3pn4RUVuf9xgBpDcmfWZT6umxnkCA9sa0++SLHukRAChvTLlDvjJjylUjzIrUv+PsMW"
"tJ1OTnoLlBmEbYo/gfuxqS0ff8v+cnp8/PTtDx8Wv5/9/lnx3oNndXH97f3l1++EXcfun7"
"X2zJ4+Xde9FyKq+ucle/CyWg9SglN0G/Xd39hMRH9O+bj+/zclLS7+7fI/FMOGDUcOiTga"
"dpquLL8aW/hEY7e0gpWOLCBJsPT9ibGoUWekrL+hablqfL/BXs4LkcO8GmeM7YlMBng9rG"
"IBvGlRaGpEst+4JnzRdMGAlwZBRAjKKph58QV42xE9kNZLuLV8R7gyyGFthHXIQhU/S0IA"
"66DxyuPt8jy0e8s9ocsaPvUVov5A0ifQEsGWDJAC0x80rUpjSFAULBNASmoQMjdEkdtrBX"
"hm0tLYUMW6U+FKCNFIlos+oLqx2pbpZjKoxz1RpEAupKd+hmch+EkpAeXCmR6g5uAmphcH"
"v2ih362PZJAXzHtaNRmRIoG8cbFUFjGvfbqA3+tsBMamICx1Uz8oQsR6hrYisYowey4nrY"
"ZIW+k3LhOOw3DhW3cdjrWVH3a+2uCk2vrhIn76J+SSt2v00v6G7UuW7eTfG+gVq2fwkN1D"
"JQy/pOKahlbRO6jEPANNz1CQY8OlqaWF8EOtf6mayU0lzYUi3KuZbxEHXaKMddItMjUy5F"
"WdiODeoe49MDieC/GfIZns0Qo9T234jPFhPmdI5hiDr2CnHpShjeF8LM/kBchT1/J9+whX"
"wHRnow0g9hY5B/F+j8YYG9Ejdz1D9HJH+wA6SQr51fDZs4c655vUanx8cVnP56+UnSynvl"
"7AMfo6bTsC0fRCHWIEMsPard18HeqiyYIgPM8T1ZMeIfIONV++n1zduMmYbT+vbq4+Wnf3"
"334fJ/nmVsNdc3H/8R909P8Lf/unt/mR8Bk7ohV1ny/3l787GE+gSR18Utk6H/Q7blH6IA"
"VMG94CLDfTynE+pT0/0HBfHiBm9zxPP5K8hpEMuSRYI5uncmy/Qwk6+uxW/XYJizSIhYOs"
"TR98gjfWj0kmeR4Jbo2yj3RYsVZp2RSomVDeNKHTbpUtMTgWwynXOdUibM+WWeBUUvdUxY"
"RvUw+fNBEFjnqg/ol3vVL+WsL9BZrl/G/QeoX744r6Fevjgv1S5FEyjv+1TeH/hP0+E37j"
"9Afs9Oa9B7dlrKrmjK6+VYlUB4u8S2XZ5iEoOG5JI4O335InFCiA9VbofbD5fX18WIL6lL"
"rXQm6xoB07XGdA3pir+hwHPpjC3g9jdzj3c7bU9Pzl+evzp7cZ7M3eRK1QQum7tGHOBSN2"
"ImB9sybuZwtMckcKbA4MyjS/0lIIHBOlBjHYjyqPm0WymMypvSrxMYrAIlWe2GDIRrQu0a"
"COSWkcunn67IlYMOhts2pC7ITO8mvWFBPcZ/pyIKvnyzy4D2t9WNPr3/8fPt+12Zwna93c"
"15L6K72WVB+5voZ4eyHE8CzzGoNyWKxaN8BmdRe5zCb28+fr41frz6dHt3qPN4Qp3AN0zs"
"6m5/GeD+pvLJ8QFsfy5eGU0iS7O4wUgU+y4DxVl8xHagWYUrAwPum3HvkaX4sZ7uzljADW"
"YAWtsbI4p4x4VHg7lWEpUK+63ZhXrit/8BL11szZ2RwnWftI2rvPdmuleNEHRfIpH4Lll0"
"FiMvsMkb9CSc9hZDPn/lRPi35cjo8Efi+RzrH6F7N5jYlr/g8ya6KOu9fBRVa58WFr8nR/"
"MLWBSPmSmD0/f63RBsAMEGbQ9Bf5c1CDaAYIOekbubTAGm9H9VGLSY2vM1BIZ34LfJ77M6"
"HgYVdkDVabaS3Xsmb/4ajVCF2PnrehA3S5/pIa8dRhqDpdw3lhIh4fd5zeU/n3h8doyRIy"
"4gc4Ed/nO4HCgSfaToR8V1bNthFuNr5BOC7jnq0TKJfxRNRT6o96Xhqfv79jqSaMxj+NEJ"
"RN47iKadS00gmu5XNM2+BnVZzcGA1rxQGi4n9bfyNWBI/tf24gQ8i3oWUwQJlAtHKQhwqv"
"JWM+yxJvlxGSBkQfYuQyoTgedMG6VArmGQ/3iI485/2tQSBGhlmGdRW2WZ90yj3HeSOZnN"
"iMm0yE9BIL9/C+o9YopglGa5vxko7G29XuP0i5dA1ZImVUv6YkmjzmOFEW3dOq60n2X7bb"
"Sc3VK0DMxF9uzQCV8nlsRH/roRO1SYmsbClfq0oDZBPiOuIle7jRvWsG+J5AkjXXuQv0hw"
"5kdvTAVg5tqrPabwNtTltQAEanPUptcVDWJzMKBVOWMbBLHmgEMyfe05mFJM0QYDkIEB/c"
"2zabi4o8d8jADStUjviXz/3mGesixw2FAp1ZOky0aB/oYL3bbF/4gFcFPWS0qfv5Bc8smX"
"Z2/QPV+qpVXsHsksF186osU9fHETUcI3LJteFPZ3/WVbVAru9hjVTk9/2Od6Vi7oRwOvW0"
"4+gwKxqeAoBO0JTpLoP6VwkkTbaqiHHX+mPUtzMKAVSo3tL/Y3jHM08CO2Qgq05DEVGjSf"
"xupmRGdUVqTRUKSwMBDbDsQiIlp7FGIgDEHjIWi4IsFS1FIGfZM1CBafNqjXX3Vgudl+xa"
"cOfwYdMXONaCRo9iw4bec5ZpFJUXNBSaFgcjee3NKKq6mVpjFbqKQ9m+btaKRhmGSRzfJK"
"twkAUiMVa2/XCUA947edSUpNM/C8RjGoOSjEoPY6BhWCjQc80H1xjD8Sh41UjnHZMK50jC"
"ddalQqcrHPnjPi+IT3MRnCExqIxO3QlZN2WsdXYhnx2RG6kknc8lRbVSWi1u79h/OHc2/S"
"5dJiYdHJxFEufOPy9/rRSbyhV0/cVDRJUz8OQ0WZyEh/8igjomkZ5pNfvvuELrZ1q/dF1g"
"YHO7gtwb1+EKSmFzNNi3cOCWp6YzUdHJ07NECBDaTl6JFuQ8cGyakMITW0oyIzsAEZmPa8"
"/NpcFdNeIjIgmM+KBBJmaZOaxwGvhayQBqxmUcBpltMpYdiytaolpCBQp6J5sQQwVA/Yfg"
"mG6m9koHtiqP6J5oyh6evjKjP1Iu5Rw0rNuSLeI5Z23EwRBVng3gmtwUfoxrFX6N7ELgv4"
"InXPW6bo3iM2wb74GAYLqizVrd9fWa0hrd5CXYbeyCRQlwEyiw6bUkgrhHSt/hPaoUV4mI"
"RC/ttuXvwGBUCg+kcbMeGRYK1HfRoF5DcmP1Zj9MhPo4D8xuSTr67FF6QmVZszSLDT9M5O"
"Awa5b2Sge2KQu5qSpUsZcUxlYaV087jKPGflOtaw0j2QVRRliX0U8F3h9frQSYadqS/MaW"
"NpNXuKu3FR9Il44uCfn5No0MiAMka+SV0i40Sfqax2O/++LWJC+T2Kr3hFaBFRHVrRMLKo"
"2zjQXR1PB2a6vWpB8l3QmcIJYIDhcSendaYx71U6jWVbLu8YapmXi80t1jLP2KACJqpuF2"
"kvjzpIQSDqAI5oANm317Kvw8T5X2rBN2zbJPWue9UUebkI+bSwzIV0FAfM5/dA/spnZIke"
"OEl+kvFUJsPq3aDGQQA+DTxTvgfkKyOeg23wNPdBugIRdr8ibPIa1JZhE8QAhdj2z2FPry"
"4aLOdgA6R6J6ey9z1wYp9WhnYWCJBJQSbduUzKxTilPCquV8uicY8acujtz59DU6jIeo+T"
"4IVi6r9BNqUPZIpwmEyPAj6dPNlPfAFyqW2ZK3R9dXv3/p1KQm3z1nVk14cAJNXO10iQVP"
"crqfJJryOmht0HKDi1L6PKvzW4jfsPr8jgToRSk5Mxp56WsyuNGR7N7Uzhnkgv1zLdViW/"
"RC2VEoy97rNZhomyLLg4IRIvxLk3FvG4jCG3DuL7yBKGsAm2sWPKw3Us5qMvAbat2YqPTp"
"iwoRBg2rtvDenF5CSA+NL5zgriy56r2Uy19ti4PwgwfRNg+k3ujsxq/BFMHYbXiAFy3H4l"
"IEikaWG57Ys8SJVVKcXlakmQ1q5IaXJRzWLoyWILKYrRJwdFYeYylE9GPCvrTWogt4jsA6"
"ENhLZDXUUOyZ10gJRCHi7k4fafUEgbHVp6c8/soZCGe9DJiB5Z8ifQPowsAwP6G9MPx5F1"
"QLrrWdSL4n6zxN8usW2XF/FP4YZE/9npyxcJ4eJDFcW3Hy6vrxX1Xan5QLj26XD1s8hrdX"
"hVHttCfNXhbJIHEV41pPT10ff8v+cnp8/PTtDx8Wv5/9/lnx3YSQ5u9KcBaTDyaxSM+iGO"
"OsTODnig++Nt+EAfyUjtcZBN4w1eB2MZ99roevhtIeNYo1OjZiKSldIHJIqjI+qhOX7kTV"
"T24DdOH18lP8YoRamCVu+8heuif5YfbWeG9F+cH5j/QsxDzWMOKJgvM+SCM2jHmTBg8wGb"
"z/BJ74lg80G6UVVyTdRSKdYs133qnPBJPJ9vnsTxqG1zscJy1udkHqH7+BjKeyS9kPJITc"
"uLDtVUnuq57f1qhNE6gfyFEEjb9Q4BMRl73YajeV8gtCLaM0FALGKNWETIBtppLK3LSdLi"
"NwEMj+D2J68QthWelIpCCzFgeOyeXtQJtOe9yqfvRSHUfmJ5bDHFCi+gMGiqOU5jqiyZh0"
"d4Bb/CMJlPYWWYBYrj3CqyWBMEbF013n5xupBDtN7/FGR4K0D7mTY+o55euaAYAOxuZtcj"
"MyLPDpysNJWGIhJi5XJyV6R069mQ0qj92ZGOdzV/u6ncH5lBmsQ+ZKHgBu2dGxT83d/IQP"
"fELHzjlRRbCBvGVUZhGUru1zYKBx4XDn2CPOJSj4XeZozC+odR8dE36cr4smGM4tJ9yJo+"
"E4UTwgkoj8kkj+oKp7v8qtZqof6ezWyKe4CxGYzNh7XcHkoC4DDFcLzSJjSNAT6hgC8U8O"
"0D1TvxjgiDp6Z9KQIMkOEdGEipw4jDDP1zVfJIOF9l3PB8FTCh7nK5BhfAzhkOPC8+8q42"
"xSnMEBfqOut0+TJd2ASDCaMMKyZxlak6jYKQx8bW6qnlh7VGGgxBEQsD0Xgg/IXlutrh1m"
"kUkN+cfJfoFpZIIEB7Y9pdvJJ8aBGfAgH1W1CvUvCreVfq9kB6fdKj0oOaxKdRQH5j8jHj"
"TzUJIsU9S3/5WZ9Z1FbHffZtGCoY3cl5nw5lBnZd21K9AOUjkIPBEGwxBJ2n+/bMeNCOU0"
"Jk3jUrapNFQkmbvkWBZKr5mdKs0yTcJweFcJ9eDzTEdQ14oPsU1/V+NiOmsnp6unm8McbL"
"IOueGyO9bkTRkYU4xkYe4feEfTQlpsUnrQykwtHhOOmSI9EF/pflYPvZEbpyfOKFJ/wV47"
"t28QVbVDiJblp8k0v1rRSiHXVrc3jW7pWt05Pzl+evzl6cJzpWcqVKtYrVqPJArA6L3B7Q"
"2gjVTLol9YE/vY4HL+4/RO9d+2EWeOlia+5oTtkcDLTKElYfiefzJ2jKbhYOLMNZArslFI"
"q0d2PfnnGxX8u0nQDApLqFSZV8dW2u5alzLcvJz8FgCDSHoE96/LXlkFGZFi8bx5t1eDvu"
"V0uDF73FybR1tGmlhq57A9DAQQM/6JUHNPCu64nOdBTwqPsA9e8dVCl5CHSojboDtX07ar"
"lnCvYe8p9MTsacenrB9SnM8Ghufwp/CbDDlAcZlcpfaciQNPItRbD0ZsYCzyFTowG5Siyw"
"XBEu2YxlBRZYVrDMfxczXM9SpVVXGe2yuCFR21EKjh79aRSQDykIh0c9BGR/43bTT1ISGp"
"VZTqPm8WbbqbfuudF6ekuXGcNnGKVk8u9H4qdtCG7SRivrUaWtb7GtE0426NpWBRbWfZ6M"
"3rVLoB9bbmtSPNisoR7aATAKCUi7YDWycVh6knQWBZL0FkEgHuESj3Zab4wZ0oa2bx3SZF"
"TrdKQEMED316s6HppX5Q6aVwX/jEewr4prqvLbxojh+WYuarnALipcYBdFFxhkm0G22WjH"
"1pZfQjF/pLC0xE3jKiuLm+q00cBytyCIEYfLFkfono/nzJrHMej3aO7RJx89WWwhS3avkK"
"hGN5cmFZ+w54Erqn3HRhVzQXz0wPlETwviiPOw+eoyRXjO50fRNLPH790iGA6sN3u33ph8"
"QutsYXH/diSEbkMPhxQe07fNaR/xMVB8spC+Vid7rX7xyZgtwzexyg14u8S2XarDFdFD0u"
"XOTl++SLQ38aFKX7v9cHl9XVTQhOBp/K/mGaAZ0ADncPsL8aPlsQDbUvjU1CJyUChC0zcl"
"Ij3OFiNLw6W2pbcn5GADfKV2Ujw+pULo2faK2P3tCye73RT2fZreoyjDT1xqKir4l/KfQw"
"2G/NbchSbXaFkjo1MWCTan3m0XPbE53RJsjxQGJ3l9XGVt8uMetTIhJzY1H9LZi8mxcU4g"
"HLHPXqOnhWUuUOxD9JHFkEnF2jxG2Jnyjz4S53wgcQ2xBVnKy/wf4c3RhMyoR9R5lPv7+j"
"+cP5wrhogzjQxZokd8V3RvY1/UJLjnN2XRJxmCci9sXKJr9GB/8/m3L5f8IWTza+QTgi7f"
"fUInZ9vatsJfrLdTrjHDyfTcyxYJR+N1Erig8LCXzu0MZkiGgdbEkPUypbdqZHFDonbP4n"
"W0a+gsFCkIrBKFKDzyaNHAb3DiWAEKR46lxWmdI8f0yQfOt+U8OjBPsT3WOGZPtUEC9/WP"
"2OMKUyNdPgMEVR5U+RJVnnGFNOS5qM7HbeNKlT7dq8Zh9GEMNVdVXRubBFEHYWRzstTnyW"
"/orUzByURph51Vp8BDHEd/4jhArx1aisMwKV2vJhqUZkBAaSGKQD9lxAI6y+j0LUdV7WGD"
"sBiDQFDsnaCYrefR4CAiOIOot2PbEyXgzpKic0EBkNcrhX8W96gh+Nvkkdgywb5C3ld3Uo"
"r5Wekvs8nKMF/+kys7edh5AKWg860LlAKQYA+b0m6TELr2bUEawkGnIchdsMBvdWh8jBmS"
"c7aVgPgFXyQW1NbMFs/AhsTpHhzefZGgqfvZHalEaNlQLUNT1wjcelL0byKLEa9Dw6L4L3"
"GkFbq7+cX4/AuaeDSYL1gYgDZZRSFqPiPuhvpXLd97i2CzziuJbC99S4H7HARukA7BCg8H"
"e/WdUJtqR4pRILNsdsIpad0EPE6oE/iG/lzO46AEmYJXvfmcQGA6N57OQqw2GqqURSwMxH"
"YD0WRVzwFhCLYbggn2Ld9wqaWMRa0ehTx2SGPR4qEcUK+syV4KvmZNS9ktfyVHZdYy2Tje"
"bDEz/LhjDeez6BsVd5ea4N/8yL8sLkpphfivZatcrsUJmUiuGShcM0S3J2EgE1ewNUWqMm"
"W7+5oaDvC0grve+cG/3bUcDeY2sA0dMqHg1Oq2CjJYkzqyJjXTNkDRKFE0+iJ/Rk5CpfgZ"
"t1VLn+le9eqYYBs7JpmiJX0kSxJVsRWFOpI6HuIvH/Gp4odnEMUlPdCMS4gil48PT6GeR7"
"FiyY6+CIri9m+HBrkS3LiHTamILCmyWR7aF/cfYGhf+yUOOzzXbJBOMOpZc3FKmTalGRiw"
"Cme8wBkvHfG7kzNeqCkLhTfxmeSg4DPpnc8EnGPf4EBDianywdxdiam1kULP1plHDsne9u"
"3kT1wSzzIXI4VNLmoZV1nk8LrPJntc+RC0bOMqnbBKRUAxTSNRajvbVs9twuMKK1Zpcf5y"
"4bW8Jv8Q1IPTi4s66X8XF+Xpf6Itp4C5rpb6FXYfILsntZSDkwrl4ERxxlNYA7HIcPnJvS"
"kIHNureWxvp5vZX/8PsJdQ0A=="
)
