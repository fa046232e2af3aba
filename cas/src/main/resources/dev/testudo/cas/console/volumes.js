// Shows the volumes of sessions: who sees them where, their tags, and who shares them.

import { chip, cut, empty, h, short, table } from "./dom.js";

/** Returns the volumes of all sessions, each with the name of its session. */
export function allVolumes(data) {
  return data.sessions.shown.flatMap((session) => (session.volumes || []).map((v) => ({ ...v, session: session.name })));
}

/** Returns whether the services of a volume do not get it. */
export const isFaulty = (volume) => Boolean(volume.problem) || volume.mounts.some((m) => !m.permitted);

const UPDATES = {
  rollback_protected: ["rollback protected", ""],
  ephemeral: ["ephemeral", "plain"],
  no_rollback_protection: ["no rollback protection", "warn"],
};

const soft = (text) => h("span", { class: "soft" }, text);

function updates(policy, kind) {
  const [word, usual] = UPDATES[policy] || [policy, "plain"];
  return chip(word, kind ?? usual);
}

/** Shows where programs see a volume, a line for each image. */
function mounts(volume) {
  if (!volume.mounts.length) return soft("no program");
  return volume.mounts.map((m) =>
    h("span", { class: "line" },
      m.services.length ? h("span", null, m.services.join(", ")) : soft(`image ${m.image}, no service`),
      h("code", null, m.path),
      m.permitted ? updates(m.updates, volume.problem ? "plain" : undefined) : chip(`${(UPDATES[m.updates] || [m.updates])[0]} is not permitted`, "bad")));
}

/** Shows the other name under which sessions share a volume, if there is one. */
const alias = (name, volume) => (name === volume.name ? null : soft(`as ${name}`));

/** Shows the sessions that may import a volume, or the one that owns it. */
function sharing(volume) {
  if (volume.problem) return [chip(`not available from ${cut(volume.from, 40)}`, "bad"), h("small", null, volume.problem)];
  if (volume.from) {
    return h("span", { class: "line" }, `from ${volume.from}`, alias(volume.original, volume), volume.permitted ? updates(volume.permitted) : null);
  }
  return volume.exports.map((e) =>
    h("span", { class: "line" }, `to ${e.session}`, alias(e.name, volume), updates(e.updates), e.pinned ? null : soft("any revision")));
}

/** Shows the newest state that CAS knows, and the service that has the volume. */
function state(volume) {
  const holder = volume.holder ? h("span", { class: "line" }, "in use by ", volume.holder) : null;
  if (!volume.tag) return volume.problem ? null : [soft("never used"), holder];
  const which = volume.sequence === undefined ? "first state, given by a person" : `state ${volume.sequence}`;
  return [h("code", { title: volume.tag }, short(volume.tag)), h("small", null, which), holder];
}

function protection(volume) {
  const key = { generated: "key from CAS", given: "key from the session" }[volume.key];
  return [h("span", null, volume.name), h("small", null, [volume.files, key].filter(Boolean).join(", "))];
}

/** Draws the table of volumes. Those that no service gets come first. */
export function volumes(data) {
  const all = allVolumes(data);
  if (!all.length) return empty("No session has volumes.");
  all.sort((a, b) => isFaulty(b) - isFaulty(a));
  return table(["Volume", "Session", "Seen by", "State", "Shared"],
    all.map((v) => [protection(v), h("span", { class: "one", title: v.session }, cut(v.session, 40)), mounts(v), state(v), sharing(v)]));
}
