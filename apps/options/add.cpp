#include "apps/options/add.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "apps/options/command_line.hpp"
#include "apps/options/parse.hpp"

namespace ictus::options {

/// The word after an option that takes a value, where that word follows `--`.
void refuse_marked(const std::string& option, const std::string& value) {
  if (is_marked(value)) throw UsageError(option + ": its value is missing; '--' follows");
}

std::string long_name(const std::string& names) { return names.substr(names.rfind(',') + 1); }

CLI::Option* add_value(CLI::App& app, const char* group, const char* names, const char* metavar,
                       const std::string& description, TakeValue take) {
  const auto take_unmarked = [name = long_name(names), take = std::move(take)](const std::string& value) {
    refuse_marked(name, value);
    take(value);
  };
  return app.add_option_function<std::string>(names, take_unmarked, description)
      ->type_name(metavar)
      ->group(group);
}

CLI::Option* add_switch(CLI::App& app, const char* group, const char* names, bool& value,
                        const std::string& description) {
  return app
      .add_flag_callback(
          names, [&value] { value = true; }, description)
      ->disable_flag_override()
      ->group(group);
}

/// A whole number from `least` to `most`; the value that the field has already is the default.
void add_whole_number(CLI::App& app, const char* group, const char* name, long long least, long long most,
                      int& field, const char* description) {
  add_value(app, group, name, "N", description, [=, &field](const std::string& value) {
    field = static_cast<int>(whole_number(name, value, least, most));
  })->default_str(std::to_string(field));
}

CLI::Option* add_inputs(CLI::App& app, const char* metavar, const std::string& description,
                        std::vector<std::string>& inputs) {
  return app
      .add_option_function<std::vector<std::string>>(
          metavar,
          [&inputs](const std::vector<std::string>& words) {
            inputs.clear();
            for (const std::string& word : words) inputs.push_back(as_typed(word));
          },
          description)
      ->type_name(metavar);
}

void add_seed(CLI::App& app, const char* group, unsigned long long& seed, const char* description) {
  add_value(app, group, "--seed", "N", description, [&seed](const std::string& value) {
    seed = static_cast<unsigned long long>(
        whole_number("--seed", value, 0, std::numeric_limits<long long>::max()));
  })->default_str(std::to_string(seed));
}

/// Help is found before parsing; the switch is there to be listed and completed.
void add_help_switch(CLI::App& app) {
  app.add_flag_callback(
         "-h,--help", [] {}, "Print this help.")
      ->group(kGeneralGroup);
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* description, const char* examples) {
  CLI::App* const command = parent.add_subcommand(name, description);
  command->footer(examples);
  command->set_help_flag("");
  command->allow_extras(true);  // they are judged after parsing, with suggestions
  add_help_switch(*command);
  return command;
}

void add_output(CLI::App& app, OutputOptions& output, const char* description) {
  add_value(app, kOutputGroup, "-o,--output", "OUT", non_empty, output.path, description);
  add_switch(app, kOutputGroup, "-f,--force", output.force, "Replace an output that exists.");
}

void add_two_words(CLI::App& app, const char* metavar, const char* description, FileOptions& options) {
  add_inputs(app, metavar, description, options.words)->expected(0, 2);
  add_output(app, options.output, "Where to write: a file, or '-' for standard output.");
}

void add_quiet(CLI::App& app, bool& quiet) {
  add_switch(app, kMessagesGroup, "-q,--quiet", quiet, "Say nothing but errors.");
}

void add_progress(CLI::App& app, TalkOptions& talk) {
  static constexpr Choice<Progress> kChoices[] = {
      {"auto", Progress::automatic}, {"always", Progress::always}, {"never", Progress::never}};
  add_quiet(app, talk.quiet);
  add_choice(app, kMessagesGroup, "--progress", kChoices, talk.progress,
             "Show how far the work is, on one line; auto does so on a terminal.");
}

/// `of_each` is what there is a result of.
void add_talk(CLI::App& app, const char* of_each, TalkOptions& talk) {
  add_progress(app, talk);
  add_switch(app, kMessagesGroup, "--json", talk.json,
             fmt::format("Print the result of each {} as one line of JSON on standard output.", of_each));
}

CLI::Option* add_device(CLI::App& app, std::string& target) {
  return add_value(app, kNetworkGroup, "--device", "auto|cpu|cuda[:N]", device, target,
                   "What the network runs on; auto takes a graphics processor where there is one.")
      ->default_str("auto");
}

CLI::Option* add_model(CLI::App& app, const char* description, std::optional<std::string>& target) {
  return add_value(app, kNetworkGroup, "--model", "FILE", non_empty, target, description);
}

void add_weights(CLI::App& app, const char* name, const char* variable, std::optional<std::string>& path,
                 const char* what) {
  add_value(app, kNetworkGroup, name, "FILE", non_empty, path,
            fmt::format("{} Without it: the file that {} names, else the one installed with the program.",
                        what, variable));
}

void add_coding(CLI::App& app, NetworkOptions& network, int& threads, TalkOptions& talk,
                const char* about_device, const char* about_threads) {
  add_device(app, network.device)->description(about_device);
  add_model(app, kModelOfEitherCodec, network.model);
  add_threads(app, threads, about_threads);
  add_talk(app, "input", talk);
}

void add_threads(CLI::App& app, int& threads, const char* description) {
  add_whole_number(app, kNetworkGroup, "--threads", 0, 1024, threads, description);
}

void add_many(CLI::App& app, ManyOptions& many) {
  add_value(
      app, kManyGroup, "--shard", "I/N|auto", shard, many.shard,
      "Of the inputs only the I-th and every N-th after it; I is 1 to N. So N workers that are given the "
      "same inputs in the same order share them. auto: what the environment says that Slurm or MPI give "
      "their tasks.");
  add_switch(app, kManyGroup, "--skip-done", many.skip_done,
             "Pass over inputs whose outputs are there. An output that is not a whole stream is an error.");
  add_value(app, kManyGroup, "--manifest", "FILE", non_empty, many.manifest,
            "Append the result of each input to FILE, as the line of JSON that --json prints. With "
            "--skip-done, outputs that FILE does not tell of yet are added to it.");
}

}  // namespace ictus::options
