#include "formats/quantise.hpp"

#include <algorithm>
#include <cmath>

#include "lib/core/error.hpp"

namespace ictus::formats {
namespace {

constexpr int kLeastGainCentibels = -1000;
constexpr int kGainRangeCentibels = 1275;

float require_number(float value) {
  if (std::isnan(value)) throw Error("an event holds a value that is not a number");
  return value;
}

std::string outside(const std::string& what, int value, int least, int most) {
  if (value >= least && value <= most) return {};
  return what + " of " + std::to_string(value) + " is outside " + std::to_string(least) + " to " +
         std::to_string(most);
}

}  // namespace

std::string complaint(const EventCoding& coding) {
  if (coding.precision != Precision::coded) return {};
  std::string what;
  for (std::size_t d = 0; d < coding.vector_steps.size() && what.empty(); ++d) {
    what = outside("for number " + std::to_string(d + 1) + " of vectors, a number of steps",
                   coding.vector_steps[d], 1, kMostVectorSteps);
  }
  if (what.empty()) what = outside("a gain step in centibels", coding.gain_step_centibels, 1, 100);
  if (what.empty()) what = outside("an onset step in samples", coding.onset_step_samples, 1, 65535);
  return what;
}

int most_gain_code(const EventCoding& coding) { return kGainRangeCentibels / coding.gain_step_centibels; }

int gain_code(float gain_db, const EventCoding& coding) {
  const float steps_per_db = 10.0F / static_cast<float>(coding.gain_step_centibels);
  const float least_db = kLeastGainCentibels / 10.0F;
  const float limited = std::clamp(require_number(gain_db) - least_db, 0.0F, kGainRangeCentibels / 10.0F);
  return std::min(static_cast<int>(std::lround(limited * steps_per_db)), most_gain_code(coding));
}

int gain_code_below(int gain_centibels, const EventCoding& coding) {
  const int above_least = std::max(gain_centibels - kLeastGainCentibels, 0);
  return std::min(above_least / coding.gain_step_centibels, most_gain_code(coding));
}

float gain_value(int code, const EventCoding& coding) {
  return static_cast<float>(kLeastGainCentibels + code * coding.gain_step_centibels) / 10.0F;
}

int vector_code(float value, int steps) {
  const double limited = std::clamp(require_number(value), -1.0F, 1.0F);
  return static_cast<int>(std::lround(0.5 * (limited + 1.0) * (steps - 1)));
}

float vector_value(int code, int steps) {
  if (steps == 1) return 0.0F;
  return static_cast<float>(2 * code - (steps - 1)) / static_cast<float>(steps - 1);
}

std::int64_t onset_code(std::int64_t onset_samples, const EventCoding& coding, std::int64_t start_samples,
                        std::int64_t end_samples) {
  const std::int64_t step = coding.onset_step_samples;
  const std::int64_t last = (end_samples - 1 - start_samples) / step;
  return std::min((onset_samples - start_samples + step / 2) / step, last);
}

Event quantise(const Event& event, const EventCoding& coding, std::int64_t start_samples,
               std::int64_t end_samples) {
  if (coding.precision == Precision::float32) return event;
  Event result = event;
  result.gain_db = gain_value(gain_code(event.gain_db, coding), coding);
  for (std::size_t d = 0; d < result.vector.size(); ++d) {
    const int steps = coding.vector_steps[d];
    result.vector[d] = vector_value(vector_code(event.vector[d], steps), steps);
  }
  result.onset_samples = start_samples + coding.onset_step_samples * onset_code(event.onset_samples, coding,
                                                                                start_samples, end_samples);
  return result;
}

}  // namespace ictus::formats
