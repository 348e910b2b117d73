"""Everyone who may steer: the command line now; HTTP and a dashboard come beside it.

Nothing is decided about orders here: every command asks a flow, the ledger or a producer's
handle, and shows what came of it. Only this room may use rich.
"""
