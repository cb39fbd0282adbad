#include "apps/options/parse.hpp"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "apps/options/command_line.hpp"
#include "apps/options/description.hpp"
#include "apps/options/suggest.hpp"
#include "apps/options/values.hpp"
#include "formats/number_names.hpp"
#include "lib/core/path.hpp"

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

bool was_given(const CLI::App& command, const std::string& option) {
  return command.get_option(option)->count() > 0;
}

/// The option, if it was given, is for nothing without what `needed` says.
void refuse_without(bool is_needed, const CLI::App& command, const char* option, const char* needed,
                    const char* remedy = "Leave it out.") {
  if (is_needed || !was_given(command, option)) return;
  throw UsageError(fmt::format("{} is for {} alone", option, needed), remedy);
}

constexpr const char* kStandardStream = "-";

/// Whether all results go there, of a command whose results lie beside its inputs where no output is named.
bool is_standard_output(const OutputOptions& output, const std::vector<std::string>& inputs) {
  if (output.path) return *output.path == kStandardStream;
  return std::all_of(inputs.begin(), inputs.end(),
                     [](const std::string& input) { return input == kStandardStream; });
}

/// The same of a command that names no file by itself.
bool is_standard_output(const OutputOptions& output) {
  return output.path.value_or(kStandardStream) == kStandardStream;
}

void refuse_force(const OutputOptions& output, bool to_standard_output) {
  if (!output.force || !to_standard_output) return;
  throw UsageError("--force replaces a file, and the result goes to standard output",
                   "Leave it out, or name a file with -o.");
}

/// What no command can do.
void refuse_contradictions(const CLI::App& command) {
  const CLI::Option* const progress = command.get_option_no_throw("--progress");
  if (progress == nullptr || progress->count() == 0 || progress->results().front() != "always") return;
  if (!was_given(command, "--quiet")) return;
  throw UsageError("--quiet says nothing but errors, and --progress always asks for a line",
                   "Leave out one of them.");
}

/// The codec that the name of a file tells.
std::optional<Codec> codec_of_name(const std::string& path) {
  for (const Codec codec : {Codec::events, Codec::mars}) {
    if (has_suffix(path, suffix_of(codec))) return codec;
  }
  return std::nullopt;
}

/// Settles the codec, which the output's name may tell, and what can be asked of it.
EncodeOptions settled(EncodeOptions options, const CLI::App& command) {
  if (const auto named = codec_of_name(options.output.path.value_or(""))) {
    if (!was_given(command, "--codec")) options.codec = *named;
    if (options.codec != *named) {
      throw UsageError(
          fmt::format("--codec asks for another kind of file than the name {} does", *options.output.path),
          fmt::format("Leave out --codec, or name a file that ends in {}.", suffix_of(options.codec)));
    }
  }
  refuse_without(options.codec == Codec::mars, command, "--device", "--codec mars");
  if (options.codec == Codec::mars) {
    for (const char* const option : {"--lossless", "--mono", "--bitrate", "--events-per-second"}) {
      if (was_given(command, option)) {
        throw UsageError(fmt::format("{} is for events, and a token pyramid is asked for", option),
                         "Leave it out, or use --codec events.");
      }
    }
  }
  refuse_without(options.codec == Codec::mars, command, "--device", "token pyramids",
                 "Leave it out, or use --codec mars.");
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
  if (!options.bitrate_kbit_s && !options.lossless) options.bitrate_kbit_s = kDefaultKbitS;
  if (!options.events_per_second && options.lossless) options.events_per_second = kLosslessEventsPerSecond;
  return options;
}

/// Refuses what has no choice to make where always the likeliest token is taken.
void check_chance(const GenerateOptions& options, const CLI::App& command) {
  if (!options.is_certain()) return;
  const std::string reason = options.certain_by();
  for (const char* const option : {"--top-k", "--top-p", "--temperature"}) {
    if (reason.starts_with(option) || !was_given(command, option)) continue;
    throw UsageError(
        fmt::format("{} chooses among tokens, and with {} it is always the likeliest", option, reason),
        fmt::format("Leave out {} or {}.", option, reason));
  }
  if (options.count == 1 || !options.is_one_label()) return;
  throw UsageError(
      fmt::format("with {} all {} notes of a label are the same", reason, options.count),
      fmt::format("Leave out --count or {}, or name several families, pitches or velocities.", reason));
}

/// Settles the format, which the output's name may tell.
GenerateOptions settled(GenerateOptions options, const CLI::App& command) {
  if (was_given(command, "--keep-scales") && !options.like)
    throw UsageError("--keep-scales keeps scales of a file, and none is named", "Name one with --like.");
  const std::string path = options.output.path.value_or("");
  const auto by_name = has_suffix(path, ".mars")  ? NoteFormat::mars
                       : has_suffix(path, ".wav") ? NoteFormat::wav
                                                  : NoteFormat::by_name;
  if (by_name != NoteFormat::by_name) {
    if (options.format != NoteFormat::by_name && options.format != by_name)
      throw UsageError(fmt::format("--format asks for another kind of file than the name {} does", path),
                       "Leave out --format, or give the file another name.");
    options.format = by_name;
  }
  if (options.format == NoteFormat::by_name) options.format = NoteFormat::wav;
  refuse_force(options.output, options.output.path == kStandardStream);
  check_chance(options, command);
  return options;
}

DecodeOptions settled(DecodeOptions options) {
  refuse_force(options.output, !options.stems_folder && is_standard_output(options.output, options.inputs));
  if (options.scales && options.events) {
    throw UsageError("--scales is for token pyramids, and --events for event streams",
                     "Decode streams of the two codecs one by one.");
  }
  if (!options.stems_folder) return options;
  if (options.output.path) {
    throw UsageError("--output and --stems cannot be used together", "--stems names the folder by itself.");
  }
  if (options.talk.json) {
    throw UsageError("--json and --stems cannot be used together",
                     "The table beside the stems says what was written.");
  }
  if (options.scales) {
    throw UsageError("--scales is for token pyramids, and --stems for event streams", "Leave out --scales.");
  }
  if (options.original_rate || options.rate_hz) {
    throw UsageError("--rate and --stems cannot be used together",
                     "Stems have the model's own rate; sox makes another of them.");
  }
  return options;
}

DumpOptions settled(DumpOptions options, const CLI::App& command) {
  refuse_without(options.needs_model(), command, "--model", "--describe and --format midi");
  if (options.format == TableFormat::midi && (options.describe || options.no_vectors)) {
    throw UsageError("a MIDI file has no columns", "Leave out --describe and --no-vectors.");
  }
  refuse_without(options.format == TableFormat::midi, command, "--bends", "--format midi");
  if (options.units && options.format != TableFormat::tsv && options.format != TableFormat::csv)
    throw UsageError("--units is for columns", "Leave out --format, or ask for tsv or csv.");
  if (options.units && (options.describe || options.no_vectors))
    throw UsageError(fmt::format("--units and {} cannot be used together",
                                 options.describe ? "--describe" : "--no-vectors"),
                     options.describe ? "Their columns have the same names."
                                      : "The one prints what the other leaves out.");
  return options;
}

/// Of commands with one input and one output, IN and OUT.
template <typename Options>
void take_second_word(Options& options, std::string& input, const std::vector<std::string>& words) {
  input = words.empty() ? "-" : words[0];
  if (words.size() > 1) {
    if (options.output.path) {
      throw UsageError(fmt::format("two outputs are named, {} and {}", words[1], *options.output.path),
                       "Name one of them.");
    }
    options.output.path = words[1];
  }
  if (!options.output.path) options.output.path = "-";
  refuse_force(options.output, is_standard_output(options.output));
}

/// Throws where a standard number would be set to what it cannot be.
void refuse_beyond(const char* option, const char* name, double value) {
  const formats::StandardNumber& number = formats::kStandardNumbers[formats::standard_place(name).value()];
  if (static_cast<float>(value) >= number.low && static_cast<float>(value) <= number.high) return;
  throw UsageError(fmt::format("{}: {} is out of range", option, value),
                   fmt::format("{} goes from {} to {} {}.", name, number.low, number.high, number.unit));
}

void refuse_beyond(const VaryOptions& options) {
  const auto bend = [](const char* option, const char* depth, const char* other,
                       const std::optional<Bend>& asked) {
    if (asked) refuse_beyond(option, depth, asked->semitones);
    if (asked && asked->seconds_or_hz) refuse_beyond(option, other, *asked->seconds_or_hz);
  };
  const auto time = [](const char* option, const char* name, const std::optional<Duration>& asked) {
    if (asked && !asked->is_factor) refuse_beyond(option, name, asked->value);
  };
  bend("--glide", "glide", "glide_time", options.glide);
  bend("--vibrato", "vibrato", "vibrato_rate", options.vibrato);
  time("--attack", "attack", options.attack);
  time("--hold", "hold", options.hold);
  time("--decay", "decay", options.decay);
}

VaryOptions settled(VaryOptions options, const std::vector<std::string>& words, const CLI::App& command) {
  refuse_beyond(options);
  take_second_word(options, options.input, words);
  const bool has_chance = options.random_vectors || options.random_times || was_given(command, "--perturb");
  refuse_without(has_chance, command, "--seed", "--random-vectors, --perturb and --random-times");
  if (options.morph && options.random_vectors) {
    throw UsageError("--random-vectors takes the place of the vectors that --morph would move",
                     "Leave out one of them, or join two calls of 'ictus vary' by a pipe.");
  }
  if (options.where && !options.changes_vectors() && !options.changes_numbers() && !options.grid_s &&
      options.gain_db == 0.0) {
    throw UsageError("--where chooses events, and nothing is asked for that shapes them",
                     "Add what is to become of them, such as --transpose 12; --keep leaves out the others.");
  }
  const auto asks_for_heard = [](const std::optional<compose::Expression>& condition) {
    return condition && condition->asks_for_heard();
  };
  const bool asks_model = (options.random_vectors && options.vector_origin == VectorOrigin::model) ||
                          options.brightness_db != 0.0;
  refuse_without(asks_for_heard(options.keep) || asks_for_heard(options.where) || asks_model, command,
                 "--model", "conditions on what is heard, such as pitch, --brightness and --from model");
  return options;
}

PlayOptions settled(PlayOptions options, const std::vector<std::string>& words) {
  take_second_word(options, options.score, words);
  std::set<int> taken;
  bool has_default = false;
  for (const Instrument& instrument : options.instruments) {
    if (instrument.channels.empty() && std::exchange(has_default, true))
      throw UsageError("--with: two sounds are for all channels",
                       "Say for which one of them is: 1=flute.evs.");
    for (const int channel : instrument.channels)
      if (!taken.insert(channel).second)
        throw UsageError(fmt::format("--with: channel {} has two sounds", channel));
  }
  return options;
}

MixOptions settled(MixOptions options, const std::vector<std::string>& words) {
  if (words.empty())
    throw UsageError("there is nothing to mix", "Name event streams: ictus mix a.evs b.evs=-3dB@2.5s.");
  for (const std::string& word : words) options.inputs.push_back(mix_part(word));
  refuse_force(options.output, is_standard_output(options.output));
  return options;
}

CatOptions settled(CatOptions options) {
  refuse_force(options.output, is_standard_output(options.output));
  return options;
}

/// Of commands whose results lie beside their inputs and that have nothing else to settle.
template <typename Options>
Options settled_output(Options options) {
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
  return options;
}

PlotOptions settled(PlotOptions options, const CLI::App& command) {
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
  const bool shows_original = options.kind == PlotKind::spectrogram || options.kind == PlotKind::residual;
  refuse_without(shows_original, command, "--original", "--kind spectrogram and residual");
  refuse_without(!shows_original, command, "--seed", "--kind map and roll");
  refuse_without(options.needs_model(), command, "--model", "--kind roll, spectrogram and residual");
  if (options.kind == PlotKind::residual && !options.original) {
    throw UsageError("--original FILE is missing: the recording of which the residual is left");
  }
  if (options.original && options.inputs.size() > 1) {
    throw UsageError("--original is one recording, and there are several inputs", "Draw them one by one.");
  }
  return options;
}

TrainOptions complete(const TrainOptions& options) {
  if (options.data_folder.empty()) throw UsageError("--data DIR is missing: the folder to learn from");
  if (!options.output.path) throw UsageError("--out FILE is missing: where to write the model");
  if (options.network == Network::judge && !options.about)
    throw UsageError("--about is missing: what to judge, family or pitch");
  return options;
}

EvaluateOptions complete(const EvaluateOptions& options, const CLI::App& command) {
  if (options.reference_folder.empty())
    throw UsageError("--reference DIR is missing: the real notes to compare with");
  if (options.generated_folder.empty()) throw UsageError("--generated DIR is missing: the notes to evaluate");
  for (const char* const option : {"--force", "--report-clips"}) {
    refuse_without(options.report_folder.has_value(), command, option, "reports",
                   "Name with --report the folder to write one into.");
  }
  return options;
}

Request request_of(const CommandLine& line) {
  const CLI::App& parsed = parsed_command(line.root);
  const std::string command = full_name(parsed);
  if (!line.generate.empty()) return PrintText{generated(line.root, line.generate)};
  if (line.version) return PrintText{"ictus " ICTUS_VERSION "\n"};
  refuse_contradictions(parsed);
  if (command == "ictus encode") return settled(line.encode, parsed);
  if (command == "ictus decode") return settled(line.decode);
  if (command == "ictus info") return line.info;
  if (command == "ictus dump") return settled(line.dump, parsed);
  if (command == "ictus assemble") return settled_output(line.assemble);
  if (command == "ictus vary") return settled(line.vary, line.vary_words, parsed);
  if (command == "ictus mix") return settled(line.mix, line.mix_words);
  if (command == "ictus cat") return settled(line.cat);
  if (command == "ictus play") return settled(line.play, line.play_words);
  if (command == "ictus plot") return settled(line.plot, parsed);
  if (command == "ictus explore") return settled_output(line.explore);
  if (command == "ictus test") return line.test;
  if (command == "ictus help") return PrintText{help_of(line.root, line.help_topic)};
  if (command == "ictus train tokenizer") return complete(line.train_tokenizer);
  if (command == "ictus train generator") return complete(line.train_generator);
  if (command == "ictus train judge") return complete(line.train_judge);
  if (command == "ictus generate") return settled(line.generate_notes, parsed);
  if (command == "ictus evaluate") return complete(line.evaluate, parsed);
  std::string commands;
  for (const std::string& name : command_names(describe(parsed))) {
    commands += (commands.empty() ? "" : ", ") + name;
  }
  throw UsageError("no command was given", fmt::format("Commands: {}. {}", commands, try_help(command)));
}

}  // namespace

Request parse(std::span<const std::string> words) {
  CommandLine line;
  const std::vector<std::string> before_separator = words_before_separator(words);
  if (asks_for_help(before_separator)) {
    return PrintText{render_help(describe(leading_command(line.root, before_separator)))};
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
