"""What the database shows, in the oracle's words, and whether the oracle says the same."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from domain.campaigns import EVER
from domain.instants import NEVER
from domain.members import PHONE_SOURCE
from services import balances
from services.engine import Engine
from tests.services.machine.comparing import at, loaded, same
from tests.services.machine.till import Till
from tests.services.oracle import hashes
from tests.services.oracle.books import Books
from tests.services.oracle.engine import Oracle
from tests.services.oracle.purchases import paid_for
from tests.services.oracle.terms import TIERS

MEMBERS = (
    "SELECT m.id, m.kind, m.last_order_at, m.tags, s.tier_id, m.status, m.phone, m.position, m.orders FROM member m "
    "LEFT JOIN standing s ON s.member_id = m.id WHERE m.program_id = $1"
)
ACCOUNTS = "SELECT id, member_id, asset_id, available, pending, held, seq FROM account WHERE program_id = $1"
LOTS = (
    "SELECT member_id, asset_id, amount, remaining, held, locked_until, expires_at, priority FROM lot "
    "WHERE program_id = $1 ORDER BY id"
)
HOLDS = (
    "SELECT order_id, member_id, asset_id, amount - captured - released, expires_at FROM hold "
    "WHERE program_id = $1 AND captured + released < amount"
)
ORDERS = (
    "SELECT external_id, state, held_until, member_id, payer_id, claimed_at, counted, discount_total, shipping, "
    "shipping_discount, spent, payable, paid, released FROM orders WHERE program_id = $1"
)
ORDER_LINES = (
    "SELECT order_id, ref, sku, quantity, discount, payable, campaign_id, returned_quantity, released_quantity "
    "FROM order_line WHERE program_id = $1"
)
EFFECTS = (
    "SELECT order_id, ordinal, kind, amount, asset_id, parts, campaign_id, facts FROM order_effect "
    "WHERE program_id = $1 ORDER BY order_id, ordinal"
)
COUNTS = "SELECT campaign_id, owner_id, day, uses, count, money, points FROM campaign_usage WHERE program_id = $1"
OCCASIONS = "SELECT id, member_id, code, external_id, occurred_at FROM occasion WHERE program_id = $1 ORDER BY id"
RETURNS = "SELECT order_id, ordinal, quantities, refund FROM order_return WHERE program_id = $1 ORDER BY ordinal"
LINES = (
    "SELECT account_id, kind, change_available, change_pending, change_held, contra FROM entry WHERE program_id = $1 "
    "ORDER BY account_id, seq"
)
UNDOABLE = (
    "SELECT account_id, seq, kind, transfer_id FROM entry WHERE program_id = $1 AND "
    "(kind = 'TOP_UP' AND contra = 'LIABILITY' OR kind = 'SPEND' AND order_id IS NULL)"
)
TOP_UPS = (
    "SELECT e.account_id, e.seq, t.amount, t.bonus, t.step_threshold, t.step_amount, t.step_basis_points FROM top_up t "
    "JOIN entry e ON e.transfer_id = t.transfer_id WHERE t.program_id = $1 AND e.contra = 'LIABILITY'"
)
RIGHTS = "SELECT id, payer_id, member_id, asset_id, monthly_limit, since, until FROM agent WHERE program_id = $1"
DRAWS = "SELECT payer_id, member_id, asset_id, month, amount FROM agent_draw WHERE program_id = $1"
CARDS = (
    "SELECT member_id, asset_id, amount, giver_id, recorded_at, state, claimed_by_id, settled_at, transfer_id "
    "FROM gift_card WHERE program_id = $1"
)
PHONES = "SELECT source, external_id, member_id FROM identity WHERE program_id = $1"


class Seen:
    """Compares one program with the oracle."""

    def __init__(self, house: Engine, till: Till, tiers: dict[str, str]) -> None:
        self.house, self.till, self.tiers = house, till, tiers
        self.assets = {str(asset_id): code for code, asset_id in till.assets.items()}
        self.accounts: dict[str, tuple[int, str]] = {}
        """Person and asset of each account."""
        self.campaigns = {str(campaign_id): code for code, campaign_id in till.campaigns.items()}
        self.people: dict[str, int] = {}

    def names(self) -> dict[str, str]:
        """Return the names of orders by their ids."""
        return {str(order_id): name for name, order_id in self.till.orders.items()}

    async def rows(self, sql: str) -> Any:
        return await self.house.reads.fetch(sql, self.till.shop.program.id)

    async def learn(self) -> dict[tuple[int, str], Any]:
        """Return what each account says, and remember whose it is."""
        self.people = {str(member_id): number for number, member_id in enumerate(self.till.people)}
        found: dict[tuple[int, str], Any] = {}
        for account, member, asset, *amounts in await self.rows(ACCOUNTS):
            owner = (self.people[str(member)], self.assets[str(asset)])
            self.accounts[str(account)] = owner
            self.till.accounts[owner] = UUID(str(account))
            found[owner] = amounts
        return found

    async def learn_transfers(self) -> None:
        """Tell the till which transfers can be undone."""
        await self.learn()
        for account, seq, kind, transfer in await self.rows(UNDOABLE):
            operation = "refund" if kind == "TOP_UP" else "undo"
            self.till.transfers[operation, (*self.accounts[str(account)], seq)] = UUID(str(transfer))

    async def compare(self, oracle: Oracle) -> None:
        """Compare everything that was written."""
        books = oracle.books
        self.people = {str(member_id): number for number, member_id in enumerate(self.till.people)}
        names = self.names()
        found = {
            self.people[str(member)]: (
                *(kind == "GIFT_CARD", at(last), self.tiers.get(str(tier)), *facts),
                {name: (at(mark["since"]), self._set_by(mark, names)) for name, mark in loaded(tags).items()},
            )
            for member, kind, last, tags, tier, *facts in await self.rows(MEMBERS)
        }
        people = {}
        for p in books.people:
            tier = None if p.is_bearer else TIERS[p.tier][0]
            people[p.number] = p.is_bearer, p.last_order, tier, p.status, p.phone, p.events, p.orders, p.tags
        same(found, people)
        same(
            await self.learn(),
            {
                (p.number, asset): [*amounts, len(p.lines[asset])]
                for p in books.people
                for asset, amounts in p.balances.items()
            },
        )
        await self._compare_lots(books)
        await self._compare_agents(books)
        await self._compare_cards(books)
        orders = {
            name: (state, at(until), self._number(buyer), self._number(payer), at(claimed), bool(counted), *amounts)
            for name, state, until, buyer, payer, claimed, counted, *amounts in await self.rows(ORDERS)
        }
        expected_orders: dict[str, Any] = {}
        for o in books.orders.values():
            payer = None if o.payer == o.person else o.payer
            less = o.listed_shipping - o.shipping
            off = sum(line.quantity * line.price - line.left for line in o.lines) + less
            amounts = off, o.listed_shipping, less, o.spent, o.payable, o.paid, o.due - paid_for(o)[1]
            expected_orders[o.name] = o.state, o.until, o.person, payer, o.claimed, o.counted, *amounts
        same(orders, expected_orders)
        await self._compare_order_lines(books, names)
        await self._compare_counts(books)
        held = sorted(
            (names[str(order)], self.people[str(member)], self.assets[str(asset)], amount, at(until))
            for order, member, asset, amount, until in await self.rows(HOLDS)
        )
        expected = sorted(
            (hold.order.name, p.number, asset, sum(part.amount for part in parts), hold.until)
            for p in books.people
            for hold in p.holds
            for asset, parts in hold.parts.items()
        )
        same(held, expected)

    async def _compare_lots(self, books: Books) -> None:
        """Compare the lots of each part by age: which of two parts is older makes no difference."""
        lots: dict[Any, list[Any]] = defaultdict(list)
        for member, asset, amount, remaining, held, locked, expires, priority in await self.rows(LOTS):
            ends = None if (ends := at(expires)) == NEVER else ends
            part = self.assets[str(asset)], priority != 0
            lots[self.people[str(member)], *part].append((amount, remaining, held, at(locked), ends))
        expected: dict[Any, list[Any]] = defaultdict(list)
        for p in books.people:
            for lot in p.lots:
                terms = lot.amount, lot.left, lot.held, lot.waits_until, lot.ends
                expected[p.number, lot.asset, lot.bonus].append(terms)
        same(lots, expected)

    async def _compare_order_lines(self, books: Books, names: dict[str, str]) -> None:
        """Compare what is off each line and what is left to pay for it, gifts, and what came back."""
        lines = {
            (names[str(order)], ref): (sku, quantity, off, payable, self.campaigns.get(str(gift_of)), back, released)
            for order, ref, sku, quantity, off, payable, gift_of, back, released in await self.rows(ORDER_LINES)
        }
        expected = {}
        for o in books.orders.values():
            for line, back, released in zip(o.lines, o.returned, o.released, strict=True):
                off = line.quantity * line.price - line.left
                facts = line.sku, line.quantity, off, line.left, line.gift_of, back, released
                expected[o.name, line.ref] = facts
        same(lines, expected)

    async def _compare_counts(self, books: Books) -> None:
        """Compare how often campaigns applied and how much they gave, and what members did."""
        counts = {}
        for campaign, owner, day, *numbers in await self.rows(COUNTS):
            on = None if str(day) == str(EVER) else str(day)
            counts[self.campaigns[str(campaign)], self.people.get(str(owner)), on] = numbers
        expected = {(code, who, str(day) if day else None): n for (code, who, day), n in books.counts.items()}
        same(
            {key: numbers for key, numbers in counts.items() if any(numbers)},
            {key: numbers for key, numbers in expected.items() if any(numbers)},
        )
        occasions = {
            str(one): (self._number(who), code, at(happened), name)
            for one, who, code, name, happened in await self.rows(OCCASIONS)
        }
        known = self.till.occasions
        same(occasions, {str(known[n]): (*one.content, one.name) for n, one in enumerate(books.occasions)})

    async def _compare_effects(self, books: Books, names: dict[str, str]) -> None:
        """Compare what was decided for orders, by which campaign, and the share of each line in it."""
        effects: dict[str, list[Any]] = defaultdict(list)
        for order, ordinal, kind, amount, asset, parts, campaign, facts in await self.rows(EFFECTS):
            own = effects[names[str(order)]]
            assert ordinal == len(own)
            by = None if campaign is None else self.campaigns[str(campaign)]
            what = self.assets.get(str(asset))
            own.append((kind, amount, what, loaded(parts) or None, by, loaded(facts).get("tag")))
        expected = {o.name: [tuple(one) for one in o.effects] for o in books.orders.values() if o.effects}
        same(effects, expected)

    def _set_by(self, mark: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
        """Return what set a tag as the oracle names it, the first first."""
        setters = [by.partition(":") for by in (mark["by"], *mark.get("also", ()))]
        return tuple(
            f"order {names[which]}" if what == "order" else "hand" if what == "key" else what
            for what, _, which in setters
        )

    async def _compare_agents(self, books: Books) -> None:
        """Compare who may draw on whom, and what they drew in each month."""
        rights = {}
        for right, payer, agent, asset, limit, since, until in await self.rows(RIGHTS):
            key = self.people[str(payer)], self.people[str(agent)], self.assets[str(asset)]
            rights[key] = (self.till.rights.get(key) == UUID(str(right)), limit, at(since), at(until))
        expected = {(p.number, *key): right for p in books.people for key, right in p.rights.items()}
        same(rights, {key: (True, right.limit, right.since, right.until) for key, right in expected.items()})
        drawn = {
            (self.people[str(payer)], self.people[str(agent)], str(month), self.assets[str(asset)]): amount
            for payer, agent, asset, month, amount in await self.rows(DRAWS)
        }
        same(
            drawn,
            {
                (p.number, agent, str(month), asset): amount
                for p in books.people
                for ((agent, month), asset), amount in p.drawn.items()
            },
        )

    async def _compare_cards(self, books: Books) -> None:
        """Compare what became of each gift card."""
        rows = await self.rows(CARDS)
        cards = {
            self.people[str(bearer)]: (
                self.assets[str(asset)],
                amount,
                self._number(giver),
                at(issued),
                state,
                self._number(to),
                at(settled),
            )
            for bearer, asset, amount, giver, issued, state, to, settled, _ in rows
        }
        expected = books.cards.items()
        same(
            cards,
            {n: (c.asset, c.amount, c.giver, c.issued, c.state, c.claimed_by, c.settled) for n, c in expected},
        )
        self.till.cards = {self.people[str(bearer)]: UUID(str(transfer)) for bearer, *_, transfer in rows}

    def _number(self, member: Any) -> int | None:
        return None if member is None else self.people[str(member)]

    async def compare_readers(self, oracle: Oracle) -> None:
        """Compare what readers are shown, though something may be due that no command has done yet."""
        program = await self.house.program(self.till.shop.program.id)
        found = await balances.balances(self.house, program, self.till.people)
        for person, member_id in zip(oracle.seen(), self.till.people, strict=True):
            mine = found.get(member_id, {}).values()
            shown = {self.assets[str(one.asset_id)]: [one.available, one.pending, one.held] for one in mine}
            same(shown, person.balances)

    async def compare_history(self, oracle: Oracle) -> None:
        """Compare every ledger line and every return; compute every hash."""
        await self.compare_lines(oracle)
        names = self.names()
        returns: dict[str, list[Any]] = defaultdict(list)
        for order, ordinal, quantities, refund in await self.rows(RETURNS):
            own = returns[names[str(order)]]
            assert ordinal == len(own)
            own.append((loaded(quantities), refund))
        same(returns, {order.name: order.returns for order in oracle.books.orders.values() if order.returns})
        top_ups = {(*self.accounts[str(account)], seq): row for account, seq, *row in await self.rows(TOP_UPS)}
        made = oracle.books.top_ups.items()
        same(
            top_ups,
            {line: [one.lot.amount, one.bonus_lot.amount if one.bonus_lot else 0, *one.step] for line, one in made},
        )
        phones = sorted((source, phone, self.people[str(member)]) for source, phone, member in await self.rows(PHONES))
        assert phones == sorted(
            (PHONE_SOURCE, p.phone, p.number) for p in oracle.books.people if p.phone and p.status != "CLOSED"
        )
        await self._compare_effects(oracle.books, names)
        await self._compute_hashes()

    async def compare_lines(self, oracle: Oracle) -> None:
        """Compare every ledger line."""
        await self.learn()
        lines: dict[Any, list[Any]] = defaultdict(list)
        for account, *line in await self.rows(LINES):
            lines[self.accounts[str(account)]].append(tuple(line))
        same(lines, {(p.number, asset): own for p in oracle.books.people for asset, own in p.lines.items()})

    async def _compute_hashes(self) -> None:
        parts: list[dict[str, list[Any]]] = []
        for table, columns in (("entry", hashes.ENTRY), ("lot", hashes.LOT), ("lot_move", hashes.MOVE)):
            rows: dict[str, list[Any]] = defaultdict(list)
            for transfer, *row in await self.rows(f"SELECT transfer_id, {columns} FROM {table} WHERE program_id = $1"):
                rows[str(transfer)].append(row)
            parts.append(rows)
        for digest, *row in await self.rows(f"SELECT hash, {hashes.TRANSFER} FROM transfer WHERE program_id = $1"):
            own = [rows.pop(str(row[0]), []) for rows in parts]
            assert hashes.transfer_hash(row, *own) == bytes(digest), row
        assert not any(parts), "every line, lot and lot move belongs to a transfer"
