"""The exchange without a network: book, matching, accounts, balances, history.

PURE. No clock, no network, no disk, no global randomness: the time comes in as `now_ms`, and what
looks random is a function of the seed. The ladder, each rung importing only those before it:

    amounts, refusals, orders, instruments, tape <- accounts, history, self_trade
        <- ledger, house, resting <- prices <- market <- clearing, rules <- matching <- exchange
"""
