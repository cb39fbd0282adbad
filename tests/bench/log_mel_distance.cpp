// log_mel_distance REFERENCE TEST [RATE_HZ]: the log-mel distance of two recordings, on one line: the mean in
// dB, then that of each resolution, between tabs. Both are read as `ictus encode` would read them, at
// RATE_HZ (22050).
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/metrics/log_mel.hpp"

namespace {

constexpr int kUsualRateHz = 22050;
constexpr int kHighestRateHz = 192000;

/// Nothing if this is no rate.
std::optional<int> parse_rate_hz(const char* text) {
  int rate_hz = 0;
  const char* const end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, rate_hz);
  if (error != std::errc{} || rest != end || rate_hz < 1 || rate_hz > kHighestRateHz) return std::nullopt;
  return rate_hz;
}

std::vector<float> read_all(const std::string& path, int rate_hz) {
  const auto source = ictus::audio::Source::open(path, rate_hz);
  std::vector<float> samples;
  std::vector<float> block(1 << 16);
  while (const std::size_t count = source->read(block)) {
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<int> rate_hz = argc == 4 ? parse_rate_hz(argv[3]) : kUsualRateHz;
  if (argc < 3 || argc > 4 || !rate_hz) {
    std::fputs("usage: log_mel_distance REFERENCE TEST [RATE_HZ]\n", stderr);
    return 2;
  }
  try {
    const auto distance =
        ictus::metrics::log_mel_distance(read_all(argv[1], *rate_hz), read_all(argv[2], *rate_hz), *rate_hz);
    std::printf("%.4f", distance.mean_db);
    for (const double window_db : distance.window_db) std::printf("\t%.4f", window_db);
    std::printf("\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "log_mel_distance: %s\n", error.what());
    return 1;
  }
  return 0;
}
