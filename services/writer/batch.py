"""One transaction of the writer: claim, ensure, lock, load, decide, write. The seventh step, commit, is the store's."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.commands import Command, EnrolMember, Mature, ReturnOrder
from domain.coupons import Coupon
from domain.decide import decide
from domain.decisions.situation import Decision, OrderRecord, Situation
from domain.members import PHONE_SOURCE, Identity, MemberState
from domain.orders import Order
from domain.refusals import Refusal
from domain.usage import Usage, UsageKey
from domain.values import replace
from services.hub import member_stream, program_stream, template_stream
from services.snapshots import Snapshots
from services.writer.answers import Answer, Outdated, PutOff, outcome_of, replayed
from services.writer.changed import add_changes
from services.writer.load import Loaded, load
from services.writer.load_coupons import wallet_ids
from services.writer.locks import lock
from services.writer.session import Changes, KeyClaim, Session, Unavailable

CodeHash = Callable[[UUID], bytes]
"""Returns the hash of the code of a new coupon, by the coupon's id: the code follows from the server's secret."""


@dataclass(slots=True)
class Result:
    """Answers in the order of the commands, and the streams to be woken once the batch is committed."""

    answers: list[Answer]
    wake: set[str] = field(default_factory=set)


async def run(
    session: Session,
    snapshots: Snapshots,
    commands: Sequence[Command],
    new_id: Callable[[], UUID],
    code_hash: CodeHash,
    *,
    waits: bool,
) -> Result:
    """Carry out `commands` in order. No two of them share a key, a wanted identity, an order's name or a coupon.

    Commands of a member whom somebody else has locked are put off, unless the batch `waits` for them.
    """
    batch = _Batch(commands, new_id)
    await batch.claim(session)
    active = [commands[index] for index in batch.active]
    await batch.ensure(session, active)
    locked = await lock(session, snapshots, active, waits=waits)
    batch.blocked = locked.blocked
    loaded = await load(session, snapshots, active)
    batch.check_owned(active, loaded)
    locked.check(loaded)
    batch.decide(loaded)
    await session.write(batch.changes(loaded, code_hash))
    return batch.result()


class _Batch:
    def __init__(self, commands: Sequence[Command], new_id: Callable[[], UUID]) -> None:
        self.commands = commands
        self.new_id = new_id
        self.answers: list[Answer | None] = [None] * len(commands)
        self.states: dict[UUID, MemberState] = {}
        self.orders: dict[UUID, Order] = {}
        self.usages: dict[UsageKey, Usage] = {}
        self.coupons: dict[UUID, Coupon] = {}
        self.wallets: dict[UUID, set[UUID]] = {}
        """Which of the coupons each member may have, by the member's id."""
        self.decisions: list[Decision] = []
        self.expired = Counter[UUID]()
        """How much of each lot expired in this batch, by lot id: the records of orders were loaded before."""
        self.outcomes: list[tuple[UUID, str, str, dict[str, Any]]] = []
        self.dropped_keys: list[tuple[UUID, str, str]] = []
        self.dropped_identities: list[tuple[UUID, str, str]] = []
        self.freed: set[tuple[UUID, str, str]] = set()
        """(program, source, external id) that a command of this batch gave up: free from the next batch on."""
        self.waiting: set[UUID] = set()
        """Members with a command that was put off; their later ones follow it."""
        self.blocked: set[UUID] = set()
        """Members whom somebody else has locked."""

    @property
    def active(self) -> list[int]:
        """Indexes of the commands that no stored outcome answers."""
        return [index for index, answer in enumerate(self.answers) if answer is None]

    # ── 1 claim ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def claim(self, session: Session) -> None:
        now = datetime.now(UTC)  # only dates the claim; decisions take the program's clock, read after the locks
        claims = sorted(
            (
                KeyClaim(command.program_id, command.claim.scope, command.claim.key, command.claim.hash, now)
                for command in self.commands
                if command.claim
            ),
            key=lambda claim: (claim.program_id, claim.scope, claim.key),
        )
        used = await session.claim(claims) if claims else {}
        for index, command in enumerate(self.commands):
            if command.claim:
                stored = used.get((command.program_id, command.claim.scope, command.claim.key))
                if stored:
                    self.answers[index] = replayed(stored, command.claim.hash)

    # ── 2 ensure ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def ensure(self, session: Session, active: Sequence[Command]) -> None:
        now = datetime.now(UTC)
        wanted = [
            Identity(self.new_id(), command.program_id, source, external_id, _member_of(command), now)
            for command in active
            for source, external_id in command.identities
        ]
        if wanted:
            await session.add_identities(sorted(wanted, key=lambda row: (row.program_id, row.source, row.external_id)))

    # ── 4 load ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def check_owned(self, active: Sequence[Command], loaded: Loaded) -> None:
        """Assert that each wanted identity has an owner, this command's member or another.

        It has none when its owner gave it up between `ensure`, which left it to them, and `load`.
        """
        for command in active:
            if any((command.program_id, *identity) not in loaded.owners for identity in command.identities):
                raise Unavailable("an identity was given up while the batch asked for it")

    # ── 5 decide ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def decide(self, loaded: Loaded) -> None:
        self.states = dict(loaded.members)
        self.orders = dict(loaded.orders)
        self.usages = dict(loaded.usages)
        self.coupons = dict(loaded.coupons.found)
        self.wallets = wallet_ids(self.coupons)
        for index in self.active:
            command = self.commands[index]
            if not self.blocked.isdisjoint(command.locks):
                self._take_back(index, command, PutOff(blocked=True), loaded)
                continue
            situation = self._situation(command, loaded)
            if self._must_wait(command, loaded):
                self._take_back(index, command, PutOff(), loaded)
                continue
            if isinstance(command, ReturnOrder) and situation.order and situation.order.member_id != command.member_id:
                self._take_back(index, command, Outdated(), loaded)
                continue
            if self._matured_first(command, situation, loaded):
                self._take_back(index, command, PutOff(), loaded)
                continue
            try:
                decision = decide(command, situation)
            except Refusal as refusal:
                self._take_back(index, command, refusal, loaded)
                continue
            assert loaded.usage_keys.keys() >= decision.rows.usages.keys(), "what is counted was locked and read"
            self._take(command, decision)
            self._remember(command, decision.outcome)
            self.answers[index] = outcome_of(decision.outcome, replayed=bool(decision.outcome.get("again")))

    def _matured_first(self, command: Command, situation: Situation, loaded: Loaded) -> bool:
        """Mature those members of the command who have more due lots than were loaded, in place of the command."""
        if isinstance(command, Mature):
            return False
        unfinished = [member_id for member_id, state in situation.states.items() if state.unfinished]
        for member_id in unfinished:
            first = Mature(program_id=command.program_id, actor="system", claim=None, member_id=member_id)
            self._take(first, decide(first, self._situation(first, loaded)))
        return bool(unfinished)

    def _must_wait(self, command: Command, loaded: Loaded) -> bool:
        """Whether the command follows one that was put off, or wants an identity that may be free after this batch."""
        if not self.waiting.isdisjoint(command.locks):
            return True
        wanted = [(command.program_id, *identity) for identity in command.identities]
        return any(identity in self.freed or loaded.owners.get(identity) in self.waiting for identity in wanted)

    def _take(self, command: Command, decision: Decision) -> None:
        """Let the decision stand: the commands after it see the member as it leaves them."""
        for state in decision.states:
            self.states[state.member.id] = state
        self.orders.update(decision.rows.orders)
        self.usages.update(decision.usages)
        self.usages.update(decision.rows.usages)
        for coupon in decision.rows.coupons.values():
            self.coupons[coupon.id] = coupon
            if coupon.member_id is not None:
                self.wallets.setdefault(coupon.member_id, set()).add(coupon.id)
        self.expired.update(decision.rows.expired())
        self.decisions.append(decision)
        self.dropped_identities += [(_member_of(command), source, ext) for source, ext in decision.freed]
        self.freed.update((command.program_id, *identity) for identity in decision.freed)

    def _situation(self, command: Command, loaded: Loaded) -> Situation:
        program_id = command.program_id
        order_id = loaded.order_ids.get((program_id, *command.order_name)) if command.order_name else None
        order = self.orders[order_id] if order_id else None
        owners = {
            identity: loaded.owners[program_id, *identity]
            for identity in command.identities
            if (program_id, *identity) in loaded.owners
        }
        occasion = loaded.occasions.named.get((program_id, *command.occasion_name)) if command.occasion_name else None
        return Situation(
            program=loaded.programs[program_id],
            now=loaded.now[program_id],
            new_id=self.new_id,
            states=self._states(command),
            order=order,
            order_entries=loaded.order_entries.get(order.id, ()) if order else (),
            record=self._record(order.id, loaded) if order else None,
            orders=self.orders,
            usages=self.usages,
            coupons=self._coupons(command, order, loaded),
            versions=loaded.coupons.versions,
            is_cut=not loaded.coupons.cut.isdisjoint(command.locks),
            owners=owners,
            identities=loaded.identities.get(command.locks[0], ()) if command.locks else (),
            occasion=occasion,
            occasion_entries=loaded.occasions.posted.get(occasion.transfer_id, ())
            if occasion and occasion.transfer_id
            else (),
            original=loaded.originals.get(command.original) if command.original else None,
        )

    def _coupons(self, command: Command, order: Order | None, loaded: Loaded) -> dict[UUID, Coupon]:
        """Return the coupons that a command may look at, as the commands before this one leave them."""
        if not self.coupons:
            return {}
        ids = set(command.coupons)
        for member_id in command.locks:
            ids |= self.wallets.get(member_id, set())
        if order is not None:
            ids |= loaded.coupons.of_orders.get(order.id, set())
        return {coupon_id: self.coupons[coupon_id] for coupon_id in sorted(ids & self.coupons.keys())}

    def _record(self, order_id: UUID, loaded: Loaded) -> OrderRecord | None:
        """Return what is on record of an order as the commands before this one leave it."""
        record = loaded.records.get(order_id)
        return replace(record, expired=self.expired + Counter(record.expired)) if record else None

    def _states(self, command: Command) -> dict[UUID, MemberState]:
        """Return the members as the commands before this one leave them; one of another program is not found."""
        found = {member_id: self.states.get(member_id) for member_id in command.locks}
        return {
            member_id: state
            for member_id, state in found.items()
            if state and state.member.program_id == command.program_id
        }

    def _take_back(self, index: int, command: Command, answer: Refusal | PutOff | Outdated, loaded: Loaded) -> None:
        """Give back what the command had claimed; remember a refusal under its key."""
        self.answers[index] = answer
        program_id = command.program_id
        state = self._states(command).get(_member_of(command)) if command.identities else None
        for source, external_id in command.identities:
            own = loaded.owners.get((program_id, source, external_id)) == _member_of(command)
            if own and not (state and (source, external_id) == (PHONE_SOURCE, state.member.claimed_phone)):
                self.dropped_identities.append((_member_of(command), source, external_id))
        if isinstance(answer, Refusal):
            self._remember(command, {"refusal": answer.record()})
            return
        if command.claim:
            self.dropped_keys.append((program_id, command.claim.scope, command.claim.key))
        self.waiting.update(command.locks)

    def _remember(self, command: Command, outcome: dict[str, Any]) -> None:
        if command.claim:
            self.outcomes.append((command.program_id, command.claim.scope, command.claim.key, outcome))

    # ── 6 write ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def changes(self, loaded: Loaded, code_hash: CodeHash) -> Changes:
        coupons = {
            coupon.id: coupon if coupon.id in loaded.coupons.found else replace(coupon, code_hash=code_hash(coupon.id))
            for coupon in self.coupons.values()
        }
        changes = Changes(
            outcomes=self.outcomes, dropped_keys=self.dropped_keys, dropped_identities=self.dropped_identities
        )
        add_changes(changes, loaded, self.states, self.orders, self.usages, coupons, self.decisions)
        return changes

    def result(self) -> Result:
        """Return the answers, and the streams that got events."""
        events = [event for decision in self.decisions for event in decision.rows.events]
        wake = {member_stream(event.program_id, event.member_id) for event in events}
        wake |= {program_stream(event.program_id) for event in events}
        wake |= {template_stream(*key) for decision in self.decisions for key in decision.rows.tallies}
        return Result([answer for answer in self.answers if answer is not None], wake)


def _member_of(command: Command) -> UUID:
    return command.member_id if isinstance(command, EnrolMember) else command.locks[0]
