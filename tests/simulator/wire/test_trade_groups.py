"""Laws of the endpoints of trade groups."""

from pathlib import Path

from tests.simulator.floor import Floor

_ASK = {"symbol": "BTCUSDT", "side": "SELL", "type": "LIMIT", "quantity": "0.01", "price": "60000"}


def _joined(floor: Floor) -> int:
    made = floor.signed("POST", "strategy/group", tradeGroupName="mine")
    number: int = made["data"]["tradeGroupId"]
    uid = floor.signed("GET", "uid")["uid"]
    floor.signed("POST", "strategy/group/uid", tradeGroupId=number, uid=uid)
    return number


def test_join_when_an_account_is_in_a_group_then_its_modes_have_an_effect(floor: Floor) -> None:
    """Neither the group nor the mode does anything alone."""
    _joined(floor)
    resting = floor.signed("POST", "order", **_ASK)
    taken = floor.signed("POST", "order", **(_ASK | {"side": "BUY", "stpMode": "cancel_maker"}))
    assert taken["stpMode"] == "cancel_maker"
    found = floor.order(resting["orderId"])
    assert (found["status"], found["cancelReason"]) == ("CANCELED", "stp_cancel")
    assert floor.order(taken["orderId"])["cancelReason"] is None


def test_leave_when_the_account_is_out_again_then_it_trades_with_itself(floor: Floor) -> None:
    """The trade says that both sides were one's own."""
    number = _joined(floor)
    uid = floor.signed("GET", "uid")["uid"]
    floor.signed("DELETE", "strategy/group/uid", tradeGroupId=number, uid=uid)
    floor.signed("POST", "order", **_ASK)
    floor.signed("POST", "order", **(_ASK | {"side": "BUY", "stpMode": "cancel_maker"}))
    trades = floor.signed("GET", "myTrades", symbol="BTCUSDT")
    assert [trade["isSelfTrade"] for trade in trades] == [True, True]


def test_groups_when_the_home_is_opened_again_then_they_are_there(tmp_path: Path) -> None:
    """Groups are kept with the home, and so is that one was dropped."""
    floor = Floor(home=tmp_path)
    _joined(floor)
    floor.signed("DELETE", "strategy/group", tradeGroupId=_joined(floor))
    told = floor.signed("GET", "strategy/group")
    assert len(told["data"]) == 1
    floor.venue.close()
    for _ in range(2):
        again = Floor(home=tmp_path)
        assert again.signed("GET", "strategy/group", tradeGroupName="mine") == told
        again.venue.close()


def test_groups_when_something_is_unknown_then_it_is_refused(floor: Floor) -> None:
    """Numbers, members and names are looked at before anything changes."""
    number = _joined(floor)
    assert floor.code("POST", "strategy/group") == 700004
    assert floor.code("DELETE", "strategy/group", tradeGroupId=number + 1) == 22222
    assert floor.code("POST", "strategy/group/uid", tradeGroupId=number, uid="1") == 33333
    assert floor.code("POST", "strategy/group/uid", tradeGroupId=number) == 700004
    assert floor.signed("GET", "strategy/group", tradeGroupName="other")["data"] == []
    for _ in range(9):
        _joined(floor)
    assert floor.code("POST", "strategy/group", tradeGroupName="eleventh") == 730003
