#include "lib/synthesis/solo.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "lib/synthesis/power_course.hpp"
#include "lib/synthesis/synthesizer.hpp"

namespace ictus::synthesis {
namespace {

constexpr double kFadeSeconds = 0.02;

}  // namespace

std::vector<float> render_solo(const EventModel& model, const Event& event, int channels, double audible_db,
                               double most_seconds) {
  const EventSound sound = model.sound_of(event);
  const PowerCourse course(sound, most_seconds);
  const double seconds = std::min(course.end_s(audible_db), most_seconds);
  const auto length = std::max<std::int64_t>(std::llround(seconds * EventModel::kSampleRateHz), 1);

  SynthesizerSettings settings;
  settings.sample_rate_hz = EventModel::kSampleRateHz;
  settings.channels = channels;
  settings.projects = false;
  Synthesizer synthesizer(settings);
  synthesizer.add(sound, 0);
  const auto rendered = synthesizer.finish(length);
  std::vector<float> samples(rendered.begin(), rendered.end());

  const auto frames = static_cast<std::size_t>(length);
  const auto side_by_side = static_cast<std::size_t>(channels);
  const auto fade =
      std::min(frames, static_cast<std::size_t>(std::lround(kFadeSeconds * EventModel::kSampleRateHz)));
  for (std::size_t i = 0; i < fade; ++i)
    for (std::size_t c = 0; c < side_by_side; ++c)
      samples[(frames - 1 - i) * side_by_side + c] *= static_cast<float>(i) / static_cast<float>(fade);
  return samples;
}

}  // namespace ictus::synthesis
