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
    "t4ASmCIiWKeTudJCLwUNQDEHjv+HO0pFNi+0eXpkkDh41eoz9HDl4S/o980xiNsOuuG8QF"
    "hie27ItTnSY+87Ap7jXDtk/4pSnxTc9ymUUd0fluQdAE29gxCaIzRB2CsO8ThmbUk5+WZD"
    "kh3pG425Sa/HaWM9cFBo71JSAGo3PCFsTj8N9/H4XthjWVDyqg4t//+Q//ZDlT8pX4op/4"
    "6D4YM4vY0wwjIU5eN9jKldc+f75696PsKZ52YpjUDpbOure7YgvqJN2DwJoeCYxomxOHeJ"
    "iRaYorJ7DtiNX4UvhT+AXmBSR51On6wpTMcGALxkf/NQscUxCNxDcZAbP4EJp06WJ2JK68"
    "/O/oOVMYw/h4c2fcvr8zjFFhtMTz5MYhumRSR4y05TDB2p9/hfddsyOvjsQX/PDT5afvzl"
    "48k3xQn8092Si5G/0lgZjhECpHYE2569G5h5eGHvVZVJtDEF9Yj8F6kseExpT1jOTUm51+"
    "DepymgEBpTlKk8VEg9E0BgjNE/qIrfAXFhh9a82vHFbCaRqWI9UKN6gDo5M/L//r+fenp2"
    "dnL0+Pz168ujh/+fLi1fEr3lc+cbHpZcUYvL36x9XHO/FAlG/T4fYtLmTpd4kzFU+lRX4K"
    "BNQ3pn4RUVuf9xgBpDcmfWZT6umxnkCA9sa0++SLHukRAChvTLlDvjJjylUjzIrUv+PsMW"
    "tJ1OTnoLlBmEbYo/gfXQ3J6Hv+3/OT0+dnJ+j4+LX8/+/yzz3oNndXH97f3l1++EXcfun7"
    "X2zJ4+Xde9FyKq+ucle/CyWg9SglN0G/Xd39hMRH9O+bj+/zclLS7+7fI/FMOGDUcOiTga"
    "dpquLL8aW/hEY7e0gpWOLCBJsPT9ibGoUWekrL+hablqfL/BXs4LkcO8GmeM7YlMBng9rG"
    "IBvGlRaGpEst+4JnzRdMGAlwZBRAjKKph58QV42xE9kNZLuLV8R7gyyGFthHXIQhU/S0IA"
    "66DxyuPt8jy0e8s9oc0dH3KK0X8gaRvgCWDLBkgJaYeSVqU5rCAKFgGgLT0IERuqQOW9gr"
    "w7aWlkKGrVIfCtBGikS0WfWF1T2pbpZjKoxz1RpEAtqX7rCfyX0QSkJ6cKVEqju4CaiFwe"
    "3ZK3boY9snBfAd145GZUqgbBxvVASNadxvozb42wIzqYkJHFfNyBOyHKGuia1gjB7Iiuth"
    "kxX6TsqF47DfOFTcxmGvZ0Xdr7W7KjS9ukqcvIv6Ja3Y/Ta9oN2oc/t5N8X7BmrZ7iU0UM"
    "tALes7paCWtU3oMg4B03DXJxjw6GhpYn0R6FzrZ7JSSnNhS7Uo51rGQ9Rpoxx3iUyPTLkU"
    "ZWE7Nqh7jE8PJIL/ZshneDZDjFLbfyM+W0yY0zmGIerYK8SlK2F4Xwgz+wNxFfb8Tr5hC/"
    "kOjPRgpB/CxiD/LtD5wwJ7JW7mqH+OSP5gB0ghXzu/GjZx5lzzeo1Oj48rOP318pOklffK"
    "2Qc+Rk2nYVs+iEKsQYZYelS7r4O9VVkwRQaY43uyYsQ/QMar9tPrm7cZMw2n9e3Vx8tP//"
    "ruw+X/PMvYaq5vPv4j7p+e4G//dff+Mj8CJnVDrrLk//P25mMJ9Qkir4tbJkP/h2zLP0QB"
    "qIJ7wUWG+3hOJ9SnpvsPCuLFDd7miOfzV5DTIJYliwRzdO9MlulhJl9di9+uwTBnkRCxdI"
    "ij75FH+tDoJc8iwS3Rt1HuixYrzDojlRIrG8aVOmzSpaYnAtlkOuc6pUyY88s8C4pe6piw"
    "jOph8ueDILC9qz6gX+5Uv5SzvkBnuX4Z9x+gfvnivIZ6+eK8VLsUTaC871J5f+A/TYffuP"
    "8A+T07rUHv2Wkpu6Ipr5djVQLh7RLbdnmKSQwakkvi7PTli8QJIT5UuR1uP1xeXxcjvqQu"
    "tdKZrGsETNca0zWkK/6GAs+lM7aA293MPe522p6enL88f3X24jyZu8mVqglcNneNOMClbs"
    "RMDrZl3MzhaI9J4EyBwZlHl/pLQAKDdaDGOhDlUfNpt1IYlTelXycwWAVKstoNGQjXhNo1"
    "EMgtI5dPP12RKwcdDLdtSF2Qmb6f9IYF9Rj/nYoo+PLNLgPa3VY3+vT+x8+377syhXW93c"
    "15L6K72WVBu5voZ4eyHE8CzzGoNyWKxaN8BmdRO5zCb28+fr41frz6dHt3qPN4Qp3AN0zs"
    "6m5/GeDupvLJ8QFsfy5eGU0iS7O4wUgUuy4DxVl8xHagWYUrAwPum3HvkaX4sZ7uzljADW"
    "YAWtsbI4p4x4VHg7lWEpUK+63ZhXrit/8BL11szZ2RwnWftI2rvPdmuleNEHRfIpH4Lll0"
    "FiMvsMkb9CSc9hZDPn/lRPi35cjo8Efi+RzrH6F7N5jYlr/g8ya6KOu9fBRVa58WFr8nR/"
    "MLWBSPmSmD03f63RBsAMEGbQ9Bf5c1CDaAYIOekdtNpgBT+r8qDFpM7fkaAsMd+G3y+6yO"
    "h0GFHVB1mq1k957Jm79GI1Qhdv66HsTN0md6yGuHkcZgKfeNpURI+H1ec/nPJx6fHWPkiA"
    "vIXGCH/xwuB4pEHyn6UXEd23aYxfga+YSge456tEziH0VTkQ/qfWl46u6+vY4kGvMYfnQC"
    "kfcOounepSYQTXcrmmZfg7qs5mBAa14oDZeT+lv5GjAk/2t7cQKeRT2LKYIEyoWjFAQ4VX"
    "mrGfZYk/y4DBCyIHuXIZWJwHOmjVIg1zDIfzzEcec/bWoJArQyzLOorbLMe6ZR7jrJnMxm"
    "xGRa5KcgkN+/BfUeMUUwSrPc3wwU9rZer3H6xUugakmTqiV9saRR57HCiLZuHVfaz7L9Nl"
    "rObilaBuYie3bohK8TS+Ijf92IHSpMTWPhSn1aUJsgnxFXkavdxg1r2LdE8oSRrj3IXyQ4"
    "86M3pgIwc+3UHlN4G+ryWgACtTlq0+uKBrE5GNCqnLENglhzwCGZvnYcTCmmaIMByMCA/u"
    "bZNFzc0WM+RgDpWqT3RL5/7zBPWRY4bKiU6knSZaNAf8OFbtvif8QCuCnrJaXPX0gu+eTL"
    "szfoni/V0ip2j2SWiy8d0eIevriJKOEblk0vCvtdf9kWlYL3e4zqXk9/2OV6Vi7oRwOvW0"
    "4+gwKxqeAoBO0JTpLoP6VwkkTbaqiHHX+mPUtzMKAVSo3tLvY3jHM08CO2Qgq05DEVGjSf"
    "xupmRGdUVqTRUKSwMBDbDsQiIlp7FGIgDEHjIWi4IsFS1FIGfZM1CBafNqjXX3Vgudl+xa"
    "cOfwYdMXONaCRo9iw4rfMcs8ikqLmgpFAwuRtPbmnF1dRK05gtVNKeTfN2NNIwTLLIZnml"
    "2wQAqZGKtXffCUA947edSUpNM/C8RjGoOSjEoPY6BhWCjQc80H1xjD8Sh41UjnHZMK50jC"
    "ddalQqcrHPnjPi+IT3MRnCExqIxO3QlZN2WsdXYhnx2RG6kknc8lRbVSWi1u79h/OHc2/S"
    "5dJiYdHJxFEufOPy9/rRSbyhV0/cVDRJUz8OQ0WZyEh/8igjomkZ5pNfvvuELrZ1q/dF1g"
    "YHO7gtwb1+EKSmFzNNi3cOCWp6YzUdHJ0dGqDABtJy9Mh+Q8cGyakMITW0oyIzsAEZmHa8"
    "/NpcFdNeIjIgmM+KBBJmaZOaxwGvhayQBqxmUcBpltMpYdiytaolpCBQp6J5sQQwVA/Yfg"
    "mG6m9koHtiqP6J5oyh6evjKjP1Iu5Rw0rNuSLeI5Z23EwRBVng3gmtwUfoxrFX6N7ELgv4"
    "InXPW6bo3iM2wb74GAYLqizVrd9fWa0hrd5CXYbeyCRQlwEyiw6bUkgrhHSt/hO6R4vwMA"
    "mF/LduXvwGBUCg+kcbMeGRYK1HfRoF5DcmP1Zj9MhPo4D8xuSTr67FF6QmVZszSLDT9M5O"
    "Awa5b2Sge2KQu5qSpUsZcUxlYaV087jKPGflOtaw0j2QVRRliX0U8F3h9frQSYadqS/MaW"
    "NpNXuKu3FR9Il44uCfn5No0MiAMka+SV0i40Sfqax2nX/fFjGh/B7FV7witIioDq1oGFm0"
    "3zjQro6nAzPdTrUg+S7oTOEEMMDwuJPTOtOY9yqdxrItl3cMtczLxeYWa5lnbFABE1W3i7"
    "SXRx2kIBB1AEc0gOzba9nXYeL8L7XgG7ZtknrXvWqKvFyEfFpY5kI6igPm83sgf+UzskQP"
    "nCQ/yXgqk2H1blDjIACfBp4p3wPylRHPwTZ4mvsgXYEIu1sRNnkNasuwCWKAQmz757CnVx"
    "cNlnOwAVLdyansfQ+c2KWVoZ0FAmRSkEk7l0m5GKeUR8X1alk07lFDDr39+XNoChVZ73ES"
    "vFBM/TfIpvSBTBEOk+lRwKeTJ/uJL0AutS1zha6vbu/ev1NJqG3euo7s+hCApLr3NRIk1d"
    "1KqnzS64ipYfcBCk7ty6jybw1u4/7DKzLYiVBqcjLm1NNydqUxw6O5nSncE+nlWqbbquSX"
    "qKVSgrHXfTbLMFGWBRcnROKFOPfGIh6XMeTWQXwfWcIQNsE2dkx5uI7FfPQlwLY1W/HRCR"
    "M2FAJMe/etIb2YnAQQX/a+s4L4suNqNlOtPTbuDwJM3wSYfpPbkVmNP4Kpw/AaMUCO268E"
    "BIk0LSy3fZEHqbIqpbhcLQnS2hUpTS6qWQw9WWwhRTH65KAozFyG8smIZ2W9SQ3kFpF9IL"
    "SB0Haoq8ghuZMOkFLIw4U83P4TCmmjQ0tv7pk9FNJwDzoZ0SNL/gTah5FlYEB/Y/rhOLI9"
    "kO56FvWiuN8s8bdLbNvlRfxTuCHRf3b68kVCuPhQRfHth8vra0V9V2o+EK59Olz9LPJaHV"
    "6Vx7YQX3U4m+RBhFcNKX199D3/7/nJ6fOzE3R8/Fr+/3f55x7sJAc3+tOANBj5NQpG/RBH"
    "HWJnBzzQ/fE2fKCPZKT2OMim8Qavg7GMe210Pfy2kHGs0alRMxHJSukDEsXREfXQHD/yJi"
    "p78Bunj6+SH2OUolRBq3fewnXRP8uPtjND+i/OD8x/Ieah5jEHFMyXGXLBGdRxJgzYfMDm"
    "M3zSeyLYfJBuVJVcE7VUijXLdZ86J3wSz+ebJ3E8attcrLCc9TmZR+g+PobyHkkvpDxS0/"
    "KiQzWVp3pue78aYbROIH8hBNLue4eAmIydbsPRvC8QWhHtmSAgFrFGLCJkA3UaS+tykrT4"
    "TQDDI7j9ySuEbYUnpaLQQgwYHrunF3UC7Xmv8ul7UQi1n1geW0yxwgsoDJpqjtOYKkvm4R"
    "Fewa8wTOZTWBlmgeI4t4os1gQBW1eNt1+cLuQQrfc/BRneCtB+po3PqKdXLigGALub2fXI"
    "jMizAycrTaWhiIRYuZzcFSndejakNGp3dqTjrubvfir3R2aQJrEPWSi4QXvnBgV/9zcy0D"
    "0xC994JcUWwoZxlVFYhpL7tY3CgceFQ58gj7jUY6G3GaOw/mFUfPRNujK+bBijuHQfsqbP"
    "ROGEcALKYzLJo7rCaZdf1Vot1N+zmU1xDzA2g7H5sJbbQ0kAHKYYjlfahKYxwCcU8IUCvn"
    "2guhPviDB4atqXIsAAGe7AQEodRhxm6J+rkkfC+SrjhuergAm1y+UaXACdMxx4XnzkXW2K"
    "U5ghLtR11unyZbqwCQYTRhlWTOIqU3UaBSGPja3VU8sPa400GIIiFgai8UD4C8t1tcOt0y"
    "ggvzn5LtEtLJFAgPbGtLt4JfnQIj4FAuq3oF6l4FfzrtTtgfT6pGPGn2oSRLpjlvry4yaz"
    "qK1OnOzbMFQw2smRkw5lBnZd2yKKyV8+AjkYDMEWQ7D3jNOe6a/t2MVF8lezuipZJFRV6V"
    "sgQqagnCktC00iTnJQiDjp9UBDaNGAB7pPoUXvZzNiKgt4p5vHG8OMDLLuuTHY6EbUvViI"
    "k1TkKXJP2EdTYlp80spYHhydz5KuehFd4H9ZDrafHaErxydeeMhcMcSoiy/YoshGdNPim1"
    "yqa6UQ7ahbmyOEule2Tk/OX56/OntxnuhYyZUq1SpWo8pjgfZYZ/WA1kYoqLFfUh/40+s4"
    "keL+Q3Qgte/px0sXW3NHc8rmYKBVlrD6SDyfP0FTdrNwYBnK2XdLKNQJ3499e8bFfi3Tdg"
    "IAk+oWJlXy1bW5lqdO9ysnPweDIdAcgj7p8deWQ0ZlWrxsHG/W4e24Xy0NXvQWh6PW0aaV"
    "GrruDUADBw38oFce0MD3XdJypqOAR90HqH93UCjjIdChNuoO1PbttN+eKdg7SMExORlz6u"
    "nFd6cww6O5/Sn8JcAOU56lUyp/pSFD0si3FMHSmxkLPIdMjQbkKrHAsoJl/ruY4XqWKue0"
    "ypyUxQ2J2j3lJ+jRn0YB+RCffXjUQ6jwN27R+yT36FGZTS9qHm+26nnrnhvterd0mTHJhf"
    "EzJv9+JH7ahrAbbbSyWE/aLhRb4aDs+76tKGD72+Wx0fs2Vvdjy21NigdrKhSLOgBGITWm"
    "C1YjG4elJ0lnUSBJbxGe4BEu8Wgmm64xQ9rQdq1DmoxqHR2TAAbomHlVx3fwqtx18KrgOf"
    "AI9lURN1UexRgxPK/BRS3nzEWFc+ai6JyBPCjIgxp1bG35JRTzRwpLS9w0rrKyuKlOGw0s"
    "dwuCGHG4bHGE7vl4zqx5HB19j+YeffLRk8UWsp7xColSXXNpUvEJex64ohRybFQxF8RHD5"
    "xP9LQgjjgsmK8uU4TnfH4UTTM7/N4twrTAerNz643JJ7TOFhb3b0dC2G9Q3JACN/q2Oe0i"
    "cgMq83VcmS9my/BNrHID3i6xbZfqcEX0kHS5s9OXLxLtTXyo0tduP1xeXxcVNCF4Gv+reU"
    "BiBjTAOdz+QvxoeSzAthQ+NbWIHBTKo/RNiUiPs8XI0nCpbentCTnYAF+pTiprp1QIPdte"
    "Ebu7feGk201h10eNiSPUDeJSU1HevJT/HGow5LfmLjS5RssaGZ2ySLA59W676InN6ZZge6"
    "QwOMnr4yprkx/3qJWjN7Gp+ZDOq0vO1ApPiX/2Gj0tLHOBYh+ijyyGTCrW5jHCzpR/9JE4"
    "BAGJa4gtyFJe5v8Ib44mZEY9os7w293X/+H84VwxRJxpZMgSPeK7onsb+yJb/p7flEWfZA"
    "jKvbBxia7Rg/3N59++XPKHkM2vkU8Iunz3CZ2cbWvbCn+x3k65xgwnB3EnWyScG7aXwAWF"
    "h710bmcwQzIMtCaGrJcpvVUjixsStTsWr6NdQ2ehSEFglShE4ZFHiwZ+g+OYClA4jyktTu"
    "ucx6RPPnC+LefRaWKK7bHGGWSqDRK4r3/+GFeYGunyGSCo8qDKl6jyjCukIc9FdT5uG1eq"
    "9OleNU7qDmOouarq2tgkiDoII5uTpT5se0NvZQpOJko77Kw6IhviOPoTxwF67dBSHIZJ6X"
    "o10aA0AwJKC1EE+ikjFtBZRqdvOapqDxuExRgEgmLvBMVsPY8GR+TA6Ti9HdueKAF3lhSd"
    "CwqAvF4p/LO4Rw3B3yaPxJYJ9hXyvrqTUszPSn+ZTVaG+fKfXNnJw84DKAV737pAKQAJ9r"
    "Ap3W8Swr59W5CGcNBpCHIXLPBbHRofY4bknG0lIH7BF4kFtTWzxTOwIXG6A4d3XyRo6n52"
    "RyoRWjZUy9DUNQK3nhT9m8hixOvQsCj+Sxy2hO5ufjE+/4ImHg3mCxYGoE1WUYiaz4i7of"
    "5Vy/feIths75VEtpe+pcB9DgI3SIdghYcjp/pOqE21I8UokFk2O+H8rv0EPE6oE/iG/lzO"
    "46AEmYJXvfmcQGA6N57OQqw2GqqURSwMxHYD0WRVzwFhCLYbggn2Ld9wqaWMRa0ehTx2SG"
    "PR4qEcUK+syV4KvmZNS9ktfyVHZdYy2TjebDEz/LhjDeez6BsVd5ea4N/8yL8sLkpphfiv"
    "ZatcrsXZjUiuGShcM0S3J2EgE1ewNUWqMmXdfU0NB3hawV3v/ODf3rccDeY2sA0dMqHg1N"
    "pvFWSwJu3JmtRM2wBFo0TR6Iv8GTkJleJn3FYtfaZ71atjgm3smGSKlvSRLElUxVYU6kjq"
    "eIi/fMSnih+eQRSX9EAzLiGKXD4+PIV6HsWKJR19ERTF7d8ODXIluHEPm1IRWVJkszy0L+"
    "4/wNC+9ksc7vFcs0E6wahnzcUpZdqUZmDAKpzxAme87InfTs54oaYsFN7EZ5KDgs+kdz4T"
    "cI59gwMNJabKB7O7ElNrI4WerTOPHJK97dvJn7gknmUuRgqbXNQyrrLI4XWfTfa48iFo2c"
    "ZVOmGVioBimkai1Ha2rZ7bhMcVVqzS4vzlwmt5Tf4hqAenFxd10v8uLsrT/0RbTgFzXS31"
    "K+w+QHZPaikHJxXKwYnijKewBmKR4fKTe1MQOLZX89jevW5mf/0/aGJpVg=="
)
