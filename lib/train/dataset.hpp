// Training audio: a folder of sound files held in memory, random excerpts with augmentation.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace ictus::train {

/// How a training excerpt is changed, so that what is learned holds for more than the folder's sound.
struct Augmentation {
  double shifted_share = 0.0;  ///< excerpts that begin or end amid a file that is hardly longer than they are
  double varispeed_share = 0.4;  ///< excerpts played up to 0.35 octaves faster or slower
  double mixed_share = 0.2;      ///< with a second sound, 0 to 24 dB softer
  double tilted_share = 0.4;     ///< through a shelving filter of up to 9 dB
  double floor_share = 0.5;      ///< with noise, `floor_low_db` to `floor_high_db` beside the sound
  double floor_low_db = -60.0;
  double floor_high_db = -15.0;
  double rumble_share = 0.15;  ///< with noise below some 10 to 60 Hz
};

class Dataset {
 public:
  /// Reads every sound file below `folder` as mono at `sample_rate_hz`. Files of a fixed hash class
  /// (one in forty) are kept for validation. Stops early when `stop_requested` says so. Throws
  /// ictus::Error when the folder is missing, holds no sound or silence only; files that cannot be read are
  /// named on `words` and left out.
  Dataset(const std::string& folder, int sample_rate_hz, const std::function<bool()>& stop_requested,
          std::ostream& words);

  /// A random excerpt of `samples` samples. A file that is shorter lies anywhere in it.
  [[nodiscard]] std::vector<float> training_excerpt(std::mt19937_64& random, std::size_t samples,
                                                    const Augmentation& changes = {}) const;
  /// Excerpt `index` of the held-out files, always the same, without augmentation.
  [[nodiscard]] std::vector<float> validation_excerpt(std::size_t index, std::size_t samples) const;

  [[nodiscard]] double training_hours() const;
  [[nodiscard]] double validation_hours() const;

 private:
  using Clip = std::vector<std::int16_t>;
  [[nodiscard]] static std::vector<float> cut(const std::vector<Clip>& clips, std::mt19937_64& random,
                                              std::size_t samples, double speed, bool shifted);

  int sample_rate_hz_;
  std::vector<Clip> training_, validation_;
};

}  // namespace ictus::train
