// The map as pixels.

// ---- Drawing

const drawn = { discs: false, overlay: false }; // what is up to date
const animations = new Set();
let frame = 0;

const request_frame = () => {
  if (!frame) frame = requestAnimationFrame(draw);
};

function redraw() {
  drawn.discs = false;
  redraw_overlay();
}

function redraw_overlay() {
  drawn.overlay = false;
  request_frame();
}

/// Calls tick(time) before each picture as long as it returns true.
function animate(tick) {
  animations.add(tick);
  request_frame();
}

function draw(now_ms) {
  frame = 0;
  for (const tick of [...animations]) if (!tick(now_ms)) animations.delete(tick);
  if (!drawn.discs) draw_discs();
  if (!drawn.overlay) draw_overlay();
  drawn.discs = true;
  drawn.overlay = true;
  if (animations.size > 0) request_frame();
}

const palette = {};

function read_palette() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ground", "surface", "line", "ink", "muted", "accent", "nothing"]) {
    palette[name] = style.getPropertyValue("--" + name).trim();
    palette[name + "_pixel"] = pixel_of(palette[name]);
  }
  palette.font = getComputedStyle(document.body).fontFamily;
  redraw();
}

/// Distances between ticks: the smallest of these that leaves room for the labels.
const kFineSteps_s = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const kTimeSteps_s = [...kFineSteps_s, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];

function time_ticks() {
  const px_per_s = plot.width / (view.to_s - view.from_s);
  const step_s = kTimeSteps_s.find((step) => step * px_per_s >= 72) ?? 3600;
  const digits = step_s < 0.01 ? 3 : step_s < 0.1 ? 2 : step_s < 1 ? 1 : 0;
  const ticks = [];
  const end_s = Math.min(view.to_s, length_s);
  for (let i = Math.ceil(Math.max(view.from_s, 0) / step_s); i * step_s <= end_s; ++i) {
    ticks.push({ at: i * step_s, label: clock(i * step_s, digits) });
  }
  return ticks;
}

function pitch_ticks() {
  if (axis !== "pitch") return [];
  const px_per_key = y_of(height_of_key(60)) - y_of(height_of_key(61));
  const step = [1, 2, 3, 4, 12, 24].find((keys) => keys * px_per_key >= 22) ?? 48;
  const ticks = [];
  for (let key = 0; key < 140; key += step) {
    const at = height_of_key(key);
    if (at > kUnpitched && at >= view.low && at <= Math.min(view.high, 1)) ticks.push({ at, label: key_name(key) });
  }
  return ticks;
}

// Bars and discs are set pixel by pixel: where nothing but the processor draws, thousands of shapes take too long.
let image = null;
let pixels = new Int32Array(0); // of the image, as 0xAABBGGRR
let columns = 0;
let rows = 0;

const pixel_of = (hex) => {
  const value = parseInt(hex.replace("#", ""), 16);
  return (0xff << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
};
const pixel_colour = (event) => {
  const [red, green, blue] = colour_of[event];
  return (0xff << 24) | (blue << 16) | (green << 8) | red;
};

/// The pixel with a colour over it, whose opacity is from 0 to 256.
function over(pixel, colour, opacity) {
  const rest = 256 - opacity;
  const red_blue = Math.imul(pixel & 0xff00ff, rest) + Math.imul(colour & 0xff00ff, opacity);
  const green = Math.imul((pixel >>> 8) & 0xff, rest) + Math.imul((colour >>> 8) & 0xff, opacity);
  return 0xff000000 | ((red_blue >>> 8) & 0xff00ff) | (green & 0xff00);
}

function fill_rectangle(left, top, right, bottom, colour, opacity = 256) {
  const x0 = clamp(Math.round(left), 0, columns);
  const x1 = clamp(Math.round(right), 0, columns);
  const y1 = clamp(Math.round(bottom), 0, rows);
  if (x1 <= x0) return;
  for (let y = clamp(Math.round(top), 0, rows); y < y1; ++y) {
    const row = y * columns;
    if (opacity === 256) pixels.fill(colour, row + x0, row + x1);
    else for (let i = row + x0; i < row + x1; ++i) pixels[i] = over(pixels[i], colour, opacity);
  }
}

/// As over() does, for pixels above each other.
function fill_column(x, y0, y1, colour, opacity) {
  const rest = 256 - opacity;
  const red_blue = Math.imul(colour & 0xff00ff, opacity);
  const green = Math.imul((colour >>> 8) & 0xff, opacity);
  for (let i = y0 * columns + x; i < y1 * columns; i += columns) {
    const pixel = pixels[i];
    const sum = Math.imul(pixel & 0xff00ff, rest) + red_blue;
    pixels[i] = 0xff000000 | ((sum >>> 8) & 0xff00ff) | ((Math.imul((pixel >>> 8) & 0xff, rest) + green) & 0xff00);
  }
}

/// A disc whose outermost `rim` pixels have another colour and opacity; places and lengths in pixels.
function draw_disc(x, y, radius, rim, inside, inside_opacity, edge, edge_opacity) {
  const outer = radius + 0.5;
  const opaque = Math.max(radius - 0.5, 0) ** 2;
  const inner = Math.max(radius - rim, 0) ** 2;
  const y1 = Math.min(Math.floor(y + outer - 0.5), rows - 1);
  for (let row = Math.max(Math.ceil(y - outer - 0.5), 0); row <= y1; ++row) {
    const dy = row + 0.5 - y;
    const reach = outer * outer - dy * dy;
    if (reach <= 0) continue;
    const half = Math.sqrt(reach);
    const x1 = Math.min(Math.floor(x + half - 0.5), columns - 1);
    for (let column = Math.max(Math.ceil(x - half - 0.5), 0); column <= x1; ++column) {
      const dx = column + 0.5 - x;
      const distance = dx * dx + dy * dy;
      const i = row * columns + column;
      if (distance <= inner) {
        if (inside_opacity > 0) pixels[i] = over(pixels[i], inside, inside_opacity);
      } else {
        const cover = distance <= opaque ? 1 : outer - Math.sqrt(distance);
        pixels[i] = over(pixels[i], edge, cover > 0 ? (edge_opacity * cover) | 0 : 0);
      }
    }
  }
}

function draw_ground(scale) {
  const x = (time_s) => Math.round((x_of(time_s) - plot.left) * scale);
  const y = (place) => Math.round((y_of(place) - plot.top) * scale);
  const { line_pixel: line, surface_pixel: surface, nothing_pixel: nothing } = palette;
  pixels.fill(surface);
  if (axis === "pitch") {
    fill_rectangle(0, y(kUnpitched), columns, rows, over(surface, nothing, 150));
    draw_black_keys(y, over(surface, nothing, 110));
  }
  fill_rectangle(0, 0, x(0), rows, nothing);
  fill_rectangle(x(length_s), 0, columns, rows, nothing);
  const beats = grid_lines(view.from_s, Math.min(view.to_s, length_s), (8 * (view.to_s - view.from_s)) / plot.width);
  for (const { at_s, is_beat } of beats) fill_rectangle(x(at_s), 0, x(at_s) + 1, rows, line, is_beat ? 256 : 130);
  if (beats.length === 0) for (const { at } of time_ticks()) fill_rectangle(x(at), 0, x(at) + 1, rows, line, 170);
  for (const { at } of pitch_ticks()) fill_rectangle(0, y(at), columns, y(at) + 1, line, 170);
}

/// As a piano roll has them, where they are wide enough to be seen.
function draw_black_keys(y, colour) {
  if (y(height_of_key(60)) - y(height_of_key(61)) < 4) return;
  for (let key = Math.floor(pitch_range.low); key <= pitch_range.high; ++key) {
    if (!key_name(key).includes("#")) continue;
    const top = Math.max(y(height_of_key(key + 0.5)), y(1));
    fill_rectangle(0, top, columns, Math.min(y(height_of_key(key - 0.5)), y(kUnpitched)), colour);
  }
}

/// The way from where an event was.
function draw_way(event, x, y, scale, colour) {
  const from_x = (x_of(original[event].onset / rate_hz) - plot.left) * scale;
  fill_rectangle(Math.min(from_x, x), y - scale / 2, Math.max(from_x, x), y + scale / 2, colour, 150);
  fill_rectangle(from_x - scale / 2, y - 4 * scale, from_x + scale / 2, y + 4 * scale, colour, 200);
}

function draw_disc_of(event, x, y, radius, scale) {
  const colour = pixel_colour(event);
  if (is_moved(event)) draw_way(event, x, y, scale, colour);
  if (state.soloed[event] && !state.muted[event]) {
    draw_disc(x, y, radius + 4 * scale, 1.5 * scale, 0, 0, palette.accent_pixel, 256);
  }
  if (is_silent(event)) draw_disc(x, y, radius, 1.25 * scale, colour, 20, colour, 120);
  else draw_disc(x, y, radius, scale, colour, 190, over(colour, palette.ink_pixel, 50), 225);
}

/// A bar, as strong as its event is loud, which fades as that dies away. Places in pixels.
function draw_bar_of(event, left, right, top, bottom, scale) {
  const colour = pixel_colour(event);
  if (is_moved(event)) draw_way(event, left, (top + bottom) / 2, scale, colour);
  if (state.soloed[event] && !state.muted[event]) {
    const edge = 2.5 * scale;
    fill_rectangle(left - edge, top - edge, right + edge, bottom + edge, palette.accent_pixel, 200);
    fill_rectangle(left, top, right, bottom, palette.surface_pixel);
  }
  const strength = is_silent(event) ? 30 : 60 + 170 * area_of(event);
  const x0 = clamp(Math.round(left), 0, columns);
  const x1 = clamp(Math.round(right), 0, columns);
  const y1 = clamp(Math.round(bottom), 0, rows);
  const fall = (0.65 * strength) / Math.max(right - left, 1);
  const y0 = clamp(Math.round(top), 0, rows);
  for (let x = x0; x < x1; ++x) fill_column(x, y0, y1, colour, (strength - fall * (x - left)) | 0);
  // The onset, which is where the eye looks for it.
  const edge = over(colour, palette.ink_pixel, 60);
  fill_rectangle(left, top, left + 2 * scale, bottom, edge, is_silent(event) ? 110 : 235);
}

function size_image(width_px, height_px) {
  if (columns === width_px && rows === height_px) return;
  columns = width_px;
  rows = height_px;
  image = new ImageData(columns, rows);
  pixels = new Int32Array(image.data.buffer);
  discs.width = columns;
  discs.height = rows;
}

function draw_bars(scale) {
  const half = half_bar();
  const end = plot.left + plot.width;
  for (const event of by_size) {
    const left = x_of(onset_s(event));
    if (left > end && !is_moved(event)) continue;
    const right = Math.max(x_of(onset_s(event) + duration_s(event)), left + kLeastBar);
    const before = is_moved(event) ? x_of(original[event].onset / rate_hz) : left;
    if (Math.max(right, before) < plot.left || Math.min(left, before) > end) continue;
    const y = y_of(height[event]) - plot.top;
    if (y + half < 0 || y - half > plot.height) continue;
    const [x0, x1] = [(left - plot.left) * scale, (right - plot.left) * scale];
    draw_bar_of(event, x0, x1, (y - half) * scale, (y + half) * scale, scale);
  }
}

function draw_all_discs(scale) {
  const largest = largest_radius();
  for (const event of by_size) {
    const radius = radius_of(event, largest);
    const x = x_of(onset_s(event)) - plot.left;
    const y = y_of(height[event]) - plot.top;
    const reach = radius + 6;
    const tail = is_moved(event) ? x_of(original[event].onset / rate_hz) - plot.left : x;
    if (Math.max(x, tail) < -reach || Math.min(x, tail) > plot.width + reach) continue;
    if (y < -reach || y > plot.height + reach) continue;
    draw_disc_of(event, x * scale, y * scale, radius * scale, scale);
  }
}

function draw_discs() {
  const scale = devicePixelRatio;
  size_image(Math.max(Math.round(plot.width * scale), 1), Math.max(Math.round(plot.height * scale), 1));
  draw_ground(scale);
  if (axis === "pitch") draw_bars(scale);
  else draw_all_discs(scale);
  discs.getContext("2d").putImageData(image, 0, 0);
  tell_view();
}

/// The axes, for whoever has to know where on the screen an event is.
function tell_view() {
  const times = { from: view.from_s, to: view.to_s };
  const heights = { low: view.low, high: view.high };
  const box = { left: plot.left, top: plot.top, width: plot.width, height: plot.height };
  const key_at = (y) => pitch_range.low + (place_at(y) - height_of_key(pitch_range.low)) * keys_per_height();
  const keys = { key_low: key_at(plot.top + plot.height), key_high: key_at(plot.top) };
  Object.assign(map.dataset, times, heights, box, keys);
}

function draw_overlay() {
  const scale = devicePixelRatio;
  const context = overlay.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, plot.map_width, plot.map_height);
  context.font = `11px ${palette.font}`;
  draw_axes(context);
  draw_loop(context);
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top, plot.width, plot.height);
  context.clip();
  draw_outlines(context);
  if (gesture?.region) draw_region(context, gesture.region);
  context.restore();
  draw_line(context);
  element("now").textContent = clock(position(), 1);
  place_tooltip();
}

function draw_axes(context) {
  const bottom = plot.top + plot.height;
  context.fillStyle = palette.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { at, label } of time_ticks()) {
    const half = context.measureText(label).width / 2;
    context.fillText(label, clamp(x_of(at), plot.left + half, plot.left + plot.width - half), bottom + 10);
    context.fillRect(Math.round(x_of(at)), bottom + 2, 1, 4);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, label } of pitch_ticks()) context.fillText(label, plot.left - 8, y_of(at));
  if (axis === "pitch" && y_of(0) <= bottom) {
    context.fillText("none", plot.left - 8, (y_of(kUnpitched) + y_of(0)) / 2);
  }
}

/// A line around what is drawn of an event, at some distance from it.
function outline(context, event, distance, colour, width) {
  context.beginPath();
  if (axis === "place") {
    const radius = radius_of(event, largest_radius()) + distance;
    context.arc(x_of(onset_s(event)), y_of(height[event]), radius, 0, 2 * Math.PI);
  } else {
    const { left, right, top, bottom } = bar_of(event);
    const size = [right - left + 2 * distance, bottom - top + 2 * distance];
    context.roundRect(left - distance, top - distance, ...size, 3);
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/// Lines around what is heard, chosen and pointed at.
function draw_outlines(context) {
  const glow = (event, elapsed_s) => {
    const left = 1 - clamp(elapsed_s / duration_s(event), 0, 1);
    context.globalAlpha = 0.25 + 0.75 * left;
    outline(context, event, 2 + 2 * left, palette.accent, 2);
    context.globalAlpha = 1;
  };
  if (playing) {
    const now_s = position();
    for (const event of heard_at(now_s)) glow(event, now_s - onset_s(event));
  } else if (alone && alone.begin_s !== null && output.currentTime - alone.begin_s < duration_s(alone.event)) {
    glow(alone.event, output.currentTime - alone.begin_s);
  }
  for (const event of chosen) {
    const x = x_of(onset_s(event));
    if (event === current || x > plot.left + plot.width + 30) continue;
    if (x_of(onset_s(event) + duration_s(event)) < plot.left - 30) continue;
    outline(context, event, 2, palette.ink, 1.5);
  }
  if (current !== null) {
    outline(context, current, 2.5, palette.surface, 5);
    outline(context, current, 2.5, palette.ink, 2.5);
  }
  if (hovered !== null && hovered !== current) outline(context, hovered, 2, palette.ink, 1.5);
}

/// On the time axis, and where it ends.
function draw_loop(context) {
  if (!loop) return;
  const left = clamp(x_of(loop.from_s), plot.left, plot.left + plot.width);
  const right = clamp(x_of(loop.to_s), plot.left, plot.left + plot.width);
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.07;
  context.fillRect(left, plot.top, right - left, plot.height);
  context.globalAlpha = 1;
  context.fillRect(left, plot.top + plot.height, right - left, 3);
}

function draw_region(context, region) {
  const box = [region.left, region.top, region.right - region.left, region.bottom - region.top];
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.12;
  context.fillRect(...box);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = 1;
  context.strokeRect(...box);
}

/// The line where playing is, or will begin.
function draw_line(context) {
  const x = Math.round(x_of(position()));
  if (x < plot.left - 1 || x > plot.left + plot.width + 1) return;
  const bottom = plot.top + plot.height;
  context.fillStyle = palette.accent;
  context.fillRect(x - 0.75, plot.top, 1.5, plot.height);
  context.beginPath();
  context.moveTo(x, bottom);
  context.lineTo(x + 5.5, bottom + 8);
  context.lineTo(x - 5.5, bottom + 8);
  context.fill();
}
