#include "apps/options/parse.hpp"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "apps/options/command_line.hpp"
#include "apps/options/description.hpp"
#include "apps/options/refuse.hpp"
#include "apps/options/suggest.hpp"

namespace ictus::options {
namespace {

/// The words before `--`: those that may be options.
std::vector<std::string> words_before_separator(std::span<const std::string> words) {
  return {words.begin(), std::find(words.begin(), words.end(), "--")};
}

bool asks_for_help(std::span<const std::string> words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return word == "-h" || word == "--help"; });
}

/// The command that the first words name, as far as they name one.
const CLI::App& leading_command(const CLI::App& root, std::span<const std::string> words) {
  std::vector<std::string> path;
  const CLI::App* command = &root;
  for (const std::string& word : words) {
    if (word.starts_with('-')) continue;
    path.push_back(word);
    const CLI::App* const deeper = find_command(root, path);
    if (deeper == nullptr) break;
    command = deeper;
  }
  return *command;
}

/// The command whose line was parsed, after parsing.
const CLI::App& parsed_command(const CLI::App& root) {
  const CLI::App* command = &root;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

std::vector<std::string> option_names(const CommandDescription& command) {
  std::vector<std::string> names;
  for (const OptionGroup& group : command.groups) {
    for (const OptionDescription& option : group.options) {
      names.push_back(option.long_name);
      if (!option.short_name.empty()) names.push_back(option.short_name);
    }
  }
  return names;
}

std::vector<std::string> command_names(const CommandDescription& command) {
  std::vector<std::string> names;
  for (const CommandDescription& child : command.commands) names.push_back(child.name);
  return names;
}

[[noreturn]] void refuse_word(const CLI::App& command, const std::string& word) {
  const CommandDescription known = describe(command);
  if (known.commands.empty() && !word.starts_with('-')) {
    throw UsageError(fmt::format("there is no place for '{}'", as_typed(word)), try_help(known.full_name));
  }
  const bool is_option = word.starts_with('-');
  const std::string typed = is_option ? word.substr(0, word.find('=')) : as_typed(word);
  const auto close = is_option && typed.size() <= 2
                         ? std::nullopt  // one letter is like any other
                         : nearest(typed, is_option ? option_names(known) : command_names(known));
  throw UsageError(fmt::format("unknown {} '{}'{}", is_option ? "option" : "command", typed,
                               close ? fmt::format("; did you mean '{}'?", *close) : ""),
                   try_help(known.full_name));
}

/// CLI11's sentence in words that a person at the terminal would use.
std::string reworded(const std::string& sentence) {
  const std::string option = sentence.substr(0, sentence.find(':'));
  const bool is_count = sentence.find(" required") != std::string::npos;
  if (is_count && sentence.ends_with("missing")) return option + ": its value is missing";
  if (is_count && sentence.find("At Most 1") != std::string::npos) {
    return option.starts_with('-') ? option + " was given more than once"
                                   : "only one " + option + " is taken";
  }
  if (const std::size_t at = sentence.find("At Most "); is_count && at != std::string::npos) {
    const std::string rest = sentence.substr(at + std::string("At Most ").size());
    return fmt::format("at most {} names are taken", rest.substr(0, rest.find(' ')));
  }
  if (const std::size_t at = sentence.find(" excludes "); at != std::string::npos) {
    return sentence.substr(0, at) + " and " + sentence.substr(at + std::string(" excludes ").size()) +
           " cannot be used together";
  }
  if (const std::size_t at = sentence.find(" was given a disallowed flag override");
      at != std::string::npos) {
    return "--" + sentence.substr(0, at) + " takes no value";
  }
  return sentence;
}

/// An option that the command does not have; its value may have been taken for one name too many.
void refuse_unknown_options(const CLI::App& root) {
  const CLI::App& command = parsed_command(root);
  for (const std::string& word : root.remaining(true)) {
    if (word.starts_with("--")) refuse_word(command, word);
  }
}

/// The words without `--`, those after it marked as names.
std::vector<std::string> names_marked(std::span<const std::string> words) {
  std::vector<std::string> marked = words_before_separator(words);
  for (std::size_t i = marked.size() + 1; i < words.size(); ++i) marked.push_back(marked_as_name(words[i]));
  return marked;
}

void parse_into(CommandLine& line, std::span<const std::string> words) {
  std::vector<std::string> marked = names_marked(words);
  std::vector<std::string> reversed(marked.rbegin(), marked.rend());  // as CLI11 wants them
  try {
    line.root.parse(reversed);
  } catch (const CLI::ParseError& error) {
    refuse_unknown_options(line.root);
    throw UsageError(reworded(error.what()));
  }
}

void refuse_extra_words(const CLI::App& root) {
  const CLI::App& command = parsed_command(root);
  for (const std::string& word : root.remaining(true)) refuse_word(command, word);
}

std::string help_of(const CLI::App& root, std::span<const std::string> topic) {
  const CLI::App* const command = find_command(root, topic);
  if (command != nullptr) return render_help(describe(*command));
  const CLI::App& known = leading_command(root, topic);
  std::string unknown;
  for (std::size_t depth = 1; depth <= topic.size() && unknown.empty(); ++depth) {
    if (find_command(root, topic.first(depth)) == nullptr) unknown = topic[depth - 1];
  }
  refuse_word(known, unknown);
}

std::string generated(const CLI::App& root, const std::string& what) {
  return what == "man" ? render_man_options(describe(parsed_command(root)))
                       : render_completion(describe(root), what);
}

/// What no command can do.
void refuse_contradictions(const CLI::App& command) {
  const CLI::Option* const progress = command.get_option_no_throw("--progress");
  if (progress == nullptr || progress->count() == 0 || progress->results().front() != "always") return;
  if (!was_given(command, "--quiet")) return;
  throw UsageError("--quiet says nothing but errors, and --progress always asks for a line",
                   "Leave out one of them.");
}

[[noreturn]] void refuse_no_command(const CLI::App& parsed) {
  std::string commands;
  for (const std::string& name : command_names(describe(parsed))) {
    commands += (commands.empty() ? "" : ", ") + name;
  }
  throw UsageError("no command was given",
                   fmt::format("Commands: {}. {}", commands, try_help(full_name(parsed))));
}

/// The command that was parsed, or of which one below it was.
std::unique_ptr<Command> command_of(CommandLine& line, const CLI::App& parsed) {
  const CLI::App* place = &parsed;
  while (place->get_parent() != &line.root) place = place->get_parent();
  for (auto& [app, command] : line.commands) {
    if (app == place) return std::move(command);
  }
  return nullptr;
}

Request request_of(CommandLine& line) {
  const CLI::App& parsed = parsed_command(line.root);
  if (!line.generate.empty()) return {generated(line.root, line.generate), {}};
  if (line.version) return {"ictus " ICTUS_VERSION "\n", {}};
  refuse_contradictions(parsed);
  if (!describe(parsed).commands.empty()) refuse_no_command(parsed);
  std::unique_ptr<Command> command = command_of(line, parsed);
  if (command == nullptr) return {help_of(line.root, line.help_topic), {}};  // it is no one's but our own
  command->settle(parsed);
  return {{}, std::move(command)};
}

}  // namespace

Request parse(std::span<const std::string> words, std::span<AddCommand* const> commands) {
  CommandLine line(commands);
  const std::vector<std::string> before_separator = words_before_separator(words);
  if (asks_for_help(before_separator)) {
    return {render_help(describe(leading_command(line.root, before_separator))), {}};
  }
  const CLI::App& meant = leading_command(line.root, before_separator);
  try {
    parse_into(line, words);
    refuse_extra_words(line.root);
    return request_of(line);
  } catch (const UsageError& error) {
    throw UsageError(error.what(), error.hint().empty() ? try_help(full_name(meant)) : error.hint());
  }
}

std::string try_help(const std::string& command) { return fmt::format("Try '{} --help'.", command); }

const char* suffix_of(Codec codec) { return codec == Codec::events ? ".evs" : ".mars"; }

}  // namespace ictus::options
