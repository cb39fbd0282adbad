// That a synthesis is a stream: what comes out does not depend on how it is asked for.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "lib/core/dice.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

std::vector<Placed> some_events(std::uint64_t seed, int count, std::int64_t length_samples) {
  Dice dice(seed);
  std::vector<Placed> events;
  for (int i = 0; i < count; ++i) {
    EventSound sound = lively(static_cast<float>(60.0 * std::exp2(6.0 * dice.uniform())));
    sound.position = static_cast<float>(2.0 * dice.uniform() - 1.0);
    sound.balance_db = static_cast<float>(50.0 * dice.uniform() - 10.0);
    if (i % 2 == 0) sound.vibrato_semitones = sound.glide_semitones = 0.0F;
    events.emplace_back(static_cast<std::int64_t>(dice.uniform() * static_cast<double>(length_samples)),
                        sound);
  }
  std::sort(events.begin(), events.end(), [](const Placed& a, const Placed& b) { return a.first < b.first; });
  return events;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](float x, float y) {
           return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
         });
}

double difference_db(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0.0;
  double whole = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2.0);
    whole += std::pow(static_cast<double>(b[i]), 2.0);
  }
  return decibels(difference / whole);
}

/// Of a synthesis without projection.
SynthesizerSettings dry() {
  SynthesizerSettings settings;
  settings.projects = false;
  return settings;
}

}  // namespace

TEST_CASE("What begins from silence begins at its onset, at once") {
  constexpr std::int64_t kOnset = 20001;
  EventSound noisy = steady_tone(440.0F);
  noisy.balance_db = 0.0F;
  EventSound gliding = steady_tone(440.0F);
  gliding.glide_semitones = -2.0F;
  for (const EventSound& sound : {steady_tone(440.0F), gliding, noisy, steady_noise()}) {
    for (const int channels : {1, 2}) {
      SynthesizerSettings settings;
      settings.channels = channels;
      const auto samples = rendered({{kOnset, sound}}, 2 * kOnset, settings);
      const auto first = samples.begin() + kOnset * channels;
      CHECK(std::all_of(samples.begin(), first, [](float x) { return x == 0.0F; }));
      const auto energy = [first, channels](double from_s, double to_s) {
        double sum = 0.0;
        for (auto i = static_cast<std::ptrdiff_t>(from_s * kRate);
             i < static_cast<std::ptrdiff_t>(to_s * kRate); ++i)
          sum += std::pow(static_cast<double>(first[i * channels]), 2.0);
        return sum / (to_s - from_s);
      };
      // Within 10 ms of what it is later, 3 dB.
      CHECK(std::abs(decibels(energy(0.002, 0.012) / energy(0.15, 0.25))) < 3.0);
    }
  }
}

TEST_CASE("The samples are the same, bit for bit, however time is cut") {
  constexpr std::int64_t kLength = 3 * kRate + 123;
  const std::vector<Placed> events = some_events(1, 24, 2 * kRate);
  for (const int channels : {1, 2}) {
    for (const bool projects : {false, true}) {
      CAPTURE(channels);
      CAPTURE(projects);
      SynthesizerSettings settings;
      settings.channels = channels;
      settings.projects = projects;
      // All at once.
      Synthesizer whole(settings);
      for (const auto& [onset_samples, sound] : events) whole.add(sound, onset_samples);
      const auto rest = whole.finish(kLength);
      const std::vector<float> expected(rest.begin(), rest.end());
      REQUIRE(expected.size() == static_cast<std::size_t>(kLength * channels));
      Dice dice(7);
      for (int round = 0; round < 4; ++round) {
        Synthesizer synthesizer(settings);
        std::vector<float> samples;
        const auto take = [&](std::span<const float> part) {
          samples.insert(samples.end(), part.begin(), part.end());
        };
        std::size_t next = 0;
        std::int64_t now = 0;
        while (now < kLength) {
          now += static_cast<std::int64_t>(std::pow(dice.uniform(), 3.0) * (round == 0 ? 300.0 : 20000.0));
          while (next < events.size() && events[next].first < now) {
            synthesizer.add(events[next].second, events[next].first);
            ++next;
          }
          if (now < kLength) take(synthesizer.render(now));
        }
        take(synthesizer.finish(kLength));
        CHECK(same(samples, expected));
      }
    }
  }
}

TEST_CASE("What is rendered is final soon after its time") {
  for (const bool projects : {false, true}) {
    CAPTURE(projects);
    SynthesizerSettings settings;
    settings.projects = projects;
    Synthesizer synthesizer(settings);
    synthesizer.add(steady_tone(440.0F), 0);
    const std::size_t count = synthesizer.render(kRate).size();
    CHECK(count <= kRate);
    CHECK(count > static_cast<std::size_t>(kRate - 1024 - (projects ? 4096 : 0)));
  }
}

TEST_CASE("Lengths are exact") {
  for (const bool projects : {false, true}) {
    SynthesizerSettings settings;
    settings.projects = projects;
    for (const int channels : {1, 2}) {
      settings.channels = channels;
      for (const std::int64_t length : {0, 1, 1023, 1024, 1025, 3072, 4097, 50000}) {
        CAPTURE(length);
        CHECK(rendered({}, length, settings).size() == static_cast<std::size_t>(length * channels));
        CHECK(rendered({{0, lively(300.0F)}}, length, settings).size() ==
              static_cast<std::size_t>(length * channels));
      }
    }
  }
}

TEST_CASE("Without events there is silence") {
  SynthesizerSettings settings;
  const std::vector<float> samples = rendered({}, 100000, settings);
  CHECK(std::all_of(samples.begin(), samples.end(), [](float x) { return x == 0.0F; }));
}

TEST_CASE("After the last event has died away there is silence") {
  SynthesizerSettings settings;
  for (const bool projects : {false, true}) {
    settings.projects = projects;
    const std::vector<float> samples = rendered({{0, lively(300.0F)}}, 10 * kRate, settings);
    CHECK(std::any_of(samples.begin(), samples.begin() + kRate, [](float x) { return std::abs(x) > 0.01F; }));
    CHECK(std::all_of(samples.begin() + 8 * kRate, samples.end(), [](float x) { return x == 0.0F; }));
  }
}

TEST_CASE("An event sounds the same wherever it lies") {
  const EventSound sound = lively(250.0F);
  const std::vector<float> first = rendered({{0, sound}}, kRate, dry());
  // Noise is made in frames that begin every 512 samples; partials are not made in any.
  for (const std::int64_t onset : {512, 1536, 51200, 512 * 501}) {
    CAPTURE(onset);
    std::vector<float> later = rendered({{onset, sound}}, onset + kRate, dry());
    CHECK(std::all_of(later.begin(), later.begin() + onset, [](float x) { return x == 0.0F; }));
    later.erase(later.begin(), later.begin() + onset);
    CHECK(same(later, first));
  }
  EventSound tonal = sound;
  tonal.balance_db = 100.0F;
  const std::vector<float> tone = rendered({{0, tonal}}, kRate, dry());
  for (const std::int64_t onset : {1, 63, 1000, 77777}) {
    CAPTURE(onset);
    std::vector<float> later = rendered({{onset, tonal}}, onset + kRate, dry());
    later.erase(later.begin(), later.begin() + onset);
    CHECK(same(later, tone));
  }
}

TEST_CASE("The sum of stems is the whole") {
  const std::vector<Placed> events = some_events(2, 8, kRate);
  const std::vector<float> whole = rendered(events, 2 * kRate, dry());
  std::vector<float> sum(whole.size());
  for (const Placed& event : events) {
    const std::vector<float> stem = rendered({event}, 2 * kRate, dry());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += stem[i];
  }
  CHECK(difference_db(sum, whole) < -110.0);
}

TEST_CASE("Numbers at the ends of what they may be give sound that is finite") {
  const auto finite = [](const std::vector<float>& samples) {
    return std::all_of(samples.begin(), samples.end(), [](float x) { return std::abs(x) < 100.0F; });
  };
  const auto extreme = [](float pitch_hz, bool high) {
    EventSound sound = lively(pitch_hz);
    sound.balance_db = high ? 60.0F : -40.0F;
    sound.inharmonicity_log = std::log(high ? 3e-3F : 1e-6F);
    sound.glide_semitones = high ? 24.0F : -24.0F;
    sound.glide_log_s = std::log(high ? 2.0F : 0.02F);
    sound.vibrato_semitones = high ? 2.0F : 0.0F;
    sound.vibrato_log_hz = std::log(high ? 9.0F : 3.0F);
    sound.attack_log_s = sound.noise_attack_log_s = std::log(high ? 1.0F : 0.001F);
    sound.hold_log_s = std::log(high ? 12.0F : 0.02F);
    sound.damping_log_rate = std::log(13.8F / (high ? 3.0F : 0.005F));
    sound.decay_log_rate.fill(std::log(13.8F / (high ? 25.0F : 0.03F)));
    sound.noise_decay_log_rate.fill(std::log(13.8F / (high ? 25.0F : 0.03F)));
    sound.contour_db.fill(high ? 30.0F : -30.0F);
    sound.partials_db.fill(high ? 40.0F : -60.0F);
    sound.body_db.fill(high ? 30.0F : -30.0F);
    sound.noise_db.fill(high ? 40.0F : -60.0F);
    sound.room_db = high ? 0.0F : -60.0F;
    sound.room_log_s = std::log(high ? 10.0F : 0.05F);
    sound.position = high ? 1.0F : -1.0F;
    sound.gain_db = high ? -30.0F : -100.0F;
    return sound;
  };
  for (const bool projects : {false, true}) {
    for (const float hz : {25.0F, 440.0F, 10500.0F, 21000.0F}) {
      for (const bool high : {false, true}) {
        CAPTURE(projects);
        CAPTURE(hz);
        CAPTURE(high);
        SynthesizerSettings settings;
        settings.projects = projects;
        settings.channels = 2;
        const EventSound sound = extreme(hz, high);
        CHECK(finite(rendered({{0, sound}, {500, sound}}, 3 * kRate, settings)));
      }
    }
  }
}

TEST_CASE("Half of the sample rate and less is all that there is at a lower one") {
  SynthesizerSettings settings;
  settings.sample_rate_hz = 22050;
  settings.window_samples = 2048;
  settings.hop_samples = 512;
  EventSound sound = steady_tone(8000.0F);
  sound.partials_db.fill(0.0F);  // 16 kHz would be heard at 6 kHz
  for (const bool projects : {false, true}) {
    settings.projects = projects;
    const std::vector<float> samples = rendered({{0, sound}}, 2 * 22050, settings);
    // As if at 44.1 kHz, where all frequencies are twice as high.
    CHECK(std::abs(decibels(std::pow(amplitude_at(samples, 16000.0, 0.2, 0.8), 2.0)) + decibels(2.0)) < 0.2);
    CHECK(decibels(power_of(samples, 0.2, 0.8)) < -2.8);
  }
}

TEST_CASE("What cannot be synthesized is refused") {
  SynthesizerSettings settings;
  settings.channels = 3;
  CHECK_THROWS_AS(Synthesizer{settings}, Error);
  settings.channels = 2;
  settings.hop_samples = 1000;
  CHECK_THROWS_AS(Synthesizer{settings}, Error);
  settings.hop_samples = 2048;  // twice a window is not enough
  CHECK_THROWS_AS(Synthesizer{settings}, Error);

  Synthesizer synthesizer(SynthesizerSettings{});
  synthesizer.add(steady_tone(440.0F), 1000);
  CHECK_THROWS_AS(synthesizer.add(steady_tone(440.0F), 999), Error);
  synthesizer.render(5000);
  CHECK_THROWS_AS(synthesizer.add(steady_tone(440.0F), 4999), Error);
  EventSound broken = steady_tone(440.0F);
  broken.gain_db = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(synthesizer.add(broken, 6000), Error);
}

}  // namespace ictus::synthesis
