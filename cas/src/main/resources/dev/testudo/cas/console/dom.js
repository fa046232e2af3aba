// Makes and draws parts of the page. Whatever they show becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

const drawn = new Map();

/** How many milliseconds the clock of CAS is ahead of that of the browser. */
let skew = 0;

/** Sets the clock after the time that CAS has told. */
export function setClock(now) {
  skew = Date.parse(now) - Date.now();
}

export const byId = (id) => document.getElementById(id);

/** Creates an element of HTML. Strings among the children become text. */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Creates an element of SVG, in the same way. */
export function s(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null) element.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

export const plural = (n, one, many = one + "s") => `${n} ${n === 1 ? one : many}`;
export const cut = (text, most) => (text.length <= most ? text : text.slice(0, most - 1) + "…");
export const short = (hash) => cut(hash || "", 13);

function span(millis) {
  const units = [["year", 31557600e3], ["day", 864e5], ["hour", 36e5], ["minute", 6e4], ["second", 1e3]];
  const [name, size] = units.find(([, u]) => millis >= 2 * u) || (millis >= 1e3 ? units[4] : [null, 1]);
  return name ? plural(Math.floor(millis / size), name) : "moments";
}

/** Returns how far a time is from now, in words. */
export function told(at) {
  const left = Date.parse(at) - (Date.now() + skew);
  return left > 0 ? `in ${span(left)}` : `${span(-left)} ago`;
}

export function time(at) {
  const date = new Date(at);
  return h("time", { datetime: at, title: date.toLocaleString() }, told(at));
}

export const absolute = (at) => at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
export const chip = (text, kind) => h("span", { class: `chip ${kind || ""}` }, text);
export const empty = (text) => h("p", { class: "empty" }, text);

/** Draws a part of the page again if what it shows has changed. Whatever has the focus keeps it. */
export function part(id, shown, draw) {
  const text = JSON.stringify(shown);
  if (drawn.get(id) !== text) {
    drawn.set(id, text);
    const place = byId(id);
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    place.replaceChildren(...[draw()].flat().filter(Boolean));
    const again = [...place.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused);
    if (again) again.focus({ preventScroll: true });
  }
}

/** Returns a table. A cell is a text, an element, or a list of both. */
export function table(columns, rows) {
  const head = h("tr", null, columns.map((c) => h("th", { scope: "col" }, c)));
  const body = rows.map((cells) =>
    h("tr", null, cells.map((cell, i) => {
      const content = [cell].flat().filter((c) => c !== null && c !== undefined);
      return h("td", { "data-label": columns[i] }, content.map((c) => (typeof c === "string" ? h("span", null, c) : c)));
    })));
  return h("div", { class: "scroll" }, h("table", null, h("thead", null, head), h("tbody", null, body)));
}
