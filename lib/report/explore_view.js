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
const pitches = data.pitch_hz.filter((pitch_hz) => known(pitch_hz) && pitch_hz > 0).map(Math.log2);
const lowest_pitch = pitches.reduce((a, b) => Math.min(a, b), Infinity) - 1 / 12;
const highest_pitch = pitches.reduce((a, b) => Math.max(a, b), -Infinity) + 1 / 12;
const height_of_pitch = (pitch) =>
  kUnpitched + 0.02 + ((pitch - lowest_pitch) / (highest_pitch - lowest_pitch)) * (0.98 - kUnpitched);

const heights = {
  place: Float64Array.from(data.place),
  pitch: Float64Array.from(numbers, (event) => {
    const pitch_hz = data.pitch_hz[event];
    if (known(pitch_hz) && pitch_hz > 0) return height_of_pitch(Math.log2(pitch_hz));
    return data.place[event] * (kUnpitched - 0.02);
  }),
};
let axis = "place";
let height = Float64Array.from(heights.place); // where the events are now, which may be on the way

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
  show_time(state.onset_s[event]);
  if (height[event] < view.low || height[event] > view.high) set_places(height[event] - span / 2, span);
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

function set_axis(name) {
  axis = name;
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", button.dataset.view === name);
  }
  const unpitched = "by pitch; events without one lie in the strip below";
  element("caption").textContent =
    `Bottom to top: ${name === "place" ? data.place_caption : unpitched}. Larger discs are louder.`;
  const from = height.slice();
  const begin_ms = performance.now();
  const duration_ms = still.matches ? 0 : 300;
  animate((now_ms) => {
    const way = duration_ms > 0 ? clamp((now_ms - begin_ms) / duration_ms, 0, 1) : 1;
    const eased = way * way * (3 - 2 * way);
    for (const event of numbers) height[event] = from[event] + (heights[name][event] - from[event]) * eased;
    redraw();
    return axis === name && way < 1;
  });
  lay_out();
}

// ---- Sizes

const kSoftest_db = 45; // below the loudest event, and where discs do not get smaller any more
const loudest_db = data.loudness_db.reduce((a, b) => (known(b) ? Math.max(a, b) : a), -Infinity);
const areas = Float64Array.from(data.loudness_db, (loudness_db) =>
  known(loudness_db) ? clamp(1 + (loudness_db - loudest_db) / kSoftest_db, 0.03, 1) : 0.03,
);
const by_size = [...numbers].sort((a, b) => areas[b] - areas[a] || a - b); // the small ones on top

/// The radius of the loudest event: less where events are dense.
function largest_radius() {
  const share = (view.to_s - view.from_s) * (view.high - view.low);
  const space = Math.sqrt((plot.width * plot.height * full_span_s) / Math.max(share, 1e-9) / count);
  return clamp(0.55 * space, 5.5, 17);
}

const radius_of = (event, largest) => Math.max(largest * Math.sqrt(areas[event]), 1.5);

/// The event whose disc is at a place of the map: the smallest, which lies on top, or else the nearest.
function event_at(x, y, tolerance) {
  const largest = largest_radius();
  const reach_s = ((largest + tolerance) / plot.width) * (view.to_s - view.from_s);
  const time_s = time_at(x);
  let found = null;
  let best = Infinity;
  for (let i = first_from(time_s - reach_s); i < count; ++i) {
    const event = by_time[i];
    if (state.onset_s[event] > time_s + reach_s) break;
    const radius = radius_of(event, largest);
    const distance = Math.hypot(x_of(state.onset_s[event]) - x, y_of(height[event]) - y);
    if (distance > radius + tolerance) continue;
    const cost = distance <= radius ? radius - 1000 : distance - radius;
    if (cost < best) {
      best = cost;
      found = event;
    }
  }
  return found;
}
