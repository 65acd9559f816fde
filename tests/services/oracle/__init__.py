"""A naive engine to compare the real one with: lists, one command after the other, no SQL, no code in common.

It is written from the words of `docs/ledger.md` and `docs/engine.md`, and keeps what callers can see: balances, lots,
holds, ledger lines, orders and what is off them, uses of campaigns, tags, tiers, positions, answers. It works in fen
and in Shanghai, which has no summer time, so that a day is twenty-four hours. An operation is a function of the books
and of what was said; `engine.OPERATIONS` names them all.
"""
