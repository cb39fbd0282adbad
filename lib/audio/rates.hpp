// Which sample rates and numbers of channels are believed.
#pragma once

#include <string>

namespace ictus::audio {

constexpr int kMinSampleRateHz = 100;
constexpr int kMaxSampleRateHz = 3'072'000;
constexpr int kMaxChannels = 1024;

inline bool is_usable_rate(int sample_rate_hz) {
  return sample_rate_hz >= kMinSampleRateHz && sample_rate_hz <= kMaxSampleRateHz;
}

inline std::string usable_rates() {
  return "rates from " + std::to_string(kMinSampleRateHz) + " Hz to " + std::to_string(kMaxSampleRateHz) +
         " Hz work";
}

}  // namespace ictus::audio
