// A folder to train in.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"

namespace ictus::tests {

inline void write_wav(const std::string& name, const std::vector<float>& samples, int rate_hz) {
  const int fd = ::open(name.c_str(), O_CREAT | O_RDWR, 0600);
  const auto sink = audio::Sink::open(fd, name, rate_hz, {.sample_rate_hz = rate_hz});
  sink->write(samples);
  sink->finish();
  ::close(fd);
}

/// A folder with a little sound in it and a configuration small enough to train in seconds.
class Folder {
 public:
  /// `configuration` becomes small.json.
  explicit Folder(const std::string& configuration)
      : path_(std::filesystem::temp_directory_path() / ("ictus-train-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_ / "sound");
    std::mt19937 random(1);
    for (int clip = 0; clip < 3; ++clip) {
      std::vector<float> x(22050 * 10);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double t = static_cast<double>(i) / 22050.0;
        const double since = std::fmod(t, 0.5);
        x[i] = static_cast<float>(0.4 * std::exp(-5.0 * since) *
                                  std::sin(2.0 * std::numbers::pi * (220.0 * (clip + 1)) * t));
      }
      write_wav((path_ / "sound" / ("clip" + std::to_string(clip) + ".wav")).string(), x, 22050);
    }
    std::ofstream(path_ / "small.json") << configuration;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace ictus::tests
