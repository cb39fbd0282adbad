// A command's options as plain data, read from the CLI11 objects. Help, man pages and completions are
// loops over this.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace ictus::options {

struct OptionDescription {
  std::string short_name;  ///< "-o", or empty
  std::string long_name;   ///< "--output"
  std::string metavar;     ///< "OUT"; empty for a switch
  std::string text;
  std::string default_value;  ///< empty: none worth telling

  /// The words the value can be, when it is one of a few.
  [[nodiscard]] std::vector<std::string> choices() const;
  [[nodiscard]] bool takes_folder() const;
  [[nodiscard]] bool takes_file() const;
};

struct OptionGroup {
  std::string name;
  std::vector<OptionDescription> options;
};

struct PositionalDescription {
  std::string metavar;
  std::string text;
  bool may_be_many = false;
};

struct CommandDescription {
  std::string name;       ///< "encode"
  std::string full_name;  ///< "ictus encode"
  std::string text;
  std::string examples;  ///< lines, each behind a line break
  std::string synopsis;  ///< "ictus encode [OPTION...] [IN...]"
  std::vector<PositionalDescription> positionals;
  std::vector<OptionGroup> groups;
  std::vector<CommandDescription> commands;
};

[[nodiscard]] CommandDescription describe(const CLI::App& command);

/// The text of --help.
[[nodiscard]] std::string render_help(const CommandDescription& command);
/// The OPTIONS section of the command's man page, in roff.
[[nodiscard]] std::string render_man_options(const CommandDescription& command);
/// A completion script for `shell`: "bash", "zsh" or "fish".
[[nodiscard]] std::string render_completion(const CommandDescription& root, const std::string& shell);

}  // namespace ictus::options
