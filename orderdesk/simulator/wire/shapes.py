"""MEXC's JSON shapes of orders, trades and symbols. Numbers are strings, times integers in ms.

Source: MEXC spot v3 docs, Jan 2026; where recorded answers differ, the record counts and says so.
"""

from decimal import Decimal

from orderdesk.simulator.engine.amounts import plain
from orderdesk.simulator.engine.instruments import Instrument
from orderdesk.simulator.engine.orders import Order, Side, Trade

Json = dict[str, object]

# orderListId is always this: there are no order lists on spot v3.
NO_LIST = -1


def acknowledged(order: Order) -> Json:
    """Shape the answer to POST: that it was taken, and nothing of what came of it."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": NO_LIST,
        "price": plain(order.price),
        "origQty": plain(order.quantity),
        "type": order.type,
        "side": order.side,
        **({"stpMode": order.stp_mode} if order.stp_mode else {}),
        "transactTime": order.time_ms,
    }


def canceled(order: Order) -> Json:
    """Shape the answer to DELETE as ccxt recorded it: without state and fills, unlike the docs."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "price": plain(order.price),
        "origQty": plain(order.quantity),
        "type": order.type,
        "side": order.side,
    }


def queried(order: Order) -> Json:
    """Shape an order as queries give it. The double m of cummulativeQuoteQty is MEXC's."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": NO_LIST,
        "clientOrderId": order.client_order_id,
        "price": plain(order.price),
        "origQty": plain(order.quantity),
        "executedQty": plain(order.executed),
        "cummulativeQuoteQty": plain(order.executed_quote),
        "status": order.status,
        "timeInForce": None,
        "type": order.type,
        "side": order.side,
        "stopPrice": None,
        "icebergQty": None,
        "time": order.time_ms,
        "updateTime": order.update_ms,
        "stpMode": order.stp_mode,
        "cancelReason": order.cancel_reason or None,
        "isWorking": True,
        "origQuoteOrderQty": plain(order.quote_quantity),
    }


def traded(trade: Trade) -> Json:
    """Shape one trade of myTrades."""
    return {
        "symbol": trade.symbol,
        "id": trade.trade_id,
        "orderId": trade.order_id,
        "orderListId": NO_LIST,
        "price": plain(trade.price),
        "qty": plain(trade.quantity),
        "quoteQty": plain(trade.quote_quantity),
        "commission": plain(trade.commission),
        "commissionAsset": trade.commission_asset,
        "time": trade.time_ms,
        "isBuyer": trade.side is Side.BUY,
        "isMaker": trade.is_maker,
        "isBestMatch": True,
        "isSelfTrade": trade.is_self_trade,
        "clientOrderId": trade.client_order_id,
    }


def listed(instrument: Instrument, *, maker_rate: Decimal, taker_rate: Decimal) -> Json:
    """Shape one symbol of exchangeInfo; rates are fractions."""
    permissions = ["SPOT"] if instrument.open_to_api else []
    return {
        "symbol": instrument.symbol,
        "status": instrument.status,
        "baseAsset": instrument.base,
        "baseAssetPrecision": instrument.quantity_decimals,
        "quoteAsset": instrument.quote,
        "quotePrecision": instrument.price_decimals,
        "quoteAssetPrecision": instrument.price_decimals,
        "baseCommissionPrecision": instrument.quantity_decimals,
        "quoteCommissionPrecision": instrument.price_decimals,
        # IOC and FOK are taken although they are never listed.
        "orderTypes": list(instrument.order_types),
        "isSpotTradingAllowed": instrument.open_to_api,
        "isMarginTradingAllowed": False,
        "quoteAmountPrecision": plain(instrument.min_notional),
        "baseSizePrecision": plain(instrument.min_quantity),
        "permissions": permissions,
        "filters": [
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": plain(instrument.band_up),
                "askMultiplierDown": plain(instrument.band_down),
            }
        ],
        "maxQuoteAmount": plain(instrument.max_notional),
        "makerCommission": plain(maker_rate),
        "takerCommission": plain(taker_rate),
        "quoteAmountPrecisionMarket": plain(instrument.min_notional_market),
        "maxQuoteAmountMarket": plain(instrument.max_notional_market),
        "fullName": instrument.full_name,
        "tradeSideType": instrument.trade_side_type,
        "contractAddress": "",
        "conceptPlateIds": [],
        "st": False,
    }


def levels(ladder: list[tuple[Decimal, Decimal]]) -> list[list[str]]:
    """Shape one side of the book: [price, quantity], best first."""
    return [[plain(price), plain(quantity)] for price, quantity in ladder]
