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
  if (at.y > plot.top + plot.height) return axis_gesture(at);
  const hit = event_at(at.x, at.y, tolerance_of(event));
  // On a touch screen a finger has to be able to move the view where there are discs everywhere.
  const moves = hit !== null && !event.shiftKey && (event.pointerType !== "touch" || chosen.has(hit));
  if (moves) return move_gesture(at, hit);
  if (hit === null && event.shiftKey) return region_gesture(at);
  return pan_gesture(at, hit, event.shiftKey);
}

function axis_gesture(at) {
  const set = (to) => go_to(time_at(to.x));
  set(at);
  return { move: set, end() {}, cancel() {} };
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

function move_gesture(at, hit) {
  const events = chosen.has(hit) ? [...chosen] : [hit];
  const before = new Map(events.map((event) => [event, state.onset_s[event]]));
  let slipped = false;
  const shift_to = (by_s) => {
    const shift_s = possible_shift(events, (event) => before.get(event), by_s);
    for (const event of events) state.onset_s[event] = rounded(before.get(event) + shift_s);
  };
  return {
    move(to) {
      if (!slipped && Math.abs(to.x - at.x) <= kClick_px) return;
      if (!slipped && !chosen.has(hit)) choose([hit]);
      slipped = true;
      shift_to(((to.x - at.x) / plot.width) * (view.to_s - view.from_s));
      show_panel();
      show_tooltip(hit);
      redraw();
    },
    end() {
      if (!slipped) return click(hit);
      const change = moves_to(events, (event) => state.onset_s[event]);
      for (const move of change) move.from = before.get(move.event);
      commit(change);
    },
    cancel() {
      for (const event of events) state.onset_s[event] = before.get(event);
      show_panel();
      redraw();
    },
  };
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
        const x = x_of(state.onset_s[event]);
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
    hover(is_within ? event_at(at.x, at.y, tolerance_of(event)) : null);
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
