// What is left out beside what sounds, and that nothing else is.
#include "lib/synthesis/masking.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

/// What a tone of full scale masks at another frequency, in dB re full scale.
double masked_by_tone_db(double tone_hz, double hz) {
  const BandView view = BandView::bins(kRate, 4096, 1024);
  Masking masking(view, 1);
  std::vector<std::vector<float>> power(1, std::vector<float>(static_cast<std::size_t>(view.bin_count())));
  power[0][static_cast<std::size_t>(std::lround(tone_hz / view.hz_per_bin()))] = 4096.0F / 6.0F;
  masking.listen(power);
  return decibels(masking.masked_tone(0, static_cast<float>(hz)));
}

EventSound soft_tone(float hz, float gain_db) {
  EventSound sound = steady_tone(hz);
  sound.gain_db = gain_db;
  return sound;
}

}  // namespace

TEST_CASE("A tone masks its neighbours, more so above than below, and nothing far away") {
  CHECK(masked_by_tone_db(1000.0, 1000.0) == doctest::Approx(-20.0).epsilon(0.001));
  // By Zwicker's table a Bark above 1000 Hz is some 1170 Hz, a Bark below some 850 Hz.
  const double above = masked_by_tone_db(1000.0, 1170.0);
  const double below = masked_by_tone_db(1000.0, 850.0);
  CHECK(std::abs(above - -35.0) < 3.0);
  CHECK(std::abs(below - -47.0) < 5.0);
  CHECK(masked_by_tone_db(1000.0, 3000.0) < -80.0);
  CHECK(masked_by_tone_db(1000.0, 300.0) < -80.0);
}

TEST_CASE("In silence nothing is masked") {
  const BandView view = BandView::bins(kRate, 4096, 1024);
  Masking masking(view, 2);
  const std::vector<std::vector<float>> silence(
      2, std::vector<float>(static_cast<std::size_t>(view.bin_count())));
  masking.listen(silence);
  for (const std::size_t c : {0U, 1U}) {
    for (const float hz : {0.0F, 100.0F, 5000.0F, 22050.0F}) CHECK(masking.masked_tone(c, hz) == 0.0F);
    for (const float density : masking.masked_noise(c)) CHECK(density == 0.0F);
  }
}

TEST_CASE("A soft tone two octaves from a loud one is as loud as by itself") {
  const std::vector<Placed> events{{0, steady_tone(500.0F)}, {0, soft_tone(2000.0F, -60.0F)}};
  const std::vector<float> samples = rendered(events, 2 * kRate, {});
  CHECK(std::abs(decibels(std::pow(amplitude_at(samples, 2000.0, 0.5, 1.5), 2.0)) + 60.0) < 0.5);
}

TEST_CASE("What was masked is heard as soon as what masked it has ended") {
  EventSound loud = steady_tone(1000.0F);
  loud.hold_log_s = std::log(0.5F);
  loud.damping_log_rate = std::log(13.8155106F / 0.01F);
  for (const bool moves : {false, true}) {
    CAPTURE(moves);
    EventSound soft = soft_tone(1050.0F, -40.0F);
    if (moves) soft.vibrato_semitones = 0.3F;
    const std::vector<float> samples = rendered({{0, loud}, {0, soft}}, 2 * kRate, {});
    // Not masked in its first moment, for all that masks begins with it; afterwards for as long as the loud
    // one.
    CHECK(std::abs(decibels(power_of(samples, 0.65, 0.75)) + 40.0) < 1.0);
    CHECK(std::abs(decibels(power_of(samples, 0.8, 1.8)) + 40.0) < 0.5);
  }
}

TEST_CASE("A tone that is masked on one side alone is heard on the other") {
  SynthesizerSettings settings;
  settings.channels = 2;
  EventSound left = steady_tone(1000.0F);
  left.position = -1.0F;
  EventSound right = soft_tone(1030.0F, -50.0F);
  right.position = 1.0F;
  const std::vector<float> samples = channel(rendered({{0, left}, {0, right}}, 2 * kRate, settings), 1);
  CHECK(std::abs(decibels(power_of(samples, 0.5, 1.5)) + 50.0) < 0.5);
}

TEST_CASE("Noise beside a tone that does not mask it keeps its power") {
  EventSound noise = steady_noise();
  noise.gain_db = -40.0F;
  const std::vector<float> samples = rendered({{0, soft_tone(400.0F, -20.0F)}, {0, noise}}, 3 * kRate, {});
  const std::vector<float> alone = rendered(noise, 3.0);
  for (const double hz : {3000.0, 9000.0}) {
    // Over a whole kHz, so that noise is measured as noise.
    double with = 0.0;
    double without = 0.0;
    for (int k = 0; k < 200; ++k) {
      with += std::pow(amplitude_at(samples, hz + 5.0 * k, 0.5, 2.5), 2.0);
      without += std::pow(amplitude_at(alone, hz + 5.0 * k, 0.5, 2.5), 2.0);
    }
    CHECK(std::abs(decibels(with / without)) < 1.0);
  }
}

}  // namespace ictus::synthesis
