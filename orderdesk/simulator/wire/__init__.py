"""MEXC's spot v3 in HTTP: parameters in, JSON shapes out. No sockets; those are in `server.py`.

The ladder, each rung importing only those before:

    parameters, shapes, klines <- gate, order_form <- market_data <- market_history, trading,
        account_data, trade_groups, wallet, admin <- batch, admin_accounts, admin_caps <- routes

Handlers are plain functions from a venue and a call to an answer.
"""
