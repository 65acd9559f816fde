"""Cursors of event streams. Each names its stream, its epoch and its place, so that a wrong one never passes."""

from uuid import UUID

from schema import ids
from schema.errors import PublicError, RequestErrorCode
from schema.scalars import Cursor
from services.events import ProgramCursor

PARTS = 3
CHECK = 4
PROGRAM_PARTS = 5
DIGITS_MAX = len(str(ids.NUMBER_MAX))


def member_cursor(epoch: int, member_id: UUID, position: int) -> Cursor:
    """Return `<epoch>-<position>-<check>`; the check is the end of the member's id."""
    return Cursor(f"{epoch}-{position}-{_check(member_id)}")


def member_position(cursor: str, epoch: int, member_id: UUID) -> int:
    """Return the position. Raises BAD_REQUEST for a cursor of another stream, CURSOR_EXPIRED for an old epoch."""
    parts = cursor.split("-")
    if len(parts) != PARTS or parts[2] != _check(member_id):
        raise bad_cursor()
    found, position = _number(parts[0]), _number(parts[1])
    if found != epoch:
        raise expired()
    return position


def program_cursor(epoch: int, program_id: UUID, cursor: ProgramCursor) -> Cursor:
    """Return `p<epoch>-<commit order>-<member>-<position>-<check>`; the check is the end of the program's id."""
    member = ids.text_of(cursor.member_id)
    return Cursor(f"p{epoch}-{cursor.commit_order}-{member}-{cursor.position}-{_check(program_id)}")


def program_place(cursor: str, epoch: int, program_id: UUID) -> ProgramCursor:
    """Return the place. Raises BAD_REQUEST for a cursor of another stream, CURSOR_EXPIRED for an old epoch."""
    parts = cursor.removeprefix("p").split("-")
    member_id = ids.decode("x", f"x_{parts[2]}") if len(parts) == PROGRAM_PARTS else None
    if member_id is None or not cursor.startswith("p") or parts[4] != _check(program_id):
        raise bad_cursor()
    found, place = _number(parts[0]), ProgramCursor(_number(parts[1]), member_id, _number(parts[3]))
    if found != epoch:
        raise expired()
    return place


def bad_cursor() -> PublicError:
    """Return the error for a cursor that this stream did not give."""
    return PublicError(RequestErrorCode.BAD_REQUEST, "`after` is not a cursor of this stream.", field=["after"])


def expired() -> PublicError:
    """Return the error for a cursor of another time line, as after a restore from a backup."""
    return PublicError(
        RequestErrorCode.CURSOR_EXPIRED,
        "The cursor is from before a restore. Read anew what you keep: a member with its `position`, from which its "
        "stream goes on; a program's stream goes on without `after`.",
    )


def _check(key: UUID) -> str:
    return ids.text_of(key)[-CHECK:]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX and int(text) < ids.NUMBER_MAX):
        raise bad_cursor()
    return int(text)
