// Mouse, pen and fingers.

// ---- Pointing

const kClick_px = 4; // as far as a pointer may slip in a click
const pointers = new Map(); // those that are down, by their numbers, where they are
let gesture = null;

function place_of(event) {
  const box = overlay.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

const tolerance_of = (event) => (event.pointerType === "touch" ? 12 : 5);

function begin_gesture(event, at) {
  if (event.button === 1) return pan_gesture(at, null);
  if (at.y > plot.top + plot.height) return event.shiftKey ? loop_gesture(at) : axis_gesture(at);
  const hit = event_at(at.x, at.y, tolerance_of(event));
  // On a touch screen a finger has to be able to move the view where there are events everywhere.
  const moves = hit !== null && !event.shiftKey && (event.pointerType !== "touch" || chosen.has(hit));
  if (moves) return is_at_end(hit, at.x) ? stretch_gesture(at, hit) : move_gesture(at, hit, event);
  if (hit === null && event.shiftKey) return region_gesture(at);
  return pan_gesture(at, hit, event.shiftKey);
}

function axis_gesture(at) {
  const set = (to) => go_to(time_at(to.x));
  set(at);
  return { move: set, end() {}, cancel() {} };
}

function loop_gesture(at) {
  let to_x = at.x;
  return {
    move(to) {
      to_x = to.x;
      redraw_overlay();
    },
    end: () => set_loop(time_at(at.x), time_at(to_x)),
    cancel() {},
  };
}

function pan_gesture(at, hit, adds = false) {
  let last = at;
  let slipped = false;
  return {
    move(to) {
      slipped ||= Math.hypot(to.x - at.x, to.y - at.y) > kClick_px;
      if (!slipped) return;
      hover(null);
      pan(to.x - last.x, to.y - last.y);
      last = to;
    },
    end() {
      if (slipped) return;
      if (hit === null) choose([]);
      else if (adds) toggle(hit);
      else click(hit);
    },
    cancel() {},
  };
}

/// A gesture that changes events while it lasts, and is one change: `values_of(events, to, before)` gives what
/// becomes of them, as a list of {what, event, value}; before(event) is what it was. `adds`: of copies.
function changing_gesture(at, hit, adds, values_of) {
  const events = chosen.has(hit) ? [...chosen] : [hit];
  const kinds = ["onset", "vector", "there"];
  let before = null;
  const begin = () => {
    choose(events, hit);
    const copies = adds ? events.map(copy_of) : [];
    const as_it_is = (event) => Object.fromEntries(kinds.map((what) => [what, state[what][event]]));
    before = new Map((adds ? copies : events).map((event) => [event, as_it_is(event)]));
    if (!adds) return;
    set_values(copies.map((event) => ({ what: "there", event, value: 1 })));
    choose(copies, copies[events.indexOf(hit)]);
  };
  return {
    move(to) {
      if (!before && Math.hypot(to.x - at.x, to.y - at.y) <= kClick_px) return;
      if (!before) begin();
      set_values(values_of([...before.keys()], to, (event) => before.get(event)));
      show_panel();
      show_tooltip(current);
      redraw();
      sound_changed(current);
    },
    end() {
      last_sounded = null;
      if (!before) return click(hit);
      const change = [];
      for (const [event, was] of before) {
        for (const what of kinds) change.push({ what, event, from: was[what], to: state[what][event] });
      }
      commit(change);
    },
    cancel() {
      last_sounded = null;
      if (!before) return;
      set_values([...before].flatMap(([event, was]) => kinds.map((what) => ({ what, event, value: was[what] }))));
      show_panel();
      redraw();
    },
  };
}

/// Along time, and in the piano roll along pitch by semitones; with Ctrl without steps, with Alt copies.
function move_gesture(at, hit, event) {
  const is_free = event.ctrlKey || event.metaKey;
  return changing_gesture(at, hit, event.altKey, (events, to, before) => {
    const onsets = events.map((each) => before(each).onset);
    const grabbed = before(current).onset;
    // What is dragged upwards is not to slip in time.
    const dx = Math.abs(to.x - at.x) <= kClick_px ? 0 : to.x - at.x;
    const by_s = (dx / plot.width) * (view.to_s - view.from_s);
    const to_s = grabbed / rate_hz + by_s;
    const shift = dx === 0 ? 0 : possible_shift(onsets, (is_free ? to_s : on_grid(to_s)) * rate_hz - grabbed);
    const keys = ((at.y - to.y) / plot.height) * (view.high - view.low) * keys_per_height();
    const dy = Math.abs(to.y - at.y) <= kClick_px || axis !== "pitch" ? 0 : is_free ? keys : Math.round(keys);
    return events.flatMap((each) => [
      { what: "onset", event: each, value: before(each).onset + shift },
      { what: "vector", event: each, value: dy === 0 ? before(each).vector : transposed(each, before(each).vector, dy) },
    ]);
  });
}

/// By the end of its bar: as many times as long as that is longer.
function stretch_gesture(at, hit) {
  const { left, right } = bar_of(hit);
  return changing_gesture(at, hit, false, (events, to, before) => {
    const factor = Math.max(right - left + to.x - at.x, 3) / (right - left);
    return events.map((each) => ({ what: "vector", event: each, value: stretched(before(each).vector, factor) }));
  });
}

// What is changed is heard at once.
let last_sounded = null;

function sound_changed(event) {
  if (!here || playing) return;
  if (output?.state !== "running") {
    // The first time the browser has to be asked; where it refuses, a click tells.
    open_output().then(() => sound_changed(event), () => {});
    return;
  }
  const now = { event, vector: state.vector[event].join() };
  if (last_sounded?.event === event && last_sounded.vector === now.vector) return;
  last_sounded = now;
  hush();
  const solo = begin_solo(state.vector[event], state.gain_db[event], lift_db(event));
  alone = { event, begin_s: solo.begin_s };
}

function region_gesture(at) {
  const kept = [...chosen];
  return {
    region: null,
    move(to) {
      this.region = {
        left: Math.min(at.x, to.x),
        right: Math.max(at.x, to.x),
        top: Math.min(at.y, to.y),
        bottom: Math.max(at.y, to.y),
      };
      redraw_overlay();
    },
    end() {
      if (!this.region) return;
      const { left, right, top, bottom } = this.region;
      const is_inside = (event) => {
        const x = x_of(onset_s(event));
        const y = y_of(height[event]);
        return x >= left && x <= right && y >= top && y <= bottom;
      };
      choose([...new Set([...kept, ...by_time.filter(is_inside)])]);
    },
    cancel() {},
  };
}

/// Two fingers: their distance zooms, their middle pans.
function pinch_gesture() {
  const reading = () => {
    const [a, b] = [...pointers.values()];
    const distance = Math.max(Math.hypot(a.x - b.x, a.y - b.y), 10);
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance };
  };
  let last = reading();
  return {
    move() {
      const now = reading();
      pan(now.x - last.x, now.y - last.y);
      zoom_times(now.distance / last.distance, now.x);
      last = now;
    },
    end() {},
    cancel() {},
  };
}

function click(event) {
  choose([event]);
  play_event(event);
}

function end_gesture(how) {
  const ended = gesture;
  gesture = null;
  ended?.[how]();
  render_more();
  redraw_overlay();
}

overlay.addEventListener("pointerdown", (event) => {
  if (event.button > 1) return;
  if (event.button === 1) event.preventDefault();
  overlay.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, place_of(event));
  if (pointers.size === 1) {
    gesture = begin_gesture(event, place_of(event));
  } else {
    end_gesture("cancel");
    if (pointers.size === 2) gesture = pinch_gesture();
  }
});

overlay.addEventListener("pointermove", (event) => {
  const at = place_of(event);
  if (pointers.has(event.pointerId)) {
    pointers.set(event.pointerId, at);
    gesture?.move(at);
  } else {
    const is_within = at.y <= plot.top + plot.height;
    const under = is_within ? event_at(at.x, at.y, tolerance_of(event)) : null;
    hover(under);
    if (under !== null) overlay.style.cursor = is_at_end(under, at.x) ? "ew-resize" : "pointer";
  }
});

overlay.addEventListener("pointerup", (event) => {
  pointers.delete(event.pointerId);
  end_gesture("end");
});

overlay.addEventListener("pointercancel", (event) => {
  pointers.delete(event.pointerId);
  end_gesture("cancel");
});

overlay.addEventListener("pointerleave", () => hover(null));

overlay.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const at = place_of(event);
    const lines_px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      pan(-event.deltaX * lines_px, 0);
      return;
    }
    // A pinch on a touch pad comes as a wheel with Ctrl, in smaller steps.
    const factor = Math.exp(-event.deltaY * lines_px * (event.ctrlKey ? 0.01 : 0.002));
    if (event.altKey || at.x < plot.left) zoom_places(factor, at.y);
    else zoom_times(factor, at.x);
  },
  { passive: false },
);
