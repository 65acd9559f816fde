"""From the stored form of `match` to the lines that are meant."""

from typing import Any

from domain import checks, forms
from domain.forms import Path
from domain.matching import EVERYTHING, Match

PARTS = ("skus", "categories", "attributes", "exceptSkus", "exceptCategories")


def read_match(body: Any, path: Path) -> Match:
    """Return which lines are meant by `body`, the form at `path`; None and an object without parts mean all goods.

    Raises `InvalidInput` naming the part at fault. An unknown part is refused: with a misspelt one, all goods would be
    meant instead of a few. So is an empty list: it might be meant as none, and would mean all.
    """
    if body is None:
        return EVERYTHING
    forms.known_parts(body, PARTS, path)
    attributes = [] if body.get("attributes") is None else forms.rows(body, "attributes", path)
    pairs = []
    for row, at in attributes:
        forms.known_parts(row, ("key", "value"), at)
        pairs.append((forms.text(row, "key", at, checks.CODE_MAX), forms.text(row, "value", at, checks.NAME_MAX)))
    return Match(
        skus=forms.optional_names(body, "skus", path),
        categories=forms.optional_names(body, "categories", path),
        attributes=frozenset(pairs),
        except_skus=forms.optional_names(body, "exceptSkus", path),
        except_categories=forms.optional_names(body, "exceptCategories", path),
    )
