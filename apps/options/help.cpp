// The text of --help.
#include <fmt/format.h>

#include <algorithm>

#include "apps/options/description.hpp"

namespace ictus::options {
namespace {

constexpr std::size_t kLineColumns = 80;
constexpr std::size_t kTextColumn = 26;

/// `text` in lines that fit beside a first column of `indent` characters; the first line is not indented.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > kLineColumns) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    at = end + 1;
  }
  return result;
}

std::string entry(const std::string& left, const std::string& text) {
  const bool too_wide = left.size() + 2 > kTextColumn;
  return fmt::format(
      "{}{}{}\n", left,
      too_wide ? "\n" + std::string(kTextColumn, ' ') : std::string(kTextColumn - left.size(), ' '),
      wrapped(text, kTextColumn));
}

std::string left_column(const OptionDescription& option) {
  std::string left = "  ";
  left += option.short_name.empty() ? "    " : option.short_name + ", ";
  left += option.long_name;
  if (!option.metavar.empty()) left += " " + option.metavar;
  return left;
}

}  // namespace

std::string render_help(const CommandDescription& command) {
  std::string help = fmt::format("Usage: {}\n\n{}.\n", command.synopsis, command.text);
  if (!command.examples.empty()) help += fmt::format("\nExamples:{}\n", command.examples);
  if (!command.commands.empty()) help += "\nCommands:\n";
  for (const CommandDescription& child : command.commands) {
    help += entry("  " + child.name, child.text);
  }
  if (!command.positionals.empty()) help += "\n";
  for (const PositionalDescription& positional : command.positionals) {
    help += entry("  " + positional.metavar, positional.text);
  }
  for (const OptionGroup& group : command.groups) {
    help += fmt::format("\n{}:\n", group.name);
    for (const OptionDescription& option : group.options) {
      std::string text = option.text;
      if (!option.default_value.empty()) text += fmt::format(" [{}]", option.default_value);
      help += entry(left_column(option), text);
    }
  }
  if (command.commands.empty()) {
    help += "\nExit status: 0 done, 1 an input failed or is damaged, 2 the command line is wrong.\n";
  } else {
    help += fmt::format("\n'{} COMMAND --help' says more of a command.\n", command.full_name);
  }
  return help;
}

}  // namespace ictus::options
