#include "apps/options/description.hpp"

#include <algorithm>

#include "apps/options/command_line.hpp"

namespace ictus::options {
namespace {

OptionDescription describe(const CLI::Option& option) {
  OptionDescription result;
  if (!option.get_snames().empty()) result.short_name = "-" + option.get_snames().front();
  if (!option.get_lnames().empty()) result.long_name = "--" + option.get_lnames().front();
  if (option.get_expected_max() > 0) result.metavar = option.get_type_name();
  result.text = option.get_description();
  result.default_value = option.get_default_str();
  return result;
}

OptionGroup& group_named(std::vector<OptionGroup>& groups, const std::string& name) {
  for (OptionGroup& group : groups) {
    if (group.name == name) return group;
  }
  return groups.emplace_back(OptionGroup{name, {}});
}

std::string synopsis(const CommandDescription& command) {
  std::string line = command.full_name;
  if (!command.commands.empty()) return line + " COMMAND [OPTION...]";
  line += " [OPTION...]";
  for (const PositionalDescription& positional : command.positionals) {
    line += " [" + positional.metavar + (positional.may_be_many ? "...]" : "]");
  }
  return line;
}

}  // namespace

std::vector<std::string> OptionDescription::choices() const {
  std::vector<std::string> words;
  if (metavar.find('|') == std::string::npos) return words;
  words.emplace_back();
  for (const char c : metavar) {
    if (c == '|') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  for (std::string& word : words) word = word.substr(0, word.find('['));  // "cuda[:N]" completes to "cuda"
  std::erase_if(words, [](const std::string& word) {                      // "N" or "NAME" stands for others
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  });
  return words;
}

bool OptionDescription::takes_folder() const { return metavar == "DIR"; }

bool OptionDescription::takes_file() const { return metavar == "FILE" || metavar == "OUT"; }

CommandDescription describe(const CLI::App& command) {
  CommandDescription result;
  result.name = command.get_name();
  result.full_name = full_name(command);
  result.text = command.get_description();
  result.examples = command.get_footer();
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      result.positionals.push_back(
          {option->get_type_name(), option->get_description(), option->get_expected_max() > 1});
    } else if (!option->get_group().empty()) {  // an option without a group is hidden
      group_named(result.groups, option->get_group()).options.push_back(describe(*option));
    }
  }
  // What every command has stands last.
  std::stable_partition(result.groups.begin(), result.groups.end(),
                        [](const OptionGroup& group) { return group.name != "General"; });
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    result.commands.push_back(describe(*child));
  }
  result.synopsis = synopsis(result);
  return result;
}

}  // namespace ictus::options
