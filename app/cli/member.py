"""`huiyuan member …`."""

from typing import Annotated

import typer

from app.cli.database import named, rows
from app.cli.output import CommandError, Json, OnlyProgramCode, run, signing_secret, write, write_json
from app.settings import settings
from domain import checks
from domain.members import refuse_bearer
from domain.refusals import NotFound
from services import programs, visible
from services.actors import Actor, ActorKind

app = typer.Typer(name="member", help="Act for a member.", no_args_is_help=True)

LIFETIME_SECONDS = 24 * 3600


@app.command()
def token(
    member: Annotated[str, typer.Option(metavar="NUMBER", help="The member's number.")],
    program: OnlyProgramCode = None,
    json: Json = False,
) -> None:
    """Print an access token of a member, good for a day. For development: in production members sign in."""
    from services import credentials  # noqa: PLC0415  (its signatures take a fifth of a second to import)

    chosen = settings()
    if chosen.is_production:
        raise CommandError("Member tokens are made by hand in development only; HUIYUAN_ENV is production.")
    secret = signing_secret(chosen)
    number = checks.text(member, ("member",), checks.CODE_MAX)

    async def work() -> str:
        async with rows(named(chosen)):
            owner = await programs.only_or_by_code(program)
            found = await visible.members(Actor(ActorKind.SYSTEM, owner.id)).get_or_none(number=number)
            if found is None:
                raise NotFound(f"The program {owner.code} has no member {number}.")
            refuse_bearer(found.kind, ("member",))
            return credentials.member_token(
                secret, program_id=owner.id, member_id=found.id, lifetime_seconds=LIFETIME_SECONDS
            )

    made = run(work())
    if json:
        write_json({"token": made})
    else:
        write(made)
