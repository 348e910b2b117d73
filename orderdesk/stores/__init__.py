"""Everything we keep: the SQL ledger, Redis, and the shipped in-memory fakes."""
