"""Interleaved rounds: what is measured and its limits take turns, so that a busy machine is busy for all of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Round = Callable[[], Awaitable["Rate"]]


@dataclass(frozen=True, slots=True)
class Rate:
    """Operations per second in one round; latencies in milliseconds where they were taken; other facts by name."""

    per_second: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several rounds, and their ends."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of `values`."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Goal:
    """What a case should reach: at least so much of the limit `of`, or without one, so many per second."""

    at_least: float
    of: str | None = None


@dataclass(slots=True)
class Case:
    """One thing that is measured, and the limits beside which it is measured."""

    suite: str
    database: str
    name: str
    run: Round
    limits: Mapping[str, Round] = field(default_factory=dict)
    goal: Goal | None = None
    rates: list[Rate] = field(default_factory=list)
    limit_rates: dict[str, list[Rate]] = field(default_factory=dict)

    @property
    def rate(self) -> Spread:
        """Operations per second."""
        return Spread.of([rate.per_second for rate in self.rates])

    def limit(self, name: str) -> Spread:
        """Operations per second of a limit."""
        return Spread.of([rate.per_second for rate in self.limit_rates[name]])

    def ratio(self, name: str) -> Spread:
        """Ratios to a limit, each taken within its round."""
        pairs = zip(self.rates, self.limit_rates[name], strict=True)
        return Spread.of([rate.per_second / limit.per_second for rate, limit in pairs])

    @property
    def median_round(self) -> Rate:
        """The round whose rate is the median, or just above it."""
        ranked = sorted(self.rates, key=lambda rate: rate.per_second)
        return ranked[len(ranked) // 2]

    @property
    def reached(self) -> bool | None:
        """Whether the median reaches the goal; None without one."""
        if self.goal is None:
            return None
        found = self.rate if self.goal.of is None else self.ratio(self.goal.of)
        return found.median >= self.goal.at_least

    def record(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "suite": self.suite,
            "database": self.database,
            "case": self.name,
            "perSecond": [round(rate.per_second, 1) for rate in self.rates],
            "p50Ms": [rate.p50_ms for rate in self.rates],
            "p99Ms": [rate.p99_ms for rate in self.rates],
            "facts": [rate.facts for rate in self.rates],
            "limits": {
                name: {
                    "perSecond": [round(rate.per_second, 1) for rate in rates],
                    "ratio": round(self.ratio(name).median, 3),
                }
                for name, rates in self.limit_rates.items()
            },
            "goal": None if self.goal is None else {"atLeast": self.goal.at_least, "of": self.goal.of},
            "reached": self.reached,
        }


async def interleave(cases: Sequence[Case], rounds: int, tell: Callable[[str], None]) -> None:
    """Run every case and its limits once a round. Limits that two cases share are run for each of them."""
    for number in range(1, rounds + 1):
        for case in cases:
            tell(f"{case.suite} · {case.database} · {case.name} · round {number} of {rounds}")
            case.rates.append(await case.run())
            for name, limit in case.limits.items():
                case.limit_rates.setdefault(name, []).append(await limit())
