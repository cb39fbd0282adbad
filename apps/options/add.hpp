// How a command says what it accepts: options of the usual kinds, in the groups of its help.
#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/options/command.hpp"
#include "apps/options/options.hpp"
#include "apps/options/values.hpp"

namespace ictus::options {

inline constexpr const char* kOutputGroup = "Output";
inline constexpr const char* kCodingGroup = "Coding";
inline constexpr const char* kInputGroup = "Input";
inline constexpr const char* kManyGroup = "Many files";
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
    "pyramids, else the one installed with the program.";
inline constexpr const char* kEventModel =
    "The weights to use. Without it: the file that ICTUS_MODEL names, else the one installed with the "
    "program.";

/// The word after an option that takes a value, where that word follows `--`.
void refuse_marked(const std::string& option, const std::string& value);

/// What messages call an option: "--output" of "-o,--output".
[[nodiscard]] std::string long_name(const std::string& names);

CLI::Option* add_value(CLI::App& app, const char* group, const char* names, const char* metavar,
                       const std::string& description, TakeValue take);

/// The same for a value that `read` makes of the option's long name and the word: see values.hpp.
template <typename Value, typename Field>
CLI::Option* add_value(CLI::App& app, const char* group, const char* names, const char* metavar,
                       Value (*read)(const std::string& option, const std::string& value), Field& field,
                       const std::string& description) {
  return add_value(
      app, group, names, metavar, description,
      [name = long_name(names), read, &field](const std::string& value) { field = read(name, value); });
}

/// The same for an option that may be repeated, each time with one more value.
template <typename Value>
void add_repeated(CLI::App& app, const char* group, const char* name, const char* metavar,
                  Value (*read)(const std::string& option, const std::string& value),
                  std::vector<Value>& values, const std::string& description) {
  const auto take = [name = std::string(name), read, &values](const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      refuse_marked(name, word);
      values.push_back(read(name, word));
    }
  };
  app.add_option_function<std::vector<std::string>>(name, take, description)
      ->allow_extra_args(false)
      ->type_name(metavar)
      ->group(group);
}

/// A number from `least` to `most`.
template <typename Field>
CLI::Option* add_number(CLI::App& app, const char* group, const char* names, const char* metavar,
                        double least, double most, Field& field, const std::string& description) {
  return add_value(app, group, names, metavar, description,
                   [name = long_name(names), least, most, &field](const std::string& value) {
                     field = number_within(name, value, least, most);
                   });
}

CLI::Option* add_switch(CLI::App& app, const char* group, const char* names, bool& value,
                        const std::string& description);

/// A whole number from `least` to `most`; the value that the field has already is the default.
void add_whole_number(CLI::App& app, const char* group, const char* name, long long least, long long most,
                      int& field, const char* description);

CLI::Option* add_inputs(CLI::App& app, const char* metavar, const std::string& description,
                        std::vector<std::string>& inputs);

void add_seed(CLI::App& app, const char* group, unsigned long long& seed, const char* description);

/// Help is found before parsing; the switch is there to be listed and completed.
void add_help_switch(CLI::App& app);

/// `examples` are lines of help, the first one behind a line break.
CLI::App* add_command(CLI::App& parent, const char* name, const char* description, const char* examples);

/// A command that is what is done with one value of `Options`, which its place in the command line fills in.
template <typename Options>
class CommandWithOptions final : public Command {
 public:
  using Settle = void(Options& options, const CLI::App& given);
  using Run = int(const Options& options, const cli::Streams& streams);

  CommandWithOptions(Settle* to_settle, Run* to_run) : settle_(to_settle), run_(to_run) {}
  void settle(const CLI::App& given) override {
    if (settle_ != nullptr) settle_(options, given);
  }
  int run(const cli::Streams& streams) override { return run_(options, streams); }

  Options options;

 private:
  Settle* settle_;
  Run* run_;
};

/// A whole command. `accept` says what can be typed, the other two are those of Command; `settle` is null
/// where the words leave nothing open.
template <typename Options>
std::unique_ptr<Command> make_command(CLI::App& root, const char* name, const char* description,
                                      void (*accept)(CLI::App& app, Options& options),
                                      typename CommandWithOptions<Options>::Settle* settle,
                                      typename CommandWithOptions<Options>::Run* run, const char* examples) {
  auto command = std::make_unique<CommandWithOptions<Options>>(settle, run);
  accept(*add_command(root, name, description, examples), command->options);
  return command;
}

void add_output(CLI::App& app, OutputOptions& output, const char* description);

/// One input and, as a second word or behind -o, one output: what take_two_words takes apart.
void add_two_words(CLI::App& app, const char* metavar, const char* description, FileOptions& options);

void add_quiet(CLI::App& app, bool& quiet);

void add_progress(CLI::App& app, TalkOptions& talk);

/// `of_each` is what there is a result of.
void add_talk(CLI::App& app, const char* of_each, TalkOptions& talk);

CLI::Option* add_device(CLI::App& app, std::string& target);

/// What encoding and decoding have in common: on what they run, with which weights, and what they say.
void add_coding(CLI::App& app, NetworkOptions& network, int& threads, TalkOptions& talk,
                const char* about_device, const char* about_threads);

CLI::Option* add_model(CLI::App& app, const char* description, std::optional<std::string>& target);

/// Weights that are looked for where `variable` says, then among those installed; `what` is a sentence.
void add_weights(CLI::App& app, const char* name, const char* variable, std::optional<std::string>& path,
                 const char* what);

void add_threads(CLI::App& app, int& threads, const char* description);

/// Of a command that works through many inputs, on many machines perhaps, and can be interrupted.
void add_many(CLI::App& app, ManyOptions& many);

/// One of a few names; the value that the field has already, if it has one of theirs, is the default.
template <typename T, std::size_t N, typename Field>
CLI::Option* add_choice(CLI::App& app, const char* group, const char* name, const Choice<T> (&choices)[N],
                        Field& field, const char* description) {
  std::string metavar;
  std::string default_name;
  for (const Choice<T>& one : choices) {
    metavar += (metavar.empty() ? "" : "|") + std::string(one.name);
    if (field == one.value) default_name = one.name;
  }
  return add_value(
             app, group, name, metavar.c_str(), description,
             [name, &choices, &field](const std::string& value) { field = choice(name, value, choices); })
      ->default_str(default_name);
}

}  // namespace ictus::options
