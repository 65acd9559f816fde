"""What a program says: its assets and their terms, its tiers, what an order earns, what a top-up brings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SHANGHAI = timedelta(hours=8)
DAY = timedelta(days=1)
TIERS = [("MEMBER", 0, 10), ("SILVER", 1_000_00, 11), ("GOLD", 5_000_00, 12), ("DIAMOND", 20_000_00, 20)]
"""Code, threshold in fen, and tenths of the factor on points."""
SCALES = {"POINTS": 0, "TIER": 2, "VALUE": 2, "STARS": 0}
WORTH = {"POINTS": 1, "VALUE": 1, "STARS": 10}
"""How many fen one minor unit pays at checkout."""
PAYING = ("POINTS", "VALUE", "STARS")
MONEY = "VALUE"
FEN_PER_STAR = 300
NO_LIMIT = 2**62 - 1
LADDER = [(20_00, 5_00, 0), (100_00, 0, 12_50)]
"""Steps of top-ups: from so many fen on, so many fen on top, or so many hundredths of a percent."""
RATES = {("POINTS", "VALUE"): (100, 1_00, 50), ("VALUE", "POINTS"): (50, 30, 5), ("STARS", "TIER"): (1, 2_50, 1)}
"""So much of one asset gives so much of the other, in whole steps of so much."""


@dataclass
class Terms:
    """How long value lasts, in days or months, from which instant; how many days it waits; what a shortfall does."""

    days: int = 0
    months: int = 0
    start: str = "RECORDED"
    pending_days: int = 0
    shortfall: str = "REFUSE"
    debt_limit: int = 0
    grace_days: int = 30
    bonus_first: bool = True
    """Whether a payment uses bonus before principal."""
    bonus_cap: int = 100
    """How many percent of a payment the bonus may pay."""

    def waits_until(self, now: datetime) -> datetime | None:
        """Return until when value given now is pending."""
        return now + self.pending_days * DAY if self.pending_days else None

    def end(self, occurred: datetime, now: datetime) -> datetime | None:
        """Return when value given now expires, for what happened then; None when it does not."""
        starts = {"OCCURRED": occurred, "RECORDED": now, "RELEASED": self.waits_until(now) or now}
        start = starts[self.start]
        if self.days:
            return start + self.days * DAY
        if not self.months:
            return None
        local = start + SHANGHAI
        month = local.month - 1 + self.months
        year, month = local.year + month // 12, month % 12 + 1
        day = local.day
        while True:
            try:
                return local.replace(year=year, month=month, day=day) - SHANGHAI
            except ValueError:  # 31 April
                day -= 1

    def over(self, occurred: datetime, now: datetime) -> bool:
        """Whether value given now, for what happened then, would be born expired."""
        end = self.end(occurred, now)
        return end is not None and end <= now
