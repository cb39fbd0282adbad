#include "lib/synthesis/solo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lib/synthesis/power_course.hpp"

namespace ictus::synthesis {
namespace {

constexpr double kFadeSeconds = 0.02;

SynthesizerSettings alone(int channels) {
  SynthesizerSettings settings;
  settings.sample_rate_hz = EventModel::kSampleRateHz;
  settings.channels = channels;
  settings.projects = false;
  return settings;
}

std::int64_t length_of(const EventSound& sound, double audible_db, double most_seconds) {
  const PowerCourse course(sound, most_seconds);
  const double seconds = std::min(course.end_s(audible_db), most_seconds);
  return std::max<std::int64_t>(std::llround(seconds * EventModel::kSampleRateHz), 1);
}

}  // namespace

Solo::Solo(const EventSound& sound, int channels, double audible_db, double most_seconds)
    : length_samples_(length_of(sound, audible_db, most_seconds)),
      fade_samples_(
          std::min<std::int64_t>(length_samples_, std::llround(kFadeSeconds * EventModel::kSampleRateHz))),
      channels_(static_cast<std::size_t>(channels)),
      synthesizer_(alone(channels)) {
  synthesizer_.add(sound, 0);
}

std::span<const float> Solo::render(std::int64_t count) {
  const std::int64_t begin = next_samples_;
  const std::int64_t end = std::min(begin + count, length_samples_);
  const auto numbers = static_cast<std::size_t>(std::max<std::int64_t>(end - begin, 0)) * channels_;
  for (std::int64_t until = end; waiting_.size() < numbers; until += SynthesizerSettings{}.hop_samples) {
    const auto rendered = synthesizer_.render(until);
    waiting_.insert(waiting_.end(), rendered.begin(), rendered.end());
  }
  const auto rest = waiting_.begin() + static_cast<std::ptrdiff_t>(numbers);
  piece_.assign(waiting_.begin(), rest);
  waiting_.erase(waiting_.begin(), rest);
  next_samples_ = std::max(end, begin);
  for (std::int64_t i = std::max(begin, length_samples_ - fade_samples_); i < end; ++i) {
    const auto left = static_cast<float>(length_samples_ - 1 - i);
    for (std::size_t c = 0; c < channels_; ++c)
      piece_[static_cast<std::size_t>(i - begin) * channels_ + c] *= left / static_cast<float>(fade_samples_);
  }
  return piece_;
}

std::vector<float> render_solo(const EventModel& model, const Event& event, int channels, double audible_db,
                               double most_seconds) {
  Solo solo(model.sound_of(event), channels, audible_db, most_seconds);
  const auto samples = solo.render(solo.length_samples());
  return {samples.begin(), samples.end()};
}

}  // namespace ictus::synthesis
