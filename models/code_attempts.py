"""Failed attempts at codes."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class CodeAttempt(Model):
    """How often somebody gave codes that are none, within one stretch of time."""

    id = columns.key()
    program_id = fields.UUIDField()
    who = fields.CharField(max_length=80)
    window_start = columns.instant()
    failures = fields.IntField()

    class Meta:
        table = "code_attempt"
        unique_together = (("program_id", "who", "window_start"),)
