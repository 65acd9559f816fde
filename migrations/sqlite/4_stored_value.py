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
CREATE INDEX "ix_lot_move_transfer" ON "lot_move" ("transfer_id");
CREATE INDEX "ix_transfer_original" ON "transfer" ("original_id") WHERE "original_id" IS NOT NULL;
CREATE INDEX "ix_entry_return" ON "entry" ("transfer_id") WHERE "kind" = 'RETURN';
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP INDEX "ix_entry_return";
DROP INDEX "ix_transfer_original";
DROP INDEX "ix_lot_move_transfer";
DROP TABLE "conversion";
DROP TABLE "top_up";
DROP TABLE "top_up_step";
"""


MODELS_STATE = (
"eJztXftz2za2/lcw+mWbWcVjy3aSJnfujN26XW8duxM77W27OwxEQhLHFMEQoB1tt//7Bc"
"CH+AApknpRzOlkmojAoajvgMB3Hjj4czCnFnHY0YVp0sDlg7foz4GL50T8I980RAPsecsG"
"eYHjsaP64lSnMeM+NuW9JthhRFyyCDN92+M2dWXnhxlBY+xg1ySIThB1CcKMEY4m1Fef5m"
"Q+Jv6RvJtFTXE72502FQxc+3NADE6nhM+IL8T/+GMQthu2pR5Uisp///vf4pPtWuQLYbKf"
"/Og9GhObOFYGkVBOXTf4wlPXPn68/v4H1VM+7dgwqRPM3WVvb8Fn1E26B4FtHUkZ2TYlLv"
"ExJ1YKKzdwnAjV+FL4U8QF7gckeVRrecEiExw4EvHB/0wC15RAI/lNRsBtoUKTzj3Mj+SV"
"1/8bPWdKxjBu7x6M+6sHwxgUtCWfJ6eH6JJJXalp2+UStT//Cu+7REddHcgv+O4fFx++OX"
"31QuFBGZ/6qlFhN/hLCWKOQ1GlgSXknk+nPp4bzaDPSm1SBfGFpQ6WgzwGNIasYyCn3uz0"
"a1AX04wQQJqDNJlMGiCalgFA84A+YTv8hQVEL+3ptctLME2L5UC1wwXqwOAUzyv+evntaH"
"R6+np0fPrqzfnZ69fnb47fiL7qiYtNryt0cHn94/Xtg3wgKpbpcPmWF7Lwe8S15FM1Aj8l"
"BNC3hn4WQVsf91gCQG8N+sSh1G+GeiICsLeGnZHPzUCPBADy1pC75As3LGEaYV6E/nuBHr"
"fnRA9+TjSnBCuSPYr/sS2VDL4V/708Gb08PUHHx2/Vn7+r/+/Btnm4fn91/3Dx/md5+zlj"
"nx2F48XDlWwZqauL3NVvQga01FJyE/Tr9cM/kPyIfr+7vcrzpKTfw+8D+Uw44NRw6bOBrT"
"RU8eX40l/Sop08pgwseWGMzcdn7FtGoYWOaFnfYtN8NM9fwS6eKt1JNOVzxq4Ez/6JLAY6"
"J0PYMqz0MXi28Rh1WuljuECmTyzichs70leAkYd9LsYikq6CCWIcTyaIU+qwd/KzzRliRM"
"hwRF1ngfiMoBlmM2Qz9Eg8XnRGbOUbNF4LcE6Ac+Iw1rPNGH7q7wKc382wX7IoRf1zQIoH"
"O0AIxdz5xXCIO+Uz8XF0fFyB6S8XHxSsolduObmNmkZhW55yyTnIkFOPjnq52F+UUa+MYA"
"7v8YITdoCIV/Gpm7vLzKouYL28vr348Ns37y/+70Vmab+5u/0x7p8e4Je/PVxd5DVgUi/E"
"Kgv+P+/vbkugTyTynMs2Ofovcmx2iAS4AnuJRQb7eEwn0KeG+3ca4OUNLnPAi/ErwWnBfL"
"OS+yK++1HFQTDctJrJF88Wt2uh5qwk2DeHqH2fPNHHVi95VnID2o8YMLzj/bJiZdhmoDNi"
"VcOw0oZNuqy0YH+dYS6MSodYU2FTqvA6K1qhpb208e+s6WGK54Pg995NH7Avd2pfqlFfgL"
"Pcvoz799C+fHVWw7x8dVZqXcomMN53abw/ip/WBN+4fw/xPR3VgPd0VIqubMrb5ViXbnA/"
"x45THpCKhfoUkjodvX6VBKHkh6qw0/37i5ubYpxJ2VKLJoN1KQHDtcZwDeGKv6GAc+mILc"
"jtbuQeb3fYjk7OXp+9OX11lozd5ErVAC4bu4Y09fRGZCWysViVBdkr61FahHoEJz6dN58C"
"EjGYB2rMA1HWlRh2C41TeVWyViIGs0BJDpwxpy6ftYF2KQjgloErhl9TypUT7Q22m2BdkM"
"e2nzy2GfW5+J1Ok8UuI7S7pW7w4eqHj/dX23KFbXu5m4pepOlilxXa3UA/PZTpeBz4rkF9"
"i2gmj/IRnJXa4RC+vLv9eG/8cP3h/uFQx/GYugEzTOw1Xf4ygrsbyifHB7D8eXhh4Hm8Fb"
"HBzoWMXG8Yxa43jQgUn7ATNNyzkxED7Nth75O5/LF+05WxINcbBay1NnYk1vwdnnvYnroD"
"Tbg5aRtWRZzNdK8aadNMSSL5XWpbNUZ+4JB36FkGmm2OmBgmMmXZdlVG8xPxmZBlR+iTF4"
"wdm82IZUQXP8l+t3Jf9vPMFvcU0uICRpaPJ9qE6p1+NwTIIUAOAXIIkEOAvE8BcrGE6GI2"
"FU4Yro/W9AHhLcQa8utsE6+4TrYV2+xYZKyHfPOXSEMVtPOXpRJXs8+0ymunPsbCivcNFS"
"Mk4j5vBf9jxBejY4hceQGZM+yKnyN4oNycoqgfldex44Q7794iRgj6JKSebJOwo2goCqV+"
"Kk2p3N2312GiMY7hRzeQtViAmu6dNQE13S01zb4GdVHNiQGseVIaTif1l/KlQJ9ihpuLbf"
"s29W2uCWyXk6OUCGCqi7By7PM2e7oygrBzr3O7ejJZY67VatveUgz27B2i3sVPs2wJQKNd"
"0VmptXZGd8yi3PXGaDKZEJM3Aj8lAnvS14DeJ6ZMoGi3XzUjCmtbp+e45gU3oNJGm0obXf"
"GkUfepwom2bB1W+s+y/VZ6zu4pmgfmLFsdeyzmiTlhiC0bsUulq2koQ6nPM+oQxDjxNPuL"
"N3HDGv4tmfBvpOvhihcJ6nN3xlUAbq6d+mMKb0NdXAuCAG0O2vS80gDYnBjAqh2xLRIvc4"
"J9cn3tOAFQDtEWCsiIAfztd4AIutMM+VgCQG8Eekf4/ZXLfW0p27ChktWTpMtKQn8nSLdj"
"u8vzbsKDdobokSyIhcYL9E1yiZHPL96hT2KqVl6xT0jtzGAqEC3vweRNZNnZsvN1tv1la1"
"S33W+h8NXEvhevVhXRjxTf9IiTjBTQpkKgEKwnON2o+5DC6UabNkN97LJJ41GaEwNYoTzW"
"7nJ/wzxHo+XBXDppsHxam5sRnK2O6SrKgiLWVUTzQ7tygqCC1iqAowLhqMCvE3o4KnAfMz"
"51xTM0oZlLiVZEs2PJaVvfYxa5FBtOKCkpGNytB7fy4ja0StMya5ikHRvmm7FIwzTJIprl"
"1VkTAdgaqZl7970BqGP4bmaQUtMMfL9VDmpOFHJQO52DCsnGPVZ0VwLjT8TlA11gXDUMKw"
"PjSZcalYo8zPhLTlxGRB+TIzymgdy4HYZy0kHr+ErMEV8coWu1iVudxKqrRLSxe//L/Zf7"
"yaTzuc3DQolJoFzGxtXvZdHpsWFUT95UNilXPw5TRbnckf7sU05k0zzcT37x/Qd0vm5YvS"
"tcGwLsELaE8PpBgJqezBp6vHOSYKa3NtMh0LlFBxT4QDacPbLf1LFeYqpSSI3GWZEZsR45"
"mHY8/TrCFGs8RWSEYDxrNpBwuzGoeTnAtbArpAWqWSnANIupRTi2nUbVElIiUKeifbEEcF"
"T32H8JjuqvRNEdcVRfW2TuUU5cU7uPK908rHJa27mONVzXj2QROXUxQwEj1ttljXuOXYvJ"
"cqNDJP4VXpfdsMueiS/rjP6UOJ8jV9UQMZN6RLmlX+jc2Vv/vjVc0OIejTwZZIMnxO7X7b"
"ytathQrWGndFC9C02GcCLQQ2/cyajOMBa9SoexasulOULppHKHxQZLJ2WodsBlkZ8mRk5K"
"BIwcqAgH3LfT3NflstywnviGbatY77JXTcorKOTzzDZnglsiMVkwcQ/EFoyTOXoUILEkwa"
"KMwza7QY26Y4wGvqneA/KFE9/FDhQc6wK7Agq7WwqbvAa1OWwi0UMSu/ljn9KzSwOUc2I9"
"hHorh0B1PZVql16GzUwQwEmBk26dkwoap+Wj8no1F4171OCh9z99DF2hMsk2zrmVhil7hx"
"xKH4mFcJi7iwJ5Lq7qJ78AedSxzQW6ub5/uPpex1A3ees63PUxAKa69zkSmOpumaoY9E1o"
"ati9h8TpwI8m7ZiPbwek1BRgTKnfKNiVlukfzJsZwh1hLzcqu0/HX6KWSgbjLPus5jBuuI"
"VI0AlZjF+W2bSJLziGWjoIY+FJ52PsYNck4RGUDH0OsGNPFkI7YRF/DYHZ3H3hbHWgL0Bf"
"4Gz1HhOYboO7JbeaeASzCcJLiR5ivPmNR1BmdQPTbVf4INVugpeXq5kgrb0B3hRUzebo2e"
"YzRcXos4t84hDMiErlI18829dub28guUZmH5A2IG2HOoscUjjpACGF0wSgSnv3AYUq7dsp"
"Nwb76zf73rc49gvO/NrANnCfzMUTNK59nBED+FvDD9WP9wC659vUj/J+s8Dfz7HjlNcMS8"
"n1Cf7T0etXCeDyQxXE9+8vbm405SSo+UiE9ekK87OIa3V6VV52A/lVh7NIHkR6VTYP1LPF"
"7Vqk0WUl95VFN/hW/PfyZPTy9AQdH79Vf/6u/r8HP8nBad8KSAvNL6VA64eodcid7bGiux"
"NteE+fyEAfcVBNwxVRB2Me91oZevh1pvJYoyK1E5nJSukjkrWYEPXRFD+JJqp6iBunq+Wq"
"j7GUplTBRu+8Ruiie56fxsEMFb84O7D4hRyHDauqUXBfZsCFYNCWd8KAzwd8Pv0HvSPE5r"
"0Ko+p4TdRSSWvmyz51DhQgPhOLJ3F96jiCVtjusiz/UfqoexWFVBX8bT+q4a89RGDd+9VI"
"o3UD9QshkXbfKwTkZOx0GY7GfQHQimzPRAJyEWvkIsJuoK3m0noCpEb4JgL9A3jzg1eSbU"
"0kpaLQQizQP3RH53US7UWv8uF7Xki1H9s+n1lYEwWUDk09xmmZKk/m4QFega90TOa3sHLM"
"A0316IpdrIkELF013n55srpLGr3/KZH+zQCb32nDOPWblQuKBQDd1ej6ZEJUqfLxoqHRUJ"
"SEXLnDPVz6eFvjdy+eu9gN0ib3ISsKYdDOhUEh3v2VKLojbuE7v6TYwp2/stZCeP5qbadw"
"4AtyyAjyiUd9HkabMQrrH0bFR9+lK+OrhiGKS/ch23ohCyeEA1DW2ZceXm2F021+1cZqof"
"6R3dkU9wBnMzibD2u6PZQNgL2k4VBwFgrO7gfqrXjzpYOuoT8kEughwltw6FGXE5cbzc8B"
"yUvCeSBpK6LJeSDg8tvmdA0u660jLE9/jI5oqw1xSqaPE3Wdebp8mi4sgsGYU441g7jKtZ"
"qWghS91t5Vy2ZhbYwWKijKgiJaK4LNbM9rnB6clgLwW4Pv4YXCoxH2KSGAvjX0mIunGgcR"
"n86iX35kXFZqrVPjuqaGCkS3cmycS7mBPc+xicbiL9dATgxUsIYK9r5rrGOcfkPlguDQ9/"
"7GEyFw/JUoukuB46vJhJja8qzp5uHKILJBlj1XhpLv5K7mmayTn5zEbhHTFoNWRWpxVH0/"
"vac5uiD+sl3svDhC1y4jfniEUDGAvI0vWGMLdXTT4ptcSsRTEpsh4vs93j2k4aOTs9dnb0"
"5fnSXsO7lSRbpjgl0e6d1jFb0Dmhthu/R+QX0UT9/E5Rr376O7dfNxMTz3sD11Gw7ZnBiM"
"2TJYn4jPxBO0hTcrDjBDueItAwp1YPfj+5wI4t/I7ZkIgLttDXcb+eI5ws7Tb+coBz8nBi"
"poqIIuWfI3tksGZXa8ahyutuKduF8tG172loff1bGntTZ60xuADQ42+EHPPGCD77tk2aSJ"
"CR5176EFvoWN0HAcdS9Oc+xY4BSOo+7FEP4cYJdrz0oo5V9pkT5Z5GtSsPRixgPfJZbRAl"
"ytLKCsQVn8Lm54vq3bo1XlTsrK9QnaPeXzNoM/LQXgQxrp4UEPaaRfr0fv59CMH2j8eXHT"
"sMqb56U6rXTlPcwI4sQVPOAIfRKYT+xpHLD7hKY+fWbh8ciygsICyc1WU+W1Y4S/DDxZfC"
"FMszGxOSMMPbr0GT3PiCuPJ/AJthCeCh0WPYA7/F44url7XplyX6IpBnQjYyzqvxlnwn7d"
"tH1yJXRtAdmFLwH2Vm55b2WMlsFMrCOm1WcvFqX7xFA3cQKjTAo3/tOwJHNGqIdjePMT8Z"
"Pt8wA7KjG8AHR1hn9OFI657FqCf1rPNidzw6OO3WxNyIn18JXaSm2UlAnRzGVRlN3dunCy"
"3UVh18VN5aEtBvGoqSlQU4p/Tqo34G/MDW0Ki5a32hCWlYT9YJ1bLjric7rn2LVCnAtOp6"
"RtWOV1YuleNQqKhnUB/8aQ52CTICoPhXIEWPqaoCt6a8t6ZioPhp11lTzB+dMd5w/kPfWt"
"bGc/IV3OJg0gzQgBpAXXQ/OCETbAWQYns11d0kI1W0yEgCh2jihm01K47lyvauUmQuAz6p"
"puO2IEPNj6wwTU9Uryz+36x8s6wtx31MaPCr6v71Sjen9mkVWxQfGTKzv52H0Eo2DvSxcY"
"BcBgDxvS/WYudMq/D7kLh5a7oFbBAr7V8fRYBqLoOVN2JiaJGXU0c2tVGCoj1idMdxCE6g"
"qDpt5Hb6Cj0KqhmkNTzwi8eiz6V5n6iFFcMVMSZUGIkawahB7ufjY+/ozGPg2mMz5E2FV7"
"qp9ntjlDjBNvRf20Dd97jezLvdcRXZ99K8J9BoQb2CF44aFyUtcBdWhTOJcSACaUoepGEt"
"KYugEzmo/lvBwUINfg2mw8JyIwnFsPZ0mrjZYmZVEWFLGeItrM6jlBUMF6KhhjZjPDo+pR"
"Coqo1kJetk+62GBtCTiAoM1aCrHmhp6ye/FKDsq8ZapxuNpjZrC4Y43gs+wbFR1UluDfWB"
"RflhcVWyHsrWpV07UsQYjUnIHCOUN2e5YOMnkF2xbS7W3e3tfUCICnDdzlyg/x7X3zaHC3"
"gW/okAGFoNZ+C8KAN2lP3qR21gYYGiWGRlf4ZxQk1NLPuK2afaZ71SqZPcYOdk1ioTl9In"
"Picn1hbH03qGLTvdUROB2EUA8bUjiXaos1CfZYFr+XASjq21N5KkNjSDNigGrOsjA59ZvM"
"AYlADyeBN3VSa9+UZ9a+KSbWEsx0BUmqDh6IJfpXXPy8Vu7yeUXu8nkxdxlOxu5xvAICU1"
"+homeYaQoIXYpV3F/o9RtL5BQ7XkTFkPujzMuognGiRzE1Xl7fXnz4Lal3nCjz5u72x0tN"
"xePL3x6uLrrjjLkgvm3OBhpXTNQyrHLE4GWfVW6Ycvw37F4p9QtqOajGGxit4uu5VTruCh"
"xWOFBKC7mV86by+m19YKaj8/M6u77Oz8t3fcm2HPf3vEbMP+zeQ3RPavHSkwpeeqKpB0xd"
"TnRBm/IK/ikRKN9/SOX7//p/JUzvhA=="
)
