"""Making loaders: many keys with one query. Nothing is kept from one query to the next."""

from typing import Any

from strawberry.dataloader import DataLoader

BATCH_MAX = 100
"""Keys of which each makes a part of the statement; SQLite takes no more than 500 parts of a union."""


def loader(load: Any) -> Any:
    """Return a loader of any number of keys at a time."""
    return DataLoader(load_fn=load, cache=False)


def bounded(load: Any) -> Any:
    """Return a loader of keys of which each makes the statement longer."""
    return DataLoader(load_fn=load, cache=False, max_batch_size=BATCH_MAX)
