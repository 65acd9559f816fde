"""Agents: appointed and dismissed."""

from domain.agents import Agent
from domain.book import Book
from domain.decisions.situation import Decision, Situation, books
from domain.decisions.values import check_active
from domain.events import EventKind
from domain.refusals import NotAgent
from domain.value_commands import AppointAgent, DismissAgent
from domain.values import replace


def appoint(command: AppointAgent, situation: Situation) -> Decision:
    """Return the right to draw, with its limit; of who has it already, the new limit. Raises `MemberNotActive`."""
    payer, agent = books(command, situation)
    check_active(payer, ("payer",), "payer")
    check_active(agent, ("agent",), "agent")
    key = (command.agent_id, command.asset_id)
    before = payer.agents.get(key)
    if before is None:
        payer.agents[key] = Agent(
            id=payer.new_id(),
            program_id=payer.program.id,
            payer_id=command.payer_id,
            member_id=command.agent_id,
            asset_id=command.asset_id,
            monthly_limit=command.monthly_limit,
            since=situation.now,
            until=None,
        )
    else:
        since = before.since if before.until is None else situation.now
        payer.agents[key] = replace(before, monthly_limit=command.monthly_limit, since=since, until=None)
    return _decided(payer, agent, payer.agents[key])


def dismiss(command: DismissAgent, situation: Situation) -> Decision:
    """Return the end of the right; what the agent has reserved stays reserved. Raises `NotAgent`."""
    payer, member = books(command, situation)
    key = (command.agent_id, command.asset_id)
    agent = payer.agents.get(key)
    if agent is None or agent.until is not None:
        code = payer.program.asset_by_id(command.asset_id).code
        raise NotAgent(f"The member may not draw on {code} of the payer anyway.", field=("agent",), asset=code)
    # Another server's clock, by which the right began, may be ahead of this one's.
    payer.agents[key] = replace(agent, until=max(situation.now, agent.since))
    return _decided(payer, member, agent)


def _decided(payer: Book, member: Book, agent: Agent) -> Decision:
    """Return the decision, having told both of it."""
    for book, field in ((payer, "agents"), (member, "drawsOn")):
        book.tell(EventKind.MEMBER_AMENDED, book.now, details={"fields": [field]})
    outcome = {
        "member": str(agent.payer_id),
        "agent": str(agent.id),
        "drawer": str(agent.member_id),
        "asset": str(agent.asset_id),
    }
    return Decision(outcome, (payer.close(), member.close()), payer.rows)
