"""Step 3: the locks of a batch, in the one order that all transactions take them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.commands import Command, OrderCommand
from domain.usage import UsageKey
from services.snapshots import Snapshots
from services.writer.load import Loaded
from services.writer.load_usage import of_everybody, usage_keys
from services.writer.session import Session, Unavailable


@dataclass(frozen=True, slots=True)
class Locked:
    """What a batch has locked, by what was known of the programs: whether that still holds is seen after loading."""

    blocked: set[UUID]
    """Members whom somebody else has locked."""
    orders: set[UUID]
    """Orders whose coupons that nobody has are locked."""
    usages: set[UsageKey]
    """Uses of campaigns that all members share."""

    def check(self, loaded: Loaded) -> None:
        """Raise `Unavailable` when the batch may look at what it did not lock."""
        with_coupons = {order_id for order_id, found in loaded.coupons.of_orders.items() if found}
        shared = {usage.key for usage in of_everybody(loaded.usage_keys)}
        if not (self.orders >= with_coupons and self.usages >= shared):
            raise Unavailable("the campaigns changed while the batch asked for them")


async def lock(session: Session, snapshots: Snapshots, commands: Sequence[Command], *, waits: bool) -> Locked:
    """Lock members, orders, coupons that nobody has, and uses of campaigns, each by their ids."""
    ids = sorted({member_id for command in commands for member_id in command.locks})
    blocked = await session.lock_members(ids, waits=waits) if ids else set()
    of_orders = [command for command in commands if isinstance(command, OrderCommand)]
    if guests := sorted(command.order_id for command in of_orders if command.locks_order):
        await session.lock_orders(guests)
    programs = {}
    for program_id in {command.program_id for command in commands}:
        programs[program_id] = snapshots.kept(program_id) or await snapshots.load(session, program_id)
    # A member's order too may have the coupon of nobody: a guest's, who used it, and whose order the member claimed.
    orders = {command.order_id for command in of_orders if programs[command.program_id].has_coupons}
    coupons = {coupon_id for command in commands for coupon_id in command.coupons}
    if coupons or orders:
        await session.lock_coupons(sorted(coupons), sorted(orders))
    now = {program_id: program.now() for program_id, program in programs.items()}
    shared = of_everybody(usage_keys(commands, programs, now))
    if shared:
        await session.lock_usages(shared)
    return Locked(blocked, orders, {usage.key for usage in shared})
