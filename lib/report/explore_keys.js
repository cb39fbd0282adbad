// The keyboard, the buttons, and the beginning.

// ---- Keys

const kNudge_s = 0.01;
const kFineNudge_s = 0.001;
const kPan_px = 80;

const kArrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function arrow(event) {
  const [dx, dy] = kArrows[event.key];
  const step_s = event.ctrlKey || event.metaKey ? kFineNudge_s : kNudge_s;
  if (!event.shiftKey) pan(-dx * kPan_px, -dy * kPan_px);
  else if (dx !== 0) nudge(dx * step_s, event.repeat);
  else transpose(-dy * (event.ctrlKey || event.metaKey ? 12 : 1), event.repeat);
}

function leave() {
  if (gesture) {
    end_gesture("cancel");
  } else {
    choose([]);
    show_tooltip(null);
  }
}

const play_current = () => {
  if (current !== null) play_event(current);
};

const keys = {
  " ": play_or_pause,
  enter: play_current,
  n: () => step(1),
  ".": () => step(1),
  p: () => step(-1),
  ",": () => step(-1),
  m: () => switch_over("muted"),
  s: () => switch_over("soloed"),
  r: reset,
  l: switch_loop,
  k: switch_instrument,
  q: quantise,
  b: set_first_beat,
  "[": (event) => change_gain(-1, event.repeat),
  "]": (event) => change_gain(1, event.repeat),
  "{": (event) => stretch(1 / 1.1, event.repeat),
  "}": (event) => stretch(1.1, event.repeat),
  delete: remove,
  backspace: remove,
  v: () => set_axis(axis === "place" ? "pitch" : "place"),
  "+": () => zoom_times(1.5),
  "=": () => zoom_times(1.5),
  "-": () => zoom_times(1 / 1.5),
  0: fit,
  "?": () => element("help").showModal(),
  escape: leave,
  arrowleft: arrow,
  arrowright: arrow,
  arrowup: arrow,
  arrowdown: arrow,
};

const keys_with_control = {
  z: (event) => (event.shiftKey ? redo() : undo()),
  y: redo,
  a: () => choose([...by_time]),
  c: copy,
  v: paste,
  d: duplicate,
  arrowleft: (event) => event.shiftKey && arrow(event),
  arrowright: (event) => event.shiftKey && arrow(event),
  arrowup: (event) => event.shiftKey && arrow(event),
  arrowdown: (event) => event.shiftKey && arrow(event),
};

document.addEventListener("keydown", (event) => {
  if (element("help").open || event.altKey) return;
  if (instrument_key(event, true)) {
    event.preventDefault();
    return;
  }
  const key = event.key.toLowerCase();
  const is_field = event.target.closest("select, input:not([type=checkbox])");
  const has_own_use = is_field || (event.target.closest("button, input, summary") && (key === " " || key === "enter"));
  const action = (event.ctrlKey || event.metaKey ? keys_with_control : keys)[key];
  if (!action || has_own_use) return;
  // A held key plays or switches once.
  const repeats = key.startsWith("arrow") || "np.,+-=zy[]{}".includes(key);
  event.preventDefault();
  if (!event.repeat || repeats) action(event);
});

document.addEventListener("keyup", (event) => instrument_key(event, false));

const actions = {
  play: play_or_pause,
  "zoom-in": () => zoom_times(1.5),
  "zoom-out": () => zoom_times(1 / 1.5),
  fit,
  previous: () => step(-1),
  next: () => step(1),
  "event-play": play_current,
  mute: () => switch_over("muted"),
  solo: () => switch_over("soloed"),
  reset,
  copy,
  paste,
  duplicate,
  remove,
  loop: switch_loop,
  quantise,
  instrument: switch_instrument,
  midi: open_midi,
  "save-sound": save_sound,
  "save-notes": save_notes,
  undo,
  redo,
  download,
  "help-open": () => element("help").showModal(),
  "help-close": () => element("help").close(),
};
for (const [id, action] of Object.entries(actions)) element(id).addEventListener("click", action);
for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => set_axis(button.dataset.view));
}
for (const id of ["grid", "tempo"]) element(id).addEventListener("input", redraw);
element("help").addEventListener("click", (event) => {
  if (event.target === element("help")) element("help").close();
});

// ---- The beginning

function lay_out() {
  const scale = devicePixelRatio;
  const box = map.getBoundingClientRect();
  plot.map_width = box.width;
  plot.map_height = box.height;
  plot.left = axis === "pitch" ? 40 : 0;
  plot.width = Math.max(box.width - plot.left, 1);
  plot.height = Math.max(box.height - kAxisHeight, 1);
  overlay.width = Math.round(box.width * scale);
  overlay.height = Math.round(box.height * scale);
  for (const side of ["left", "top", "width", "height"]) discs.style[side] = `${plot[side]}px`;
  redraw();
}

/// A word for the shell.
const quoted = (word) => (/^[\w.,:@%+=/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

element("length").textContent = clock(length_s, 1);
element("command").textContent = `ictus assemble ${quoted(data.list_name)} -o new.evs`;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", read_palette);
new ResizeObserver(lay_out).observe(map);
addEventListener("resize", lay_out);
lay_out();
read_palette();
make_numbers();
set_axis("pitch");
fit();
show_panel();
draw(performance.now());
document.querySelector(".unstarted").remove();
