// Opus in other files than Ogg, for browsers that know Opus but not Ogg: the packets stay as they are.

const kOpusRate_hz = 48000; // in which Opus counts, whatever the sound's rate was

/// An Ogg Opus file of one stream (RFC 7845): {head, packets, frame, coded, skipped, samples}. head is the
/// identification header and frame the length of each packet but the last, which may be shorter. All packets
/// are coded samples, of which a player leaves out skipped ones at the beginning and plays the next ones.
function opus_in(ogg) {
  const packets = [];
  let begun = []; // parts of a packet that goes on
  let position = 0;
  for (let page = 0; page + 27 <= ogg.length; ) {
    const view = new DataView(ogg.buffer, ogg.byteOffset + page);
    position = Number(view.getBigInt64(6, true));
    const sizes = ogg.subarray(page + 27, page + 27 + ogg[page + 26]);
    page += 27 + sizes.length;
    for (const size of sizes) {
      begun.push(ogg.subarray(page, page + size));
      page += size;
      if (size === 255) continue;
      packets.push(joined(begun));
      begun = [];
    }
  }
  const [head, , ...sound] = packets; // the second one is the tags
  const skipped = head[10] | (head[11] << 8);
  const coded = sound.reduce((sum, packet) => sum + packet_samples(packet), 0);
  return { head, packets: sound, frame: packet_samples(sound[0]), coded, skipped, samples: position - skipped };
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/// How long a packet is, by its first byte (RFC 6716, section 3.1).
function packet_samples(packet) {
  const mode = packet[0] >> 3;
  const frame_ms =
    mode < 12 ? [10, 20, 40, 60][mode & 3] : mode < 16 ? [10, 20][mode & 1] : [2.5, 5, 10, 20][mode & 3];
  const frames = [1, 2, 2, packet[1] & 63][packet[0] & 3];
  return (frames * frame_ms * kOpusRate_hz) / 1000;
}

const letters = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/// A number as so many bytes, the highest first.
function big_endian(value, bytes) {
  const result = new Uint8Array(bytes);
  for (let i = bytes - 1; i >= 0; --i) {
    result[i] = value % 256;
    value = Math.floor(value / 256);
  }
  return result;
}

function real_number(value) {
  const result = new Uint8Array(8);
  new DataView(result.buffer).setFloat64(0, value);
  return result;
}

// ---- WebM

/// An element of EBML (RFC 8794): its name, a length of 8 bytes, what is in it.
const ebml = (id, ...parts) => {
  const body = joined(parts);
  const name = big_endian(id, id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);
  const length = big_endian(body.length, 8);
  length[0] = 1;
  return joined([name, length, body]);
};

// Times are counted in these: what encoders have a player skip is often 6.5 ms, which in whole milliseconds
// would be 7.
const kTicks_hz = 2000;
const kClusterPackets = 100; // a cluster counts in 15 bits

/// The same sound as WebM, which Safari has played for longer than Ogg.
function webm_of({ head, packets, frame, coded, skipped, samples }) {
  const number = (id, value) => ebml(id, big_endian(value, 8));
  const ticks = (count) => Math.round((count * kTicks_hz) / kOpusRate_hz);
  const nanoseconds = (count) => Math.round((count * 1e9) / kOpusRate_hz);
  const clusters = [];
  for (let first = 0; first < packets.length; first += kClusterPackets) {
    const begin = ticks(first * frame);
    const blocks = packets.slice(first, first + kClusterPackets).map((packet, i) => {
      const time = big_endian(ticks((first + i) * frame) - begin, 2);
      const block = (flags) => joined([[0x81], time, [flags], packet]);
      if (first + i < packets.length - 1) return ebml(0xa3, block(0x80));
      // Of the last one, not all is sound: DiscardPadding.
      const beyond = nanoseconds(coded - skipped - samples);
      return ebml(0xa0, ebml(0xa1, block(0)), number(0x75a2, beyond));
    });
    clusters.push({ begin, bytes: ebml(0x1f43b675, number(0xe7, begin), ...blocks) });
  }
  const info = ebml(
    0x1549a966,
    number(0x2ad7b1, 1e9 / kTicks_hz),
    ebml(0x4489, real_number((samples * kTicks_hz) / kOpusRate_hz)),
    ebml(0x4d80, letters("ictus")),
    ebml(0x5741, letters("ictus")),
  );
  const track = [number(0xd7, 1), number(0x73c5, 1), number(0x83, 2), number(0x9c, 0)];
  track.push(ebml(0x86, letters("A_OPUS")), ebml(0x63a2, head));
  track.push(number(0x56aa, nanoseconds(skipped)), number(0x56bb, 80e6));
  track.push(ebml(0xe1, ebml(0xb5, real_number(kOpusRate_hz)), number(0x9f, 1)));
  const tracks = ebml(0x1654ae6b, ebml(0xae, ...track));
  // Where clusters lie, by which a player finds its way: as long, whatever the places are.
  const cues_with = (places) =>
    ebml(
      0x1c53bb6b,
      ...clusters.map(({ begin }, i) => {
        const place = ebml(0xb7, number(0xf7, 1), number(0xf1, places[i]));
        return ebml(0xbb, number(0xb3, begin), place);
      }),
    );
  const places = [];
  let place = info.length + tracks.length + cues_with(clusters.map(() => 0)).length;
  for (const { bytes } of clusters) {
    places.push(place);
    place += bytes.length;
  }
  const segment = [info, tracks, cues_with(places), ...clusters.map(({ bytes }) => bytes)];
  const kind = [number(0x4286, 1), number(0x42f7, 1), number(0x42f2, 4), number(0x42f3, 8)];
  kind.push(ebml(0x4282, letters("webm")), number(0x4287, 4), number(0x4285, 2));
  return joined([ebml(0x1a45dfa3, ...kind), ebml(0x18538067, ...segment)]);
}

// ---- CAF

/// A packet of one frame made as long as `size`, which is at least one byte more (RFC 6716, section 3.2.5).
function padded(packet, size) {
  if ((packet[0] & 3) !== 0) return packet;
  const result = new Uint8Array(size);
  result[0] = packet[0] | 3;
  result[1] = 1; // frame
  const rest = size - packet.length - 1;
  let at = 2;
  if (rest > 0) {
    result[1] |= 0x40;
    // Each 255 stands for 254 bytes, and the bytes that tell the length are of the rest themselves.
    let left = rest - 1;
    for (; left > 254; left -= 255) result[at++] = 255;
    result[at++] = left;
  }
  result.set(packet.subarray(1), at);
  return result;
}

/// The same sound as CAF, which Safari plays on devices that do not know WebM. Packets of different sizes are
/// said to be refused there, so all are made as long as the longest; a last one that is shorter in time, of which
/// the file could not tell, is left out.
function caf_of({ packets, frame, skipped, samples }) {
  const chunk = (name, ...parts) => {
    const body = joined(parts);
    return joined([letters(name), big_endian(body.length, 8), body]);
  };
  const whole = packets.filter((packet) => packet_samples(packet) === frame);
  const size = whole.reduce((most, packet) => Math.max(most, packet.length), 0) + 1;
  const equal = whole.map((packet) => padded(packet, size));
  const valid = Math.min(samples, equal.length * frame - skipped);
  const description = [real_number(kOpusRate_hz), letters("opus"), big_endian(0, 4), big_endian(0, 4)];
  description.push(big_endian(frame, 4), big_endian(1, 4), big_endian(0, 4)); // one channel
  const counts = [big_endian(equal.length, 8), big_endian(valid, 8), big_endian(skipped, 4)];
  counts.push(big_endian(equal.length * frame - skipped - valid, 4));
  // In 7 bits a byte; more follow where the highest is set.
  const sizes = equal.map(({ length }) =>
    length < 128 ? [length] : [0x80 | (length >> 7), length & 127],
  );
  return joined([
    letters("caff"),
    [0, 1, 0, 0],
    chunk("desc", ...description),
    chunk("chan", big_endian((100 << 16) | 1, 4), big_endian(0, 8)), // mono
    chunk("pakt", ...counts, ...sizes),
    chunk("data", big_endian(0, 4), ...equal),
  ]);
}

// ---- Samples

/// The samples, at kOpusRate_hz, as WebCodecs decodes them; rejected where the browser has it not.
async function samples_of({ packets, frame, coded, skipped, samples }) {
  const parts = [];
  const decoder = new AudioDecoder({
    output(part) {
      const values = new Float32Array(part.numberOfFrames);
      part.copyTo(values, { planeIndex: 0, format: "f32-planar" });
      part.close();
      parts.push(values);
    },
    error() {}, // flush() is rejected, or decode() throws
  });
  decoder.configure({ codec: "opus", sampleRate: kOpusRate_hz, numberOfChannels: 1 });
  packets.forEach((data, i) => {
    const timestamp = Math.round((i * frame * 1e6) / kOpusRate_hz);
    decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }));
  });
  await decoder.flush();
  decoder.close();
  const all = new Float32Array(coded);
  let at = 0;
  for (const part of parts) {
    all.set(part.subarray(0, coded - at), at);
    at += part.length;
  }
  return all.subarray(skipped, skipped + samples);
}

/// The samples as a file of 16 bits.
function wav_of(samples) {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  bytes.set(letters("RIFF    WAVEfmt "));
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, kOpusRate_hz, true);
  view.setUint32(28, 2 * kOpusRate_hz, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  bytes.set(letters("data"), 36);
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => {
    view.setInt16(44 + 2 * i, Math.max(-32768, Math.min(Math.round(32767 * sample), 32767)), true);
  });
  return bytes;
}
