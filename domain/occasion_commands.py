"""What callers ask of the writer about occasions and marks: behaviour events, days of schedules, tags."""

from datetime import date, datetime
from uuid import UUID

from domain.commands import Command
from domain.values import keyword_value


@keyword_value
class RecordEvent(Command):
    """Record what a member did, and give what campaigns give for it."""

    member_id: UUID
    code: str
    attributes: tuple[tuple[str, str], ...] = ()
    """Sorted by key, each key once."""
    occurred_at: datetime | None = None
    """When it happened; None for when it is recorded."""
    name: tuple[str, str] | None = None
    """(source, external id) under which it is recorded once for ever."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def occasion_name(self) -> tuple[str, str] | None:
        """The event's."""
        return self.name


@keyword_value
class RunSchedule(Command):
    """Give a member what a campaign gives on one day of its schedule, due at `due_at`."""

    campaign_id: UUID
    member_id: UUID
    day: date
    due_at: datetime

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)


@keyword_value
class TagMember(Command):
    """Set tags on a member, and take others away."""

    member_id: UUID
    add: tuple[str, ...]
    remove: tuple[str, ...]

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)
