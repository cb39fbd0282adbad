#include "lib/synthesis/timbre.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/synthesis/layers.hpp"
#include "lib/synthesis/rings.hpp"
#include "lib/synthesis/sound_range.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::synthesis {
namespace {

// Where the parts of the weights begin.
constexpr std::size_t kHidden = TimbreNetwork::kHidden;
constexpr std::size_t kMean = 0;
constexpr std::size_t kLinear = kMean + kTimbreOutputs;
constexpr std::size_t kW1 = kLinear + kTimbreNumbers * kTimbreOutputs;
constexpr std::size_t kB1 = kW1 + kEventVectorSize * kHidden;
constexpr std::size_t kW2 = kB1 + kHidden;
constexpr std::size_t kB2 = kW2 + kHidden * kHidden;
constexpr std::size_t kW3 = kB2 + kHidden;
static_assert(kW3 + kHidden * kTimbreOutputs == TimbreNetwork::kWeights);

/// Half the range of a number, in logarithms where its steps are ratios: what a slope by it is worth.
float half_range(std::size_t place) {
  const NamedNumber& number = kNumbers[place];
  return 0.5F * (number.is_ratio ? std::log(number.high / number.low) : number.high - number.low);
}
/// The value, or its logarithm where its steps are ratios.
float scaled_value(const EventVector& vector, std::size_t place) {
  const NamedNumber& number = kNumbers[place];
  const float middle =
      0.5F * (number.is_ratio ? std::log(number.high * number.low) : number.high + number.low);
  return middle + vector[place] * half_range(place);
}
float number_for(float scaled, std::size_t place) {
  const NamedNumber& number = kNumbers[place];
  const float middle =
      0.5F * (number.is_ratio ? std::log(number.high * number.low) : number.high + number.low);
  return std::clamp((scaled - middle) / half_range(place), -1.0F, 1.0F);
}

/// Where the knots of the decays lie between the lowest, -1, and the highest, 1.
const std::array<float, kDecayKnots>& tilt_places() {
  static const std::array<float, kDecayKnots> places = [] {
    std::array<float, kDecayKnots> at{};
    const std::array<float, kDecayKnots> hz{100, 700, 2500, 8000};
    for (std::size_t k = 0; k < at.size(); ++k)
      at[k] = 2.0F * (mel_of(hz[k]) - mel_of(hz.front())) / (mel_of(hz.back()) - mel_of(hz.front())) - 1.0F;
    return at;
  }();
  return places;
}

/// Outputs of the network, in the order in which a sound takes them.
struct Outputs {
  template <typename Sound, typename Values, typename Use>
  static void each(Sound& sound, Values& values, const Use& use) {
    std::size_t at = 0;
    for (auto& knot : sound.partials_db) use(knot, values[at++], kLevelScale);
    for (auto& knot : sound.body_db) use(knot, values[at++], kLevelScale);
    for (auto& knot : sound.noise_db) use(knot, values[at++], kLevelScale);
    for (auto& point : sound.contour_db) use(point, values[at++], kLevelScale);
    for (auto& knot : sound.decay_log_rate) use(knot, values[at++], kRateScale);
    for (auto& knot : sound.noise_decay_log_rate) use(knot, values[at++], kRateScale);
    use(sound.noise_attack_log_s, values[at++], kRateScale);
  }
  static constexpr float kLevelScale = 10.0F;  ///< dB for an output of 1
  static constexpr float kRateScale = 1.0F;
};

/// What the hidden layers look at: how a pitch moves, the room and where in it an event is heard change no
/// timbre.
EventVector heard(const EventVector& vector) {
  EventVector some = vector;
  for (const NumberPlace place :
       {kGlide, kGlideTime, kVibrato, kVibratoRate, kVibratoPhase, kRoom, kRoomTime, kPosition})
    some[place] = 0.0F;
  return some;
}

/// What the named numbers alone say.
EventSound named_sound(const EventVector& vector, float gain_db) {
  EventSound sound{};
  sound.gain_db = gain_db;
  sound.pitch_octaves = scaled_value(vector, kPitch) / std::numbers::ln2_v<float>;
  sound.balance_db = scaled_value(vector, kBalance);
  sound.glide_semitones = scaled_value(vector, kGlide);
  sound.glide_log_s = scaled_value(vector, kGlideTime);
  sound.vibrato_semitones = scaled_value(vector, kVibrato);
  sound.vibrato_log_hz = scaled_value(vector, kVibratoRate);
  sound.vibrato_turns = scaled_value(vector, kVibratoPhase);
  sound.attack_log_s = scaled_value(vector, kAttack);
  sound.hold_log_s = scaled_value(vector, kHold);
  sound.damping_log_rate = std::log(kDecay60) - scaled_value(vector, kDamping);
  sound.inharmonicity_log = scaled_value(vector, kInharmonicity);
  sound.room_db = scaled_value(vector, kRoom);
  sound.room_log_s = scaled_value(vector, kRoomTime);
  sound.position = scaled_value(vector, kPosition);
  const float rate = std::log(kDecay60) - scaled_value(vector, kDecay);
  for (std::size_t k = 0; k < kDecayKnots; ++k)
    sound.decay_log_rate[k] = rate + 0.5F * scaled_value(vector, kTilt) * tilt_places()[k];
  sound.noise_decay_log_rate.fill(rate);
  sound.noise_attack_log_s = sound.attack_log_s;
  return sound;
}

}  // namespace

struct TimbreNetwork::Layers {
  std::array<float, kHidden> before1{}, first{};
  std::array<float, kHidden> before2{}, second{};
  std::array<float, kTimbreOutputs> out{};
};

TimbreNetwork::TimbreNetwork() : weights_(kWeights) {}

TimbreNetwork::TimbreNetwork(std::vector<float> weights) : weights_(std::move(weights)) {
  if (weights_.size() != kWeights)
    throw Error("the timbre network has another number of weights than this program's");
}

std::span<float> TimbreNetwork::first_layer() { return weights().subspan(kW1, kB1 - kW1); }
std::span<float> TimbreNetwork::second_layer() { return weights().subspan(kW2, kB2 - kW2); }

TimbreNetwork::Layers TimbreNetwork::run(const EventVector& vector) const {
  Layers layers;
  const float* w = weights_.data();
  const float* timbre = vector.data() + kNamedNumbers;
  std::copy_n(w + kB1, kHidden, layers.before1.begin());
  add_product(heard(vector).data(), w + kW1, kEventVectorSize, kHidden, layers.before1.data());
  std::transform(layers.before1.begin(), layers.before1.end(), layers.first.begin(), silu);
  std::copy_n(w + kB2, kHidden, layers.before2.begin());
  add_product(layers.first.data(), w + kW2, kHidden, kHidden, layers.before2.data());
  std::transform(layers.before2.begin(), layers.before2.end(), layers.first.begin(), layers.second.begin(),
                 [](float x, float first) { return first + silu(x); });
  std::copy_n(w + kMean, kTimbreOutputs, layers.out.begin());
  add_product(timbre, w + kLinear, kTimbreNumbers, kTimbreOutputs, layers.out.data());
  add_product(layers.second.data(), w + kW3, kHidden, kTimbreOutputs, layers.out.data());
  return layers;
}

EventSound TimbreNetwork::sound_of(const EventVector& vector, float gain_db) const {
  const Layers layers = run(vector);
  EventSound sound = named_sound(vector, gain_db);
  Outputs::each(sound, layers.out, [](float& to, const float& value, float scale) { to += scale * value; });
  hold_in_range(sound);
  return sound;
}

void TimbreNetwork::add_gradient(const EventVector& vector, const EventSound& by_sound, EventVector& gradient,
                                 std::span<float> by_weights) const {
  const Layers layers = run(vector);
  std::array<float, kTimbreOutputs> by_out{};
  Outputs::each(by_sound, by_out, [](const float& by, float& out, float scale) { out = scale * by; });

  const float* w = weights_.data();
  const auto part = [&](std::size_t at) { return by_weights.empty() ? nullptr : by_weights.data() + at; };
  const auto add = [](const auto& values, float* to) {
    if (to == nullptr) return;
    for (std::size_t i = 0; i < values.size(); ++i) to[i] += values[i];
  };
  std::array<float, kHidden> by_second{}, by_first{}, by_before{};
  add(by_out, part(kMean));
  add_product_gradient(vector.data() + kNamedNumbers, w + kLinear, by_out.data(), kTimbreNumbers,
                       kTimbreOutputs, gradient.data() + kNamedNumbers, part(kLinear));
  add_product_gradient(layers.second.data(), w + kW3, by_out.data(), kHidden, kTimbreOutputs,
                       by_second.data(), part(kW3));
  for (std::size_t i = 0; i < kHidden; ++i) by_before[i] = by_second[i] * silu_slope(layers.before2[i]);
  add(by_before, part(kB2));
  by_first = by_second;
  add_product_gradient(layers.first.data(), w + kW2, by_before.data(), kHidden, kHidden, by_first.data(),
                       part(kW2));
  for (std::size_t i = 0; i < kHidden; ++i) by_before[i] = by_first[i] * silu_slope(layers.before1[i]);
  add(by_before, part(kB1));
  EventVector by_heard{};
  add_product_gradient(heard(vector).data(), w + kW1, by_before.data(), kEventVectorSize, kHidden,
                       by_heard.data(), part(kW1));
  by_heard = heard(by_heard);
  for (std::size_t i = 0; i < by_heard.size(); ++i) gradient[i] += by_heard[i];

  const auto named = [&](std::size_t place, float by) { gradient[place] += by * half_range(place); };
  named(kPitch, by_sound.pitch_octaves / std::numbers::ln2_v<float>);
  named(kBalance, by_sound.balance_db);
  named(kGlide, by_sound.glide_semitones);
  named(kGlideTime, by_sound.glide_log_s);
  named(kVibrato, by_sound.vibrato_semitones);
  named(kVibratoRate, by_sound.vibrato_log_hz);
  named(kVibratoPhase, by_sound.vibrato_turns);
  named(kAttack, by_sound.attack_log_s + by_sound.noise_attack_log_s);
  named(kHold, by_sound.hold_log_s);
  named(kDamping, -by_sound.damping_log_rate);
  named(kInharmonicity, by_sound.inharmonicity_log);
  named(kRoom, by_sound.room_db);
  named(kRoomTime, by_sound.room_log_s);
  named(kPosition, by_sound.position);
  float by_rate = by_sound.noise_decay_log_rate[0] + by_sound.noise_decay_log_rate[1];
  float by_tilt = 0.0F;
  for (std::size_t k = 0; k < kDecayKnots; ++k) {
    by_rate += by_sound.decay_log_rate[k];
    by_tilt += 0.5F * by_sound.decay_log_rate[k] * tilt_places()[k];
  }
  named(kDecay, -by_rate);
  named(kTilt, by_tilt);
}

EventVector settled(EventVector vector) {
  const auto set = [&](std::size_t place, float value) { vector[place] = kNumbers[place].number_of(value); };
  const auto is = [&](std::size_t place) { return kNumbers[place].value_of(vector[place]); };
  if (std::abs(is(kGlide)) <= kStillSemitones) {
    set(kGlide, 0.0F);
    set(kGlideTime, 0.2F);
  }
  if (is(kVibrato) <= kStillSemitones) {
    set(kVibrato, 0.0F);
    set(kVibratoRate, 5.5F);
    set(kVibratoPhase, 0.0F);
  }
  if (is(kRoom) <= kLeastRoomDb) {
    set(kRoom, kNumbers[kRoom].low);
    set(kRoomTime, 0.8F);
  }
  return vector;
}

EventVector named_numbers_of(const EventSound& sound) {
  EventVector vector{};
  const auto set = [&](std::size_t place, float scaled) { vector[place] = number_for(scaled, place); };
  set(kPitch, sound.pitch_octaves * std::numbers::ln2_v<float>);
  set(kBalance, sound.balance_db);
  set(kGlide, sound.glide_semitones);
  set(kGlideTime, sound.glide_log_s);
  // A swing that begins the other way is half a turn later.
  const float turns = sound.vibrato_turns + (sound.vibrato_semitones < 0.0F ? 0.5F : 0.0F);
  set(kVibrato, std::abs(sound.vibrato_semitones));
  set(kVibratoRate, sound.vibrato_log_hz);
  set(kVibratoPhase, turns - std::round(turns));
  set(kAttack, sound.attack_log_s);
  set(kHold, sound.hold_log_s);
  set(kDamping, std::log(kDecay60) - sound.damping_log_rate);
  set(kInharmonicity, sound.inharmonicity_log);
  set(kRoom, sound.room_db);
  set(kRoomTime, sound.room_log_s);
  set(kPosition, sound.position);
  float rate = 0.0F, slope = 0.0F, norm = 0.0F;
  for (std::size_t k = 0; k < kDecayKnots; ++k) {
    rate += sound.decay_log_rate[k] / kDecayKnots;
    slope += sound.decay_log_rate[k] * tilt_places()[k];
    norm += tilt_places()[k] * tilt_places()[k];
  }
  set(kDecay, std::log(kDecay60) - rate);
  set(kTilt, 2.0F * slope / norm);
  return vector;
}

std::array<float, kTimbreOutputs> timbre_of(const EventSound& sound, const EventVector& vector) {
  const EventSound named = named_sound(vector, sound.gain_db);
  EventSound rest = sound;
  const auto all = numbers_of(rest);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] -= numbers_of(named)[i];
  std::array<float, kTimbreOutputs> out{};
  Outputs::each(rest, out, [](const float& value, float& to, float scale) { to = value / scale; });
  return out;
}

}  // namespace ictus::synthesis
