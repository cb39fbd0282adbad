#include "lib/compose/variation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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

std::vector<Event> Variation::chosen(const EventBlock& block) {
  const std::uint64_t first = counts_.seen;
  counts_.seen += block.events.size();
  if (!settings_.keep || block.events.empty()) return block.events;
  const std::vector<bool> stays = settings_.keep(block.events, first);
  std::vector<Event> result;
  for (std::size_t i = 0; i < block.events.size(); ++i) {
    if (stays[i]) result.push_back(block.events[i]);
  }
  return result;
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
  if (settings_.transposition) transpose(vector);
  event.gain_db += settings_.gain_db;
}

void Variation::transpose(Vector& vector) {
  const Transposition& to = *settings_.transposition;
  const float pitch = vector[to.pitch] + to.step;
  if (vector[to.balance] < to.least_balance)
    ++counts_.noise;
  else if (std::abs(pitch) > 1.0F)
    ++counts_.beyond_range;
  else
    vector[to.pitch] = pitch;
}

void Variation::push(const EventBlock& block) {
  EventBlock result{chosen(block), block.end_samples};
  for (Event& event : result.events) shape(event);
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
    reblocker_.push(event);
  }
  reblocker_.advance(std::max<std::int64_t>(moved(block.end_samples), 0));
}

std::uint64_t Variation::finish(std::uint64_t length_samples) {
  const std::int64_t length = std::max<std::int64_t>(moved(static_cast<std::int64_t>(length_samples)), 0);
  if (settings_.random_times) {
    for (Event& event : all_) {
      event.onset_samples =
          static_cast<std::int64_t>(time_dice_.uniform() * static_cast<double>(length_samples));
    }
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
    pass_scattered({std::move(all_), static_cast<std::int64_t>(length_samples)});
  }
  if (scatters()) reblocker_.finish(length);
  return static_cast<std::uint64_t>(length);
}

}  // namespace ictus::compose
