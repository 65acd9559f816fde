"""The one door for reads: what an actor can see. Every query of a row that belongs to a program starts here."""

from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

import models
from domain.campaigns import CampaignKind
from services.actors import Actor, ActorKind


def of_members(actor: Actor, owner: str = "member_id") -> dict[str, Any]:
    """Return what the columns of a row that belongs to a member hold if the actor can see it: its program, itself."""
    mine = {owner: actor.member_id} if actor.kind is ActorKind.MEMBER else {}
    return {"program_id": actor.program_id, **mine}


def members(actor: Actor) -> QuerySet[models.Member]:
    """Return the members that the actor can see: a member sees itself, a key its program."""
    rows = models.Member.filter(program_id=actor.program_id)
    return rows.filter(id=actor.member_id) if actor.kind is ActorKind.MEMBER else rows


def orders(actor: Actor) -> QuerySet[models.Order]:
    """Return the orders that the actor can see: a member sees their own, and those that they pay."""
    rows = models.Order.filter(program_id=actor.program_id)
    if actor.kind is ActorKind.MEMBER:
        return rows.filter(Q(member_id=actor.member_id) | Q(payer_id=actor.member_id))
    return rows


def entries(actor: Actor) -> QuerySet[models.Entry]:
    """Return the ledger lines that the actor can see."""
    return models.Entry.filter(**of_members(actor))


def occasions(actor: Actor) -> QuerySet[models.Occasion]:
    """Return the occasions that the actor can see."""
    return models.Occasion.filter(**of_members(actor))


def lots(actor: Actor) -> QuerySet[models.Lot]:
    """Return the lots that the actor can see."""
    return models.Lot.filter(**of_members(actor))


def events(actor: Actor) -> QuerySet[models.Event]:
    """Return the events that the actor can see."""
    return models.Event.filter(**of_members(actor))


def identities(actor: Actor) -> QuerySet[models.Identity]:
    """Return the identities that the actor can see."""
    return models.Identity.filter(**of_members(actor))


def gift_cards(actor: Actor) -> QuerySet[models.GiftCard]:
    """Return the gift cards that the actor can see: a member those that it gave or claimed, a key its program's."""
    rows = models.GiftCard.filter(program_id=actor.program_id)
    if actor.kind is not ActorKind.MEMBER:
        return rows
    return rows.filter(Q(giver_id=actor.member_id) | Q(claimed_by_id=actor.member_id))


def campaigns(actor: Actor) -> QuerySet[models.Campaign]:
    """Return the campaigns that the actor can see: a member those that were published, a key its program's."""
    return of_kind(actor, CampaignKind.CAMPAIGN)


def coupon_templates(actor: Actor) -> QuerySet[models.Campaign]:
    """Return the templates of coupons that the actor can see: as of campaigns."""
    return of_kind(actor, CampaignKind.COUPON)


def of_kind(actor: Actor, kind: CampaignKind) -> QuerySet[models.Campaign]:
    """Return the campaigns, or the templates of coupons, that the actor can see."""
    rows = models.Campaign.filter(program_id=actor.program_id, kind=kind)
    return rows.filter(published_version__isnull=False) if actor.kind is ActorKind.MEMBER else rows


def coupons(actor: Actor) -> QuerySet[models.Coupon]:
    """Return the coupons that the actor can see: a member its own, a key its program's."""
    return models.Coupon.filter(**of_members(actor))


def coupon_batches(actor: Actor) -> QuerySet[models.CouponBatch]:
    """Return the batches of codes, for keys alone: fields ask for the scope."""
    return models.CouponBatch.filter(program_id=actor.program_id)


def agents(actor: Actor) -> QuerySet[models.Agent]:
    """Return the agents that the actor can see: a member sees their own, and on whom they may draw."""
    rows = models.Agent.filter(program_id=actor.program_id)
    if actor.kind is ActorKind.MEMBER:
        return rows.filter(Q(payer_id=actor.member_id) | Q(member_id=actor.member_id))
    return rows


def campaign_versions(actor: Actor) -> QuerySet[models.CampaignVersion]:
    """Return the versions of the program's campaigns and templates of coupons.

    What they say is for keys alone: fields ask for the scope.
    """
    return models.CampaignVersion.filter(program_id=actor.program_id)


def campaign_usages(actor: Actor) -> QuerySet[models.CampaignUsage]:
    """Return what was used of the program's campaigns, for keys alone as the versions."""
    return models.CampaignUsage.filter(program_id=actor.program_id)
