"""Seals over the transfers of a program, and the order of their commits, by which they are sealed: see ADR 13."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE FUNCTION "commit_base"() RETURNS BIGINT LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
ALTER TABLE "transfer" ADD COLUMN "commit_order" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint + "commit_base"());
CREATE INDEX "ix_transfer_commit_order" ON "transfer" ("program_id", "commit_order", "id");
CREATE TABLE "seal" (
    "program_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "transfers" INT NOT NULL,
    "last_order" BIGINT NOT NULL,
    "last_id" UUID NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "contents" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ NOT NULL,
    PRIMARY KEY ("program_id", "number"),
    CHECK ("number" > 0),
    CHECK ("transfers" > 0),
    CHECK (length("previous_hash") = 32),
    CHECK (length("hash") = 32),
    CHECK (length("contents") = "transfers" * 24)
);
CREATE TRIGGER "tr_seal_insert_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "seal" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('insert only');
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TABLE "seal";
DROP INDEX "ix_transfer_commit_order";
ALTER TABLE "transfer" DROP COLUMN "commit_order";
DROP FUNCTION "commit_base"();
"""


MODELS_STATE = (
"eJztXWtz2ziW/SsofdlOreKKZTvOJFtb5XSyM9524qnY3b0z3VM0REISyxTAEJAdbW//9w"
"XAh/gAKZJ6Ucyd6ppYBA5JHUDAfeHePwZz5hCPn1zZNltQMXiL/hhQPCfyj3zTEA2w768a"
"1AWBx57ui1OdxlwE2Fb3mmCPE3nJIdwOXF+4jKrO9zOCxtjD1CaITRCjBGHOiUATFuhPcz"
"Ifk+BE3c1htrydS6dNgQvqfl0QS7ApETMSSPhvvw3Cdst19IsqqPr7X/+Sn1zqkG+Eq37q"
"o/9oTVziORlGQpy+bomlr6/9/PP1h//SPdXbji2beYs5XfX2l2LGaNJ9sXCdE4VRbVNCSY"
"AFcVJc0YXnRazGl8KvIi+IYEGSV3VWFxwywQtPMT74j8mC2opopJ5kLYQrh9Bmcx+LE3Xl"
"8j+j90xhLOvz7b119/HesgaF0VLvkxuH6JLNqBpplwrF2h9/hvddsaOvDtQDfvzb1Zcfzl"
"6/0HwwLqaBbtTcDf7UQCxwCNUjsKLcD9g0wHOrGfVZ1DaHIL6wGoPVJI8JjSnrGMmpX3b6"
"Z1CX0wwIKM1RmiwmDRhNY4DQPKFP2A2/YYHR9+70mooSTtOwHKluuEEdGZ3yfeU/L/8yGp"
"2dXY5enb1+c3F+eXnx5tUb2Ve/cbHpsmIM3l//9frzvXohJrfpcPtWF7L0+4Q66q0akZ8C"
"AfWtqZ9F1NbnPUYA6a1Jn3iMBc1YTyBAe2vaOfnajPQIAJS3ppySb8JypGqERZH6D5I94c"
"6JmfwcNDcIToQ9if/Y1ZAM/iL/9/J09PLsFL169Vb/9+/6/w+g29xff/p4d3/16e/q9nPO"
"v3qax6v7j6plpK8uc1d/CCWg1SglN0G/Xt//DamP6J+3nz/m5aSk3/0/B+qd8EIwi7JnCz"
"tpquLL8aU/lUY7eUwpWOrCGNuPzzhwrEILG7GyvsWm+Wiev4IpnuqxU2yq94xNCb77E1kO"
"TEaGsGVYaWPwXesx6rTWxnCF7IA4hAoXe8pWgJGPAyHnIlKmggniAk8mSDDm8Xfqsys44k"
"RiBGLUWyIxI2iG+Qy5HD0SXxSNETt5gsFqAcYJME4cx362HcVP/1ug88cZDko2pah/jkj5"
"YkdIoVw7v1keoVMxkx9Hr15VcPrL1RdNq+yV204+R02jsC0vcqk1yFJLj0n0ojhYloleGW"
"CO7/FSEH6EjFfJUze37zO7uqT1/fXnqy//+OHT1f+8yGztN7ef/xr3T0/w9/+4/3iVHwGb"
"+SFXWfL/++72cwn1CSIvc7m2QP+HPJcfowBcwb3iIsN9PKcT6lPT/UcD8eoG73PEy/mryG"
"kh+WaRhxJ8DzMURyHhpoeZfPNdebsWw5xFgn5zjKMfkCf22OpHnkVuYfQjCRh+4/3SYpXb"
"ZmBSYnXDsFKHTbqs1WB/nWEhlUqPOFOpU2r3Oi9qoaW9jP7vrOphy/cD5/fBVR/QL/eqX+"
"pZX6CzXL+M+/dQv3x9XkO9fH1eql2qJlDe96m8P8qv1oTfuH8P+T0b1aD3bFTKrmrK6+XY"
"FG5wN8eeV+6QikF9ckmdjS5fJ04o9aHK7XT36ermpuhn0rrUsslkXSFgutaYriFd8RMKPJ"
"fO2AJufzP31W6n7ej0/PL8zdnr82TuJleqJnDZ3LWUqmdWIiuZjWFVGmSvtEelEZoZnARs"
"3nwJSGCwDtRYB6KoKzntlgaj8rpgrQQGq0BJDJw1Z1TM2lC7AgK5ZeTK6ddU5MpBe8PtNq"
"QuiGPbW1BVR8yRP+K5j90pHRgskknbsMooaad71Yis4RqJ1LP0yRuMgoVH3qFnZYt0BeJy"
"R1FRLS7VQS9PJOASy0/Qg78Yey6fEceKLj6ofp/V0Z3nmSvvKdHyAkZOgCfGmJu9PhtsqG"
"BDBRsq2FDBhtonG6rcQkxqfTnBCaCHDO9AHc3vs00UJxO2lVjaMePJNrSnjsmbv0QjVCF2"
"/rIaxPXSZ3rIa3vHY7CW+4ZaIiTyPm+l/MdJIGfHEFF1AdkzTOXXkXKgil/Uoh9T16WeGQ"
"Znv0WcEPQgUU+uTfhJNBXloD6Uet339/Q6kmjMY/iRLtRxXRBNDy41gWi6X9E0+zOoy2oO"
"BrTmhdJwOam/la8AfTIrbc/8GbgscIXB9lkuHKUgwKnpMKnAgWgT9psBQnB35wI/M45F6r"
"SK7F7BIKz7GMddfjXHVQQ0OjiTRW10eKZjGuW+z86QyYTYohH5KQgcW9qA+oDYLHBaHmnI"
"QGFv6/Qa1/xMJhzGbHMYsyOWtI9UBMZsCGHDsMpqRpIua01lt5TIlZauUiaGuRqH6JEsiY"
"PGS/RDcomTry/eoQdJmt41H5BaPQKuDVXqHlzdRGUuKEvRuOuHbZAg4bC5Ztbbt3oRFDGs"
"sHdFA980S14GBYaZgiEBjIiQILP7lEKCzC0TKm9I+aTxLM3BgFY4YbW/2IDQD2q1zO1qQv"
"fJEL7nRIARna0yvRaxMBCbDkTzvK85IAxB6yGAbNOQbfr7pB6yTR9ixWdUvkMTMXOFaCVo"
"dsx5tfMY1Mik2HBBSaFgcree3NqK21ArTWM2UEk7Ns23o5GGbtQim+UH/BMAhE4b1t5DBw"
"h2jN/tTFJm24sgaOWjzkHBR91pHzUEI/R4oLviGH8i5lqEYcOw0jGedKlxktnHXLwUhHIi"
"+9gC4TFbqIMdoSsn7bSOr8Qy4osTdK0Peehk/qaTylu79+/0d/pgs/ncFZaWkxJHufKN6+"
"/LowIEoVdP3VQ1aVM/Dk9MCHVi5TlggqimeXje5OrDF3SxqVu9K7I2ONjBbQnu9aMgNb2Y"
"NbR455CgprdW08HRuUMDFNhAthw9ctjQsV5yqkNIrcZRkRlYjwxMe15+PamKNV4iMiCYz7"
"nUZwGbW8JtTGoeB7zmAs1YG1azKOA0y6lDBHa9RqepUhA4x9b+MBUYqntsvwRD9Xcy0B0x"
"VF87ZO4zQahtPMeVbh5WGa3dXMcaputHsoyMupijBSfO21UOTIGpw1U6oiGSf4XXVTdM+T"
"MJVB6inxLjc2SqGiJdY1CbpV+YzNk7f94GJuioKnBtSwbZYpGBw5qdd5UtD5IW7VUc1L+F"
"JlM4AfTQGnc6qjONZa/SaazbcmGOcLS63GCxozq3bCFsZsplWq7kpCCg5EDGCJB9Oy37Uq"
"HSkZkF37BtndS76lVT5JUi5PPMtWdStkRyseDyHogvuSBz9ChJ4kmARZkM2+wGNfJucrYI"
"bP07IN8ECSj2VAPk3Ty0dAUi7H5F2ORnUFuGTRA9FGK3nxY+vbo0YDkH6yHVO0kS3/VQqn"
"1aGbazQIBMCjLpzmVSKcYZ5VF1vVoWjXvUkEPvfvo5NIWqINs45lYppvwd8hh7JA7CYewu"
"WsjpFOh+6gHIZ55rL9HN9d39xw8mCXWbt64juz4uQFI9+BoJkup+JVU56ZuIqWH3HgpOR1"
"66qGM2vj0IpbYkY8qaFdVOY/pH83amcEeklxsd3WeSX6KWSgnGW/VZL8PQ8AiRFCc4ETrN"
"pksCKWPorYNwHlZCHGMPU5uEJWo4+rrAnjtZytFBOjObQYDZ3n2h9iKILyC+QO3FHgsw3S"
"Z3R2Y1+Qp2E4ZXiB5yvP2DR5BmdQvLbVfkQWY8BK8uV0uCrPYBeFuKaq5Az66YaVGMPVMU"
"EI9gTnQoH/nmu4HxeHsD5AaRfSC0gdB2rKvIMbmTjpBSqCYAWdq7Tyhkad9NujE4X7/d3/"
"1crYpFNiuTHycYyMJhiqqudQw8IHP5Bo1zH2dgQH9r+iH78QFIL699fDfHnvfdFUA+G12+"
"TghXH6oovvt0dXNjSCfB7EcitU8q1c8ir9XhVXnsFuKrjmeTPIrwqmwcqO/K27WpgZxBQh"
"nkYxx9Z0FajPwKBaN+jKMOsbM9HujueBs+sScyMHscdNNwjdfBmse91roefp3pONYoSe1E"
"RbIy9ohULibEAjTFT7KJ6R7yxulsufpjjDKkKtjqnTdwXXTP8tPYmaH9F+dH5r9Q87BhVj"
"UG5ssMueAM2vFJGLD5gM2n/6R3RLD5pN2oJrkmaqkUa+arPnUKCpCAy82T0IB5nhQrXLpK"
"y3+SLnWvvZA6g78bRDn8jUUENr1fjTBautDfEAJpD71DQEzGXrfhaN4XCK2I9kwQEItYIx"
"YRTgPtNJbWlyQ14jcB9I/g7U9eJWwbPCkViRZiQP/YHV3UCbSXvcqn70Uh1H7sBmLmYIMX"
"UBk0zRynMVWWzOMjvIJfZZjMH2EVWCwM2aMrTrEmCNi6avz6VWV1Shr9/lOQ/q0A2z9pww"
"ULmqULigHA7np2AzIhOlX5eNlQaSgiIVbueItLv9rV/D2I5S42g7SJfchCwQ3aOTco+Lu/"
"k4HuiFn4NihJtnAbrM21ENZfrW0UXgRSOOQEBcRngQi9zRiF+Q+j5KPv0pnxdcMQxan7kO"
"u8UIkTwgmo8uwrC68xw+kuH7W1XKi/ZU82xT3A2AzG5uNabo/lAGAvxXBIOAsJZw9D9U6s"
"+cpA19AeEgF6yPAODHqMCkKF1bwOSB4J9UDSWkSTeiBg8tvlcg0m650zrKo/RiXaalOcwv"
"Rxoa6zTpcv04VNcDEWTGDDJK4yraZREKLX2rrquDzMjdFiCIpYGIjWA8Fnru83Dg9Oo4D8"
"1uT7eKn5aMR9CgTUt6YeC/lW40UkT2fZLy8Zl0VtVDWua8NQwehOysZRJizs+55LDBp/+Q"
"jkYDAEGwzBwU+NdUym31K6ICj63l9/IjiOv5OB7pLj+ONkQmxjetZ083CtE9kiq55rXcm3"
"6lTzTOXJTyqxO8R25aTVnlocZd9Pn2mOLsh/XIq9FyfomnIShCWEig7kXTxggyPU0U2Lv+"
"RSQTyF2I4gftjy7qEYPjo9vzx/c/b6PJG+kytVQncsYJd7eg+YRe+I1kY4Ln1YUh/l2zcx"
"ucb9+2hu3b5fDM997E5pwymbg8GcLaP1iQRcvkFberNwoBnSFe+YUMgDexjb50QK/o3Mng"
"kAzG0bmNvIN9+Tep75OEc5+TkYDEHDIeiSJn/jUjIo0+N143C9Fu/F/Wrp8Kq3Kn5XR582"
"6uhNbwA6OOjgR73ygA5+6JRlkyYqeNS9hxr4Dg5CQznqXlRz7JjjFMpR92IKf11gKoy1Ek"
"rlrzSkTxr5hiJYejMTi4ASx2pBrhELLBtYlt9LWH7gms5oVZmTsrg+UXugeN5m9KdRQD6E"
"kR4f9RBG+v1a9P4eqvEDgz0vbhpWWfP8VKe1prz7GUGCUCkHnKAHyfnEncYOuwc0DdgzD8"
"sjqwwKS6QOW0211Y4T8XLhq+QLYZiNje0Z4eiRsmf0PCNUlScICHYQnsoxLFoA9/hcKN3c"
"PatMuS3RlhO6kTIW9d+OMeGwZto+mRK6toHsw5YAZyt3fLYyZsviNjYJptW1F4voPkmo26"
"jAqILCrf9tmJI5A+rhHN7+QvzkBmKBPR0YXiC6OsI/B4Uyl10L8E+PsyvI3PKZ5zbbE3Kw"
"Hv6kdpIbJaVCNDNZFLH72xdOd7sp7Du5qSraYhGf2YYENaX851C9IX9rZmhbarSi1YGwLB"
"LOg3Vuu+iIzemOYG9gMDjp68MqaxOPe9SKGhurOt3pSK8ki2dYl+bFW/Q8c+1ZUsKSI1cg"
"m6m1eYgwdeRHjlQaK6SuqVpRc31Z/hHeHI3JhAXEHHO2v8f/Tn+n1wIR6kSGLNUjqeb54G"
"Gu4rcf5E1F9EkHRD0oG5fqGr3Yv3H59PlcvoRufos4Iejqwxd0erapbausdFDVTllaPOiI"
"o+L2skVCptK9hnolP98GUkgG0yfDwNbEkNUy1WzVyOL6RO2exeto12iyUKQgsEoUomzJk8"
"sWvEVCzQIUMmqmxekmGTWbkw+cb8p5lA/WsD3WyCJr2iCB+/oZZKXC1EqXzwBBlQdVvkSV"
"F1IhDXkuqvNx27BSpU/3qlEbJEzxL1VV38M2QUzVd/YkWebyHmt6Gyt0ZIoIhJ1NRTkgjq"
"M7cRyg1/atAkc/KV2tJg0ozYCA0kIUQfPcjy7QWUYnd6np/MEaYTEGgaDYOUExe8JEmEp0"
"Vw9uAoLwj66NbUeUgHvXXBdQX68U/kXco4bg75En4ukcDhXyvrlTjUJ8mU1Wh/nKr1zZKc"
"D0EZSCg29doBSABHvclB72EMKhfVtwDOGojyHoXbDAb3VofIzpk3N2KwHxM7lIzJhnWFur"
"PN4ZWJ843YPDuysSdBQOMjBJ0XFbtSSd7lUvOg57WKrtDpqzJzIn0dlIFf6VRIfpot1ITi"
"geJk+LA8V0bnPlIZKDWIgSK8bB7ehBcNSye1INSONgoj9uSiF5+g4Pzhwwd+PxmB6blGkK"
"3KlbVnG8itIMDFjN5UOxBTNEnZavAQmgh4vAmzpK45tynfFNUWUkmJtOzVVlx4wR/cuAd1"
"FLK7+o0Movilo5lG/rsdcHyrd9hwMNgcvlg7m7wOWVkaKZSS6PBKvcMVrlrkjg2rOBwSYX"
"tQyrLHJ41WedPa58CLZs4yqdsEZFwDBNI1FqM9vW7ufozooPlKZ8KBdeyzM99EE9GF1c1H"
"EqXVyUO5VUW04Bkz+qBgxH3XvI7mkt5eC0Qjk4NWQOC0/WFBkuz/WZgkCiz2NK9Pnn/wNq"
"A077"
)
