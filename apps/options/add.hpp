// How a command says what it accepts: options of the usual kinds, in the groups of its help.
#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/options/options.hpp"
#include "apps/options/values.hpp"

namespace ictus::options {

inline constexpr const char* kOutputGroup = "Output";
inline constexpr const char* kCodingGroup = "Coding";
inline constexpr const char* kInputGroup = "Input";
inline constexpr const char* kNoteGroup = "Note";
inline constexpr const char* kSamplingGroup = "Sampling";
inline constexpr const char* kNetworkGroup = "Network";
inline constexpr const char* kMeasuresGroup = "Measures";
inline constexpr const char* kChoiceGroup = "Choice";
inline constexpr const char* kSoundGroup = "Sound";
inline constexpr const char* kTimeGroup = "Time";
inline constexpr const char* kPictureGroup = "Picture";
inline constexpr const char* kMessagesGroup = "Messages";
inline constexpr const char* kGeneralGroup = "General";

/// As many scales as a token pyramid can have.
inline constexpr int kMostScales = 32;

using TakeValue = std::function<void(const std::string&)>;

inline constexpr const char* kModelOfEitherCodec =
    "The weights to use. Without it: the file that ICTUS_MODEL names, or ICTUS_MARS_MODEL for token "
    "pyramids, "
    "else the one installed with the program.";
inline constexpr const char* kEventModel =
    "The weights to use. Without it: the file that ICTUS_MODEL names, else the one installed with the "
    "program.";

/// The word after an option that takes a value, where that word follows `--`.
void refuse_marked(const std::string& option, const std::string& value);

CLI::Option* add_value(CLI::App& app, const char* group, const char* names, const char* metavar,
                       const std::string& description, TakeValue take);

CLI::Option* add_switch(CLI::App& app, const char* group, const char* names, const std::string& description,
                        bool& value);

/// A whole number from `least` to `most`; the value that the field has already is the default.
void add_whole_number(CLI::App& app, const char* group, const char* name, const char* description,
                      long long least, long long most, int& field);

CLI::Option* add_inputs(CLI::App& app, const char* metavar, const std::string& description,
                        std::vector<std::string>& inputs);

void add_seed(CLI::App& app, const char* group, const char* description, unsigned long long& seed);

/// Help is found before parsing; the switch is there to be listed and completed.
void add_help_switch(CLI::App& app);

CLI::App* add_command(CLI::App& parent, const char* name, const char* description, const char* examples);

void add_output(CLI::App& app, OutputOptions& output, const char* description);

void add_progress(CLI::App& app, TalkOptions& talk);

/// `of_each` is what there is a result of.
void add_talk(CLI::App& app, const char* of_each, TalkOptions& talk);

CLI::Option* add_device(CLI::App& app, std::string& target);

CLI::Option* add_model(CLI::App& app, const char* description, std::optional<std::string>& target);

void add_threads(CLI::App& app, int& threads, const char* description);

/// One of a few names; the value that the field has already is the default.
template <typename T, std::size_t N>
CLI::Option* add_choice(CLI::App& app, const char* group, const char* name, const char* description,
                        const Choice<T> (&choices)[N], T& field) {
  std::string metavar;
  std::string default_name;
  for (const Choice<T>& one : choices) {
    metavar += (metavar.empty() ? "" : "|") + std::string(one.name);
    if (one.value == field) default_name = one.name;
  }
  return add_value(
             app, group, name, metavar.c_str(), description,
             [name, &choices, &field](const std::string& value) { field = choice(name, value, choices); })
      ->default_str(default_name);
}

}  // namespace ictus::options
