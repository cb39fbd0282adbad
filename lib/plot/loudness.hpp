// How loud events are beside each other.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace ictus::plot {

constexpr double kLoudnessRangeDb = 50.0;  ///< what is quieter than the loudest by more is drawn like that

/// The loudest of the events by the member `level_db`; 0 dB if none has a level.
template <typename Event>
[[nodiscard]] double loudest_db(const std::vector<Event>& events, double Event::*level_db) {
  double loudest = -std::numeric_limits<double>::infinity();
  for (const Event& event : events) {
    if (std::isfinite(event.*level_db)) loudest = std::max(loudest, event.*level_db);
  }
  return std::isfinite(loudest) ? loudest : 0.0;
}

/// How far below the loudest, from 0 to kLoudnessRangeDb.
[[nodiscard]] inline double below_db(double level_db, double loudest_db) {
  return std::isfinite(level_db) ? std::clamp(loudest_db - level_db, 0.0, kLoudnessRangeDb)
                                 : kLoudnessRangeDb;
}

/// "−20 dB", with the sign that is as wide as a plus.
[[nodiscard]] inline std::string decibels(double level_db) {
  return fmt::format("{}{:g} dB", level_db < 0.0 ? "\u2212" : "", std::abs(level_db));
}

/// Round ones for a legend, from loud to quiet.
[[nodiscard]] inline std::array<double, 3> legend_levels_db(double loudest_db) {
  const double round_db = 10.0 * std::floor(loudest_db / 10.0);
  return {round_db, round_db - 20.0, round_db - 40.0};
}

}  // namespace ictus::plot
