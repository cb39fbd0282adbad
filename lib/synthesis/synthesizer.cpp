#include "lib/synthesis/synthesizer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include "lib/core/error.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::synthesis {
namespace {

SynthesizerSettings checked(const SynthesizerSettings& settings) {
  const int window = settings.window_samples;
  const int hop = settings.hop_samples;
  if (settings.sample_rate_hz < 1)
    throw Error("the sample rate of a synthesis is " + std::to_string(settings.sample_rate_hz));
  if (settings.channels != 1 && settings.channels != 2)
    throw Error("a synthesis has one or two channels, not " + std::to_string(settings.channels));
  if (hop < NoiseCarrier::kHop || hop % NoiseCarrier::kHop != 0 || window / hop < 4 || window % hop != 0 ||
      !std::has_single_bit(static_cast<unsigned>(window)))
    throw Error("windows of " + std::to_string(window) + " samples with hops of " + std::to_string(hop) +
                " are not for synthesis");
  return settings;
}

/// From what the event sounds like and not from when it does nor how loud, so that it sounds the same
/// wherever it lies, at any gain; after Fowler, Noll and Vo, and the finaliser of MurmurHash3.
std::uint64_t seed_of(const EventSound& sound) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const float number : numbers_of(sound).subspan<2>()) {
    hash ^= std::bit_cast<std::uint32_t>(number);
    hash *= 1099511628211ULL;
  }
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 33U);
}

}  // namespace

Synthesizer::Synthesizer(const SynthesizerSettings& settings)
    : settings_(checked(settings)),
      starting_phases_(settings.sample_rate_hz),
      noise_(settings.sample_rate_hz, settings.channels),
      tonal_(static_cast<std::size_t>(settings.channels),
             std::vector<float>(static_cast<std::size_t>(settings.hop_samples) + Oscillators::kPeriod)),
      hop_(tonal_.size(), std::vector<float>(static_cast<std::size_t>(settings.hop_samples))) {
  if (!settings.projects) return;
  projection_.emplace(settings.sample_rate_hz, settings.channels, settings.window_samples,
                      settings.hop_samples);
  moving_.emplace(settings.sample_rate_hz, settings.channels);
}

void Synthesizer::add(const EventSound& sound, std::int64_t onset_samples) {
  if (onset_samples < begun_)
    throw Error("an event that begins at sample " + std::to_string(onset_samples) +
                " comes too late: what is before sample " + std::to_string(begun_) +
                " is rendered, or an event at that was there first");
  const auto numbers = numbers_of(sound).subspan<1>();
  if (!std::all_of(numbers.begin(), numbers.end(), [](float number) { return std::isfinite(number); }))
    throw Error("the event at sample " + std::to_string(onset_samples) + " holds a number that is none");
  begun_ = onset_samples;
  waiting_.emplace_back(onset_samples, sound);
}

/// Every event is begun with the hop that it begins in, however early it was known.
void Synthesizer::begin(const EventSound& sound, std::int64_t onset_samples) {
  const std::uint64_t seed = seed_of(sound);
  const auto turn = static_cast<float>(std::ldexp(static_cast<double>(seed >> 40U), -24));
  const Partials heard = heard_partials(sound);
  // Events by themselves have phases of their own, so that they sum to the whole.
  const Turns turns =
      projection_ ? starting_phases_.of(sound, heard, onset_samples, turn) : flat_phases(heard, turn);
  if (projection_ && projection_->makes_partials(sound)) {
    // Nothing of them is needed in the sum.
  } else if (moving_ && moving_->can_make(sound, heard)) {
    moving_->add(sound, heard, onset_samples, turns);
  } else {
    Oscillators oscillators(sound, heard, settings_.sample_rate_hz, turns);
    if (oscillators.sounds())
      tones_.push_back(
          {std::move(oscillators), pan_gains(sound.position, settings_.channels), onset_samples});
  }
  noise_.add(sound, onset_samples, seed);
  if (projection_) projection_->add(sound, heard, onset_samples, turns);
}

void Synthesizer::add_tones(std::int64_t end) {
  std::array<float, Oscillators::kPeriod> samples;
  for (Tone& tone : tones_) {
    while (tone.next_sample < end && tone.oscillators.sounds()) {
      tone.oscillators.render(samples);
      for (std::size_t c = 0; c < tonal_.size(); ++c)
        add_scaled(samples.data(), tone.gains[c], Oscillators::kPeriod,
                   tonal_[c].data() + (tone.next_sample - rendered_));
      tone.next_sample += Oscillators::kPeriod;
    }
  }
  std::erase_if(tones_, [](const Tone& tone) { return !tone.oscillators.sounds(); });
}

void Synthesizer::render_hop() {
  const std::int64_t end = rendered_ + settings_.hop_samples;
  for (; !waiting_.empty() && waiting_.front().first < end; waiting_.pop_front())
    begin(waiting_.front().second, waiting_.front().first);
  add_tones(end);
  for (std::size_t c = 0; c < tonal_.size(); ++c) {
    std::vector<float>& tonal = tonal_[c];
    std::copy(tonal.begin(), tonal.begin() + settings_.hop_samples, hop_[c].begin());
    std::copy(tonal.begin() + settings_.hop_samples, tonal.end(), tonal.begin());
    std::fill(tonal.begin() + Oscillators::kPeriod, tonal.end(), 0.0F);
  }
  if (moving_) moving_->render(settings_.hop_samples, hop_, projection_->masking());
  noise_.render(settings_.hop_samples, hop_, projection_ ? &projection_->masking() : nullptr);
  rendered_ = end;
  std::int64_t skipped = 0;
  if (projection_) {
    projection_->push(hop_);
    skipped = std::clamp<std::int64_t>(projection_->delay_samples() - (end - settings_.hop_samples), 0,
                                       settings_.hop_samples);
  }
  for (auto i = static_cast<std::size_t>(skipped); i < hop_[0].size(); ++i)
    for (const std::vector<float>& channel : hop_) output_.push_back(channel[i]);
  in_output_ += settings_.hop_samples - skipped;
}

std::span<const float> Synthesizer::render(std::int64_t until_samples) {
  begun_ = std::max(begun_, until_samples);
  output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(taken_));
  while (rendered_ + settings_.hop_samples <= until_samples) render_hop();
  taken_ = output_.size();
  handed_on_ = in_output_;
  return output_;
}

std::span<const float> Synthesizer::finish(std::int64_t length_samples) {
  output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(taken_));
  begun_ = std::numeric_limits<std::int64_t>::max();
  while (in_output_ < length_samples) render_hop();
  const std::int64_t rest = std::max<std::int64_t>(length_samples - handed_on_, 0);
  taken_ = output_.size();
  handed_on_ += rest;
  return std::span<const float>(output_).first(static_cast<std::size_t>(rest * settings_.channels));
}

}  // namespace ictus::synthesis
