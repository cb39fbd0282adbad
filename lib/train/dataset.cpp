#include "lib/train/dataset.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <set>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"

namespace ictus::train {
namespace {

namespace fs = std::filesystem;

const std::set<std::string> kSoundSuffixes = {".wav", ".flac", ".ogg", ".oga",
                                              ".aif", ".aiff", ".mp3", ".opus"};

std::vector<fs::path> sound_files(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Error(fmt::format("{}: no such folder", folder), "name a folder of sound files with --data");
  std::vector<fs::path> paths;
  for (auto at = fs::recursive_directory_iterator(folder); at != fs::recursive_directory_iterator(); ++at) {
    const fs::directory_entry& entry = *at;
    if (entry.path().filename().string().front() == '.') {  // hidden: not meant as training sound
      if (entry.is_directory()) at.disable_recursion_pending();
      continue;
    }
    std::string suffix = entry.path().extension().string();
    std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (entry.is_regular_file() && kSoundSuffixes.count(suffix) != 0) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());  // the same order, and so the same training, everywhere
  return paths;
}

std::vector<std::int16_t> read_clip(const std::string& path, int sample_rate_hz) {
  const auto source = audio::Source::open(path, sample_rate_hz);
  std::vector<std::int16_t> clip;
  std::vector<float> block(65536);
  while (const std::size_t count = source->read(block))
    for (std::size_t i = 0; i < count; ++i)
      clip.push_back(static_cast<std::int16_t>(std::lround(std::clamp(block[i], -1.0F, 1.0F) * 32767.0F)));
  return clip;
}

double uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

double power(const std::vector<float>& x) {
  double sum = 0.0;
  for (const float v : x) sum += static_cast<double>(v) * v;
  return sum / static_cast<double>(std::max<std::size_t>(1, x.size()));
}

float peak(const std::vector<float>& x) {
  float most = 0.0F;
  for (const float v : x) most = std::max(most, std::abs(v));
  return most;
}

/// White noise through one pole, so that its spectrum falls from flat to as -6 dB an octave.
void add_noise_floor(std::vector<float>& x, std::mt19937_64& random, double level) {
  std::normal_distribution<float> normal;
  const float pole = static_cast<float>(uniform(random, 0.0, 0.97));
  const float gain = static_cast<float>(level) * std::sqrt(1.0F - pole * pole);
  float state = 0.0F;
  for (float& v : x) {
    state = pole * state + gain * normal(random);
    v += state;
  }
}

/// Rumble: noise below some 10 to 60 Hz, as from wind, handling or a turntable, and a constant offset.
void add_rumble(std::vector<float>& x, std::mt19937_64& random, double level, int sample_rate_hz) {
  std::normal_distribution<float> normal;
  const double corner_hz = 10.0 * std::pow(6.0, uniform(random, 0.0, 1.0));
  const float pole = static_cast<float>(std::exp(-2.0 * std::numbers::pi * corner_hz / sample_rate_hz));
  const float gain = static_cast<float>(level) * (1.0F - pole * pole);
  const float offset = static_cast<float>(level * uniform(random, -0.3, 0.3));
  float first = 0.0F;
  float second = 0.0F;
  for (float& v : x) {  // two poles, so that what lies above stays clean
    first = pole * first + gain * normal(random);
    second = pole * second + std::sqrt(1.0F - pole) * first;
    v += second + offset;
  }
}

/// A shelf: one pole's low-passed part, added to or taken from the sound.
void tilt(std::vector<float>& x, std::mt19937_64& random, int sample_rate_hz) {
  const double corner_hz = 200.0 * std::pow(20.0, uniform(random, 0.0, 1.0));
  const float pole = static_cast<float>(std::exp(-2.0 * std::numbers::pi * corner_hz / sample_rate_hz));
  const float amount = static_cast<float>(std::pow(10.0, uniform(random, -9.0, 9.0) / 20.0) - 1.0);
  float low = 0.0F;
  for (float& v : x) {
    low = pole * low + (1.0F - pole) * v;
    v += amount * low;
  }
}

}  // namespace

Dataset::Dataset(const std::string& folder, int sample_rate_hz, const std::function<bool()>& stop_requested,
                 std::ostream& words)
    : sample_rate_hz_(sample_rate_hz) {
  for (const fs::path& path : sound_files(folder)) {
    if (stop_requested()) break;
    try {
      Clip clip = read_clip(path.string(), sample_rate_hz);
      if (clip.size() < static_cast<std::size_t>(sample_rate_hz) / 4) continue;
      const std::string name = fs::relative(path, folder).string();
      const bool held_out = XXH3_64bits(name.data(), name.size()) % 40 == 0;
      (held_out ? validation_ : training_).push_back(std::move(clip));
    } catch (const Error& error) {
      words << fmt::format("left out: {}\n", error.what());
    }
  }
  if (training_.empty())
    throw Error(fmt::format("{}: no sound file that can be read", folder),
                "training reads WAV, FLAC, Ogg, AIFF and MP3");
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
  if (uniform(random, 0, 1) < changes.tilted_share) tilt(x, random, sample_rate_hz_);
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
