// How amounts, times and spans are written. Amounts come as text and stay exact: only their
// looks change here.

const THIN = "\u2009";
export const NOTHING = "–";

/** An exact amount with thin spaces between thousands. */
export function amount(text) {
  if (text === undefined || text === null || text === "") return NOTHING;
  const [whole, part] = String(text).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return part ? `${spaced}.${part}` : spaced;
}

/** Money to two digits, for reading at a glance. */
export function money(text) {
  const value = Number(text ?? 0);
  return amount(Math.abs(value).toFixed(2));
}

/** Money with its sign, which colour alone must not carry. */
export function signed(text) {
  const value = Number(text ?? 0);
  const sign = value > 0.004 ? "+" : value < -0.004 ? "−" : "";
  return { text: `${sign}${money(text)}`, tone: sign === "+" ? "good" : sign ? "bad" : "" };
}

/** At most seven digits that count: a price that is an average may have more than are read. */
export function price(text) {
  if (text === undefined || text === null) return NOTHING;
  const value = Number(text);
  const digits = String(text).replace(/[-.]/g, "").replace(/^0+/, "").length;
  return digits <= 8 ? amount(text) : amount(String(Number(value.toPrecision(7))));
}

export function clock(ms) {
  return new Date(ms).toISOString().slice(11, 19);
}

/** The moment to the second, with the day unless it is today's. */
export function moment(ms, nowMs) {
  const [day, time] = new Date(ms).toISOString().split("T");
  const today = new Date(nowMs).toISOString().startsWith(day);
  return today ? time.slice(0, 8) : `${day.slice(5)} ${time.slice(0, 5)}`;
}

export function span(ms) {
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(size)}${THIN}ms`;
  if (size < 60_000) return `${(size / 1000).toFixed(1)}${THIN}s`;
  if (size < 3_600_000) return `${Math.floor(size / 60_000)}${THIN}min`;
  if (size < 172_800_000) return `${Math.floor(size / 3_600_000)}${THIN}h`;
  return `${Math.floor(size / 86_400_000)} days`;
}

/** How long after it was received an order was sent, acknowledged and filled: 58 → 68 → 66 ms. */
export function steps(times) {
  const from = times.received;
  const sent = times.sent && Math.min(times.sent, times.acknowledged ?? times.sent);
  const known = [sent, times.acknowledged, times.filled].filter((at) => at && from);
  if (!known.length) return NOTHING;
  const waits = known.map((at) => at - from);
  if (Math.max(...waits) >= 10_000) return waits.map(span).join(" → ");
  return `${waits.join(" → ")}${THIN}ms`;
}

/** BUY 0.001 BTCUSDT LIMIT at 44 500 */
export function order(row) {
  const size = row.quantity ? amount(row.quantity) : `for ${amount(row.quote_quantity)}`;
  const at = row.price ? ` at ${amount(row.price)}` : "";
  return `${row.side} ${size} ${row.symbol} ${row.type}${at}`;
}

const KINDS = {
  RECEIVED: "busy", SENDING: "busy", NEW: "open", PARTIALLY_FILLED: "open", FILLED: "good",
  CANCELED: "over", PARTIALLY_CANCELED: "over", EXPIRED_UNSENT: "over", REJECTED: "bad",
  DENIED: "bad", UNKNOWN: "doubt", QUARANTINED: "doubt",
};

export function statusTone(status) {
  return KINDS[status] ?? "over";
}

export function statusText(status) {
  return status.replaceAll("_", " ").toLowerCase();
}
