"""What a look at a set-up found."""

from domain.values import keyword_value


@keyword_value
class Finding:
    """A part of a set-up that is legal and hardly meant."""

    rule: str
    """Which rule of the linter it is against."""
    section: str
    code: str
    """Of the ladder or campaign."""
    below: tuple[str, ...]
    """The part of it, as a path in its form."""
    message: str
    remedy: str
