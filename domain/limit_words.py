"""How the limits and budgets of campaigns and coupons are told, with their numbers."""

from domain.conditions.wording import counted
from domain.program import CampaignVersion, Program
from domain.usage import Reached

SAID = {
    "perMember": "A member takes part {limit_times}, and this one did {used}.",
    "perMemberDay": "A member takes part {limit_times} a day, and this one did {used} that day.",
    "perDay": "It applies {limit_times} a day, and did {used_times} that day.",
    "total": "It applies {limit_times} in all, and did {used_times}.",
    "money": "Of its budget of {limit} {left} are left; this would take {wanted}.",
    "points": "Of its budget of {limit} {left} are left; this would take {wanted}.",
    "count": "Of {limit} in all it has {left} left; this would take {wanted}.",
}


def reached_text(version: CampaignVersion, limit: Reached, program: Program) -> str:
    """Return which limit or budget leaves too little."""
    numbers = {"limit": limit.limit, "used": limit.used, "wanted": limit.wanted, "left": limit.limit - limit.used}
    spelled = {name: _spelled(version, limit.bound, number, program) for name, number in numbers.items()}
    times = {f"{name}_times": counted(number, "time") for name, number in numbers.items()}
    return SAID[limit.bound].format(**spelled, **times)


def spent_text(version: CampaignVersion, limit: Reached, program: Program) -> str:
    """Return that nothing is left of a budget."""
    bound = _spelled(version, limit.bound, limit.limit, program)
    return f"All {bound} are given." if limit.bound == "count" else f"Its budget of {bound} is spent."


def _spelled(version: CampaignVersion, bound: str, number: int, program: Program) -> str:
    if bound == "money":
        return program.money(number)
    points_of = version.budget.points_of
    if bound == "points" and points_of is not None:
        asset = program.asset_by_id(points_of)
        return f"{asset.spelled(number)} {asset.code}"
    return str(number)
