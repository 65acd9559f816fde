"""Having coupons: the window and the limits of a template, what is counted, and what a bundle is made of."""

from collections.abc import Iterator, Mapping, MutableMapping
from datetime import datetime
from uuid import UUID

from domain.campaigns import EVER
from domain.conditions.wording import counted as times
from domain.coupons import CouponTerms
from domain.instants import NEVER, local_day
from domain.program import CampaignVersion, Program
from domain.refusals import CouponNotAvailable, LimitReached
from domain.usage import Reached, Usage, UsageKey, bounds_of, counted, keys_of, reached
from domain.windows import clock_text

HAVING = frozenset({"perMember", "perMemberDay", "perDay", "total"})
TAKING = HAVING - {"total"}
"""What a code counts against that was made for nobody: its stock was counted when it was made."""
SAID = {
    "perMember": "A member gets {name} {limit}, and this one did {used}.",
    "perMemberDay": "A member gets {name} {limit} a day, and this one did {used} that day.",
    "perDay": "{name} is given {limit} a day, and was {used} that day.",
    "total": "{name} is given {limit} in all, and was {used}.",
}


def terms_of(version: CampaignVersion) -> CouponTerms:
    """Return what a version of a template says beside its rules."""
    assert version.coupon is not None, "a template has terms"
    return version.coupon


def having_bounds(version: CampaignVersion, names: frozenset[str] = HAVING) -> dict[str, int]:
    """Return the limits of having a coupon, by their names."""
    return {name: bound for name, bound in bounds_of(version).items() if name in names}


def taking_limits(version: CampaignVersion, *, is_shared: bool = False) -> tuple[str, ...]:
    """Return the limits, by name, that count when a code is taken that is of nobody or of everybody."""
    return tuple(having_bounds(version, HAVING if is_shared else TAKING))


def short_of(
    version: CampaignVersion,
    usages: Mapping[UsageKey, Usage],
    member_id: UUID | None,
    at: datetime,
    program: Program,
    *,
    names: frozenset[str] = HAVING,
) -> Reached | None:
    """Return the limit that leaves no coupon more, if there is one."""
    return reached(
        having_bounds(version, names),
        usages,
        campaign_id=version.campaign_id,
        member_id=member_id,
        day=local_day(at, program.zone),
        wanted={},
    )


def said(version: CampaignVersion, limit: Reached) -> str:
    """Say which limit is reached, with its numbers."""
    return SAID[limit.bound].format(name=version.name, limit=times(limit.limit, "time"), used=times(limit.used, "time"))


def count_had(
    usages: MutableMapping[UsageKey, Usage],
    program: Program,
    version: CampaignVersion,
    member_id: UUID | None,
    at: datetime,
    *,
    names: frozenset[str] = HAVING,
    path: tuple[str, ...] = ("template",),
) -> None:
    """Count one coupon more that a member has. Raises `LimitReached`, and then counts nothing."""
    limit = short_of(version, usages, member_id, at, program, names=names)
    if limit is not None:
        raise LimitReached(said(version, limit), field=path, limit=str(limit.limit))
    bounds = having_bounds(version, names)
    for key in keys_of(version.campaign_id, bounds, member_id, local_day(at, program.zone)):
        if names is TAKING and key == (version.campaign_id, version.campaign_id, EVER):
            continue
        counted(usages, program.id, key, uses=1, count=0, money=0, points=0)


def is_given_at(version: CampaignVersion, at: datetime) -> bool:
    """Whether coupons of a version may be had at an instant, and are good then or later."""
    until = terms_of(version).validity.fixed_until
    return version.runs_at(at) and (until is None or until > at)


def available(program: Program, campaign_id: UUID, at: datetime) -> CampaignVersion:
    """Return the version of a template of which coupons may be had. Raises `CouponNotAvailable`."""
    version = program.templates.get(campaign_id)
    path = ("template",)
    if version is None:
        raise CouponNotAvailable("No coupons are given of this template now.", field=path, reason="NOT_PUBLISHED")
    if not is_given_at(version, at):
        ends_at = min(version.ends_at, terms_of(version).validity.fixed_until or NEVER)
        end = f" until before {clock_text(ends_at, program.zone)}" if ends_at < NEVER else ""
        message = f"{version.name} is given from {clock_text(version.starts_at, program.zone)} on{end}, and not now."
        raise CouponNotAvailable(message, field=path, reason="OUTSIDE_WINDOW")
    if terms_of(version).shared_code is not None:
        message = f"{version.name} is used by its code, and no coupons are given of it."
        raise CouponNotAvailable(message, field=path, reason="NOT_ISSUED")
    return version


def parts_of(program: Program, version: CampaignVersion, at: datetime) -> Iterator[CampaignVersion]:
    """Yield the version of each coupon that is had with one of a template: of a bundle, of its parts.

    Raises `CouponNotAvailable`.
    """
    bundle = terms_of(version).bundle
    if not bundle:
        yield version
        return
    for part in bundle:
        found = program.template(part.template)
        if found is None:
            message = f"{version.name} has {part.template} in it, which is not given now."
            raise CouponNotAvailable(message, field=("template",), reason="NOT_PUBLISHED")
        available(program, found.campaign_id, at)
        for _ in range(part.count):
            yield found


def needed_templates(
    program: Program, version: CampaignVersion, at: datetime
) -> dict[UUID, tuple[CampaignVersion, int]] | None:
    """Return how many coupons of which templates, by id, are had with one: its own, of a bundle its parts' too.

    None when one of them is not given at that instant.
    """
    if not is_given_at(version, at):
        return None
    needed = {version.campaign_id: (version, 1)}
    for part in terms_of(version).bundle:
        found = program.template(part.template)
        if found is None or not is_given_at(found, at) or terms_of(found).shared_code is not None:
            return None
        pieces = needed[found.campaign_id][1] if found.campaign_id in needed else 0
        needed[found.campaign_id] = (found, pieces + part.count)
    return needed


def counted_templates(program: Program, campaign_id: UUID) -> Iterator[CampaignVersion]:
    """Yield the published versions whose limits count when one of a template is had: its own, and its parts'."""
    version = program.templates.get(campaign_id)
    if version is None:
        return
    yield version
    for part in terms_of(version).bundle:
        if (found := program.template(part.template)) is not None:
            yield found
