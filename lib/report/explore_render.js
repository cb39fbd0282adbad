// The whole piece as samples: a worker renders it in blocks, those first that are needed soonest.

// ---- The player

const loaded = new Promise((resolve) => {
  if (document.readyState !== "loading") resolve();
  else document.addEventListener("DOMContentLoaded", resolve, { once: true });
});

async function player_source() {
  await loaded;
  if (!window.WebAssembly) throw new Trouble(kNoWebAssembly);
  if (!window.DecompressionStream) throw new Trouble(kTooOld);
  const packed = new Blob([bytes_of(element("player").textContent)]).stream();
  const bytes = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  let module;
  try {
    module = await WebAssembly.compile(bytes);
  } catch (error) {
    throw new Trouble(`${kTooOld} (${error.message})`);
  }
  const weights = new Float32Array(bytes_of(element("weights").textContent).buffer);
  return { module, weights, channels: data.channels };
}

const source = player_source();
// Whoever wants to hear something is told when it fails.
source.catch(() => {});
let here = null; // the player in this page, for single events, once it is open
const opened = source.then((given) => Player.open(given)).then((player) => {
  here = player;
  refresh_heard();
  return player;
});
opened.catch(() => {});

// ---- The worker

let worker = null;
const answers = []; // those awaited, in their order: {resolve, reject}

async function open_worker() {
  const given = await source;
  const script = new Blob([element("player-js").textContent], { type: "text/javascript" });
  worker = new Worker(URL.createObjectURL(script));
  worker.addEventListener("message", ({ data: answer }) => {
    const { resolve, reject } = answers.shift();
    if (answer.error !== undefined) reject(new Error(answer.error));
    else resolve(answer);
  });
  worker.addEventListener("error", (event) => {
    for (const { reject } of answers.splice(0)) reject(new Error(event.message || "its worker did not start"));
  });
  await ask({ kind: "open", ...given });
  hand_events_over();
}

const ask = (question) =>
  new Promise((resolve, reject) => {
    answers.push({ resolve, reject });
    worker.postMessage(question);
  });

const worker_opened = opened.then(open_worker);
worker_opened.catch(() => {});

// ---- Blocks

const { block_samples: kStep, lag_samples: kLag } = data;
const kMostBlocks = Math.floor(256e6 / (4 * kStep * data.channels)); // that are kept
const kAhead = 160; // blocks, so about a minute
const block_at = (sample) => Math.floor((sample + kLag) / kStep);
const begin_of = (block) => Math.max(block * kStep - kLag, 0);
const last_block = block_at(length_samples - 1);

const blocks = new Map(); // channels of samples, by the number of the block
let edition = 0; // of the events
const edition_of = new Map(); // of blocks
const awaited = new Map(); // {resolve, reject} by blocks that a file waits for
const in_work = new Set(); // blocks that are being rendered

/// The events as the player takes them: those that are heard.
function events_heard() {
  const events = by_time.filter((event) => !is_silent(event));
  const vectors = new Float32Array(32 * events.length);
  events.forEach((event, i) => vectors.set(state.vector[event], 32 * i));
  return {
    onsets_samples: Float64Array.from(events, (event) => state.onset[event]),
    gains_db: Float32Array.from(events, (event) => state.gain_db[event]),
    vectors,
  };
}

/// After each change. Until the worker has said where the change is first heard, old blocks are played.
function hand_events_over() {
  if (!worker) return;
  const mine = ++edition;
  ask({ kind: "events", events: events_heard() }).then(({ changed }) => {
    for (const block of blocks.keys()) if (block >= changed && edition_of.get(block) < mine) blocks.delete(block);
    render_more();
  }, fail);
}

/// The block that is wanted next: of what plays, then of what lies around where playing would begin.
function wanted_block() {
  const missing = (from, to) => {
    for (let block = from; block <= to; ++block) if (!blocks.has(block) && !in_work.has(block)) return block;
    return null;
  };
  for (const block of awaited.keys()) if (!in_work.has(block)) return block;
  // What is not needed yet is not to make dragging jerk.
  if (!playing && pointers.size > 0) return null;
  const now = block_at(clamp(position() * rate_hz, 0, length_samples - 1));
  if (playing && loop) {
    const found = missing(block_at(loop.from_s * rate_hz), Math.min(block_at(loop.to_s * rate_hz), last_block));
    return missing(now, Math.min(now + 4, last_block)) ?? found ?? missing(now, Math.min(now + kAhead, last_block));
  }
  const everything = last_block < kMostBlocks ? missing(0, last_block) : null;
  return missing(now, Math.min(now + kAhead, last_block)) ?? everything;
}

function render_more() {
  if (!worker) return;
  while (in_work.size < 2) {
    const block = wanted_block();
    if (block === null) return;
    in_work.add(block);
    const mine = edition;
    ask({ kind: "block", block })
      .finally(() => in_work.delete(block))
      .then(({ channels }) => {
        keep(block, channels, mine);
        render_more();
      })
      .catch(fail);
  }
}

function keep(block, channels, of_edition) {
  blocks.set(block, channels);
  edition_of.set(block, of_edition);
  if (blocks.size > kMostBlocks) {
    const now = block_at(position() * rate_hz);
    let farthest = block;
    for (const kept of blocks.keys()) if (Math.abs(kept - now) > Math.abs(farthest - now)) farthest = kept;
    blocks.delete(farthest);
  }
  awaited.get(block)?.resolve(channels);
  awaited.delete(block);
  block_arrived(block);
}

/// The samples of a block, as soon as they are there.
async function block_samples(block) {
  await worker_opened;
  if (blocks.has(block)) return blocks.get(block);
  return new Promise((resolve, reject) => {
    awaited.set(block, { resolve, reject });
    render_more();
  });
}

function fail(error) {
  for (const { reject } of awaited.values()) reject(error);
  awaited.clear();
  stop_for(error);
}

worker_opened.then(render_more, () => {});
