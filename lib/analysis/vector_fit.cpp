#include "lib/analysis/vector_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/analysis/adam.hpp"
#include "lib/analysis/fit.hpp"
#include "lib/analysis/shares.hpp"
#include "lib/analysis/timbre_change.hpp"
#include "lib/synthesis/sound_range.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::analysis {
namespace {

using namespace synthesis;

constexpr float kPitchStepOctaves = 0.004F;
constexpr float kPitchPace = 0.4F;  // of fit()'s: a pitch is nearly right by now
constexpr float kGainStepDb = 1.6F;
constexpr float kLastGainStepDb = 1.0F;  // where all else is settled
constexpr float kOnsetStepS = 0.011F;
constexpr float kTimbreStep = 0.08F;

bool is_motion(std::size_t place) { return place >= synthesis::kGlide && place <= synthesis::kVibratoPhase; }

/// In octaves, semitones, decibels or logarithms, as fit() has them.
constexpr std::array<float, kNamedNumbers> kSteps{kPitchStepOctaves * 0.693147F,
                                                  6.4F,
                                                  0.08F,
                                                  0.08F,
                                                  0.048F,
                                                  0.016F,
                                                  0.032F,
                                                  0.24F,
                                                  0.16F,
                                                  0.24F,
                                                  0.24F,
                                                  0.24F,
                                                  0.24F,
                                                  1.6F,
                                                  0.16F,
                                                  0.08F};

/// How far a number goes in a step at most.
float vector_step(std::size_t place) {
  if (place >= kNamedNumbers) return kTimbreStep;
  const synthesis::NamedNumber& number = synthesis::kNumbers[place];
  const float range = number.is_ratio ? std::log(number.high / number.low) : number.high - number.low;
  return kSteps[place] / (0.5F * range);
}

}  // namespace

std::vector<EventSound> sounds_of(const std::vector<VectorEvent>& events, const TimbreNetwork& network) {
  std::vector<EventSound> sounds;
  sounds.reserve(events.size());
  for (const VectorEvent& event : events) {
    sounds.push_back(network.sound_of(event.vector, event.gain_db));
    sounds.back().onset_s = event.onset_s;
  }
  return sounds;
}

VectorEvent nearest_vector(const EventSound& sound, const TimbreNetwork& network) {
  VectorEvent event{sound.onset_s, sound.gain_db, synthesis::named_numbers_of(sound)};
  auto change = synthesis::timbre_of(sound, event.vector);
  const auto before = said_of(event.vector, network);
  for (std::size_t i = 0; i < kTimbreOutputs; ++i) change[i] -= before[i];
  TimbreOutputs all_alike{};
  all_alike.fill(1.0F);
  change_timbre(event.vector, change, all_alike, network);
  return event;
}

void NumberSteps::move(VectorEvent& event, const EventSound& sound, const EventSound& by_sound,
                       const EventVector& by_vector, float pace, bool motion) {
  std::array<float, kEventVectorSize + 2> gradient{};
  std::copy(by_vector.begin(), by_vector.end(), gradient.begin());
  gradient[kEventVectorSize] = by_sound.gain_db;
  gradient[kEventVectorSize + 1] = by_sound.onset_s;
  momentum_.add(gradient);
  for (std::size_t i = 0; i < kEventVectorSize; ++i) {
    if (is_motion(i) && !motion) continue;
    float most = vector_step(i);
    if (i == synthesis::kPitch)
      most *= kPitchPace * pitch_step_octaves(sound.pitch_octaves, kPitchStepOctaves) / kPitchStepOctaves;
    event.vector[i] = std::clamp(event.vector[i] - pace * most * momentum_.direction(i), -1.0F, 1.0F);
  }
  event.gain_db -= pace * kGainStepDb * momentum_.direction(kEventVectorSize);
  if (!event.is_placed) event.onset_s -= pace * kOnsetStepS * momentum_.direction(kEventVectorSize + 1);
}

float fit_vectors(std::vector<VectorEvent>& events, const TimbreNetwork& network, const Target& target,
                  const PowerMaps& carried, const FitSteps& steps, int threads) {
  const DistanceSlopes distance(target, carried, steps.every, threads);
  std::vector<EventSound> slopes;
  std::vector<NumberSteps> number_steps(events.size());
  for (int step = 0; step < steps.count; ++step) {
    if (step == steps.count / 2 && steps.half_way) steps.half_way(events);
    const std::vector<EventSound> sounds = sounds_of(events, network);
    distance.at(sounds, step, slopes);
    for (std::size_t e = 0; e < events.size(); ++e) {
      synthesis::stop_at_range(sounds[e], slopes[e]);
      EventVector by_vector{};
      network.add_gradient(events[e].vector, slopes[e], by_vector, {});
      number_steps[e].move(events[e], sounds[e], slopes[e], by_vector, steps.pace * cooled(step, steps.count),
                           synthesis::moves(sounds[e]));
    }
  }
  return distance_of(sounds_of(events, network), target, carried);
}

float fit_gains(std::vector<VectorEvent>& events, const TimbreNetwork& network, const Target& target,
                const PowerMaps& carried, int steps) {
  const Target half(target.sound().thinned(0), target.weights(), target.peak(), 2);
  const std::vector<Share> shares = shares_of(sounds_of(events, network), half);
  const PowerMaps carried_half = carried.thinned(0);
  std::vector<float> change_db(events.size());
  std::vector<Momentum<1>> momenta(events.size());
  PowerMaps explained = carried_half;
  PowerMaps by_power = carried_half;
  const auto factor = [&](std::size_t e) { return std::exp(synthesis::kTenthOfLog10 * change_db[e]); };
  const auto explain = [&] {
    explained = carried_half;
    for (std::size_t e = 0; e < events.size(); ++e) add(shares[e], factor(e), explained);
  };
  for (int step = 0; step < steps; ++step) {
    explain();
    half.distance(explained, by_power);
    for (std::size_t e = 0; e < events.size(); ++e) {
      momenta[e].add(std::array{synthesis::kTenthOfLog10 * factor(e) * inner(shares[e], by_power)});
      change_db[e] -= cooled(step, steps) * kLastGainStepDb * momenta[e].direction(0);
    }
  }
  for (std::size_t e = 0; e < events.size(); ++e) events[e].gain_db += change_db[e];
  explain();
  return half.distance(explained, by_power);
}

}  // namespace ictus::analysis
