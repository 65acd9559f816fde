"""Who is calling, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What sort of caller it is."""

    ANONYMOUS = "ANONYMOUS"
    MEMBER = "MEMBER"
    API_KEY = "API_KEY"
    SYSTEM = "SYSTEM"


class Scope(StrEnum):
    """What a credential may do; an API key carries a set of them."""

    PROGRAM_READ = "program:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    BALANCES_ADJUST = "balances:adjust"
    BALANCES_SPEND = "balances:spend"
    EVENTS_WRITE = "events:write"
    VALUE_WRITE = "value:write"
    REPORTS_READ = "reports:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_APPROVE = "campaigns:approve"
    COUPONS_READ = "coupons:read"
    COUPONS_WRITE = "coupons:write"


ALL_SCOPES = frozenset(Scope)

SYSTEM = "system"
"""Who acts in the ledger when nobody asked: what fell due."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller within one program. `credential` names the key or member in idempotency scopes and in the ledger."""

    kind: ActorKind
    program_id: UUID | None = None
    member_id: UUID | None = None
    credential: str = ""
    scopes: frozenset[Scope] = frozenset()
    expires_at: float | None = None
    """Unix seconds at which the credential ends; None when it does not."""

    def may(self, scope: Scope) -> bool:
        """Whether the actor holds `scope`."""
        return scope in self.scopes


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
