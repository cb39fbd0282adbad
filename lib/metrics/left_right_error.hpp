// Where sound comes from: how far the difference between left and right is from that of another sound.
#pragma once

#include <span>

namespace ictus::metrics {

/// Two channels of one sound, equally long.
struct StereoSignal {
  std::span<const float> left;
  std::span<const float> right;
};

/// A difference between left and right beyond this counts as this: it is all on one side.
constexpr double kOneSideDb = 30.0;

/// The mean over third_octaves() of |D_test - D_reference| in dB, where D is the level of the left channel
/// over that of the right one, from -30 to 30 dB; weighted as in loudness_error() by the power of both
/// reference channels together. 0 is alike. Both are cut to the shorter length. Where the test is silent, D
/// is 0.
///
/// A silent reference has no places: the result is 0. Throws ictus::Error if a channel has no samples,
/// channels of one sound differ in length, and at rates below 126 Hz.
[[nodiscard]] double left_right_error_db(const StereoSignal& reference, const StereoSignal& test,
                                         int sample_rate_hz = 22050);

}  // namespace ictus::metrics
