"""`huiyuan demo`."""

import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Annotated, Any
from uuid import uuid4

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from app import demo as shop
from app import demo_campaigns, demo_coupons
from app.cli.database import engine, named
from app.cli.output import STDERR, CommandError, run, signing_secret
from app.cli.serve import Host, Port, check_address, check_bus, listen
from app.demo import Purchase
from app.opening import collect_seldom, held
from app.settings import Settings, settings
from services.actors import ALL_SCOPES, Actor
from services.engine import Engine
from services.members import MemberRef

TOKEN_SECONDS = 30 * 24 * 3600
KEY_NAME = "huiyuan demo"
"""Which key is the demo's: a start revokes that of the start before, which cannot be printed again."""

MUTATION = """mutation ($input: OrderCommitInput!) { orderCommit(input: $input) {
  order { id payable effects { explanation { text } } }
  member { name balance { available } standing { tier { name } } }
  userErrors { ... on UserError { code message field } } } }"""

PREVIEW = """query ($input: OrderPreviewInput!) { orderPreview(input: $input) {
  order { payable discountTotal effects { explanation { text } } notApplied { message remedy } }
  userErrors { ... on UserError { code message field } } } }"""

COUNTERS = """subscription ($code: String!) { couponCounters(template: { code: $code }) {
  issued claimed held used left discount revenue } }"""

SUBSCRIPTION = """subscription { memberEvents { position kind occurredAt
  ... on OrderCommitted { order { externalId payable } }
  ... on BalanceChanged { change balance { available } asset { code } entry { explanation { text } } }
  ... on CouponEvent { coupon { template { name } state } }
  ... on TierChanged { to { name } } } }"""


@dataclass(frozen=True, slots=True)
class Show:
    """What the demo shows: who may look, whom to watch, and what is still to come.

    Of what comes, `left` are of the data set; the purchases after those are repetitions, without an end.
    """

    actor: Actor
    key: str
    token: str
    number: str
    name: str
    code: str
    """Of a coupon of theirs."""
    coming: Iterator[Purchase]
    left: int
    total: int


def demo(
    host: Host = None,
    port: Port = None,
    pace: Annotated[
        float, typer.Option(metavar="NUMBER", min=0.01, max=1000, help="Orders per second in the live part.")
    ] = 1.0,
) -> None:
    """Load fifteen months of a record shop's orders, then serve while its last three months happen live.

    After those the last three months are repeated on later days, for as long as the demo runs. The database is
    brought up to date at start. Stopped and started again, the demo goes on where it was, with a new key: that of the
    start before is revoked.
    """
    chosen = settings()
    if chosen.is_production:
        raise CommandError("The demo is for development; HUIYUAN_ENV is production.")
    check_bus(chosen)
    signing_secret(chosen)
    from app.server import create_app  # noqa: PLC0415  (no other command pays for building the contract)

    with held(named(chosen)):
        check_address(host or chosen.host, port or chosen.port)
        show = run(prepare(chosen))
        present(show, address(host or chosen.host, port or chosen.port))

        async def replay(opened: Engine) -> None:
            await shop.replay(opened, show.actor, show.coming, per_second=pace, say=STDERR.print)

        application = create_app(chosen, background=(replay,))
        collect_seldom()
        listen(application, chosen, host=host, port=port)


async def prepare(chosen: Settings) -> Show:
    """Load what is to be there when the server starts. Raises `DemoError`."""
    from services import coupons, credentials  # noqa: PLC0415  (signatures take a fifth of a second to import)

    found = shop.purchases()
    past, live = shop.parted(found)
    async with engine(named(chosen), secret_key=chosen.secret_key, migrates=True) as opened:
        program = await shop.program(found[0].at)
        actor = shop.actor_of(program.id)
        todo = await shop.missing(actor, past)
        with bar() if todo and STDERR.is_terminal else nullcontext() as shown:
            task = shown.add_task("Loading orders", total=len(todo)) if shown else None

            def progress(done: int) -> None:
                if shown and task is not None:
                    shown.update(task, completed=done)

            await shop.load(opened, actor, todo, progress)
        # From the clock's instant on: whoever orders before the first live purchase has the campaigns, too.
        await demo_campaigns.publish(opened, actor, past[-1].at)
        left = await shop.missing(actor, found)
        coming = chain(left, await shop.still_repeated(actor, live))
        ahead = list(islice(coming, len(live)))
        member = await shop.member_of(actor, shop.soon(ahead))
        ref = MemberRef(id=member.id)
        coupon = await demo_coupons.mail(opened, actor, ref, key=f"demo:shown:{uuid4()}")
        key = await credentials.replace_key(program.id, name=KEY_NAME, scopes=ALL_SCOPES, now=datetime.now(UTC))
        token = credentials.member_token(
            chosen.secret_key, program_id=program.id, member_id=member.id, lifetime_seconds=TOKEN_SECONDS
        )
        return Show(
            actor,
            key.key,
            token,
            number=member.number,
            name=member.name or member.number,
            code=coupons.code_of(opened, coupon, {}) or "",
            coming=chain(ahead, coming),
            left=len(left),
            total=len(found),
        )


def bar() -> Progress:
    """Return the bar that is shown while orders are loaded."""
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=STDERR, transient=True)


def address(host: str, port: int) -> str:
    """Return the URL at which this machine's browser reaches the server."""
    name = "localhost" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104  (recognised, not bound)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def present(show: Show, url: str) -> None:
    """Print where to look and what to paste. Nothing is wrapped, so that it can be copied whole."""
    console = Console(highlight=False, soft_wrap=True)
    for title, value in (
        ("Live page", f"{url}/#token={show.key}"),
        ("GraphiQL", f"{url}/graphql#token={show.key}"),
        ("API key", show.key),
        (f"Member {show.number} ({show.name})", show.token),
        (f"Coupon codes: one for everybody, and one of {show.name}", f"{demo_coupons.SPRING}  {show.code}"),
        (
            "Preview an order of this member with the first code",
            curl(url, show.key, PREVIEW, {"input": previewed(show)}),
        ),
        ("Commit an order for this member", curl(url, show.key, MUTATION, {"input": order(show)})),
        ("Watch this member; the next purchase comes soon", curl(url, show.token, SUBSCRIPTION, {}, stream=True)),
        (
            f"Watch the coupons of {demo_coupons.MAILING}; the live page shows all templates",
            curl(url, show.key, COUNTERS, {"code": demo_coupons.MAILING}, stream=True),
        ),
    ):
        console.print(Text(title, style="bold"))
        console.print(Text(value), end="\n\n")
    if show.left:
        outlook = f"{show.left:,} orders are still to come; after them the last three months are repeated."
    else:
        outlook = f"All {show.total:,} orders have come; now the last three months are repeated, on later days."
    console.print(f"{outlook} Ctrl+C stops the demo; the next start goes on here.")


def order(show: Show) -> dict[str, Any]:
    """Return the input of a commit that no earlier start of the demo has made."""
    name = f"till-{uuid4().hex[:8]}"
    return {
        "idempotencyKey": name,
        "order": {
            "source": "till",
            "externalId": name,
            "member": {"number": show.number},
            "lines": [{"ref": "1", "sku": "CD", "quantity": 2, "unitPrice": "14.99"}],
        },
    }


def previewed(show: Show) -> dict[str, Any]:
    """Return the input of a preview of such an order with a code."""
    return {"order": order(show)["order"] | {"couponCodes": [demo_coupons.SPRING]}}


def curl(url: str, credential: str, document: str, variables: dict[str, Any], *, stream: bool = False) -> str:
    """Return a command that sends a document to the API."""
    body = {"query": " ".join(document.split())} | ({"variables": variables} if variables else {})
    parts = ["curl", "-sN" if stream else "-s", f"{url}/graphql"]
    for header in (
        "content-type: application/json",
        *(["accept: text/event-stream"] if stream else []),
        f"authorization: Bearer {credential}",
    ):
        parts += ["-H", header]
    return shlex.join([*parts, "-d", orjson.dumps(body).decode()])
