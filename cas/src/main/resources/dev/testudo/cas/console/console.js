// Shows the document at /data. Whatever it contains is put into the page as text, never as markup.

import { absolute, byId, chip, cut, empty, h, part, plural, s, setClock, short, table, time, told } from "./dom.js";
import { allVolumes, isFaulty, volumes } from "./volumes.js";

const EVERY = 5000;

/** What a refusal means, by its id; docs/cas-api.md has the table. */
const MEANING = {
  "malformed-request": "The request does not follow its format.",
  "invalid-session": "The session has mistakes or exceeds its limits.",
  "invalid-bundle": "The bundle is damaged, expired, or made for another CAS, creator or session.",
  "certificate-needed": "The request needs a client certificate, and there was none.",
  "not-permitted": "The session, its namespace or this CAS does not give the caller this right.",
  "attestation-refused": "Evidence, nonce or token does not satisfy the policy.",
  "ticket-refused": "The ticket is not one of the caller's key, or the present policy does not accept it.",
  "secret-unavailable": "A secret that the service needs is not available, such as an import that nobody exports.",
  "unknown-session": "There is no such session, or no such revision of it.",
  "unknown-service": "The session has no such service.",
  "unknown-value": "The session has no such public value.",
  "unknown-volume": "The session or the service has no such volume.",
  "unknown-token": "The service has no such join token.",
  "unknown-request": "No such request was refused, or the caller may not know of it.",
  "unknown-path": "There is no such resource.",
  "method-not-allowed": "The resource does not have this method.",
  "too-slow": "The request did not arrive in time.",
  "session-exists": "The session exists with other content, and the new one names no predecessor.",
  "without-effect": "The request would change nothing, contrary to what its caller may expect.",
  "session-in-use": "Other sessions are below this one or import from it.",
  "wrong-predecessor": "The session that the request names as active is not active: somebody was faster.",
  "wrong-namespace": "The namespace's session is not the revision that the session expects.",
  "volume-held": "A mount has the volume.",
  "other-head": "The witness has another line of the audit log of the caller.",
  "too-large": "The request is longer than allowed.",
  "disk-full": "The disk has no space for data that CAS would have to keep.",
  "full": "CAS stores as many sessions, or the service has as many tokens, as allowed.",
  "quota-exceeded": "The creator has reached its quota.",
  "busy": "CAS has reached its limit for such callers.",
  "database-unavailable": "CAS cannot reach its database server.",
  "anchor-unavailable": "CAS cannot write its anchor or reach its witness; the change may be made.",
  "collateral-unavailable": "A document about the platform of the caller is missing, such as its TCB levels.",
  "plan-changed": "Something that the session depends on changed while CAS generated keys.",
  "internal-error": "CAS failed; its own log says how.",
};

const open = new Set();
let chosen = null;
let latest = null;

/** RFC 5280 §4.1.2.5: this year stands for a certificate without a fixed end. */
const hasEnd = (certificate) => Boolean(certificate.not_after) && !certificate.not_after.startsWith("9999-");

function certificates(data) {
  const now = Date.parse(data.cas.now);
  return data.sessions.shown
    .flatMap((session) => (session.certificates || []).map((c) => ({ ...c, session: session.name })))
    .map((c) => {
      if (!c.not_after) return { ...c, state: "plain", left: 1, word: c.problem || "not issued yet" };
      const whole = Date.parse(c.not_after) - Date.parse(c.not_before);
      const left = (Date.parse(c.not_after) - now) / whole;
      const state = left <= 0 ? "bad" : left < 0.1 ? "warn" : "";
      return { ...c, state, left, word: state === "bad" ? "ended" : state === "warn" ? "ends soon" : "valid" };
    })
    .sort((a, b) => (a.not_after || "9").localeCompare(b.not_after || "9"));
}

function tile(name, value, note, target, kind) {
  return h("li", { class: `tile ${kind || ""}` },
    h("a", { href: target },
      h("span", { class: "name" }, name), h("span", { class: "value" }, value), h("span", { class: "note" }, note)));
}

function tiles(data) {
  const services = data.sessions.shown.reduce((n, session) => n + (session.services || []).length, 0);
  const all = certificates(data);
  const next = all.find(hasEnd);
  const worst = all.some((c) => c.state === "bad") ? "bad" : all.some((c) => c.state === "warn") ? "warn" : "";
  const check = data.audit.check;
  const held = allVolumes(data);
  const faulty = held.filter(isFaulty).length;
  const owners = new Set(held.map((v) => v.session)).size;
  return [
    tile("Sessions", String(data.sessions.total), plural(services, "service"), "#h-mesh"),
    tile("Attested", String(data.attested.length), "instances in a day", "#h-attested"),
    tile("Volumes", String(held.length), faulty ? plural(faulty, "fault") : held.length ? `in ${plural(owners, "session")}` : "in no session",
      "#h-volumes", faulty ? "bad" : ""),
    tile("Certificates", String(all.length), next ? `first ends ${told(next.not_after)}` : all.length ? "none has a fixed end" : "in no session", "#h-certificates", worst),
    tile("Refusals", String(data.refusals.length), "in the last hour", "#h-refusals", data.refusals.length ? "warn" : ""),
    tile("Audit log", { verified: "Verified", faulty: "Faulty" }[check.state] || "…",
      check.last ? plural(check.last, "line") : "being verified", "#h-audit",
      { verified: "good", faulty: "bad" }[check.state]),
  ];
}

/** Returns whether a service attested with the active session, with an older one, or not at all. */
function standing(data, session, service) {
  const mine = data.attested.filter((a) => a.service === `${session.name}/${service}`);
  const current = mine.filter((a) => a.session_hash === session.hash).length;
  return { count: mine.length, state: current ? "current" : mine.length ? "older" : "none" };
}

/** Returns who imports what from whom, one edge for each pair of sessions. */
function imports(sessions) {
  const edges = new Map();
  for (const session of sessions) {
    const add = (kind) => (one) => {
      if (!one.from || one.from === session.name) return;
      const key = JSON.stringify([one.from, session.name]);
      if (!edges.has(key)) edges.set(key, { from: one.from, to: session.name, secrets: [], volumes: [] });
      edges.get(key)[kind].push(one.original || one.name);
    };
    (session.secrets || []).forEach(add("secrets"));
    (session.volumes || []).forEach(add("volumes"));
  }
  return [...edges.values()];
}

/** Returns what an arrow says: the name of the only import, or how many there are. */
function imported({ secrets, volumes }) {
  const all = [...secrets, ...volumes];
  if (all.length === 1) return cut(all[0], 17);
  return plural(all.length, volumes.length === 0 ? "secret" : secrets.length === 0 ? "volume" : "import");
}

/** Returns the sessions in rows: each below all that it imports from, as far as there is no circle. */
function layers(sessions, edges) {
  const depth = new Map(sessions.map((session) => [session.name, 0]));
  for (let round = 0; round < Math.min(sessions.length, 12); round++) {
    for (const { from, to } of edges) {
      if (depth.has(from) && depth.has(to)) depth.set(to, Math.min(12, Math.max(depth.get(to), depth.get(from) + 1)));
    }
  }
  const rows = new Map();
  for (const session of sessions) {
    const row = depth.get(session.name);
    if (!rows.has(row)) rows.set(row, []);
    rows.get(row).push(session);
  }
  const ordered = [...rows.keys()].sort((a, b) => a - b).map((row) => rows.get(row));
  const column = new Map();
  for (const row of ordered) {
    const weight = (session) => {
      const above = edges.filter((e) => e.to === session.name && column.has(e.from)).map((e) => column.get(e.from));
      return above.length ? above.reduce((a, b) => a + b, 0) / above.length : 0.5;
    };
    row.sort((a, b) => weight(a) - weight(b) || a.name.localeCompare(b.name));
    row.forEach((session, i) => column.set(session.name, (i + 0.5) / row.length));
  }
  return ordered;
}

const BOX = { width: 214, gap: 30, row: 22, head: 46, foot: 28, between: 74, aside: 120, most: 8 };
const MOST_BOXES = 60;
const MOST_IN_COLUMN = 5;

const services = (session) => (session.services || []).slice(0, BOX.most);
const height = (session) => BOX.head + Math.max(1, services(session).length) * BOX.row + BOX.foot;
const total = (sessions) => sessions.reduce((sum, session) => sum + height(session) + BOX.gap, -BOX.gap);

/** Places layers as columns beside each other; returns null if they do not fit. */
function columns(rows, width, places) {
  const all = rows.flatMap((row) => {
    const parts = Math.ceil(row.length / MOST_IN_COLUMN);
    const each = Math.ceil(row.length / parts);
    return Array.from({ length: parts }, (_, i) => row.slice(i * each, (i + 1) * each));
  });
  const wide = all.length * (BOX.width + BOX.aside) - BOX.aside;
  if (!all.length || wide + 2 * BOX.gap > width) return null;
  const tall = Math.max(...all.map(total));
  all.forEach((column, i) => {
    let y = BOX.gap + (tall - total(column)) / 2;
    for (const session of column) {
      places.set(session.name, { x: (width - wide) / 2 + i * (BOX.width + BOX.aside), y, h: height(session), session });
      y += height(session) + BOX.gap;
    }
  });
  return BOX.gap + tall;
}

/** Places layers below each other, from `y` on; returns where they end. */
function stacked(rows, width, places, from) {
  let y = from;
  const perLine = Math.max(1, Math.floor((width - BOX.gap) / (BOX.width + BOX.gap)));
  for (const row of rows) {
    const each = Math.ceil(row.length / Math.ceil(row.length / perLine));
    for (let i = 0; i < row.length; i += each) {
      y += i ? BOX.gap : y === BOX.gap ? 0 : BOX.between;
      const line = row.slice(i, i + each);
      const all = line.length * (BOX.width + BOX.gap) - BOX.gap;
      line.forEach((session, j) => {
        const x = (Math.max(width, all + 2 * BOX.gap) - all) / 2 + j * (BOX.width + BOX.gap);
        places.set(session.name, { x, y, h: height(session), session });
      });
      y += Math.max(...line.map(height));
    }
  }
  return y;
}

/** Places the boxes for a picture of the given width: the mesh as columns if they fit. */
function placed(sessions, edges, width) {
  const places = new Map();
  const tied = new Set(edges.flatMap((e) => [e.from, e.to]));
  const rows = layers(sessions.filter((session) => tied.has(session.name)), edges);
  const rest = sessions.filter((session) => !tied.has(session.name));
  const beside = columns(rows, width, places);
  const end = beside || stacked(rows, width, places, BOX.gap);
  const bottom = stacked(rest.length ? [rest] : [], width, places, end);
  return { places, beside: beside !== null, height: bottom + BOX.gap };
}

function box(data, { x, y, h: tall, session }) {
  const slash = session.name.lastIndexOf("/");
  const mine = services(session);
  const label = [session.name, ...mine.map((name) => `${name}: ${standing(data, session, name).count} attested`)].join(", ");
  const group = s("g", {
    class: "box", tabindex: 0, role: "button", "aria-label": label, transform: `translate(${x} ${y})`, "data-key": session.name,
  });
  group.append(s("title", null, session.name));
  group.append(s("rect", { width: BOX.width, height: tall, rx: 10 }));
  if (slash > 0) group.append(s("text", { class: "space", x: 14, y: 17 }, cut(session.name.slice(0, slash + 1), 24)));
  if (session.revision) group.append(s("text", { class: "sub", x: BOX.width - 14, y: 17, "text-anchor": "end" }, `rev ${session.revision}`));
  group.append(s("text", { class: "title", x: 14, y: slash > 0 ? 34 : 30 }, cut(session.name.slice(slash + 1), slash > 0 ? 22 : 18)));
  group.append(s("line", { x1: 1, x2: BOX.width - 1, y1: BOX.head - 3, y2: BOX.head - 3 }));
  mine.forEach((name, i) => {
    const at = BOX.head + i * BOX.row + 14;
    const { count, state } = standing(data, session, name);
    group.append(s("circle", { class: state, cx: 20, cy: at - 1, r: 5 }));
    if (state === "older") group.append(s("path", { d: `M20 ${at - 6} a5 5 0 0 0 0 10 z` }));
    group.append(s("text", { x: 34, y: at + 4 }, cut(name, 19)));
    if (count) group.append(s("text", { class: "sub", x: BOX.width - 14, y: at + 4, "text-anchor": "end" }, `× ${count}`));
  });
  if (!mine.length) group.append(s("text", { class: "sub", x: 14, y: BOX.head + 16 }, session.problem ? "cannot be read" : "no services"));
  const more = (session.services || []).length - mine.length;
  const held = (session.volumes || []).length;
  const foot = [plural((session.secrets || []).length, "secret"), held ? plural(held, "volume") : "", more > 0 ? `+ ${plural(more, "service")}` : ""];
  group.append(s("text", { class: "sub", x: 14, y: tall - 11 }, foot.filter(Boolean).join(" · ")));
  const choose = () => { chosen = chosen === session.name ? null : session.name; light(); };
  group.addEventListener("click", choose);
  group.addEventListener("keydown", (e) => {
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose(); }
  });
  return group;
}

function edge(shown, places, beside) {
  const { from, to, secrets, volumes } = shown;
  const a = places.get(from);
  const b = places.get(to);
  const [x1, y1] = beside ? [a.x + BOX.width, a.y + a.h / 2] : [a.x + BOX.width / 2, a.y + a.h];
  const [x2, y2] = beside ? [b.x - 7, b.y + b.h / 2] : [b.x + BOX.width / 2, b.y - 7];
  const bend = Math.max(34, Math.abs(beside ? x2 - x1 : y2 - y1) / 2);
  const [dx, dy] = beside ? [bend, 0] : [0, bend];
  return s("g", { class: "edge", "data-from": from, "data-to": to },
    s("title", null, `${to} imports ${[...secrets, ...volumes].join(", ")} from ${from}`),
    s("path", { d: `M${x1} ${y1} C${x1 + dx} ${y1 + dy} ${x2 - dx} ${y2 - dy} ${x2} ${y2}`, "marker-end": "url(#arrow)" }),
    s("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2 + (beside ? -6 : 3) }, imported(shown)));
}

function marker(id, kind) {
  return s("marker", { id, viewBox: "0 0 8 8", refX: 2, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto", markerUnits: "userSpaceOnUse" },
    s("path", { d: "M0 0 8 4 0 8z", class: `arrow ${kind}` }));
}

function mesh(data, width) {
  const sessions = data.sessions.shown;
  if (!sessions.length) return empty("There are no sessions yet. Register one with `testudo session create`.");
  const edges = imports(sessions);
  const tied = new Set(edges.flatMap((e) => [e.from, e.to]));
  const weight = (session) => (tied.has(session.name) ? 2 : 0) + ((session.services || []).length ? 1 : 0);
  const shown = [...sessions].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_BOXES);
  const { places, beside, height: tall } = placed(shown, edges, width);
  const wide = Math.max(width, BOX.width + 2 * BOX.gap);
  const picture = s("svg", { width: wide, height: tall, viewBox: `0 0 ${wide} ${tall}`, role: "group", "aria-label": "Sessions and their imports" },
    s("defs", null, marker("arrow", ""), marker("arrow-lit", "lit")),
    edges.filter((e) => places.has(e.from) && places.has(e.to)).map((e) => edge(e, places, beside)),
    [...places.values()].map((place) => box(data, place)));
  const left = data.sessions.total - shown.length;
  return [picture, left > 0 ? h("p", { class: "empty" }, `${plural(left, "more session")} not drawn.`) : null];
}

/** Highlights the chosen session with its imports and exports, and tells what it holds. */
function light() {
  document.querySelectorAll(".box").forEach((b) => {
    const is = b.dataset.key === chosen;
    b.classList.toggle("chosen", is);
    b.setAttribute("aria-pressed", String(is));
  });
  document.querySelectorAll(".edge").forEach((e) => {
    const is = chosen !== null && (e.dataset.from === chosen || e.dataset.to === chosen);
    e.classList.toggle("lit", is);
    e.querySelector("path").setAttribute("marker-end", is ? "url(#arrow-lit)" : "url(#arrow)");
  });
  const session = latest && latest.sessions.shown.find((one) => one.name === chosen);
  part("detail", session ? [session, chosen] : null, () => (session ? detail(session) : []));
}

function detail(session) {
  if (session.problem) return [h("h3", null, session.name), h("p", null, session.problem)];
  const users = imports(latest.sessions.shown).filter((e) => e.from === session.name).map((e) => e.to);
  const pills = (items) => (items.length ? h("div", { class: "pills" }, items) : "none");
  const row = (name, value) => [h("dt", null, name), h("dd", null, value)];
  return [
    h("h3", null, session.name),
    h("dl", null,
      row("Revision", `${session.revision}`),
      row("Hash", h("code", null, session.hash)),
      row("Creator", h("code", null, session.creator)),
      row("Services", pills(session.services.map((name) => h("span", { class: "pill" }, name)))),
      row("Secrets", pills(session.secrets.map((secret) =>
        h("span", { class: "pill" }, secret.name,
          h("small", null, [secret.kind || "", secret.from ? `from ${secret.from}` : "", secret.exported ? "exported" : "",
            secret.public ? "public" : ""].filter(Boolean).join(", ")))))),
      row("Volumes", pills(session.volumes.map((volume) =>
        h("span", { class: "pill" }, volume.name, h("small", null, [volume.files || "", volume.from ? `from ${volume.from}` : "",
          (volume.exports || []).length ? "exported" : ""].filter(Boolean).join(", ")))))),
      row("Imported by", pills(users.map((name) => h("span", { class: "pill" }, name))))),
  ];
}

function attested(data) {
  if (!data.attested.length) return empty("No service has attested in the last day.");
  const active = new Map(data.sessions.shown.map((session) => [session.name, session.hash]));
  const complete = data.sessions.total === data.sessions.shown.length;
  return table(["Service", "When", "Session", "Evidence", "Instance"], data.attested.map((a) => {
    const hash = active.get(a.service.slice(0, a.service.lastIndexOf("/")));
    const is = hash === a.session_hash ? chip("active") : hash || complete ? chip(hash ? "older revision" : "deleted", "warn") : chip("not shown", "plain");
    return [a.service, time(a.at), is,
      [a.evidence, a.hardware ? null : h("small", null, "not hardware attested")],
      [h("code", { title: a.caller || "" }, short(a.caller)), h("small", null, a.address || "")]];
  }));
}

function bar(certificate) {
  const inside = h("i", { class: certificate.state });
  inside.style.width = `${Math.round(100 * Math.min(1, Math.max(0.02, certificate.left)))}%`;
  return h("span", { class: "life", "aria-hidden": "true" }, inside);
}

function ends(data) {
  const all = certificates(data);
  if (!all.length) return empty("No session has certificates.");
  return table(["Certificate", "Session", "Ends", "State", "Subject"], all.map((c) => [
    [c.name, c.kind === "x509-ca" ? h("small", null, "certificate authority") : null],
    c.session,
    hasEnd(c) ? [time(c.not_after), bar(c)] : c.not_after ? "no fixed end" : null,
    chip(c.word, c.state),
    c.subject ? [cut(c.subject, 80), h("small", null, c.self_signed ? "self-signed" : `issued by ${cut(c.issuer, 80)}`)] : null,
  ]));
}

function refusals(data) {
  if (!data.refusals.length) return empty("CAS refused nothing in the last hour.");
  return h("ul", { class: "refusals" }, data.refusals.map((r) => {
    const key = r.request || r.at;
    const box = h("details", open.has(key) ? { open: "" } : null,
      h("summary", { "data-key": key }, chip(r.reason, "bad"), h("span", { class: "what" }, r.subject || "no subject"),
        h("span", { class: "action" }, r.action), h("span", { class: "when" }, time(r.at))),
      h("div", { class: "inside" },
        h("p", null, MEANING[r.reason] || ""),
        r.details.length ? h("ul", null, r.details.map((text) => h("li", null, text))) : null,
        h("p", { class: "meta" }, "request ", h("code", null, r.request || "none"), ", caller ",
          h("code", null, r.caller || "without a key"), ` at ${r.address || "this CAS"}, ${absolute(r.at)}`)));
    box.addEventListener("toggle", () => (box.open ? open.add(key) : open.delete(key)));
    return h("li", null, box);
  }));
}

function check({ state, at, first, last, last_at: lastAt, head, problems }) {
  if (state === "verifying") return h("div", { class: "check" }, h("strong", null, "Being verified…"));
  const good = state === "verified";
  return h("div", { class: `check ${good ? "" : "bad"}` },
    h("strong", null, good ? "✓ Verified" : "✗ Faulty"),
    good ? h("span", null, `lines ${first} to ${last}: the chain is complete and signed by this CAS`) : null,
    good ? h("span", null, "last line ", time(lastAt)) : null,
    h("span", null, "checked ", time(at)),
    good ? h("span", null, "head ", h("code", null, `${last}:${head}`)) : null,
    problems.length ? h("ul", null, problems.map((text) => h("li", null, text))) : null);
}

function lines(data) {
  return table(["No.", "When", "Event", "Subject", "Caller"], data.audit.lines.map((line) => [
    String(line.sequence), time(line.at),
    line.event === "refused" ? chip(`refused: ${line.reason}`, "bad") : line.event,
    line.subject || null,
    line.caller ? h("code", { title: line.caller }, short(line.caller)) : null,
  ]));
}

function show(data) {
  latest = data;
  setClock(data.cas.now);
  byId("version").textContent = data.cas.version;
  byId("key").textContent = data.cas.key_hash;
  state(data.cas.failing ? `failing: ${data.cas.failing}` : "serving", Boolean(data.cas.failing));
  const { now, ...rest } = data.cas;
  const minute = Math.floor(Date.parse(now) / 6e4);
  const width = byId("mesh").clientWidth - 2;
  part("tiles", [data.sessions, data.attested.length, data.refusals.length, data.audit.check, minute, rest], () => tiles(data));
  part("mesh", [data.sessions, data.attested, width], () => mesh(data, width));
  part("refusals", data.refusals, () => refusals(data));
  part("attested", [data.attested, data.sessions.shown.map((one) => [one.name, one.hash])], () => attested(data));
  part("certificates", [data.sessions.shown.map((one) => [one.name, one.certificates]), minute], () => ends(data));
  part("volumes", data.sessions.shown.map((one) => [one.name, one.volumes]), () => volumes(data));
  part("check", data.audit.check, () => check(data.audit.check));
  part("lines", data.audit.lines, () => lines(data));
  light();
  document.querySelectorAll("time").forEach((one) => { one.textContent = told(one.dateTime); });
}

function state(text, bad) {
  const element = byId("state");
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("bad", bad);
}

async function load() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/data", { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 403) {
        state("this visit has ended; open the address in console.url", true);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
    } catch {
      state("CAS does not answer", true);
    }
  }
  setTimeout(load, EVERY);
}

addEventListener("resize", () => { if (latest) show(latest); });
load();
