// What is told of events in words.

// ---- The tooltip

function show_tooltip(event) {
  tip = event;
  const tooltip = element("tooltip");
  tooltip.hidden = event === null;
  if (event === null) return;
  const name = document.createElement("b");
  name.textContent = `Event ${event}`;
  const { duration_s, loudness_db } = exactly_heard(event);
  const lines = [
    seconds(onset_s(event), 3),
    pitch_words(event),
    `${seconds(duration_s, 2)} long`,
    `Loudness ${decibels(loudness_db)}`,
    ...(state_words(event).length > 0 ? [state_words(event).join(", ")] : []),
  ].map((words) => {
    const line = document.createElement("span");
    line.textContent = words;
    return line;
  });
  tooltip.replaceChildren(name, ...lines);
  redraw_overlay();
}

function place_tooltip() {
  if (tip === null) return;
  const tooltip = element("tooltip");
  const largest = largest_radius();
  const bar = bar_of(tip);
  const x = x_of(onset_s(tip));
  const y = y_of(height[tip]);
  const before = (axis === "place" ? radius_of(tip, largest) : 0) + 10;
  const right = axis === "place" ? x + before : clamp(bar.right, x, x + 0.3 * plot.width) + 10;
  const left = right + tooltip.offsetWidth <= plot.map_width ? right : x - before - tooltip.offsetWidth;
  const top = clamp(y - tooltip.offsetHeight / 2, 0, Math.max(plot.map_height - tooltip.offsetHeight, 0));
  tooltip.style.transform = `translate(${Math.round(Math.max(left, 0))}px, ${Math.round(top)}px)`;
}

function hover(event) {
  if (event === hovered) return;
  hovered = event;
  overlay.style.cursor = event === null ? "" : "pointer";
  show_tooltip(event);
  redraw_overlay();
}

// ---- The panel

function show_panel() {
  const one = chosen.size === 1 ? current : null;
  element("event-name").textContent =
    one !== null ? `Event ${one}` : chosen.size > 1 ? `${chosen.size} events` : "None chosen";
  element("event-lead").hidden = chosen.size > 0;
  const facts = one === null ? [] : facts_of(one);
  element("event-facts").replaceChildren(...facts.map(([name, words]) => fact(name, words)));
  for (const [id, what] of [["mute", "muted"], ["solo", "soloed"]]) {
    const pressed = chosen.size > 0 && [...chosen].every((event) => state[what][event] === 1);
    element(id).setAttribute("aria-pressed", pressed);
    element(id).disabled = chosen.size === 0;
  }
  element("event-play").disabled = current === null;
  element("reset").disabled = ![...chosen].some((event) => is_moved(event) || is_reshaped(event));
  for (const id of ["copy", "duplicate", "remove", "quantise"]) element(id).disabled = chosen.size === 0;
  element("paste").disabled = clipboard.length === 0;
  show_numbers();
  element("undo").disabled = done.length === 0;
  element("redo").disabled = undone.length === 0;
  const words = status_words();
  if (element("status").textContent !== words) element("status").textContent = words;
  if (tip !== null) show_tooltip(tip);
}

function facts_of(event) {
  const { duration_s, loudness_db } = exactly_heard(event);
  const facts = [
    ["Time", seconds(onset_s(event), 3)],
    ["Pitch", pitch_words(event)],
    ["Length", seconds(duration_s, 2)],
    ["Gain", decibels(state.gain_db[event])],
    ["Loudness", decibels(loudness_db)],
  ];
  if (is_moved(event)) facts.splice(1, 0, ["Was at", seconds(original[event].onset / rate_hz, 3)]);
  return facts;
}

function fact(name, words) {
  const line = document.createElement("div");
  const term = line.appendChild(document.createElement("dt"));
  const description = line.appendChild(document.createElement("dd"));
  term.textContent = name;
  description.textContent = words;
  return line;
}

// ---- The numbers

/// A slider for each number that has a name, of the chosen events.
function make_numbers() {
  const sliders = element("numbers");
  data.numbers.forEach(({ name }, place) => {
    if (!name || name === "pitch") return;
    const label = document.createElement("label");
    const words = document.createElement("span");
    words.textContent = name.replace("_", " ");
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: -1, max: 1, step: "any" });
    slider.dataset.place = place;
    const value = document.createElement("output");
    slider.addEventListener("input", () => turn(place, slider));
    slider.addEventListener("change", let_slider_go);
    label.append(words, slider, value);
    sliders.append(label);
  });
}

/// Moves a number of all chosen events to where the slider is; one change as long as it is held.
function turn(place, slider) {
  const { low, high, is_ratio } = data.numbers[place];
  const part = 0.5 * (Number(slider.value) + 1);
  const value = is_ratio ? low * (high / low) ** part : low + part * (high - low);
  const vectors = changes("vector", [...chosen], (event) => with_value(state.vector[event], place, value));
  commit_held(`number ${place}`, vectors, true);
  if (current !== null) sound_changed(current);
}

/// What is turned next is another change.
function let_slider_go() {
  if (done.length > 0) done.at(-1).held = null;
}

function number_words(vector, place) {
  const unit = data.numbers[place].unit.replace("semitones", "st");
  const value = value_of(vector, place);
  if (unit === "s" && value < 1) return `${(1000 * value).toPrecision(3)} ms`;
  const digits = Math.abs(value) >= 100 || value === 0 ? value.toFixed(0) : value.toPrecision(2);
  return `${minus(String(Number(digits)))} ${unit}`.trim();
}

function show_numbers() {
  for (const slider of element("numbers").querySelectorAll("input")) {
    const place = Number(slider.dataset.place);
    slider.disabled = current === null;
    if (current === null) continue;
    const vector = state.vector[current];
    slider.value = vector[place];
    const words = number_words(vector, place);
    slider.setAttribute("aria-valuetext", words);
    slider.nextElementSibling.textContent = words;
  }
}
