// Headers of all containers whose PCM is read here: what is there counts, not one number.
#include <doctest/doctest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which headers are written here

const Bytes kFmt = fmt_chunk(1, 1, 22050, 16);
const Bytes kSound = s16(sine16(1000, 440, 22050));

struct Read {
  std::vector<float> samples;
  std::vector<std::string> remarks;
  std::string damage;
  Tags tags;
};

Read read(const std::string& path) {
  const auto source = Source::open(path, 22050);
  Read result;
  result.tags = source->tags();
  std::vector<float> block(1000);
  try {
    while (const std::size_t count = source->read(block)) {
      result.samples.insert(result.samples.end(), block.begin(),
                            block.begin() + static_cast<std::ptrdiff_t>(count));
    }
  } catch (const DamagedInput& damage) {
    result.damage = damage.what();
  }
  result.remarks = source->remarks();
  return result;
}

Read read_bytes(const Bytes& content) {
  const TempFolder folder;
  return read(folder.file("x", content));
}

Read read_piped(const Bytes& content) {
  const TempFolder folder;
  const Fifo fifo(folder, content);
  return read(fifo.path());
}

const std::vector<float>& expected_samples() {
  static const std::vector<float> kSamples = read_bytes(wav(kFmt, kSound)).samples;
  return kSamples;
}

Bytes unpadded(std::string_view id, const Bytes& content) { return text(id) + u32(content.size()) + content; }

// ---- WAV ----

TEST_CASE("a chunk of odd size without its pad byte") {
  const Bytes info =
      text("INFO") + text("ISFT") + u32(4) + text("abc");  // whose own pad byte is missing, too
  for (const Bytes& chunks : {unpadded("LIST", info) + kFmt, kFmt + unpadded("LIST", info),
                              unpadded("bext", text(std::string(603, 'x'))) + kFmt,
                              kFmt + unpadded("abcd", zeros(5)), kFmt + unpadded("junk", zeros(1))}) {
    for (const bool piped : {false, true}) {
      const Bytes content = wav_with_sizes(0xFFFFFFFF, chunks, kSound.size(), kSound);
      const Read result = piped ? read_piped(content) : read_bytes(content);
      CHECK(result.samples == expected_samples());
      CHECK(result.damage.empty());
      REQUIRE(result.remarks.size() == 1);
      CHECK(result.remarks[0].find("pad byte") != std::string::npos);
    }
  }
}

TEST_CASE("a padded chunk stays one, whatever its pad byte is") {
  for (const char* const pad : {"\0", " ", "d"}) {
    const Bytes chunks = kFmt + unpadded("LIST", text("INFOabc")) + text(std::string_view(pad, 1));
    const Read result = read_bytes(wav_with_sizes(0xFFFFFFFF, chunks, kSound.size(), kSound));
    CHECK(result.samples == expected_samples());
    CHECK(result.remarks.empty());
  }
}

TEST_CASE("odd sound without its pad byte does not hide the tags behind it") {
  const Bytes list = chunk("LIST", text("INFO") + chunk("INAM", text(std::string("abc\0", 4))));
  const Bytes sound(101, std::byte{0x80});
  const Read result = read_bytes(wav_with_sizes(0, fmt_chunk(1, 1, 22050, 8), sound.size(), sound + list));
  CHECK(result.samples.size() == 101);
  CHECK(result.tags == Tags{{"title", "abc"}});
}

TEST_CASE("a chunk whose size leads nowhere") {
  for (const std::uint64_t size : {3u, 5000u, 0x7FFFFFF0u}) {
    const Bytes wrong = text("LIST") + u32(size) + text("INFOINAM") + u32(4) + text(std::string("abc\0", 4));
    const Read result = read_bytes(wav_with_sizes(0, kFmt + wrong, kSound.size(), kSound));
    CHECK(result.samples == expected_samples());
    REQUIRE_FALSE(result.remarks.empty());
    CHECK(result.remarks[0].find("LIST") != std::string::npos);
  }
  CHECK(error_of([] {
          read_bytes(text("RIFF") + u32(100) + text("WAVE") + kFmt + text("\1\2\3\4") + zeros(60));
        }).find("no chunk begins at byte 36") != std::string::npos);
}

TEST_CASE("BW64 is read as RF64") {
  for (const char* const id : {"RF64", "BW64"}) {
    for (const std::uint64_t size : {static_cast<std::uint64_t>(kSound.size()), std::uint64_t{0}}) {
      const Bytes content = text(id) + u32(0xFFFFFFFF) + text("WAVE") +
                            chunk("ds64", u64(0) + u64(size) + u64(0) + u32(1) + text("axml") + u64(5)) +
                            kFmt + text("axml") + u32(0xFFFFFFFF) + text("<axm>") + zeros(1) + text("data") +
                            u32(0xFFFFFFFF) + kSound;
      CHECK(read_bytes(content).samples == expected_samples());
      CHECK(read_piped(content).samples == expected_samples());
    }
  }
}

TEST_CASE("a size that counts the header, or half a frame too many, leaves nothing missing") {
  const auto with_sizes = [&](std::uint64_t riff, std::uint64_t data) {
    return wav_with_sizes(riff, kFmt, data, kSound);
  };
  const std::uint64_t n = kSound.size();
  for (const Bytes& content :
       {with_sizes(n + 36, n + 44), with_sizes(n + 36, n + 36), with_sizes(0xFFFFFFFF, n + 36),
        with_sizes(0xFFFFFFFF, n + 44), with_sizes(n + 36, n + 5000)}) {
    for (const bool piped : {false, true}) {
      const Read result = piped ? read_piped(content) : read_bytes(content);
      CHECK(result.samples == expected_samples());
      CHECK(result.damage.empty());
      REQUIRE(result.remarks.size() == 1);
      CHECK(result.remarks[0].find("nothing is missing") != std::string::npos);
    }
  }
  const Read half = read_bytes(with_sizes(n + 37, n + 1));
  CHECK(half.samples == expected_samples());
  CHECK(half.damage.empty());
  // What was cut off is missing all the same.
  for (const std::uint64_t missing : {2u, 8u, 36u, 44u, 100u}) {
    const Read cut = read_bytes(with_sizes(n + 36 + missing, n + missing));
    CHECK(cut.samples == expected_samples());
    CHECK(cut.damage.find("is cut short") != std::string::npos);
  }
}

TEST_CASE("a size of 0 before sound is a placeholder, before a chunk it is the size") {
  CHECK(read_bytes(wav_with_sizes(36, kFmt, 0, kSound)).samples == expected_samples());
  CHECK(read_piped(wav_with_sizes(36, kFmt, 0, kSound)).samples == expected_samples());
  const Bytes list = chunk("LIST", text("INFO"));
  CHECK(error_of([&] { read_bytes(wav_with_sizes(48, kFmt, 0, list)); }).find("holds no samples") !=
        std::string::npos);
}

TEST_CASE("what 32 bits could not hold of a size beyond 4 GiB") {
  // A file with a hole where most of the sound is.
  const std::uint64_t sound_bytes = (std::uint64_t{1} << 32) + 20000;
  const Bytes head = wav_with_sizes((sound_bytes + 36) & 0xFFFFFFFF, kFmt, 20000, {});
  const Bytes tail = chunk("LIST", text("INFO") + chunk("INAM", text(std::string("abc\0", 4))));
  const ReadAt read_at = [&](std::uint64_t offset, std::span<std::byte> out) -> std::size_t {
    std::size_t count = 0;
    for (; count < out.size(); ++count) {
      const std::uint64_t at = offset + count;
      const std::uint64_t tail_at = head.size() + sound_bytes;
      if (at >= tail_at + tail.size()) break;
      out[count] = at < head.size() ? head[at] : at < tail_at ? std::byte{1} : tail[at - tail_at];
    }
    return count;
  };
  const std::string name = "x.wav";
  const auto header = read_sound_header({read_at, head.size() + sound_bytes + tail.size(), name});
  REQUIRE(header);
  CHECK(header->data_bytes == sound_bytes);
  CHECK(header->remarks.size() == 1);
  CHECK(header->tags == Tags{{"title", "abc"}});
}

TEST_CASE("what is left over behind the sound is said and not heard") {
  const Bytes whole = wav(kFmt, kSound);
  const Bytes junk(300, std::byte{0x9C});
  for (const bool piped : {false, true}) {
    const Read result = piped ? read_piped(whole + junk) : read_bytes(whole + junk);
    CHECK(result.samples == expected_samples());
    REQUIRE(result.remarks.size() == 1);
    CHECK(result.remarks[0].starts_with("300 bytes behind the sound"));
  }
  const Read joined = read_bytes(whole + whole);
  CHECK(joined.samples == expected_samples());
  REQUIRE(joined.remarks.size() == 1);
  CHECK(joined.remarks[0].starts_with(std::to_string(whole.size()) + " bytes behind the sound"));
}

Bytes fmt_fields(int format, int channels, int bits, int align) {
  return chunk("fmt ",
               u16(format) + u16(channels) + u32(22050) + u32(22050 * align) + u16(align) + u16(bits));
}

TEST_CASE("24 bits in four bytes, wherever they stand") {
  const auto samples = sine16(1000, 440, 22050);
  Bytes left, right, unsigned_right;
  for (const int sample : samples) {
    const auto wide = static_cast<std::uint64_t>(static_cast<std::uint32_t>(sample) * 256 + 1);
    left = left + u32(wide << 8);
    right = right + u32(static_cast<std::uint64_t>(static_cast<std::int32_t>(wide << 8) >> 8));
    unsigned_right = unsigned_right + u32(wide & 0xFFFFFF);
  }
  for (const Bytes& sound : {left, right, unsigned_right}) {
    for (const bool piped : {false, true}) {
      const Bytes content = wav(fmt_fields(1, 1, 24, 4), sound);
      const Read result = piped ? read_piped(content) : read_bytes(content);
      REQUIRE(result.samples.size() == 1000);
      for (std::size_t i = 0; i < 1000; ++i)
        CHECK(std::abs(result.samples[i] - expected_samples()[i]) < 2.0f / 8388608.0f);
    }
  }
}

TEST_CASE("a size of frames that is wrong is mended where there is no doubt, and refused elsewhere") {
  for (const int align : {0, 16, 2}) {
    CAPTURE(align);
    const Read result = read_bytes(wav(fmt_fields(1, 1, 16, align), kSound));
    CHECK(result.samples == expected_samples());
  }
  Bytes stereo;
  for (const int sample : sine16(1000, 440, 22050)) stereo = stereo + u16(sample) + u16(sample);
  for (const int align : {0, 32, 2, 4}) {
    CAPTURE(align);
    CHECK(read_bytes(wav(fmt_fields(1, 2, 16, align), stereo)).samples == expected_samples());
  }
  for (const auto& [format, channels, bits, align] : {std::tuple{1, 1, 16, 3 * 5},
                                                      {1, 2, 16, 3},
                                                      {1, 1, 33, 5},
                                                      {1, 1, 0, 2},
                                                      {3, 1, 32, 8},
                                                      {3, 1, 16, 2}}) {
    CAPTURE(bits);
    CAPTURE(align);
    CHECK(error_of([&] {
            read_bytes(wav(fmt_fields(format, channels, bits, align), kSound));
          }).find("contradicts itself") != std::string::npos);
  }
  CHECK(error_of([&] { read_bytes(wav(fmt_fields(1, 0, 16, 2), kSound)); }).find("0 channels") !=
        std::string::npos);
}

TEST_CASE("a mask that does not fit is ignored; one that does decides the mix") {
  const auto with_mask = [](int channels, std::uint64_t mask, const Bytes& sound) {
    Bytes fmt = extensible_fmt_chunk(1, channels, 22050, 16, 16);
    const Bytes number = u32(mask);
    std::copy(number.begin(), number.end(), fmt.begin() + 8 + 20);
    return wav(fmt, sound);
  };
  CHECK(read_bytes(with_mask(1, 0xFF, kSound)).samples == expected_samples());
  Bytes centre;
  for (const int sample : sine16(1000, 440, 22050)) {
    centre = centre + u16(0) + u16(0) + u16(sample) + u16(0) + u16(0) + u16(0);
  }
  CHECK(read_bytes(with_mask(6, 0x3F, centre)).samples == expected_samples());
  CHECK(read_bytes(with_mask(6, 0x60F, centre)).samples == expected_samples());
}

TEST_CASE("six channels without a mask are taken as 5.1, which is said") {
  Bytes centre;
  for (const int sample : sine16(1000, 440, 22050)) {
    centre = centre + u16(0) + u16(0) + u16(sample) + u16(0) + u16(0) + u16(0);
  }
  const Read result = read_bytes(wav(fmt_chunk(1, 6, 22050, 16), centre));
  CHECK(result.samples == expected_samples());
  REQUIRE(result.remarks.size() == 1);
  CHECK(result.remarks[0].find("5.1") != std::string::npos);
}

TEST_CASE("coded sound is as long as its fact chunk says") {
  const TempFolder folder;
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,
                           SF_FORMAT_WAV | SF_FORMAT_GSM610, SF_FORMAT_WAV | SF_FORMAT_ULAW}) {
    CAPTURE(format);
    const std::string path = folder.file("x.wav");
    write_sndfile(path, format, 22050, 1, sine(5001, 440, 22050));
    Bytes content = read_file(path);
    const Bytes name = text("fact");
    const auto at = std::search(content.begin(), content.end(), name.begin(), name.end()) - content.begin();
    const bool has_fact = static_cast<std::size_t>(at) < content.size();
    if (!has_fact) {
      const Bytes added = chunk("fact", u32(5001));
      content.insert(content.begin() + 12, added.begin(), added.end());
    } else {
      const Bytes number = u32(5001);
      std::copy(number.begin(), number.end(), content.begin() + at + 8);
    }
    const Read result = read_bytes(content);
    CHECK(result.samples.size() == 5001);
    CHECK(result.remarks.empty());
    CHECK(result.damage.empty());
  }
}

// ---- The other containers ----

struct Written {
  const char* name;
  int format;
};

const std::vector<Written> kContainers = {{"x.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                                          {"x.aifc", SF_FORMAT_AIFF | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16},
                                          {"x.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16},
                                          {"x.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16},
                                          {"le.caf", SF_FORMAT_CAF | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16},
                                          {"x.au", SF_FORMAT_AU | SF_FORMAT_PCM_16},
                                          {"dec.au", SF_FORMAT_AU | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16},
                                          {"x.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16},
                                          {"x.rifx", SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16}};

TEST_CASE("every PCM encoding of every container, from a file and from a pipe") {
  const TempFolder folder;
  const std::vector<float> written = sine(2000, 440, 22050);
  for (const int container :
       {int{SF_FORMAT_AIFF}, SF_FORMAT_AIFF | SF_ENDIAN_LITTLE, int{SF_FORMAT_W64}, int{SF_FORMAT_CAF},
        SF_FORMAT_CAF | SF_ENDIAN_LITTLE, int{SF_FORMAT_AU}, SF_FORMAT_AU | SF_ENDIAN_LITTLE,
        int{SF_FORMAT_RF64}, SF_FORMAT_WAV | SF_ENDIAN_BIG}) {
    for (const auto& [coding, tolerance] : {std::pair{int{SF_FORMAT_PCM_S8}, 1.0 / 128},
                                            {SF_FORMAT_PCM_U8, 1.0 / 128},
                                            {SF_FORMAT_PCM_16, 1.0 / 32768},
                                            {SF_FORMAT_PCM_24, 1.0 / 8388608},
                                            {SF_FORMAT_PCM_32, 1.0 / 8388608},
                                            {SF_FORMAT_FLOAT, 0.0},
                                            {SF_FORMAT_DOUBLE, 0.0}}) {
      SF_INFO info{};
      info.samplerate = 22050;
      info.channels = 1;
      info.format = container | coding;
      if (sf_format_check(&info) == 0) continue;
      CAPTURE(container);
      CAPTURE(coding);
      const std::string path = folder.file("x");
      write_sndfile(path, container | coding, 22050, 1, written);
      const Read from_file = read(path);
      REQUIRE(from_file.samples.size() == written.size());
      double worst = 0.0;
      for (std::size_t i = 0; i < written.size(); ++i)
        worst = std::max(worst, static_cast<double>(std::abs(from_file.samples[i] - written[i])));
      CHECK(worst <= tolerance);
      CHECK(from_file.damage.empty());
      CHECK(from_file.remarks.empty());
      const Fifo fifo(folder, read_file(path));
      CHECK(read(fifo.path()).samples == from_file.samples);
    }
  }
}

TEST_CASE("a container whose end is missing is used and complained of, from a file and from a pipe") {
  const TempFolder folder;
  for (const auto& [name, format] : kContainers) {
    CAPTURE(name);
    write_sndfile(folder.file(name), format, 22050, 1, sine(20000, 440, 22050));
    Bytes content = read_file(folder.file(name));
    content.resize(content.size() * 6 / 10);
    for (const bool piped : {false, true}) {
      const Read result = piped ? read_piped(content) : read_bytes(content);
      CHECK(result.samples.size() > 11000);
      CHECK(result.samples.size() < 13000);
      CHECK(result.damage.find("is cut short: its header promises 20000 frames and") != std::string::npos);
    }
  }
}

TEST_CASE("coded sound in a container whose end is missing is used and complained of") {
  const TempFolder folder;
  for (const int format :
       {SF_FORMAT_CAF | SF_FORMAT_ULAW, SF_FORMAT_AIFF | SF_FORMAT_ULAW, SF_FORMAT_AU | SF_FORMAT_ALAW,
        SF_FORMAT_W64 | SF_FORMAT_IMA_ADPCM, SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM}) {
    CAPTURE(format);
    write_sndfile(folder.file("x"), format, 22050, 1, sine(50000, 440, 22050));
    Bytes content = read_file(folder.file("x"));
    content.resize(content.size() * 6 / 10);
    const Read result = read_bytes(content);
    CHECK(result.samples.size() > 25000);
    CHECK(result.samples.size() < 35000);
    CHECK(result.damage.find("is cut short") != std::string::npos);
  }
}

TEST_CASE("what channels are meant for is read in whatever order a header says it, and of the last format") {
  // Bits of a mask, as a layout chunk says them; left, right, centre, low, left and right behind.
  const Bytes layout = big32(0x10000) + big32(0x3F) + big32(0);
  const Bytes rate80 = big16(0x400D) + big64(std::uint64_t{22050} << 49);
  const auto comm = [&](std::uint64_t channels) {
    return text("COMM") + big32(18) + big16(channels) + big32(1) + big16(16) + rate80;
  };
  const Bytes chan = text("CHAN") + big32(12) + layout;
  const auto aiff = [&](const Bytes& chunks) {
    return header_of(
               text("FORM") + big32(4000) + text("AIFF") + chunks + text("SSND") + big32(20) + zeros(20),
               "x.aiff")
        ->speakers;
  };
  const Speakers surround = speakers_of_mask(0x3F, 6);
  REQUIRE(surround.size() == 6);
  CHECK(aiff(comm(6) + chan) == surround);
  CHECK(aiff(chan + comm(6)) == surround);
  CHECK(aiff(comm(6) + chan + comm(2)).empty());

  const Bytes desc = text("desc") + big64(32) + big64(0x40D5888000000000) + text("lpcm") + big32(0) +
                     big32(12) + big32(1) + big32(6) + big32(16);
  const Bytes early = text("caff") + big16(1) + big16(0) + text("chan") + big64(12) + layout + desc +
                      text("data") + big64(16) + big32(0) + zeros(12);
  CHECK(header_of(early, "x.caf")->speakers == surround);

  Bytes extensible = extensible_fmt_chunk(1, 6, 22050, 16, 16);
  const Bytes mask = u32(0x3F);
  std::copy(mask.begin(), mask.end(), extensible.begin() + 8 + 20);
  CHECK(header_of(wav(extensible, zeros(24)), "x.wav")->speakers == surround);
  CHECK(header_of(wav(extensible + fmt_chunk(1, 2, 22050, 16), zeros(24)), "x.wav")->speakers.empty());
}

/// As a program writes it that cannot know how much will come.
TEST_CASE("placeholders for the size in every container") {
  const Bytes big = [] {
    Bytes sound;
    for (const int sample : sine16(1000, 440, 22050))
      sound = sound + big16(static_cast<std::uint64_t>(sample));
    return sound;
  }();
  const Bytes rate80 = big16(0x400D) + big64(std::uint64_t{22050} << 49);  // 22050 * 2^49 = 1.345... * 2^63
  const auto aiff = [&](std::uint64_t form, std::uint64_t frames, std::uint64_t ssnd) {
    return text("FORM") + big32(form) + text("AIFFCOMM") + big32(18) + big16(1) + big32(frames) + big16(16) +
           rate80 + text("SSND") + big32(ssnd) + big32(0) + big32(0) + big;
  };
  const auto au = [&](std::uint64_t size) {
    return text(".snd") + big32(24) + big32(size) + big32(3) + big32(22050) + big32(1) + big;
  };
  const auto caf = [&](std::uint64_t size) {
    return text("caff") + big16(1) + big16(0) + text("desc") + big64(32) + big64(0x40D5888000000000) +
           text("lpcm") + big32(0) + big32(2) + big32(1) + big32(1) + big32(16) + text("data") + big64(size) +
           big32(0) + big;
  };
  const auto w64 = [&](std::uint64_t riff, std::uint64_t size) {
    const Bytes rest = text(std::string("\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A", 12));
    return text("riff") + text(std::string("\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00", 12)) +
           u64(riff) + text("wave") + rest + text("fmt ") + rest + u64(40) + u16(1) + u16(1) + u32(22050) +
           u32(44100) + u16(2) + u16(16) + text("data") + rest + u64(size) + kSound;
  };
  const std::uint64_t n = big.size();
  const std::vector<Bytes> contents = {aiff(n + 46, 1000, n + 8),
                                       aiff(0, 0, 0),
                                       aiff(0x7F00002E, 0x3F800000, 0x7F000008),
                                       aiff(0xFFFFFFFF, 0, 0xFFFFFFFF),
                                       aiff(0, 0, 8),
                                       au(n),
                                       au(0xFFFFFFFF),
                                       au(0),
                                       caf(n + 4),
                                       caf(~0ULL),
                                       caf(0),
                                       w64(n + 104, n + 24),
                                       w64(0, 0),
                                       w64(~0ULL, ~0ULL),
                                       w64(0, 24)};
  for (std::size_t i = 0; i < contents.size(); ++i) {
    CAPTURE(i);
    for (const bool piped : {false, true}) {
      CAPTURE(piped);
      const Read result = piped ? read_piped(contents[i]) : read_bytes(contents[i]);
      CHECK(result.samples == expected_samples());
      CHECK(result.damage.empty());
    }
  }
}

TEST_CASE(
    "a header that is repeated before and behind the sound, as libsndfile writes it to a pipe, is no sound") {
  const TempFolder folder;
  for (const auto& [name, format] : kContainers) {
    CAPTURE(name);
    write_sndfile(folder.file(name), format, 22050, 1, sine(5000, 440, 22050));
    const Bytes whole = read_file(folder.file(name));
    const std::vector<float> expected = read(folder.file(name)).samples;
    const auto header = header_of(whole, name);
    REQUIRE(header);
    Bytes head(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(header->data_offset));
    // A size that was not known.
    for (std::size_t i = 0; i < header->size_field.bytes; ++i)
      head[header->size_field.offset + i] = std::byte{0};
    const Bytes sound(whole.begin() + static_cast<std::ptrdiff_t>(header->data_offset),
                      whole.begin() + static_cast<std::ptrdiff_t>(header->data_offset + *header->data_bytes));
    for (const bool piped : {false, true}) {
      const Bytes repeated = head + head + sound + head;
      const Read result = piped ? read_piped(repeated) : read_bytes(repeated);
      CHECK(result.samples == expected);
      REQUIRE(result.remarks.size() == 1);
      CHECK(result.remarks[0].find("header is repeated") != std::string::npos);
      CHECK((piped ? read_piped(head + sound) : read_bytes(head + sound)).samples == expected);
    }
  }
}

TEST_CASE("the description of AIFF may stand behind the sound") {
  const TempFolder folder;
  write_sndfile(folder.file("x.aiff"), SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 22050, 1, sine(1000, 440, 22050));
  const std::vector<float> expected = read(folder.file("x.aiff")).samples;
  Bytes big;
  for (const float sample : expected)
    big = big + big16(static_cast<std::uint64_t>(static_cast<std::int64_t>(std::lround(sample * 32768.0f))));
  const Bytes comm = text("COMM") + big32(18) + big16(1) + big32(1000) + big16(16) + big16(0x400D) +
                     big64(std::uint64_t{22050} << 49);
  const Bytes content = text("FORM") + big32(4 + 8 + 8 + big.size() + comm.size()) + text("AIFFSSND") +
                        big32(8 + big.size()) + big32(0) + big32(0) + big + comm;
  CHECK(read_bytes(content).samples == expected);
  CHECK(read_piped(content).samples == expected);
}

TEST_CASE("the first description of a CAF file is that of its sound") {
  const auto desc = [](const char* format, std::uint32_t channels) {
    return text("desc") + big64(32) + big64(0x40D5888000000000) + text(format) + big32(0) +
           big32(2 * channels) + big32(1) + big32(channels) + big32(16);
  };
  const Bytes sound = text("data") + big64(4 + 8) + big32(0) + big16(1) + big16(2) + big16(3) + big16(4);
  const Bytes start = text("caff") + big16(1) + big16(0) + desc("lpcm", 2) + sound;
  for (const Bytes& more : {desc("lpcm", 4), desc("aac ", 1), desc("lpcm", 0)}) {
    const auto header = header_of(start + more, "x.caf");
    REQUIRE(header);
    CHECK(header->spec.channels == 2);
    CHECK(header->bytes_per_frame == 4);
  }
}

TEST_CASE("texts of AIFF, AU and CAF are tags") {
  const TempFolder folder;
  for (const int format : {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_CAF | SF_FORMAT_PCM_16}) {
    write_tagged(folder.file("x"), format);
    const Tags tags = read(folder.file("x")).tags;
    CHECK(std::count(tags.begin(), tags.end(), Tags::value_type{"title", "Rusalka"}) == 1);
    CHECK(std::count(tags.begin(), tags.end(), Tags::value_type{"artist", "Dvořák"}) == 1);
  }
}

TEST_CASE("channel layouts of CAF decide the mix") {
  const TempFolder folder;
  // libsndfile writes a layout where it is told the meaning of the channels.
  std::vector<float> frames;
  const auto voice = sine(1000, 440, 22050);
  for (const float sample : voice) frames.insert(frames.end(), {0.0f, 0.0f, sample, 0.0f, 0.0f, 0.0f});
  SF_INFO info{};
  info.samplerate = 22050;
  info.channels = 6;
  info.format = SF_FORMAT_CAF | SF_FORMAT_FLOAT;
  SNDFILE* const file = sf_open(folder.file("x.caf").c_str(), SFM_WRITE, &info);
  REQUIRE(file != nullptr);
  int map[6] = {SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT,     SF_CHANNEL_MAP_CENTER,
                SF_CHANNEL_MAP_LFE,  SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT};
  CHECK(sf_command(file, SFC_SET_CHANNEL_MAP_INFO, map, sizeof(map)) == SF_TRUE);
  sf_writef_float(file, frames.data(), 1000);
  sf_close(file);
  CHECK(read(folder.file("x.caf")).samples == voice);
}

TEST_CASE("no beginning and no single wrong byte of a header does worse than an error") {
  const TempFolder folder;
  for (const auto& [name, format] : kContainers) {
    CAPTURE(name);
    write_sndfile(folder.file(name), format, 22050, 1, sine(50, 440, 22050));
    const Bytes whole = read_file(folder.file(name));
    const auto try_out = [&](const Bytes& content) {
      try {
        (void)header_of(content, name);
        (void)header_of_pipe(content, name);
      } catch (const Error& error) {
        CHECK(std::string(error.what()).starts_with(name));
      }
    };
    for (std::size_t at = 0; at < whole.size(); ++at) {
      try_out(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)));
      for (const unsigned value : {0x00u, 0x01u, 0x7Fu, 0x80u, 0xFFu}) {
        Bytes wrong = whole;
        wrong[at] = static_cast<std::byte>(value);
        try_out(wrong);
      }
    }
  }
}

}  // namespace
}  // namespace ictus::audio
