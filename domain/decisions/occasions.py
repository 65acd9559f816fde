"""Occasions: what campaigns answer that is no order. Recorded when they answer something; behaviour events always."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.book import Book
from domain.campaigns import Trigger
from domain.conditions.base import OccasionFacts
from domain.decisions.consumption import take
from domain.decisions.facts import member_facts
from domain.decisions.given_coupons import give_coupons
from domain.decisions.tags import set_tag
from domain.effects.base import EffectKind
from domain.evaluate import Evaluation, evaluate
from domain.events import EventKind
from domain.explanation import kept_reasons
from domain.ledger import Contra, Entry, EntryKind, TransferKind
from domain.occasions import Occasion, OccasionEffect
from domain.posting import Cause
from domain.program import CampaignVersion, Program


def answer_occasion(
    book: Book,
    trigger: Trigger,
    occurred_at: datetime,
    *,
    code: str | None = None,
    attributes: Mapping[str, str] | None = None,
    name: tuple[str, str] | None = None,
    version: CampaignVersion | None = None,
) -> tuple[Occasion, list[Entry]] | None:
    """Give what the campaigns of a trigger give, or `version` alone; return the occasion and the lines that it posted.

    None when nothing was given and it is no behaviour event. `name` is (source, external id). Tiers are not raised:
    that is for the caller, as an occasion may be that one was. Raises `LimitReached`.
    """
    attributes = attributes or {}
    facts = OccasionFacts(code, tuple(sorted(attributes.items())))
    evaluation = evaluate(
        book.program if version is None else alone(book.program, version),
        None,
        occurred_at=occurred_at,
        recorded_at=book.now,
        member=member_facts(book),
        usages=book.usages,
        trigger=trigger,
        occasion=facts,
    )
    if not evaluation.effects and trigger is not Trigger.EVENT:
        return None
    occasion_id = book.new_id()
    effects = _effects(book.program.id, occasion_id, evaluation)
    book.tell(EventKind.OCCASION_RECORDED, occurred_at, occasion_id=occasion_id)
    take(book.usages, book.program.id, book.member.id, evaluation.consumed)
    with book.open(TransferKind.AWARD, occurred_at) as transfer:
        for effect in effects:
            if effect.kind == EffectKind.ISSUE_COUPON:
                give_coupons(book, effect, occasion_id, count=effect.amount)
            elif effect.asset_id is None:
                set_tag(book, str(effect.facts["tag"]), f"occasion:{occasion_id}")
            else:
                asset = book.program.asset_by_id(effect.asset_id)
                cause = Cause(effect.ordinal, effect.campaign_id)
                transfer.credit(asset, effect.amount, EntryKind.EARN, Contra.ISSUANCE, cause=cause)
    occasion = Occasion(
        id=occasion_id,
        program_id=book.program.id,
        member_id=book.member.id,
        trigger=trigger,
        code=code,
        source=name[0] if name else None,
        external_id=name[1] if name else None,
        attributes=dict(attributes),
        not_applied=kept_reasons(evaluation.not_applied),
        consumed=[one.record() for one in evaluation.consumed],
        transfer_id=transfer.transfer.id if transfer.entries else None,
        occurred_at=occurred_at,
        recorded_at=book.now,
    )
    book.rows.occasions.append(occasion)
    book.rows.occasion_effects.extend(effects)
    return occasion, transfer.entries


def alone(program: Program, version: CampaignVersion) -> Program:
    """Return the program as it would be with one campaign: a schedule is the campaign's own."""
    return dataclasses.replace(program, campaigns=(version,))


def _effects(program_id: UUID, occasion_id: UUID, evaluation: Evaluation) -> list[OccasionEffect]:
    effects = []
    for ordinal, effect in enumerate(evaluation.effects):
        assert effect.version is not None, "an occasion is not paid for"
        effects.append(
            OccasionEffect(
                occasion_id=occasion_id,
                ordinal=ordinal,
                program_id=program_id,
                kind=effect.outcome.kind.value,
                campaign_id=effect.version.campaign_id,
                campaign_version_id=effect.version.id,
                asset_id=effect.outcome.asset_id,
                amount=effect.outcome.amount,
                facts=effect.outcome.facts,
                explanation=effect.explanation.record(),
            )
        )
    return effects


def occasion_outcome(occasion: Occasion, entries: tuple[tuple[UUID, int], ...]) -> dict[str, Any]:
    """Return what is remembered of a command about an occasion."""
    return {
        "occasion": str(occasion.id),
        "member": str(occasion.member_id),
        "entries": [[str(account_id), seq] for account_id, seq in entries],
    }
