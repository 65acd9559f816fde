"""A call, and whom it names."""

from dataclasses import dataclass

from domain.refusals import Refusal
from services.writer.answers import Outcome
from tests.services.machine.choosing import Content


@dataclass(frozen=True)
class Call:
    """One call of the API: which operation, under which key, with what."""

    operation: str
    key: str
    content: Content


def named(call: Call) -> list[int]:
    """Return the members whom a call names, but for those of orders and ledger lines that are there."""
    content = call.content
    match call.operation:
        case "amend" | "adjust" | "top_up" | "convert" | "issue" | "event" | "tag":
            who = content[:1]
        case "transfer" | "appoint" | "dismiss":
            who = content[:2]
        case "spend":
            who = content[0], content[3]
        case "commit" | "hold":
            who = content[0], content[2].payer
        case "claim" | "claim_order":
            who = content[1:]
        case _:
            who = ()
    return [number for number in who if number is not None]


def names_one_twice(call: Call) -> bool:
    """Whether somebody is to be their own agent."""
    return call.operation == "appoint" and call.content[0] == call.content[1]


def came_when(answer: Outcome | Refusal) -> int:
    """Return a number by which answers to calls of one moment are in the order in which these came.

    What says that another call was first came last. What was refused for a reason of its own came before what was
    done, or would say that.
    """
    if isinstance(answer, Refusal):
        return 2 if answer.code == "GIFT_CARD_STATE" else 0
    return 2 if answer.replayed else 1
