"""From a bearer credential to an actor: API keys, and short-lived member tokens.

A key is `hy_<key id>_<secret>`; of its 160-bit secret the database has only the SHA-256, which is enough for a secret
that nobody can guess. A member token is a JWT signed with the server's key.
"""

import hashlib
import hmac
import re
import secrets
import time
from base64 import b32encode
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from uuid_utils.compat import uuid7

import models
from domain.instants import NEVER
from domain.members import MemberKind
from domain.refusals import InvalidInput, NotFound
from services.actors import ALL_SCOPES, Actor, ActorKind, Scope
from services.transaction import transaction

KEY_PREFIX = "hy"
SECRET_BYTES = 20
NAMED_MIN = 8
"""Digits of its id that may name a key: they stand for the minute in which it was made. Fewer would name too much."""
KEY = re.compile(rf"{KEY_PREFIX}_([0-9a-f]{{32}})_([a-z2-7]{{32}})")
"""A key has one spelling: what is revoked, cached or found in a log is then known by its text."""
KEY_DIGITS = re.compile(rf"[0-9a-f]{{{NAMED_MIN},32}}")
CACHE_SECONDS = 1.0
"""How long a checked credential is trusted without asking the database: a revocation takes this long to be seen."""
CACHE_MAX = 10_000
TOKEN_MAX = 4_096
ALGORITHM = "HS256"
ISSUER = "huiyuan"


class BadCredentialError(Exception):
    """The credential is malformed, unknown, expired or revoked; the caller is not told which."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as shown once."""

    id: UUID
    key: str
    scopes: frozenset[Scope]


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def create_key(
    program_id: UUID, *, name: str, scopes: frozenset[Scope], now: datetime, expires_at: datetime = NEVER
) -> NewKey:
    """Make an API key of a program and return it with its secret, which is not stored."""
    key_id = uuid7()
    secret = b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()
    async with transaction():
        await models.ApiKey.create(
            id=key_id,
            program_id=program_id,
            name=name,
            secret_hash=_hashed(secret),
            scopes=sorted(scopes),
            created_at=now,
            expires_at=expires_at,
        )
    return NewKey(key_id, f"{key_name(key_id)}_{secret}", scopes)


async def replace_key(program_id: UUID, *, name: str, scopes: frozenset[Scope], now: datetime) -> NewKey:
    """Make an API key and revoke those of the program that have its name, as nobody is to have them any more."""
    async with transaction():
        await models.ApiKey.filter(program_id=program_id, name=name, revoked_at__isnull=True).update(revoked_at=now)
        return await create_key(program_id, name=name, scopes=scopes, now=now)


def key_name(key_id: UUID) -> str:
    """Return what stands before the secret in a key: `hy_<key id>`. It is no secret, and names the key."""
    return f"{KEY_PREFIX}_{key_id.hex}"


async def list_keys(
    program: models.Program | None, *, now: datetime, with_ended: bool, limit: int
) -> list[models.ApiKey]:
    """Return keys, the newest first: of one program or of all, those that are good, or the revoked and expired too."""
    keys = models.ApiKey.filter(program_id=program.id) if program else models.ApiKey.all()
    if not with_ended:
        keys = keys.filter(revoked_at__isnull=True, expires_at__gt=now)
    return await keys.order_by("-created_at", "-id").limit(limit)


async def key_by_name(text: str, program: models.Program | None) -> models.ApiKey:
    """Return the key, of one program or of all, that is named by its id, the beginning of it, or the key itself.

    Raises `InvalidInput` for what can name no key or several, and `NotFound`.
    """
    digits = text.strip().lower().removeprefix(f"{KEY_PREFIX}_").partition("_")[0]  # never the secret, also in messages
    if not KEY_DIGITS.fullmatch(digits):
        raise InvalidInput(
            f"A key is named by its id, {KEY_PREFIX}_ and 32 hexadecimal digits, or the first {NAMED_MIN} of them or "
            "more.",
            field=("key",),
        )
    first, last = UUID(hex=digits.ljust(32, "0")), UUID(hex=digits.ljust(32, "f"))
    keys = models.ApiKey.filter(id__gte=first, id__lte=last)
    found = await (keys.filter(program_id=program.id) if program else keys).limit(2)
    if not found:
        of_program = f" of the program {program.code}" if program else ""
        raise NotFound(f"There is no key {KEY_PREFIX}_{digits}{of_program}.", field=("key",))
    if len(found) > 1:
        raise InvalidInput(f"Several keys begin with {KEY_PREFIX}_{digits}; name more of the id.", field=("key",))
    return found[0]


async def revoke_key(key_id: UUID, *, now: datetime) -> datetime:
    """Revoke a key and return since when it is revoked, which is earlier than `now` when it was before."""
    async with transaction():
        await models.ApiKey.filter(id=key_id, revoked_at__isnull=True).update(revoked_at=now)
        revoked_at = (await models.ApiKey.get(id=key_id)).revoked_at
    assert revoked_at is not None, "it was set if it was not"
    return revoked_at


def member_token(secret_key: str, *, program_id: UUID, member_id: UUID, lifetime_seconds: int) -> str:
    """Return an access token of a member, good for `lifetime_seconds`."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": member_id.hex,
        "program": program_id.hex,
        "iat": now,
        "exp": now + lifetime_seconds,
    }
    return jwt.encode({"alg": ALGORITHM}, claims, OctKey.import_key(secret_key))


class Credentials:
    """Checks credentials, remembering what it checked for a second."""

    def __init__(self, secret_key: str) -> None:
        self._key = OctKey.import_key(secret_key)
        self._checked: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    async def actor(self, authorization: str) -> Actor:
        """Return who sends this `Authorization` value. Raises `BadCredentialError`."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > TOKEN_MAX:
            raise BadCredentialError
        kept = self._checked.get(token)
        if kept and time.monotonic() - kept[0] < CACHE_SECONDS and not _over(kept[1]):
            return kept[1]
        actor = await self._key_actor(token) if token.startswith(f"{KEY_PREFIX}_") else await self._member_actor(token)
        self._checked[token] = (time.monotonic(), actor)
        self._checked.move_to_end(token)
        if len(self._checked) > CACHE_MAX:
            self._checked.popitem(last=False)
        return actor

    async def _key_actor(self, token: str) -> Actor:
        spelled = KEY.fullmatch(token)
        if spelled is None:
            raise BadCredentialError
        key_id, secret = spelled.groups()
        row = await models.ApiKey.get_or_none(id=UUID(hex=key_id))
        if row is None or row.revoked_at is not None or not hmac.compare_digest(_hashed(secret), row.secret_hash):
            raise BadCredentialError
        expires_at = None if row.expires_at >= NEVER else row.expires_at.timestamp()
        actor = Actor(
            kind=ActorKind.API_KEY,
            program_id=row.program_id,
            credential=f"key:{row.id.hex}",
            scopes=frozenset(Scope(scope) for scope in row.scopes if scope in ALL_SCOPES),
            expires_at=expires_at,
        )
        if _over(actor):
            raise BadCredentialError
        return actor

    async def _member_actor(self, token: str) -> Actor:
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(iss={"essential": True, "value": ISSUER}, exp={"essential": True}).validate(claims)
            member_id, program_id = UUID(hex=claims["sub"]), UUID(hex=claims["program"])
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise BadCredentialError from None
        holders = models.Member.filter(id=member_id, program_id=program_id).exclude(kind=MemberKind.GIFT_CARD.value)
        if not await holders.exists():
            raise BadCredentialError
        return Actor(
            kind=ActorKind.MEMBER,
            program_id=program_id,
            member_id=member_id,
            credential=f"member:{member_id.hex}",
            expires_at=float(claims["exp"]),
        )


def _over(actor: Actor) -> bool:
    return actor.expires_at is not None and actor.expires_at <= time.time()
