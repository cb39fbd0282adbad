// log_mel_distance REFERENCE TEST: the log-mel distance of two recordings, on one line: the mean in dB, then
// that of each resolution, between tabs. Both are read as `ictus encode` would read them.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/metrics/log_mel.hpp"

namespace {

constexpr int kSampleRateHz = 22050;

std::vector<float> read_all(const std::string& path) {
  const auto source = ictus::audio::Source::open(path, kSampleRateHz);
  std::vector<float> samples;
  std::vector<float> block(1 << 16);
  while (const std::size_t count = source->read(block)) {
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: log_mel_distance REFERENCE TEST\n", stderr);
    return 2;
  }
  try {
    const auto distance =
        ictus::metrics::log_mel_distance(read_all(argv[1]), read_all(argv[2]), kSampleRateHz);
    std::printf("%.4f", distance.mean_db);
    for (const double window_db : distance.window_db) std::printf("\t%.4f", window_db);
    std::printf("\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "log_mel_distance: %s\n", error.what());
    return 1;
  }
  return 0;
}
