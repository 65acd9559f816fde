"""Two things compared, and what databases store as it was."""

import json
from datetime import datetime
from functools import lru_cache
from itertools import zip_longest
from typing import Any


def same(found: Any, expected: Any) -> None:
    """Assert that both are the same, or tell what differs."""
    if found != expected:
        raise AssertionError("\n".join(["Found, and expected:", *differences(found, expected)]))


def differences(found: Any, expected: Any, at: tuple[Any, ...] = ()) -> list[str]:
    """Return what differs, by where it is."""
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = [key for key in {**found, **expected} if found.get(key) != expected.get(key)]
        return [line for key in keys for line in differences(found.get(key), expected.get(key), (*at, key))]
    if isinstance(found, list) and isinstance(expected, list):
        pairs = enumerate(zip_longest(found, expected))
        return [f"{(*at, index)}: {one}, {other}" for index, (one, other) in pairs if one != other]
    return [f"{at}: {found}, {expected}"]


def loaded(stored: Any) -> Any:
    """Return stored JSON as it was."""
    return json.loads(stored) if isinstance(stored, str) else stored


@lru_cache(maxsize=4096)
def _parsed(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def at(instant: Any) -> datetime | None:
    return _parsed(instant) if isinstance(instant, str) else instant
