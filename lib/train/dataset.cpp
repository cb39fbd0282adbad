#include "lib/train/dataset.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "lib/audio/sound_files.hpp"
#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"
#include "lib/train/sound_changes.hpp"

namespace ictus::train {
namespace {

namespace fs = std::filesystem;

/// True when no sample is above -80 dBFS.
bool is_silent(const std::vector<std::int16_t>& clip) {
  return std::ranges::all_of(clip, [](std::int16_t sample) { return std::abs(sample) <= 3; });
}

}  // namespace

Dataset::Dataset(const std::string& folder, int sample_rate_hz, const std::function<bool()>& stop_requested,
                 std::ostream& words)
    : sample_rate_hz_(sample_rate_hz) {
  for (const fs::path& path : audio::sound_files(folder, "name a folder of sound files with --data")) {
    if (stop_requested()) break;
    try {
      Clip clip = audio::read_whole(path.string(), sample_rate_hz);
      if (clip.size() < static_cast<std::size_t>(sample_rate_hz) / 4) continue;
      const std::string name = fs::relative(path, folder).string();
      const bool held_out = XXH3_64bits(name.data(), name.size()) % 40 == 0;
      (held_out ? validation_ : training_).push_back(std::move(clip));
    } catch (const Error& error) {
      words << fmt::format("left out: {}\n", printable(error.what()));
    }
  }
  if (training_.empty())
    throw Error(fmt::format("{}: no sound file that can be read", folder),
                "training reads WAV, FLAC, Ogg, AIFF and MP3");
  if (std::ranges::all_of(training_, is_silent))
    throw Error(fmt::format("{}: all of its sound is silent", folder), "name a folder of sound with --data");
  if (validation_.empty()) validation_.push_back(training_.back());
}

std::vector<float> Dataset::cut(const std::vector<Clip>& clips, std::mt19937_64& random, std::size_t samples,
                                double speed, bool shifted) {
  // Long clips are drawn more often, so that every second of the folder has the same chance.
  double total = 0.0;
  for (const Clip& clip : clips) total += static_cast<double>(clip.size());
  double place = uniform(random, 0.0, total);
  std::size_t which = 0;
  while (which + 1 < clips.size() && place >= static_cast<double>(clips[which].size()))
    place -= static_cast<double>(clips[which++].size());
  const Clip& clip = clips[which];
  const double needed = static_cast<double>(samples) * speed + 2.0;
  const double spare = static_cast<double>(clip.size()) - needed;
  double start = uniform(random, std::min(0.0, spare), std::max(0.0, spare));
  if (shifted && spare < 0.5 * needed)  // silence before its beginning, or part of it left out
    start = uniform(random, -0.7 * needed, 0.5 * static_cast<double>(clip.size()));
  std::vector<float> out(samples, 0.0F);
  for (std::size_t i = 0; i < samples; ++i) {
    const double at = start + static_cast<double>(i) * speed;
    const double floor = std::floor(at);
    const auto index = static_cast<std::ptrdiff_t>(floor);
    if (index < 0 || index + 1 >= static_cast<std::ptrdiff_t>(clip.size())) continue;
    const float part = static_cast<float>(at - floor);
    out[i] = ((1.0F - part) * clip[index] + part * clip[index + 1]) / 32768.0F;
  }
  return out;
}

std::vector<float> Dataset::training_excerpt(std::mt19937_64& random, std::size_t samples,
                                             const Augmentation& changes) const {
  const bool shifted = changes.shifted_share > 0.0 && uniform(random, 0, 1) < changes.shifted_share;
  const bool varispeed = uniform(random, 0, 1) < changes.varispeed_share;
  std::vector<float> x =
      cut(training_, random, samples, varispeed ? std::pow(2.0, uniform(random, -0.35, 0.35)) : 1.0, shifted);
  for (int again = 0; again < 8 && power(x) < 1e-8; ++again)
    x = cut(training_, random, samples, 1.0, shifted);
  if (uniform(random, 0, 1) < changes.mixed_share) {
    const std::vector<float> other = cut(training_, random, samples, 1.0, false);
    const double ratio = power(other) > 1e-9 ? std::sqrt(power(x) / power(other)) : 0.0;
    const float gain = static_cast<float>(ratio * std::pow(10.0, uniform(random, -24.0, 0.0) / 20.0));
    for (std::size_t i = 0; i < samples; ++i) x[i] += gain * other[i];
  }
  if (uniform(random, 0, 1) < changes.tilted_share) tilt(x, random, sample_rate_hz_, 9.0);
  if (uniform(random, 0, 1) < changes.floor_share)
    add_noise_floor(x, random,
                    std::sqrt(power(x)) *
                        std::pow(10.0, uniform(random, changes.floor_low_db, changes.floor_high_db) / 20.0));
  if (uniform(random, 0, 1) < changes.rumble_share)
    add_rumble(x, random, std::sqrt(power(x)) * std::pow(10.0, uniform(random, -20.0, 20.0) / 20.0),
               sample_rate_hz_);
  const float most = peak(x);
  if (most > 0.0F)
    for (float& v : x) v *= 0.5F / most;
  return x;
}

std::vector<float> Dataset::validation_excerpt(std::size_t index, std::size_t samples) const {
  std::mt19937_64 random(1000003 * (index + 1));
  std::vector<float> x = cut(validation_, random, samples, 1.0, false);
  for (int again = 0; again < 8 && power(x) < 1e-8; ++again)
    x = cut(validation_, random, samples, 1.0, false);
  return x;
}

double Dataset::training_hours() const {
  double samples = 0.0;
  for (const Clip& clip : training_) samples += static_cast<double>(clip.size());
  return samples / sample_rate_hz_ / 3600.0;
}

double Dataset::validation_hours() const {
  double samples = 0.0;
  for (const Clip& clip : validation_) samples += static_cast<double>(clip.size());
  return samples / sample_rate_hz_ / 3600.0;
}

}  // namespace ictus::train
