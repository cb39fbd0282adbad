// What is told of events in words.

// ---- The tooltip

function show_tooltip(event) {
  tip = event;
  const tooltip = element("tooltip");
  tooltip.hidden = event === null;
  if (event === null) return;
  const name = document.createElement("b");
  name.textContent = `Event ${event}`;
  const lines = [
    seconds(state.onset_s[event], 3),
    pitch_words(event),
    `Decay ${seconds(data.decay_s[event], 2)}`,
    `Loudness ${decibels(data.loudness_db[event])}`,
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
  const distance = radius_of(tip, largest_radius()) + 10;
  const x = x_of(state.onset_s[tip]);
  const y = y_of(height[tip]);
  const fits_right = x + distance + tooltip.offsetWidth <= plot.map_width;
  const left = fits_right ? x + distance : x - distance - tooltip.offsetWidth;
  const top = clamp(y - tooltip.offsetHeight / 2, 0, Math.max(plot.map_height - tooltip.offsetHeight, 0));
  tooltip.style.transform = `translate(${Math.round(Math.max(left, 0))}px, ${Math.round(top)}px)`;
}

function hover(event) {
  if (event === hovered) return;
  hovered = event;
  overlay.style.cursor = event === null ? "" : "pointer";
  if (event !== null) prepare(event);
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
  element("reset").disabled = ![...chosen].some(is_moved);
  element("undo").disabled = done.length === 0;
  element("redo").disabled = undone.length === 0;
  const words = status_words();
  if (element("status").textContent !== words) element("status").textContent = words;
  if (tip !== null) show_tooltip(tip);
}

function facts_of(event) {
  const facts = [
    ["Time", seconds(state.onset_s[event], 3)],
    ["Pitch", pitch_words(event)],
    ["Loudness", decibels(data.loudness_db[event])],
    ["Gain", decibels(data.gain_db[event])],
    ["Decay", seconds(data.decay_s[event], 2)],
    ["Audible", seconds(data.duration_s[event], 2)],
  ];
  if (is_moved(event)) facts.splice(1, 0, ["Was at", seconds(data.onset_s[event], 3)]);
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
