// ictus-train-events: trains the networks of the event codec on sound files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/train-events/simple_sounds.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/analysis/proposal_network_file.hpp"
#include "lib/analysis/proposal_training.hpp"
#include "lib/analysis/timbre_training.hpp"
#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/core/new_file.hpp"
#include "lib/synthesis/event_model.hpp"
#include "lib/synthesis/timbre_file.hpp"

namespace {

using namespace ictus;
using namespace ictus::analysis;

constexpr int kRateHz = 44100;
constexpr std::size_t kLeastSamples = 8000;
constexpr float kLeastPeak = 1e-3F;

struct Words {
  std::string output;
  std::vector<std::string> inputs;
};

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
  NewFile file(path, path, true);  // whole or not at all: the one before stays until then
  file.write(bytes);
  file.commit();
}

// ---- The network of timbres.

struct TimbreWords : Words {
  TimbreTraining training;
  int most_events = 0;
};

/// One event for the first look, then twice as many at each, up to ten a second, or as many as asked for.
std::vector<Look> free_looks(std::size_t samples, int most) {
  constexpr double kEventsASecond = 10.0;
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

void train_timbre_on(const TimbreWords& words) {
  std::vector<TimbreClip> clips;
  for (const std::string& path : words.inputs) {
    const std::vector<float> samples = read(path);
    if (!is_usable(samples)) {
      tell_left_out(path);
      continue;
    }
    const Stretch stretch(samples);
    clips.push_back({stretch.target.sound(),
                     explain_freely(stretch, free_looks(samples.size(), words.most_events), false)});
  }
  if (clips.empty()) refuse_silence();
  synthesis::TimbreNetwork network = first_network(clips, words.training.seed);
  const auto save_at = [&](int step) {
    save(words.output, synthesis::write_timbre(network, {{"steps", std::to_string(step)},
                                                         {"clips", std::to_string(clips.size())},
                                                         {"seed", std::to_string(words.training.seed)}}));
  };
  train_timbre(network, clips, words.training, [&](const TimbreProgress& progress) {
    fmt::print(stderr, "step {}: freely {:.3f} dB, by numbers {:.3f} dB, in steps {:.3f} dB\n", progress.step,
               progress.free_db, progress.network_db, progress.quantised_db);
    save_at(progress.step);
  });
  save_at(words.training.steps);
}

// ---- The network of proposals.

struct ProposalWords : Words {
  ProposalTraining training;
  std::string model;
  int most_clips = 4;  ///< of each file
  std::size_t simple = 300;
  int threads = 1;
};

/// Stretches of a file that are explained by themselves.
std::vector<std::vector<float>> clips_of(const std::string& path, int most) {
  constexpr std::size_t kClipSamples = 6 * kRateHz;
  const std::vector<float> samples = read(path);
  std::vector<std::vector<float>> clips;
  for (std::size_t at = 0; at < samples.size() && std::ssize(clips) < most; at += kClipSamples) {
    const auto clip = std::span(samples).subspan(at, std::min(kClipSamples, samples.size() - at));
    if (is_usable(clip)) clips.emplace_back(clip.begin(), clip.end());
  }
  if (clips.empty()) tell_left_out(path);
  return clips;
}

void train_proposals_on(const ProposalWords& words) {
  const auto model =
      synthesis::event_model_from(file_bytes(words.model, synthesis::kModelRemedy), words.model);
  const auto lessons_by = [&](const ProposalNetwork* network) {
    std::vector<ProposalLesson> lessons;
    const auto add = [&](const std::vector<float>& clip) {
      lessons.push_back(proposal_lesson(Stretch(clip), {model->timbre, network}, words.threads));
    };
    for (const std::string& path : words.inputs)
      for (const std::vector<float>& clip : clips_of(path, words.most_clips)) add(clip);
    if (lessons.empty()) refuse_silence();
    for (const std::vector<float>& clip : simple_sounds(words.simple, kRateHz, words.training.seed))
      add(clip);
    return lessons;
  };
  // What is left when an event is proposed depends on how those before it were begun: so once as they are
  // guessed, shortly, and once as they are learnt by then.
  ProposalNetwork network;
  const auto train_on = [&](const std::vector<ProposalLesson>& lessons, int steps, const char* round) {
    train_proposals(network, model->timbre, lessons, {steps, words.training.seed},
                    [&](const ProposalProgress& progress) {
                      fmt::print(stderr, "{} round, step {}: as guessed {:.3f} dB, as begun {:.3f} dB\n",
                                 round, progress.step, progress.guessed_db, progress.begun_db);
                    });
    save(words.output, write_proposals(network, model->hash,
                                       {{"steps", std::to_string(words.training.steps)},
                                        {"clips", std::to_string(lessons.size())},
                                        {"seed", std::to_string(words.training.seed)}}));
  };
  {
    const std::vector<ProposalLesson> lessons = lessons_by(nullptr);
    network = first_proposals(lessons, model->timbre, words.training.seed);
    train_on(lessons, std::max(words.training.steps / 5, 1), "first");
  }
  const ProposalNetwork first = network;
  train_on(lessons_by(&first), words.training.steps, "second");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the networks of the event codec on sound files.");
  app.require_subcommand(1);
  const auto add_words = [](CLI::App& command, Words& words, int& steps, std::uint64_t& seed) {
    command.add_option("-o,--output", words.output, "The network, a safetensors file")->required();
    command.add_option("--steps", steps, "Steps of training")
        ->check(CLI::Range(1, 100000000))
        ->capture_default_str();
    command.add_option("--seed", seed, "What chance begins with")->capture_default_str();
    command.add_option("FILE", words.inputs, "Sound")->required();
  };
  TimbreWords timbre;
  CLI::App* const timbre_command =
      app.add_subcommand("timbre", "The network that makes the sound of an event of its numbers");
  add_words(*timbre_command, timbre, timbre.training.steps, timbre.training.seed);
  timbre_command->add_option("--most-events", timbre.most_events, "In each file; 0: ten a second")
      ->check(CLI::Range(0, 1000));
  ProposalWords proposals;
  CLI::App* const proposals_command =
      app.add_subcommand("proposals", "The network that says with which numbers events begin to be fitted");
  add_words(*proposals_command, proposals, proposals.training.steps, proposals.training.seed);
  proposals_command->add_option("--model", proposals.model, "The network of timbres whose numbers they are")
      ->required();
  proposals_command->add_option("--most-clips", proposals.most_clips, "Of 6 s, of each file")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  proposals_command
      ->add_option("--simple", proposals.simple, "Tones, glides, noise and clicks to learn from besides")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  proposals_command->add_option("--threads", proposals.threads, "For explaining the clips")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    if (timbre_command->parsed()) {
      train_timbre_on(timbre);
    } else {
      train_proposals_on(proposals);
    }
  } catch (const Error& error) {
    fmt::print(stderr, "ictus-train-events: {}{}\n", error.what(),
               error.hint().empty() ? "" : "; " + error.hint());
    return 1;
  }
  return 0;
}
