// Long sounds, which are encoded in pieces.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "lib/analysis/before_cut.hpp"
#include "lib/analysis/cut_place.hpp"
#include "lib/analysis/encoder.hpp"
#include "lib/synthesis/decoder.hpp"
#include "lib/synthesis/event_numbers.hpp"
#include "signals.hpp"
#include "tests/unit/events_of.hpp"

using namespace ictus;
using analysis::Encoder;
using analysis::EncoderSettings;

namespace {

/// Silence, which costs no time, up to shortly before a cut may come, then sound.
constexpr double kSilentS = 58.0;
constexpr double kEarliestCutS = 60.0;
constexpr double kLatestCutS = 64.0;

std::vector<float> late(const std::vector<float>& sound, double silent_s = kSilentS) {
  std::vector<float> all(static_cast<std::size_t>(silent_s * kRateHz));
  all.insert(all.end(), sound.begin(), sound.end());
  return all;
}

EncoderSettings settings_for(int threads) {
  EncoderSettings settings;
  settings.coding = synthesis::event_coding(false);
  settings.threads = threads;
  settings.effort = 1;
  return settings;
}

void require_same(const std::vector<EventBlock>& some, const std::vector<EventBlock>& others) {
  REQUIRE(some.size() == others.size());
  for (std::size_t b = 0; b < some.size(); ++b) {
    CHECK(some[b].end_samples == others[b].end_samples);
    REQUIRE(some[b].events.size() == others[b].events.size());
    for (std::size_t e = 0; e < some[b].events.size(); ++e) {
      CHECK(some[b].events[e].onset_samples == others[b].events[e].onset_samples);
      CHECK(some[b].events[e].gain_db == others[b].events[e].gain_db);
      CHECK(some[b].events[e].vector == others[b].events[e].vector);
    }
  }
}

/// Where pieces end: blocks are as long as usual but there, and before it.
std::vector<std::int64_t> cuts_of(const std::vector<EventBlock>& blocks) {
  std::vector<std::int64_t> cuts;
  std::int64_t begin = 0;
  bool was_short = false;
  for (const EventBlock& block : blocks) {
    const bool is_short = block.end_samples - begin < kBlockSamples;
    if (was_short && is_short && &block != &blocks.back()) cuts.push_back(block.end_samples);
    was_short = is_short;
    begin = block.end_samples;
  }
  return cuts;
}

std::vector<float> decoded(const std::vector<EventBlock>& blocks) {
  std::vector<float> sound;
  synthesis::Decoder decoder(trained_model(), 1, [&](std::span<const float> samples) {
    sound.insert(sound.end(), samples.begin(), samples.end());
  });
  for (const EventBlock& block : blocks) decoder.push(block);
  decoder.finish(static_cast<std::uint64_t>(blocks.back().end_samples));
  return sound;
}

double level_db(const std::vector<float>& sound, double from_s, double seconds) {
  const auto begin = static_cast<std::size_t>(from_s * kRateHz);
  const auto count = static_cast<std::size_t>(seconds * kRateHz);
  double energy = 1e-12;
  for (const float sample : std::span(sound).subspan(begin, count))
    energy += static_cast<double>(sample) * static_cast<double>(sample);
  return 10.0 * std::log10(energy / static_cast<double>(count));
}

std::vector<float> notes() {
  return tone(8.0, 0.1, 6, [](double s) { return 196.0 * std::exp2(std::floor(s * 2.0) / 6.0); });
}

}  // namespace

TEST_CASE("a long sound has the same events on any number of threads, however its samples come") {
  std::vector<float> sound = late(notes());
  const std::vector<float> more = late(notes(), 52.0);
  sound.insert(sound.end(), more.begin(), more.end());
  const std::vector<EventBlock> blocks = encoded(sound, settings_for(1));
  const std::vector<std::int64_t> cuts = cuts_of(blocks);
  REQUIRE(cuts.size() == 2);
  CHECK(static_cast<double>(cuts[0]) >= kEarliestCutS * kRateHz);
  CHECK(static_cast<double>(cuts[0]) <= kLatestCutS * kRateHz);
  CHECK(blocks.back().end_samples == static_cast<std::int64_t>(sound.size()));
  for (const int threads : {2, 3}) require_same(encoded(sound, settings_for(threads)), blocks);
  require_same(encoded(sound, settings_for(2), sound.size()), blocks);
}

TEST_CASE("a tone goes on over a cut, with its level and pitch") {
  const std::vector<float> sound = late(tone(10.0, 0.1, 4, [](double) { return 440.0; }));
  EncoderSettings settings = settings_for(2);
  settings.effort = 5;
  const std::vector<EventBlock> blocks = encoded(sound, settings);
  const std::vector<std::int64_t> cuts = cuts_of(blocks);
  REQUIRE(cuts.size() == 1);
  const double cut_s = static_cast<double>(cuts[0]) / kRateHz;
  const std::vector<float> back = decoded(blocks);
  for (double from_s = cut_s - 0.5; from_s < cut_s + 0.5; from_s += 0.05)
    CHECK_MESSAGE(std::abs(level_db(back, from_s, 0.05) - level_db(sound, from_s, 0.05)) < 8.0,
                  (from_s - cut_s) << " s after the cut");
  CHECK(std::abs(level_db(back, cut_s - 1.0, 2.0) - level_db(sound, cut_s - 1.0, 2.0)) < 1.5);
  for (const Event& event : tests::events_of(blocks)) {
    const double hz =
        static_cast<double>(synthesis::kNumbers[synthesis::kPitch].value_of(event.vector[synthesis::kPitch]));
    CHECK(std::abs(1200.0 * std::log2(hz / 440.0)) < 10.0);
  }
}

TEST_CASE("what rings is let go at a cut, and the piece after it begins with events of its own") {
  auto bell = tone(12.0, 0.2, 3, [](double) { return 523.0; });
  for (std::size_t i = 0; i < bell.size(); ++i)
    bell[i] *= static_cast<float>(std::exp(-static_cast<double>(i) / kRateHz / 2.0));
  const std::vector<float> sound = late(bell);
  EncoderSettings settings = settings_for(2);
  settings.effort = 3;
  const std::vector<EventBlock> blocks = encoded(sound, settings);
  const std::vector<std::int64_t> cuts = cuts_of(blocks);
  REQUIRE(cuts.size() == 1);
  bool begins_anew = false;
  for (const Event& event : tests::events_of(blocks)) {
    const double onset_s = static_cast<double>(event.onset_samples) / kRateHz;
    const double cut_s = static_cast<double>(cuts[0]) / kRateHz;
    if (event.onset_samples >= cuts[0]) {
      begins_anew = begins_anew || onset_s < cut_s + 0.2;
    } else {
      CHECK(onset_s + static_cast<double>(
                          synthesis::kNumbers[synthesis::kHold].value_of(event.vector[synthesis::kHold])) <
            cut_s + 0.05);
    }
  }
  CHECK(begins_anew);
}

TEST_CASE("pieces together have no more than the whole may have") {
  // Notes enough for more than that: eight a second.
  std::vector<float> sound = late(tone(10.0, 0.1, 6, [](double s) {
    return 110.0 * std::exp2(static_cast<double>(static_cast<int>(8.0 * s) * 7 % 12) / 12.0);
  }));
  EncoderSettings settings = settings_for(2);
  SUBCASE("bits") {
    settings.most_bits_per_second = 150.0;
    settings.other_bits = 800.0;
    formats::EventPacker packer(settings.coding);
    double bits = settings.other_bits;
    for (const EventBlock& block : encoded(sound, settings))
      bits += 8.0 * (7.0 + static_cast<double>(packer.pack(block).size()));
    const double allowed = settings.most_bits_per_second * static_cast<double>(sound.size()) / kRateHz;
    CHECK(bits <= allowed + 9.0);
    CHECK(bits > 0.5 * allowed);
  }
  SUBCASE("events") {
    settings.most_events = 7.0;
    CHECK(tests::events_of(encoded(sound, settings)).size() == 7);
  }
  SUBCASE("events a second") {
    settings.most_events_per_second = 0.2;
    CHECK(tests::events_of(encoded(sound, settings)).size() <= 14);
  }
}

TEST_CASE("a sound that is soft, and lies in a later piece alone, has an event") {
  EncoderSettings settings = settings_for(2);
  settings.most_bits_per_second = 1.0;
  const std::vector<float> sound = late(tone(0.2, 0.002, 1, [](double) { return 500.0; }), 66.0);
  CHECK(tests::events_of(encoded(sound, settings)).size() == 1);
}

TEST_CASE("what fails where blocks are taken is thrown to who gives samples") {
  const std::vector<float> sound = late(notes(), 0.0);
  Encoder encoder(trained_model(), trained_proposals(), settings_for(2),
                  [](const EventBlock&) { throw std::runtime_error("there is no room"); });
  CHECK_THROWS_WITH(
      [&] {
        encoder.push(sound);
        encoder.finish();
      }(),
      "there is no room");
}

TEST_CASE("an encoder that is not asked to finish ends") {
  Encoder encoder(trained_model(), trained_proposals(), settings_for(2), [](const EventBlock&) {});
  encoder.push(late(notes(), 63.0));
}

TEST_CASE("a cut comes before an attack, where it is quiet for a moment") {
  std::vector<float> sound = white_noise(4.0, 0.1, 1);
  const std::size_t attack = 100000;
  for (std::size_t i = 0; i < 4000; ++i) sound[attack - 1 - i] *= 0.01F;
  const std::size_t place = analysis::cut_place(sound, 1, 4096, 2048);
  CHECK(place < attack);
  CHECK(place > attack - 4000);
  // Nor are the samples on either side fewer than asked for.
  CHECK(analysis::cut_place(std::vector<float>(20000), 2, 4096, 2048) == 4096);
}

TEST_CASE("what sounds before a cut has died away soon after it") {
  const std::vector<float> before = white_noise(4096 / kRateHz, 0.1, 1);
  const auto [power, left] = analysis::ringing_after_cut(before, 1, 20);
  CHECK(power.fine.frames == 20);
  CHECK(power.coarse.frames == 40);
  for (int band = 0; band < power.fine.bands; ++band) {
    CHECK(power.fine.row(band)[0] > 0.0F);
    CHECK(power.fine.row(band)[10] < 1e-5F * power.fine.row(band)[0]);
  }
  CHECK(std::all_of(left.values.begin(), left.values.end(), [](float value) { return value == 0.0F; }));
}
