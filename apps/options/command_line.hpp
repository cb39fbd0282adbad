// The commands and options as CLI11 objects: the one place where they are written down.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <span>
#include <string>
#include <vector>

#include "apps/options/options.hpp"

namespace ictus::options {

/// The tree of commands, and the values that parsing with it fills in.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App root{"Audio as events or as tokens, and back", "ictus"};

  bool version = false;
  std::string generate;                 ///< hidden: what to make from this tree
  std::vector<std::string> help_topic;  ///< the words after `ictus help`
  EncodeOptions encode;
  DecodeOptions decode;
  InfoOptions info;
  DumpOptions dump;
  AssembleOptions assemble;
  std::vector<std::string> vary_words;  ///< IN and OUT
  VaryOptions vary;
  std::vector<std::string> mix_words;  ///< IN[=GAIN][@OFFSET]
  MixOptions mix;
  CatOptions cat;
  std::vector<std::string> play_words;  ///< SCORE and OUT
  PlayOptions play;
  PlotOptions plot;
  ExploreOptions explore;
  TestOptions test;
  TrainOptions train_tokenizer;
  TrainOptions train_generator;
  TrainOptions train_judge;
  GenerateOptions generate_notes;
  EvaluateOptions evaluate;

 private:
  void add_encode();
  void add_encode_events(CLI::App& app);
  void add_decode();
  void add_decode_rate(CLI::App& app);
  void add_info();
  void add_dump();
  void add_assemble();
  void add_vary();
  void add_vary_vectors(CLI::App& app);
  void add_vary_pitches(CLI::App& app);
  void add_vary_courses(CLI::App& app);
  void add_vary_times(CLI::App& app);
  void add_mix();
  void add_cat();
  void add_play();
  void add_plot();
  void add_explore();
  void add_test();
  void add_train();
  void add_generate();
  void add_generate_notes(CLI::App& app);
  void add_generate_sampling(CLI::App& app);
  void add_evaluate();
  CLI::App& add_train_network(CLI::App& train, const char* name, const char* description,
                              const char* examples, TrainOptions& options);
  void add_help();
};

/// A word that is a name whatever it looks like, for one that follows `--`. CLI11 takes `--` by itself, but
/// hands what follows to the parent command as soon as the command has one name. No word of a command line
/// holds a zero byte, so one in front of it is a mark.
[[nodiscard]] std::string marked_as_name(const std::string& word);
[[nodiscard]] bool is_marked(const std::string& word);
/// The word without its mark, if it has one.
[[nodiscard]] std::string as_typed(const std::string& word);

/// The command that the words name, as deep as they go: `{"train", "judge"}`. Null when a word is no
/// command.
[[nodiscard]] const CLI::App* find_command(const CLI::App& root, std::span<const std::string> words);

/// The command's full name: "ictus train judge".
[[nodiscard]] std::string full_name(const CLI::App& command);

}  // namespace ictus::options
