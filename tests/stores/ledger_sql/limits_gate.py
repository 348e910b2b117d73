"""A gate that holds what is at risk against limits, as the desk's own does; no test lives here."""

from decimal import Decimal

from orderdesk.core.intents import Draft
from orderdesk.core.risk.exposure import Standing
from orderdesk.core.risk.limits import RiskLimits
from orderdesk.core.risk.rules import Proposal, assess
from orderdesk.core.risk.verdicts import Verdict
from orderdesk.ports import Gate

LIMIT = RiskLimits(max_exposure=Decimal(450), max_open_orders=5)


def under(limits: RiskLimits) -> Gate:
    """Return a gate over these limits."""

    def gate(draft: Draft, standing: Standing) -> Verdict:
        size = draft.size
        proposal = Proposal(
            draft.symbol, draft.notional, side=size.side, type=size.type, standing=standing
        )
        return assess(proposal, limits)

    return gate
