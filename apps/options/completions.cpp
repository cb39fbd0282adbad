// Completion scripts for three shells.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>

#include "apps/options/description.hpp"
#include "lib/core/error.hpp"

namespace ictus::options {
namespace {

using Visit = std::function<void(const CommandDescription&)>;

void for_each_command(const CommandDescription& command, const Visit& visit) {
  visit(command);
  for (const CommandDescription& child : command.commands) for_each_command(child, visit);
}

std::vector<OptionDescription> all_options(const CommandDescription& command) {
  std::vector<OptionDescription> options;
  for (const OptionGroup& group : command.groups) {
    options.insert(options.end(), group.options.begin(), group.options.end());
  }
  return options;
}

std::vector<std::string> command_names(const CommandDescription& command) {
  std::vector<std::string> names;
  for (const CommandDescription& child : command.commands) names.push_back(child.name);
  return names;
}

/// The words, rather than files, that can follow the command.
std::vector<std::string> argument_words(const CommandDescription& command, const CommandDescription& root) {
  return command_names(command.name == "help" ? root : command);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// The pattern of a `case` that matches the option by any of its names.
std::string names_pattern(const OptionDescription& option) {
  return option.short_name.empty() ? option.long_name : option.short_name + "|" + option.long_name;
}

// ---- bash

std::string bash_value_cases(const CommandDescription& command) {
  std::string cases;
  for (const OptionDescription& option : all_options(command)) {
    if (option.metavar.empty()) continue;
    std::string action = "COMPREPLY=()";
    if (const auto choices = option.choices(); !choices.empty()) {
      action = fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))", fmt::join(choices, " "));
    } else if (option.takes_folder()) {
      action = "compopt -o dirnames; COMPREPLY=()";
    } else if (option.takes_file()) {
      action = "compopt -o default; COMPREPLY=()";
    }
    cases += fmt::format("        {}) {}; return ;;\n", names_pattern(option), action);
  }
  return cases;
}

std::string bash_command_case(const CommandDescription& command, const CommandDescription& root) {
  std::vector<std::string> words = argument_words(command, root);
  const bool takes_files = words.empty() && !command.positionals.empty();
  for (const OptionDescription& option : all_options(command)) {
    words.push_back(option.long_name);
    if (!option.short_name.empty()) words.push_back(option.short_name);
  }
  std::string text = fmt::format("    '{}')\n      case $previous in\n", command.full_name);
  text += bash_value_cases(command) + "      esac\n";
  text += fmt::format("      words='{}' files={} ;;\n", fmt::join(words, " "), takes_files ? "yes" : "");
  return text;
}

std::string bash_completion(const CommandDescription& root) {
  std::string paths;
  std::string cases;
  for_each_command(root, [&](const CommandDescription& command) {
    for (const std::string& name : command_names(command)) {
      paths += fmt::format("      '{0} {1}') path='{0} {1}' ;;\n", command.full_name, name);
    }
    cases += bash_command_case(command, root);
  });
  return fmt::format(R"(# Completion of ictus in bash; made by `ictus --generate bash`.
_ictus() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path=ictus words= files= i
  COMPREPLY=()
  # bash takes `=` for a word of its own, so that --progress=al comes as three.
  if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then previous=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${{COMP_WORDS[i]}}" in
{}    esac
  done
  case $path in
{}  esac
  if [[ $word == -* || -z $files ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    compopt -o default
  fi
}}
complete -F _ictus ictus
)",
                     paths, cases);
}

// ---- zsh

std::string zsh_escaped(const std::string& text) {
  std::string result = replaced(text, "'", "'\\''");
  for (const char* special : {"[", "]", ":"}) result = replaced(result, special, std::string("\\") + special);
  return result;
}

std::string zsh_action(const OptionDescription& option) {
  if (const auto choices = option.choices(); !choices.empty()) {
    return fmt::format("({})", fmt::join(choices, " "));
  }
  if (option.takes_folder()) return "_files -/";
  if (option.takes_file()) return "_files";
  return " ";
}

std::string zsh_option(const OptionDescription& option) {
  const std::string text = zsh_escaped(option.text);
  std::string value;
  if (!option.metavar.empty()) {
    value = fmt::format(":{}:{}", zsh_escaped(option.metavar), zsh_action(option));
  }
  const char* const equals = option.metavar.empty() ? "" : "=";
  if (option.short_name.empty())
    return fmt::format("      '{}{}[{}]{}'", option.long_name, equals, text, value);
  const char* const joined = option.metavar.empty() ? "" : "+";
  return fmt::format("      '({0} {1})'{{{0}{2},{1}{3}}}'[{4}]{5}'", option.short_name, option.long_name,
                     joined, equals, text, value);
}

std::string zsh_function_name(const CommandDescription& command) {
  return "_" + replaced(command.full_name, " ", "_");
}

std::string zsh_function(const CommandDescription& command, const CommandDescription& root) {
  std::vector<std::string> lines;
  for (const OptionDescription& option : all_options(command)) lines.push_back(zsh_option(option));
  std::string text = fmt::format("{}() {{\n", zsh_function_name(command));
  if (command.commands.empty()) {
    const std::vector<std::string> words = argument_words(command, root);
    const std::string rest =
        words.empty() ? "'*:file:_files'" : fmt::format("'*:command:({})'", fmt::join(words, " "));
    return text +
           fmt::format("  _arguments -s -S \\\n{} \\\n      {}\n}}\n", fmt::join(lines, " \\\n"), rest);
  }
  text += "  local state line\n";
  text +=
      fmt::format("  _arguments -s -S -C \\\n{} \\\n      '1:command:->command' '*::argument:->argument'\n",
                  fmt::join(lines, " \\\n"));
  text += "  case $state in\n    command)\n      local -a commands=(\n";
  for (const CommandDescription& child : command.commands) {
    text += fmt::format("        '{}:{}'\n", child.name, zsh_escaped(child.text));
  }
  text += "      )\n      _describe command commands ;;\n    argument)\n      case $line[1] in\n";
  for (const CommandDescription& child : command.commands) {
    text += fmt::format("        {}) {} ;;\n", child.name, zsh_function_name(child));
  }
  return text + "      esac ;;\n  esac\n}\n";
}

std::string zsh_completion(const CommandDescription& root) {
  std::string text = "#compdef ictus\n# Completion of ictus in zsh; made by `ictus --generate zsh`.\n";
  for_each_command(root, [&](const CommandDescription& command) { text += zsh_function(command, root); });
  return text + "if [[ $funcstack[1] == _ictus ]]; then _ictus \"$@\"; else compdef _ictus ictus; fi\n";
}

// ---- fish

std::string fish_escaped(const std::string& text) {
  return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

/// The condition under which fish offers what belongs to `command`.
std::string fish_condition(const CommandDescription& command) {
  if (command.full_name == "ictus") return "__fish_use_subcommand";
  std::string words = replaced(command.full_name, "ictus ", "");
  return "__fish_seen_subcommand_from " + replaced(words, " ", "; and __fish_seen_subcommand_from ");
}

std::string fish_option(const CommandDescription& command, const OptionDescription& option) {
  std::string line = fmt::format("complete -c ictus -n {} -l {}", fish_escaped(fish_condition(command)),
                                 option.long_name.substr(2));
  if (!option.short_name.empty()) line += " -s " + option.short_name.substr(1);
  if (const auto choices = option.choices(); !choices.empty()) {
    line += fmt::format(" -x -a '{}'", fmt::join(choices, " "));
  } else if (option.takes_folder()) {
    line += " -x -a '(__fish_complete_directories)'";
  } else if (option.takes_file()) {
    line += " -r -F";
  } else if (!option.metavar.empty()) {
    line += " -x";
  }
  return line + " -d " + fish_escaped(option.text) + "\n";
}

std::string fish_completion(const CommandDescription& root) {
  std::string text = "# Completion of ictus in fish; made by `ictus --generate fish`.\n";
  for_each_command(root, [&](const CommandDescription& command) {
    for (const CommandDescription& child : command.commands) {
      const std::string condition = command.full_name == "ictus"
                                        ? fish_condition(command)
                                        : fish_condition(command) + "; and not " +
                                              fish_condition(child).substr(fish_condition(command).size() +
                                                                           std::string("; and ").size());
      text += fmt::format("complete -c ictus -n {} -f -a {} -d {}\n", fish_escaped(condition), child.name,
                          fish_escaped(child.text));
    }
    for (const OptionDescription& option : all_options(command)) text += fish_option(command, option);
  });
  return text;
}

}  // namespace

std::string render_completion(const CommandDescription& root, const std::string& shell) {
  if (shell == "bash") return bash_completion(root);
  if (shell == "zsh") return zsh_completion(root);
  if (shell == "fish") return fish_completion(root);
  throw Error("no completions are made for '" + shell + "'");
}

}  // namespace ictus::options
