"""Members and their standings."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

import models
from domain import ledger
from domain import program as domain
from schema import ids
from schema.connection import Connection, bad_cursor, connection, key_of, page_size
from schema.context import Info
from schema.cursors import member_cursor
from schema.enums import CouponState, MemberKind, MemberStatus
from schema.errors import PublicError, RequestErrorCode
from schema.permissions import Personal
from schema.scalars import Cursor
from schema.types.agent import Agent
from schema.types.coupon import Coupon
from schema.types.gift_card import GiftCard
from schema.types.ledger import Balance, Entry, Lot
from schema.types.node import Node
from schema.types.occasion import Occasion
from schema.types.order import Attribute, Hold, Order, attributes_of
from schema.types.program import known_asset
from schema.types.standing import Standing
from schema.types.tag import MemberTag, tags_of
from services.balances import Amounts
from services.coupon_reads import WalletPage
from services.listing import OwnPage

AT = "As of when, an instant that is not in the future; null: now."
THEN_LINES = (
    "Lines that had taken effect by then: a release or expiry since it fell due, others since they were recorded."
)


@strawberry.type(description="A key by which an outside system knows the member.")
class Identity:
    """An identity."""

    source: str = strawberry.field(description="The outside system.")
    external_id: str = strawberry.field(description="Its name for the member; unique in the program.")


@strawberry.type(description="Who has balances in the program: a person, a company, or the bearer of a gift card.")
class Member(Node):
    """A member."""

    row: strawberry.Private[models.Member]
    kind: MemberKind = strawberry.field(description="Whose balances these are; it never changes.")
    number: str = strawberry.field(description="Member number, unique in the program; its last digit is a check digit.")
    name: str | None = strawberry.field(description="Name for people.", extensions=[Personal()])
    phone: str | None = strawberry.field(description="Phone number in E.164.", extensions=[Personal()])
    email: str | None = strawberry.field(description="E-mail address.", extensions=[Personal()])
    birthday: date | None = strawberry.field(description="Day of birth.", extensions=[Personal()])
    status: MemberStatus = strawberry.field(description="Whether the member may earn and spend.")
    channel: str | None = strawberry.field(description="Channel of enrolment.")
    store: str | None = strawberry.field(description="Store of enrolment.")
    enrolled_at: datetime = strawberry.field(description="When the member joined.")

    async def _program(self, info: Info) -> domain.Program:
        return await info.context.loaders.program.load(self.row.program_id)

    async def _amounts(self, info: Info, at: datetime | None = None) -> dict[UUID, Amounts]:
        return await info.context.loaders.balances.load((self.row.program_id, self.row.id, at))

    @strawberry.field(description="Keys by which outside systems know the member.")
    async def identities(self, info: Info) -> list[Identity]:
        """Return the identities."""
        rows = await info.context.loaders.identities.load(self.row.id)
        return [Identity(source=row.source, external_id=row.external_id) for row in rows]

    @strawberry.field(description="Balances of every asset of the program.")
    async def balances(
        self, info: Info, at: Annotated[datetime | None, strawberry.argument(description=AT)] = None
    ) -> list[Balance]:
        """Return all balances."""
        program = await self._program(info)
        amounts = await self._amounts(info, past(at, program))
        return [Balance.of(asset, amounts.get(asset.id), at) for asset in program.assets]

    @strawberry.field(description="Balance of one asset.")
    async def balance(
        self,
        info: Info,
        asset: Annotated[str, strawberry.argument(description="Code of the asset.")] = "POINTS",
        at: Annotated[datetime | None, strawberry.argument(description=AT)] = None,
    ) -> Balance:
        """Return one balance."""
        program = await self._program(info)
        found = known_asset(program, asset)
        return Balance.of(found, (await self._amounts(info, past(at, program))).get(found.id), at)

    @strawberry.field(
        description="Place on a ladder; without one named, on the program's first. The bearer of a gift card stands on "
        "none: the lowest tier is answered, and nothing comes of it."
    )
    async def standing(
        self,
        info: Info,
        ladder: Annotated[str | None, strawberry.argument(description="Code of the ladder.")] = None,
    ) -> Standing:
        """Return one standing."""
        program = await self._program(info)
        found = next((row for row in program.ladders if ladder in (None, row.code)), None)
        if found is None:
            raise PublicError(RequestErrorCode.BAD_REQUEST, f"The program has no ladder {ladder!r}.", field=["ladder"])
        return (await self._standings(info, program, [found]))[0]

    @strawberry.field(description="Place on every ladder; of the bearer of a gift card there is none.")
    async def standings(self, info: Info) -> list[Standing]:
        """Return all standings."""
        if self.kind is MemberKind.GIFT_CARD:
            return []
        program = await self._program(info)
        return await self._standings(info, program, program.ladders)

    async def _standings(self, info: Info, program: domain.Program, ladders: Sequence[domain.Ladder]) -> list[Standing]:
        rows = {row.ladder_id: row for row in await info.context.loaders.standings.load(self.row.id)}
        amounts = await self._amounts(info)
        return [
            Standing.of(ladder, rows.get(ladder.id), self.row, amounts.get(ladder.asset_id), program)
            for ladder in ladders
        ]

    @strawberry.field(description="Lines of the member's ledger, the newest first.")
    async def ledger(
        self,
        info: Info,
        asset: Annotated[str | None, strawberry.argument(description="Only this asset's lines.")] = None,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the line before.")] = None,
        at: Annotated[datetime | None, strawberry.argument(description=f"{AT} {THEN_LINES}")] = None,
    ) -> Connection[Entry]:
        """Return a page of the ledger."""
        program = await self._program(info)
        size = page_size(first)
        before = None
        if after is not None:
            if not (after.isascii() and after.isdigit() and len(after) < len(str(ids.NUMBER_MAX))):
                raise bad_cursor()
            before = int(after)
        asset_id = known_asset(program, asset).id if asset is not None else None
        page = OwnPage(self.row.id, size + 1, before, asset_id, past(at, program))
        loaders = info.context.loaders
        rows = await (loaders.entries_page if at is None else loaders.entries_page_then).load(page)
        return connection(rows, size, after, lambda row: Entry.of(row, program), lambda row: str(row.position))

    @strawberry.field(description="Lots that still hold something, the newest first.")
    async def lots(
        self,
        info: Info,
        asset: Annotated[str, strawberry.argument(description="Code of the asset.")] = "POINTS",
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the lot before.")] = None,
        at: Annotated[datetime | None, strawberry.argument(description=AT)] = None,
    ) -> Connection[Lot]:
        """Return a page of lots."""
        program = await self._program(info)
        size = page_size(first)
        before = key_of(ids.LOT, after)
        page = OwnPage(self.row.id, size + 1, before, known_asset(program, asset).id, past(at, program))
        loaders = info.context.loaders
        rows: Sequence[models.Lot | ledger.Lot] = (
            await loaders.lots_page.load(page) if at is None else await loaders.lots_page_then.load(page)
        )
        return connection(rows, size, after, lambda row: Lot.of(row, program), lambda row: ids.encode(ids.LOT, row.id))

    @strawberry.field(description="The member's orders, the last recorded first.")
    async def orders(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the order before.")] = None,
    ) -> Connection[Order]:
        """Return a page of orders."""
        size = page_size(first)
        rows = await info.context.loaders.orders_page.load(OwnPage(self.row.id, size + 1, key_of(ids.ORDER, after)))
        return connection(rows, size, after, Order.of, lambda row: ids.encode(ids.ORDER, row.id))

    @strawberry.field(
        description="What happened to the member that is no order, the last recorded first: behaviour events, and "
        "other occasions on which campaigns gave something."
    )
    async def occasions(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the occasion before.")] = None,
    ) -> Connection[Occasion]:
        """Return a page of occasions."""
        size = page_size(first)
        page = OwnPage(self.row.id, size + 1, key_of(ids.OCCASION, after))
        rows = await info.context.loaders.occasions_page.load(page)
        return connection(rows, size, after, Occasion.of, lambda row: ids.encode(ids.OCCASION, row.id))

    @strawberry.field(description="Custom attributes.", extensions=[Personal()])
    def attributes(self) -> list[Attribute] | None:
        """Return the attributes."""
        return attributes_of(self.row.attributes)

    @strawberry.field(
        description="Marks on the member, by their names. The member is not shown them.",
        extensions=[Personal(own=False)],
    )
    def tags(self) -> list[MemberTag] | None:
        """Return the tags."""
        return tags_of(self.row.tags)

    @strawberry.field(description="Gift cards that the member gave, the last issued first.")
    async def gift_cards(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the card before.")] = None,
    ) -> Connection[GiftCard]:
        """Return a page of gift cards."""
        program = await self._program(info)
        size = page_size(first)
        page = OwnPage(self.row.id, size + 1, key_of(ids.GIFT_CARD, after))
        rows = await info.context.loaders.gift_cards_page.load(page)
        return connection(
            rows,
            size,
            after,
            lambda row: GiftCard.of(row, program),
            lambda row: ids.encode(ids.GIFT_CARD, row.member_id),
        )

    @strawberry.field(description="The member's coupons, the last issued first.")
    async def coupons(
        self,
        info: Info,
        states: Annotated[
            list[CouponState] | None, strawberry.argument(description="Only in these states, as they are now.")
        ] = None,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the coupon before.")] = None,
    ) -> Connection[Coupon]:
        """Return a page of coupons."""
        size = page_size(first)
        page = OwnPage(self.row.id, size + 1, key_of(ids.COUPON, after))
        wanted = WalletPage(page, None if states is None else frozenset(states))
        rows = await info.context.loaders.coupons.page.load(wanted)
        return connection(rows, size, after, Coupon.of, lambda row: ids.encode(ids.COUPON, row.id))

    @strawberry.field(description="What orders have reserved of the member's balances, the first to run out first.")
    async def holds(self, info: Info) -> list[Hold]:
        """Return the open holds."""
        program = await self._program(info)
        return [Hold.of(row, program) for row in await info.context.loaders.open_holds.load(self.row.id)]

    @strawberry.field(description="Members who may draw on this one's balances, the first appointed last.")
    async def agents(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the agent before.")] = None,
        dismissed: Annotated[
            bool, strawberry.argument(description="Whether those who were dismissed are shown too.")
        ] = False,
    ) -> Connection[Agent]:
        """Return a page of agents."""
        size = page_size(first)
        page = OwnPage(self.row.id, size + 1, key_of(ids.AGENT, after))
        loaders = info.context.loaders
        rows = await (loaders.all_agents_page if dismissed else loaders.agents_page).load(page)
        return connection(rows, size, after, Agent.of, lambda row: ids.encode(ids.AGENT, row.id))

    @strawberry.field(description="On whose balances the member may draw as an agent, the first right first.")
    async def draws_on(self, info: Info) -> list[Agent]:
        """Return the rights."""
        return [Agent.of(row) for row in await info.context.loaders.draws_on.load(self.row.id)]

    @strawberry.field(
        description="Position of the newest event; pass it as `after` to start a subscription from this snapshot."
    )
    async def position(self, info: Info) -> Cursor:
        """Return the cursor of the snapshot: all of the answer was read at the moment at which the row was."""
        program = await self._program(info)
        return member_cursor(program.event_epoch, self.row.id, self.row.position)

    @classmethod
    def of(cls, row: models.Member) -> "Member":
        """Return the member of the contract."""
        return cls(
            id=ids.encode(ids.MEMBER, row.id),
            row=row,
            kind=MemberKind(row.kind),
            number=row.number,
            name=row.name,
            phone=row.phone,
            email=row.email,
            birthday=row.birthday,
            status=MemberStatus(row.status),
            channel=row.channel,
            store=row.store,
            enrolled_at=row.enrolled_at,
        )


def past(at: datetime | None, program: domain.Program) -> datetime | None:
    """Return an instant that the books can be asked for. Raises BAD_REQUEST for one that is yet to come."""
    now = program.now()
    if at is not None and at > now:
        raise PublicError(
            RequestErrorCode.BAD_REQUEST,
            f"`at` is {at:%Y-%m-%dT%H:%M:%SZ}; it is {now:%Y-%m-%dT%H:%M:%SZ} now, and the future is not known.",
            field=["at"],
        )
    return at
