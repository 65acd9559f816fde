"""The contract as a whole: root types, and the schema made of them."""

from collections.abc import Callable, Sequence
from typing import Any

import strawberry
from strawberry.extensions import DisableIntrospection
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from resolvers import (
    agents,
    campaigns,
    coupon_batches,
    coupon_templates,
    coupons,
    gift_cards,
    members,
    occasions,
    orders,
    reads,
    reports,
    segments,
    simulations,
    streams,
    values,
)
from schema.payloads import errors
from schema.scalars import SCALARS
from schema.types import effect, event, rules
from schema.types.ledger import Entry

QUERIES = [
    reads.viewer,
    reads.node,
    reads.program,
    reads.ladders,
    reads.member,
    reads.member_list,
    reads.order,
    reads.gift_card,
    coupons.coupon,
    coupon_batches.coupon_batch,
    coupon_batches.coupon_batch_list,
    reads.order_preview,
    reports.liability,
    campaigns.campaign,
    campaigns.campaign_list,
    coupon_templates.coupon_template,
    coupon_templates.coupon_template_list,
    segments.segment_list,
]
MUTATIONS = [
    members.member_enroll,
    members.member_amend,
    occasions.member_tag,
    occasions.event_record,
    orders.order_hold,
    orders.order_capture,
    orders.order_commit,
    orders.order_return,
    orders.order_cancel,
    orders.order_claim,
    orders.orders_import,
    members.balance_adjust,
    members.balance_transfer,
    values.value_top_up,
    values.value_refund,
    values.balance_spend,
    values.balance_spend_undo,
    values.balance_convert,
    agents.agent_appoint,
    agents.agent_dismiss,
    gift_cards.gift_card_issue,
    gift_cards.gift_card_claim,
    gift_cards.gift_card_void,
    coupons.coupon_issue,
    coupons.coupon_claim,
    coupons.coupon_gift,
    coupons.coupon_void,
    coupons.coupon_extend,
    coupon_batches.coupon_batch_generate,
    coupon_batches.coupon_batch_cancel,
    coupon_batches.coupon_batch_resume,
    campaigns.campaign_draft,
    campaigns.campaign_approve,
    campaigns.campaign_publish,
    campaigns.campaign_pause,
    campaigns.campaign_resume,
    campaigns.campaign_end,
    coupon_templates.coupon_template_draft,
    coupon_templates.coupon_template_approve,
    coupon_templates.coupon_template_publish,
    coupon_templates.coupon_template_pause,
    coupon_templates.coupon_template_resume,
    coupon_templates.coupon_template_end,
    segments.segment_save,
]
SUBSCRIPTIONS = [
    streams.member_events,
    streams.member_state,
    streams.program_events,
    simulations.campaign_simulate,
    coupon_batches.coupon_batch_progress,
    coupon_batches.coupon_counters,
]

Query = create_type("Query", QUERIES, description="What can be read.")
Mutation = create_type("Mutation", MUTATIONS, description="What can be done. Every call takes an idempotency key.")
Subscription = create_type("Subscription", SUBSCRIPTIONS, description="What can be watched live.")


def build(make: Callable[..., strawberry.Schema] = strawberry.Schema, *, introspection: bool = True) -> Any:
    """Return the schema, made by `make`, which takes the arguments of `strawberry.Schema`."""
    types: Sequence[type] = [*event.EVENTS, *effect.EFFECTS, *rules.RULES, Entry, errors.UserError]
    return make(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=types,
        extensions=() if introspection else (DisableIntrospection,),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not introspection),
    )


schema = build()
