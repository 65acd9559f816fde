"""What has to be done for one campaign so that it is as a document says: drafted, published, paused, resumed, ended."""

from zoneinfo import ZoneInfo

import models
from domain.setup import CampaignSetUp, StoredState
from domain.setup_forms import Form, campaign_form
from domain.values import keyword_value
from domain.versions import VersionForm

PUBLISHED = frozenset({StoredState.RUNNING, StoredState.PAUSED})
"""States that a campaign needs a published version for."""


@keyword_value
class CampaignStep:
    """What has to be done; `row` is None for a campaign that is to be made."""

    wanted: CampaignSetUp
    row: models.Campaign | None
    number: int
    """Of the version that says what is wanted."""
    drafts: bool
    """Whether that version has to be inserted."""
    publishes: bool
    waits: bool
    """Whether it would be published, had somebody approved it."""
    state: StoredState
    """In which the campaign will be."""
    old: Form | None
    new: Form
    """What is shown of it before and after; the same when nothing has to be done."""


def step_for_new(wanted: CampaignSetUp, zone: ZoneInfo, *, approval: bool) -> CampaignStep:
    """Return how a campaign is made."""
    publishes = wanted.state in PUBLISHED and not approval
    waits = wanted.state in PUBLISHED and approval
    return CampaignStep(
        wanted=wanted,
        row=None,
        number=1,
        drafts=True,
        publishes=publishes,
        waits=waits,
        state=StoredState.DRAFT if waits else wanted.state,
        old=None,
        new=campaign_form(wanted, zone),
    )


def step_for(
    wanted: CampaignSetUp,
    known: CampaignSetUp,
    row: models.Campaign,
    newest: tuple[int, VersionForm],
    zone: ZoneInfo,
    *,
    approval: bool,
) -> CampaignStep:
    """Return how a campaign becomes what is wanted; `newest` is its newest version with its number.

    When the newest version says what is wanted already, and waited for approval, it is published and none is drafted.
    """
    old, new = campaign_form(known, zone), campaign_form(wanted, zone)
    is_said = _content(old) == _content(new)
    number, version = newest
    in_newest = CampaignSetUp(code=wanted.code, name=wanted.name, state=wanted.state, version=version)
    drafts = not is_said and _content(campaign_form(in_newest, zone)) != _content(new)
    if drafts:
        number += 1
    elif is_said and row.published_version is not None:
        number = row.published_version
    needs = wanted.state in PUBLISHED and number != row.published_version
    publishes = needs and (not approval or (row.approved_version == number and not drafts))
    waits = needs and not publishes
    # What does not run does not begin to with an older version than the one that is wanted.
    state = known.state if waits and known.state is not StoredState.RUNNING else wanted.state
    shown = new if drafts or publishes else {**new, **_content(old)}
    return CampaignStep(
        wanted=wanted,
        row=row,
        number=number,
        drafts=drafts,
        publishes=publishes,
        waits=waits,
        state=state,
        old=old,
        new={**shown, "state": state.value},
    )


def forbidden(wanted: CampaignSetUp, known: CampaignSetUp, zone: ZoneInfo) -> str | None:
    """Return why a campaign's life does not allow what is wanted; None when it does."""
    code = known.code
    is_said = _content(campaign_form(known, zone)) == _content(campaign_form(wanted, zone))
    if known.state is StoredState.ENDED and (wanted.state is not StoredState.ENDED or not is_said):
        return f"{code} has ended for good; give what comes next a code of its own."
    if wanted.state is StoredState.DRAFT and known.state is not StoredState.DRAFT:
        return f"{code} was published and is no draft any more; PAUSED or ENDED stops it."
    if wanted.state is StoredState.ENDED and not is_said:
        return f"{code} ends with this, so nothing else of it changes."
    return None


def _content(form: Form) -> Form:
    """Return what of a campaign's form its version says."""
    return {name: part for name, part in form.items() if name not in ("code", "name", "state")}
