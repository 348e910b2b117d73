// The panels: which columns a table has, and what each section of the board becomes.

import { Table, bar, button, keep, make, say } from "./tables.js";
import { NOTHING, amount, money, moment, price, signed, span, statusText, statusTone, steps, order } from "./words.js";

const panel = (name) => document.getElementById(name);
const count = (name, text) => say(panel(name).querySelector(".count"), text);

/** Build every panel; `acts` does what buttons ask for, `now()` is the exchange's time in ms. */
export function panels({ acts, now }) {
  const orders = ordersTable("orders", "Orders that have not ended", "No live orders.", { acts, now, live: true });
  const ended = ordersTable("ended", "Orders that ended lately", "No orders yet.", { acts, now, live: false });
  const positions = positionsTable();
  const letters = lettersTable(acts, now);
  return {
    orders(section) {
      orders.show(section.live);
      ended.show(section.ended);
      const more = section.live_count > section.live.length ? `${section.live.length} of ` : "";
      count("orders", `${more}${section.live_count}`);
    },
    unknown: (section) => showUnknown(section.orders, { acts, now }),
    positions(section) {
      positions.show(section.positions);
      count("positions", String(section.positions.length));
    },
    letters(section) {
      letters.show(section.letters);
      panel("letters").hidden = section.letters.length === 0;
      count("letters", String(section.letters.length));
    },
    limits: showLimits,
    processes: (section) => showProcesses(section.processes, now),
    feed: (section) => showFeed(section.events, now),
  };
}

function ordersTable(name, caption, empty, { acts, now, live }) {
  const filled = (row) => {
    const share = row.quantity ? Number(row.executed_quantity) / Number(row.quantity) : null;
    if (!Number(row.executed_quantity)) return { text: NOTHING, tone: "quiet" };
    const part = share === null || share >= 1 ? "" : ` (${Math.round(100 * share)} %)`;
    return { text: `${amount(row.executed_quantity)}${part}`, title: row.average_price ? `at ${amount(row.average_price)} on average` : "" };
  };
  const columns = [
    { name: "Order", class: "key", cell: (row) => ({ text: row.idempotency_key, title: `${row.idempotency_key}\n${row.client_order_id}` }) },
    { name: "Received", class: "number", cell: (row) => ({ text: row.times.received ? moment(row.times.received, now()) : NOTHING, title: row.times.received ? new Date(row.times.received).toISOString() : "" }) },
    { name: "Symbol", class: "strong", cell: (row) => row.symbol },
    { name: "Side", cell: (row) => ({ text: row.side, tone: row.side === "BUY" ? "buy" : "sell" }) },
    { name: "Type", class: "quiet", cell: (row) => statusText(row.type) },
    { name: "Quantity", class: "number", cell: (row) => (row.quantity ? amount(row.quantity) : `for ${amount(row.quote_quantity)}`) },
    { name: "Price", class: "number", cell: (row) => amount(row.price) },
    { name: "Filled", class: "number", cell: filled },
    { name: "At", class: "number", cell: (row) => price(row.average_price) },
    { name: "State", badge: true, cell: (row) => stateOf(row) },
    live
      ? { name: "Sent → known → filled", class: "quiet steps", cell: (row) => steps(row.times) }
      : { name: "Times, or why not", class: "quiet steps", cell: (row) => outcome(row) },
  ];
  const actions = (shown, first) => {
    const name = first.idempotency_key;
    const found = [button("Story", `Story of ${name}`, () => acts.story(shown()), { kind: "plain" })];
    if (live) {
      found.push(button("Cancel", `Cancel ${name}`, () => acts.cancel(shown()), {
        refresh: (made, row) => { made.disabled = !acts.may() || Boolean(row.cancel_requested_ms); },
      }));
    }
    return found;
  };
  return new Table(panel(name), { caption, columns, key: (row) => row.id, actions, empty });
}

function outcome(row) {
  const why = row.reason ?? row.code;
  return why ? { text: why, title: why } : steps(row.times);
}

function stateOf(row) {
  const reason = [row.code, row.reason].filter(Boolean).join(": ");
  const cancels = row.live && row.cancel_requested_ms ? " · cancelling" : "";
  return { text: statusText(row.status) + cancels, tone: statusTone(row.status), title: reason };
}

function positionsTable() {
  const columns = [
    { name: "Symbol", class: "strong", cell: (row) => row.symbol },
    { name: "Quantity", class: "number", cell: (row) => amount(row.quantity) },
    { name: "Entry", class: "number", cell: (row) => price(row.average_entry) },
    { name: "Price", class: "number", cell: (row) => price(row.price) },
    { name: "Value", class: "number", cell: (row) => money(row.value) },
    { name: "Open P/L", class: "number", cell: (row) => (row.unrealised === undefined ? NOTHING : signed(row.unrealised)) },
    { name: "Realised", class: "number", cell: (row) => signed(row.realised) },
  ];
  return new Table(panel("positions"), { caption: "Positions by our own fills", columns, key: (row) => row.symbol, empty: "No positions." });
}

function lettersTable(acts, now) {
  const columns = [
    { name: "No.", class: "number", cell: (row) => String(row.id) },
    { name: "When", class: "number", cell: (row) => moment(row.at_ms, now()) },
    { name: "Work", class: "strong", cell: (row) => row.task },
    { name: "Order", class: "key", cell: (row) => row.order ?? NOTHING },
    { name: "Why", class: "wrap", cell: (row) => ({ text: `${row.reason}: ${row.message}`, title: `after ${row.attempts} tries` }) },
  ];
  const may = (made) => { made.disabled = !acts.may(); };
  const actions = (shown, first) => [
    button("Replay", `Replay dead letter ${first.id}`, () => acts.replay(shown()), { refresh: may }),
    button("Discard", `Discard dead letter ${first.id}`, () => acts.discard(shown()), { refresh: may }),
  ];
  return new Table(panel("letters"), { caption: "Work that could not be finished", columns, key: (row) => row.id, actions, empty: "None." });
}

function showUnknown(orders, { acts, now }) {
  panel("unknown").hidden = orders.length === 0;
  count("unknown", String(orders.length));
  const body = panel("unknown").querySelector(".body");
  const list = body.firstElementChild ?? body.appendChild(make("ul", [], { class: "fences" }));
  keep(list, orders, {
    key: (row) => row.client_order_id,
    create: (row) => {
      const story = button("Story", `Story of ${row.idempotency_key}`, () => acts.story(row), { kind: "plain" });
      const head = make("div", [make("span", "", { class: "badge" }), make("strong", ""), make("code", ""), story]);
      return make("li", [head, make("progress", "", { "aria-label": "Until the exchange cannot take it any more" }), make("p", "", { class: "number" })]);
    },
    update: (item, row) => {
      const [badge, what, key] = item.firstChild.children;
      say(badge, statusText(row.status));
      badge.className = `badge ${statusTone(row.status)}`;
      say(what, order(row));
      say(key, row.idempotency_key);
      item.row = row;
      countDown(item, now());
    },
  });
}

/** Say how long until the fence, then until the last absence is proof. */
export function countDown(item, nowMs) {
  const { fence_ms, proof_ms, since_ms, absences, absences_needed, status } = item.row;
  const [, progress, text] = item.children;
  progress.hidden = fence_ms === undefined;
  const seen = `absence ${absences} of ${absences_needed}`;
  if (status === "QUARANTINED") {
    progress.hidden = true;
    say(text, "The evidence contradicts itself: look at the exchange, then `orderdesk answer` it.");
  } else if (fence_ms === undefined) say(text, "No attempt of it is open.");
  else if (nowMs < fence_ms) {
    progress.value = (nowMs - since_ms) / Math.max(1, fence_ms - since_ms);
    say(text, `fence in ${span(fence_ms - nowMs)}: until then it can still land, and absence proves nothing`);
  } else if (nowMs < proof_ms) {
    progress.value = (nowMs - fence_ms) / (proof_ms - fence_ms);
    say(text, `past the fence, ${seen}; proof possible in ${span(proof_ms - nowMs)}`);
  } else {
    progress.value = 1;
    say(text, `past the fence by ${span(nowMs - fence_ms)}, ${seen}; the next whole answer decides`);
  }
}

function showLimits({ limits, caps }) {
  const body = panel("limits").querySelector(".body");
  if (!body.firstElementChild) body.append(make("ul", [], { class: "bars" }), make("p", "", { class: "quiet" }));
  keep(body.firstElementChild, [...limits, ...(caps?.pools ?? [])], {
    key: (row) => row.name,
    create: (row) => make("li", [make("span", row.name), make("span", "", { class: "number" }), make("progress", "", { "aria-label": `${row.name}, share of the limit` })]),
    update: (item, row) => {
      const [, figure, progress] = item.children;
      const write = row.unit ? money : amount;
      say(figure, `${write(row.used)} / ${row.limit === undefined ? "no limit" : write(row.limit)} ${row.unit}`.trim());
      progress.hidden = row.limit === undefined;
      bar(progress, Number(row.used), Number(row.limit));
    },
  });
  say(body.lastElementChild, caps ? capsText(caps) : "Redis is away: nothing is sent to the exchange.");
  body.lastElementChild.className = !caps || caps.paused_ms ? "bad" : "quiet";
}

function capsText(caps) {
  if (caps.paused_ms) return `Paused for ${span(caps.paused_ms)}: ${caps.paused_for}`;
  return `MEXC's caps by the profile ${caps.profile}; the desk keeps to ${caps.buffer_pct} % of each.`;
}

function showProcesses(processes, now) {
  const ill = processes.filter((row) => !row.well).length;
  count("processes", ill ? `${ill} not well` : `${processes.length} well`);
  const body = panel("processes").querySelector(".body");
  const list = body.firstElementChild ?? body.appendChild(make("ul", [], { class: "processes" }));
  keep(list, processes, {
    key: (row) => row.name,
    create: () => make("li", [make("i", "", { "aria-hidden": "true" }), make("span", "", { class: "strong" }), make("span", "", { class: "quiet" })]),
    update: (item, row) => {
      const [dot, name, says] = item.children;
      dot.className = row.well ? "good" : "bad";
      say(name, row.name);
      const since = row.since_ms ? `, up ${span(Date.now() - row.since_ms)}` : "";
      const died = row.restarts ? `, restarted ${row.restarts}×` : "";
      say(says, `${row.well ? "" : "✘ "}${row.says}${row.well ? since : ""}${died}`);
      item.title = `${row.name}: ${says.textContent}`;
    },
  });
}

function showFeed(events, now) {
  const body = panel("feed").querySelector(".body");
  const list = body.firstElementChild ?? body.appendChild(make("ol", [], { class: "feed", tabindex: "0", "aria-label": "Events, the newest first" }));
  keep(list, events, {
    key: (row) => row.id,
    create: (row) => make("li", [
      make("time", moment(row.at_ms, now()), { class: "number quiet" }),
      make("span", `${row.alarm ? "⚠ " : ""}${row.says}`, { class: row.alarm ? "bad" : "", title: row.order }),
    ]),
    update: () => {},
  });
}
