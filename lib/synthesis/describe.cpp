#include "lib/synthesis/describe.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "lib/synthesis/power_course.hpp"
#include "lib/synthesis/spectrum.hpp"

namespace ictus::synthesis {
namespace {

constexpr double kLongestSeconds = 20.0;
constexpr double kAudibleDb = 40.0;
constexpr double kSlowestDecayS = 99.0;
/// Loudness goes as this power of power (Stevens 1955): a tone that outlasts the louder noise with which it
/// begins has a pitch.
constexpr float kLoudness = 0.3F;
/// Where every second partial, or every third, is all that is heard, those in between have at most this part
/// of the power.
constexpr float kMostBetween = 0.06F;

/// The pitch that a series has by its partials that are heard: where nearly all power is that of every second
/// one, that is an octave higher than the first partial would be.
double heard_pitch_hz(const EventSound& sound) {
  const Partials partials = partials_of(sound);
  const auto count = static_cast<std::size_t>(partials.count);
  const float all = std::accumulate(partials.power.begin(), partials.power.begin() + partials.count, 0.0F);
  if (!(all > 0.0F)) return 0.0;
  for (std::size_t step = count; step > 1; --step) {
    float of_steps = 0.0F;
    for (std::size_t h = step; h <= count; h += step) of_steps += partials.power[h - 1];
    if (of_steps >= (1.0F - kMostBetween) * all) return static_cast<double>(partials.hz[step - 1]);
  }
  return static_cast<double>(partials.hz[0]);
}

/// Time to fall by 60 dB, by the line of least squares through the moments from `first` to `last`.
double decay_s(const PowerCourse& course, std::size_t first, std::size_t last) {
  double sum_t = 0, sum_db = 0, sum_tt = 0, sum_tdb = 0, n = 0;
  for (std::size_t t = first; t <= last; ++t) {
    const double seconds = static_cast<double>(t - first) * PowerCourse::kStepS;
    const double db = 10.0 * std::log10(static_cast<double>(course.moments()[t].power()) + 1e-30);
    sum_t += seconds;
    sum_db += db;
    sum_tt += seconds * seconds;
    sum_tdb += seconds * db;
    n += 1;
  }
  const double slope = n < 2 ? 0.0 : (n * sum_tdb - sum_t * sum_db) / (n * sum_tt - sum_t * sum_t);
  return slope < 0.0 ? std::min(-60.0 / slope, kSlowestDecayS) : kSlowestDecayS;
}

EventDescription described(const EventSound& sound) {
  const PowerCourse course(sound, kLongestSeconds);
  const auto& moments = course.moments();
  const std::size_t first = course.loudest();
  const std::size_t last = std::min(std::max(course.last_within(kAudibleDb), first + 2), moments.size() - 1);
  PowerMoment sum;
  float loud_partials = 0.0F;
  float loud_noise = 0.0F;
  for (std::size_t t = first; t <= last; ++t) {
    loud_partials += std::pow(moments[t].partials, kLoudness);
    loud_noise += std::pow(moments[t].noise, kLoudness);
    sum.partials += moments[t].partials;
    sum.noise += moments[t].noise;
    sum.power_hz += moments[t].power_hz;
  }
  EventDescription d;
  d.duration_s = course.end_s(kAudibleDb);
  d.loudness_db = 10.0 * std::log10(static_cast<double>(moments[first].power()) + 1e-30) +
                  static_cast<double>(sound.gain_db);
  d.pitch_hz = loud_partials > loud_noise ? heard_pitch_hz(sound) : 0.0;
  d.first_hz = d.pitch_hz > 0.0 ? std::exp2(static_cast<double>(sound.pitch_octaves)) : 0.0;
  d.tonal_db =
      10.0 * std::log10(static_cast<double>(sum.partials) / static_cast<double>(sum.power()) + 1e-30);
  d.brightness_hz = static_cast<double>(sum.power_hz) / std::max(static_cast<double>(sum.power()), 1e-30);
  d.decay_s = decay_s(course, first, last);
  return d;
}

}  // namespace

std::vector<EventDescription> describe(const EventModel& model, std::span<const Event> events) {
  std::vector<EventDescription> all;
  all.reserve(events.size());
  for (const Event& event : events) all.push_back(described(model.sound_of(event)));
  return all;
}

}  // namespace ictus::synthesis
