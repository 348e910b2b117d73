// What a person is asked before something is done, and an order's story.

import { call } from "./doors.js";
import { make, say } from "./tables.js";
import { amount, clock, order, price, span, statusText, statusTone } from "./words.js";

const byId = (name) => document.getElementById(name);
let asked = null;

/**
 * Ask once more, with a reason where one is written down; `act(reason)` does it, and what it
 * throws is shown. Without `yes` there is only something to be read.
 */
export function ask(question) {
  asked = question;
  say(byId("ask-title"), question.title);
  say(byId("ask-text"), question.text);
  say(byId("ask-error"), "");
  byId("ask-why").hidden = !question.reason;
  byId("ask-reason").required = Boolean(question.reason);
  byId("ask-reason").value = question.given ?? "";
  byId("ask-yes").hidden = !question.yes;
  byId("ask-yes").disabled = false;
  byId("ask-yes").className = question.kind ?? "";
  say(byId("ask-yes"), question.yes);
  say(byId("ask-no"), question.yes ? "Leave it" : "Close");
  byId("ask").showModal();
  (question.reason ? byId("ask-reason") : byId("ask-no")).focus();
  // What is given may be typed over at once, or taken with Enter: a stop must not wait.
  byId("ask-reason").select();
}

byId("ask-no").addEventListener("click", () => byId("ask").close());
byId("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("ask-yes").disabled = true;
  try {
    await asked.act(byId("ask-reason").value.trim());
    byId("ask").close();
  } catch (error) {
    say(byId("ask-error"), error.message);
  }
  byId("ask-yes").disabled = false;
});

/** Show everything that is known of one order. */
export async function showStory({ idempotency_key: key, account = "main" }) {
  const body = byId("story-body");
  say(byId("story-title"), key);
  body.replaceChildren(make("p", "…"));
  byId("story").showModal();
  try {
    const told = await call("GET", `/orders/${encodeURIComponent(key)}?account=${account}`);
    body.replaceChildren(...story(told));
  } catch (error) {
    body.replaceChildren(make("p", error.message, { class: "bad" }));
  }
}

function story({ order: row, fills, story: lines }) {
  const start = row.times.received ?? lines[0]?.at_ms;
  const facts = [
    ["Order", order(row)],
    ["Why", [row.code, row.reason].filter(Boolean).join(": ")],
    ["On the exchange", `${row.client_order_id}, order id ${row.order_id ?? "unknown"}`],
    ["Executed", fills.length ? `${amount(row.executed_quantity)} at ${price(row.average_price)}, in ${fills.length} trade${fills.length > 1 ? "s" : ""}` : "nothing"],
    ["Trace", row.trace_id],
  ];
  const list = make("dl", facts.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", name), make("dd", value)]), { class: "facts" });
  const told = lines.map((line) =>
    make("li", [make("time", line.at_ms >= start ? `+${span(line.at_ms - start)}` : clock(line.at_ms), { class: "number quiet" }), make("span", line.says)]));
  return [make("p", [make("span", statusText(row.status), { class: `badge ${statusTone(row.status)}` })]), list, make("ol", told, { class: "feed" })];
}
