"""Rows of the database: columns, indexes and keys. No behaviour beyond properties."""

from models.agents import Agent, AgentDraw
from models.code_attempts import CodeAttempt
from models.coupons import Coupon, CouponBatch, CouponChange, CouponTally
from models.gift_cards import GiftCard
from models.ledger import Account, Entry, Hold, Lot, LotMove, Transfer
from models.members import Event, Idempotency, Identity, Member, Standing
from models.occasions import Occasion, OccasionEffect
from models.orders import Order, OrderEffect, OrderLine, OrderReturn
from models.programs import (
    ApiKey,
    Asset,
    Campaign,
    CampaignRun,
    CampaignUsage,
    CampaignVersion,
    Item,
    Ladder,
    Program,
    Segment,
    Tier,
)
from models.seals import Seal
from models.values import Conversion, TopUp, TopUpStep

__all__ = [
    "Account",
    "Agent",
    "AgentDraw",
    "ApiKey",
    "Asset",
    "Campaign",
    "CampaignRun",
    "CampaignUsage",
    "CampaignVersion",
    "CodeAttempt",
    "Conversion",
    "Coupon",
    "CouponBatch",
    "CouponChange",
    "CouponTally",
    "Entry",
    "Event",
    "GiftCard",
    "Hold",
    "Idempotency",
    "Identity",
    "Item",
    "Ladder",
    "Lot",
    "LotMove",
    "Member",
    "Occasion",
    "OccasionEffect",
    "Order",
    "OrderEffect",
    "OrderLine",
    "OrderReturn",
    "Program",
    "Seal",
    "Segment",
    "Standing",
    "Tier",
    "TopUp",
    "TopUpStep",
    "Transfer",
]
