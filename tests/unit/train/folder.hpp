// A folder to train in.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/train/train.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::tests {

inline constexpr int kRateHz = 8000;  ///< of the notes, and of tiny_tokenizer()

/// Stops no training.
inline bool never() { return false; }

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
  /// To train on what lies in a folder in it, by its configuration.
  [[nodiscard]] train::TrainOptions options(const std::string& data) const {
    train::TrainOptions options;
    options.data_dir = *this / data;
    options.config_path = *this / "small.json";
    options.device = "cpu";
    return options;
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The configuration of a tokenizer of 8 kHz and clips of 2048 samples, which is trained as `training` says.
inline std::string tiny_tokenizer(const std::string& training) {
  return R"({"model": {"id": "tiny", "sample_rate_hz": 8000, "window_samples": 256, "hop_samples": 64, "clip_frames": 32,
      "cmx_regions": [{"bins": 64, "rows": 16}, {"bins": 64, "rows": 16}], "cmx_columns": 4, "outer_channels": 16,
      "inner_channels": 16, "encoder_blocks": 1, "decoder_blocks": 1, "attention_heads": 2,
      "full_band_channels": 4, "full_band_hidden": 16, "code_size": 4,
      "codebook_size": 64, "scales": [[1, 1], [2, 2], [4, 3]]}, "training": {)" +
         training + "}}";
}

/// Asks a training to stop after so many steps, which begin once `words` tell that the data are read.
struct StopAfter {
  const std::ostringstream& words;
  int most;
  bool reading = true;
  int steps = 0;

  bool operator()() {
    reading = reading && words.str().find("held out") == std::string::npos;
    return !reading && ++steps >= most;
  }
};

/// The largest difference of two checkpoints' weights.
inline double difference(const std::string& one, const std::string& other) {
  const torch::Device cpu(torch::kCPU);
  const auto weights = fetch(read_tensor_file(one, "").file, "model.", cpu);
  const auto others = fetch(read_tensor_file(other, "").file, "model.", cpu);
  double most = 0.0;
  for (const auto& [name, value] : weights)
    most = std::max(most, (value - others.at(name)).abs().max().item<double>());
  return most;
}

/// Workers share a batch, in the same way every time: what they learn is what one learns of all of it, whose
/// checkpoint "whole.checkpoint" is. `train` trains once.
template <typename Train>
void check_that_workers_share(const Folder& folder, train::TrainOptions options, const Train& train) {
  options.resume_path.clear();
  for (const int threads : {2, 3}) {
    options.threads = threads;
    for (const char* const name : {"shared", "again"}) {
      options.out_path = folder / name;
      train(options);
    }
    CHECK(bytes_of(folder / "shared") == bytes_of(folder / "again"));
    CHECK(difference(folder / "shared.checkpoint", folder / "whole.checkpoint") < 1e-4);
  }
}

}  // namespace ictus::tests
