// What part of the piece the map shows, and how large things are on it.

// ---- The view

const map = element("map");
const discs = element("discs");
const overlay = element("overlay");
const kAxisHeight = 30;
const kMargin = 0.05; // of the height, above and below
const kShortestSpan_s = 0.05;

// Times from left to right, places from bottom to top.
const view = { from_s: 0, to_s: length_s, low: -kMargin, high: 1 + kMargin };
// Where that is within the map, in CSS pixels.
const plot = { left: 0, top: 0, width: 1, height: 1, map_width: 1, map_height: 1 };

const x_of = (time_s) => plot.left + ((time_s - view.from_s) / (view.to_s - view.from_s)) * plot.width;
const time_at = (x) => view.from_s + ((x - plot.left) / plot.width) * (view.to_s - view.from_s);
const y_of = (place) => plot.top + ((view.high - place) / (view.high - view.low)) * plot.height;
const place_at = (y) => view.high - ((y - plot.top) / plot.height) * (view.high - view.low);

const kUnpitched = 0.12; // the height of the strip for events without a pitch
const pitch_range = { low: 48, high: 72 }; // in keys, a little more than there is
const height_of_key = (key) =>
  kUnpitched + 0.02 + ((key - pitch_range.low) / (pitch_range.high - pitch_range.low)) * (0.98 - kUnpitched);
const keys_per_height = () => (pitch_range.high - pitch_range.low) / (0.98 - kUnpitched);

function pitch_height(event) {
  const hz = pitch_hz(event);
  return hz > 0 ? clamp(height_of_key(key_of_hz(hz)), kUnpitched, 1) : places[event] * (kUnpitched - 0.02);
}

let axis = "pitch";
const heights = { place: (event) => places[event], pitch: pitch_height };
const height = []; // where the events are now, which may be on the way

const place_event = (event) => {
  height[event] = heights[axis](event);
};

/// Makes room for all pitches that there are.
function fit_pitches() {
  const keys = by_time.map(pitch_hz).filter((hz) => hz > 0).map(key_of_hz);
  if (keys.length > 0) {
    pitch_range.low = Math.floor(keys.reduce((a, b) => Math.min(a, b))) - 1.5;
    pitch_range.high = Math.ceil(keys.reduce((a, b) => Math.max(a, b))) + 1.5;
  }
  state.there.forEach((_, event) => place_event(event));
}
fit_pitches();

const kTimeMargin = 0.025; // of the width, before the beginning and after the end
const full_span_s = length_s / (1 - 2 * kTimeMargin);

function set_times(from_s, span_s) {
  const span = clamp(span_s, kShortestSpan_s, full_span_s);
  const margin_s = span * kTimeMargin;
  view.from_s = clamp(from_s, -margin_s, length_s + margin_s - span);
  view.to_s = view.from_s + span;
  redraw();
}

function set_places(low, span) {
  const full = 1 + 2 * kMargin;
  const shown = clamp(span, 0.02, full);
  view.low = clamp(low, -kMargin, 1 + kMargin - shown);
  view.high = view.low + shown;
  overlay.style.touchAction = shown < full ? "none" : "pan-y";
  redraw();
}

function zoom_times(factor, x = plot.left + plot.width / 2) {
  const anchor_s = time_at(x);
  const span = clamp((view.to_s - view.from_s) / factor, kShortestSpan_s, full_span_s);
  set_times(anchor_s - ((x - plot.left) / plot.width) * span, span);
}

function zoom_places(factor, y = plot.top + plot.height / 2) {
  const anchor = place_at(y);
  const span = clamp((view.high - view.low) / factor, 0.02, 1 + 2 * kMargin);
  set_places(anchor - (1 - (y - plot.top) / plot.height) * span, span);
}

function pan(dx, dy) {
  const span_s = view.to_s - view.from_s;
  const span = view.high - view.low;
  set_times(view.from_s - (dx / plot.width) * span_s, span_s);
  set_places(view.low + (dy / plot.height) * span, span);
}

function fit() {
  set_times(-full_span_s, full_span_s);
  set_places(-kMargin, 1 + 2 * kMargin);
}

function show_time(time_s) {
  const span_s = view.to_s - view.from_s;
  if (time_s < view.from_s || time_s > view.to_s) set_times(time_s - span_s / 10, span_s);
}

function show_event(event) {
  const span = view.high - view.low;
  show_time(onset_s(event));
  if (height[event] < view.low || height[event] > view.high) set_places(height[event] - span / 2, span);
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

const kCaptions = {
  pitch: () => "By pitch; events without one lie in the strip below. Stronger bars are louder.",
  place: () => `Bottom to top: ${data.place_caption}. Larger discs are louder.`,
};

function set_axis(name) {
  axis = name;
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", button.dataset.view === name);
  }
  element("caption").textContent = kCaptions[name]();
  const from = height.slice();
  const begin_ms = performance.now();
  const duration_ms = still.matches ? 0 : 300;
  animate((now_ms) => {
    const way = duration_ms > 0 ? clamp((now_ms - begin_ms) / duration_ms, 0, 1) : 1;
    const eased = way * way * (3 - 2 * way);
    for (let event = 0; event < height.length; ++event) {
      const to = heights[axis](event);
      height[event] = event < from.length ? from[event] + (to - from[event]) * eased : to;
    }
    redraw();
    return axis === name && way < 1;
  });
  lay_out();
}

// ---- Sizes

const kSoftest_db = 45; // below the loudest event, and where discs do not get smaller any more
let loudest_db;
let by_size; // the small ones last, so on top

/// From 0.03 to 1.
const area_of = (event) => clamp(1 + (heard[event].loudness_db - loudest_db) / kSoftest_db, 0.03, 1);

function settle_sizes() {
  loudest_db = by_time.reduce((loudest, event) => Math.max(loudest, heard[event].loudness_db), -Infinity);
  by_size = [...by_time].sort((a, b) => heard[b].loudness_db - heard[a].loudness_db || a - b);
}
settle_sizes();

/// The radius of the loudest event: less where events are dense.
function largest_radius() {
  const share = (view.to_s - view.from_s) * (view.high - view.low);
  const space = Math.sqrt((plot.width * plot.height * full_span_s) / Math.max(share, 1e-9) / Math.max(by_time.length, 1));
  return clamp(0.55 * space, 5.5, 17);
}

const radius_of = (event, largest) => Math.max(largest * Math.sqrt(area_of(event)), 1.5);

const kLeastBar = 3; // pixels, however short an event is
const half_bar = () => clamp(((0.42 / keys_per_height()) * plot.height) / (view.high - view.low), 2, 7);

/// The bar of an event in the piano roll: {left, right, top, bottom}.
function bar_of(event) {
  const half = half_bar();
  const left = x_of(onset_s(event));
  const right = Math.max(x_of(onset_s(event) + duration_s(event)), left + kLeastBar);
  const y = y_of(height[event]);
  return { left, right, top: y - half, bottom: y + half };
}

/// How far a place lies from what is drawn of an event: below 0 within it.
function distance_to(event, x, y, largest) {
  if (axis === "place") return Math.hypot(x_of(onset_s(event)) - x, y_of(height[event]) - y) - radius_of(event, largest);
  const { left, right, top, bottom } = bar_of(event);
  const outside = Math.max(left - x, x - right, top - y, y - bottom);
  return outside;
}

/// The event that is drawn at a place of the map: the smallest, which lies on top, or else the nearest.
function event_at(x, y, tolerance) {
  const largest = largest_radius();
  const s_per_px = (view.to_s - view.from_s) / plot.width;
  const reach_s = (axis === "place" ? largest + tolerance : tolerance + 3) * s_per_px;
  const behind_s = axis === "place" ? reach_s : longest_s + reach_s;
  const time_s = time_at(x);
  let found = null;
  let best = Infinity;
  for (let i = first_from(time_s - behind_s); i < by_time.length; ++i) {
    const event = by_time[i];
    if (onset_s(event) > time_s + reach_s) break;
    const distance = distance_to(event, x, y, largest);
    if (distance > tolerance) continue;
    // Within: the smaller before the larger.
    const size = axis === "place" ? radius_of(event, largest) : bar_of(event).right - bar_of(event).left;
    const cost = distance <= 0 ? size - 1e6 : distance;
    if (cost < best) {
      best = cost;
      found = event;
    }
  }
  return found;
}

const kEdge_px = 6;

/// Whether a place is at the end of an event's bar, by which it is stretched.
function is_at_end(event, x) {
  if (axis !== "pitch" || event === null) return false;
  const { left, right } = bar_of(event);
  return right - left >= 3 * kEdge_px && Math.abs(x - right) <= kEdge_px;
}
