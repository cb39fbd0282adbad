// ictus-timbre: trains the network of timbres on sound files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "lib/analysis/explain.hpp"
#include "lib/analysis/timbre_training.hpp"
#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "lib/core/new_file.hpp"
#include "lib/synthesis/timbre_file.hpp"

namespace {

using namespace ictus;
using namespace ictus::analysis;

constexpr int kRateHz = 44100;
constexpr std::size_t kLeastSamples = 8000;
constexpr float kLeastPeak = 1e-3F;
constexpr double kEventsASecond = 10.0;

std::vector<float> read(const std::string& path) {
  const auto source = audio::Source::open(path, kRateHz);
  std::vector<float> samples;
  std::array<float, 4096> block{};
  while (const std::size_t count = source->read(block))
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  return samples;
}

/// One event for the first look, then twice as many at each, up to ten a second, or as many as asked for.
std::vector<Look> looks_for(std::size_t samples, int most) {
  const auto by_length = static_cast<int>(kEventsASecond * static_cast<double>(samples) / kRateHz);
  int left = std::max(most > 0 ? std::min(most, by_length) : by_length, 1);
  std::vector<Look> looks;
  for (int events = std::max(left / 16, 1); left > 0; events *= 2) {
    const int some = std::min(events, left);
    left -= some;
    looks.push_back({some, left > 0 ? 30 : 60});
  }
  return looks;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the network that makes the sound of an event of its numbers.");
  std::string output;
  std::vector<std::string> inputs;
  TimbreTraining training;
  int most = 0;
  app.add_option("-o,--output", output, "The network, a safetensors file")->required();
  app.add_option("--steps", training.steps, "Steps of training, each on one file")
      ->check(CLI::Range(1, 100000000));
  app.add_option("--seed", training.seed, "What chance begins with");
  app.add_option("--most-events", most, "In each file; 0: ten a second")->check(CLI::Range(0, 1000));
  app.add_option("FILE", inputs, "Sound, some seconds each; what is longer takes longer than it tells more")
      ->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    std::vector<TimbreClip> clips;
    for (const std::string& path : inputs) {
      const std::vector<float> samples = read(path);
      const float peak = std::abs(*std::max_element(
          samples.begin(), samples.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
      if (samples.size() < kLeastSamples || peak < kLeastPeak) {
        fmt::print(stderr, "ictus-timbre: {} is too short or too soft; left out\n", path);
        continue;
      }
      const Stretch stretch(samples);
      clips.push_back({stretch.target.sound(), explain(stretch, looks_for(samples.size(), most), false)});
    }
    if (clips.empty())
      throw Error("no file has sound to train on", "give files of a fifth of a second or more");
    synthesis::TimbreNetwork network = first_network(clips, training.seed);
    const auto save = [&](int step) {
      NewFile file(output, output, true);  // whole or not at all: the one before stays until then
      file.write(synthesis::write_timbre(network, {{"steps", std::to_string(step)},
                                                   {"clips", std::to_string(clips.size())},
                                                   {"seed", std::to_string(training.seed)}}));
      file.commit();
    };
    train_timbre(network, clips, training, [&](const TimbreProgress& progress) {
      fmt::print(stderr, "step {}: freely {:.3f} dB, by numbers {:.3f} dB, in steps {:.3f} dB\n",
                 progress.step, progress.free_db, progress.network_db, progress.quantised_db);
      save(progress.step);
    });
    save(training.steps);
  } catch (const Error& error) {
    fmt::print(stderr, "ictus-timbre: {}{}\n", error.what(), error.hint().empty() ? "" : "; " + error.hint());
    return 1;
  }
  return 0;
}
