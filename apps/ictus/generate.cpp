#include <fmt/format.h>

#include <limits>
#include <memory>

#include "apps/cli/networks.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/core/path.hpp"

namespace ictus::front {
namespace {

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
      fmt::format("Leave out --count or {}, or name several families, instruments, pitches or velocities.",
                  reason));
}

/// Settles the format, which the output's name may tell.
void settle(GenerateOptions& options, const CLI::App& command) {
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
  refuse_force(options.output, options.output.path == "-");
  check_chance(options, command);
}

void add_generate_notes(CLI::App& app, GenerateOptions& options) {
  add_value(app, kNoteGroup, "--family", "NAME[,...]|any", word_list, options.families,
            "The family of instruments, or several, of which each note takes one by chance.")
      ->default_str("any");
  add_value(app, kNoteGroup, "--instrument", "NAME[,...]|any", word_list, options.instruments,
            "An instrument, such as pan-flute, or several, of which each note takes one by chance; with "
            "--family only those of the families. 'ictus info --model' lists those of a generator.")
      ->default_str("any");
  add_value(app, kNoteGroup, "--pitch", "PITCH[,...]|any",
            "A name such as A4 or Bb2 or a MIDI number; a range, C3..C5, or several, of which each note "
            "takes one by chance. any is C2..C6, as far as the generator knows these.",
            [&options](const std::string& value) {
              options.pitches = value == "any" ? std::vector<int>{} : pitch_list("--pitch", value);
            })
      ->default_str("any");
  add_value(app, kNoteGroup, "--velocity", "N[,...]|any",
            "How hard the note is played, 1 to 127, and with that how loud it is; a range, 25..127, or "
            "several. any is 25..127.",
            [&options](const std::string& value) {
              options.velocities = number_list("--velocity", value == "any" ? "25..127" : value, 1, 127);
            })
      ->default_str("100");
  add_value(app, kNoteGroup, "-n,--count", "N", "How many notes.", [&options](const std::string& value) {
    options.count = static_cast<int>(whole_number("--count", value, 1, 1'000'000));
  })->default_str("1");
  add_switch(app, kNoteGroup, "--each", options.each,
             "Make --count notes of each combination of the instruments, or families, and the pitches and "
             "velocities.");
  add_value(app, kNoteGroup, "--seed", "N",
            "Where chance starts: the same number gives the same note. Further notes take the numbers after "
            "it. Without it: by chance; the name of the file tells.",
            [&options](const std::string& value) {
              options.seed = static_cast<unsigned long long>(
                  whole_number("--seed", value, 0, std::numeric_limits<long long>::max()));
            });
}

void add_generate_sampling(CLI::App& app, GenerateOptions& options) {
  add_number(app, kSamplingGroup, "--guidance", "X", 0, 100, options.guidance,
             "How much more the label counts than by training: 0 is not at all, 1 as trained and twice as "
             "fast, more follows the label more closely with less variety.")
      ->default_str(fmt::format("{}", options.guidance));
  add_number(app, kSamplingGroup, "--temperature", "X", 0, 100, options.temperature,
             "Below 1 likelier tokens, above 1 less likely ones; 0 always the likeliest, so that nothing is "
             "left to chance but which label a note takes.")
      ->default_str(fmt::format("{}", options.temperature));
  add_whole_number(app, kSamplingGroup, "--top-k", 0, 65536, options.top_k,
                   "Take only the N likeliest tokens; 0 is all.");
  add_number(app, kSamplingGroup, "--top-p", "X", 1e-6, 1.0, options.top_p,
             "Take only the likeliest tokens that have this much of the chance together.")
      ->default_str(fmt::format("{}", options.top_p));
  add_number(app, kSamplingGroup, "--coherence", "X", 0, 10, options.coherence,
             "How much tokens follow those beside them, by the token prior; 0 is not at all, and so it is "
             "where there "
             "is no prior for the tokenizer.")
      ->default_str(fmt::format("{}", options.coherence));
}

int generate(const GenerateOptions& options, const cli::Streams& streams) {
  return cli::networks().generate(options, streams);
}

void accept(CLI::App& app, GenerateOptions& options) {
  add_generate_notes(app, options);
  CLI::Option* const like = add_value(app, kInputGroup, "--like", "FILE", non_empty, options.like,
                                      "Vary this token pyramid: its coarse scales are kept, the fine ones "
                                      "written anew. Its label is taken over unless another is given.");
  add_whole_number(app, kInputGroup, "--keep-scales", 0, kMostScales, options.keep_scales,
                   "How many of its scales to keep.");
  CLI::Option* const labels_of =
      add_value(app, kNoteGroup, "--labels-of", "DIR", non_empty, options.labels_of,
                "Make a note for each sound file of this folder whose name tells a label, with this label "
                "and the same name: what ictus evaluate compares.");
  for (const char* const other : {"--each", "--count", "--family", "--pitch", "--velocity", "--like"})
    labels_of->excludes(app.get_option(other));
  like->excludes(app.get_option("--each"));
  add_generate_sampling(app, options);
  static constexpr Choice<NoteFormat> kFormats[] = {{"wav", NoteFormat::wav}, {"mars", NoteFormat::mars}};
  add_choice(app, kOutputGroup, "--format", kFormats, options.format,
             "Sound as WAV, or token pyramids. Without it: mars where the name of the output ends in .mars, "
             "else wav.");
  add_output(app, options.output,
             "File to write, a folder for several (made if need be), or '-' for standard output. Without it: "
             "a file named after label and seed, here.");
  add_weights(app, "--model", "ICTUS_GENERATOR", options.network.model, "The generator to use.");
  add_weights(app, "--tokenizer", "ICTUS_MARS_MODEL", options.tokenizer,
              "The tokenizer it was trained with.");
  add_device(app, options.network.device);
  add_threads(app, options.threads, "Notes to work on at the same time; 0 is one per processor core.");
  add_talk(app, "note", options.talk);
}

}  // namespace

std::unique_ptr<Command> add_generate(CLI::App& root) {
  return make_command(root, "generate", "Make notes that were never played", accept, settle, generate, R"(
  ictus generate --family flute --pitch A4 --velocity 100 --seed 7 -o flute.wav
  ictus generate --pitch C3..C5 -n 64 --seed 1 -o notes/
  ictus generate --family mallet --pitch 60 -o note.mars
  ictus generate --like note.mars --keep-scales 3 -n 8 -o variations/)");
}

}  // namespace ictus::front
