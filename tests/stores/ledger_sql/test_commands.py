from orderdesk.ports import Ledger
from tests.stores.ledger_sql.drafts import NOW_MS, draft


def test_parameter_hashes_when_asked_for_many_then_those_with_a_row_are_named(
    ledger: Ledger,
) -> None:
    """The sweep holds the intake against the ledger in one question."""
    have = [("main", "a"), ("main", "b"), ("other", "a")]
    for account, key in have:
        of = draft(key, account=account)
        ledger.receive(of, now_ms=NOW_MS, next_wake_ms=NOW_MS)
    missing = [("other", "b"), *(("main", f"k{number}") for number in range(1_200))]

    hashes = ledger.parameter_hashes([*missing, *have])
    assert hashes == {name: draft(name[1], account=name[0]).parameter_hash for name in have}
    assert ledger.parameter_hashes([]) == {}


def test_note_command_when_taken_up_then_it_is_noted_under_its_own_account(
    ledger: Ledger,
) -> None:
    """Cancels have no intent, and still must not be woken for ever; twice is once."""
    for _ in range(2):
        ledger.note_command("main", "cancel-1", "cancel_order", now_ms=NOW_MS)

    names = [("main", "cancel-1"), ("other", "cancel-1")]
    assert ledger.noted(names) == {("main", "cancel-1")}
    assert ledger.intent("main", "cancel-1") is None
