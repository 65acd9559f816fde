"""The one door for reads: what an actor can see. Every query of a row that belongs to a program starts here."""

from tortoise.queryset import QuerySet

import models
from services.actors import Actor, ActorKind


def members(actor: Actor) -> QuerySet[models.Member]:
    """Return the members that the actor can see: a member sees itself, a key its program."""
    rows = models.Member.filter(program_id=actor.program_id)
    return rows.filter(id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def orders(actor: Actor) -> QuerySet[models.Order]:
    """Return the orders that the actor can see."""
    rows = models.Order.filter(program_id=actor.program_id)
    return rows.filter(member_id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def entries(actor: Actor) -> QuerySet[models.Entry]:
    """Return the ledger lines that the actor can see."""
    rows = models.Entry.filter(program_id=actor.program_id)
    return rows.filter(member_id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def lots(actor: Actor) -> QuerySet[models.Lot]:
    """Return the lots that the actor can see."""
    rows = models.Lot.filter(program_id=actor.program_id)
    return rows.filter(member_id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def events(actor: Actor) -> QuerySet[models.Event]:
    """Return the events that the actor can see."""
    rows = models.Event.filter(program_id=actor.program_id)
    return rows.filter(member_id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def identities(actor: Actor) -> QuerySet[models.Identity]:
    """Return the identities that the actor can see."""
    rows = models.Identity.filter(program_id=actor.program_id)
    return rows.filter(member_id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def campaigns(actor: Actor) -> QuerySet[models.Campaign]:
    """Return the campaigns of the actor's program."""
    return models.Campaign.filter(program_id=actor.program_id)
