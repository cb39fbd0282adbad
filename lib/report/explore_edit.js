// Which events are chosen, what has been done to them, and the list that comes of it.

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
  if (count === 0) return;
  const near = first_from(position());
  const at = current === null ? near - (by < 0 ? 0 : 1) : by_time.indexOf(current);
  const event = by_time[clamp(at + by, 0, count - 1)];
  choose([event]);
  show_event(event);
  show_tooltip(event);
}

// ---- Editing

const done = []; // changes: lists of {what, event, from, to}
const undone = [];
let saved = undefined; // the last change when the list was downloaded

function apply(change, side) {
  for (const { what, event, ...sides } of change) state[what][event] = sides[side];
  settle();
  show_panel();
  redraw();
  // What is played changes with the events.
  if (playing) play_from(position());
}

function commit(change) {
  const real = change.filter(({ from, to }) => from !== to);
  if (real.length === 0) return;
  done.push(real);
  undone.length = 0;
  apply(real, "to");
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

const moves_to = (events, onset_of) =>
  events.map((event) => ({ what: "onset_s", event, from: state.onset_s[event], to: onset_of(event) }));

const reset_times = () => commit(moves_to([...chosen], (event) => data.onset_s[event]));

/// How far these events, all together, can be moved in the direction of by_s.
function possible_shift(events, onset_of, by_s) {
  const onsets = events.map(onset_of);
  const first = onsets.reduce((a, b) => Math.min(a, b), Infinity);
  const last = onsets.reduce((a, b) => Math.max(a, b), -Infinity);
  return clamp(by_s, -first, length_s - last);
}

// The list has six digits.
const rounded = (time_s) => Math.round(time_s * 1e6) / 1e6;

function nudge(by_s, held) {
  const events = [...chosen];
  if (events.length === 0) return;
  const onset_of = (event) => state.onset_s[event];
  const shift_s = possible_shift(events, onset_of, by_s);
  const change = moves_to(events, (event) => rounded(onset_of(event) + shift_s));
  // As long as the key is held, it is one change.
  if (held && done.at(-1)?.nudged) {
    const before = new Map(done.pop().map(({ event, from }) => [event, from]));
    for (const move of change) move.from = before.get(move.event) ?? move.from;
  }
  change.nudged = true;
  done.push(change);
  undone.length = 0;
  apply(change, "to");
  show_event(events.at(-1));
  if (current !== null) announce(`Event ${current} at ${seconds(state.onset_s[current], 3)}`);
}

function status_words() {
  const moved = numbers.filter(is_moved).length;
  const muted = numbers.filter((event) => state.muted[event]).length;
  const soloed = numbers.filter((event) => state.soloed[event]).length;
  const words = [];
  if (muted > 0) words.push(`${muted} muted`);
  if (soloed > 0) words.push(`${soloed} soloed`);
  if (moved > 0) words.push(`${moved} moved`);
  return words.join(", ") || "None so far";
}

const is_edited = () => state.muted.includes(1) || any_soloed || numbers.some(is_moved);

// ---- The list

/// The lines of the list as it was; letters stand for cells that are often there.
function original_lines() {
  const { letters, cells, text } = JSON.parse(element("list").textContent);
  const cell_of = new Map(cells.map((cell, i) => [letters[i], cell]));
  const unpacked = (line) =>
    [...line.matchAll(/~([^~]*)~|(.)/gs)].map(([, cell, letter]) => cell ?? cell_of.get(letter)).join("\t");
  return text.split("\n").map((line) => (line[0] === "=" ? line.slice(1) : unpacked(line.slice(1))));
}

/// The list as it was, but for what was edited.
function edited_list() {
  const lines = original_lines();
  const is_event = (line) => line !== "" && !line.startsWith("#");
  const names_at = lines.findIndex(is_event);
  const onset_at = lines[names_at].replace("\r", "").split("\t").indexOf("onset_s");
  const ends_at = lines.findLastIndex(is_event) + 1;
  // Lines with # between those of two events stay behind the first of them.
  const entries = [];
  const head = lines.slice(0, names_at + 1);
  for (const line of lines.slice(names_at + 1, ends_at)) {
    if (is_event(line)) entries.push({ line, followers: [] });
    else (entries.at(-1)?.followers ?? head).push(line);
  }
  entries.forEach((entry, event) => {
    const cells = entry.line.split("\t");
    if (is_moved(event)) {
      cells[onset_at] = cells[onset_at].replace(/[^\r]*/, state.onset_s[event].toFixed(6));
      entry.line = cells.join("\t");
    }
    entry.onset_s = Number(cells[onset_at]);
    entry.kept = !is_silent(event);
  });
  entries.sort((a, b) => a.onset_s - b.onset_s); // those at the same time keep their order
  const body = entries.flatMap(({ line, followers, kept }) => (kept ? [line, ...followers] : followers));
  return [...head, ...body, ...lines.slice(ends_at)].join("\n");
}

async function download() {
  await loaded;
  let list;
  try {
    list = edited_list();
  } catch (error) {
    if (is_whole()) throw error;
    tell("");
    return;
  }
  const blob = new Blob([list], { type: "text/tab-separated-values" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = data.list_name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  saved = done.at(-1);
  announce(`${data.list_name} is downloaded`);
}

addEventListener("beforeunload", (event) => {
  if (is_edited() && done.at(-1) !== saved) event.preventDefault();
});
