#include "apps/train-events/sounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "lib/core/new_file.hpp"

namespace ictus::training {
namespace {

constexpr std::size_t kLeastSamples = 8000;
constexpr float kLeastPeak = 1e-3F;

}  // namespace

std::vector<float> read(const std::string& path) {
  const auto source = audio::Source::open(path, kRateHz);
  std::vector<float> samples;
  std::array<float, 4096> block{};
  while (const std::size_t count = source->read(block))
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  return samples;
}

bool is_usable(std::span<const float> samples) {
  const auto loudest = std::max_element(samples.begin(), samples.end(),
                                        [](float a, float b) { return std::abs(a) < std::abs(b); });
  return samples.size() >= kLeastSamples && std::abs(*loudest) >= kLeastPeak;
}

void tell_left_out(const std::string& path) {
  fmt::print(stderr, "ictus-train-events: {} is too short or too soft; left out\n", path);
}

[[noreturn]] void refuse_silence() {
  throw Error("no file has sound to train on", "give files of a fifth of a second or more");
}

void save(const std::string& path, std::span<const std::byte> bytes) {
  NewFile file(path, path, true);
  file.write(bytes);
  file.commit();
}

}  // namespace ictus::training
