// The page: who looks, what is pushed, and what they do about it.

import { follow } from "./board.js";
import { call, forgetToken, keepToken, takeTokenFromAddress, token } from "./doors.js";
import { ask, showStory } from "./dialogs.js";
import { countDown, panels } from "./panels.js";
import { keep, make, say } from "./tables.js";
import { clock, money, signed, span, statusText } from "./words.js";

const byId = (name) => document.getElementById(name);
const STALE_MS = 5000;
const TOLD = new Set(["ORDER_FILLED", "ORDER_CANCELED", "ORDER_BLOCKED", "ORDER_ERROR", "KILL_RELEASED", "KILL_VERIFIED"]);

let me = { name: "", acts: false };
let aheadMs = 0;
let heardMs = 0;
let link = "lost";
let told = 0;
const board = {};

/** The exchange's time, counted on from what was last pushed. */
const now = () => Date.now() + aheadMs;

const acts = {
  may: () => me.acts,
  story: showStory,
  cancel: ({ idempotency_key: key, account }) =>
    call("DELETE", `/orders/${encodeURIComponent(key)}?account=${account}`).catch(complain),
  replay: (row) => ask({
    title: `Run dead letter ${row.id} again?`,
    text: "It goes on inside its own intent, under the same client order id: it cannot double.",
    yes: "Run it again",
    act: () => call("POST", `/dead-letters/${row.id}/replay`),
  }),
  discard: (row) => ask({
    title: `Discard dead letter ${row.id}?`,
    text: `${row.task} ${row.order ?? ""} is closed for good; nothing more is done about it.`,
    yes: "Discard it",
    reason: true,
    kind: "danger",
    act: (reason) => call("POST", `/dead-letters/${row.id}/discard`, { reason }),
  }),
};

const shown = panels({ acts, now });

function heard(name, section) {
  heardMs = Date.now();
  board[name] = section;
  if (section.trouble) return announce(`${name}: ${section.trouble}`);
  if (name === "desk") showDesk(section);
  else shown[name]?.(section);
  if (name === "feed") tellNews(section.events);
  showFigures();
}

function showDesk(desk) {
  aheadMs = desk.now_ms - Date.now();
  const live = desk.mode === "LIVE";
  say(byId("mode"), live ? "LIVE" : "PAPER");
  byId("mode").className = `badge ${live ? "bad" : "good"}`;
  byId("mode").hidden = false;
  say(byId("where"), `${desk.account} · ${desk.trades_at}`);
  showKill(desk.live);
  byId("doubt").hidden = !desk.doubt;
  say(byId("doubt"), desk.doubt
    ? `In doubt (${statusText(desk.doubt)}): an order that may be a repeat is looked for before it is sent.`
    : "");
  document.title = `${desk.live.kill_switch ? "■ STOPPED · " : ""}${live ? "" : "paper · "}orderdesk`;
}

function showKill({ kill_switch: engaged, kill }) {
  const button = byId("kill");
  button.hidden = false;
  button.disabled = !me.acts;
  button.title = me.acts ? "" : `${me.name} may look but not act`;
  say(button, engaged ? "Allow sending again" : "Stop all sending");
  button.className = engaged ? "" : "danger";
  button.dataset.engaged = engaged;
  const notice = byId("killed");
  notice.hidden = !engaged;
  if (!engaged) return say(notice, "");
  const proof = kill.verified_ms
    ? `Verified at ${clock(kill.verified_ms)}: nothing is open, and nothing can land.`
    : `ENGAGED, NOT YET VERIFIED: ${(kill.still_open ?? []).length} orders may still be open.`;
  say(notice, `All sending is stopped since ${clock(kill.at_ms)} by ${kill.by}: ${kill.reason}. ${proof}`);
}

function pressKill() {
  const engaged = byId("kill").dataset.engaged === "true";
  const kill = (on) => (reason) =>
    call("POST", `/live/kill?on=${on}&reason=${encodeURIComponent(reason)}`);
  if (engaged) {
    ask({ title: "Allow sending again?", text: "Orders go to the exchange from then on.", yes: "Allow sending", reason: true, act: kill(false) });
  } else {
    ask({
      title: "Stop all sending?",
      text: "From this moment no order is sent. What rests on the exchange is cancelled, and it goes on until nothing can be open.",
      yes: "Stop now", reason: true, given: "stopped by hand", kind: "danger", act: kill(true),
    });
  }
}

function showFigures() {
  const { positions, orders, unknown, letters, limits } = board;
  const use = (name) => limits?.limits?.find((row) => row.name === name);
  const exposure = use("exposure");
  const figures = [
    ["Today", positions?.today !== undefined ? signed(positions.today) : undefined, "USDT"],
    ["Open P/L", positions?.unrealised !== undefined ? signed(positions.unrealised) : undefined, "USDT"],
    ["At risk", exposure && { text: money(exposure.used) }, exposure?.limit ? `of ${money(exposure.limit)} USDT` : "USDT"],
    ["Live orders", orders?.live && { text: String(orders.live_count) }, ""],
    ["In doubt", unknown?.orders && { text: String(unknown.orders.length), tone: unknown.orders.length ? "doubt" : "" }, ""],
    ["Dead letters", letters?.letters && { text: String(letters.letters.length), tone: letters.letters.length ? "bad" : "" }, ""],
  ];
  keep(byId("figures"), figures.filter(([, figure]) => figure), {
    key: ([name]) => name,
    create: ([name]) => make("div", [make("dt", name), make("dd", [make("span"), make("small")])]),
    update: (box, [, figure, unit]) => {
      const [value, of] = box.lastChild.children;
      say(value, figure.text);
      value.className = `number ${figure.tone ?? ""}`;
      say(of, unit);
    },
  });
}

function tick() {
  if (board.desk) say(byId("clock"), `${clock(now())} UTC`);
  for (const item of document.querySelectorAll(".fences > li")) if (item.row) countDown(item, now());
  const quietMs = Date.now() - heardMs;
  const stale = heardMs > 0 && (link !== "open" || quietMs > STALE_MS);
  byId("stale").hidden = !stale;
  if (stale) say(byId("stale"), "The desk does not answer: what is shown here is old.");
  byId("desk").classList.toggle("old", stale);
  showLink(stale);
}

function showLink(stale) {
  const found = byId("link");
  found.hidden = heardMs === 0;
  found.className = `link ${stale ? "bad" : "good"}`;
  say(found.lastElementChild, stale ? `no news for ${span(Date.now() - heardMs)}` : "live");
}

/** Tell a screen reader what has ended or wants a person; the rest is there to be read. */
function tellNews(events) {
  const news = events.filter((row) => row.id > told && (row.alarm || TOLD.has(row.kind)));
  if (told && news.length) announce(news.map((row) => row.says).reverse().join(" "));
  told = Math.max(told, ...events.map((row) => row.id), 0);
}

function announce(text) {
  say(byId("said"), text);
}

function complain(error) {
  announce(`Not done: ${error.message}`);
  ask({ title: "Not done", text: error.message, yes: "" });
}

async function open() {
  try {
    me = await call("GET", "/me");
  } catch (error) {
    if (error.status === 401) return refuse(token() ? error.message : "");
    return setTimeout(open, 1000);
  }
  byId("door").hidden = true;
  byId("desk").hidden = false;
  follow({
    heard,
    link: (state, error) => {
      link = state;
      if (state === "refused") refuse(error);
    },
  });
}

function refuse(why) {
  forgetToken();
  byId("desk").hidden = true;
  byId("door").hidden = false;
  say(byId("refused"), why);
  byId("token").focus();
}

byId("door").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(byId("token").value.trim());
  byId("token").value = "";
  open();
});
byId("kill").addEventListener("click", pressKill);
byId("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme.endsWith("dark")
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("orderdesk-theme", document.documentElement.dataset.theme);
});
const theme = localStorage.getItem("orderdesk-theme");
if (theme) document.documentElement.dataset.theme = theme;

takeTokenFromAddress();
setInterval(tick, 250);
open();
