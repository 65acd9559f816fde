"""Seals: a program's transfers in blocks, each chained to the one before it by its hash."""

import hashlib
from datetime import datetime
from uuid import UUID

from domain.values import value

FINGERPRINT = 8
"""Bytes of a transfer's hash that a seal keeps beside its id: enough to name the one that was changed."""
LEAF = 16 + FINGERPRINT
"""Bytes that a seal keeps of each transfer."""


@value
class Seal:
    """A block: `transfers` in number, the last of them `last_id` at `last_order`.

    `contents` is the id and the beginning of the hash of each, in their order. It serves to name the row that was
    changed; what proves that none was is `hash`.
    """

    program_id: UUID
    number: int
    transfers: int
    last_order: int
    last_id: UUID
    previous_hash: bytes
    hash: bytes
    contents: bytes
    sealed_at: datetime


def beginning(program_id: UUID) -> bytes:
    """Return what stands for the hash of a block before the first: a chain belongs to its program."""
    return hashlib.sha256(program_id.bytes).digest()


class BlockHash:
    """The SHA-256 of a block, fed with its transfers in the order of their commits.

    What is hashed has a fixed length throughout: the 32 bytes of the previous block's hash, the block's number in 8
    bytes (big-endian), and for each transfer the 16 bytes of its id and the 32 of its hash.
    """

    def __init__(self, previous_hash: bytes, number: int) -> None:
        self._sha256 = hashlib.sha256(previous_hash + number.to_bytes(8, "big", signed=True))

    def add(self, pairs: bytes) -> None:
        """Take in ids and hashes, one after the other."""
        self._sha256.update(pairs)

    def digest(self) -> bytes:
        """Return the hash over what was taken in so far."""
        return self._sha256.digest()


def leaf(transfer_id: bytes, transfer_hash: bytes) -> bytes:
    """Return what a seal keeps of a transfer."""
    return transfer_id + transfer_hash[:FINGERPRINT]
