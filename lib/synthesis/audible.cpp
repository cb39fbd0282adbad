#include "lib/synthesis/audible.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kHeard = 3.2e-8F;  // -75 dB

}  // namespace

Partials heard_partials(const EventSound& sound) {
  const Partials all = partials_of(sound);
  const float loudest = *std::max_element(all.power.begin(), all.power.end());
  Partials heard;
  for (std::size_t h = 0; h < static_cast<std::size_t>(all.count); ++h) {
    if (all.power[h] <= loudest * kHeard) continue;
    const auto to = static_cast<std::size_t>(heard.count++);
    heard.hz[to] = all.hz[h];
    heard.mel[to] = all.mel[h];
    heard.power[to] = all.power[h];
    heard.rate[to] = all.rate[h];
    heard.room_rate[to] = all.room_rate[h];
  }
  return heard;
}

Ceiling::Ceiling(const EventSound& sound) : highest_(sound) {
  for (std::size_t point = kContourPoints - 1; point-- > 0;)
    highest_.contour_db[point] = std::max(highest_.contour_db[point], highest_.contour_db[point + 1]);
}

float Ceiling::after(float elapsed_s) const {
  return std::exp(highest_.gain_db * kTenthOfLog10 + course_log(highest_, elapsed_s));
}

}  // namespace ictus::synthesis
