"""What an expression costs at most, in steps: told from its text before it is ever evaluated.

A step is some 50 ns of a core. The library copies a list whenever one is named, and for `map` and `filter` the whole
list so far for each item that they add to one; it reads the pattern of `matches` anew each time. An order of
`LINES_MAX` lines and of as many attributes as may be is the dearest there is.
"""

import re

from domain.expression_shapes import Fields, Items, Shape

NESTING_MAX = 20
"""How deep brackets may nest."""
MACROS_MAX = 6
"""How many macros an expression may have."""
LIST_MACROS_MAX = 2
"""How many of them may be `map` or `filter`."""
MACRO_DEPTH_MAX = 2
"""How deep macros may nest."""


VERSION_STEPS_MAX = 500_000
"""What all expressions of one version may cost, which are evaluated together: some 25 ms of a core, and on lines with
as many attributes as may be 60 ms. It is `order.lines` gone over eight times, or two `map` over them."""
SEGMENT_STEPS_MAX = 50_000
"""What all expressions of one segment may cost: a version may name several, each for each decision."""

LINE_STEPS = 100
"""To name a list costs so much for each line in it, and 1 for each other item."""
ITEM_STEPS = 16
"""To bind the name of a macro once."""
PAIRS_OF_STEP = 2
"""Each item that `map` and `filter` add copies those before: so many of these cost a step."""
PATTERN_CLASS_STEPS, PATTERN_SET_STEPS, PATTERN_SIGN_STEPS = 5_000, 1_000, 10
CLASS, SET, COUNTED = re.compile(r"\\[A-Za-z]"), re.compile(r"[\[.]|\(\?"), re.compile(r"\{(\d*),?(\d*)\}")


def naming_steps(shape: Shape) -> int:
    """Return what it costs to name something once."""
    if not isinstance(shape, Items):
        return 1
    return shape.most * (LINE_STEPS if isinstance(shape.item, Fields) else 1)


def adding_steps(shape: Items) -> int:
    """Return what it costs to make another list of as many single values."""
    return shape.most * shape.most // PAIRS_OF_STEP


def pattern_steps(pattern: str) -> int:
    """Return what it costs to read a regular expression: classes of all letters there are cost most."""
    steps = (
        len(CLASS.findall(pattern)) * PATTERN_CLASS_STEPS
        + len(SET.findall(pattern)) * PATTERN_SET_STEPS
        + len(pattern) * PATTERN_SIGN_STEPS
    )
    for least, most in COUNTED.findall(pattern):
        # Counted repetitions are written out when the pattern is read.
        steps *= max(int(most or least or 1), 1)
    return steps
