"""Queries."""

from typing import Annotated

import strawberry

from domain.campaigns import CampaignKind
from schema import ids
from schema.connection import Connection, connection, key_of, page_size
from schema.context import Info
from schema.enums import ActorKind
from schema.payloads.gift_cards import GiftCardBy
from schema.payloads.inputs import NOBODY, MemberBy, MemberFilter, OrderBy, OrderPreviewInput
from schema.payloads.results import OrderPreviewPayload
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.agent import Agent
from schema.types.campaign import Campaign, CampaignVersion
from schema.types.coupon import found_coupon
from schema.types.coupon_batch import CouponBatch
from schema.types.coupon_template import CouponTemplate, CouponTemplateVersion
from schema.types.gift_card import GiftCard
from schema.types.ledger import Entry
from schema.types.member import Member
from schema.types.node import Node
from schema.types.occasion import Occasion
from schema.types.order import Order
from schema.types.order_preview import OrderPreview
from schema.types.program import Program, Tier, TierLadder
from schema.types.viewer import Viewer
from services import campaign_reads, gift_cards, listing, members, orders
from services.actors import Scope
from services.listing import KINDS, MemberCriteria


@strawberry.field(description="Who is calling. Needs no credential.")
async def viewer(info: Info) -> Viewer:
    """Return the caller."""
    actor, loaders = info.context.actor, info.context.loaders
    program = Program.of(await loaders.program.load(actor.program_id)) if actor.program_id else None
    row = await loaders.member.load(actor.member_id) if actor.member_id else None
    return Viewer(
        kind=ActorKind(actor.kind),
        program=program,
        member=Member.of(row) if row else None,
        scopes=sorted(actor.scopes),
    )


@strawberry.field(description="The program of the credential.", extensions=[Needs(Scope.PROGRAM_READ, member=True)])
async def program(info: Info) -> Program:
    """Return the program."""
    return Program.of(await info.context.loaders.program.load(info.context.program_id))


@strawberry.field(description="The program's ladders.", extensions=[Needs(Scope.PROGRAM_READ, member=True)])
async def ladders(info: Info) -> list[TierLadder]:
    """Return the ladders."""
    found = await info.context.loaders.program.load(info.context.program_id)
    return [TierLadder.of(ladder, found) for ladder in found.ladders]


@strawberry.field(
    description="Any entity by its id; null when there is none, or the caller may not see it.",
    extensions=[Needs(Scope.PROGRAM_READ, member=True)],
)
async def node(info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id.")]) -> Node | None:
    """Return the entity; each kind needs the scope of its own field."""
    kind = READERS.get(ids.prefix_of(id))
    return await kind(info, id) if kind else None


@strawberry.field(
    description="A member; null when there is none, or the caller may not see it.",
    extensions=[Needs(Scope.MEMBERS_READ, member=True)],
)
async def member(
    info: Info, by: Annotated[MemberBy, strawberry.argument(description="Which member.")]
) -> Member | None:
    """Return the member."""
    found = await info.context.loaders.program.load(info.context.program_id)
    row = await members.find(info.context.actor, found, by.ref())
    return Member.of(row) if row else None


@strawberry.field(name="members", description="Members, the newest first.", extensions=[Needs(Scope.MEMBERS_READ)])
async def member_list(
    info: Info,
    filter: Annotated[MemberFilter | None, strawberry.argument(description="Which members.")] = None,
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
    after: Annotated[str | None, strawberry.argument(description="Cursor of the member before.")] = None,
) -> Connection[Member]:
    """Return a page of members."""
    size = page_size(first)
    wanted = MemberFilter() if filter is None else filter
    criteria = MemberCriteria(
        status=wanted.status,
        kinds=KINDS if wanted.kinds is None else wanted.kinds,
        channel=wanted.channel,
        store=wanted.store,
        enrolled_from=wanted.enrolled_from,
        enrolled_until=wanted.enrolled_until,
    )
    before = key_of(ids.MEMBER, after)
    rows = await listing.members_page(info.context.actor, criteria, limit=size + 1, before=before)
    return connection(rows, size, after, Member.of, lambda row: ids.encode(ids.MEMBER, row.id))


@strawberry.field(
    description="An order; null when there is none, or the caller may not see it.",
    extensions=[Needs(Scope.ORDERS_READ, member=True)],
)
async def order(info: Info, by: Annotated[OrderBy, strawberry.argument(description="Which order.")]) -> Order | None:
    """Return the order."""
    if by.id is not None:
        row = await info.context.loaders.order.load(ids.decode(ids.ORDER, by.id.value) or NOBODY)
    else:
        assert by.identity is not None, "exactly one of the fields is given"
        identity = by.identity.value
        row = await listing.order_named(info.context.actor, identity.source, identity.external_id)
    return Order.of(row) if row else None


@strawberry.field(
    description="A gift card; null when there is none, or the caller may not see it. A member sees those that it gave "
    "or claimed.",
    extensions=[Needs(Scope.MEMBERS_READ, member=True)],
)
async def gift_card(
    info: Info, by: Annotated[GiftCardBy, strawberry.argument(description="Which card.")]
) -> GiftCard | None:
    """Return the card."""
    row = await gift_cards.find(info.context.actor, by.ref())
    return GiftCard.of(row, await info.context.loaders.program.load(row.program_id)) if row else None


@strawberry.field(
    description="What would happen if this order were committed now (or at `at`): nothing is written.",
    extensions=[Refusals(), Needs(Scope.ORDERS_READ, member=True)],
)
async def order_preview(
    info: Info, input: Annotated[OrderPreviewInput, strawberry.argument(description="The order.")]
) -> OrderPreviewPayload:
    """Return what a commit would do."""
    engine, actor = info.context.engine, info.context.actor
    found = await orders.preview(engine, actor, input.order.request(), at=input.at)
    program = await engine.program(info.context.program_id)
    return OrderPreviewPayload(order=OrderPreview.of(found, program))


async def _member_node(info: Info, id: str) -> Node | None:
    Needs(Scope.MEMBERS_READ, member=True).check(info.context)
    row = await info.context.loaders.member.load(ids.decode(ids.MEMBER, id) or NOBODY)
    return Member.of(row) if row else None


async def _order_node(info: Info, id: str) -> Node | None:
    Needs(Scope.ORDERS_READ, member=True).check(info.context)
    row = await info.context.loaders.order.load(ids.decode(ids.ORDER, id) or NOBODY)
    return Order.of(row) if row else None


async def _entry_node(info: Info, id: str) -> Node | None:
    Needs(Scope.MEMBERS_READ, member=True).check(info.context)
    row = await info.context.loaders.entry.load(ids.decode_numbered(ids.ENTRY, id) or (NOBODY, 0))
    return Entry.of(row, await info.context.loaders.program.load(row.program_id)) if row else None


async def _gift_card_node(info: Info, id: str) -> Node | None:
    Needs(Scope.MEMBERS_READ, member=True).check(info.context)
    row = await info.context.loaders.gift_card.load(ids.decode(ids.GIFT_CARD, id) or NOBODY)
    return GiftCard.of(row, await info.context.loaders.program.load(row.program_id)) if row else None


async def _coupon_node(info: Info, id: str) -> Node | None:
    Needs(Scope.COUPONS_READ, member=True).check(info.context)
    return await found_coupon(info, ids.decode(ids.COUPON, id))


async def _coupon_batch_node(info: Info, id: str) -> Node | None:
    Needs(Scope.COUPONS_READ).check(info.context)
    row = await info.context.loaders.coupons.batch.load(ids.decode(ids.COUPON_BATCH, id) or NOBODY)
    return CouponBatch.of(row) if row else None


async def _campaign_node(info: Info, id: str) -> Node | None:
    row = await info.context.loaders.campaign.load(ids.decode(ids.CAMPAIGN, id) or NOBODY)
    return Campaign.of(row) if row else None


async def _campaign_version_node(info: Info, id: str) -> Node | None:
    Needs(Scope.PROGRAM_READ).check(info.context)
    found = await campaign_reads.version(info.context.actor, ids.decode(ids.CAMPAIGN_VERSION, id) or NOBODY)
    return CampaignVersion.of(*found) if found else None


async def _coupon_template_node(info: Info, id: str) -> Node | None:
    row = await info.context.loaders.coupons.template.load(ids.decode(ids.COUPON_TEMPLATE, id) or NOBODY)
    return CouponTemplate.of(row) if row else None


async def _coupon_template_version_node(info: Info, id: str) -> Node | None:
    Needs(Scope.PROGRAM_READ).check(info.context)
    key = ids.decode(ids.COUPON_TEMPLATE_VERSION, id) or NOBODY
    found = await campaign_reads.version(info.context.actor, key, CampaignKind.COUPON)
    return CouponTemplateVersion.of(*found) if found else None


async def _program_node(info: Info, id: str) -> Node | None:
    found = await info.context.loaders.program.load(info.context.program_id)
    return Program.of(found) if ids.decode(ids.PROGRAM, id) == found.id else None


async def _ladder_node(info: Info, id: str) -> Node | None:
    found = await info.context.loaders.program.load(info.context.program_id)
    key = ids.decode(ids.LADDER, id)
    return next((TierLadder.of(ladder, found) for ladder in found.ladders if ladder.id == key), None)


async def _tier_node(info: Info, id: str) -> Node | None:
    found = await info.context.loaders.program.load(info.context.program_id)
    key = ids.decode(ids.TIER, id)
    return next((Tier.of(tier) for tiers in found.tiers.values() for tier in tiers if tier.id == key), None)


async def _agent_node(info: Info, id: str) -> Node | None:
    Needs(Scope.MEMBERS_READ, member=True).check(info.context)
    row = await info.context.loaders.agent.load(ids.decode(ids.AGENT, id) or NOBODY)
    return Agent.of(row) if row else None


async def _occasion_node(info: Info, id: str) -> Node | None:
    Needs(Scope.MEMBERS_READ, member=True).check(info.context)
    row = await info.context.loaders.occasion.load(ids.decode(ids.OCCASION, id) or NOBODY)
    return Occasion.of(row) if row else None


READERS = {
    ids.AGENT: _agent_node,
    ids.MEMBER: _member_node,
    ids.OCCASION: _occasion_node,
    ids.ORDER: _order_node,
    ids.ENTRY: _entry_node,
    ids.GIFT_CARD: _gift_card_node,
    ids.COUPON: _coupon_node,
    ids.COUPON_BATCH: _coupon_batch_node,
    ids.CAMPAIGN: _campaign_node,
    ids.CAMPAIGN_VERSION: _campaign_version_node,
    ids.COUPON_TEMPLATE: _coupon_template_node,
    ids.COUPON_TEMPLATE_VERSION: _coupon_template_version_node,
    ids.PROGRAM: _program_node,
    ids.LADDER: _ladder_node,
    ids.TIER: _tier_node,
}
