// The player (lib/player), as this page calls it and, in a worker, to render the whole piece.
"use strict";

class Player {
  static async open({ module, weights, channels }) {
    const { exports } = await WebAssembly.instantiate(module, {});
    exports._initialize();
    const player = new Player();
    player.exports = exports;
    player.channels = channels;
    player.lending([weights], (at) => exports.open(at, weights.length, channels));
    return player;
  }

  /// What use() returns when it is given where the numbers lie in the player's memory.
  lending(arrays, use) {
    const places = arrays.map((array) => this.exports.allocate(array.byteLength));
    arrays.forEach((array, i) => {
      new array.constructor(this.exports.memory.buffer, places[i], array.length).set(array);
    });
    const result = use(...places);
    for (const place of places) this.exports.release(place);
    return result;
  }

  /// A copy of the samples that were rendered last, one array for each channel.
  rendered(count) {
    const { memory, samples } = this.exports;
    const together = new Float32Array(memory.buffer, samples(), count * this.channels);
    return Array.from({ length: this.channels }, (_, channel) => {
      const one = new Float32Array(count);
      for (let i = 0; i < count; ++i) one[i] = together[i * this.channels + channel];
      return one;
    });
  }

  /// Takes events in order of onset, and returns the first block that sounds different.
  set_events({ onsets_samples, gains_db, vectors }) {
    return this.lending([onsets_samples, gains_db, vectors], (...places) =>
      this.exports.set_events(...places, onsets_samples.length),
    );
  }

  render(block) {
    return this.rendered(this.exports.render(block));
  }

  /// The bytes of a MIDI file; none where no event has a pitch.
  midi(title, rate_hz) {
    const text = new TextEncoder().encode(title);
    const size = this.lending([text], (at) => this.exports.midi(at, text.length, rate_hz));
    return new Uint8Array(this.exports.memory.buffer, this.exports.bytes(), size).slice();
  }

  /// What an event sounds like.
  describe(vector, gain_db) {
    const at = this.lending([vector], (place) => this.exports.describe(place, gain_db));
    const [duration_s, loudness_db, pitch_hz, tonal_db, brightness_hz, decay_s] = new Float64Array(
      this.exports.memory.buffer,
      at,
      6,
    );
    return { duration_s, loudness_db, pitch_hz, tonal_db, brightness_hz, decay_s };
  }

  /// An event by itself, as `ictus decode --stems` has it: {samples, next(count), end()}.
  solo(vector, gain_db) {
    const { begin_solo, solo_samples, render_solo, end_solo } = this.exports;
    const number = this.lending([vector], (place) => begin_solo(place, gain_db, 66, 30));
    return {
      samples: solo_samples(number),
      next: (count) => this.rendered(render_solo(number, count)),
      end: () => end_solo(number),
    };
  }
}

/// In a worker: messages are answered one after another, in their order.
function serve() {
  let player = null;
  const answers = {
    open: async (source) => {
      player = await Player.open(source);
    },
    events: ({ events }) => ({ changed: player.set_events(events) }),
    block: ({ block }) => ({ channels: player.render(block) }),
    midi: ({ title, rate_hz }) => ({ midi: player.midi(title, rate_hz) }),
  };
  let before = Promise.resolve();
  self.addEventListener("message", ({ data: { kind, ...rest } }) => {
    before = before.then(async () => {
      try {
        const answer = await answers[kind](rest);
        self.postMessage({ ...answer }, (answer?.channels ?? []).map((channel) => channel.buffer));
      } catch (error) {
        self.postMessage({ error: String(error?.message ?? error) });
      }
    });
  });
}

if (typeof WorkerGlobalScope !== "undefined") serve();
