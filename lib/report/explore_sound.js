// What is heard: one event, or the whole piece.

// ---- Words where nothing is heard

const kElsewhere = "Open the page in a recent Firefox, Chrome, Edge or Safari.";
const kHere = "Looking, changes and the list work here all the same.";
const kNoWebAssembly =
  "This browser does not run WebAssembly, or it is switched off, as in Lockdown Mode, so nothing can be heard. " +
  `Switch it on for this page, or use another browser. ${kHere}`;
const kTooOld = `This browser is too old to play this page. ${kElsewhere} ${kHere}`;
const kNoWebAudio =
  "This browser cannot play anything: it has no Web Audio, or it is switched off, as in Lockdown Mode. " +
  `Switch it on for this page, or use another browser. ${kHere}`;
const kHeldBack =
  "The browser does not let the sound begin. Press the play button once more; if that does not help, see whether " +
  "this page may play sound and whether the device has a sound output.";
const kCutOff =
  "The end of this page is missing, as after a download that broke off: nothing can be heard, and the list may not " +
  "be whole. Copy the page again, or make it anew with ictus explore.";

/// Something that a person can do something about, and is told in these words.
class Trouble extends Error {}

const is_whole = () => document.readyState === "loading" || element("end") !== null;

function tell(words) {
  const notice = element("notice");
  const shown = is_whole() ? words : kCutOff;
  if (notice.textContent === shown) return;
  notice.textContent = shown;
  notice.hidden = shown === "";
}

const tell_of = (error) =>
  tell(
    error instanceof Trouble ? error.message : `The sound cannot be played (${error.message}). ${kElsewhere} ${kHere}`,
  );

// Of what is missing at the end.
loaded.then(() => tell(""));

// ---- The output

const kPatience_ms = 2000;
const kFade_s = 0.005;
let output = null;

function the_output() {
  if (!window.AudioContext) throw new Trouble(kNoWebAudio);
  output ??= new AudioContext({ sampleRate: rate_hz, latencyHint: "interactive" });
  return output;
}

async function open_output() {
  if (the_output().state === "running") return;
  // Where a browser waits for a click, or finds no sound output, it may do so for ever.
  const patience = new Promise((resolve) => setTimeout(resolve, kPatience_ms));
  await Promise.race([output.resume().catch(() => patience), patience]);
  if (output.state !== "running") throw new Trouble(kHeldBack);
}

const sounding = new Set(); // what has been started and not ended: {source, volume}

/// Starts samples, from the sample `skip` on, `count` of them, at a time of the output.
function start_samples(channels, when_s, skip, count, into) {
  const buffer = new AudioBuffer({ length: channels[0].length, numberOfChannels: channels.length, sampleRate: rate_hz });
  channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
  const source = new AudioBufferSourceNode(output, { buffer });
  const volume = new GainNode(output);
  source.connect(volume).connect(into);
  source.start(when_s, skip / rate_hz, count / rate_hz);
  const sound = { source, volume };
  sounding.add(sound);
  source.onended = () => {
    sounding.delete(sound);
    volume.disconnect();
  };
  return sound;
}

function fade_out({ source, volume }) {
  volume.gain.cancelScheduledValues(output.currentTime);
  volume.gain.setTargetAtTime(0, output.currentTime, kFade_s);
  source.stop(output.currentTime + 6 * kFade_s);
}

// ---- Single events

const kLifted_db = -25; // as loud as quiet events are made
const kFirst = 2048; // samples that are rendered before an event begins to sound
const kMore = 16384;
const kSoloAhead_s = 0.5;
const solos = new Set();

/// Plays an event as `vector` and `gain_db` say, as soon as its first samples are there, and renders the rest
/// while it sounds.
function begin_solo(vector, gain_db, lift_db = 0) {
  const sound = here.solo(vector, gain_db);
  const volume = new GainNode(output, { gain: 10 ** (lift_db / 20) });
  volume.connect(output.destination);
  // On a sample, so that the pieces join.
  const solo = { sound, volume, begin_s: (Math.ceil(output.currentTime * rate_hz) + 1) / rate_hz, done: 0 };
  solos.add(solo);
  solo_goes_on(solo, kFirst);
  return solo;
}

function solo_goes_on(solo, count) {
  if (!solos.has(solo)) return;
  const { sound, begin_s } = solo;
  while (solo.done < sound.samples && begin_s + solo.done / rate_hz < output.currentTime + kSoloAhead_s) {
    const channels = sound.next(count);
    start_samples(channels, begin_s + solo.done / rate_hz, 0, channels[0].length, solo.volume);
    solo.done += channels[0].length;
    if (count === kFirst) break;
  }
  if (solo.done < sound.samples) setTimeout(() => solo_goes_on(solo, kMore), count === kFirst ? 0 : 100);
  else end_solo(solo);
}

function end_solo(solo) {
  if (solos.delete(solo)) solo.sound.end();
}

/// Lets an event die away by 60 dB in this time.
function let_go(solo, damping_s) {
  solo.volume.gain.setTargetAtTime(0, output.currentTime, damping_s / Math.log(1000));
  setTimeout(() => end_solo(solo), 1000 * damping_s);
}

function hush() {
  for (const solo of [...solos]) end_solo(solo);
  for (const sound of sounding) fade_out(sound);
  sounding.clear();
}

let alone = null; // {event, begin_s}: what is heard by itself, in times of the output

function lift_db(event) {
  const { loudness_db } = heard[event];
  return element("lift").checked && known(loudness_db) ? clamp(kLifted_db - loudness_db, 0, 45) : 0;
}

async function play_event(event) {
  pause();
  if (output) hush();
  const turn = { event, begin_s: null };
  alone = turn;
  try {
    await Promise.all([opened, open_output()]);
  } catch (error) {
    if (alone === turn) tell_of(error);
    return;
  }
  if (alone !== turn) return;
  tell("");
  turn.begin_s = begin_solo(state.vector[event], state.gain_db[event], lift_db(event)).begin_s;
  animate(() => {
    redraw_overlay();
    return alone === turn && output.currentTime - turn.begin_s < duration_s(event);
  });
}

// ---- Everything

// How early blocks are handed to the output; a page in the background wakes once a second.
const kHandOver_s = 1.2;
// {from, placed, next, next_s}: the sample where it began, what was handed over, and the sample that comes next and when
let playing = null;
let rest_s = 0; // the position while nothing plays

function position() {
  if (!playing) return rest_s;
  if (playing.placed.length === 0) return playing.from / rate_hz;
  const now_s = output.currentTime - (output.outputLatency || 0);
  let at = playing.placed[0];
  for (const each of playing.placed) if (each.when_s <= now_s) at = each;
  return clamp((at.first + clamp((now_s - at.when_s) * rate_hz, 0, at.count)) / rate_hz, 0, length_s);
}

function show_playing() {
  const button = element("play");
  button.toggleAttribute("data-playing", playing !== null);
  button.setAttribute("aria-label", playing ? "Pause" : "Play everything");
  redraw_overlay();
}

function pause() {
  if (!playing) return;
  rest_s = position();
  playing = null;
  if (output) hush();
  show_playing();
}

function end() {
  pause();
  rest_s = loop ? loop.from_s : 0;
  show_playing();
}

function go_to(time_s) {
  const to_s = clamp(time_s, 0, length_s);
  if (playing) play_from(to_s);
  else rest_s = to_s;
  render_more();
  redraw_overlay();
}

async function play_from(from_s) {
  pause();
  if (output) hush();
  alone = null;
  show_tooltip(null);
  const begin_s = loop && (from_s < loop.from_s || from_s >= loop.to_s) ? loop.from_s : from_s;
  const from = Math.round((begin_s < length_s ? begin_s : 0) * rate_hz);
  const run = { from, placed: [], next: from, next_s: null };
  playing = run;
  show_playing();
  animate(() => {
    if (playing !== run) return false;
    if (is_over(run)) end();
    else if (!pointers.size) show_time(position());
    redraw_overlay();
    return playing === run;
  });
  try {
    await Promise.all([worker_opened, open_output()]);
  } catch (error) {
    stop_for(error);
    return;
  }
  if (playing !== run) return;
  tell("");
  hand_over(run);
}

const is_over = (run) =>
  run.next >= length_samples && run.placed.length > 0 && output.currentTime >= run.next_s + (output.outputLatency || 0);

function stop_for(error) {
  pause();
  tell_of(error);
}

/// Hands over what comes soon and is there, and again and again.
function hand_over(run) {
  if (playing !== run) return;
  clearTimeout(run.timer);
  const now_s = output.currentTime;
  // At the beginning, and where blocks did not come in time.
  if (run.next_s === null || run.next_s < now_s) {
    run.next_s = (Math.ceil(now_s * rate_hz) + 0.02 * rate_hz) / rate_hz;
  }
  while (run.next < length_samples && run.next_s < now_s + kHandOver_s) {
    const block = block_at(run.next);
    if (!blocks.has(block)) break;
    place(run, block);
  }
  run.placed = run.placed.filter(({ when_s, count }) => when_s + count / rate_hz > now_s - 1);
  render_more();
  run.timer = setTimeout(() => hand_over(run), 100);
}

/// What of a block is played in one go ends with it, with the loop, or with the piece.
function place(run, block) {
  const loop_end = loop && run.next < Math.round(loop.to_s * rate_hz) ? Math.round(loop.to_s * rate_hz) : Infinity;
  const end = Math.min(begin_of(block + 1), loop_end, Math.ceil(length_samples));
  const count = end - run.next;
  const sound = start_samples(blocks.get(block), run.next_s, run.next - begin_of(block), count, output.destination);
  run.placed.push({ block, edition: edition_of.get(block), first: run.next, count, when_s: run.next_s, sound });
  run.next_s += count / rate_hz;
  run.next = end === loop_end ? Math.round(loop.from_s * rate_hz) : end;
}

function block_arrived(block) {
  if (!playing || playing.next_s === null) return;
  for (const old of playing.placed) {
    if (old.block === block && old.edition !== edition_of.get(block)) replace(old);
  }
  if (block === block_at(playing.next)) hand_over(playing);
}

/// Puts the block as it sounds now in the place of what was handed over of it before.
function replace(old) {
  const now_s = output.currentTime + 0.01;
  const end_s = old.when_s + old.count / rate_hz;
  if (end_s <= now_s) return;
  const skipped = Math.max(Math.ceil((now_s - old.when_s) * rate_hz), 0);
  const when_s = old.when_s + skipped / rate_hz;
  sounding.delete(old.sound);
  fade_out(old.sound);
  const first = old.first + skipped - begin_of(old.block);
  old.sound = start_samples(blocks.get(old.block), when_s, first, old.count - skipped, output.destination);
  old.edition = edition_of.get(old.block);
  if (skipped === 0) return;
  old.sound.volume.gain.setValueAtTime(0, when_s);
  old.sound.volume.gain.linearRampToValueAtTime(1, when_s + 2 * kFade_s);
}

const play_or_pause = () => (playing ? pause() : play_from(rest_s));
