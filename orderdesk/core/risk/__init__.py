"""The risk rules: one small pure function each, run in the order of one table."""
