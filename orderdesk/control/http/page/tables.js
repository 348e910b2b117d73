// Tables and lists that are kept, not made anew: a row keeps its place in the document while its
// figures change, so nobody loses the focus or the place they were reading.
// Everything that comes from outside is set as text, never as markup.

/** Make an element: its text or children, and attributes. */
export function make(tag, content = "", attributes = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  if (Array.isArray(content)) element.append(...content);
  else element.textContent = content;
  return element;
}

/** Set a text only where it differs, so that a screen reader is not told it again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Keep the children of a parent true to a list of things, each known by its key. */
export function keep(parent, things, { key, create, update }) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  things.forEach((thing, place) => {
    const name = String(key(thing));
    let child = present.get(name);
    present.delete(name);
    if (!child) {
      child = create(thing);
      child.dataset.key = name;
    }
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
    update(child, thing);
  });
  for (const gone of present.values()) gone.remove();
}

/**
 * A table in a panel. `columns` are {name, cell(row) → text | {text, tone, title}, class};
 * `actions` make buttons for a row, once.
 */
export class Table {
  constructor(panel, { caption, columns, key, actions = () => [], empty }) {
    Object.assign(this, { columns, key, actions });
    const heads = columns.map((column) => make("th", column.name, { scope: "col", class: column.class ?? "" }));
    heads.push(make("th", [make("span", "Actions", { class: "unseen" })], { scope: "col" }));
    this.rows = make("tbody");
    const head = make("thead", [make("tr", heads)]);
    this.table = make("table", [make("caption", caption, { class: "unseen" }), head, this.rows]);
    this.empty = make("p", empty, { class: "quiet empty" });
    const scroll = make("div", [this.table], { class: "scroll" });
    panel.querySelector(".body").append(scroll, this.empty);
  }

  show(things) {
    this.table.hidden = things.length === 0;
    this.empty.hidden = things.length > 0;
    keep(this.rows, things, {
      key: this.key,
      create: (thing) => this.#row(thing),
      update: (row, thing) => this.#update(row, thing),
    });
  }

  #row(thing) {
    const cells = this.columns.map((column, place) =>
      make(place === 0 ? "th" : "td", "", { class: column.class ?? "", scope: place === 0 ? "row" : false, "data-name": column.name }));
    const row = make("tr", [...cells, make("td", [], { class: "actions" })]);
    // Buttons act on what the row shows when they are pressed, not on what it showed at first.
    row.lastChild.append(...this.actions(() => row.shown, thing));
    return row;
  }

  #update(row, thing) {
    row.shown = thing;
    this.columns.forEach((column, place) => {
      const found = column.cell(thing);
      const { text, tone = "", title = "" } = typeof found === "object" ? found : { text: found };
      const cell = row.children[place];
      const target = column.badge ? (cell.firstElementChild ?? cell.appendChild(make("span"))) : cell;
      const before = target.textContent;
      say(target, text);
      const none = text === "–" ? "none" : "";
      target.className = [column.badge ? "badge" : (column.class ?? ""), tone, none].join(" ").trim();
      if (title && target.title !== title) target.title = title;
      if (column.badge && before && before !== text) this.#flash(row);
    });
    for (const button of row.lastChild.children) button.refresh?.(thing);
  }

  #flash(row) {
    row.classList.remove("moved");
    requestAnimationFrame(() => row.classList.add("moved"));
  }
}

/** A button; `label` is what a screen reader hears, `refresh` may hide it for a row. */
export function button(text, label, press, { kind = "", refresh } = {}) {
  const made = make("button", text, { type: "button", class: kind, "aria-label": label });
  made.addEventListener("click", press);
  made.refresh = refresh && ((thing) => refresh(made, thing));
  return made;
}

/** A bar that says how much of a limit is used; text says it too. */
export function bar(element, used, limit) {
  const share = limit ? Math.min(1, used / limit) : 0;
  element.max = 1;
  element.value = share;
  element.className = share >= 0.9 ? "bad" : share >= 0.7 ? "warn" : "";
}
