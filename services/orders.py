"""Orders: commit, hold and preview. Many at once go through `services.orders_import`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.amounts import AMOUNT_MAX, to_minor
from domain.commands import Claim, CommitOrder, HoldOrder
from domain.coupons import Choice, NamedCoupon
from domain.decide import decide
from domain.decisions.situation import Situation
from domain.digest import content_hash
from domain.effects.spend import check_worth
from domain.orders import LINES_MAX, QUANTITY_MAX, LineContent, OrderContent
from domain.program import ItemPolicy, Program, Tier
from domain.refusals import InvalidInput, NotFound, TooManyAttempts
from services import members
from services.actors import Actor
from services.coupon_codes import checked_codes, content_named, naming
from services.engine import Engine
from services.idempotency import answered
from services.members import MemberRef
from services.writer.answers import Outcome
from services.writer.load import load

PREVIEW_YEARS_MAX = 10
SPENDS_MAX = 20
HOLD_SECONDS_MAX = 30 * 86_400
SKUS_MAX = 10_000
"""SKUs asked for at a time: drivers take 32,767 parameters."""


@dataclass(frozen=True, slots=True)
class LineRequest:
    """A line as a caller reports it, unchecked."""

    ref: str
    sku: str
    quantity: int
    unit_price: Decimal
    name: str | None = None
    category: str | None = None
    attributes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order as a caller reports it, unchecked. Amounts are in units of the program's currency."""

    source: str
    external_id: str
    lines: Sequence[LineRequest]
    member: MemberRef | None = None
    store: str | None = None
    channel: str | None = None
    occurred_at: datetime | None = None
    currency: str | None = None
    shipping: Decimal | None = None
    attributes: Sequence[tuple[str, str]] = ()
    spend: Sequence[tuple[str, Decimal]] = ()
    """(code of an asset, how much of it) to pay with."""
    payer: MemberRef | None = None
    """Whose balances these are, when not the member's own."""
    coupon_codes: Sequence[str] | None = None
    """The codes of the coupons that it uses; None lets the best of the member's be chosen."""


def checked_content(
    program: Program, request: OrderRequest, path: checks.Path, *, now: datetime | None = None
) -> OrderContent:
    """Return the order in minor units, its member not looked up yet; it may not be later than `now`, or the present.

    Raises `InvalidInput` naming the field under `path`.
    """
    checks.count(len(request.lines), (*path, "lines"), 1, LINES_MAX)
    if request.currency is not None and request.currency != program.currency:
        raise InvalidInput(
            f"The program's currency is {program.currency}, not {request.currency!r}.", field=(*path, "currency")
        )
    occurred_at = request.occurred_at
    if occurred_at is not None:
        occurred_at = checks.past_instant(occurred_at, now or program.now(), (*path, "occurredAt"))
    content = OrderContent(
        source=checks.source(request.source, (*path, "source")),
        external_id=checks.text(request.external_id, (*path, "externalId"), checks.EXTERNAL_ID_MAX),
        member_id=None,
        store=checks.optional_text(request.store, (*path, "store"), checks.CODE_MAX),
        channel=checks.optional_text(request.channel, (*path, "channel"), checks.CODE_MAX),
        occurred_at=occurred_at,
        shipping=_price(request.shipping or Decimal(0), program, (*path, "shipping")),
        lines=tuple(_line(program, line, (*path, "lines", str(i))) for i, line in enumerate(request.lines)),
        attributes=checks.attributes(request.attributes, (*path, "attributes")),
        spend=_spend(program, request.spend, (*path, "spend")),
        coupon_codes=checked_codes(request.coupon_codes, (*path, "couponCodes")),
    )
    if request.payer is not None and (request.member is None or not content.spend):
        raise InvalidInput("A payer pays what a member spends; the order names none.", field=(*path, "payer"))
    refs: dict[str, int] = {}
    for index, line in enumerate(content.lines):
        if line.ref in refs:
            raise InvalidInput(f"Two lines have the ref {line.ref!r}.", field=(*path, "lines", str(index), "ref"))
        refs[line.ref] = index
    if content.subtotal + content.shipping > AMOUNT_MAX:
        raise InvalidInput("The order's total is outside the range of amounts.", field=(*path, "lines"))
    return content


def _spend(program: Program, spend: Sequence[tuple[str, Decimal]], path: checks.Path) -> tuple[tuple[UUID, int], ...]:
    checks.count(len(spend), path, 0, SPENDS_MAX)
    found: dict[UUID, int] = {}
    for index, (code, amount) in enumerate(spend):
        at = (*path, str(index))
        asset = program.asset(code)
        if asset is None:
            raise InvalidInput(f"The program has no asset {code!r}.", field=(*at, "asset"))
        if asset.id in found:
            raise InvalidInput(f"{asset.code} stands twice.", field=(*at, "asset"))
        found[asset.id] = to_minor(amount, asset.scale, (*at, "amount"))
        check_worth(program, asset, found[asset.id], at)
    return tuple(sorted(found.items()))


def _line(program: Program, line: LineRequest, path: checks.Path) -> LineContent:
    return LineContent(
        ref=checks.text(line.ref, (*path, "ref"), checks.CODE_MAX),
        sku=checks.text(line.sku, (*path, "sku"), checks.CODE_MAX),
        name=checks.optional_text(line.name, (*path, "name"), checks.NAME_MAX),
        category=checks.optional_text(line.category, (*path, "category"), checks.CODE_MAX),
        quantity=checks.integer(line.quantity, (*path, "quantity"), 1, QUANTITY_MAX),
        unit_price=_price(line.unit_price, program, (*path, "unitPrice")),
        attributes=checks.attributes(line.attributes, (*path, "attributes")),
    )


def _price(amount: Decimal, program: Program, path: checks.Path) -> int:
    minor = to_minor(amount, program.currency_scale, path)
    if minor < 0:
        raise InvalidInput(f"`{path[-1]}` must not be negative: {amount}.", field=path)
    return minor


async def unlisted_skus(program: Program, contents: Iterable[OrderContent]) -> set[str]:
    """Return the SKUs that the program does not list, if it accepts only listed ones."""
    if program.item_policy is ItemPolicy.OPEN:
        return set()
    wanted = sorted({line.sku for content in contents for line in content.lines})
    listed: set[str] = set()
    for start in range(0, len(wanted), SKUS_MAX):
        some = wanted[start : start + SKUS_MAX]
        listed.update(await models.Item.filter(program_id=program.id, sku__in=some).values_list("sku", flat=True))  # type: ignore[arg-type]
    return set(wanted) - listed


def check_listed(content: OrderContent, unlisted: set[str], path: checks.Path) -> None:
    """Refuse an order with a line whose SKU is among `unlisted`."""
    for index, line in enumerate(content.lines):
        if line.sku in unlisted:
            at = (*path, "lines", str(index), "sku")
            raise InvalidInput(f"The program lists no item {line.sku!r}.", field=at)


async def commit(engine: Engine, actor: Actor, request: OrderRequest, *, key: str) -> Outcome:
    """Evaluate an order and commit it.

    Raises `InvalidInput`, `NotFound`, `MemberNotActive`, `NotAgent`, `DuplicateOrder`, `OrderNotInState`,
    `InsufficientBalance`, `LimitReached` or `IdempotencyKeyReused`; then nothing is written.
    """
    return await _decided(engine, actor, request, key=key, operation="orderCommit")


async def hold(engine: Engine, actor: Actor, request: OrderRequest, *, seconds: int, key: str) -> Outcome:
    """Evaluate an order and reserve what it is to be paid with, for so many seconds. Raises what `commit` does."""
    checks.integer(seconds, ("holdSeconds",), 1, HOLD_SECONDS_MAX)
    return await _decided(engine, actor, request, key=key, operation="orderHold", seconds=seconds)


async def _decided(
    engine: Engine, actor: Actor, request: OrderRequest, *, key: str, operation: str, seconds: int | None = None
) -> Outcome:
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    content = checked_content(program, request, ("order",))
    # The hash is of what was said, not of whom it names today: a phone number may have changed hands since.
    payer = () if request.payer is None else (members.canonical(program, request.payer),)
    said = (content, members.canonical(program, request.member), *payer, *(() if seconds is None else (seconds,)))
    claim = Claim(f"{actor.credential}:{operation}", key, content_hash(said))
    try:
        check_listed(content, await unlisted_skus(program, [content]), ("order",))
        content = await _with_parties(actor, program, request, content)
    except (InvalidInput, NotFound):
        if (outcome := await answered(program, claim)) is None:
            raise
        return outcome
    try:
        async with naming(engine, actor, program, content.member_id, request.coupon_codes) as named:
            common: dict[str, Any] = {
                "program_id": program.id,
                "actor": actor.credential,
                "claim": claim,
                "order_id": uuid7(),
                "content": with_coupons(content, named),
                "named": named,
                "chooses": request.coupon_codes is None,
            }
            command = CommitOrder(**common) if seconds is None else HoldOrder(**common, seconds=seconds)
            return await engine.writer.post(command)
    except TooManyAttempts:
        if (outcome := await answered(program, claim)) is None:
            raise
        return outcome


async def _with_parties(actor: Actor, program: Program, request: OrderRequest, content: OrderContent) -> OrderContent:
    """Return the order with the ids of its member and of who pays. Raises `NotFound`."""
    if request.member is None:
        return content
    member_id = await members.resolve(actor, program, request.member, ("order", "member"))
    payer_id = None
    if request.payer is not None:
        payer_id = await members.resolve(actor, program, request.payer, ("order", "payer"))
    return content.of(member_id, payer_id)


def with_coupons(content: OrderContent, named: Sequence[NamedCoupon]) -> OrderContent:
    """Return the order with the coupons that its codes name in their place."""
    return content if content.coupon_codes is None else replace(content, coupon_codes=content_named(named))


@dataclass(frozen=True, slots=True)
class Preview:
    """The rows that a commit would store, and the member's tier on each ladder after it."""

    order: Any
    lines: Sequence[Any]
    effects: Sequence[Any]
    tiers: Sequence[Tier]
    choice: Choice | None = None
    """How the coupons were chosen; None when they were named, or when there are none."""


async def preview(engine: Engine, actor: Actor, request: OrderRequest, *, at: datetime | None) -> Preview:
    """Return what `commit` would do now, or at `at`: the same function decides, and nothing is written.

    A preview at a past instant starts from today's balances and standing. An order that was committed already is
    returned as it was decided then.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    program = await engine.program(actor.program_id)
    now = program.now()
    if at is not None:
        if not checks.EARLIEST <= at <= now.replace(year=now.year + PREVIEW_YEARS_MAX, day=1):
            raise InvalidInput("`at` lies outside 1900 to ten years from now.", field=("at",))
        now = at
    content = checked_content(program, request, ("order",), now=now)
    if at is not None:
        content = replace(content, occurred_at=content.occurred_at or at)
    check_listed(content, await unlisted_skus(program, [content]), ("order",))
    content = await _with_parties(actor, program, request, content)
    async with naming(engine, actor, program, content.member_id, request.coupon_codes, writes=False) as named:
        command = CommitOrder(
            program_id=program.id,
            actor=actor.credential,
            claim=None,
            order_id=uuid7(),
            content=with_coupons(content, named),
            named=named,
            chooses=request.coupon_codes is None,
            insists=False,
        )
        loaded = await load(engine.reads, engine.snapshots, [command], now=now)
        state = loaded.members.get(content.member_id) if content.member_id else None
        stored_id = loaded.order_ids.get((program.id, content.source, content.external_id))
        stored = loaded.orders[stored_id] if stored_id else None
        if stored is not None and actor.member_id not in {None, stored.member_id}:
            stored = None  # a member does not learn what others have bought
        situation = Situation(
            program,
            now,
            uuid7,
            loaded.members,
            stored,
            usages=loaded.usages,
            coupons=loaded.coupons.found,
            versions=loaded.coupons.versions,
            is_cut=bool(loaded.coupons.cut),
        )
        decision = decide(command, situation)
    after = decision.state or state
    tiers = [program.tier_by_id(standing.tier_id) for standing in after.standings.values()] if after else []
    if stored is None:
        order = decision.rows.orders[command.order_id]
        return Preview(order, decision.lines, decision.effects, tiers, decision.choice)
    lines = await models.OrderLine.filter(order_id=stored.id).order_by("ordinal")
    effects = await models.OrderEffect.filter(order_id=stored.id).order_by("ordinal")
    return Preview(stored, lines, effects, tiers)
