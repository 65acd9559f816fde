"""What callers send to a server that is killed under them: ever new requests, each of which they remember."""

from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

ERRORS = "userErrors { ... on UserError { code } }"
LINE = "{ id amount balanceAfter }"
ENTRIES = f"entries {LINE}"
MUTATIONS = {
    "balanceAdjust": f"entry {LINE} {ERRORS}",
    "balanceTransfer": f"given {LINE} received {LINE} {ERRORS}",
    "valueTopUp": f"entry {LINE} bonus {LINE} {ERRORS}",
    "valueRefund": f"entry {LINE} bonus {LINE} kept {LINE} {ERRORS}",
    "balanceSpend": f"entry {LINE} {ERRORS}",
    "balanceSpendUndo": f"entry {LINE} {ERRORS}",
    "balanceConvert": f"given {LINE} received {LINE} {ERRORS}",
    "orderCommit": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderHold": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderCapture": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderCancel": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderReturn": f"order {{ id }} return {{ id }} {ENTRIES} {ERRORS}",
    "agentAppoint": f"agent {{ id since }} payer {{ id }} {ERRORS}",
    "giftCardIssue": f"code giftCard {{ id amount }} entry {LINE} {ERRORS}",
    "giftCardClaim": f"giftCard {{ id amount claimedBy {{ id }} }} entry {LINE} {ERRORS}",
}
OFTEN = ("orderHold", "orderCapture")
"""Mutations that are sent twice as often: there are more ways of them."""
MADE_BY = {
    "orderCapture": ("orderHold",),
    "orderCancel": ("orderHold",),
    "orderReturn": ("orderCommit", "orderCapture"),
    "valueRefund": ("valueTopUp",),
    "balanceSpendUndo": ("balanceSpend",),
    "giftCardClaim": ("giftCardIssue",),
}
"""Mutations about what others made, which are sent instead while there is nothing."""
RECENT = {"orderCapture": 4, "orderCancel": 4}
"""From how many of the newest one is taken, if not from 12: what is held is soon captured or cancelled."""
TRANSFERS = {
    "balanceAdjust": "ADJUSTMENT",
    "balanceTransfer": "TRANSFER",
    "valueTopUp": "TOP_UP",
    "valueRefund": "REFUND",
    "balanceSpend": "SPEND",
    "balanceSpendUndo": "SPEND_UNDO",
    "balanceConvert": "CONVERSION",
    "giftCardIssue": "TOP_UP",
    "giftCardClaim": "TRANSFER",
}
"""The kind of the one transfer that each makes; of a card that a member gives it is `TRANSFER`."""


@dataclass
class Request:
    """A mutation with its key, and what was answered when it was; None while nothing was."""

    name: str
    input: dict[str, Any]
    answer: dict[str, Any] | None = None

    @property
    def answered(self) -> bool:
        """Whether it was done, and that was told."""
        return self.answer is not None and not self.answer["userErrors"]

    @property
    def kind(self) -> str | None:
        """The kind of the one transfer that it makes, if it makes one."""
        return "TRANSFER" if self.name == "giftCardIssue" and "from" in self.input else TRANSFERS.get(self.name)

    @property
    def order(self) -> tuple[str, str]:
        """The name of the order that it is about."""
        order = self.input["order"].get("identity", self.input["order"])
        return order["source"], order["externalId"]

    @property
    def lines(self) -> list[str]:
        """The ledger lines that the answer names."""
        assert self.answer is not None
        named = [self.answer.get(name) for name in ("entry", "bonus", "kept", "given", "received")]
        return [line["id"] for line in (*named, *(self.answer.get("entries") or ())) if line]

    @property
    def body(self) -> dict[str, Any]:
        type_ = f"{self.name[0].upper()}{self.name[1:]}Input"
        query = f"mutation($input: {type_}!) {{ {self.name}(input: $input) {{ {MUTATIONS[self.name]} }} }}"
        return {"query": query, "variables": {"input": self.input}}


@dataclass
class Load:
    """Callers who think of ever new requests, and remember each."""

    members: list[str]
    random: Random
    requests: list[Request] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    def next(self) -> Request:
        """Return a new request; what is returned, refunded or undone is some of what was made before."""
        number = next(self.numbers)
        name = self.random.choice([*MUTATIONS, *OFTEN])
        before = self._answered(*MADE_BY.get(name, ()))
        if name in MADE_BY and not before:
            name = MADE_BY[name][0]
        made = Request(
            name, {"idempotencyKey": f"k{number}", **self._input(name, number, before[-RECENT.get(name, 12) :])}
        )
        self.requests.append(made)
        return made

    def _answered(self, *names: str) -> list[Request]:
        return [one for one in self.requests if one.name in names and one.answered]

    def _input(self, name: str, number: int, before: list[Request]) -> dict[str, Any]:
        if name in MADE_BY:
            return self._about(name, self.random.choice(before))
        member, other = ({"id": of} for of in self.random.sample(self.members, 2))
        if name in {"orderCommit", "orderHold"}:
            return {"order": self._order(number, member)}
        if name == "agentAppoint":
            return {"payer": member, "agent": other, "asset": self.random.choice(["POINTS", "VALUE"])}
        if name == "giftCardIssue":
            return {"amount": self.random.randint(1, 20)} | self.random.choice([{}, {"from": member}])
        amounts = {"balanceAdjust": (1, 90), "valueTopUp": (1, 50)}
        amount = self.random.randint(*amounts.get(name, (1, 20)))
        rest: dict[str, dict[str, Any]] = {
            "balanceAdjust": {"asset": "POINTS", "reason": "load"},
            "balanceTransfer": {"asset": self.random.choice(["POINTS", "VALUE"]), "to": other},
            "valueTopUp": {},
            "balanceSpend": {"asset": "VALUE", "reason": "load"},
            "balanceConvert": {"from": "POINTS", "to": "VALUE"},
        }
        return {"member": member, "amount": amount, **rest[name]}

    def _order(self, number: int, member: dict[str, str]) -> dict[str, Any]:
        """Return an order; who was appointed often has it paid by the payer."""
        line = {"ref": "1", "sku": "TEA", "quantity": 3, "unitPrice": "9.90"}
        order = {"source": "till", "externalId": f"o{number}", "member": member, "lines": [line]}
        rights = self._answered("agentAppoint")
        if rights and self.random.random() < 0.6:
            right = self.random.choice(rights).input
            spend = [{"asset": right["asset"], "amount": self.random.randint(1, 20)}]
            return order | {"member": right["agent"], "payer": right["payer"], "spend": spend}
        spend = [{"asset": "POINTS", "amount": self.random.randint(1, 60)}]
        return order | ({"spend": spend} if self.random.random() < 0.7 else {})

    def _about(self, name: str, made: Request) -> dict[str, Any]:
        """Return the input of a mutation about what another made."""
        if name == "giftCardClaim":
            assert made.answer is not None
            return {"code": made.answer["code"], "member": {"id": self.random.choice(self.members)}}
        if name in {"valueRefund", "balanceSpendUndo"}:
            line = "topUp" if name == "valueRefund" else "entry"
            return {line: made.lines[0], "amount": self.random.choice([None, 1, 2])}
        source, external_id = made.order
        named = {"order": {"identity": {"source": source, "externalId": external_id}}}
        in_part = name == "orderReturn" or (name == "orderCapture" and self.random.random() < 0.7)
        return named | ({"lines": [{"ref": "1", "quantity": 1}]} if in_part else {})
