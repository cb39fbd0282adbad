#include "apps/options/command_line.hpp"

#include <functional>
#include <utility>

#include "apps/options/add.hpp"

namespace ictus::options {
namespace {

const auto is_any = [](const CLI::App*) { return true; };

}  // namespace

CommandLine::CommandLine(std::span<AddCommand* const> adders) {
  root.set_help_flag("");
  root.allow_extras(true);
  root.require_subcommand(0, 1);  // a later word that looks like a command is a file of that name
  root.footer(R"(
  ictus encode song.wav              make song.evs
  ictus decode song.evs -o back.wav  make sound of it again
  ictus info song.evs                what the file holds
  ictus explore song.evs             a page on which every event can be heard
  ictus vary --random-times song.evs | ictus decode - | aplay
  ictus encode note.wav -o note.mars a note as a pyramid of tokens
  arecord -f cd | ictus encode - | ictus decode - | aplay)");
  add_help_switch(root);
  add_switch(root, kGeneralGroup, "-V,--version", version, "Print the version.");
  static constexpr Choice<const char*> kTexts[] = {
      {"man", "man"}, {"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}};
  add_choice(root, "", "--generate", kTexts, generate, "Print a text made from the list of options.");
  for (AddCommand* const add : adders) {
    std::unique_ptr<Command> command = add(root);
    commands.emplace_back(root.get_subcommands(is_any).back(), std::move(command));
  }
  add_help();
}

void CommandLine::add_help() {
  CLI::App& app = *add_command(root, "help", "Print the help of a command", "\n  ictus help encode");
  add_inputs(app, "COMMAND", "The command, such as encode or train tokenizer.", help_topic);
}

std::string marked_as_name(const std::string& word) { return '\0' + word; }

bool is_marked(const std::string& word) { return word.starts_with('\0'); }

std::string as_typed(const std::string& word) { return is_marked(word) ? word.substr(1) : word; }

const CLI::App* find_command(const CLI::App& root, std::span<const std::string> words) {
  const CLI::App* command = &root;
  for (const std::string& word : words) {
    const CLI::App* next = nullptr;
    for (const CLI::App* child : command->get_subcommands(is_any)) {
      if (child->get_name() == word) next = child;
    }
    if (next == nullptr) return nullptr;
    command = next;
  }
  return command;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

}  // namespace ictus::options
