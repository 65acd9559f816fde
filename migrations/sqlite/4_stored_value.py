"""Stored value: ladders of bonuses, top-ups, and indexes by which what was spent is given back."""

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
CREATE INDEX "ix_lot_move_transfer" ON "lot_move" ("transfer_id");
CREATE INDEX "ix_transfer_original" ON "transfer" ("original_id") WHERE "original_id" IS NOT NULL;
CREATE INDEX "ix_entry_return" ON "entry" ("transfer_id") WHERE "kind" = 'RETURN';
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP INDEX "ix_entry_return";
DROP INDEX "ix_transfer_original";
DROP INDEX "ix_lot_move_transfer";
DROP TABLE "top_up";
DROP TABLE "top_up_step";
"""


MODELS_STATE = (
"eJztXftz2za2/lcw+mWbuYonfiXZ5M6dsVu361vH7sROe7vdHQYiIYljCmAI0I5ub//3C4"
"APkRRIkdSLYs5OZ2MR+CjqOyBwXjj4czBjDvH40YVts5CKwTv054DiGZF/FJuGaIB9f9Gg"
"Lgg88nRfnOk04iLAtrrXGHucyEsO4Xbg+sJlVHV+mBI0wh6mNkFsjBglCHNOBBqzQH+akd"
"mIBEfqbg6z5e1cOmkKDKn7JSSWYBMipiSQ8D/+GETtluvoB1VQ9fe//y0/udQhXwlX/dRH"
"/9Eau8RzcoxEOH3dEnNfX/v06fqHH3VP9bQjy2ZeOKOL3v5cTBlNu4eh6xwpjGqbEEoCLI"
"iT4YqGnhezmlyKfoq8IIKQpI/qLC44ZIxDTzE++M9xSG1FNFLfZIXClSK02czH4khdefNf"
"8XNmMJZ1e/dg3V89WNZgSVrqeQpyiC/ZjCpJu1Qo1v78K7rvgh19daC+4Pt/XHz87vT1C8"
"0H42IS6EbN3eAvDcQCR1AtgQXlfsAmAZ5ZzajPozYpguTCQgaLQZ4QmlDWMZIzb3b2NajL"
"aQ4ElBYoTSeTBoxmMUBokdAn7Ea/cInRS3dyTUUJp1lYgVQ3WqAOjE75vPKfl38/OTk9fX"
"Py6vT12/OzN2/O3756K/vqJ15uelMhg8vrn65vH9QDMblMR8u3upCn3yfUUU/ViPwMCKhv"
"Tf00prY+7wkCSG9N+thjLGjGegoB2lvTzsmXZqTHAKC8NeWUfBWWI00jLJap/0GyJ9wZMZ"
"NfgBaE4MTYo+SPbYlk8Hf5v5fHJy9Pj9GrV+/0f/+h/38Pts3D9Yer+4eLD7+o2884/+Jp"
"Hi8erlTLib46L1z9LtKAFlJKb4J+u374B1If0T/vbq+KelLa7+GfA/VMOBTMouzZwk6Wqu"
"RycukvZdGOHzMGlrowwvbjMw4ca6mFnbCyvstNs5NZ8QqmeKJlp9hUz5m4Enz3ZzIfmJwM"
"Ucuw0sfgu9Zj3Gmlj+EC2QFxCBUu9pSvACMfB0KORaRcBWPEBR6PkWDM4+/VZ1dwxInECM"
"SoN0diStAU8ylyOXokvlh2RmzlGwxeC3BOgHPiMNazzRh++t8lOr+f4qBkUYr7F4iUD3aA"
"FMq586vlEToRU/nx5NWrCk5/vfioaZW9CsvJbdx0ErUVVS41B1lq6jGpXhQH8zLVKwcs8D"
"2aC8IPkPEqferm7jK3qktaL69vLz7+/t2Hi/95kVvab+5uf0r6Zwf45e8PVxdFCdjMj7jK"
"k//f93e3JdSniKLO5doC/R/yXH6ICnAF94qLHPfJmE6pzwz37w3EqxtcFoiX41eR00LzzS"
"P3pfjuRxQHoeFmxUy++q68XQsx55Fg3xyi9APyxB5bveR55AakH2vA8I73y4pVYZuByYjV"
"DcNKGzbtstKC/W2KhTQqPeJMpE2pw+t82Qot7WWMf+dND1s+HwS/9276gH25U/tSj/olOs"
"vty6R/D+3L12c1zMvXZ6XWpWoC432Xxvuj/GlN+E3695Df05Ma9J6elLKrmop2OTalG9zP"
"sOeVB6QSUJ9CUqcnb16nQSj1oSrsdP/h4uZmOc6kbal5k8G6QMBwrTFcI7qSb1jiuXTELu"
"F2N3JfbXfYnhyfvTl7e/r6LB276ZWqAVw2di1l6pmNyEpmE1iVBdkr61FZhGYGxwGbNZ8C"
"UhjMAzXmgTjrSg67ucGpvCpZK4XBLFCSA2fNGBXTNtQugEBuGbly+DVVuQrQ3nC7Ca0L8t"
"j2k8c2ZYGQv9NrstjlQLtb6gYfr378dH+1LVfYtpe7iexFmi52edDuBvrpoUzHozCgFgsc"
"Ypg8ykdwHrXDIXx5d/vp3vrx+uP9w6GO4xGjIbds7Ddd/nLA3Q3l41cHsPz5eG7hWbIVsc"
"HOhRyuNxrFrjeNSBafsBc23LOTgwH37bgPyEz92KDpyriE640A1lobOxJr/h7PfOxO6MAQ"
"bk7bhlURZzvbq0baNNdIpL5Lb6vGKAg98h49q0CzKxCXw0SlLLtUZzQ/kYBLLD9Cn/1w5L"
"l8ShwrvvhZ9btV+7Kfp668p0TLCxg5AR4bE6p3+t0QIIcAOQTIIUAOAfI+BcjlEmKK2VQ4"
"YYQ5WtMHhrcQayius0284iZsK22zY5GxHuqbv8YSqlA7f10IcbX2mRV57dTHBKz1vqHWCI"
"m8zzup/3ESyNExRFRdQPYUU/lzpB6oNqdo1Y+p69jzop137xAnBH2WqCfXJvwoHopSqJ9L"
"Uyp39+11NNGEx+gjDVUtFlBN9641gWq6W9U0/xrUZbUAA1qLSmk0ndRfyheAPsUMNxfbDl"
"wWuMIQ2C5XjjIQ4NQUYRU4EG32dOWAsHOvc7t6cllj1Gm1bW8Bgz17hyh3+dMcVxHQaFd0"
"HrXWzuiOWZS73hhNxmNii0bkZyCwJ30N6gNiqwSKdvtVc1BY2zo9xzUvuAGVNtpU2uiIJ+"
"2KisBY6ipqGFZ5zUjaZaWr7I4SOdPSRT3sqBD3ED2SOXHQaI6+Sy9x8uXFe/RZkqZXzc9I"
"Z25x7ahS9+DqJqosVVn97W1/2RrVr/ZbSHC1f6snGa/l/q5Y8E1LIOdQ4JhZciSAExGqn3"
"efUqh+vmFC5Q0pHzcepQUY0Arb53eXGxDFQa2WhftN6D45wnecDhzT2aqM/zIWBLGuIJoX"
"9S8AQQStRQBHicBRIt8m9XCUyD5mfEblMzRRMxeIVopmx4JXW89BjV2KDSeUDAoGd+vBrb"
"24Da3SLGYNk7Rjw3wzFmkURl1ms7x6UwqA1GnD3LvvBMGO8buZQcpsOwyCVjHqAhRi1J2O"
"UUMyQo8F3ZXA+BMxHzQdNQwrA+Nplxo7mX3MxUtBKCeyjy0QHrFQbeyIQjnZoHVyJdERXx"
"yha73JQ5/UZNqpvLF7/4v+i3622WzmiqiQShooV7Fx/Xt5fLpUFNVTN1VN2tWPox0TQu1Y"
"eQ6YIKppFu03ufjhIzpfN6zeFV0bAuwQtoTw+kGQmp3MGnq8C0gw01ub6RDo3KIDCnwgG8"
"4e2W/qWC851SmkVuOsyBysRw6mHU+/njTFGk8RORCM50Jd24DNLOE2JrWIA14LiWasDat5"
"FHCa59QhArteo91UGQjsY2u/mQoc1T32X4Kj+hsRdEcc1dcOmflMEGob93Flm4dVTmu30L"
"GG6/qRzGOnLuYo5MR5t6iBKTB1uCpHNETyr+i66oYpfyaBqkP0c+p8jl1VQ6QPkNZu6Rcm"
"d/bWv28NF7S8RyNPBtngCVL7dTtvq1oeFC3aqTqo34UmQzgF9NAbd3xSZxjLXqXDWLcV0h"
"xha3W5w2KDW6tzqnYobGaqZVpu5GQgYORAxQjQfTut+1KhypGZFd+obZXWu+hVU+WVKuTz"
"1LWnUrdEcrLg8h6Iz7kgM/QoSeJpgkWZDtvsBjXqbnIWBrZ+D8hXQQKKPdUAdTf3rV2BCr"
"tbFTZ9DWrrsCmih0rs5svCZ2eXBiwXYD2keitF4rueSrVLL8NmJgjQSUEn3bpOKtU4oz6q"
"rlfrokmPGnro/c+fIleoSrJNcm6VYcrfI4+xR+IgHOXuolCdm6X7qS9APvNce45uru8frn"
"4waaibvHUd3fUxBE1173MkaKq71VTloG+ipkbde6g4HfjRRR3z8e1AKbUlGRMWNAp2ZTH9"
"o3kzQ7gj2suNzu4z6S9xS6UG4y36rNZhaLSFSKoTnAhdZtMlgdQx9NJBOI9OQhxhD1ObRE"
"fUcPQlxJ47nkvpIF2ZzaDAbO6+cPYiqC+gvsDZiz1WYLpN7pbcavIR7CYMLxA95HjzG4+g"
"zOoGptuu6IPMuAleXa7WBFntDfC2VNVcgZ5dMdWqGHumKCAewZzoVD7y1XcD4/b2Bsg1Mv"
"tAaQOl7VBnkUMKJx0gpXCaAFRp7z6hUKV9O+XGYH/9Zt/7mZoVl9msLH6cYqAKhymrutY2"
"8IDM5BM0rn2cgwH9remH6sd7IL387OP7Gfa8b+4A5NOTN69TwtWHKorvP1zc3BjKSTD7kU"
"jrk0rzc5nX6vSqInYD+VWHs0geRHpVPg/Ud+Xt2pyBnEPCMciHKH0nJC0kv0CB1A9R6pA7"
"22NBdyfa8IE9kYE54qCbhiuiDtYs6bUy9PDbVOexxkVqxyqTlbFHpGoxIRagCX6STUz3kD"
"fOVsvVHxOUoVTBRu+8Ruiie56fxsEMHb84O7D4hRqHDauqMXBf5siFYNCWd8KAzwd8Pv0n"
"vSOKzQcdRjXpNXFLpVozW/Spc6AACbhcPAkNmOdJtcKli7L8R9mj7nUUUlfwd4O4hr/xEI"
"F171cjjZaG+hdCIu2+VwjIydjpMhyP+yVCK7I9UwTkItbIRYTdQFvNpfUlSY34TQH9I3jz"
"g1cp24ZISkWhhQTQP3ZPzusk2ste5cP3fCnVfuQGYupgQxRQOTTNHGcxVZ7MwyO8gl/lmC"
"xuYRVYhIbq0RW7WFMELF013n51sjoljd7/DKR/M8Dmd9pwwYJm5YISALC7mt2AjIkuVT6a"
"NzQalpGQK3e4h0u/2tb43YvnLnGDtMl9yEMhDNq5MCjEu78RQXfELXwXlBRbuAtW1lqIzl"
"+t7RQOA6kccoIC4rNARNFmjKL6h3Hx0ffZyvi6YYiS0n3IdV6owgnRAFR19pWH11jhdJtf"
"tbFaqH/kdzYlPcDZDM7mw5puD2UDYC/VcCg4CwVn90P1Vrz5ykHX0B8SA3rI8BYceowKQo"
"XV/ByQIhLOA8laEU3OAwGX3zana3BZb51hdfpjfERbbYozmD5O1HXm6fJpemkRDEeCCWwY"
"xFWu1SwKUvRae1cdl0e1MVqIYBkLgmgtCD51fb9xenAWBeS3Jt/Hc81HI+4zIKC+NfVYyK"
"cahbE+nWe//Mi4PGqtU+O6JoYKRrdybBxlwsK+77nEYPGXS6AAAxGsIYK97xrrmE6/oXJB"
"cOh7f+OJEDj+RgTdpcDx1XhMbGN51mzzcGUQ2SKLnitDyXdqV/NU1clPT2J3iO3KQasjtT"
"iuvp/d0xxfkP+4FHsvjtA15SSIjhBaDiBv4wvW2EId33T5TS5VxDOIzSji+z3ePVLDT47P"
"3py9PX19lmrf6ZUqpTtRsMsjvXusondAcyNsl94vqY/y6Zu4XJP+fXS3bj4uhmc+die04Z"
"AtwGDMltH6RAIun6AtvXk40AzlirdMKNSB3Y/vcywV/0ZuzxQA7rY13G3kq+9JO8+8naOc"
"/AIMRNBQBF2y5G9cSgZldrxuHK624r2kXy0bXvVWh9/VsaeNNnrTG4ANDjb4Qc88YIPvu2"
"TZuIkJHnfvoQW+hY3QcBx1L05z7FjgFI6j7sUQ/hJiKoxnJZTqX1lInyzyNVWw7GImwoAS"
"x2pBrhELLBtYlr9LWH7gmvZoVbmT8rg+UbunfN5m9GdRQD6kkR4e9ZBG+u169H6JzPiBwZ"
"+XNA2rvHl+ptNKV97DlCBBqNQDjtBnyfnYnSQBu89oErBnHh2PrCoozJHabDXRXjtOxMvQ"
"V8UXojQbG9tTwtEjZc/oeUqoOp4gINhBeCJluOwB3OH3wtHN3fPKlPsSbTmgGxljcf/NOB"
"P266btkyuhawvILnwJsLdyy3srE7YsbmOTYlp99uIyuk8a6iZOYFRJ4db/NizJnAP1cAxv"
"fiJ+cgMRYk8nhi8RXZ3hX4DCMZddS/DPytkVZGb5zHObrQkFWA9fqa3URsmYEM1cFsvY3a"
"0Lx9tdFHZd3FQd2mIRn9mGAjWl/BdQvSF/Y25oW1q0otWGsDwS9oN1brnoiM/pXmDqRDwv"
"OZ3StmGV14lne9UoKBrVBfwbR76HbYKYOhTKk2SZa4Ku6G0s65mrPBh1NlXyBOdPd5w/kP"
"fUt7Kd/aR0MZs0oDQHAkqXXA/NC0a4QGcZndylpqSFam0xBYGi2DlFMZ+WIkznelULNwWB"
"z6hrsu2IEfDgmg8T0NcrlX/h1j9e1pPmvqc3flTo++ZONar35xZZHRuUP7myU4DpIxgFe1"
"+6wCgADfawKd1v5kKn/PuQu3BouQt6FVzitzqenmAgil4wZadykpgyzzC3VoWhcrA+cbqD"
"IFRXNGjmf/IHJhVaN1Tr0My3Qr+eFv2bSn3EKKmYqRRlqRAjVTUIPdz9Yn36BY0CFk6mYo"
"gw1Xuqn6euPUVcEH9F/bQN33uN7Mu91xFdX/vWCvcZKNygHYIXHiondZ1QjzWlc4EAMqEM"
"VTeSkEaMhtxqPpaLOChAbuC12XhOITCcWw9npVZbLU3KZSwIYj1BtJnVC0AQwXoiGGHucs"
"tn+lGWBFEthSK2T7LYYG0JOICgzVoKseaGnrJ7+UoOyrxlunG42mNm8aRjjeCz6hsXHdSW"
"4N94HF9WF7W2Qvg73aqna1WCEOk5A0Vzhur2rBxk6gp2HWTa27y9r6kRAM8auIuVH+Lb+9"
"ajwd0GvqFDJhSCWvstCAPepD15k9pZG2BolBgaXdE/4yChUf1M2qq1z2yvWiWzR9jD1CYO"
"mrEnMiNUmAtjm7tBFZvurY6g00EI9bAphXOptliTYI9l8XsZgGKBO1GnMjSmNAcDVguWhS"
"1Y0GQOSAE9nATe1kmtfVueWft2ObGWYG4qSFJ18ECC6F9x8fNaucvnFbnL58u5y3Aydo/j"
"FRCY+gYFPcXcUEDoUq7iwdws3wRREOxoHhdD7o8wL+MKxqkc5dR4eX178fH3tN5xKsybu9"
"ufLg0Vjy9/f7i66I4z5oIErj0dGFwxccuwyhGDF31WuWHK+d+we6XUL2jUQQ3ewHgVX8+t"
"0nFX4LDCgVJayK1cbyqv39YHzfTk/LzOrq/z8/JdX6qtoPv7fiPNP+reQ3aPa+mlxxV66b"
"GhHjCjgpiCNuUV/DMQKN9/SOX7//p/xbglwQ=="
)
