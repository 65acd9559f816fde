"""Rows of the database: columns, indexes and keys. No behaviour beyond properties."""

from models.agents import Agent, AgentDraw
from models.gift_cards import GiftCard
from models.ledger import Account, Entry, Hold, Lot, LotMove, Transfer
from models.members import Event, Idempotency, Identity, Member, Standing
from models.orders import Order, OrderEffect, OrderLine, OrderReturn
from models.programs import ApiKey, Asset, Campaign, CampaignVersion, Item, Ladder, Program, Tier
from models.seals import Seal
from models.values import Conversion, TopUp, TopUpStep

__all__ = [
    "Account",
    "Agent",
    "AgentDraw",
    "ApiKey",
    "Asset",
    "Campaign",
    "CampaignVersion",
    "Conversion",
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
    "Order",
    "OrderEffect",
    "OrderLine",
    "OrderReturn",
    "Program",
    "Seal",
    "Standing",
    "Tier",
    "TopUp",
    "TopUpStep",
    "Transfer",
]
