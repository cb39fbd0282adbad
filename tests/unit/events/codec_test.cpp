#include "lib/events/codec.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "tests/unit/events/support.hpp"

using namespace ictus;

namespace {

std::vector<float> strokes(std::size_t samples) {  // decaying tones every 0.4 s over faint noise
  std::mt19937 random(3);
  std::normal_distribution<float> noise(0.0F, 0.001F);
  std::vector<float> x(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double t = std::fmod(static_cast<double>(i) / 22050.0, 0.4);
    const double hz = 200.0 + 100.0 * static_cast<double>(i / 8820 % 5);
    x[i] = static_cast<float>(0.3 * std::exp(-6.0 * t) * std::sin(2.0 * std::numbers::pi * hz * t)) +
           noise(random);
  }
  return x;
}

std::vector<EventBlock> encoded(const std::shared_ptr<const events::LoadedModel>& model,
                                const std::vector<float>& x, std::size_t block,
                                events::EncoderSettings settings = {}) {
  std::vector<EventBlock> blocks;
  events::Encoder encoder(model, settings, [&](const EventBlock& b) { blocks.push_back(b); });
  for (std::size_t at = 0; at < x.size(); at += block)
    encoder.push(std::span(x).subspan(at, std::min(block, x.size() - at)));
  encoder.finish();
  return blocks;
}

std::vector<float> decoded(const std::shared_ptr<const events::LoadedModel>& model,
                           const std::vector<EventBlock>& blocks, std::optional<std::uint64_t> length) {
  std::vector<float> samples;
  events::Decoder decoder(
      model, [&](std::span<const float> s) { samples.insert(samples.end(), s.begin(), s.end()); });
  for (const EventBlock& block : blocks) decoder.push(block);
  decoder.finish(length);
  return samples;
}

bool same(const std::vector<EventBlock>& a, const std::vector<EventBlock>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].end_samples != b[i].end_samples || a[i].events.size() != b[i].events.size()) return false;
    for (std::size_t e = 0; e < a[i].events.size(); ++e) {
      const Event &x = a[i].events[e], &y = b[i].events[e];
      if (x.onset_samples != y.onset_samples || x.gain_db != y.gain_db || x.vector != y.vector) return false;
    }
  }
  return true;
}

const events::EncoderSettings kQuick{.coding = {}, .effort = 1};

}  // namespace

TEST_CASE("blocks are ordered, within their span, and hold what the file will hold") {
  const auto model = tests::small_model();
  const std::vector<float> x = strokes(150000);
  const auto blocks = encoded(model, x, 4096, kQuick);
  REQUIRE(blocks.size() == 3);
  std::int64_t from = 0;
  for (const EventBlock& block : blocks) {
    CHECK(block.events.size() <= 32);
    std::int64_t last = from;
    for (const Event& event : block.events) {
      CHECK(event.onset_samples >= last);
      CHECK(event.onset_samples < block.end_samples);
      last = event.onset_samples;
      const Event stored = formats::quantise(event, kQuick.coding, from, block.end_samples);
      CHECK(stored.onset_samples == event.onset_samples);
      CHECK(stored.vector == event.vector);
      CHECK(stored.gain_db == event.gain_db);
    }
    from = block.end_samples;
  }
  CHECK(from == 150000);
}

TEST_CASE("the size of the pieces pushed changes nothing, nor does a second run") {
  const auto model = tests::small_model();
  const std::vector<float> x = strokes(140000);
  const auto whole = encoded(model, x, x.size(), kQuick);
  CHECK(same(whole, encoded(model, x, x.size(), kQuick)));
  CHECK(same(whole, encoded(model, x, 1000, kQuick)));
  CHECK(decoded(model, whole, x.size()) == decoded(model, whole, x.size()));
}

TEST_CASE("how events are cut into blocks changes no sample") {
  const auto model = tests::small_model();
  const std::vector<float> x = strokes(210000);
  const auto blocks = encoded(model, x, x.size(), kQuick);
  const std::vector<float> expected = decoded(model, blocks, x.size());
  std::vector<Event> all;
  for (const EventBlock& block : blocks) all.insert(all.end(), block.events.begin(), block.events.end());
  for (const std::int64_t span : {std::int64_t{700}, std::int64_t{33333}, std::int64_t{1000000}}) {
    std::vector<EventBlock> other;
    for (std::int64_t begin = 0; begin < 210000; begin += span) {
      EventBlock block{{}, std::min<std::int64_t>(begin + span, 210000)};
      for (const Event& event : all)
        if (event.onset_samples >= begin && event.onset_samples < block.end_samples)
          block.events.push_back(event);
      other.push_back(block);
    }
    CHECK(decoded(model, other, x.size()) == expected);
  }
}

TEST_CASE("any length comes back exactly") {
  const auto model = tests::small_model();
  for (const std::size_t length : {std::size_t{1}, std::size_t{2205}, std::size_t{65535}, std::size_t{65536},
                                   std::size_t{65537}, std::size_t{100000}}) {
    const std::vector<float> x = strokes(length);
    const auto blocks = encoded(model, x, 5000, kQuick);
    CHECK(decoded(model, blocks, length).size() == length);
    CHECK(decoded(model, blocks, std::nullopt).size() == length);
  }
  CHECK(encoded(model, {}, 1, kQuick).empty());
  CHECK(decoded(model, {}, 0).empty());
}

TEST_CASE("silence has no events and decodes to zeros") {
  const auto model = tests::small_model();
  const std::vector<float> x(100000, 0.0F);
  const auto blocks = encoded(model, x, 4096);
  for (const EventBlock& block : blocks) CHECK(block.events.empty());
  for (const float s : decoded(model, blocks, x.size())) REQUIRE(s == 0.0F);
}

TEST_CASE("sound comes out before all of it has gone in") {
  const auto model = tests::small_model();
  const std::vector<float> x = strokes(65536 * 4);
  std::size_t out = 0;
  events::Decoder decoder(model, [&](std::span<const float> s) { out += s.size(); });
  events::Encoder encoder(model, kQuick, [&](const EventBlock& b) { decoder.push(b); });
  encoder.push(x);
  CHECK(out > 65536);
}

TEST_CASE("one event decodes to its sound at its place") {
  const auto model = tests::one_sound_model(440.0, 0.5);
  EventBlock block;
  block.end_samples = 65536;
  block.events.push_back({.onset_samples = 22050, .gain_db = -20.0F, .vector = {}});
  const std::vector<float> samples = decoded(model, {block}, 65536);
  const auto level_db = [&](std::size_t at, std::size_t count) {
    double sum = 0.0;
    for (std::size_t i = at; i < at + count; ++i) sum += samples[i] * samples[i];
    return 10.0 * std::log10(sum / static_cast<double>(count) + 1e-20);
  };
  CHECK(level_db(0, 19000) < -60.0);
  CHECK(level_db(24000, 2048) == doctest::Approx(-20.0 - 60.0 * (2974.0 / 22050.0) / 0.5).epsilon(0.08));
  CHECK(level_db(24000, 2048) - level_db(35025, 2048) == doctest::Approx(60.0).epsilon(0.05));
  int crossings = 0;
  for (std::size_t i = 24000; i < 24000 + 5512; ++i) crossings += samples[i] < 0.0F && samples[i + 1] >= 0.0F;
  CHECK(crossings == doctest::Approx(110.0).epsilon(0.03));  // 440 Hz for a quarter of a second
}
