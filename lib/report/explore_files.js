// What can be taken away: the list, the sound, the notes.

function save(parts, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  announce(`${name} is downloaded`);
}

const name_with = (suffix) => data.list_name.replace(/\.tsv$/, "") + suffix;

// ---- The list

/// A number of single precision in as few digits as give it back, as `ictus dump` prints it.
function shortest(value) {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  let digits = 1;
  while (Math.fround(Number(value.toPrecision(digits))) !== value) ++digits;
  const [, sign, first, rest = "", exponent] = /^(-?)(\d)(?:\.(\d+))?e(.+)$/.exec(value.toExponential(digits - 1));
  if (Number(exponent) < -4) {
    const places = exponent.replace("-", "").padStart(2, "0");
    return `${sign}${first}${rest && "."}${rest}e-${places}`;
  }
  return String(Number(value.toPrecision(digits)));
}

/// The list as `ictus dump` prints it, of what is heard; numbers of events stay.
function edited_list() {
  const texts = new Map();
  const text_of = (value) => {
    if (!texts.has(value)) texts.set(value, shortest(value));
    return texts.get(value);
  };
  const line = (event) => {
    const cells = [event, onset_s(event).toFixed(6), text_of(state.gain_db[event])];
    for (const number of state.vector[event]) cells.push(text_of(number));
    return cells.join("\t") + "\n";
  };
  const lines = by_time.filter((event) => !is_silent(event)).map(line);
  return data.list_head + lines.join("") + data.list_tail;
}

function download() {
  save([edited_list()], data.list_name, "text/tab-separated-values");
  saved = done.at(-1);
}

// ---- The sound

/// The head of a WAV file of 24 bits.
function wav_head(frames) {
  const bytes = 3 * data.channels * frames;
  const view = new DataView(new ArrayBuffer(44));
  const words = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  words(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  words(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, data.channels, true);
  view.setUint32(24, rate_hz, true);
  view.setUint32(28, 3 * data.channels * rate_hz, true);
  view.setUint16(32, 3 * data.channels, true);
  view.setUint16(34, 24, true);
  words(36, "data");
  view.setUint32(40, bytes, true);
  return view.buffer;
}

/// Samples side by side, of 24 bits.
function pcm24(channels, frames) {
  const bytes = new Uint8Array(3 * channels.length * frames);
  let at = 0;
  for (let i = 0; i < frames; ++i) {
    for (const samples of channels) {
      const level = clamp(Math.round(samples[i] * 0x800000), -0x800000, 0x7fffff);
      bytes[at++] = level;
      bytes[at++] = level >> 8;
      bytes[at++] = level >> 16;
    }
  }
  return bytes;
}

async function save_sound() {
  const button = element("save-sound");
  const label = button.textContent;
  const frames = Math.ceil(length_samples);
  const parts = [wav_head(frames)];
  button.disabled = true;
  try {
    for (let block = 0; block <= last_block; ++block) {
      const channels = await block_samples(block);
      parts.push(pcm24(channels, Math.min(begin_of(block + 1), frames) - begin_of(block)));
      button.textContent = `Rendering ${Math.round((100 * (block + 1)) / (last_block + 1))} %`;
    }
    save(parts, name_with(".wav"), "audio/wav");
  } catch (error) {
    tell_of(error);
  }
  button.disabled = false;
  button.textContent = label;
}

// ---- The notes

async function save_notes() {
  try {
    await worker_opened;
    const { midi } = await ask({ kind: "midi", title: data.midi_title, rate_hz });
    if (midi.length > 0) save([midi], name_with(".mid"), "audio/midi");
    else announce("No event has a pitch");
  } catch (error) {
    tell_of(error);
  }
}
