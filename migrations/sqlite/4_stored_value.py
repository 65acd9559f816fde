"""Stored value: ladders of bonuses, top-ups, conversions, and indexes by which what was spent is given back."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE "top_up_step" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "threshold" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "basis_points" INT NOT NULL,
    CONSTRAINT "uid_top_up_step_program_4c01cf" UNIQUE ("program_id", "asset_id", "threshold"),
    FOREIGN KEY ("program_id", "asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("threshold" > 0),
    CHECK ("amount" >= 0 AND "basis_points" >= 0 AND ("amount" = 0) <> ("basis_points" = 0)),
    CHECK ("threshold" < 4611686018427387904 AND "amount" < 4611686018427387904)
);
CREATE TABLE "top_up" (
    "transfer_id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "member_id" CHAR(36) NOT NULL,
    "asset_id" CHAR(36) NOT NULL,
    "lot_id" CHAR(36) NOT NULL,
    "amount" BIGINT NOT NULL,
    "bonus_lot_id" CHAR(36),
    "bonus" BIGINT NOT NULL,
    "step_threshold" BIGINT NOT NULL,
    "step_amount" BIGINT NOT NULL,
    "step_basis_points" INT NOT NULL,
    "recorded_at" TIMESTAMP NOT NULL,
    CHECK ("amount" > 0),
    CHECK ("bonus" >= 0),
    CHECK (("bonus" = 0) = ("bonus_lot_id" IS NULL)),
    CHECK ("step_threshold" BETWEEN 0 AND "amount")
);
CREATE TRIGGER "tr_top_up_update" BEFORE UPDATE ON "top_up" BEGIN SELECT RAISE(ABORT, 'top_up is insert only'); END;
CREATE TRIGGER "tr_top_up_delete" BEFORE DELETE ON "top_up" BEGIN SELECT RAISE(ABORT, 'top_up is insert only'); END;
CREATE TABLE "conversion" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "program_id" CHAR(36) NOT NULL,
    "from_asset_id" CHAR(36) NOT NULL,
    "to_asset_id" CHAR(36) NOT NULL,
    "from_amount" BIGINT NOT NULL,
    "to_amount" BIGINT NOT NULL,
    "step" BIGINT NOT NULL,
    CONSTRAINT "uid_conversion_program_ba41ef" UNIQUE ("program_id", "from_asset_id", "to_asset_id"),
    FOREIGN KEY ("program_id", "from_asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    FOREIGN KEY ("program_id", "to_asset_id") REFERENCES "asset" ("program_id", "id") ON DELETE RESTRICT,
    CHECK ("from_asset_id" <> "to_asset_id"),
    CHECK ("from_amount" > 0 AND "to_amount" > 0 AND "step" > 0),
    CHECK ("from_amount" < 4611686018427387904 AND "to_amount" < 4611686018427387904 AND "step" < 4611686018427387904)
);
CREATE INDEX "ix_transfer_original" ON "transfer" ("original_id") WHERE "original_id" IS NOT NULL;
CREATE INDEX "ix_entry_return" ON "entry" ("transfer_id") WHERE "kind" = 'RETURN';
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP INDEX "ix_entry_return";
DROP INDEX "ix_transfer_original";
DROP TABLE "conversion";
DROP TABLE "top_up";
DROP TABLE "top_up_step";
"""


MODELS_STATE = (
"eJztXXtz2za2/yoY/bPNrOLxM0mTO3fGadKtt07ciZ327rY7NERBEscUwRCgHd3efvcLgK"
"TEB0gRFCVRzMl4YgvAIakfQOC8z5+DOR0Tlx1d2jYNPT54jf4ceHhOxB/5riEaYN9fdcgG"
"jkeuGotTg0aMB9iW15pglxHRNCbMDhyfO9STg+9mBI2wiz2bIDpB1CMIM0Y4mtBAfZqT+Y"
"gER/JqY2qLyzne1JQw9JwvIbE4nRI+I4Eg//33QdRvOWP1oJJU/v2f/4hPjjcmXwmT4+RH"
"/8GaOMQdZxCJ6FS7xRe+avv8+erdj2qkfNqRZVM3nHur0f6Cz6i3HB6GzvhI0si+KfFIgD"
"kZp7DyQteNUU2aoq8iGngQkuWjjlcNYzLBoSsRH/zXJPRsCTSSd7JC7ogptOncx/xItrz8"
"7/g5UzSW9fHmzrp9f2dZg8JsyefJzUPcZFNPzrTjcYnan39F112ho1oH8gY//HT56buzF8"
"8UHpTxaaA6FXaDvxQh5jgiVTOwgtwP6DTAc8sM+ixVm1OQNKzmYLXIE0ATyDoGcurNTr8G"
"dTHNEAGkOUiXm4kBomkaADQP6CN2om9YQPStM73yeAmmabIcqE50QB0YnOJ5xa/n35+enp"
"29PD0+e/Hq4vzly4tXx6/EWPXExa6XFXPw9uofVx/v5ANRcUxHx7dsyMLvE28sn8oI/BQR"
"QN8Y+lkMbX3cEwoAvTHoE5fSwAz1JQnA3hh2Rr6YgR4TAOSNIffIV26NhWiEeRH6dwI97s"
"yJHvwcaW4SxjHtUfLHtqZk8L349/zk9PnZCTo+fq1+/q7+34Nsc3f14f3t3eWHX+Tl54x9"
"cRWOl3fvZc+pal3kWr+LOKDVLC0vgn67uvsJyY/o3zcf3+f5pOW4u38P5DPhkFPLo08WHq"
"ehSpqTpr+kRDt5SAlYsmGE7YcnHIytQg89pWVji13z03m+BXt4quZOoimfM1El+M7PZDHQ"
"KRminmGljsF3rId40FodwyWyAzImHnewK3UFGPk44GItIqkqmCDG8WSCOKUueyM/O5whRg"
"QNR9RzF4jPCJphNkMOQw/E50VlxFbuoNFagHIClBOHcZ61I/ip3wU4f5jhoORQisfngBQP"
"doAQir3zq+USb8pn4uPp8XEFpr9eflKwilG54+Rj3HUa9eVZLrkHWXLr0bFeHg4WZaxXhj"
"CH92jBCTtAxKv4qeubt5lTXcD69urj5ad/fffh8n+eZY7265uP/0jGpxf423/dvb/Mz4BN"
"/QirLPj/vL35WAL9kiLPczk2R/+HXIcdIgNcgb3EIoN9sqaX0KeW+w8a4OUF3uaAF+tXgt"
"OA881S7ovx3c9UHASHm55m8tV3xOUaTHOWEuSbQ5z9gDzSh0YveZayhdmPOWB4x/slxUqz"
"zUAnxKqOYaUMuxyyVoL9bYa5ECpdMp4KmVKZ11lRCi0dpbV/Z0UPWzwfGL/3LvqAfLlT+V"
"Kt+gKc5fJlMr6H8uWL8xri5YvzUulSdoHwvkvh/UF8NRN8k/E9xPfstAa8Z6el6MquvFyO"
"de4Gt3PsuuUGqYSoTyaps9OXL5ZGKPmhyux0++Hy+rpoZ1Ky1MJksa4oYLnWWK4RXMkdCj"
"iXrtgC3e5W7vF2l+3pyfnL81dnL86Xa3fZUrWAy9auJUU9vRBZiWxCViVB9kp6lBKhHsFJ"
"QOfmW8CSDPaBGvtA7HUllt1Co1Re56y1JINdoMQHzppTj8+aQLsiBHDLwBXLz5TlypH2Bt"
"s2uC7wY9uPH9uMBlx8T9fksMsQ7e6oG3x6/+Pn2/fbUoVt+7ibilHE9LDLEu1uoZ8dynY8"
"CgPPosGYaDaP8hWcpdrhEn578/HzrfXj1afbu0NdxyPqhcyysW96/GUId7eUT44P4Pjz8c"
"LC8yQU0SByIUPXG45i10EjAsVH7IaGMTsZMsC+GfYBmcsvG5iejAW63kxAa2djDJEYOAto"
"ONXo2spVQjrab00v1BG7/Q947mNn6g00pvtl37DKem+nR9VwQWeKEsl7qRB1jILQJW/Qkz"
"TaOxwx8cpJ92/HU97hjyRggpYdoXs/HLkOm4l1Ezfey3EfZYz708wR1xTUogGjcYAnWuf0"
"nd4bnA3A2aDtKejutgbOBuBs0DFwtxMpwLX2rwqFFtdbvvqA8BbsNvlz1sTCoKNtxLl3jJ"
"tsg3fvGL/5azxDFWznr6tJXM99pqe8thtpQqz4vqHiCIm4zmvB/zESiNUxRJ5sQPYMe+Lr"
"CD5QBvoo1o/Kduy6URTja8QIQfeC6tGxCTuKl6KY1PtS99Td3b0OJ5rgGH30QpnXBljTvX"
"NNwJruljXNvgZ1Uc2RAax5pjTaTuof5SuCPtlf2/MTCBwaOFzjJFDOHKVIAFOdtZrjgDeJ"
"j8sQQhRk5yKkMh543rhRCOSKDOIfD3HexVcbOxIAowjzLNVGUeYdkyh3HWROJhNicyPwUy"
"QQ378B9AGxpTNKs9jfDCmcbZ3e48yTl0DWkiZZS7qiSaPeY4USbdU7rNSfZcet1ZzdUjQP"
"7Vk20/hI7BNzwhBbdWKPSlXTUJpSn2bUJYhx4mtitdu4YA39lgyesNK5hcWLBLnOO6MqAD"
"XXTvUxhbehLq4FQoA2B216XzEANkcGsGpXbAMn1hxhn1RfO3amlEu0wQRkyAD+5tE0gt0x"
"Qz6hANCNQO8If//e44E2LXDUUcnVk+WQtQz9jWC6Xcdb1Q6KihYN0QNZkDEaLdB3yyZGvj"
"x7g+7FVq20YvdIRbkwZYiW12DyIjKFb1mtom3fbINMwftNur6ese/Fq1XF6McTb1ouJkMF"
"bFPBUAjSE1SK6j6kUCmqbTE0wB6bGK/SHBnACqnGduf7G/k5Wg2LnOmoQfJpLG7GcDYqeV"
"akhYnYdCLMC6DlCGEKGk8BlF2EsovfJvRQdnEfOz71xDOYsJkrikaMZsec07YeYxarFA03"
"lBQVLO7Gi1tpcQ2l0jTNBiJpx5Z5OxJp5CZZRLM80+2SAEIjNXvvvgOAOoZvO4uU2nYYBI"
"18UHOk4IPaaR9UcDbu8UR3xTD+SDw+0BnGVcew0jC+HFIjU5GPGX/OiceIGGNzhEc0lIHb"
"kSknbbROWhIe8dkRulJB3KqqrS4TUWvX/sP7w7u36Xzu8Cjp5NJQLm3j6vuyuBJvZNWTF5"
"VdStWPI1dRLiPSnwLKieyaR/Hkl+8+oYtNzepd4bXBwA5mSzCvHwSo6c3MUOOdowQxvbGY"
"DobOLSqgQAfSsvfIfl3HeompciG1jL0iM2Q9UjDtePt1hShmvEVkiGA9awJIuGMMap4OcC"
"1EhTRANUsFmGYxHROOHdcoW0KKBPJUNE+WAIrqHusvQVH9jUx0RxTVP9GcMjTdPqxSU8+S"
"ETW01AIrEjxipcfNJFFQCe69SBt8hG48d4HubezzUGxS96JnjO4D4hLM5MfIWVCnqW79+t"
"psDWnxFvIydIYngbwMEFl02JBCWCGEa3Uf0D1qhPsJKMS/befFb5AABLJ/tOETHjPWZtCn"
"qQD8xuAnYowZ+GkqAL8x+OSr74gNqUnW5gwl6Gk6p6cBhdw3MtEdUchdjcncp5x4tjaxUr"
"p7WKWec3IDa2jpHsgi9rLEDIXiVHi9KjrJsTdmUp02VFqzp2SYYEWfSCAL//y89AaNFShD"
"xGzqE+Un+kyntdv6/TbwCRXXKL7iFa5FRFe0oqFn0X79QLdVng7UdDuVgtS7YLKElwQ9dI"
"87Oa2zjMWo0mWs+nJxx5DLvJxtbjGXeUYHFXKZdbsIe7nXQYoEvA6gRAPwvp3mfT0u63/p"
"Gd+obx3XuxpVk+UVLOTTzLFnylAcciaugdiCcTJHDwIktox4KuNhzS5QoxAAo2Fgq/eAfO"
"Uk8LALluYucFfAwu6WhV2+BrV52CVFD5nY9uuwp3cXA5RzZD2EeitV2bvuOLFLLUM7GwTw"
"pMCTbp0nFWyclh+V7dW8aDKiBh96+/PnSBUqo96TIHgpmLI3yKX0gYwRjoLpUSiWU6DGyR"
"sgn7qOvUDXV7d379/pONQ2L12Hd30IgVPd+x4JnOpuOVWx6E3Y1Gh4Dxmn9nlU9dsA22R8"
"/5IMboUptQUYUxoYGbvSNP2DuZ0l3BHu5VqF2+r4l7inkoNxV2PW8zBxlIVgJ2Tghax745"
"BA8Bjq6CCMIUcqwkbYxZ6tius4nKEvIXadyULMThSwoWFg2rtuDe7FFiAA+7L3kxXYlx1n"
"sxkbnbHJeGBgusbAdBvcLanVxCPYJgivKHqIcfuZgCCQpoXttiv8INVmpZTN1ZwgrZ2R0h"
"asmsPRk8NnihWjTx6K3cyVK5/yeNbmmzSg3MCzD5g2YNoOdRc5JHPSAUIKcbgQh9t9QCFs"
"tG/hzR3Th0IY7kEHIwZkLp7AuBhZhgzgbww/lCPbA+h+4NAg9vvNAn87x65bnsQ/Rdcn+M"
"9OX75YAi4/VEF8++Hy+lqT35XaD0RIn54QP4u4VrtX5Wlb8K86nEPyINyr+hS+Pvhe/Ht+"
"cvr87AQdH79WP39X/+9BT3Jwsz8OSYOZX1HBrB/irIPvbI8nujvWhg/0kQz0FgfVNVxjdb"
"Dmyai1poffZsqPNa4aNZGerJQ+IJkcHdEATfGj6KJqhLhwunyV+phQaVIVtHrlDUwX3dP8"
"GBszlP3i/MDsF3IdGpY5oKC+zIALxqAtR8KAzgd0Pv0HvSOMzQdlRtXxNXFPJVszX42pU+"
"GTBEwcnsQLqOsKtsLxVnUyj9B9UobyHikrpCqp6QRxUU1tVc9Nr1fDjdYL1TcER9p9nxDg"
"k7HTYzhe9wVAK7w9lxTgi1jDFxGigbbqS+sLkIzwXRL0D+D2F69ktjWWlIpECwlB/9A9va"
"jjaC9GlS/fi4Kr/cgJ+GyMNVZAqdDUY5ymqdJkHh7gFfhKxWQ+hJVjHmrKuVVEsS4p4Oiq"
"8fbL6kIeMXr/UyT92wHaj7RhnAZm6YISAkB3PboBmRBVO3C0MBQaipTgK5fju2Kh20yHlK"
"banR7peFvrdz+Z+2M1SBPfhywpmEE7ZwYFe/c3MtEdUQvfBCXJFqKOYZVSWLmSs9pK4TAQ"
"zCEjKCA+DXhkbcYoyn8YJx99k86MrzqGKEndh5zxM5k4IVqAqkwmedRnON3mrVrLhfp7Nr"
"IpGQHKZlA2H9Z2eygBgL1kwyHhLCSc3Q/UW9HmSwWdoT4kJughwltQ6FGPE49b5nVA8pRQ"
"DyQtRZjUAwGV3za3a1BZbx3hMAiSEm21IU7R9HGjrrNPl2/ThUMwHHHKsWYRV6lW01Tgot"
"dYuzp2WJQbo8EUFGlhIhpPBJs5vm/sHpymAvCbg+8T00QISxKAvTHsPl4oPIyATxEB9BtA"
"rxPwq3HXyvYAen3QMRdPNQpj2TELfXl5xCzVRhUSuzYNFYhupUSiR7mFfd91iGbxl89Ajg"
"ymYIMp2HuEZMfk13b04jJYqVkekCwlZAHpmuE8kwDNVpqFJh4SOVLwkOj0RIMrTI8nukuu"
"MO8nE2JrE06nu4dr3WIsshq51jnmRuZpmMnKH6rq2RNmaExsRyxa5XuC43oi6SwNcYP45X"
"jYfXaErjxGgqgoWtElZhs32CApRHzR4ptcKmulKNoRt9Z7tGxf2Do9OX95/ursxflSxlq2"
"VIlWiRhV7ruyx7ygB7Q3QgKI/YL6IJ7exIiUjO+jAal9Sz+e+9iZeoZLNkcGUmUJqo8kYO"
"IJmqKbJQeUIf36dgGFvNb70W9PBNtvpNpeEoBKdQOVKvnqu0LK04enlYOfI4MpMJyCLsnx"
"145HBmVSvOocrpfh3WRcLQlejpbFPOtI01oJ3fQCIIGDBH7QOw9I4PtOwTgxEcDj4T2Uv7"
"eQ2OEhNIE2Hg7Qdq06bccE7B2E4NgCjCkNzPy7UzT9g7n9JfwlxB7X1n4p5b/SJH2SyDdk"
"wdKHGQ8Dj4ytBuBqaQFlDcrie3HLDxxdzGmVOilL1ydo9xSfYAZ/mgrAB//sw4MeXIW/cY"
"3eJ3VGD8p0enH3cL1WL1iNXKvXu6XzjEou8p+xxf2R/Gpr3G6MqbXJZdJ6oUQLB2nK961F"
"Ad3fLssc71tZ3Y0jtzUuHrSpkNzoABCF0JhtoBrrOBwzTjpLBZz0Bu4JAREcj2Gw6YqmTw"
"farmVIm1OjUidLgh4aZl7VsR28KjcdvCpYDgKCmc7jpsqimFD0z2pwUcs4c1FhnLkoGmcg"
"DgrioAZb1rb8ErH5A42mJekaVmlZ/NSgtQqWuxlBnHiCtzhC92I+J8408Y6+R9OAPjH05P"
"CZyr+7QDJV11SpVBjhz0Nfpu5NlCr2jDD0IPBETzPiyeK2YncZIzwV66OomtnhfTdw0wLt"
"zc61N7ZY0CZHWDK+HQ5hv05xfXLc6NrhtAvPDcjMt+XMfAlaFrOxzgx4O8euWyrDFan7JM"
"udnb58sZTe5Icqee32w+X1dVFAk4yn9b+GBf0yRD1cw+1vxI9OwEPsKubTUIrIkUJ6lK4J"
"Eel5djiZWz51HbMzIUfWw1dqK5m1UyKEmW6vSLu7c+Fku4fCrktjyZLfFvGprUlvXop/jq"
"o34LdmLrSFRMsbKZ2ylKBz6txx0RGd0y3B7kCjcFLtwyptE0tG1IrRG7nUfkjH1S1rQEVV"
"zZ+9Rk8zx56hxIbIkMORTeXePETYG4uPDMkiCEi2IT4jc9Us/ogujkZkQgOij/Db3e3/8P"
"7wrjgi3jhWZMkRyVXRvYuZjJa/Fxfl8SflgnIvdVxyaPxgf2Pi7vO5eAjV/RoxQtDlu0/o"
"5GxT3VZZ4fmqk7K09PwBxyDu5IiEOld7cVzQWNhL13aGpk+KgdbYkNU2ZbZrZOn6BO2O2e"
"v41DDZKFIksEsUvPDIo0ND1qAcU4EU6jGl2WmTekzm4APmm2IeVxPTHI81apDpDkjAvn79"
"MSEwNZLlM4QgyoMoXyLKcyGQRjgXxfmkb1gp0qdH1agsHflQC1HVd7FNEPUQRq4AS18ces"
"1obQhOxks7Gqwr6Qx+HN3x4wC5tm8hDv2EdLWbGECaIQJIC14E5iEjDsBZBidzPF22hzXM"
"YkIEjGLnGMVsPo8GJXKgOk5n57YjQsCdo1jnggCg2iuZf56MqMH4u+SRuCrAvoLf1w/Ssv"
"lZ7i9zyCo3X/GVKwcF2HsAoWDvRxcIBcDBHjak+w1C2LdtC8IQDjoMQZ2CBXyrXeMTmj4Z"
"Z1txiJ+JTWJGXcNo8QxZnzDdgcG7Kxw09T/7Ax0LrTqqeWjqW6Ffj4v+TUYx4pVrWOz/JY"
"stobubX6zPv6BRQMPpjEcOaKNF7KLGOPHX5L9q+dobOJvtPZPI5ty3YrjPgeEG7hC08FBy"
"quuAutTYU4wCmGWrE+p37cfhcUS9kFnmazlPBynINLiareclCSznxstZstVWQ5GySAsTsd"
"lENNnVc4QwBZtNwQgzh1k+dbS+qNWzkKft01y0WJQD8pU1OUvB1myoKbsVr+SgTFumOofr"
"NWYWSwbWMD7LsXFydyUJ/o3F9mXZqLgVwl6rXrVdy9qNSO0ZKNoz5LAnqSCTLdgZI12asu"
"3dpoYBPC3grk5+sG/vm48GdRvohg4ZUDBq7TcLMmiT9qRNaiZtgKBRImh0hf+MjYRa9jPp"
"q+Y+06Pq5THBLvZsMkZz+kjmJM5iKxN1LPN4yF8MiaXCohpESUoPNBEcoozlE9NTyOdRzF"
"iypRtBUtzundDAV4IZ97AhlZ4lRTTLXfuS8T107Ws/xeEe65r10ghGA2cqq5QZQ5ohA1Sh"
"xgvUeNkTvlup8UJtlSi8ic0kRwo2k87ZTMA49g1ONKSYKp/M7aWYWikpzHSdeco+6du+nf"
"iJSxI49myg0cnFPcMqjRxejVmnjyufgpZ1XKULVisIaJZpzEptptvquE54WKHFKk3OX868"
"lufk74N4cHpxUSf87+KiPPxP9uUEMN83Er+i4T1E96SWcHBSIRycaGo8RTkQiwiXV+5NkU"
"DZXsOyvXs9zP76f4MGW24="
)
