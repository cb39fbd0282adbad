// ictus-train-events: what the event codec has learnt, from sound files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>

#include "apps/train-events/train_events.hpp"
#include "lib/core/error.hpp"

using namespace ictus;
using namespace ictus::training;

namespace {

void add_words(CLI::App& command, Words& words, const char* output) {
  command.add_option("-o,--output", words.output, output)->required();
  command.add_option("FILE", words.inputs, "Sound")->required();
}

void add_chance(CLI::App& command, std::uint64_t& seed) {
  command.add_option("--seed", seed, "What chance begins with")->capture_default_str();
}

void add_steps(CLI::App& command, int& steps) {
  command.add_option("--steps", steps, "Steps of training")
      ->check(CLI::Range(1, 100000000))
      ->capture_default_str();
}

void add_threads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "For explaining the clips")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

void add_timbre(CLI::App& app, TimbreWords& words) {
  CLI::App& command =
      *app.add_subcommand("timbre", "The network that makes the sound of an event of its numbers");
  add_words(command, words, "The network, a safetensors file");
  add_steps(command, words.training.steps);
  add_chance(command, words.training.seed);
  command.add_option("--most-events", words.most_events, "In each file; 0: ten a second")
      ->check(CLI::Range(0, 1000));
  command.callback([&words] { train_timbre_on(words); });
}

void add_proposals(CLI::App& app, ProposalWords& words) {
  CLI::App& command =
      *app.add_subcommand("proposals", "The network that says with which numbers events begin to be fitted");
  add_words(command, words, "The network, a safetensors file");
  add_steps(command, words.training.steps);
  add_chance(command, words.training.seed);
  command.add_option("--model", words.model, "The network of timbres whose numbers they are")->required();
  command.add_option("--most-clips", words.most_clips, "Of 6 s, of each file")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command.add_option("--simple", words.simple, "Tones, glides, noise and clicks to learn from besides")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  add_threads(command, words.threads);
  command.callback([&words] { train_proposals_on(words); });
}

void add_start(CLI::App& app, StartWords& words) {
  CLI::App& command = *app.add_subcommand("start", "The events that a coded stream begins as if it had held");
  add_words(command, words, "The list, a text");
  command.add_option("--model", words.model, "The network of timbres")->required();
  command.add_option("--proposals", words.proposals, "The network of proposals")->required();
  command.add_option("--events", words.events, "How many are chosen")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command
      .add_option("--trials", words.trials, "How often one is replaced by another, to see whether it pays")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  add_chance(command, words.seed);
  add_threads(command, words.threads);
  command.callback([&words] { choose_start_on(words); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes what the event codec learns from sound files.");
  app.require_subcommand(1);
  TimbreWords timbre;
  add_timbre(app, timbre);
  ProposalWords proposals;
  add_proposals(app, proposals);
  StartWords start;
  add_start(app, start);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const Error& error) {
    fmt::print(stderr, "ictus-train-events: {}{}\n", error.what(),
               error.hint().empty() ? "" : "; " + error.hint());
    return 1;
  }
  return 0;
}
