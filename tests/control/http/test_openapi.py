"""OpenAPI is true: whatever fits it or not is sent, and every answer is one that it describes."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from orderdesk.core.intents import DeadLetter
from tests.control.http.served import OPERATOR, Served, served, shown

EXAMPLES = 25
"""For each operation and each way; three hundred found no more (2026-11-27)."""

ENDLESS = "/stream"
"""It never ends; test_watching.py and the browser read it."""

NOT_HELD = ("positive_data_acceptance",)
"""What fits a schema may still break a rule over several fields (a MARKET order with a price), or
name an order that is not there: those are noes of the desk, each with its body."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Served]:
    """One desk for all: the more has happened to it, the better."""
    with served() as made:
        made.producing.works = True
        made.trial.place(made.trial.order("k-1"))
        made.trial.ledger.bury(
            DeadLetter(0, 1, "place_order", "t", {"symbol": "BTCUSDT"}, "Broken", "broke", 1, ""),
            end_as=None, now_ms=1,
        )  # fmt: skip
        yield made


@pytest.fixture(scope="module")
def checks() -> list[Any]:
    """Everything schemathesis knows to look for, but for what is named above."""
    return [check for check in CHECKS.get_all() if check.__name__ not in NOT_HELD]


def _ways() -> list[tuple[str, GenerationMode]]:
    """Every operation: once with what fits, once with what does not, if it takes anything."""
    with served() as made:
        paths = made.client.get("/openapi.json").json()["paths"]
    found = []
    for path, item in sorted(paths.items()):
        for method, told in item.items() if path != ENDLESS else ():
            takes = told.get("parameters") or told.get("requestBody")
            modes = list(GenerationMode) if takes else [GenerationMode.POSITIVE]
            found += [(f"{method.upper()} {path}", mode) for mode in modes]
    return found


@pytest.mark.parametrize(("operation", "mode"), _ways())
def test_operation_when_anything_is_sent_to_it_then_no_answer_is_undescribed_or_a_break(
    desk: Served, checks: list[Any], operation: str, mode: GenerationMode
) -> None:
    """No 500, no status, no body and no type that the document does not name."""
    method, _, path = operation.partition(" ")
    schema = schemathesis.openapi.from_asgi("/openapi.json", desk.client.app)

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    def fuzzed(case: Any) -> None:
        case.call_and_validate(headers=shown(OPERATOR), checks=checks)

    fuzzed()
