#include "tests/unit/synthesis/sounds.hpp"

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

#include "lib/core/dice.hpp"
#include "lib/synthesis/event_numbers.hpp"

namespace ictus::synthesis {
namespace {

std::size_t sample_at(double seconds) { return static_cast<std::size_t>(std::lround(seconds * kRate)); }

std::complex<double> correlation(const std::vector<float>& samples, double hz, double from_s, double to_s) {
  const std::size_t begin = sample_at(from_s);
  const std::size_t end = sample_at(to_s);
  std::complex<double> sum = 0.0;
  double weight = 0.0;
  for (std::size_t i = begin; i < end; ++i) {
    const double x = static_cast<double>(i - begin) / static_cast<double>(end - begin);
    const double window = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * x);
    const double turns = hz * static_cast<double>(i - begin) / kRate;
    sum += window * static_cast<double>(samples.at(i)) * std::polar(1.0, -2.0 * std::numbers::pi * turns);
    weight += window;
  }
  return 2.0 * sum / weight;
}

}  // namespace

EventSound steady_tone(float hz) {
  EventSound sound{};
  sound.pitch_octaves = std::log2(hz);
  sound.balance_db = 90.0F;
  sound.inharmonicity_log = std::log(1e-6F);
  sound.glide_log_s = std::log(0.1F);
  sound.vibrato_log_hz = std::log(5.0F);
  sound.attack_log_s = std::log(0.001F);
  sound.hold_log_s = std::log(100.0F);
  sound.damping_log_rate = std::log(100.0F);
  sound.room_db = -80.0F;
  sound.room_log_s = std::log(1.0F);
  sound.noise_attack_log_s = std::log(0.001F);
  sound.decay_log_rate.fill(std::log(1e-4F));
  sound.noise_decay_log_rate.fill(std::log(1e-4F));
  sound.partials_db.fill(-120.0F);
  sound.partials_db[0] = 0.0F;
  return sound;
}

EventSound steady_noise() {
  EventSound sound = steady_tone(1000.0F);
  sound.balance_db = -90.0F;
  return sound;
}

EventSound lively(float hz) {
  EventSound sound = steady_tone(hz);
  sound.gain_db = -12.0F;
  for (std::size_t knot = 0; knot < kPartialKnots; ++knot)
    sound.partials_db[knot] = knot < 9 ? -3.0F * static_cast<float>(knot) : -90.0F;
  sound.balance_db = 15.0F;
  sound.glide_semitones = -2.0F;
  sound.vibrato_semitones = 0.3F;
  sound.attack_log_s = std::log(0.02F);
  sound.hold_log_s = std::log(0.4F);
  sound.damping_log_rate = std::log(40.0F);
  sound.decay_log_rate = {0.0F, 0.5F, 1.0F, 1.5F};
  sound.noise_decay_log_rate = {1.5F, 2.0F};
  sound.contour_db = {1.0F, -2.0F, 2.0F, 0.0F, -3.0F, -6.0F};
  sound.room_db = -15.0F;
  sound.position = 0.3F;
  return sound;
}

std::shared_ptr<const EventModel> plain_model() { return std::make_shared<EventModel>(); }

std::shared_ptr<const EventModel> one_partial_model(std::size_t partial) {
  auto model = std::make_shared<EventModel>();
  // The mean comes first, and in it the partials, 10 dB for each 1.
  for (std::size_t knot = 0; knot < kPartialKnots; ++knot)
    model->timbre.weights()[knot] = knot + 1 == partial ? 0.0F : -12.0F;
  return model;
}

std::shared_ptr<const EventModel> random_model() {
  auto model = std::make_shared<EventModel>();
  Dice dice(3);
  for (float& weight : model->timbre.weights()) weight = static_cast<float>(0.1 * dice.normal());
  return model;
}

void set(Event& event, NumberPlace place, float value) {
  event.vector[place] = kNumbers[place].number_of(value);
}

Event plain_event(float hz, float gain_db) {
  Event event;
  event.gain_db = gain_db;
  set(event, kPitch, hz);
  set(event, kBalance, 60.0F);
  set(event, kGlide, 0.0F);
  set(event, kVibrato, 0.0F);
  set(event, kAttack, 0.001F);
  set(event, kHold, 0.5F);
  set(event, kDamping, 0.005F);
  set(event, kDecay, 500.0F);
  set(event, kTilt, 1.0F);
  set(event, kInharmonicity, 1e-6F);
  set(event, kRoom, -60.0F);
  set(event, kPosition, 0.0F);
  return event;
}

std::vector<float> rendered(const std::vector<Placed>& events, std::int64_t length_samples,
                            const SynthesizerSettings& settings) {
  Synthesizer synthesizer(settings);
  std::vector<float> samples;
  const auto take = [&](std::span<const float> part) {
    samples.insert(samples.end(), part.begin(), part.end());
  };
  for (const auto& [onset_samples, sound] : events) {
    take(synthesizer.render(onset_samples));
    synthesizer.add(sound, onset_samples);
  }
  take(synthesizer.finish(length_samples));
  return samples;
}

std::vector<float> rendered(const EventSound& sound, double seconds) {
  SynthesizerSettings settings;
  settings.projects = false;
  return rendered({{0, sound}}, static_cast<std::int64_t>(sample_at(seconds)), settings);
}

std::vector<float> channel(const std::vector<float>& samples, std::size_t c) {
  std::vector<float> result;
  for (std::size_t i = c; i < samples.size(); i += 2) result.push_back(samples[i]);
  return result;
}

double amplitude_at(const std::vector<float>& samples, double hz, double from_s, double to_s) {
  return std::abs(correlation(samples, hz, from_s, to_s));
}

double phase_at(const std::vector<float>& samples, double hz, double from_s, double to_s) {
  return std::arg(correlation(samples, hz, from_s, to_s)) / (2.0 * std::numbers::pi);
}

double power_of(const std::vector<float>& samples, double from_s, double to_s) {
  double sum = 0.0;
  for (std::size_t i = sample_at(from_s); i < sample_at(to_s); ++i)
    sum += static_cast<double>(samples.at(i)) * static_cast<double>(samples.at(i));
  return 2.0 * sum / static_cast<double>(sample_at(to_s) - sample_at(from_s));
}

double crossing_hz(const std::vector<float>& samples, double from_s, double to_s) {
  double first = -1.0;
  double last = -1.0;
  int count = -1;
  for (std::size_t i = sample_at(from_s); i + 1 < sample_at(to_s); ++i) {
    const auto now = static_cast<double>(samples.at(i));
    const auto next = static_cast<double>(samples.at(i + 1));
    if (now >= 0.0 || next < 0.0) continue;
    last = static_cast<double>(i) + now / (now - next);
    if (first < 0.0) first = last;
    ++count;
  }
  return static_cast<double>(count) * kRate / (last - first);
}

double decibels(double power_ratio) { return 10.0 * std::log10(power_ratio); }

}  // namespace ictus::synthesis
