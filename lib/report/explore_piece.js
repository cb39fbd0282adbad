// The piece as the page has it, what of it has been edited, and words for its facts.

const element = (id) => document.getElementById(id);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ---- The piece

const data = JSON.parse(element("data").textContent);
const rate_hz = data.rate_hz;
const bytes_of = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/// The columns that packed_columns() packed, so many rows of each.
function unpacked(bytes, rows) {
  const view = new DataView(bytes.buffer);
  const columns = [];
  let at = 0;
  while (at < bytes.length) {
    const size = view.getUint32(at, true);
    const [bits, width] = bytes.subarray(at + 4, at + 6);
    at += 6;
    const values = Float64Array.from({ length: size }, (_, i) =>
      width === 4 ? view.getFloat32(at + 4 * i, true) : view.getFloat64(at + 8 * i, true),
    );
    at += size * width;
    if (bits === 0 && size > 1) {
      columns.push(values);
      continue;
    }
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; ++row) {
      let code = 0;
      for (let bit = 0; bit < bits; ++bit) {
        const place = row * bits + bit;
        code += ((bytes[at + (place >> 3)] >> (place & 7)) & 1) * 2 ** bit;
      }
      column[row] = values[code];
    }
    at += Math.ceil((rows * bits) / 8);
    columns.push(column);
  }
  return columns;
}

// Each event as it was, and as it is drawn: what is drawn is not as exact as what sounds.
const [onset_steps, gain_column, ...others] = unpacked(bytes_of(element("events").textContent), data.count);
const vector_columns = others.slice(0, 32);
const [loudness_column, duration_column, partial_column, place_column, ...colour_columns] = others.slice(32);
let onset_so_far = 0;
const original = Array.from(onset_steps, (step, event) => ({
  onset: (onset_so_far += step), // in samples
  gain_db: gain_column[event],
  vector: Float32Array.from(vector_columns, (column) => column[event]),
}));
/// What is known of events as they are now: how loud and long they sound, and at which partial their pitch is
/// heard, 0 for none.
const heard = original.map((_, event) => ({
  loudness_db: loudness_column[event],
  duration_s: 2 ** (duration_column[event] / 10),
  partial: partial_column[event],
}));
const places = Array.from(place_column);
const colour_of = original.map((_, event) => colour_columns.map((column) => (column[event] << 3) | 4));

// What can be edited, by the number of the event. Copies come behind; `there` is 0 for those undone.
const state = {
  onset: original.map(({ onset }) => onset),
  gain_db: original.map(({ gain_db }) => gain_db),
  vector: original.map(({ vector }) => vector),
  muted: original.map(() => 0),
  soloed: original.map(() => 0),
  there: original.map(() => 1),
};
const copied_from = new Map(); // numbers of events, by those of their copies

const length_samples = Math.max(data.length_samples, 0.1 * rate_hz, ...original.slice(-1).map(({ onset }) => onset + 1));
const length_s = length_samples / rate_hz;
const onset_s = (event) => state.onset[event] / rate_hz;
const duration_s = (event) => heard[event].duration_s;

let any_soloed = false;
let by_time; // the numbers of the events that are there, in the order of their onsets
let longest_s;

function settle() {
  by_time = [];
  any_soloed = false;
  longest_s = 0;
  for (let event = 0; event < state.there.length; ++event) {
    if (!state.there[event]) continue;
    by_time.push(event);
    any_soloed ||= state.soloed[event] === 1;
    longest_s = Math.max(longest_s, duration_s(event));
  }
  by_time.sort((a, b) => state.onset[a] - state.onset[b] || a - b);
}
settle();

const is_copy = (event) => copied_from.has(event);
const is_moved = (event) => !is_copy(event) && state.onset[event] !== original[event].onset;
const is_reshaped = (event) =>
  !is_copy(event) &&
  (state.gain_db[event] !== original[event].gain_db || state.vector[event] !== original[event].vector);
const is_silent = (event) => state.muted[event] === 1 || (any_soloed && state.soloed[event] === 0);

/// The first place in by_time whose onset is not before this time.
function first_from(time_s) {
  let low = 0;
  let high = by_time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (onset_s(by_time[middle]) < time_s) low = middle + 1;
    else high = middle;
  }
  return low;
}

/// The events that are heard at this time when everything is played.
function heard_at(time_s) {
  const found = [];
  for (let i = first_from(time_s - longest_s); i < by_time.length && onset_s(by_time[i]) <= time_s; ++i) {
    const event = by_time[i];
    if (!is_silent(event) && onset_s(event) + duration_s(event) > time_s) found.push(event);
  }
  return found;
}

// ---- The numbers of a vector

const number_at = Object.fromEntries(data.numbers.map(({ name }, place) => [name || `v${place}`, place]));

/// What a number says, in its unit.
function value_of(vector, place) {
  const { low, high, is_ratio } = data.numbers[place];
  const part = 0.5 * (vector[place] + 1);
  return is_ratio ? low * (high / low) ** part : low + part * (high - low);
}

/// The vector with another value of a number: the nearest that a file has for it.
function with_value(vector, place, value) {
  const { low, high, is_ratio, steps } = data.numbers[place];
  const part = is_ratio ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const changed = vector.slice();
  changed[place] = clamp(2 * part - 1, -1, 1);
  if (steps > 1) changed[place] = (2 * Math.round(clamp(part, 0, 1) * (steps - 1)) - (steps - 1)) / (steps - 1);
  return changed;
}

/// The nearest gain that a file has.
function gain_on_step(gain_db) {
  const limited = clamp(gain_db, -100, 27.5);
  if (data.gain_step_db === 0) return Math.fround(limited);
  const step = Math.round(10 * data.gain_step_db); // hundredths of a bel
  return Math.fround((Math.round((10 * (limited + 100)) / step) * step - 1000) / 10);
}

const own_hz = (vector) => value_of(vector, number_at.pitch);
/// 0 where it has no pitch.
const pitch_hz = (event) => own_hz(state.vector[event]) * heard[event].partial;
const key_of_hz = (hz) => 69 + 12 * Math.log2(hz / 440);
const hz_of_key = (key) => 440 * 2 ** ((key - 69) / 12);
const with_pitch = (vector, hz) => with_value(vector, number_at.pitch, hz);

// ---- Words

const minus = (text) => text.replace("-", "\u2212");
const known = (value) => value !== null && Number.isFinite(value);
const decibels = (value) => (known(value) ? minus(value.toFixed(1)) + " dB" : "unknown");
const seconds = (value, digits) => (known(value) ? value.toFixed(digits) + " s" : "unknown");

/// A time as minutes and seconds.
function clock(time_s, digits) {
  const unit = 10 ** digits;
  const whole = Math.round(Math.max(time_s, 0) * unit);
  const minutes = Math.floor(whole / (60 * unit));
  const rest = (whole - minutes * 60 * unit) / unit;
  return `${minutes}:${rest.toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0")}`;
}

const kNames = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const key_name = (key) => kNames[((key % 12) + 12) % 12] + (Math.floor(key / 12) - 1);

function pitch_words(event) {
  const hz = pitch_hz(event);
  if (hz <= 0) return "no pitch";
  const key = key_of_hz(hz);
  const cents = Math.round(100 * (key - Math.round(key)));
  const off = cents === 0 ? "" : ` ${cents > 0 ? "+" : "\u2212"}${Math.abs(cents)} ct`;
  return `${key_name(Math.round(key))}${off}, ${hz.toFixed(1)} Hz`;
}

function state_words(event) {
  const words = [];
  if (is_copy(event)) words.push(`copy of ${copied_from.get(event)}`);
  if (state.muted[event]) words.push("muted");
  if (state.soloed[event]) words.push("soloed");
  if (is_moved(event)) words.push("moved");
  if (is_reshaped(event)) words.push("reshaped");
  return words;
}

const facts_in_words = (event) =>
  [
    `Event ${event} at ${seconds(onset_s(event), 3)}`,
    pitch_words(event),
    `${seconds(exactly_heard(event).duration_s, 2)} long`,
    `loudness ${decibels(exactly_heard(event).loudness_db)}`,
    ...state_words(event),
  ].join(", ");

const announce = (words) => {
  element("announcement").textContent = words;
};
