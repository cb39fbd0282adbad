#include "lib/report/event_sounds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/report/opus.hpp"

namespace ictus::report {
namespace {

constexpr double kGroupS = 12.0;
/// A sound begins at a multiple of this, so that the silence before it is whole frames, which take no bits.
constexpr double kFrameS = 0.02;
/// What the overlap and the filters of Opus reach, and more.
constexpr double kSilenceS = 0.03;
constexpr float kFullPeak = 0.5f;

std::size_t samples_in(double seconds, int sample_rate_hz) {
  return static_cast<std::size_t>(std::lround(seconds * sample_rate_hz));
}

/// Half the way, in decibels, to the same peak for all: a sound that is stored quieter takes fewer bits, and
/// one that is stored too quiet is lost in the 16 bits with which Opus computes at low rates.
float gain_of(std::span<const float> samples) {
  float peak = 0.0f;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  return peak > 0.0f ? std::sqrt(peak / kFullPeak) : 1.0f;
}

}  // namespace

EventSounds::EventSounds(int sample_rate_hz, double kbit_per_s, std::size_t workers)
    : kbit_per_s_(kbit_per_s), workers_(std::max<std::size_t>(workers, 1)) {
  encoded_.sample_rate_hz = sample_rate_hz;
}

void EventSounds::push(std::span<const float> samples) {
  const int rate_hz = encoded_.sample_rate_hz;
  const std::size_t frame = std::max<std::size_t>(samples_in(kFrameS, rate_hz), 1);
  const std::size_t earliest = samples_.size() + samples_in(kSilenceS, rate_hz);
  const std::size_t begin = samples.empty() ? samples_.size() : (earliest + frame - 1) / frame * frame;
  const float gain = gain_of(samples);
  samples_.resize(begin, 0.0f);
  for (const float sample : samples) samples_.push_back(sample / gain);
  places_.push_back({begin, samples.size(), gain});
  if (samples_.size() >= samples_in(kGroupS, rate_hz)) close_group();
}

EncodedSounds EventSounds::finish() {
  if (!places_.empty()) close_group();
  while (!pending_.empty()) collect_oldest();
  return std::move(encoded_);
}

void EventSounds::close_group() {
  if (pending_.size() >= workers_) collect_oldest();
  encoded_.groups.push_back({{}, std::exchange(places_, {})});
  const auto encode = [rate_hz = encoded_.sample_rate_hz, kbit_per_s = kbit_per_s_,
                       samples = std::exchange(samples_, {})]() mutable {
    if (samples.empty()) return std::string();
    samples.resize(samples.size() + samples_in(kSilenceS, rate_hz), 0.0f);
    return ogg_opus(samples, rate_hz, kbit_per_s);
  };
  pending_.push_back(std::async(std::launch::async, encode));
}

void EventSounds::collect_oldest() {
  std::future<std::string> oldest = std::move(pending_.front());
  pending_.pop_front();
  encoded_.groups[collected_++].opus = oldest.get();
}

}  // namespace ictus::report
