"""One pass over the rules: each is applied in its place, and what comes of it is said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from operator import attrgetter
from uuid import UUID

from domain.amounts import AMOUNT_MAX
from domain.campaigns import STEPS, Stage
from domain.conditions.base import Facts
from domain.coupon_choice import chosen
from domain.coupon_reasons import left_out
from domain.coupon_trials import Candidate, Trials
from domain.coupons import NO_COUPONS, Choice, CouponOffers, UsedCoupon
from domain.effects.base import DISCOUNTS, EffectKind, EffectRule, GiftLine, Outcome, RunningLine, Settled
from domain.effects.spend import spent
from domain.eligibility import Eligibility, not_applied
from domain.evaluation import Effect, Evaluation, Gift, wanted_by
from domain.explanation import ConditionResult, Explanation, NotApplied, NotAppliedReason
from domain.given import Given
from domain.having import having_bounds
from domain.instants import local_day
from domain.orders import LineContent
from domain.program import CampaignVersion
from domain.refusals import InvalidInput, LimitReached
from domain.remedies import of_effect
from domain.sources import Placed, Source, placed
from domain.usage import Consumed, Reached, Usages
from domain.values import replace


class Run:
    """One pass over the rules."""

    def __init__(self, facts: Facts, usages: Usages, spent_up: Mapping[UUID, Reached], settled: Settled | None) -> None:
        self.facts = facts
        self.settled = settled
        self.program, self.order, self.running = facts.program, facts.order, facts.running
        self.day = local_day(facts.occurred_at, facts.program.zone)
        self.eligibility = Eligibility(facts, self.day, usages, spent_up)
        self.given = Given(self.eligibility)
        self.sources: list[Source] = []
        """Those that apply, in the order in which they were found to."""
        self.conditions: dict[UUID, tuple[ConditionResult, ...]] = {}
        """The conditions of those, met."""
        self.refused: set[UUID] = set()
        self.effects: list[Effect] = []
        self.not_applied: list[NotApplied] = []
        self.gifts: list[Gift] = []
        self.discounts: dict[str, int] = {}
        self.choice: Choice | None = None
        self.paid = 0
        self.is_paid = settled is not None
        self.passed: tuple[UUID, Reached] | None = None
        """What has given a part of more than its budget has left; the run ends there."""
        self.refusal: InvalidInput | LimitReached | None = None
        """Why the order is refused, unless a campaign is without budget that brought it about."""

    # ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def apply(self, versions: Iterable[CampaignVersion], offers: CouponOffers = NO_COUPONS) -> None:
        """Apply every rule in its place, and the payments between discounts and earning."""
        sources = [Source.of_campaign(version) for version in versions]
        if self.settled:
            self.eligibility.groups.update(self.settled.groups)
            gave = self.settled.campaigns
            sources = [source for source in sources if source.version.campaign_id not in gave]
            self._in_turn(rule for rule in placed(sources) if rule.stage >= Stage.EARN)
            return
        if not offers.offers and not offers.is_choice:
            self._in_turn(placed(sources))
        elif self._in_turn(rule for rule in placed(sources) if rule.stage < Stage.COUPON):
            coupons = self._usable(offers)
            rules = [rule for rule in placed([*sources, *coupons]) if rule.stage >= Stage.COUPON]
            if offers.is_choice:
                self._choose(coupons, rules, is_cut=offers.is_cut)
            self._in_turn(rules)
        if not self.is_paid and self.passed is None and not isinstance(self.refusal, LimitReached):
            self._pay()

    def _in_turn(self, rules: Iterable[Placed]) -> bool:
        """Apply rules one after the other; return whether the pass goes on."""
        for one in rules:
            if not self.is_paid and one.stage >= Stage.EARN:
                self._pay()
            if isinstance(self.refusal, LimitReached):
                return False
            if one.stage == Stage.ISSUE_COUPON:
                self.facts.usages = self.eligibility.usages_with_taken()
            self._apply(Stage(one.stage), one.source, one.rule)
            if self.passed is not None:
                return False
        return True

    def _pay(self) -> None:
        self.is_paid = True
        if self.order is None:
            return
        try:
            payments, self.running.spent, self.paid = spent(self.program, self.order.spend, self.running.payable)
        except InvalidInput as refusal:
            self.refusal = refusal
            self.running.spent = self.running.payable
            return
        for step, outcome in payments:
            explanation = Explanation(outcome.text, None, (), outcome.arithmetic)
            self.effects.append(Effect(None, step, outcome, explanation))

    def _apply(self, stage: Stage, source: Source, rule: EffectRule) -> None:
        if not self._applies(source):
            return
        version = source.version
        outcome, limit = self.given.attempt(source, rule)
        if limit is not None:
            if self.given.gave(source):
                self.passed = (source.key, limit)
            else:
                self._refuse(source, self.eligibility.bounded(source, limit))
            return
        if outcome.amount > AMOUNT_MAX:
            spelled = self._spelled_max(outcome)
            self.refusal = LimitReached("The order would earn more than an account can hold.", limit=spelled)
            return
        if not outcome.amount:
            message = f"{version.name} gives nothing: {outcome.text}"
            remedy = of_effect(version, rule, outcome.remedy)
            self.not_applied.append(not_applied(source, NotAppliedReason.NOTHING_TO_GIVE, message, remedy))
            return
        if outcome.gift is not None:
            outcome = self._with_gift(version, outcome, outcome.gift)
        for ref, part in (outcome.parts or {}).items() if outcome.kind is EffectKind.DISCOUNT else ():
            self.discounts[ref] = self.discounts.get(ref, 0) + part
        explanation = Explanation(outcome.text, version.label, self.conditions[source.key], outcome.arithmetic)
        self.effects.append(Effect(version, STEPS[stage], outcome, explanation, source.coupon_id))

    def _applies(self, source: Source) -> bool:
        """Whether a source applies; if not it is said why, once."""
        if source.key in self.refused:
            return False
        is_known = source.key in self.conditions
        if is_known and self.given.gave(source):
            return True
        refusal = self.eligibility.excluded(source) if is_known else self.eligibility.refusal(source)
        if refusal is not None:
            self._refuse(source, refusal)
            return False
        if not is_known:
            self._admit(source)
        return True

    def _admit(self, source: Source) -> None:
        condition = source.version.condition
        self.conditions[source.key] = condition.results(self.facts) if condition else ()
        self.sources.append(source)

    def _refuse(self, source: Source, reason: NotApplied) -> None:
        self.refused.add(source.key)
        self.not_applied.append(reason)

    # ── coupons ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _usable(self, offers: CouponOffers) -> Sequence[Source]:
        """Return the coupons that the order uses, if they give something, and say why the others are not used.

        Each is looked at as the promotions left the order, so which of them may be used depends on no other.
        """
        by_id = {offer.coupon_id: Source.of_coupon(offer) for offer in offers.offers}
        coupons = sorted(by_id.values(), key=attrgetter("rank"))
        for source in coupons:
            reason = self.eligibility.refusal(source)
            if reason is None:
                self._admit(source)
            else:
                self._refuse(source, reason)
        return [source for source in coupons if source.key not in self.refused]

    def _choose(self, coupons: Sequence[Source], rules: Sequence[Placed], *, is_cut: bool) -> None:
        """Leave out the coupons that are not of the best set, and say why."""
        trials = Trials(self.given, rules, self.refused)
        candidates = [Candidate(source, self.given) for source in coupons]
        found = chosen(trials, [one for one in candidates if one.gain], is_cut=is_cut)
        self.choice = found.choice
        for candidate in candidates:
            if candidate.source.key not in found.coupons:
                self._refuse(candidate.source, left_out(candidate, found, trials))

    def _used(self) -> tuple[UsedCoupon, ...]:
        """Return the coupons that gave something."""
        found = []
        for source in self.sources:
            if source.coupon is not None and self.given.gave(source):
                outcomes = self.given.outcomes[source.key]
                discount = sum(outcome.amount for outcome in outcomes if outcome.kind in DISCOUNTS)
                found.append(UsedCoupon(source.key, source.version, discount, source.coupon.is_new))
        return tuple(found)

    # ── what it takes and adds ───────────────────────────────────────────────────────────────────────────────────────

    def _spelled_max(self, outcome: Outcome) -> str:
        if outcome.asset_id is None:
            return self.program.money(AMOUNT_MAX)
        return self.program.asset_by_id(outcome.asset_id).spelled(AMOUNT_MAX)

    def _with_gift(self, version: CampaignVersion, outcome: Outcome, gift: GiftLine) -> Outcome:
        """Add a line for what is given, under a name that no other line has."""
        taken = {line.ref for line in self.running.lines}
        ref = next(name for number in count(1) if (name := f"gift-{number}") not in taken)
        content = LineContent(ref, gift.sku, gift.name, None, gift.quantity, 0)
        self.running.lines.append(RunningLine(content, 0, is_gift=True))
        self.gifts.append(Gift(ref, gift, version.campaign_id))
        # What is given comes back with its own line and no other.
        return replace(outcome, facts=outcome.facts | {"ref": ref, "name": gift.name}, parts={ref: gift.quantity})

    def _consumed(self) -> tuple[Consumed, ...]:
        """Return what is taken of limits and budgets; the coupons of one template are taken together."""
        found: dict[UUID, Consumed] = {}
        for source in self.sources:
            if source.is_had or not source.counted or not self.given.gave(source):
                continue  # having a coupon was counted when somebody got it, or is when they take its code
            version, bounds = source.version, source.bounds
            one = Consumed(
                campaign_id=version.campaign_id,
                day=self.day,
                bounds=bounds,
                points_of=version.budget.points_of,
                **wanted_by(version, self.given.outcomes[source.key]),
            )
            other = found.get(version.campaign_id)
            found[version.campaign_id] = one if other is None else other.with_more(one)
        return (*found.values(), *self._consumed_coupons())

    def _consumed_coupons(self) -> Iterator[Consumed]:
        """Yield what is taken of templates by the coupons that are given."""
        for campaign_id, pieces in self.running.issued.items():
            if bounds := having_bounds(self.program.templates[campaign_id]):
                yield Consumed(
                    campaign_id=campaign_id,
                    day=self.day,
                    count=0,
                    money=0,
                    points=0,
                    points_of=None,
                    bounds=bounds,
                    uses=pieces,
                )

    # ── result ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def evaluation(self) -> Evaluation:
        """Return what was decided."""
        running = self.running
        shipping_discount = running.listed_shipping - running.shipping
        return Evaluation(
            subtotal=self.order.subtotal if self.order else 0,
            discount_total=sum(self.discounts.values()) + shipping_discount,
            shipping_discount=shipping_discount,
            spent=running.spent,
            payable=running.payable,
            paid=self.paid,
            effects=tuple(self.effects),
            not_applied=tuple(self.not_applied),
            discounts=self.discounts,
            gifts=tuple(self.gifts),
            consumed=self._consumed(),
            coupons=self._used(),
            choice=self.choice,
        )
