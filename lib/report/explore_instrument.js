// The chosen event as an instrument: on the keys of the computer, and of a MIDI keyboard.

// As on a piano, from C on: the middle row of letters is white, the upper one black.
const kPianoKeys = "KeyA KeyW KeyS KeyE KeyD KeyF KeyT KeyG KeyY KeyH KeyU KeyJ KeyK KeyO KeyL KeyP Semicolon".split(" ");
const kStrength = 100; // velocity of the computer's keys
let octave = 4;
let is_instrument = false;
const held = new Map(); // what sounds, by the names of keys

/// Begins the chosen event at a key; those without a pitch as they are.
function press(name, key, velocity) {
  if (current === null || !here) return;
  release(name);
  open_output().then(() => {
    tell("");
    const vector = state.vector[current];
    const { partial } = heard[current];
    const at_key = partial > 0 ? with_pitch(vector, hz_of_key(key) / partial) : vector;
    // As synthesisers answer to velocities.
    const gain_db = state.gain_db[current] + 40 * Math.log10(velocity / kStrength);
    held.set(name, { solo: begin_solo(at_key, gain_db, lift_db(current)), vector });
    element("key").textContent = key_name(key);
  }, tell_of);
}

function release(name) {
  const sound = held.get(name);
  if (!sound) return;
  held.delete(name);
  let_go(sound.solo, value_of(sound.vector, number_at.damping));
}

function switch_instrument() {
  is_instrument = !is_instrument;
  for (const name of [...held.keys()]) release(name);
  if (is_instrument && current === null) step(1);
  element("instrument").setAttribute("aria-pressed", is_instrument);
  element("instrument-help").hidden = !is_instrument;
  announce(is_instrument ? "A to L play the chosen event, Z and X change the octave" : "Keys are as before");
}

/// Whether a key of the computer was one of the instrument.
function instrument_key(event, is_down) {
  if (!is_instrument || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return false;
  if (event.code === "KeyZ" || event.code === "KeyX") {
    if (is_down && !event.repeat) octave = clamp(octave + (event.code === "KeyZ" ? -1 : 1), 0, 8);
    element("octave").textContent = octave;
    return true;
  }
  const place = kPianoKeys.indexOf(event.code);
  if (place < 0) return false;
  if (!is_down) release(event.code);
  else if (!event.repeat) press(event.code, 12 * (octave + 1) + place, kStrength);
  return true;
}

// ---- MIDI

function take_midi({ data: [status, key, velocity] }) {
  const kind = status & 0xf0;
  const name = `midi ${status & 0x0f} ${key}`;
  if (kind === 0x90 && velocity > 0) press(name, key, velocity);
  else if (kind === 0x80 || kind === 0x90) release(name);
}

async function open_midi() {
  const words = element("midi-state");
  if (!navigator.requestMIDIAccess) {
    words.textContent = "This browser has no MIDI";
    return;
  }
  try {
    const access = await navigator.requestMIDIAccess();
    const listen = () => {
      const inputs = [...access.inputs.values()];
      for (const input of inputs) input.onmidimessage = take_midi;
      words.textContent = inputs.map(({ name }) => name).join(", ") || "No MIDI keyboard is connected";
      if (inputs.length > 0 && current === null) step(1);
    };
    access.onstatechange = listen;
    listen();
  } catch {
    words.textContent = "The browser does not let this page use MIDI";
  }
}
