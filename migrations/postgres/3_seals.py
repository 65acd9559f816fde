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
"eJztXW1z2za2/isYfbnNrOKxZTtOk5074zTu1lsn3omddnfbHRoiIYljimBI0I62t//9Ai"
"Ap8QWkCEqUKOZ0Mk1E4qGkBxBw3s8fgzm1iBMcXZomDV02eIP+GLh4Tvg/8reGaIA9b3VD"
"XGB47MixODVoHDAfm+JZE+wEhF+ySGD6tsds6orB9zOCxtjBrkkQnSDqEoSDgDA0ob58NS"
"fzMfGPxNMsavLH2e5UFxi69peQGIxOCZsRn8N/+20Q3TdsS35QARX//s9/+CvbtchXEohx"
"4qX3aExs4lgZRiKcvG6whSevff58/f5HOVJ82rFhUiecu6vR3oLNqLscHoa2dSQw4t6UuM"
"THjFgprtzQcWJWk0vRV+EXmB+S5Ue1VhcsMsGhIxgf/HUSuqYgGol3MkJm8yk06dzD7Ehc"
"ufjf+HOmMIbx8fbeuLu6N4xBYbbE58nNQ3zJpK6YadtlgrU//oyeu2JHXh2IN/jhp8tP35"
"2+eiH5oAGb+vKm5G7wpwRihiOonIEV5Z5Ppz6eG3rUZ1HbnILkwmoOVos8ITShrGMkp37Z"
"6Z9BXU4zIKA0R+lyM9FgNI0BQvOEPmE7+oYFRt/Z02uXlXCahuVItaMD6sDo5J+X//Xy+9"
"Ho9PRidHz66vX52cXF+evj13ys/MTFWxcVc/Du+m/XH+/FB6L8mI6Ob3EhS79HXEt8Ki3y"
"UyCgvjH1s5ja+rwnCCC9MekTh1Jfj/UlBGhvTHtAvuiRHgOA8saUu+QrMyyuGmFWpP49Z4"
"/Zc6ImPwfNTYIVY4+Sf7Q1JYPv+X8vT0YvT0/Q8fEb+ecv8v970G3urz9c3d1ffviHePw8"
"CL44ksfL+ytxZySvLnJXv4skoNUsLR+Cfr2+/wmJl+jftx+v8nLSctz9vwfiM+GQUcOlzw"
"a20lQll5NLfwqNdvKYUrDEhTE2H5+xbxmFO3REy8YWb81H8/wV7OKpnDvBpviciSnBs38m"
"i4HKyBDdGVbaGDzbeIwHrbUxXCLTJxZxmY0dYSvAyMM+42sRCVPBBAUMTyaIUeoEb8Vrmw"
"UoIBzDEHWdBWIzgmY4mCE7QI/EY0VjRCvvoLBagHECjBOHcZ5tR/GTfxfo/GGG/ZJDKR6f"
"I5J/sAOkkO+dXw2HuFM24y9Hx8cVnP5y+UnSykfljpOP8a1RdC8vcok9yBBbj0r0crG/KB"
"O9MsAc3+MFI8EBMl4lT93cvsuc6pzWd9cfLz/967sPl/98kTnab24//i0Zn17g7/51f3WZ"
"nwGTehFXWfL/fnf7sYT6JSIvc9kmQ/+HHDs4RAG4gnvBRYb7ZE0vqU8t9x8UxIsHvMsRz9"
"evIKeB5JtF7kvw3c9UHISEm55m8tWz+eMaTHMWCfrNIc6+T57oY6MfeRa5hdmPJWD4jfdL"
"ixVum4FKiZU3hpU67HLIWg321xlmXKl0iDXlOqV0rwdFLbR0lNL/nVU9TP75wPm9d9UH9M"
"ud6pdy1RfoLNcvk/E91C9fndVQL1+dlWqX4hYo77tU3h/5V9PhNxnfQ35PRzXoPR2Vsitu"
"5fVyrAo3uJtjxyl3SCWgPrmkTkcXr5ZOKPGiyu109+Hy5qboZ5K61EJnsa4QsFxrLNeIru"
"QdCjyXrtgCbncr97jdZTs6Obs4e3366my5dpdXqhZw2do1hKqnViIrmU1gVRpkr7RHoRGq"
"GZz4dK6/BSxhsA/U2AfiqCu+7BYKo/K6YK0lDHaBkhg4Y05dNmtC7QoI5JaRy5efrsiVg/"
"aG221IXRDHtp84thn1Gf+ejs5hlwHt7qgbfLr68fPdVVumsLaPuykfRXQPuyxodwv99FC2"
"43Houwb1LaLYPMpXcBa1wyX87vbj5zvjx+tPd/eHuo7H1A0Dw8Se7vGXAe5uKZ8cH8Dx5+"
"GFgedJKqJG5kIG1xuJYtdJI5zFJ+yEmjk7GRhw34x7n8zFl/V1T8YCrjcTsLWzMaaID5z5"
"NJwqbG3lJiEV9luzC3XEb/8DnnvYnroDhet+eW9Y5b0306NqhKAHEonEe8kUdYz80CFv0b"
"Nw2tsMBfwnJ8K/bVdGhz8RP+DY4Ag9eOHYsYMZXzfxxQcx7qPIcX+e2fyZHM0vYGT5eKIM"
"Tt/pe0OwAQQbbHsKurutQbABBBt0jNx2MgWY0v9VYdBias9XHxhuwW+TP2d1PAwqbCPJvW"
"PS5DZk947Jm7/EM1Qhdv6ymsT10md6ymuHkSZgKfcNpURI+HPecPkvID5fHUPkigvInGGX"
"fx0uB4pEHyn6UXEdO06UxfgGBYSgB456sk0SHMVLkU/qQ2l46u7evY4kmvAYvXRDUdcGRN"
"O9S00gmu5WNM3+DOqymoMBrXmhNNpO6h/lK0Cf/K/bixPwberbTBEkUC4cpSDAqcpbzbDP"
"muTHZYCQBdm5DKlMBJ5rNUqBXMEg//EQ551/NcsWBGhlmGdRG2WZd0yj3HWSOZlMiMm0yE"
"9BIL9/A+p9YopglGa5vxkonG2d3uP0i5dA1ZImVUs6Ykm7cpmvLBsW3RhWWc3IcshaU9mt"
"S/hO665qi0dFzYfokSyIhcYL9N3yUkC+vHiLHjhp8tR8QDIKLpCGKvGMQDxElPgqq2Xe9p"
"ttUElsv0UZ19u3ehI9XG7viidet5x0BgWGmYIhAYyIUEm++5RCJfktE8of6AYT7VWagwGt"
"UIpgd7EBkR/UaNgEQYXukyF8x6HVMZ2NWiIUsTARm06EfoOEHBCmoPEUQFsWaMvybVIPbV"
"n2seNTl38GHTFzhWgkaHbMedV6DGpsUtTcUFIoWNyNF7e04mpqpWnMBippx5b5djTSyI1a"
"ZLO8EtYSAKHTir133wGCHeN3O4uUmmbo+4181Dko+Kg77aOGYIQeT3RXHONPRN20O7oxrH"
"SML4fUyGT2cMBeMuIGhI8xGcJjGorEjsiVk3ZaJ1cSGfHFEbqWSR6y65UqU3lrz/7d/d19"
"MOl8brOoKM3SUS584/L7BnGnrsirJx4qbklTP44yJpjIWHn2KSPi1jzKN7l8/wmdb+pW74"
"qsDQ52cFuCe/0gSE1vZpoW7xwS1PTGajo4Ols0QIENZMvRI/sNHeslpzKE1NCOiszAemRg"
"2vH263BVTHuLyIBgPedqBPt0bjBbm9Q8DnjNBZrRJqxmUcBpllOLMGw7WtlUKQjksTVPpg"
"JDdY/tl2Co/kYmuiOG6p9ozhiavj6sMlPPkhE1rNScK+I/YWnHTdKqRGR8VADTjazBR+jW"
"dRbowcQeC/km9cDvWOjBJw7BgXgZBQuqLNVbf76yWlFavV0G9kN5on3LJFCeCDKLDptSSC"
"uEdK3uE7pHi3A/CYX8t3Z++A3ajOyjxUjvDMKJYK1HfRoF5DcmP1Fj9MhPo4D8xuTL7qik"
"UVW3DBLsNJ2z04BB7huZ6I4Y5K4tMvcoI66pLKyUvj2sMs/ZuYE1rHSPZBFHWeIAhfxUeL"
"NqSsOwawXCnDaUVrPnZBgXRZ+JLwqD/7yMBo0NKEMUmNQjMk70hcpq1/r7bRATyp9R/IlX"
"hBYRVVHbhpFF+40Dbat9BZjpdqoFyd+CzhJeAnoYHncyqrOM+ajSZSzv5fKOodZhudi8xV"
"qHGRtUyEyqai5UHnWQgkDUAZRwBdm307Kvy0R/ALXgG91bJ/WuRtUUebkI+TyzzZl0FIcs"
"4M9AwSJgZI4eOUnBMuOpTIbVe0CNRjgBDX1T/g7IV0Z8Fzvgae6CdAUi7G5F2OXPoLYMu0"
"T0UIjdfp/G9O6iwXIO1kOqW+na2PXAiV1aGbazQYBMCjJp6zIpF+OU8qi4Xi2LJiNqyKF3"
"P3+OTKEi6z1JgheKafAWOZQ+EgvhKJkehXw5+XKceAPkUcc2F+jm+u7+6r1KQt3mo+vIro"
"8hSKp73yNBUt2tpMoXvY6YGg3voeB04L3EO2bj24FQanIyptTXcnalMf2jeTtLuCPSy41M"
"t1XJL/GdSgnGWY1ZL8PEWRZcnBCJF6LvjU18LmPIo4MEgWgZjdEYO9g1SdQzOkBfQuzYkw"
"WfnShhQyHAbO+5dVpQcxJAfNn7yQriy46r2VhaZ2wyHgSYrgkw3Sa3JbMa/wimDsMrRA85"
"3n4lIEik2cJ22xV5kCqrUorL1ZIgrV2R0uSims3Qs81mUhSjzy6Kw8xlKJ+MeFbWm9RAbh"
"DZB0IbCG2HuosckjvpACmFPFzIw+0+oZA22rf05o7ZQyEN96CTEX0y559AuxlZBgb0N6Yf"
"2pHtgXTPt6kfx/1mib+bY8cpL+KfwvWJ/tPRxasl4eJFFcV3Hy5vbhT1Xan5SLj26XL1s8"
"hrdXhVHruF+KrDOSQPIryqT+nrg+/5fy9PRi9PT9Dx8Rv55y/y/3uwkxzc7FshaTDzKxTM"
"+iHOOsTO9niiu+Nt+ECfyEDtcZC3hmu8DsY8GbXW9fDrTMaxxl2jJiKSldJHJIqjI+qjKX"
"7it6gcwR+cbl8lXyYoRamCrT55A9dF9yw/2s4M6b84OzD/hViHmm0OKJgvM+SCM6jlTBiw"
"+YDNp/+kd0Sw+SDdqCq5Jr5TKdbMV2PqdPgkfsAPT+L61HG4WGG7qz6ZR+ghaUP5gKQXUr"
"bUtP24qaayq+emz6sRRuuG8htCIO2+TwiIydjpMRyv+wKhFdGeSwTEItaIRYRsoFZjaT1O"
"kha/S0D/CN7+4hXCtsKTUlFoIQH0j93ReZ1Aez6qfPmeF0Ltx7bPZhZWeAGFQVPNcRpTZc"
"k8PMIr+BWGyXwKK8MsVLRzq8hiXSLg6Krx6xfdhVyi9ftPQfq3A2w/0yZg1NcrF5QAgN31"
"7PpkQmTvwPFCU2koIiFWLid3xUq3ng0pjdqdHem4rfW7n8r9sRmkSexDFgpu0M65QcHf/Y"
"1MdEfMwrd+SbGF6MawyigsQ8mD2kbh0OfCYUCQTzzqs8jbjFFU/zAuPvo2XRlf3hiipHQf"
"sq0XonBCtABlm0zypK5w2uZbba0W6m/ZzKZkBBibwdh8WNvtoSQA9lIMh4KzUHB2P1S3Ys"
"0XBjpNe0gM6CHDLRj0qMuIywz9PiB5JPQDSWsROv1AwOTX5nYNJuvWGQ59P2nRVpviFKaP"
"G3Wdfbp8my4cguGYUYYVi7jKtJpGQYheY+uqZQdRbYwGU1DEwkQ0nohgZnuednhwGgXkNy"
"ffI7qFEJYQoL0x7R5eSD60iE+BgPoNqFcp+NW8K3V7IL0+6ZjxTzUOY90xS315e8QsaqMO"
"iV2bhgpGW2mR6FJmYM9zbKJY/OUzkIPBFGwwBXvPkOyY/rodu7hIVmpWBySLhCogXXOcZw"
"qgmdKy0CRCIgeFCIlOTzSEwvR4orsUCnM1mRBTWXA6fXu4NizGIKuRa4NjbkWdhpno/CG7"
"nj3jAFnEtPmilbEnOO4nkq7SEF/gf9kudl4coWs3IH7UFK0YEtPGG2xQFCJ+aPGXXKprpR"
"DbUbfWR7S0r2yNTs4uzl6fvjpb6ljLK1WqVaJGlceu7LEu6AHtjVAAYr+kPvJPr+NESsb3"
"0YG0fU8/nnvYnrqaSzYHA62yhNUn4gf8EzRlNwsHlqH8eruEQl3r/di3J1zs1zJtLwFgUt"
"3ApEq+eg7X8tTpaeXk52AwBZpT0CU9/sZ2yaBMi5c3h+t1eCcZV0uDF6NFM8862rRSQ9d9"
"AGjgoIEf9M4DGvi+SzBOdBTweHgP9e8WCjs8hjrUxsOB2q51p+2Ygr2DFByTkzGlvl58dw"
"rTP5q3v4S/hNhlyt4vpfJXGtInjXxDESx9mLHQd4llNCBXiQWWFSzz78UMz7dVOadV5qQs"
"rk/U7ik/QY/+NArIh/jsw6MeQoW/cYveJ3lGD8psevHt4Xqrnr8audaud0fnGZNcFD9j8v"
"dH4qutCbvRRiuLy6TtQokVDsqU79uKAra/XbY53rexuhtH7takeLCmQnGjA2AUUmPaYDW2"
"cdh6knQWBZL0BuEJPuESj2ay6QrTpwNt1zqkyahWq5MloIeOmdd1fAevy10HrwueA5/gQB"
"VxU+VRTBD98xqc13LOnFc4Z86LzhnIg4I8qEHL1pZ/RGL+QGFpSW4Nq6wsXmrQWgPL/Ywg"
"RlwuWxyhBz6fE3uaREc/oKlPnwP0bLOZrL+7QKJU11SaVALCXoaeKN2bGFXMGQnQI+cTPc"
"+IK5rb8t3FQnjK10fRNLPD990gTAusNzu33ph8QescYcn47UgI+w2K61PgRtcOp11EbkBl"
"vpYr8yVsGYGJVW7Auzl2nFIdrojuky53Orp4tdTexIsqfe3uw+XNTVFBE4Kn8V/Nhn4ZUA"
"/X8PY34ifbZyF2pPCpqUXkoFAepWtKRHqebUbmhkcdW+9MyMF6+JNqpbJ2SoXQs+0Vsbs7"
"F07aPRR23RpLtPw2iEdNRXnzUv5zqN6QvzV3ock1WtbI6JRFgs2pc8dFR2xOdwQ7A4XBSV"
"4fVlmbgmRErRy9sUPNx3Re3bIHVNTV/MUb9DyzzRlKfIgBshkyqdibhwi7Fn8ZINEEAYlr"
"iM3IXF7m/4gejsZkQn2izvDb3dv/7v7uXjNEXCs2ZIkRyVPRg4MDkS3/wB/K4lcyBOVB2L"
"jE0PiD/U/A330+5x9C3n6DAkLQ5ftP6OR0U9tWWeP5qpOytPX8Aecg7uSIhD5XewlcUHjY"
"S9d2BtMnw8DWxJDVNqW3a2RxfaJ2x+J1fGrobBQpCOwShSg88mTTMGjQjqkAhX5MaXFapx"
"+TPvnA+aacx93EFMdjjR5kqgMSuK/ff4wrTI10+QwQVHlQ5UtUecYV0ojnojqf3BtWqvTp"
"UTU6S0cx1FxV9RxsEkRdhJHDyVI3h14zWpmCk4nSjgarWjpDHEd34jhAr+1bikM/KV3tJh"
"qUZkBAaSGKQD9lxAY6y+gMbFdV7WGNsJiAQFDsnKCYrefRoEUOdMfp7Nx2RAm4t6XoXFAA"
"5PVK4Z8lI2oI/g55Io5MsK+Q99WDlGJ+VvrLHLIyzJd/5cpBPnYfQSnY+9EFSgFIsIdN6X"
"6TEPbt24I0hINOQ5CnYIHf6tD4BNMn5+xWAuJnfJOYUUczWzwD6xOnO3B4d0WCjsNBBiop"
"OrlXLUmnR9WLjsMO5mq7heb0icxJnBspwr+W0WHirwDxBRVEla2SQDHZR054iPgkFqLEin"
"FwLb0RpFp2T6oBaRxM9IdNKTSqazFxZo/V8g7H9KhVLM+eitp32pRmYMAqVA6CykF74reV"
"ykG5fvc67p4cFDx6nfP6QImob3CiIXC5fDLbC1xeGSn0THJ5JFjlDtEqd0l825wNFDa5+M"
"6wyiKHV2PW2ePKp2DLNq7SBatUBBTLNBalNrNttb9GW2v1WFryoVx4La/00Af1YHR+Xsep"
"dH5e7lQS93IKGP9RaTAcD+8huye1lIOTCuXgRFE5LMqsKTJcXg86BYFi0IfUVuXP/weOdR"
"/0"
)
