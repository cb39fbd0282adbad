// The commands and options as CLI11 objects, from which the parser, help, man pages and completions are made.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/options/command.hpp"

namespace ictus::options {

/// The tree of commands, which hold the values that parsing with it fills in.
class CommandLine {
 public:
  explicit CommandLine(std::span<AddCommand* const> adders);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App root{"Audio as events or as tokens, and back", "ictus"};

  bool version = false;
  std::string generate;                 ///< hidden: what to make from this tree
  std::vector<std::string> help_topic;  ///< the words after `ictus help`
  /// Each with its place in the tree.
  std::vector<std::pair<const CLI::App*, std::unique_ptr<Command>>> commands;

 private:
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
