"""Kinds of members; gift cards, each held by a bearer."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
ALTER TABLE "member" ADD COLUMN "kind" VARCHAR(32) NOT NULL DEFAULT 'PERSON' CHECK ("kind" IN ('PERSON', 'COMPANY', 'GIFT_CARD')) CHECK ("kind" <> 'GIFT_CARD' OR ("name" IS NULL AND "phone" IS NULL AND "email" IS NULL AND "birthday" IS NULL AND "referred_by_id" IS NULL));
ALTER TABLE "member" ALTER COLUMN "kind" DROP DEFAULT;
CREATE TABLE "gift_card" (
    "member_id" UUID NOT NULL PRIMARY KEY,
    "program_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "asset_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "giver_id" UUID,
    "message" VARCHAR(500),
    "state" VARCHAR(32) NOT NULL,
    "claimed_by_id" UUID,
    "settled_at" TIMESTAMPTZ,
    "transfer_id" UUID NOT NULL,
    "settlement_id" UUID,
    "recorded_at" TIMESTAMPTZ NOT NULL,
    CHECK (length("code_hash") = 32),
    CHECK ("amount" > 0 AND "amount" < 4611686018427387904),
    CHECK ("state" IN ('ISSUED', 'CLAIMED', 'VOID')),
    CHECK (("state" = 'ISSUED') = ("settled_at" IS NULL)),
    CHECK (("settled_at" IS NULL) = ("settlement_id" IS NULL)),
    CHECK (("state" = 'CLAIMED') = ("claimed_by_id" IS NOT NULL))
);
CREATE UNIQUE INDEX "uix_gift_card_code" ON "gift_card" ("program_id", "code_hash");
CREATE UNIQUE INDEX "uix_gift_card_transfer" ON "gift_card" ("transfer_id");
CREATE UNIQUE INDEX "uix_gift_card_settlement" ON "gift_card" ("settlement_id") WHERE "settlement_id" IS NOT NULL;
CREATE INDEX "ix_gift_card_giver" ON "gift_card" ("giver_id", "member_id") WHERE "giver_id" IS NOT NULL;
CREATE TRIGGER "tr_member_kind" BEFORE UPDATE OF "kind" ON "member" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('the kind of a member never changes');
CREATE TRIGGER "tr_gift_card_terms" BEFORE UPDATE OF "member_id", "program_id", "code_hash", "asset_id", "amount", "giver_id", "message", "transfer_id", "recorded_at" ON "gift_card" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('only what settles it changes');
CREATE TRIGGER "tr_gift_card_settled" BEFORE UPDATE ON "gift_card" FOR EACH ROW WHEN (OLD."state" <> 'ISSUED') EXECUTE FUNCTION "refuse_change"('a gift card is settled once');
CREATE TRIGGER "tr_gift_card_delete" BEFORE DELETE OR TRUNCATE ON "gift_card" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('never deleted');
"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
DROP TABLE "gift_card";
DROP TRIGGER "tr_member_kind" ON "member";
ALTER TABLE "member" DROP COLUMN "kind";
"""


MODELS_STATE = (
"eJztXftz2za2/lcw+mWbWcVjy4+kyc6dcVq39daJO7HT3t12h4YoSOKYIhgCtKPb2/99AZ"
"CU+AApgnpRzOlkmojAR1IfIOC8cM6fvRkdEZcdXdo2DT3ee4P+7Hl4RsQ/8k191MO+v2yQ"
"FzgeuqovTnUaMh5gW95rjF1GxKURYXbg+Nyhnux8PyVoiF3s2QTRMaIeQZgxwtGYBurTjM"
"yGJDiSdxtRW9zO8SamwNBzPofE4nRC+JQEAv77772o3XJG6kUlVP77P/8RnxxvRL4QJvvJ"
"j/6jNXaIO8owEuHUdYvPfXXt06fr739QPeXbDi2buuHMW/b253xKvUX3MHRGRxIj2ybEIw"
"HmZJTiygtdN2Y1uRR9FXGBByFZvOpoeWFExjh0JeO9f4xDz5ZEI/kkK+SOGEKbznzMj+SV"
"V/8Tv2cKY1kfbu+tu6t7y+oVRku+T24c4ks29eRIOx6XrP35V3TfJTvqak8+4LufLj9+c3"
"rxQvFBGZ8EqlFx1/tLATHHEVSNwJJyP6CTAM8sM+qzqE0OQXJhOQbLSZ4QmlDWMpJTv+z0"
"z6AupxkQUJqjdLGYGDCaxgCheUKfsBN9wwKj75zJtcdLOE3DcqQ60QZ1YHSK9xV/vfx2MD"
"g9fTU4Pr14fX726tX56+PXoq9642LTq4oxeHf94/WHe/lCVGzT0fYtL2Tp94k3km9lRH4K"
"BNQ3pn4aU1uf9wQBpDcmfexSGpixvoAA7Y1pZ+SzGekxAChvTLlHvnBrJFQjzIvUfy/Y48"
"6M6MnPQXODMIqxR8k/tjUkvW/Ffy9PBi9PT9Dx8Rv15+/q/3vQbe6v31/d3V++/0XefsbY"
"Z1fxeHl/JVsG6uo8d/WbSAJajtLiJui36/ufkPyI/n374SovJy363f+7J98Jh5xaHn228C"
"hNVXI5ufSX1GjHjykFS14YYvvxGQcjq9BCB7Ssb7FpNpjlr2APT9TYSTbleyamBN/5mcx7"
"OiND1NKvtDH4jvUYd1ppY7hEdkBGxOMOdqWtACMfB1zMRSRNBWPEOB6PEafUZW/lZ4czxI"
"jAcEQ9d474lKApZlPkMPRIfF40RmzlCRqrBRgnwDhxGPvZZhQ/9XeBzu+mOCjZlOL+OSLF"
"ix0ghWLt/GK5xJvwqfg4OD6u4PTXy4+KVtErt518iJsGUVte5JJrkCWXHp3o5eFgXiZ6ZY"
"A5vodzTtgBMl4lT93cvsvs6oLWd9cfLj/+65v3l//7IrO139x++DHpn57g7/51f3WZHwGb"
"+hFXWfL/eXf7oYT6BSIvczk2R/+PXIcdogBcwb3kIsN9MqcX1Kem+3ca4uUN3uWIF/NXkt"
"NA8s0i9yX47mcoDkLCTQ8z+eI74nYNhjmLBP3mEEc/IE/0sdGPPIvcwOjHEjD8xrulxUq3"
"TU+nxKqGfqUOu+iyUoP9bYq5UCpdMpoInVK511lRCy3tpfV/Z1UPW7wfOL/3rvqAfrlT/V"
"LN+gKd5fpl0r+D+uXFWQ318uKsVLuUTaC871J5fxRfzYTfpH8H+T0d1KD3dFDKrmzK6+VY"
"F25wN8OuW+6QSkBdckmdDl5dLJxQ8kOV2+nu/eXNTdHPpHSpuclkXSJgutaYrhFdyRMKPJ"
"fO2AJudzP3eLvTdnBy9urs9enF2WLuLq5UTeCyuWtJVU+vRFYym8CqNMhOaY9SI9QzOA7o"
"zHwJWMBgHaixDsRRV2LazTVG5VXBWgsYrAIlMXDWjHp82oTaJRDILSNXTD9TkSsH7Qy3m5"
"C6II5tP3FsUxpw8T1dk80uA9rdVtf7ePXDp7urbZnCtr3dTUQvYrrZZUG7m+inh7IcD8PA"
"s2gwIprFo3wGZ1E7nMLvbj98urN+uP54d3+o83hIvZBZNvZNt78McHdT+eT4ALY/H88tPE"
"uOIhqcXMjgOiNR7PrQiGDxCbuh4ZmdDAy4b8Z9QGbyywamO2MB15kB2NjeGFMkOk4DGk40"
"trZyk5AO+7XZhVrit/8Oz3zsTLyexnW/aOtXee/tdK8aIehMIZF8ljqijlEQuuQtepZOe4"
"cjJn5yMvzb8VR0+BMJmMCyI/Tgh0PXYVMxb+KLD7LfB3nG/XnqiHsKtLiA0SjAY21w+k6f"
"DcEGEGyw6SFo77IGwQYQbNAycrdzUoBr/V8VBi2u93x1geEt+G3y+6yJh0GHbSS5t0ya3I"
"Ts3jJ589d4hCrEzl+Xg7ha+kwPee0w0gSs5L6+kgiJuM8bIf8xEojZ0UeevIDsKfbE1xFy"
"oDzoo0Q/Kq9j141OMb5BjBD0IFBPjk3YUTwVxaA+lIan7u7pdSTRhMfooxfKvDYgmu5dag"
"LRdLeiafZnUJfVHAxozQul0XJSfytfArrkf91cnEDg0MDhmiCBcuEoBQFOdd5qjgPe5Hxc"
"BginIFt3QioTgeeNGh2BXMLg/OMhjrv4aiNHEmB0wjyLWuuUecs0yl0fMifjMbG5EfkpCJ"
"zvX4P6gNgyGKXZ2d8MFPa2Vq9x5slLIGtJk6wlbbGkUe+pwoi2bO1X2s+y/VZazu4omoX2"
"NJtpfCjWiRlhiC0bsUelqakvXanPU+oSxDjxNWe1N3HDGvYteXjCSucWFj8kyHXeGlMBmL"
"l2ao8p/Brq8loAArU5atPrigGxORjQqp2xDYJYc8Aumb52HEwpp2iDAcjAgP7mp2mEuGPG"
"fIIA0o1Ib4l8f+XxQJsWOGqolOrJostKgf5WCN2u4y1rB0VFi/rokczJCA3n6JvFJUY+v3"
"iLHsRSraxiD0idcmHKES3vweRNZArfslpF237YGpmC95t0fbVg34mfVpWgHw+8abmYDArE"
"poKjELQnqBTVfkqhUtSm1dAAe2xsPEtzMKAVUo3tLvY3inO0GhY506FB82msbsZ0Nip5Vs"
"TCQKw7EOYF0HJAGILGQwBlF6Hs4tdJPZRd3MeKTz3xDiZi5hLRSNBsWXDa1s+YxSZFwwUl"
"hYLJ3XhyKyuuoVaaxqyhkrZsmm9GI43CJItslme6XQDgaKRm7d33AaCW8buZSUptOwyCRj"
"GoOSjEoLY6BhWCjTs80G1xjD8Rj/d0jnHV0K90jC+61MhU5GPGX3LiMSL62BzhIQ3lwe3I"
"lZN2WidXEhnxxRG6Voe4VVVbXSaijd37D+8P78Gms5nDo6STC0e59I2r78viSryRV0/eVD"
"YpUz+OQkW5PJH+HFBOZNMsOk9++f1HdL6uW70tsjY42MFtCe71gyA1vZgZWrxzSFDTG6vp"
"4OjcogEKbCAbjh7Zb+hYJzlVIaSWcVRkBtYhA9OOl19XqGLGS0QGBPNZc4CEO8ak5nHAa+"
"FUSANWsyjgNMvpiHDsuEbZElIQyFPRPFkCGKo7bL8EQ/VXMtAtMVT/6Iz5d+IuPY2tetHW"
"rzJXT0Qvy0661TBZSwCSgJQFWWayHxIckOAIqdSjjHDuEhanrJf5Fqhnk7dIZlgQ0wKJty"
"BRYtE49agmbcN2H7WGwbldVk7jhA0qR8MZ5GgAM6jMem+Z5/TJwCCxT3o/WpXYBw4kbdNG"
"1yB1AOQN2IApaeI8Ge+HaQwo5/nTn4wJec/EOZKCdC8+97xWlY3ziiob51BlY9cn7VwsNN"
"ORNZybxjnmgbA65CauUniamBWyyA1YFQ6H34MwKsDp6h39eGbE2JVbAMKyBEmAv5qVqSXm"
"zp9o3hSXut6vMnNOkx41LJyCKxI8YWUwy+SMVfU8vSj49Qjdeu4cPdjY52FARg+iZYQeAu"
"ISzOTHyNioM2tu/P7a5LTpaB5IQ9uaBRNMnDtWpdtkq+8EpZBFDbJTtZ/QPQbAdpNQUEjB"
"adElp0UiWJtRn0YB+Y3JT9QYM/LTKCC/Mfnki++IBalJkboMEuw0rbPTgEHuKxnolhjkrk"
"dk5lNOPFubRz7d3K8yzzm5jjWsdI9kHh8qxwyFYld4g57lR4cjxrE3YtKc1ldWs+ekmxBF"
"n0kg65z/vDj8HhtQ+ojZ1Ccq0vCFzmq39eetEZEo7lH8iVecpCS6Gr0N/dj7Pfae8WIPas"
"UJDCriBAZJnACY6XbrlpO/BZMpvAB0MBjjZFBnGotepdNYteXSLELpxnKxeUsRnjTksshg"
"kfbyQ1YpCByygoq0IPu2Wvb1uMPLBN+obZXUu+xVU+QVIuTz1LGnylEccibugdiccTJDj4"
"IktkjwVCbDmt2gRt1TRsPAVr8D8oWTwMMueJrbIF2BCLtbEXbxM6gtwy4QHRRiL85qyLAX"
"Z6UirGzKmy2Xq4sByzlYB6neoNp7OIETu7QyQIAkyKQHIpMKMU4rj8rr1bJo0qOGHHr386"
"fIFCqTfCY5P6Viyt4il9JHMkI4yh2KQjGdAtVPPgD51HXsObq5vru/+l4noW7y1nVk18cQ"
"JNW9r5Egqe5WUhWT3kRMjbp3UHDavIyq/jbgNunfvTObWxFKbUHGhAZGzq40pns0b2YKt0"
"R6uVHZBXXyS9xSKcG4yz6rZZj4lIUQJ1TGmDGSueKEjKG2DsKYzCWD0RC72LPj9DEMfQ6x"
"64znMquMir3VCDCbu28N6UUm4gDxZe87K4gvO89aY7QBxP1BgGmbANNucrdkVhOvYJswvE"
"R0kOPN552AgzQbWG7bIg9SrhUG6YoSPC6tXYDHFqKaw9Gzw6dKFKPPHorDzFUon4p41pbX"
"MUCuEdkHQhsIbYe6ihySO+kAKYVzuHAOt/2EwrHRrh1vbpk9FI7hHvRhxIDMxBvI9zLiPg"
"MD+hvTP43Jrc98ggDSG5PuBw4N4rjfLPF3M+y65TVLU7gu0X86eHWxIFx+qKL47v3lzY2m"
"nBW1H4nQPj2hfhZ5rQ6vymMhM2bbwqu6dHy996347+XJ4OXpCTo+fqP+/F39fw92koMb/V"
"FIGoz8EgWjfoijDrGzHR7o9ngb3tMn0tN7HFRTf4XXwZolvVa6HlTtIpn6M7F0IE7pI5K1"
"IBEN0AQ/iSaqeogbpwogfaM+JihNqoKN3nkN10X7LD9fR6kkOQ8Nq7pSMF9myAVn0JZPwo"
"DNB2w+3Se9JYLNe+VG1ck1cUulWDNb9qkh1FA0xSyJb2XI8RBOjvEcoQexLjiy7wNSTkgm"
"T+84ASJPRHzQSTLr3q5GEK0Xqu8HYbT73h8gImOnm3A87wuEVsR6LhAQiVgjEhHOAm01kt"
"YXJBnxuwB0j+DNT14pamv8KBVpFhJA99gdnNcJsxe9yqfveSHQfugEfDrCGh+gNGfqOU5j"
"quyYh0d4Bb/SLKkp3Rgyk9m5RMDWVad44xR7HjH6/acg3VsBNn/OhnEaGFYfjQHA7mp2Az"
"ImQdCk+mgRCZFyObkrVrrNLEhp1O6sSMfbmr/7ydvvBdRtVvk1BwUnaOucoODt/goH+lFw"
"aCIEJP13J8T2frn6GCfoPRRBtiVW99ugJJdF1NCvsrmrSH1Wz+Z+ifwwENI3IyggPg145M"
"zHKEovGed2fZsuPKAa+ijJjIic0QuZlyKaGKoKKXnSJ5Dd5qM2lmr29+zBsaQHWPPBmn9Y"
"+9mhnK/spJ4D+Xwhn+9+qN6Ku0RaQA0NTjGggwxvwWJKPU48bpmXWckjodxKv2G5FbCpbn"
"O5Bp/A1hkOgyCpgFeb4hSmiwt1nXW6fJkubILhkFOONZO4ynadRkEEZGPz9chhUeqRBkNQ"
"xMJANB4INnV83zj6Oo0C8puT7xPTPBMLCNDemHYfzxUfRsSnQED9GtTrFPxq3rW6PZBen3"
"TMxVsNw1h3zFJfXn0yi1qrAGXbhqGC0a1UoPQot7Dvuw7RTP7yEcjBYAjWGIK9H0Btmf66"
"Gbu4PAvWLM1KFglJVtocmUBtZVloEoKSg0IISqsHGmKNOjzQbQqFuRqPia3N551u7q8Mi7"
"HIsufK4JhbmQZjKgurqKJyz5ihEbEdMWlV7AmOy7Wkk2DEF8RfjofdF0fo2mMkiGrOFUNi"
"tvGANXJuxDct/pJLda0UYjPq1uqIlu0rW4OTs1dnr08vzhY61uJKlWqVqFHlsSt7TLt6QG"
"sj5NfYL6ntDys9ZE8/nvnYmXiGUzYHA62yhNUnEjDxBk3ZzcKBZchuv11CIW34fuzbYyH2"
"G5m2FwAwqa5hUiVffFdoefrzf+Xk52AwBIZD0CY9/sbxSK9Mi1eN/dU6vJv0q6XBy96yVm"
"odbVqroZveADRw0MAPeuUBDXzfGS7HJgp43L2D+vcWMmc8hibUxt2B2rYV/22Zgr2DIzi2"
"IGNCA7P47hSmezRvfgp/DrHHtaV1SuWvNKRLGvmaIlh6M+Nh4JGR1YBcLRZY1rAsvhe3/M"
"DRnTmtMidlcV2idk/nE8zoT6OAfIjPPjzqIVT4K7fofVR7dK/Mphc391db9YJlz5V2vTs6"
"y5jkovgZWzwfya+2IuzGGK1NLpO2CyVWOMgDv28rCtj+dllFet/G6nZsuRuT4sGaCsmNDo"
"BROBqzDVZjG4djJklnUSBJrxGeEBAh8RgeNl1iurSh7VqHtDk1qiWzAHTQMfO6ju/gdbnr"
"4HXBcxAQzHQRN1UexQTRPa/BeS3nzHmFc+a86JyBc1BwDqq3ZWvLL5GY39NYWpKmfpWVxU"
"91WmlguZ8SxIknZIsj9CDGc+xMkujoBzQJ6DNDzw6fqvy7cyRTdU2USYUR/jL0ZerexKhi"
"TwlDj4JP9DwlnqwdLFaXEcITMT+KppkdPneNMC2w3uzcemOLCW2yhSX9NyMh7DcorkuBG2"
"3bnHYRuQGZ+bacmS9hy2I21rkB72bYdUt1uCK6S7rc6eDVxUJ7kx+q9LW795c3N0UFTQqe"
"1v8ZVkzMgDo4hze/ED85AQ+xq4RPQy0iB4X0KG1TItLj7HAys3zqOmZ7Qg7WwZ/UVjJrp1"
"QIM9teEbu7feFku5vCrmuPyZrqFvGprUlvXsp/DtUZ8jfmLrSFRssbGZ2ySLA5tW67aInN"
"6Y5gt6cxOKnr/SprE0t61DqjN3Sp/Zg+V7eoARWVjX/xBj1PHXuKEh8iQw5HNpVrcx9hby"
"Q+MiSLICB5DfEpmanL4h/RzdGQjGlA9Cf8dvf4P7w/vGuOiDeKDVmyR3JX9OBiJk/LP4ib"
"8viTCkF5kDYu2TV+sb8x8fTZTLyEan6DGCHo8vuP6OR0XdtW9I3NdsolpjtnEHeyRUKdq7"
"0ELmg87KVzO4PpkmFgY2LIcpkyWzWyuC5Ru2PxOt41TBaKFARWiUIUHnlyaMgalGMqQKEe"
"U1qcNqnHZE4+cL4u53E1Mc32WKMGmW6DBO7r1x8TClMjXT4DBFUeVPkSVZ4LhTTiuajOJ2"
"39SpU+3atGZekohlqoqr6LbYKohzByBVn64tAremuP4GSitKPOupLOEMfRnjgO0Gu7dsSh"
"m5QuVxMDSjMgoLQQRWB+ZMQBOsvoZI6ny/awQlhMQCAotk5QzObzaFAiB6rjtHZsW6IE3D"
"tKdC4oAOp6pfDPkx41BH+XPBFXHbCvkPf1nbRiflb6y2yyKsxXfOXKTgH2HkEp2PvWBUoB"
"SLCHTel+DyHs27cFxxAO+hiC2gUL/FaHxieYLjlnNxIQPxWLxJS6hqfFM7AucboDh3dbJG"
"jqf/J7OhFaNVTL0NS3Qr+eFP2bPMWIl6FhcfyXLLaE7m9/sT79goYBDSdTHgWgDedxiBrj"
"xF+R/2rD914j2GzvmUTWl76VwH0GAjdIh2CFh5JTbSfUpcaRYhTILJudUL9rPwGPQ+qFzD"
"Kfy3kcpCDT8Go2nxcQmM6Np7MUq62GKmURCwOx3kA0WdVzQBiC9YZgiJnDLJ862ljU6lHI"
"Y7s0FhssygH5yprspeBrNrSU3YmfZK/MWqYa+6stZhZLOtZwPsu+cXJ3pQn+jcX+ZXlRSS"
"uEvVGtarmWtRuRWjNQtGbIbs/SQCavYGeEdGnKtveYGg7wtIK73PnBv71vORrMbWAbOmRC"
"wam13yzIYE3akzWpmbYBikaJotEW+TN2EmrFz6StWvpM96qXxwS72LPJCM3oE5mROIutTN"
"SxyOMh/2JITBUW1SBKUnqgsZAQ5Vk+MTyFfB7FjCVbehAkxW3fDg1yJbhxD5tSGVlSZLM8"
"tC/p38HQvs2nONxjXbNOOsFo4ExklTJjSjMwYBVqvECNlz3xu5UaL9RWicKb+ExyUPCZtM"
"5nAs6xr3CgIcVU+WBuL8XU0khhZuvMI7tkb/t6zk9cksCxpz2NTS5u6VdZ5PCyzyp7XPkQ"
"bNjGVTphtYqAZprGotR6tq2W24T7FVas0uT85cJreU7+LqgHg/PzOsf/zs/Lj//JtpwC5v"
"tG6lfUvYPsntRSDk4qlIMTTY2nKAdikeHyyr0pCJTtNSzbu9fN7K//AqoifVA="
)
