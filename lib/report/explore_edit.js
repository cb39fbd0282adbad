// Which events are chosen, and what has been done to them.

// ---- Choosing events

const chosen = new Set();
let current = null; // the last chosen one, whose facts the panel shows
let hovered = null;
let tip = null; // the event that the tooltip tells of

function choose(events, event = events.at(-1) ?? null) {
  chosen.clear();
  for (const each of events) chosen.add(each);
  current = event;
  if (current !== null) announce(facts_in_words(current));
  show_panel();
  redraw_overlay();
}

function toggle(event) {
  const events = [...chosen].filter((each) => each !== event);
  if (!chosen.has(event)) events.push(event);
  choose(events);
}

function step(by) {
  if (by_time.length === 0) return;
  const near = first_from(position());
  const at = current === null ? near - (by < 0 ? 0 : 1) : by_time.indexOf(current);
  const event = by_time[clamp(at + by, 0, by_time.length - 1)];
  choose([event]);
  show_event(event);
  show_tooltip(event);
}

// ---- Changes

const done = []; // changes: lists of {what, event, from, to}
const undone = [];
let saved = undefined; // the last change when the list was downloaded

/// Events of which it is found out what they sound like; where there are many, a little later.
const unknown_heard = new Set();
const exactly_known = new Set(); // the others are as exact as is drawn

function find_out(event) {
  const { loudness_db, duration_s, pitch_hz } = here.describe(state.vector[event], state.gain_db[event]);
  const partial = pitch_hz > 0 ? Math.max(Math.round(pitch_hz / own_hz(state.vector[event])), 1) : 0;
  heard[event] = { loudness_db, duration_s, partial };
  unknown_heard.delete(event);
  exactly_known.add(event);
}

function refresh_heard() {
  const until_ms = performance.now() + 8;
  while (here && unknown_heard.size > 0 && performance.now() < until_ms) {
    const [event] = unknown_heard;
    find_out(event);
    place_event(event);
  }
  if (here && unknown_heard.size > 0) setTimeout(refresh_heard, 0);
  settle_sizes();
  redraw();
}

/// What an event sounds like, for those who are told.
function exactly_heard(event) {
  if (here && !exactly_known.has(event)) find_out(event);
  return heard[event];
}

/// Takes over values as {what, event, value}; nothing is heard of it yet.
function set_values(values) {
  for (const { what, event, value } of values) {
    state[what][event] = value;
    if (what === "gain_db" || what === "vector") unknown_heard.add(event);
    if (what === "there" && !value) {
      chosen.delete(event);
      if (current === event) current = [...chosen].at(-1) ?? null;
      if (hovered === event) hovered = null;
      if (tip === event) show_tooltip(null);
    }
  }
  settle();
  refresh_heard();
}

function apply(change, side) {
  set_values(change.map(({ what, event, ...sides }) => ({ what, event, value: sides[side] })));
  fit_pitches();
  show_panel();
  redraw();
  hand_events_over();
}

function commit(change) {
  const real = change.filter(({ from, to }) => from !== to);
  if (real.length === 0) return;
  done.push(real);
  undone.length = 0;
  apply(real, "to");
}

/// As commit(), but as long as a key is held it is one change.
function commit_held(name, change, held) {
  if (change.length === 0) return;
  if (held && done.at(-1)?.held === name) {
    const before = new Map(done.pop().map(({ what, event, from }) => [what + event, from]));
    for (const one of change) one.from = before.get(one.what + one.event) ?? one.from;
  }
  change.held = name;
  done.push(change);
  undone.length = 0;
  apply(change, "to");
}

function undo() {
  if (done.length === 0) return;
  undone.push(done.pop());
  apply(undone.at(-1), "from");
  announce("Undone. " + status_words());
}

function redo() {
  if (undone.length === 0) return;
  done.push(undone.pop());
  apply(done.at(-1), "to");
  announce("Redone. " + status_words());
}

/// Mutes or solos the chosen events; if all are already, takes it back.
function switch_over(what) {
  const to = [...chosen].every((event) => state[what][event] === 1) ? 0 : 1;
  commit([...chosen].map((event) => ({ what, event, from: state[what][event], to })));
}

const changes = (what, events, value_of_event) =>
  events.map((event) => ({ what, event, from: state[what][event], to: value_of_event(event) }));

/// The chosen events as they were.
function reset() {
  const events = [...chosen].filter((event) => !is_copy(event));
  commit(["onset", "gain_db", "vector"].flatMap((what) => changes(what, events, (event) => original[event][what])));
}

// ---- Time

const last_onset = Math.ceil(length_samples) - 1;

/// How far these events, all together, can be moved in the direction of `by`, in samples.
function possible_shift(onsets, by) {
  const first = onsets.reduce((a, b) => Math.min(a, b), Infinity);
  const last = onsets.reduce((a, b) => Math.max(a, b), -Infinity);
  return clamp(Math.round(by), -first, last_onset - last);
}

function nudge(by_s, held) {
  const events = [...chosen];
  if (events.length === 0) return;
  const shift = possible_shift(events.map((event) => state.onset[event]), by_s * rate_hz);
  commit_held("onset", changes("onset", events, (event) => state.onset[event] + shift), held);
  show_event(events.at(-1));
  if (current !== null) announce(`Event ${current} at ${seconds(onset_s(current), 3)}`);
}

function quantise() {
  if (grid_step_s() === 0) {
    announce("There is no grid; choose one above the map");
    return;
  }
  const to_grid = (event) => clamp(Math.round(on_grid(onset_s(event)) * rate_hz), 0, last_onset);
  commit(changes("onset", [...chosen], to_grid));
}

// ---- Pitch, gain and length

/// Vectors of these events, transposed; those without a pitch stay.
const transposed = (event, vector, semitones) =>
  heard[event].partial > 0 ? with_pitch(vector, own_hz(vector) * 2 ** (semitones / 12)) : vector;

function transpose(semitones, held) {
  const events = [...chosen].filter((event) => heard[event].partial > 0);
  commit_held("vector", changes("vector", events, (event) => transposed(event, state.vector[event], semitones)), held);
  if (current !== null) announce(`Event ${current}: ${pitch_words(current)}`);
}

function change_gain(by_db, held) {
  commit_held("gain_db", changes("gain_db", [...chosen], (event) => gain_on_step(state.gain_db[event] + by_db)), held);
  if (current !== null) announce(`Event ${current}: gain ${decibels(state.gain_db[current])}`);
}

/// Held and dying away for so many times as long.
function stretched(vector, factor) {
  const { hold, decay } = number_at;
  return with_value(with_value(vector, hold, value_of(vector, hold) * factor), decay, value_of(vector, decay) * factor);
}

function stretch(factor, held) {
  commit_held("vector", changes("vector", [...chosen], (event) => stretched(state.vector[event], factor)), held);
  if (current !== null) announce(`Event ${current}: ${seconds(duration_s(current), 2)} long`);
}

// ---- Copies

/// Makes room for a copy of an event, which is not there yet. Returns its number.
function copy_of(event) {
  const copy = state.there.length;
  for (const what of ["onset", "gain_db", "vector", "soloed"]) state[what].push(state[what][event]);
  state.muted.push(0);
  state.there.push(0);
  heard.push(heard[event]);
  places.push(places[event]);
  colour_of.push(colour_of[event]);
  copied_from.set(copy, copied_from.get(event) ?? event);
  place_event(copy);
  return copy;
}

/// Copies of events, `by` samples later, which are chosen then.
function add_copies(events, by) {
  if (events.length === 0) return;
  const shift = possible_shift(events.map((event) => state.onset[event]), by);
  const copies = events.map((event) => copy_of(event));
  copies.forEach((copy) => (state.onset[copy] += shift));
  commit(copies.map((event) => ({ what: "there", event, from: 0, to: 1 })));
  choose(copies);
  announce(copies.length === 1 ? `Event ${copies[0]} is a copy` : `${copies.length} copies`);
}

let clipboard = [];

function copy() {
  clipboard = [...chosen].sort((a, b) => state.onset[a] - state.onset[b]);
  announce(`${clipboard.length === 1 ? "1 event" : `${clipboard.length} events`} to be pasted at the line`);
}

function paste() {
  if (clipboard.length === 0) return;
  add_copies(clipboard, on_grid(position()) * rate_hz - Math.min(...clipboard.map((event) => state.onset[event])));
}

/// Behind themselves, by the next line of the grid or by how long the first one is.
function duplicate() {
  const events = [...chosen];
  if (events.length === 0) return;
  add_copies(events, (grid_step_s() || Math.max(duration_s(events[0]), 0.1)) * rate_hz);
}

const remove = () => commit(changes("there", [...chosen], () => 0));

// ---- Words

function status_words() {
  const events = [...state.there.keys()];
  const there = events.filter((event) => state.there[event]);
  const counts = {
    copied: there.filter(is_copy),
    removed: events.filter((event) => !is_copy(event) && !state.there[event]),
    muted: there.filter((event) => state.muted[event]),
    soloed: there.filter((event) => state.soloed[event]),
    moved: there.filter(is_moved),
    reshaped: there.filter(is_reshaped),
  };
  const words = Object.entries(counts).filter(([, which]) => which.length > 0);
  return words.map(([word, which]) => `${which.length} ${word}`).join(", ") || "None so far";
}

const is_edited = () => status_words() !== "None so far";

addEventListener("beforeunload", (event) => {
  if (is_edited() && done.at(-1) !== saved) event.preventDefault();
});
