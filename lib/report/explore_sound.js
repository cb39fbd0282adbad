// What is heard: one event, the whole piece, or its events one by one.

// ---- Words where nothing is heard

const kElsewhere = "Open the page in Firefox, Chrome or Edge, or in Safari 18.4 or later.";
const kHere = "The map, changes and the list work here all the same.";
const kUndecoded = `This browser cannot play the sounds of this page, which are in the Opus format. ${kElsewhere} ${kHere}`;
const kNoWebAudio =
  "This browser cannot play single events, nor the piece with changes: it has no Web Audio, or it is switched off, " +
  `as in Lockdown Mode. Switch it on for this page, or use another browser. ${kHere}`;
const kHeldBack =
  "The browser does not let the sound begin. Press the play button once more; if that does not help, see whether " +
  "this page may play sound and whether the device has a sound output.";
const kCutOff =
  "The end of this page is missing, as after a download that broke off: not all can be heard, and the list may not " +
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
    error instanceof Trouble
      ? error.message
      : `The sound cannot be played (${error.message}). ${kElsewhere} ${kHere}`,
  );

// ---- Sounds

// The sounds lie behind this script, so that the map is drawn before they are read.
const loaded = new Promise((resolve) => {
  if (document.readyState !== "loading") resolve();
  else document.addEventListener("DOMContentLoaded", resolve, { once: true });
});

// Of what is missing at the end.
loaded.then(() => tell(""));

const bytes_of = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

const kGroupsKept = 48; // decoded, of about 1 MB each
const groups = new Map(); // promises of decoded groups, that which was not asked for the longest time first
let decoder = null;

function decode_file(bytes) {
  decoder ??= window.OfflineAudioContext ? new OfflineAudioContext(1, 1, data.sample_rate_hz) : the_output();
  return decoder.decodeAudioData(bytes.slice().buffer);
}

async function decode_packets(ogg) {
  const samples = await samples_of(opus_in(ogg));
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: kOpusRate_hz });
  buffer.copyToChannel(samples, 0);
  return buffer;
}

// What a browser that refuses one may still take.
const ways_to_decode = [
  (ogg) => decode_file(ogg),
  (ogg) => decode_file(webm_of(opus_in(ogg))),
  (ogg) => decode_file(caf_of(opus_in(ogg))),
  decode_packets,
];

async function decode(group) {
  await loaded;
  const ogg = bytes_of(document.getElementsByClassName("group")[group].textContent);
  for (const way of [...ways_to_decode]) {
    try {
      const buffer = await way(ogg);
      // Next time it comes first.
      ways_to_decode.sort((a, b) => (b === way) - (a === way));
      return buffer;
    } catch {
      // The next one.
    }
  }
  throw new Trouble(kUndecoded);
}

function decoded(group) {
  const sound = groups.get(group) ?? decode(group);
  groups.delete(group);
  groups.set(group, sound);
  if (groups.size > kGroupsKept) groups.delete(groups.keys().next().value);
  // It may have been for want of memory: when it is asked for again, it is tried again.
  sound.catch(() => groups.get(group) === sound && groups.delete(group));
  return sound;
}

const prepare = (event) => {
  // Whoever wants to hear it is told when it fails.
  if (data.samples[event] > 0) decoded(group_of[event]).catch(() => {});
};

const kPatience_ms = 2000;
let output = null;

function the_output() {
  if (!window.AudioContext) throw new Trouble(kNoWebAudio);
  output ??= new AudioContext({ sampleRate: data.sample_rate_hz });
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

/// Starts an event, from `skip_s` on, at a time of the output.
function start_sound(event, buffer, when_s, skip_s, gain) {
  const source = new AudioBufferSourceNode(output, { buffer });
  const volume = new GainNode(output, { gain });
  if (skip_s > 0) {
    volume.gain.setValueAtTime(0, when_s);
    volume.gain.linearRampToValueAtTime(gain, when_s + 0.005);
  }
  source.connect(volume).connect(output.destination);
  source.start(when_s, data.begin[event] / data.sample_rate_hz + skip_s, sound_s(event) - skip_s);
  const sound = { source, volume };
  sounding.add(sound);
  source.onended = () => {
    sounding.delete(sound);
    volume.disconnect();
  };
}

function hush() {
  for (const { source, volume } of sounding) {
    volume.gain.cancelScheduledValues(output.currentTime);
    volume.gain.setTargetAtTime(0, output.currentTime, 0.005);
    source.stop(output.currentTime + 0.03);
  }
  sounding.clear();
}

// ---- One event alone

const kLifted_db = -25; // as loud as quiet events are made
let alone = null; // {event, begin_s}: what is heard by itself, in times of the output

function gain_alone(event) {
  const gain = data.gain[event];
  const loudness_db = data.loudness_db[event];
  if (!element("lift").checked || !known(loudness_db)) return gain;
  const lift = 10 ** (clamp(kLifted_db - loudness_db, 0, 45) / 20);
  // A sound is stored with the peak gain / 2 and played with gain, so it was gain² / 2: not above 1.
  return gain * Math.max(Math.min(lift, 1.8 / gain ** 2), 1);
}

async function play_event(event) {
  pause();
  hush();
  const turn = { event, begin_s: null };
  alone = turn;
  if (data.samples[event] === 0) {
    announce(`Event ${event} is too quiet to have a sound`);
    return;
  }
  let buffer;
  try {
    [buffer] = await Promise.all([decoded(group_of[event]), open_output()]);
  } catch (error) {
    if (alone === turn) tell_of(error);
    return;
  }
  if (alone !== turn) return;
  tell("");
  turn.begin_s = output.currentTime;
  start_sound(event, buffer, turn.begin_s, 0, gain_alone(event));
  animate(() => {
    redraw_overlay();
    return alone === turn && output.currentTime - turn.begin_s < sound_s(event);
  });
}

// ---- Everything

// How early events are handed to the output; a page in the background wakes once a second.
const kAhead_s = 1.2;
const kDecodeAhead_s = 4;
const mix = document.body.appendChild(document.createElement("audio"));
let playing = null; // {from_s, mix} or {from_s, at_s, next}: at_s is from_s in times of the output
let rest_s = 0; // the position while nothing plays

function position() {
  if (!playing) return rest_s;
  if (playing.mix) return Math.min(mix.currentTime, length_s);
  if (playing.at_s === undefined) return playing.from_s;
  const elapsed_s = output.currentTime - (output.outputLatency || 0) - playing.at_s;
  return clamp(playing.from_s + elapsed_s, playing.from_s, length_s);
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
  mix.pause();
  hush();
  show_playing();
}

function end() {
  pause();
  rest_s = 0;
  show_playing();
}

function go_to(time_s) {
  const to_s = clamp(time_s, 0, length_s);
  if (playing) play_from(to_s);
  else rest_s = to_s;
  redraw_overlay();
}

async function play_from(from_s) {
  pause();
  hush();
  alone = null;
  show_tooltip(null);
  const run = { from_s: from_s < length_s ? from_s : 0 };
  playing = run;
  show_playing();
  animate(() => {
    if (playing !== run) return false;
    if (position() >= length_s) end();
    else if (!pointers.size) show_time(position());
    redraw_overlay();
    return playing === run;
  });
  await loaded;
  if (playing !== run) return;
  if (has_mix() && !is_edited()) play_mix(run);
  else play_events(run);
}

// The piece as files of which a browser may take one and refuse the others.
const mix_files = [
  { type: "audio/ogg", made_of: (ogg) => ogg },
  { type: "audio/webm", made_of: (ogg) => webm_of(opus_in(ogg)) },
  { type: "audio/x-caf", made_of: (ogg) => caf_of(opus_in(ogg)) },
];

const has_mix = () => mix_files.length > 0 && Boolean(element("mix")?.textContent);

function play_mix(run) {
  if (!mix.src) {
    const [{ type, made_of }] = mix_files;
    try {
      mix.src = URL.createObjectURL(new Blob([made_of(bytes_of(element("mix").textContent))], { type }));
    } catch {
      // Of a page that is cut off.
      mix_files.shift();
      play_from(run.from_s);
      return;
    }
  }
  run.mix = true;
  mix.currentTime = run.from_s;
  mix.play().then(
    () => playing === run && tell(""),
    (error) => {
      // It was paused before it had begun; or it was refused, which is heard of below.
      if (error.name === "AbortError" || error.name === "NotSupportedError" || playing !== run) return;
      pause();
      tell_of(error.name === "NotAllowedError" ? new Trouble(kHeldBack) : error);
    },
  );
}

/// The next file is tried from the same place; after the last one the events are played.
mix.addEventListener("error", () => {
  if (!mix.src) return;
  const at_s = Math.max(playing?.from_s ?? 0, position());
  mix_files.shift();
  URL.revokeObjectURL(mix.src);
  mix.removeAttribute("src");
  if (playing?.mix) play_from(at_s);
});

mix.addEventListener("ended", () => {
  if (playing?.mix) end();
});

async function play_events(run) {
  // What is heard at once has to be decoded before time begins to run.
  const begun = heard_at(run.from_s).filter((event) => state.onset_s[event] < run.from_s);
  const soon = by_time.slice(first_from(run.from_s), first_from(run.from_s + 0.3));
  const with_sound = [...begun, ...soon].filter((event) => data.samples[event] > 0);
  try {
    await Promise.all([open_output(), ...with_sound.map((event) => decoded(group_of[event]))]);
  } catch (error) {
    stop_for(run, error);
    return;
  }
  if (playing !== run) return;
  tell("");
  run.at_s = output.currentTime + 0.05;
  for (const event of begun) schedule(run, event);
  run.next = first_from(run.from_s);
  run.prepared = run.next;
  hand_over(run);
}

function stop_for(run, error) {
  if (playing !== run) return;
  pause();
  tell_of(error);
}

/// Schedules what comes soon, and again and again.
function hand_over(run) {
  if (playing !== run) return;
  const now_s = run.from_s + output.currentTime - run.at_s;
  const until = first_from(now_s + kAhead_s);
  const prepared_until = first_from(now_s + kDecodeAhead_s);
  for (; run.next < until; ++run.next) {
    if (!is_silent(by_time[run.next])) schedule(run, by_time[run.next]);
  }
  for (; run.prepared < prepared_until; ++run.prepared) {
    if (!is_silent(by_time[run.prepared])) prepare(by_time[run.prepared]);
  }
  setTimeout(() => hand_over(run), 100);
}

async function schedule(run, event) {
  if (data.samples[event] === 0) return;
  let buffer;
  try {
    buffer = await decoded(group_of[event]);
  } catch (error) {
    stop_for(run, error);
    return;
  }
  if (playing !== run) return;
  const onset_s = run.at_s + state.onset_s[event] - run.from_s;
  // What has begun already is entered where it is by now.
  const when_s = Math.max(onset_s, run.at_s, output.currentTime);
  const skip_s = when_s - onset_s;
  if (skip_s < sound_s(event)) start_sound(event, buffer, when_s, skip_s, data.gain[event]);
}

const play_or_pause = () => (playing ? pause() : play_from(rest_s));
