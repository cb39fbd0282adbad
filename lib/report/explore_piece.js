// The piece as the page has it, what of it has been edited, and words for its facts.

const element = (id) => document.getElementById(id);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ---- The piece

const data = JSON.parse(element("data").textContent);
const count = data.onset_s.length;
const numbers = [...Array(count).keys()];
const last_onset_s = data.onset_s.reduce((last, onset) => Math.max(last, onset), 0);
const length_s = Math.max(data.length_s, last_onset_s, 0.1);
const sound_s = (event) => data.samples[event] / data.sample_rate_hz;
const longest_s = numbers.reduce((longest, event) => Math.max(longest, sound_s(event)), 0);
const group_of = data.group_size.flatMap((size, group) => Array(size).fill(group));

// What can be edited.
const state = {
  onset_s: Float64Array.from(data.onset_s),
  muted: new Uint8Array(count),
  soloed: new Uint8Array(count),
};
let any_soloed = false;
let by_time; // the numbers of the events in the order of their onsets

function settle() {
  any_soloed = state.soloed.includes(1);
  by_time = [...numbers].sort((a, b) => state.onset_s[a] - state.onset_s[b] || a - b);
}
settle();

const is_moved = (event) => state.onset_s[event] !== data.onset_s[event];
const is_silent = (event) => state.muted[event] === 1 || (any_soloed && state.soloed[event] === 0);

/// The first place in by_time whose onset is not before this time.
function first_from(time_s) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (state.onset_s[by_time[middle]] < time_s) low = middle + 1;
    else high = middle;
  }
  return low;
}

/// The events that are heard at this time when everything is played.
function heard_at(time_s) {
  const heard = [];
  for (let i = first_from(time_s - longest_s); i < count && state.onset_s[by_time[i]] <= time_s; ++i) {
    const event = by_time[i];
    if (!is_silent(event) && state.onset_s[event] + sound_s(event) > time_s) heard.push(event);
  }
  return heard;
}

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

function pitch_words(event) {
  const pitch_hz = data.pitch_hz[event];
  if (!known(pitch_hz) || pitch_hz <= 0) return "no pitch";
  return `${data.note[event]} ${pitch_hz.toFixed(1)} Hz`.trim();
}

function state_words(event) {
  const words = [];
  if (state.muted[event]) words.push("muted");
  if (state.soloed[event]) words.push("soloed");
  if (is_moved(event)) words.push("moved");
  return words;
}

const facts_in_words = (event) =>
  [
    `Event ${event} at ${seconds(state.onset_s[event], 3)}`,
    pitch_words(event),
    `decay ${seconds(data.decay_s[event], 2)}`,
    `loudness ${decibels(data.loudness_db[event])}`,
    ...state_words(event),
  ].join(", ");

const announce = (words) => {
  element("announcement").textContent = words;
};
