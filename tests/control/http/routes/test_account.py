"""What the account holds, and what it is held to."""

from tests.control.http.served import OPERATOR, Served

CHANGE = {"name": "max_exposure", "value": "500", "reason": "a test"}


def test_limit_when_an_operator_changes_it_then_it_holds_and_is_recorded(desk: Served) -> None:
    """By the operator's own name (decision 0018)."""
    answer = desk.post("/limits", json=CHANGE).json()
    assert (answer["by"], answer["old"], answer["new"]) == ("anna", None, "500")
    limits = {one["name"]: one for one in desk.get("/limits").json()["limits"]}
    assert limits["max_exposure"] == {
        "name": "max_exposure", "value": "500", "source": "set at run time for main",
    }  # fmt: skip
    [change] = desk.trial.ledger.limit_changes()
    assert (change.by, change.reason) == ("anna", "a test")


def test_limit_when_it_makes_no_sense_then_422_and_nothing_changes(desk: Served) -> None:
    """No such limit, no value, no reason, no such field."""
    for change in ({"name": "nope"}, {"value": "much"}, {"reason": ""}, {"extra": 1}):
        assert desk.post("/limits", json={**CHANGE, **change}).status_code == 422
    assert desk.trial.ledger.limit_changes() == []


def test_use_when_an_order_rests_then_it_counts_against_the_limits(desk: Served) -> None:
    """The same counters that the risk gate reads."""
    desk.post("/limits", json=CHANGE)
    desk.trial.place(desk.trial.order("k-1"))
    used = {one["name"]: one for one in desk.get("/limits/in-use").json()["limits"]}
    assert used["exposure"]["used"] == "50"
    assert used["exposure"]["limit"] == "500"
    assert used["open orders"]["used"] == "1"
    assert used["open orders"]["limit"] is None


def test_account_when_it_is_not_this_desks_then_404(desk: Served) -> None:
    """Nobody reads another's books by a slip."""
    for path in ("/portfolio", "/limits", "/limits/in-use"):
        assert desk.get(f"{path}?account=other").status_code == 404
    answer = desk.post("/limits?account=other", json=CHANGE)
    assert answer.status_code == 404


def test_portfolio_when_it_is_read_then_it_shows_positions_and_changes_no_book(
    desk: Served,
) -> None:
    """A GET asks; it syncs nothing."""
    desk.trial.place(desk.trial.market_order("k-1"))
    desk.trial.work()
    told = desk.get("/portfolio", token=OPERATOR).json()["portfolio"]
    assert [one["symbol"] for one in told["positions"]] == ["BTCUSDT"]
    assert desk.trial.ledger.asset_books("main") is None


def test_caps_when_requests_left_then_they_count_against_the_caps(desk: Served) -> None:
    """What the throttle gave, of what the venue allows."""
    before = {one["name"]: int(one["used"]) for one in desk.get("/caps").json()["pools"]}
    desk.trial.place(desk.trial.order("k-1"))
    pools = {one["name"]: one for one in desk.get("/caps").json()["pools"]}
    assert set(pools) == {"orders in 1 s", "requests in 1 s", "weight in 10 s"}
    assert int(pools["orders in 1 s"]["used"]) == before["orders in 1 s"] + 1
    assert pools["orders in 1 s"]["limit"] == "10000"


def test_caps_when_the_venue_has_paused_us_then_it_is_said_why(desk: Served) -> None:
    """The profile, the share that is used, and what stands in the way."""
    desk.trial.throttle.pause("main", 5_000, "429 too many requests")
    told = desk.get("/caps").json()
    assert (told["profile"], told["buffer_pct"]) == ("test", "80")
    assert told["paused_ms"] > 0
    assert told["paused_for"] == "429 too many requests"
