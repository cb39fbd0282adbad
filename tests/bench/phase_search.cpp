// phase_search FOLDER: how well, and how fast, phases are found for the right magnitudes of recordings, from
// each kind of start and with several numbers of iterations. Writes a table in Markdown.
//
// Every WAV and FLAC file of the folder is read at 16 kHz; its magnitudes (windows of 1024, hops of 256) are
// taken and turned back into sound. Of more than 40 files, about 40 are taken, evenly over their names. One
// core.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/dsp/phase.hpp"
#include "lib/dsp/stft.hpp"
#include "lib/metrics/log_mel.hpp"

namespace {

using namespace ictus;

constexpr int kSampleRateHz = 16000;
constexpr int kWindow = 1024;
constexpr int kHop = 256;

struct Way {
  const char* name;
  dsp::StartingPhase start;
  int iterations;
  double momentum;
};

std::vector<float> read_all(const std::string& path) {
  const auto source = audio::Source::open(path, kSampleRateHz);
  std::vector<float> samples;
  std::vector<float> block(1 << 16);
  while (const std::size_t count = source->read(block))
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
  return samples;
}

std::vector<Way> ways() {
  using dsp::StartingPhase;
  std::vector<Way> all = {{"even spread, plain", StartingPhase::spread, 100, 0.0}};
  for (const auto& [name, start] :
       {std::pair{"even spread, fast", StartingPhase::spread}, std::pair{"peaks, fast", StartingPhase::peaks},
        std::pair{"gradients, fast", StartingPhase::gradients}})
    for (const int iterations : {0, 4, 8, 16, 32, 100}) all.push_back({name, start, iterations, 0.99});
  return all;
}

int measure(const std::string& folder) {
  torch::NoGradGuard no_grad;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".wav" || entry.path().extension() == ".flac")
      paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<std::vector<float>> sounds;
  for (std::size_t i = 0; i < paths.size(); i += 1 + paths.size() / 41) sounds.push_back(read_all(paths[i]));
  if (sounds.empty()) throw std::runtime_error(folder + ": no WAV or FLAC files there");
  double seconds = 0.0;
  for (const auto& sound : sounds) seconds += static_cast<double>(sound.size()) / kSampleRateHz;
  std::printf(
      "# Phases\n\nWritten by `phase_search %s`: right magnitudes (windows of 1024, hops of 256, 16 kHz) "
      "of %zu files, %.0f s, turned back into sound on one core.\n\n| start, Griffin-Lim | iterations | "
      "log-mel distance | speed |\n|---|---:|---:|---:|\n",
      std::filesystem::path(folder).filename().c_str(), sounds.size(), seconds);

  for (const Way& way : ways()) {
    double distance_db = 0.0;
    double elapsed_s = 0.0;
    for (const auto& sound : sounds) {
      torch::Tensor padded = torch::zeros({1, static_cast<std::int64_t>(sound.size()) + 2 * kWindow});
      std::copy(sound.begin(), sound.end(), padded.data_ptr<float>() + kWindow / 2);
      const torch::Tensor magnitudes = dsp::stft(padded, kWindow, kHop)[0].abs();
      std::vector<float> found;
      const auto began = std::chrono::steady_clock::now();
      dsp::PhaseStream phase({.window_samples = kWindow,
                              .hop_samples = kHop,
                              .start = way.start,
                              .iterations = way.iterations,
                              .momentum = way.momentum},
                             [&found](std::span<const float> samples) {
                               found.insert(found.end(), samples.begin(), samples.end());
                             });
      phase.push(magnitudes);
      phase.finish();
      elapsed_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      found.resize(sound.size());
      distance_db += metrics::log_mel_distance_db(sound, found, kSampleRateHz);
    }
    std::printf("| %s | %d | %.2f dB | %.0fx |\n", way.name, way.iterations,
                distance_db / static_cast<double>(sounds.size()), seconds / elapsed_s);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: phase_search FOLDER\n", stderr);
    return 2;
  }
  try {
    ictus::use_one_thread_per_caller();
    return measure(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "phase_search: %s\n", error.what());
    return 1;
  }
}
