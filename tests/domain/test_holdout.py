"""The share of members that a campaign leaves out: by number, so that it stays the same from version to version."""

from uuid import UUID

import pytest

from domain.campaigns import HOLDOUT_WHOLE, held_out

CAMPAIGNS = [UUID(int=number) for number in (1, 2)]
MEMBERS = [UUID(int=0x30 + number) for number in range(2_000)]


@pytest.mark.parametrize(("campaign_id", "place"), [*zip(CAMPAIGNS, (6_744, 8_899), strict=True)])
def test_a_member_is_left_out_by_every_share_beyond_its_place_and_by_no_other(campaign_id: UUID, place: int) -> None:
    """Its place in a campaign, of 0 to 9,999, must never change: those who are compared with would be others."""
    found = {share for share in range(HOLDOUT_WHOLE + 1) if held_out(campaign_id, MEMBERS[0], share)}
    assert found == set(range(place + 1, HOLDOUT_WHOLE + 1))


def test_each_campaign_leaves_out_others() -> None:
    one, two = ({member for member in MEMBERS if held_out(of, member, 5_000)} for of in CAMPAIGNS)
    assert all(900 < len(found) < 1_100 for found in (one, two))
    assert 400 < len(one & two) < 600, "half of the half"
