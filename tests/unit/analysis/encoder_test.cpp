// The encoder as a stream: simple sounds there and back, however they come.
#include "lib/analysis/encoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "lib/synthesis/event_numbers.hpp"
#include "signals.hpp"
#include "tests/unit/events_of.hpp"

using namespace ictus;
using analysis::Encoder;
using analysis::EncoderSettings;
using tests::events_of;

namespace {

EncoderSettings settings_for(int channels = 1) {
  EncoderSettings settings;
  settings.coding.precision = formats::Precision::float32;
  settings.channels = channels;
  settings.effort = 3;
  settings.most_bits_per_second = 3200.0;
  settings.most_events_per_second = 10.0;
  return settings;
}

float value(const Event& event, synthesis::NumberPlace place) {
  return synthesis::kNumbers[place].value_of(event.vector[place]);
}

}  // namespace

TEST_CASE("a tone is an event of its pitch, and goes on where windows end") {
  const std::vector<Event> events =
      events_of(encoded(tone(9.0, 0.1, 1, [](double) { return 440.0; }), settings_for()));
  REQUIRE(!events.empty());
  CHECK(events.size() <= 6);
  const auto first = std::max_element(events.begin(), events.end(),
                                      [](const Event& a, const Event& b) { return a.gain_db < b.gain_db; });
  CHECK(std::abs(1200.0 * std::log2(static_cast<double>(value(*first, synthesis::kPitch)) / 440.0)) < 5.0);
}

TEST_CASE("an offset hides nothing, however large it is") {
  // Two soft tones, one after the other.
  auto sound = tone(4.0, 0.002, 4, [](double s) { return s < 2.0 ? 440.0 : 660.0; });
  for (float& sample : sound) sample += 0.5F;
  const std::vector<Event> events = events_of(encoded(sound, settings_for()));
  for (const double hz : {440.0, 660.0}) {
    CHECK_MESSAGE(std::any_of(events.begin(), events.end(),
                              [hz](const Event& event) {
                                const double octaves =
                                    std::log2(static_cast<double>(value(event, synthesis::kPitch)) / hz);
                                return std::abs(octaves) < 0.25 / 12.0;
                              }),
                  hz << " Hz");
  }
}

TEST_CASE("a note that swells and dies away is few events, each of its pitch or of noise") {
  auto sound = tone(4.0, 0.1, 8, [](double) { return 440.0; });
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const double s = static_cast<double>(i) / kRateHz;
    sound[i] *= static_cast<float>(std::clamp(std::min(s, 4.0 - s) / 1.5, 0.0, 1.0));
  }
  EncoderSettings settings = settings_for();
  settings.effort = 5;
  const std::vector<Event> events = events_of(encoded(sound, settings));
  CHECK(!events.empty());
  CHECK(events.size() <= 6);
  for (const Event& event : events) {
    if (value(event, synthesis::kBalance) < 0.0F) continue;
    const double octaves = std::log2(static_cast<double>(value(event, synthesis::kPitch)) / 440.0);
    CHECK(std::abs(octaves - std::round(octaves)) < 1.0 / 12.0);
  }
}

TEST_CASE("blocks follow one another to the end, their events in order within them") {
  const std::vector<float> sound = tone(11.3, 0.1, 6, [](double s) { return s < 5.0 ? 220.0 : 330.0; });
  const std::vector<EventBlock> blocks = encoded(sound, settings_for());
  REQUIRE(blocks.size() >= 2);
  std::int64_t begin = 0;
  for (const EventBlock& block : blocks) {
    CHECK(block.end_samples > begin);
    for (const Event& event : block.events) {
      CHECK(event.onset_samples >= begin);
      CHECK(event.onset_samples < block.end_samples);
      CHECK(std::all_of(event.vector.begin(), event.vector.end(),
                        [](float number) { return number >= -1.0F && number <= 1.0F; }));
    }
    CHECK(std::is_sorted(block.events.begin(), block.events.end(),
                         [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; }));
    begin = block.end_samples;
  }
  CHECK(begin == static_cast<std::int64_t>(sound.size()));
}

TEST_CASE("events do not depend on how samples come, nor on what was encoded before") {
  const std::vector<float> sound = tone(7.0, 0.2, 8, [](double s) { return s < 3.0 ? 196.0 : 262.0; });
  const std::vector<Event> once = events_of(encoded(sound, settings_for()));
  const std::vector<Event> again = events_of(encoded(sound, settings_for(), 100003));
  REQUIRE(once.size() == again.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(once[i].onset_samples == again[i].onset_samples);
    CHECK(once[i].gain_db == again[i].gain_db);
    CHECK(once[i].vector == again[i].vector);
  }
}

TEST_CASE("events do not depend on how many threads work on them") {
  const std::vector<float> sound = tone(2.0, 0.2, 8, [](double s) { return s < 1.0 ? 196.0 : 262.0; });
  EncoderSettings settings = settings_for();
  const std::vector<Event> one = events_of(encoded(sound, settings));
  settings.threads = 3;
  const std::vector<Event> three = events_of(encoded(sound, settings));
  REQUIRE(one.size() == three.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].onset_samples == three[i].onset_samples);
    CHECK(one[i].vector == three[i].vector);
  }
}

TEST_CASE("silence has no events, and audible sound has one however few are allowed") {
  CHECK(events_of(encoded(std::vector<float>(3 * 44100), settings_for())).empty());
  EncoderSettings settings = settings_for();
  settings.most_bits_per_second = 1.0;
  CHECK(events_of(encoded(tone(0.1, 0.1, 4, [](double) { return 300.0; }), settings)).size() == 1);
}

TEST_CASE("what is audible at the very end has an event") {
  for (const int late_samples : {40, 400, 2000}) {
    CAPTURE(late_samples);
    std::vector<float> sound(44100);
    for (int i = 0; i < late_samples; ++i)
      sound[sound.size() - 1 - static_cast<std::size_t>(i)] = i % 7 < 3 ? 0.2F : -0.15F;
    const std::vector<Event> events = events_of(encoded(sound, settings_for()));
    REQUIRE(!events.empty());
    CHECK(events.back().onset_samples < 44100);
  }
}

TEST_CASE("no more events come than are allowed") {
  EncoderSettings settings = settings_for();
  settings.most_events_per_second = 1.0;
  const std::size_t count = events_of(encoded(white_noise(9.0, 0.05, 4), settings)).size();
  CHECK(count >= 1);
  CHECK(count <= 9);
}

TEST_CASE("tones on the left and on the right come from there") {
  const std::vector<float> low = tone(2.0, 0.1, 5, [](double) { return 262.0; });
  const std::vector<float> high = tone(2.0, 0.1, 5, [](double) { return 920.0; });
  // The low one all on the left, the high one 6 dB stronger on the right.
  std::vector<float> sound;
  for (std::size_t i = 0; i < low.size(); ++i) {
    sound.push_back(low[i] + 0.447F * high[i]);
    sound.push_back(0.894F * high[i]);
  }
  EncoderSettings settings = settings_for(2);
  settings.effort = 5;
  double left_power = 0.0, right_power = 0.0, high_left = 0.0, high_right = 0.0;
  for (const Event& event : events_of(encoded(sound, settings))) {
    const double power = std::pow(10.0, 0.1 * static_cast<double>(event.gain_db));
    const double position = static_cast<double>(value(event, synthesis::kPosition));
    const float hz = value(event, synthesis::kPitch);
    if (value(event, synthesis::kBalance) < 0.0F) continue;  // noise, whose pitch says nothing
    if (std::abs(hz - 262.0F) < 5.0F) {
      left_power += 0.5 * (1.0 - position) * power;
      right_power += 0.5 * (1.0 + position) * power;
    } else if (std::abs(hz - 920.0F) < 15.0F) {
      high_left += 0.5 * (1.0 - position) * power;
      high_right += 0.5 * (1.0 + position) * power;
    }
  }
  REQUIRE(left_power > 0.0);
  REQUIRE(high_right > 0.0);
  CHECK(left_power > 20.0 * right_power);
  CHECK(std::abs(10.0 * std::log10(high_right / high_left) - 6.0) < 2.0);
}
