"""Agents who draw on the balances of other members, what they drew, and who pays an order."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
ALTER TABLE "orders" ADD COLUMN "payer_id" CHAR(36);
CREATE TABLE "agent" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "payer_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "monthly_limit" BIGINT,
    "since" TIMESTAMP NOT NULL,
    "until" TIMESTAMP,
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
    "program_id" CHAR(36) NOT NULL,
    "payer_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "month" DATE NOT NULL,
    "amount" BIGINT NOT NULL,
    PRIMARY KEY ("payer_id", "member_id", "asset_id", "month"),
    CHECK ("amount" >= 0 AND "amount" < 4611686018427387904)
);
CREATE TRIGGER "tr_agent_terms" BEFORE UPDATE OF "id", "program_id", "payer_id", "member_id", "asset_id" ON "agent" BEGIN SELECT RAISE(ABORT, 'of agents only the limit and the time change'); END;
CREATE TRIGGER "tr_agent_delete" BEFORE DELETE ON "agent" BEGIN SELECT RAISE(ABORT, 'agent is never deleted'); END;
CREATE TRIGGER "tr_agent_draw_terms" BEFORE UPDATE OF "program_id", "payer_id", "member_id", "asset_id", "month" ON "agent_draw" BEGIN SELECT RAISE(ABORT, 'of draws only the amount changes'); END;
CREATE TRIGGER "tr_agent_draw_delete" BEFORE DELETE ON "agent_draw" BEGIN SELECT RAISE(ABORT, 'agent_draw is never deleted'); END;
CREATE TRIGGER "tr_orders_payer" BEFORE UPDATE OF "payer_id" ON "orders" BEGIN SELECT RAISE(ABORT, 'of orders only its state changes'); END;
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TRIGGER "tr_orders_payer";
DROP TABLE "agent_draw";
DROP TABLE "agent";
ALTER TABLE "orders" DROP COLUMN "payer_id";
"""


MODELS_STATE = (
"eJztXWtz2za6/isYfdlmVvHY8iVpcubMOI3b9daJO7HTnt12h4YoSOKYIhgCtKPT0/9+AJ"
"CUeAEpgrpRzNvpJBGBh6IegMB7x5+9GR0Rlx1d2jYNPd57g/7seXhGxD/yTX3Uw76/bJAX"
"OB66qi9OdRoyHmBb3muMXUbEpRFhduD43KGe7Hw/JWiIXezZBNExoh5BmDHC0ZgG6tOMzI"
"YkOJJ3G1Fb3M7xJqbA0HO+hMTidEL4lAQC/vvvvajdckbqQSVU/vs//xGfHG9EvhIm+8mP"
"/qM1dog7yjAS4dR1i899de3z5+v3P6qe8mmHlk3dcOYte/tzPqXeonsYOqMjiZFtE+KRAH"
"MySnHlha4bs5pcin6KuMCDkCwedbS8MCJjHLqS8d5/jUPPlkQj+U1WyB0xhDad+ZgfySuv"
"/jt+zhTGsj7e3lt3V/eW1SuMlnye3DjEl2zqyZF2PC5Z+/Ov6L5LdtTVnvyCH/5x+em704"
"sXig/K+CRQjYq73l8KiDmOoGoElpT7AZ0EeGaZUZ9FbXIIkgvLMVhO8oTQhLKWkZx6s9Ov"
"QV1OMyCgNEfpYjExYDSNAULzhD5hJ/qFBUbfOZNrj5dwmoblSHWiDerA6BTPK/56+f1gcH"
"r6anB8evH6/OzVq/PXx69FX/XExaZXFWPw7vqn64/38oGo2Kaj7VteyNLvE28kn8qI/BQI"
"qG9M/TSmtj7vCQJIb0z62KU0MGN9AQHaG9POyBcz0mMAUN6Yco985dZIqEaYF6l/L9jjzo"
"zoyc9Bc4MwirFHyT+2NSS978V/L08GL09P0PHxG/X/39Wfe9Bt7q8/XN3dX374Rd5+xtgX"
"V/F4eX8lWwbq6jx39btIAlqO0uIm6Lfr+38g+RH9+/bjVV5OWvS7/3dPPhMOObU8+mzhUZ"
"qq5HJy6S+p0Y4fUwqWvDDE9uMzDkZWoYUOaFnfYtNsMMtfwR6eqLGTbMrnTEwJYjbobQyq"
"oV9pYVh0qWVfCJzJlEsjAY6NAohTNArwMxKqMfZiu4Fq9/GcBG+Rw9EUMyREGDJCz1PioY"
"fQE+rzA3IYEp315ogtfY/WeqFuEOsLYMkASwZoiZlXojalKQwQCqYhMA0dGKEz6vGpO7dc"
"Z+ZoZNgq9aEAbaRIxJtVW1jdk+rmeLbGOFetQSxA+9Id9jO5D0JJSA+ukkhNB3cB2sDgtu"
"wVO/SxbZMC+F5oR70yJVA19lcqgtYo6bdSG/xtirnSxCROqGbkGTmeVNfkVtBHj2Qu9LDh"
"HH2n5MJ+1K8fKW79qNeLou63sbtqNL26Spy6i/4lrdj9Vr2g21Hn9vNuyvcN1LLdS2iglo"
"Fa1nZKQS3bNKGzJATMwF2/wIBHx0gTa4tA5zs/k7lWmotaqkU537Ee404r5bhLZAdkJKQo"
"B7uJQT3gYnogGfw3Rozj8RhxSl32Vn52uDSnCwxH1HPnSEhX0vA+lWb2R+Jr7Plb+YY15D"
"sw0oORvgsbg/q7QOcPUxyUuJnj/jkixYMdIIVi7fxqucSbCM3rDRocH1dw+uvlJ0Wr6JWz"
"D3yMmwZRWz6IQq5Bllx6dLuvh4N5WTBFBpjjezjnhB0g41X76c3tu4yZRtD67vrj5ad/ff"
"fh8n9eZGw1N7cff0r6pyf4u3/dX13mR8CmfsRVlvx/3t1+LKF+gcjr4o7N0f8h12GHKABV"
"cC+5yHCfzOkF9anp/oOGeHmDdznixfyV5DSIZckiwRzdOpNlepjJV98Rt2swzFkkRCwd4u"
"gH5Ik+NnrJs0hwS7RtlNuixUqzTk+nxKqGfqUOu+hS0xOBXDKaCJ1SJcyxMs+Cppc+Jiyj"
"etji+SAIbO+qD+iXO9Uv1awv0FmuXyb9O6hfXpzVUC8vzkq1S9kEyvsulfdH8dNM+E36d5"
"Df00ENek8HpezKprxejnUJhHcz7LrlKSYJqEsuidPBq4uFE0J+qHI73H24vLkpRnwpXWpu"
"MlmXCJiuNaZrRFfyDQWeS2dsAbe7mXu83Wk7ODl7dfb69OJsMXcXV6omcNnctZIAl7oRMz"
"nYmnEzh6M9LgJnCgyOAzozXwIWMFgHaqwDcR61mHZzjVF5Vfr1AgarQElWu6UC4ZpQuwQC"
"uWXkiulnKnLloJ3hdhNSF2Sm7ye9YUoDLn6nJgq+fLPLgHa31fU+Xf34+e5qW6awbW93E9"
"GLmG52WdDuJvrpoSzHwzDwLBqMiGbxKJ/BWdQOp/C724+f76wfrz/d3R/qPB5SL2SWjX3T"
"7S8D3N1UPjk+gO3Px3OrSWRpFtcZiWLXZaAEi0/YDQ2rcGVgwH0z7gMykz82MN0ZC7jODM"
"DG9saYItFxGtBwYpREpcN+a3ahlvjtf8AzHzsTr6dx3S/a+lXeezvdq0YIOlNIJL9LFZ3F"
"KAhd8hY9S6e9wxETr5wM/3Y8FR3+RAImsOwIPfjh0HXYVMyb+KKq9/JRVq19njringItLm"
"BZPGasDU7f6XdDsAEEG2x6CNq7rEGwAQQbtIzc7WQKcK3/q8KgxfWery4wvAW/TX6fNfEw"
"6LAdqk6zluzeMnnz13iEKsTOX5eDuFr6TA957TDSBKzkvr6SCIm4zxsh/zESiNnRR568gO"
"wp9sTPEXKgTPRRoh+V17HrRlmMbxAjBD0I1JNjE3YUT0UxqA+l4am7+/Y6kmjCY/TRC2Xe"
"O4ime5eaQDTdrWiafQ3qspqDAa15oTRaTupv5UtAl/yvm4sTCBwaOFwTJFAuHKUgwKnOW8"
"1xwJvkx2WAkAXZugypTASeN2qUArmEQf7jIY67+GkjRxJglGGeRa2VZd4yjXLXSeZkPCY2"
"NyI/BYH8/jWoD4gtg1Ga5f5moLC3tXqNMy9eAlVLmlQtaYsljXpPFUa0ZWu/0n6W7bfScn"
"ZH0Sy0p9mzQ4dinZgRhtiyEXtUmpr60pX6PKUuQYwTX5OrvYkb1rBvyeQJK117ULxIcOZH"
"a0wFYObaqT2m8DbU5bUABGpz1KbXFQNiczCgVTtjGwSx5oBdMn3tOJhSTtEGA5CBAf3Ns2"
"mEuGPGfIIA0o1Ib4l8f+XxQFsWOGqolOrJostKgf5WCN2uI/5IBHBb1UtKn7+wuMTIlxdv"
"0YNYqpVV7AGpLBemHNHyHkzeRJbwjcqmF4X9bX/ZGpWC93uM6l5Pf9jlelYu6McDb1pOPo"
"MCsangKATtCU6SaD+lcJLEptXQAHtsbDxLczCgFUqN7S72N4pztPATdiIKjOQxHRo0n8bq"
"ZkxnXFak0VCksDAQ6w7ENCbaeBQSIAxB4yFouCLBUrShDPomaxAsPpug3nzVgeVm/RWfeu"
"IZTMTMJaKRoNmy4LSt55jFJkXDBSWFgsndeHIrK66hVprGrKGStmyab0YjjcIki2yWV7pd"
"ACA1UrP27jsBqGX8bmaSUtsOg6BRDGoOCjGorY5BhWDjDg90WxzjT8TjPZ1jXDX0Kx3jiy"
"41KhX5mPGXnHiMiD42R3hIQ5m4Hbly0k7r5EoiI744QtcqiVudaqurRLSxe//h/eE92HQ2"
"c3hUdHLhKJe+cfV7WXwSb+TVkzeVTcrUj6NQUS4z0p8DyolsmkX55JfvP6Hzdd3qbZG1wc"
"EObktwrx8EqenFzNDinUOCmt5YTQdH5xYNUGAD2XD0yH5DxzrJqQohtYyjIjOwDhmYdrz8"
"ukIVM14iMiCYz5oEEu4Yk5rHAa+FrJAGrGZRwGmW0xHh2HGNqiWkIFCnonmxBDBUd9h+CY"
"bqb2SgW2Ko/skZ8x/EXXoaW/WirV9lrp6IXpaddKthspYAJAEpC7KsZD8kOCDBEVKlRxnh"
"3CUsLlkv6y1QzyZvkaywIKYFEk9BosKicelRTdmG7X7VGgbndlk5jQs2qBoNZ1CjAcygsu"
"q9ZV7TJwODwj7p/WhVYR9ISNqmja5B6QCoG7ABU9LEeTLeD9MYUM7z2Z+MCXnPxDmSgnQv"
"Pve81ikb5xWnbJzDKRu7zrRzsdBMR9ZwbhrnmAfC6pCbuErhaWJWyCI3YFU4HH4PwqgA2d"
"U7enlmxNiVWwDCsgRFgL+Zlakl5s5/0LwpLnW9X2XmnCY9alg4BVckeMLKYJapGavO8/Si"
"4NcjdOu5c/RgY5+HARk9iJYRegiISzCTHyNjo86sufH7a4vTpqN5oAxtaxZMMHHuWJVuk6"
"2+E5RCFTWoTtV+QvcYANtNQkEhBadFl5wWiWBtRn0aBeQ3Jj9RY8zIT6OA/Mbkk6++Ixak"
"JofUZZBgp2mdnQYMct/IQLfEIHc9IjOfcuLZ2jry6eZ+lXnOyXWsYaV7JPM4qRwzFIpd4Q"
"16lh8djhjH3ohJc1pfWc2ek25CFH0mgTzn/OdF8ntsQOkjZlOfqEjDFzqr3da/b42IRHGP"
"4itekUlJdGf0NvRj7zftPePFHtSKExhUxAkMkjgBMNPt1i0n3wWTKbwAdDAY42RQZxqLXq"
"XTWLXlyizC0Y3lYvOWIjxpyOUhg0Xay5OsUhBIsoITaUH2bbXs63GHlwm+UdsqqXfZq6bI"
"K0TI56ljT5WjOORM3AOxOeNkhh4FSWxR4KlMhjW7QY1zTxkNA1u9B+QrJ4GHXfA0t0G6Ah"
"F2tyLs4jWoLcMuEB0UYi/OasiwF2elIqxsypstl6uLAcs5WAep3qDaeziBE7u0MkCAJMik"
"ByKTCjFOK4/K69WyaNKjhhx69/PnyBQqi3wmNT+lYsreIpfSRzJCOKodikIxnQLVT34B8q"
"nr2HN0c313f/VeJ6Fu8tZ1ZNfHECTVva+RIKnuVlIVk95ETI26d1Bw2ryMqv424Dbp372c"
"za0IpbYgY0IDI2dXGtM9mjczhVsivdyo6oI6+SVuqZRg3GWf1TJMnGUhxAlVMWaMZK04IW"
"OorYMwJmvJYDTELvbsuHwMQ19C7Drjuawqo2JvNQLM5u5bQ3qRhThAfNn7zgriy86r1hht"
"AHF/EGDaJsC0m9wtmdXEI9gmDC8RHeR483UnIJFmA8ttW+RByrXCIF1xBI9Lax/AYwtRze"
"Ho2eFTJYrRZw/FYeYqlE9FPGuP1zFArhHZB0IbCG2HuoockjvpACmFPFzIw20/oZA22rX0"
"5pbZQyEN96CTEQMyE08gn8uI+wwM6G9M/zQmtz7zCQJIb0y6Hzg0iON+s8TfzbDrlp9Zms"
"J1if7TwauLBeHyQxXFdx8ub240x1lR+5EI7dMT6meR1+rwqjwWKmO2LbyqS+nrve/Ffy9P"
"Bi9PT9Dx8Rv1/9/Vn3uwkxzc6I9C0mDklygY9UMcdYid7fBAt8fb8IE+kZ7e46Ca+iu8Dt"
"Ys6bXS9aDOLpKlPxNLB+KUPiJ5FiSiAZrgJ9FEVQ9x49QBSN+pjwlKU6pgo3dew3XRPsvP"
"t3FUkpyHhqe6UjBfZsgFZ9CWM2HA5gM2n+6T3hLB5oNyo+rkmrilUqyZLfvUEGoommKWxL"
"cy5HgIJ2k8R+hBrAuO7PuAlBOSyewdJ0DkiYgPOklm3dvVCKL1QvX7IIx23/sDRGTsdBOO"
"532B0IpYzwUCIhFrRCJCLtBWI2l9QZIRvwtA9wje/OSVorbGj1JRZiEBdI/dwXmdMHvRq3"
"z6nhcC7YdOwKcjrPEBSnOmnuM0psqOeXiEV/ArzZKaoxtDZjI7lwjYuuoc3jjFnkeM3v8U"
"pHsrwObzbBingeHpozEA2F3NbkDGJAianD5aREKkXE7uipVuMwtSGrU7K9Lxtubvfur2ew"
"F1m538moOCE7R1TlDwdn+DA/0oODQRApL+uxNie79cfYoL9B6KINsSq/ttUFLLImroV9nc"
"VaQ+q2dzv0R+GAjpmxEUEJ8GPHLmYxSVl4xru75NHzygGvooqYyInNELWZcimhjqFFLypC"
"8gu82v2lip2d+ziWNJD7DmgzX/sPazQ8mv7Kaeg+fGhKYxwCfUR4b6yG2geivuJ2lRNjTg"
"xYAOMrwFCzT1OPG4ZX5sTR4Jx9f0Gx5fAzbqbS7X4GPZOsNhECQnCtamOIXp4kJdZ50uX6"
"YLm2A45JRjzSSu8gWkURBR2tgdMHJYVMqlwRAUsTAQjQeCTR3fN45mT6OA/Obk+8S0bscC"
"ArQ3pt3Hc8WHEfEpEFC/BvU6Bb+ad61uD6TXJz2u7GhIfBoF5DcmH3PxVMMwVtyz9JcfpZ"
"pFrXWaatuGoYLRrRyn6lFuYd93Hd0LUD4CORgMwRpDsPds6pYZDzbjlJCJjc1qBmWRUDGo"
"zWE21FZmnSbxVDkoxFO1eqAhcK7DA92muK6r8ZjY2uL06eb+yhgviyx7roz0upU1XabylC"
"B1QuIzZmhEbEdMWhVIheOzh9IVXeIL4i/Hw+6LI3TtMRJEBygW47u28QVrFJCJb1p8k0v1"
"rRRiM+rW6vCs7Stbg5OzV2evTy/OFjrW4kqVapWoUeWBWHusIXxAayMUi9kvqe2PkT7kMA"
"s887Ez8QynbA4GWmUJq08kYOIJmrKbhQPLcFTDdgmFGvj7sW+PhdhvZNpeAMCkuoZJlXz1"
"XaHl6ZNZy8nPwWAIDIegTXr8jeORXpkWrxr7q3V4N+lXS4OXveXBv3W0aa2GbnoD0MBBAz"
"/olQc08H2Xax2bKOBx9w7q31soA/MYmlAbdwdq23aSdcsU7B3kP9mCjAkNzILrU5ju0bz5"
"KfwlxB7XnhNVKn+lIV3SyNcUwdKbGQ8Dj4ysBuRqscByRbhkM5Y1WGBZw7L4XdzyA0eXVl"
"1ltMviukTtnlJwzOhPo4B8SEE4POohIPsbt5t+UpJQr8xyGjf3V9tOg2XPldbTOzrLGD6j"
"KCVbfD+SP21FcJMxWluPKm19S2ydcHTEvm1VYGHd5cHz+3YJtGPL3ZgUDzZrqId2AIxCAt"
"I2WI1tHI6ZJJ1FgSS9RhBIQITEY5zWm2C6tKHtWoe0OTU6fmoB6KD763UdD83rcgfN64J/"
"JiCY6eKaqvy2CaJ7vpnzWi6w8woX2HnRBQbZZpBt1tuyteWXSMzvaSwtSVO/ysripzqtNL"
"DcTwnixBOyxRF6EOM5diZJDPoDmgT0maFnh09Vye45ktXoJsqkwgh/Gfqy2ndiVLGnhKFH"
"wSd6nhJPHjcuVpcRwhMxP4qmmR1+7xrBcGC92bn1xhYT2mQLS/pvRkLYb+hhl8Jj2rY57S"
"I+BopPFtLX6mSv1S8+mbBlMRvr3IB3M+y6pTpcEd0lXe508Opiob3JD1X62t2Hy5ubooIm"
"BU/rfw0PWc2AOjiHN78QPzkBD7GrhE9DLSIHhSI0bVMi0uPscDKzfOo6ZntCDtbBV2orxe"
"NTKoSZba+I3d2+cLLdTWHXxxU+yTL8xKe2poJ/Kf85VGfI35i70BYaLW9kdMoiwebUuu2i"
"JTanO4LdnsbgpK73q6xNLOlRKxNy6FL7MZ29uDg2zgulI/bFG/Q8dewpSnyIDDkc2VSuzX"
"2EvZH4yJA85wPJa4hPyUxdFv+Ibo6GZEwDos+j3N3X/+H94V1zRLxRbMiSPZK7ogcXM1mT"
"4EHclMefVAjKg7Rxya7xg/2NiW+fzcRDqOY3iBGCLt9/Qien69q2ol9stlMuMd3J9NzJFg"
"lH4+0lcEHjYS+d2xlMlwwDGxNDlsuU2aqRxXWJ2h2L1/GuYbJQpCCwShSi8MiTQ0PW4MSx"
"AhSOHEuL0yZHjpmTD5yvy3l8YJ5me6xxzJ5ugwTu6x+xJxSmRrp8BgiqPKjyJao8FwppxH"
"NRnU/a+pUqfbpXjcPooxhqoar6LrYJoh7CyBVk6c+TX9Fbm4KTidKOOutOgYc4jvbEcYBe"
"27UUh25SulxNDCjNgIDSQhSBecqIA3SW0ckcT1ftYYWwmIBAUGydoJit59HgICI4g6i1Y9"
"sSJeDeUaJzQQFQ1yuFf570qCH4u+SJuCrBvkLe13fSivlZ6S+zyaowX/GTKzsF2HsEpWDv"
"WxcoBSDBHjal+01C2LdvC9IQDjoNQe2CBX6rQ+MTTJecsxsJiJ+KRWJKXcNs8QysS5zuwO"
"HdFgma+p/9nk6EVg3VMjT1rdCvJ0X/JrMY8TI0LI7/kkdaofvbX6zPv6BhQMPJlEcBaMN5"
"HKLGOPFX1L/a8L3XCDbbeyWR9aVvJXCfgcAN0iFY4eFgr7YT6lLjSDEKZJbNTjglbT8Bj0"
"Pqhcwyn8t5HJQg0/BqNp8XEJjOjaezFKuthiplEQsDsd5ANFnVc0AYgvWGYIiZwyyfOtpY"
"1OpRyGO7NBYbPJQD6pU12UvB12xoKbsTr2SvzFqmGvurLWYWSzrWcD7LvnFxd6UJ/o3F/m"
"V5UUkrhL1RrWq5lidkIrVmoGjNkN2epYFMXsHOCOnKlG3va2o4wNMK7nLnB//2vuVoMLeB"
"beiQCQWn1n6rIIM1aU/WpGbaBigaJYpGW+TP2EmoFT+TtmrpM92rXh0T7GLPJiM0o09kRu"
"IqtrJQx6KOh/yLITFVWHQGUVLSA42FhChz+cTwFOp5FCuWbOmLoChu+3ZokCvBjXvYlMrI"
"kiKb5aF9Sf8OhvZtvsThHs8166QTjAbORJ5SZkxpBgaswhkvcMbLnvjdyhkv1FaFwpv4TH"
"JQ8Jm0zmcCzrFvcKChxFT5YG6vxNTSSGFm68wju2Rv+3byJy5J4NjTnsYmF7f0qyxyeNln"
"lT2ufAg2bOMqnbBaRUAzTWNRaj3bVsttwv0KK1Zpcf5y4bW8Jn8X1IPB+Xmd9L/z8/L0P9"
"mWU8B830j9irp3kN2TWsrBSYVycKI54ymqgVhkuPzk3hQEju01PLZ3r5vZX/8PhZhysg=="
)
