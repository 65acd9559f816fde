"""Which lines of an order a condition or an effect is about."""

from dataclasses import dataclass

from domain.orders import LineContent


@dataclass(frozen=True, slots=True)
class Match:
    """Lines by what is sold: each list that is given has to name the line; what is excluded never matches.

    Gifts of a campaign match nothing. Lists are sets of exact values; an attribute is a (key, value) pair.
    """

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    attributes: frozenset[tuple[str, str]] = frozenset()
    except_skus: frozenset[str] = frozenset()
    except_categories: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether every line matches."""
        return self == EVERYTHING

    def matches(self, line: LineContent) -> bool:
        """Whether a line is meant."""
        return (
            (not self.skus or line.sku in self.skus)
            and (not self.categories or line.category in self.categories)
            and (not self.attributes or not self.attributes.isdisjoint(line.attributes))
            and line.sku not in self.except_skus
            and (line.category is None or line.category not in self.except_categories)
        )

    @property
    def text(self) -> str:
        """Say which goods are meant: `DRINKS`, `CAKE, TEA of DRINKS but not GIFT-CARD`."""
        if self.everything:
            return "all goods"
        parts = []
        if self.skus:
            parts.append(", ".join(sorted(self.skus)))
        if self.categories:
            # Texts say "3 pieces of DRINKS" and "20 % off DRINKS", so it is a noun, whatever lists it is made of.
            parts.append("of " * bool(parts) + ", ".join(sorted(self.categories)))
        if self.attributes:
            said = ", ".join(f"{key} {value}" for key, value in sorted(self.attributes))
            parts.append("goods " * (not parts) + f"with {said}")
        wanted = " ".join(parts) or "all goods"
        excluded = sorted(self.except_skus | self.except_categories)
        return f"{wanted} but not {', '.join(excluded)}" if excluded else wanted


EVERYTHING = Match()
