"""What MEXC allows, counted where requests arrive: caps, costs, sliding windows, bans.

PURE: stamps come in, verdicts go out. The ladder, each rung importing only those before:

    costs, profiles, windows <- bans, count <- turnstile
"""
