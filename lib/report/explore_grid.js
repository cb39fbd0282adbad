// Beats that events can be drawn to, and the part of the piece that is played again and again.

// ---- Beats

const grid = { first_s: 0 };

/// Seconds from line to line; 0 without a grid.
function grid_step_s() {
  const beats = Number(element("grid").value);
  const per_minute = Number(element("tempo").value);
  return beats > 0 && per_minute > 0 ? (60 / per_minute) * beats : 0;
}

/// The nearest line of the grid, or the time itself where there is none.
function on_grid(time_s) {
  const step_s = grid_step_s();
  if (step_s === 0) return time_s;
  const line = Math.round((time_s - grid.first_s) / step_s);
  return Math.max(grid.first_s + line * step_s, 0);
}

/// The lines from one time to another, with the number of beats from the first one; none where they would be
/// nearer to each other than `least_s`.
function grid_lines(from_s, to_s, least_s) {
  const step_s = grid_step_s();
  const lines = [];
  if (step_s === 0) return lines;
  const beats = Number(element("grid").value);
  const every = step_s >= least_s ? 1 : Math.max(Math.ceil(1 / beats), 1);
  if (every * step_s < least_s) return lines;
  for (let i = Math.ceil((from_s - grid.first_s) / step_s); grid.first_s + i * step_s <= to_s; ++i) {
    if (i % every === 0) lines.push({ at_s: grid.first_s + i * step_s, is_beat: Number.isInteger(i * beats) });
  }
  return lines;
}

function set_first_beat() {
  grid.first_s = position();
  announce(`The first beat is at ${seconds(grid.first_s, 3)}`);
  redraw();
}

// ---- The loop

let loop = null; // {from_s, to_s}

function set_loop(from_s, to_s) {
  const from = clamp(on_grid(Math.min(from_s, to_s)), 0, length_s);
  const to = clamp(on_grid(Math.max(from_s, to_s)), 0, length_s);
  loop = to - from >= 0.05 ? { from_s: from, to_s: to } : null;
  show_loop();
}

function show_loop() {
  element("loop").setAttribute("aria-pressed", loop !== null);
  if (playing) play_from(position());
  redraw_overlay();
}

/// Loops what is chosen, or what the view shows; or loops no more.
function switch_loop() {
  if (loop) {
    loop = null;
    show_loop();
    announce("No loop");
    return;
  }
  const events = [...chosen];
  if (events.length > 0) {
    set_loop(Math.min(...events.map(onset_s)), Math.max(...events.map((event) => onset_s(event) + duration_s(event))));
  } else {
    set_loop(view.from_s, view.to_s);
  }
  if (loop) announce(`Loop from ${seconds(loop.from_s, 2)} to ${seconds(loop.to_s, 2)}`);
}
