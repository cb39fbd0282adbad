// FLAC, Ogg and MP3: whole, joined, cut short and damaged.
#include <doctest/doctest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>

#include "lib/audio/audio.hpp"
#include "lib/audio/vorbis_comment.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/audio/packed_files.hpp"
#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which files are written here

constexpr int kVorbis = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
constexpr int kOpus = SF_FORMAT_OGG | SF_FORMAT_OPUS;
constexpr int kMp3 = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
constexpr int kRate = 48000;  // Opus knows this one

/// What a file gives, and what is said of it.
struct Heard {
  AudioSpec spec;
  std::vector<float> samples;
  std::uint64_t frames = 0;
  std::string damage;
  std::vector<std::string> remarks;
  Tags tags;

  [[nodiscard]] double amplitude(double hz, double from, double to) const {
    const auto begin = static_cast<std::size_t>(from * spec.sample_rate_hz);
    const auto end = static_cast<std::size_t>(to * spec.sample_rate_hz);
    REQUIRE(end <= samples.size());
    return amplitude_at(std::span(samples).subspan(begin, end - begin), hz, spec.sample_rate_hz);
  }
};

Heard hear(const Bytes& content) {
  const TempFolder folder;
  const std::string path = folder.file("x", content);
  Heard heard;
  heard.spec = Source::open(path, kRate)->original_spec();
  const auto source = Source::open(path, heard.spec.sample_rate_hz);
  std::vector<float> block(1000);
  try {
    while (const std::size_t count = source->read(block))
      heard.samples.insert(heard.samples.end(), block.begin(),
                           block.begin() + static_cast<std::ptrdiff_t>(count));
  } catch (const DamagedInput& damage) {
    heard.damage = std::string(damage.what()).substr(quoted(path).size() + 1);
  }
  heard.frames = source->original_frames();
  for (const std::string& remark : source->remarks()) {
    REQUIRE(remark.starts_with(quoted(path) + " "));
    heard.remarks.push_back(remark.substr(quoted(path).size() + 1));
  }
  heard.tags = source->tags();
  return heard;
}

/// The message of the error without the name of the file.
std::string refusal(const Bytes& content) {
  const TempFolder folder;
  const std::string path = folder.file("x", content);
  const std::string message = error_of([&] { (void)Source::open(path, kRate); });
  return message.empty() ? message : message.substr(quoted(path).size() + 1);
}

struct Kind {
  const char* name;
  Bytes (*make)(std::span<const float>);
};

Bytes flac_of(std::span<const float> samples) { return flac_bytes({.rate = kRate}, samples); }
Bytes flac_of_unknown_length(std::span<const float> samples) {
  return flac_bytes({.rate = kRate, .tells_length = false}, samples);
}
Bytes ogg_flac_of(std::span<const float> samples) {
  return flac_bytes({.rate = kRate, .is_in_ogg = true}, samples);
}
Bytes vorbis_of(std::span<const float> samples) { return sndfile_bytes(kVorbis, kRate, 1, samples); }
Bytes opus_of(std::span<const float> samples) { return sndfile_bytes(kOpus, kRate, 1, samples); }
Bytes mp3_of(std::span<const float> samples) { return sndfile_bytes(kMp3, kRate, 1, samples); }

const std::vector<Kind> kKinds = {
    {"flac", flac_of},         {"flac of unknown length", flac_of_unknown_length},
    {"ogg flac", ogg_flac_of}, {"vorbis", vorbis_of},
    {"opus", opus_of},         {"mp3", mp3_of}};

/// A tone with some noise, so that it fills bytes.
std::vector<float> noisy_tone(double seconds, double hz) {
  std::vector<float> samples = sine(static_cast<std::size_t>(seconds * kRate), hz, kRate, 0.5);
  std::uint32_t state = 1;
  for (float& sample : samples) {
    state = state * 1664525U + 1013904223U;
    sample += (static_cast<float>(state >> 16) / 65536.0F - 0.5F) * 0.05F;
  }
  return samples;
}

TEST_CASE("FLAC of every depth") {
  for (const unsigned bits : {4U, 8U, 12U, 16U, 20U, 24U, 32U}) {
    CAPTURE(bits);
    for (const bool is_in_ogg : {false, true}) {
      const auto written = sine(5000, 440, 22050);
      const Heard heard = hear(flac_bytes({.bits = bits, .is_in_ogg = is_in_ogg}, written));
      CHECK(heard.damage.empty());
      CHECK(heard.remarks.empty());
      REQUIRE(heard.samples.size() == written.size());
      const double step = std::max(std::ldexp(1.0, 1 - static_cast<int>(bits)), 1e-7);
      for (std::size_t i = 0; i < written.size(); ++i) CHECK(std::abs(heard.samples[i] - written[i]) <= step);
    }
  }
}

TEST_CASE("a depth that no FLAC decoder knows is named") {
  Bytes file = flac_of(sine(2000, 440, kRate));
  // STREAMINFO has the depth less 1 in five bits, over two bytes.
  file[20] &= std::byte{0xFE};
  file[21] = (file[21] & std::byte{0x0F}) | std::byte{0x10};
  CHECK(refusal(file).starts_with("is a FLAC file of 2 bits, which the FLAC library of this system ("));
}

TEST_CASE("whole files are read without a word, to the sample") {
  const auto written = noisy_tone(1.0, 440);
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.name);
    const Heard heard = hear(kind.make(written));
    CHECK(heard.damage.empty());
    CHECK(heard.remarks.empty());
    CHECK(heard.frames == written.size());
    CHECK(heard.amplitude(440, 0.25, 0.75) == doctest::Approx(0.5).epsilon(0.03));
  }
}

TEST_CASE("joined files are read to their last part") {
  const auto first = noisy_tone(1.0, 440);
  const auto second = noisy_tone(0.5, 1000);
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.name);
    const Heard heard = hear(kind.make(first) + kind.make(second) + kind.make(first));
    CHECK(heard.damage.empty());
    CHECK(heard.frames == 2 * first.size() + second.size());
    CHECK(heard.amplitude(440, 0.25, 0.75) == doctest::Approx(0.5).epsilon(0.03));
    CHECK(heard.amplitude(1000, 1.1, 1.4) == doctest::Approx(0.5).epsilon(0.03));
    CHECK(heard.amplitude(440, 1.75, 2.25) == doctest::Approx(0.5).epsilon(0.03));
  }
  const Heard mixed = hear(vorbis_of(first) + opus_of(second) + ogg_flac_of(first));
  CHECK(mixed.damage.empty());
  CHECK(mixed.frames == 2 * first.size() + second.size());
  CHECK(mixed.amplitude(1000, 1.1, 1.4) == doctest::Approx(0.5).epsilon(0.03));
}

TEST_CASE("a part of another rate and other channels is brought to those of the first") {
  const auto first = noisy_tone(0.5, 440);
  std::vector<float> stereo;
  for (const float sample : sine(22050, 1000, 44100, 0.5)) stereo.insert(stereo.end(), {sample, sample});
  for (const auto& [name, file] :
       {std::pair<const char*, Bytes>{"flac",
                                      flac_of(first) + flac_bytes({.rate = 44100, .channels = 2}, stereo)},
        {"vorbis", vorbis_of(first) + sndfile_bytes(kVorbis, 44100, 2, stereo)},
        {"mp3", mp3_of(first) + sndfile_bytes(kMp3, 44100, 2, stereo)}}) {
    CAPTURE(name);
    const Heard heard = hear(file);
    CHECK(heard.damage.empty());
    REQUIRE(heard.remarks.size() >= 1);
    CHECK(heard.remarks.back() ==
          "goes on with 44100 Hz and 2 channels, which became 48000 Hz and 1 channel as at its beginning");
    CHECK(heard.frames == doctest::Approx(48000).epsilon(0.03));
    CHECK(heard.amplitude(1000, 0.6, 0.9) == doctest::Approx(0.5).epsilon(0.03));
  }
}

TEST_CASE("what is there of a file that is cut short is kept, and it is said") {
  const auto written = noisy_tone(2.0, 440);
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.name);
    const Bytes whole = kind.make(written);
    const Heard cut = hear(part(whole, 0, whole.size() * 6 / 10));
    CHECK(cut.damage.starts_with("is cut short: "));
    CHECK(cut.frames > written.size() / 3);
    CHECK(cut.frames < written.size() * 7 / 10);
    CHECK(cut.amplitude(440, 0.25, 0.5) == doctest::Approx(0.5).epsilon(0.03));
    const Heard nearly_whole = hear(part(whole, 0, whole.size() - 1));
    CHECK(nearly_whole.damage.starts_with("is cut short: "));
    CHECK(nearly_whole.frames > written.size() / 2);
  }
}

TEST_CASE("an Ogg file that ends with a whole page, but not with its last, is cut short") {
  for (const auto make : {vorbis_of, opus_of, ogg_flac_of}) {
    const Bytes whole = make(noisy_tone(3.0, 440));
    const auto pages = ogg_pages(whole);
    const Heard heard = hear(part(whole, 0, pages[pages.size() - 2]));
    CHECK(heard.damage.starts_with("is cut short: "));
    CHECK(heard.frames > kRate / 2);
  }
}

TEST_CASE("a page that is lost becomes silence, so that what follows keeps its place") {
  for (const auto make : {vorbis_of, opus_of, ogg_flac_of}) {
    std::vector<float> written = noisy_tone(4.0, 440);
    const auto end = noisy_tone(2.0, 1000);
    written.insert(written.end(), end.begin(), end.end());
    const Bytes whole = make(written);
    const auto pages = ogg_pages(whole);
    REQUIRE(pages.size() > 6);
    const std::size_t lost = pages.size() / 2 - 1;
    const Heard without = hear(part(whole, 0, pages[lost]) + part(whole, pages[lost + 1], whole.size()));
    Bytes flipped = whole;
    flipped[pages[lost] + 60] ^= std::byte{1};
    for (const Heard& heard : {without, hear(flipped)}) {
      CHECK(heard.damage.find("lacks 1 page or has them damaged, the first before byte ") !=
            std::string::npos);
      CHECK(heard.frames == written.size());
      CHECK(heard.amplitude(1000, 5.0, 5.75) == doctest::Approx(0.5).epsilon(0.03));
    }
  }
}

TEST_CASE("damaged frames of FLAC become silence") {
  const auto written = noisy_tone(1.0, 440);
  Bytes file = flac_of(written);
  file[file.size() / 2] ^= std::byte{4};
  const Heard heard = hear(file);
  CHECK(heard.damage.find(" frames became silence") != std::string::npos);
  CHECK(heard.frames == written.size());
  const auto zeros_there = std::count(heard.samples.begin(), heard.samples.end(), 0.0F);
  CHECK(zeros_there >= 1024);
  CHECK(zeros_there <= 4096);
  CHECK(heard.amplitude(440, 0.7, 0.9) == doctest::Approx(0.5).epsilon(0.03));
}

TEST_CASE("sound that is not what was encoded is told by FLAC's checksum") {
  Bytes file = flac_of(noisy_tone(0.5, 440));
  file[4 + 4 + 18] ^= std::byte{1};
  const Heard heard = hear(file);
  CHECK(heard.damage.empty());
  REQUIRE(heard.remarks.size() == 1);
  CHECK(heard.remarks[0].find("checksum (MD5)") != std::string::npos);
}

TEST_CASE("a FLAC header that promises too little is not believed") {
  Bytes file = flac_of(noisy_tone(0.5, 440));
  for (const std::size_t at : {22U, 23U, 24U}) file[at] = std::byte{0};
  file[25] = std::byte{100};
  const Heard heard = hear(file);
  CHECK(heard.frames == 24000);
  REQUIRE(heard.remarks.size() == 1);
  CHECK(heard.remarks[0] == "holds 23900 frames more than its header promises, which were read as well");
}

TEST_CASE("frames of an MP3 that are damaged become silence, and it is said") {
  const auto written = noisy_tone(2.0, 440);
  const Bytes whole = mp3_of(written);
  Bytes file = whole;
  for (std::size_t i = whole.size() / 2; i < whole.size() / 2 + 900; ++i)
    file[i] = static_cast<std::byte>(i * 37);
  const Heard heard = hear(file);
  CHECK(heard.damage.find(" that are no frames; silence took the place of ") != std::string::npos);
  CHECK(heard.frames == doctest::Approx(static_cast<double>(written.size())).epsilon(0.02));
  CHECK(heard.amplitude(440, 1.5, 1.9) == doctest::Approx(0.5).epsilon(0.03));
  // Without the bytes, what the header promises is not there.
  const Bytes shorter = part(whole, 0, whole.size() / 2) + part(whole, whole.size() / 2 + 3000, whole.size());
  CHECK(hear(shorter).damage.find("is cut short: its header promises ") != std::string::npos);
}

TEST_CASE("an MP3 that begins in the middle of its sound") {
  const Bytes whole = mp3_of(noisy_tone(2.0, 440));
  const Heard heard = hear(part(whole, whole.size() / 2, whole.size()));
  CHECK(heard.frames > kRate / 2);
  CHECK(heard.amplitude(440, 0.25, 0.75) == doctest::Approx(0.5).epsilon(0.03));
  REQUIRE(heard.remarks.size() >= 1);
  CHECK(heard.remarks[0].find(" in front of its first frame, which were left out") != std::string::npos);
}

TEST_CASE("tags around FLAC and MP3 are no damage") {
  const auto written = noisy_tone(0.5, 440);
  const Bytes before = id3v2_tag("Kinderszenen", 100) + id3v2_tag("Album", 100000);
  for (const auto make : {flac_of, flac_of_unknown_length, mp3_of}) {
    const Heard heard = hear(before + make(written) + id3v1_tag("Kinderszenen"));
    CHECK(heard.damage.empty());
    CHECK(heard.remarks.empty());
    CHECK(heard.frames == written.size());
    CHECK(heard.tags == Tags{{"title", "Kinderszenen"}});
    const Heard joined = hear(before + make(written) + id3v1_tag("x") + before + make(written));
    CHECK(joined.damage.empty());
    CHECK(joined.frames == 2 * written.size());
  }
}

TEST_CASE("what is in front of an MP3 or behind a sound is said and left out") {
  const auto written = noisy_tone(0.5, 440);
  const Heard after_words = hear(text("these are words") + mp3_of(written));
  CHECK(after_words.damage.empty());
  CHECK(after_words.remarks ==
        std::vector<std::string>{"has 15 bytes in front of its first frame, which were left out"});
  CHECK(after_words.frames == written.size());
  for (const auto make : {flac_of, vorbis_of, opus_of, ogg_flac_of, mp3_of}) {
    const Heard before_words = hear(make(written) + text("these are words"));
    CHECK(before_words.damage.empty());
    CHECK(before_words.remarks.size() == 1);
    CHECK(before_words.frames == written.size());
  }
}

TEST_CASE("an Ogg file whose sound cannot be decoded is refused with the names of what it holds") {
  const Bytes speex = ogg_page_of(2, 0, 7, 0, text("Speex   1.2rc1") + zeros(60));
  CHECK(refusal(speex) == "is an Ogg file with Speex, which cannot be decoded");
  // After sound that can be, it is a fault.
  const auto written = noisy_tone(0.5, 440);
  const Heard heard = hear(vorbis_of(written) + speex);
  CHECK(heard.damage ==
        "is several files joined, of which the one after 24000 frames holds Speex, which cannot be decoded");
  // Beside it, it is left out.
  const Bytes theora = ogg_page_of(2, 0, 7, 0, text("\x80theora") + zeros(35));
  const Heard beside = hear(theora + vorbis_of(written));
  CHECK(beside.damage.empty());
  CHECK(beside.frames == written.size());
  CHECK(beside.remarks ==
        std::vector<std::string>{"holds Theora (pictures) beside its sound, which was left out"});
}

TEST_CASE("an Ogg file that ends in its headers") {
  for (const auto make : {vorbis_of, opus_of, ogg_flac_of}) {
    const Bytes whole = make(noisy_tone(0.5, 440));
    const auto pages = ogg_pages(whole);
    CHECK(refusal(part(whole, 0, pages[1] - 5)) == "is an Ogg file that ends inside its first page");
    CHECK_FALSE(refusal(part(whole, 0, pages[1])).empty());
    CHECK(refusal(part(whole, pages[2], whole.size())).starts_with("is an Ogg file without its beginning"));
  }
}

TEST_CASE("no cut and no flipped bytes do worse than an error") {
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.name);
    const Bytes whole = kind.make(noisy_tone(0.2, 440));
    const std::size_t step = whole.size() / 60 | 1;
    for (std::size_t at = 0; at < whole.size(); at += step) {
      const auto listen = [](const Bytes& file) {
        const TempFolder folder;
        try {
          (void)read_all(folder.file("x", file), kRate);
        } catch (const Error&) {
        }
      };
      Bytes flipped = whole;
      for (std::size_t i = at; i < std::min(at + 3, whole.size()); ++i) flipped[i] ^= std::byte{0xA5};
      CHECK_NOTHROW(listen(flipped));
      CHECK_NOTHROW(listen(part(whole, 0, at)));
      CHECK_NOTHROW(listen(part(whole, at, whole.size())));
    }
  }
}

TEST_CASE("all tags of FLAC, several of one name too") {
  const auto written = noisy_tone(0.1, 440);
  const std::vector<std::string> comments = {"TITLE=Für Elise",
                                             "ARTIST=One",
                                             "Artist=Two",
                                             "ISRC=X1",
                                             "LYRICS=a\nb=c",
                                             "EMPTY=",
                                             "METADATA_BLOCK_PICTURE=AAAA"};
  for (const bool is_in_ogg : {false, true}) {
    const Heard heard =
        hear(flac_bytes({.rate = kRate, .is_in_ogg = is_in_ogg, .comments = comments}, written));
    CHECK(heard.tags == Tags{{"title", "Für Elise"},
                             {"artist", "One"},
                             {"artist", "Two"},
                             {"isrc", "X1"},
                             {"lyrics", "a\nb=c"}});
  }
}

TEST_CASE("comments that are not as they should be") {
  const auto entry = [](std::string_view words) { return u32(words.size()) + text(words); };
  const Bytes block = entry("vendor") + u32(5) + entry("LATIN=Saint-Sa\xEBns") + entry("no equals sign") +
                      entry("A\tB=c=d") + u32(1000) + text("CUT=short");
  CHECK(parse_comments(block) == Tags{{"latin", "Saint-Saëns"}, {"a_b", "c=d"}});
  CHECK(parse_comments(text("xy")).empty());
  CHECK(parse_comments(u32(100) + text("xy")).empty());
}

TEST_CASE("what only begins like an MP3 file") {
  CHECK(refusal(text("\xFF\xFB\x90\xC0") + zeros(100)) == "is not a sound file of a known format");
  CHECK(refusal(id3v2_tag("Title", 100) + text("and nothing else")) ==
        "is not a sound file of a known format");
}

TEST_CASE("MP3 in a WAV file") {
  const auto written = noisy_tone(1.0, 440);
  const Bytes info = chunk("LIST", text("INFO") + chunk("IART", text(std::string_view("One\0", 4))));
  const Bytes whole = wav(fmt_chunk(0x55, 1, kRate, 0) + info, mp3_of(written));
  const Heard heard = hear(whole);
  CHECK(heard.damage.empty());
  CHECK(heard.frames == written.size());
  CHECK(heard.tags == Tags{{"artist", "One"}});
  CHECK(hear(part(whole, 0, whole.size() / 2)).damage.starts_with("is cut short: "));
}

TEST_CASE("a WAV file's ID3 chunk adds what its INFO list does not have") {
  const Bytes info = chunk("LIST", text("INFO") + chunk("IART", text(std::string_view("One\0", 4))));
  const Bytes sound = wav(fmt_chunk(1, 1, kRate, 16), s16(sine16(1000, 440, kRate)));
  const Heard heard = hear(sound + info + chunk("id3 ", id3v2_tag("Rusalka", 10)));
  CHECK(heard.tags == Tags{{"artist", "One"}, {"title", "Rusalka"}});
}

}  // namespace
}  // namespace ictus::audio
