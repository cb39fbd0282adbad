#include "lib/compose/variation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/compose/standard_places.hpp"
#include "lib/core/pitch.hpp"

namespace ictus::compose {
namespace {

/// The event that begins nearest to a moment; of two that are as near the earlier.
const Event& nearest(const std::vector<Event>& events, std::int64_t samples) {
  const auto after =
      std::lower_bound(events.begin(), events.end(), samples,
                       [](const Event& event, std::int64_t at) { return event.onset_samples < at; });
  if (after == events.begin()) return *after;
  if (after == events.end() || samples - (after - 1)->onset_samples <= after->onset_samples - samples) {
    return *(after - 1);
  }
  return *after;
}

/// The nearest key, or note between keys, whose pitch class is in the scale; of two as near the lower.
double nearest_in_scale(double key, const Scale& scale) {
  double nearest_key = key;
  double away = 12.0;
  for (double candidate = std::floor(key) - 11.0; candidate <= key + 12.0; candidate += 1.0) {
    const auto pitch_class = static_cast<std::size_t>(std::fmod(candidate + 120.0, 12.0));
    if (!scale[pitch_class] || std::abs(candidate - key) >= away) continue;
    nearest_key = candidate;
    away = std::abs(candidate - key);
  }
  return nearest_key;
}

}  // namespace

Variation::Variation(VariationSettings settings, const formats::EventCoding& coding, EmitBlock emit)
    : settings_(std::move(settings)),
      onset_step_samples_(coding.precision == formats::Precision::coded ? coding.onset_step_samples : 1),
      emit_(std::move(emit)),
      vector_dice_(settings_.seed),
      time_dice_(settings_.seed + 1),
      reblocker_(emit_) {
  for (double& number : direction_) number = vector_dice_.normal();
}

std::int64_t Variation::moved(std::int64_t samples) const {
  // Without stretching in whole numbers, which are exact.
  const std::int64_t stretched =
      settings_.stretch == 1.0 ? samples : std::llround(static_cast<double>(samples) * settings_.stretch);
  return stretched + settings_.shift_samples;
}

void Variation::shape(Event& event) {
  Vector& vector = event.vector;
  if (settings_.morph) {
    const MorphTarget& target = *settings_.morph;
    const std::int64_t within =
        target.length_samples > 0 ? event.onset_samples % target.length_samples : event.onset_samples;
    const Vector& other = nearest(target.events, within).vector;
    const auto amount = static_cast<float>(target.amount);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] += amount * (other[i] - vector[i]);
  }
  if (settings_.random_vectors) vector = settings_.random_vectors->draw(vector_dice_);
  if (settings_.perturb > 0.0) {
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const double step = settings_.perturb_each ? vector_dice_.normal() : direction_[i];
      vector[i] = static_cast<float>(
          std::clamp(static_cast<double>(vector[i]) + settings_.perturb * step, -1.0, 1.0));
    }
  }
  if (settings_.transpose_semitones != 0.0 || settings_.tune) move_pitch(event);
  if (!settings_.changes.empty()) change_numbers(vector);
  if (settings_.reshape) settings_.reshape(vector);
  event.gain_db += settings_.gain_db;
}

void Variation::move_pitch(Event& event) {
  Vector& vector = event.vector;
  if (is_noise(vector)) {
    ++counts_.noise;
    return;
  }
  constexpr const formats::StandardNumber& kPitch = formats::kStandardNumbers[kPitchPlace];
  const auto number_for = [](double semitones) {
    return kPitch.number_for(static_cast<float>(std::exp2(semitones / 12.0)));
  };
  float moved = vector[kPitchPlace];
  if (settings_.transpose_semitones != 0.0) moved += number_for(settings_.transpose_semitones);
  if (settings_.tune) {
    const double key = key_of_hz(static_cast<double>(kPitch.value_of(moved)));
    moved += number_for(nearest_in_scale(key, *settings_.tune) - key);
  }
  if (std::abs(moved) > 1.0F) {
    ++counts_.beyond_range;
    return;
  }
  const double before_db = settings_.energy_db ? settings_.energy_db(vector) : 0.0;
  vector[kPitchPlace] = moved;
  if (settings_.energy_db) event.gain_db += static_cast<float>(before_db - settings_.energy_db(vector));
}

void Variation::change_numbers(Vector& vector) {
  bool ends = false;
  for (const NumberChange& change : settings_.changes) {
    const float wanted = change.is_set ? change.number : vector[change.place] + change.number;
    const float held = std::clamp(wanted, -1.0F, 1.0F);
    ends = ends || held != wanted;
    vector[change.place] = held;
  }
  if (ends) ++counts_.at_an_end;
}

/// The nearest beat, in part or all the way.
std::int64_t Variation::on_grid(std::int64_t samples) const {
  const Grid& grid = *settings_.grid;
  const auto onset = static_cast<double>(samples);
  const auto beat_at = [&grid](double beat) {
    const bool is_second = std::fmod(beat, 2.0) == 1.0;
    return grid.step_samples * (beat + (is_second ? grid.swing : 0.0));
  };
  const double before = std::max(std::floor(onset / grid.step_samples) - 1.0, 0.0);
  double nearest_beat = beat_at(before);
  for (double beat = before + 1.0; beat < before + 4.0; beat += 1.0)
    if (std::abs(beat_at(beat) - onset) < std::abs(nearest_beat - onset)) nearest_beat = beat_at(beat);
  return std::llround(onset + grid.strength * (nearest_beat - onset));
}

void Variation::push(const EventBlock& block) {
  const auto asked = [&](const Chooser& chooser) {
    return chooser && !block.events.empty() ? chooser(block.events, counts_.seen)
                                            : std::vector<bool>(block.events.size(), true);
  };
  const std::vector<bool> stays = asked(settings_.keep);
  const std::vector<bool> is_shaped = asked(settings_.where);
  counts_.seen += block.events.size();
  EventBlock result{{}, block.end_samples};
  for (std::size_t i = 0; i < block.events.size(); ++i) {
    if (!stays[i]) continue;
    Event& event = result.events.emplace_back(block.events[i]);
    if (!is_shaped[i]) continue;
    shape(event);
    if (settings_.grid && !settings_.random_times) event.onset_samples = on_grid(event.onset_samples);
  }
  if (settings_.random_times) {
    all_.insert(all_.end(), result.events.begin(), result.events.end());
  } else if (scatters()) {
    pass_scattered(result);
  } else {
    pass_shifted(result);
  }
}

/// Blocks keep their spans, so that onsets keep their places in the steps of the coding, which count from the
/// start of a block.
void Variation::pass_shifted(const EventBlock& block) {
  const std::int64_t start = start_samples_ + settings_.shift_samples;
  const std::int64_t end = block.end_samples + settings_.shift_samples;
  const bool is_first = start_samples_ == 0;
  start_samples_ = block.end_samples;
  EventBlock result{{}, end};
  for (Event event : block.events) {
    event.onset_samples += settings_.shift_samples;
    if (event.onset_samples >= 0) result.events.push_back(event);
  }
  counts_.kept += result.events.size();
  counts_.before_start += block.events.size() - result.events.size();
  if (end <= 0) return;
  if (is_first && start > 0) emit_({{}, start});
  if (start < 0) {
    const std::int64_t first_step = (start % onset_step_samples_ + onset_step_samples_) % onset_step_samples_;
    if (first_step > 0 && first_step < end) emit_({{}, first_step});
  }
  emit_(result);
}

void Variation::pass_scattered(const EventBlock& block) {
  for (Event event : block.events) {
    event.onset_samples = moved(event.onset_samples);
    if (event.onset_samples < 0) {
      ++counts_.before_start;
      continue;
    }
    ++counts_.kept;
    waiting_.push_back(event);
  }
  // Events to come are drawn to beats at most this much earlier.
  const auto reach =
      static_cast<std::int64_t>(settings_.grid ? std::ceil(settings_.grid->step_samples) : 0.0);
  pass_waiting(moved(block.end_samples - reach));
}

void Variation::pass_waiting(std::int64_t frontier_samples) {
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
  const auto later = std::find_if(waiting_.begin(), waiting_.end(), [&](const Event& event) {
    return event.onset_samples >= frontier_samples;
  });
  for (auto event = waiting_.begin(); event != later; ++event) reblocker_.push(*event);
  waiting_.erase(waiting_.begin(), later);
  reblocker_.advance(std::max<std::int64_t>(frontier_samples, 0));
}

std::uint64_t Variation::finish(std::uint64_t length_samples) {
  const std::int64_t length = std::max<std::int64_t>(moved(static_cast<std::int64_t>(length_samples)), 0);
  if (settings_.random_times) {
    for (Event& event : all_) {
      event.onset_samples =
          static_cast<std::int64_t>(time_dice_.uniform() * static_cast<double>(length_samples));
      if (settings_.grid) event.onset_samples = on_grid(event.onset_samples);
    }
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
    pass_scattered({std::move(all_), static_cast<std::int64_t>(length_samples)});
  }
  if (scatters()) {
    // What is drawn to a beat behind the end begins with the last sample.
    for (Event& event : waiting_)
      event.onset_samples = std::min(event.onset_samples, std::max<std::int64_t>(length - 1, 0));
    pass_waiting(length);
    reblocker_.finish(length);
  }
  return static_cast<std::uint64_t>(length);
}

}  // namespace ictus::compose
