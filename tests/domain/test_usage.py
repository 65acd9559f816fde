"""Uses of campaigns: which bound is named when several would be passed."""

from itertools import permutations

import pytest

from domain.campaigns import EVER
from domain.usage import Reached, Usage, reached
from tests.domain.makers import MEMBER_ID, NOON, PROGRAM_ID, version

CAMPAIGN_ID = version("ANY").campaign_id


@pytest.mark.parametrize("names", [*permutations(["perDay", "total", "money"])])
def test_the_first_bound_is_named_in_whichever_order_they_were_stored(names: tuple[str, ...]) -> None:
    day = NOON.date()
    usages = {
        (CAMPAIGN_ID, CAMPAIGN_ID, on): Usage(CAMPAIGN_ID, CAMPAIGN_ID, on, PROGRAM_ID, 2, 2, 5_00, 0)
        for on in (EVER, day)
    }
    bounds = dict.fromkeys(names, 2)
    found = reached(
        bounds, usages, campaign_id=CAMPAIGN_ID, member_id=MEMBER_ID, day=day, wanted={"money": 1_00, "count": 1}
    )
    assert found == Reached("perDay", 2, 2, 1)
