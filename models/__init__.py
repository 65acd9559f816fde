"""Rows of the database: columns, indexes and keys. No behaviour beyond properties."""

from models.ledger import Account, Entry, Lot, LotMove, Transfer
from models.members import Event, Idempotency, Identity, Member, Standing
from models.orders import Order, OrderEffect, OrderLine
from models.programs import ApiKey, Asset, Campaign, CampaignVersion, Item, Ladder, Program, Tier
from models.values import Conversion, TopUp, TopUpStep

__all__ = [
    "Account",
    "ApiKey",
    "Asset",
    "Campaign",
    "CampaignVersion",
    "Conversion",
    "Entry",
    "Event",
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
    "Program",
    "Standing",
    "Tier",
    "TopUp",
    "TopUpStep",
    "Transfer",
]
