"""Seals: the chain of blocks over a program's transfers. Insert only; triggers refuse anything else."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Seal(Model):
    """One block, keyed by (program, number): which transfers it covers, and its hash over them and the block before.

    It ends with the transfer `last_id`, at `last_order` of the program's commit order: see ADR 13.
    """

    program_id = fields.UUIDField()
    number = fields.BigIntField(primary_key=True, generated=False)
    transfers = fields.IntField()
    last_order = fields.BigIntField()
    last_id = fields.UUIDField()
    previous_hash = fields.BinaryField()
    hash = fields.BinaryField()
    contents = fields.BinaryField()
    sealed_at = columns.instant()

    class Meta:
        table = "seal"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seal) and (self.program_id, self.number) == (other.program_id, other.number)

    def __hash__(self) -> int:
        return hash((self.program_id, self.number))
