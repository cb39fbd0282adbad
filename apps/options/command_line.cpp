#include "apps/options/command_line.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>

#include "apps/options/parse.hpp"
#include "apps/options/values.hpp"
#include "lib/audio/rates.hpp"

namespace ictus::options {
namespace {

constexpr const char* kOutputGroup = "Output";
constexpr const char* kCodingGroup = "Coding";
constexpr const char* kInputGroup = "Input";
constexpr const char* kNoteGroup = "Note";
constexpr const char* kSamplingGroup = "Sampling";
constexpr const char* kNetworkGroup = "Network";
constexpr const char* kMeasuresGroup = "Measures";
constexpr const char* kChoiceGroup = "Choice";
constexpr const char* kSoundGroup = "Sound";
constexpr const char* kTimeGroup = "Time";
constexpr const char* kPictureGroup = "Picture";
constexpr const char* kMessagesGroup = "Messages";
constexpr const char* kGeneralGroup = "General";

/// As many scales as a token pyramid can have.
constexpr int kMostScales = 32;

using TakeValue = std::function<void(const std::string&)>;

/// The word after an option that takes a value, where that word follows `--`.
void refuse_marked(const std::string& option, const std::string& value) {
  if (is_marked(value)) throw UsageError(option + ": its value is missing; '--' follows");
}

CLI::Option* add_value(CLI::App& app, const char* group, const char* names, const char* metavar,
                       const std::string& description, TakeValue take) {
  const auto take_unmarked = [name = std::string(names), take = std::move(take)](const std::string& value) {
    refuse_marked(name.substr(name.rfind(',') + 1), value);
    take(value);
  };
  return app.add_option_function<std::string>(names, take_unmarked, description)
      ->type_name(metavar)
      ->group(group);
}

CLI::Option* add_switch(CLI::App& app, const char* group, const char* names, const std::string& description,
                        bool& value) {
  return app
      .add_flag_callback(
          names, [&value] { value = true; }, description)
      ->disable_flag_override()
      ->group(group);
}

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

/// A whole number from `least` to `most`; the value that the field has already is the default.
void add_whole_number(CLI::App& app, const char* group, const char* name, const char* description,
                      long long least, long long most, int& field) {
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

void add_seed(CLI::App& app, const char* group, const char* description, unsigned long long& seed) {
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
  add_value(app, kOutputGroup, "-o,--output", "OUT", description,
            [&output](const std::string& value) { output.path = non_empty("--output", value); });
  add_switch(app, kOutputGroup, "-f,--force", "Replace an output that exists.", output.force);
}

void add_progress(CLI::App& app, TalkOptions& talk) {
  static constexpr Choice<Progress> kChoices[] = {
      {"auto", Progress::automatic}, {"always", Progress::always}, {"never", Progress::never}};
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", talk.quiet);
  add_choice(app, kMessagesGroup, "--progress",
             "Show how far the work is, on one line; auto does so on a terminal.", kChoices, talk.progress);
}

/// `of_each` is what there is a result of.
void add_talk(CLI::App& app, const char* of_each, TalkOptions& talk) {
  add_progress(app, talk);
  add_switch(app, kMessagesGroup, "--json",
             fmt::format("Print the result of each {} as one line of JSON on standard output.", of_each),
             talk.json);
}

CLI::Option* add_device(CLI::App& app, std::string& target) {
  return add_value(app, kNetworkGroup, "--device", "auto|cpu|cuda[:N]",
                   "What the network runs on; auto takes a graphics processor where there is one.",
                   [&target](const std::string& value) { target = device("--device", value); })
      ->default_str("auto");
}

CLI::Option* add_model(CLI::App& app, const char* description, std::optional<std::string>& target) {
  return add_value(app, kNetworkGroup, "--model", "FILE", description,
                   [&target](const std::string& value) { target = non_empty("--model", value); });
}

constexpr const char* kModelOfEitherCodec =
    "The weights to use. Without it: the file that ICTUS_MODEL names, or ICTUS_MARS_MODEL for token "
    "pyramids, "
    "else the one installed with the program.";
constexpr const char* kEventModel =
    "The weights to use. Without it: the file that ICTUS_MODEL names, else the one installed with the "
    "program.";

void add_threads(CLI::App& app, int& threads, const char* description) {
  add_whole_number(app, kNetworkGroup, "--threads", description, 0, 1024, threads);
}

}  // namespace

CommandLine::CommandLine() {
  root.set_help_flag("");
  root.allow_extras(true);
  root.require_subcommand(0, 1);  // a later word that looks like a command is a file of that name
  root.footer(
      "  ictus encode song.wav              make song.evs\n"
      "  ictus decode song.evs -o back.wav  make sound of it again\n"
      "  ictus info song.evs                what the file holds\n"
      "  ictus explore song.evs             a page on which every event can be heard\n"
      "  ictus vary --random-times song.evs | ictus decode - | aplay\n"
      "  ictus encode note.wav -o note.mars a note as a pyramid of tokens\n"
      "  arecord -f cd | ictus encode - | ictus decode - | aplay");
  add_help_switch(root);
  add_switch(root, kGeneralGroup, "-V,--version", "Print the version.", version);
  add_value(root, "", "--generate", "man|bash|zsh|fish", "Print a text made from the list of options.",
            [this](const std::string& value) {
              static constexpr Choice<const char*> kChoices[] = {
                  {"man", "man"}, {"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}};
              generate = choice("--generate", value, kChoices);
            });
  add_encode();
  add_decode();
  add_info();
  add_dump();
  add_assemble();
  add_vary();
  add_mix();
  add_cat();
  add_play();
  add_plot();
  add_explore();
  add_test();
  add_train();
  add_generate();
  add_evaluate();
  add_help();
}

void CommandLine::add_encode() {
  CLI::App& app = *add_command(root, "encode", "Turn sound into a stream of events or of tokens",
                               "  ictus encode song.wav                     make song.evs\n"
                               "  ictus encode --codec mars note.wav        make note.mars\n"
                               "  ictus encode song.wav -o -  > s.evs       write to standard output\n"
                               "  ictus encode *.flac -o events/            many files into a folder\n"
                               "  arecord -f cd | ictus encode - | ictus decode - | aplay\n"
                               "  ictus encode --raw s16le:44100:2 - < in.pcm > out.evs");
  add_inputs(
      app, "IN",
      fmt::format("Sound to encode: WAV (RF64, BW64 and W64 too), AIFF, AU, CAF, FLAC, Ogg (Vorbis, Opus or "
                  "FLAC) or MP3, at {} Hz to {} Hz, with up to {} channels. '-', or nothing, is standard "
                  "input.",
                  audio::kMinSampleRateHz, audio::kMaxSampleRateHz, audio::kMaxChannels),
      encode.inputs);
  add_output(app, encode.output,
             "Where to write: a file, an existing folder, or '-' for standard output. Without it song.wav "
             "becomes song.evs, or song.mars, beside it, and standard input goes to standard output.");
  static constexpr Choice<Codec> kCodecs[] = {{"events", Codec::events}, {"mars", Codec::mars}};
  add_choice(app, kCodingGroup, "--codec",
             "What to make: events (.evs), for music of any kind, or mars, a pyramid of tokens (.mars), for "
             "single notes. Without it an OUT that ends in .mars becomes one.",
             kCodecs, encode.codec);
  add_whole_number(app, kCodingGroup, "--effort",
                   "Time spent on finding better events or tokens, 0 to 9; it costs time, never bits.", 0, 9,
                   encode.effort);
  add_value(
      app, kCodingGroup, "--bitrate", "KBIT_S",
      "Events only: the events take at most so many kbit/s, 0.5 to 100; fewer where the sound needs fewer. "
      "Header, tags and end of the file come on top. A sound below a second may take what a second may, and "
      "one "
      "too short for an event at that rate has one all the same. With --lossless there is no limit unless "
      "one is "
      "given.",
      [this](const std::string& value) {
        encode.bitrate_kbit_s = number_within("--bitrate", value, 0.5, 100);
      })
      ->default_str(fmt::format("{}", kDefaultKbitS));
  add_value(
      app, kCodingGroup, "--events-per-second", "N",
      "Events only: at most so many, 0.1 to 1000, rounded up for the whole sound, as far as the bitrate "
      "allows them.",
      [this](const std::string& value) {
        encode.events_per_second = number_within("--events-per-second", value, 0.1, 1000);
      });
  add_switch(app, kCodingGroup, "--lossless",
             "Events only: keep their numbers as 32-bit floats; the file becomes several times larger.",
             encode.lossless);
  add_switch(
      app, kCodingGroup, "--mono",
      "Events only: bring what has more channels to one, as token pyramids have it; all events then go "
      "into that one.",
      encode.mono);
  app.add_option_function<std::vector<std::string>>(
         "--tag",
         [this](const std::vector<std::string>& words) {
           for (const std::string& word : words) {
             refuse_marked("--tag", word);
             encode.tags.push_back(tag("--tag", word));
           }
         },
         "Set a tag, in place of the input's own of that name; an empty VALUE removes it. May be repeated.")
      ->allow_extra_args(false)
      ->type_name("FIELD=VALUE")
      ->group(kCodingGroup);
  add_value(
      app, kInputGroup, "--raw", "ENCODING:RATE:CHANNELS",
      fmt::format("The inputs are samples without a header. ENCODING is s16le, s24le, s32le, f32le or u8, "
                  "RATE {} to {}, in Hz, and CHANNELS 1 to {}.",
                  audio::kMinSampleRateHz, audio::kMaxSampleRateHz, audio::kMaxChannels),
      [this](const std::string& value) { encode.raw = raw_format("--raw", value); });
  add_device(app, encode.network.device)
      ->description(
          "Token pyramids only: what the network runs on; auto takes a graphics processor where there is "
          "one.");
  add_model(app, kModelOfEitherCodec, encode.network.model);
  add_threads(app, encode.threads, "Files worked on at the same time; 0 is one per processor core.");
  add_talk(app, "input", encode.talk);
}

void CommandLine::add_decode() {
  CLI::App& app = *add_command(root, "decode", "Turn a stream of events or of tokens back into sound",
                               "  ictus decode song.evs                     make song.wav\n"
                               "  ictus decode song.evs -o back.wav --rate original\n"
                               "  ictus decode *.evs -o sound/              many files into a folder\n"
                               "  ictus decode song.evs -o - | aplay        listen to it\n"
                               "  ictus decode --events 3,7,10..20 song.evs -o some.wav\n"
                               "  ictus decode --stems events/ song.evs     a file of each event\n"
                               "  ictus decode --scales 4 note.mars         only what is coarse");
  add_inputs(app, "IN",
             "Event streams or token pyramids to decode; which it is the file says. '-', or nothing, is "
             "standard input.",
             decode.inputs);
  add_output(
      app, decode.output,
      "Where to write WAV, or samples with --raw, whatever the name ends in: a file, an existing folder, or "
      "'-' for standard output. Without it song.evs becomes song.wav beside it, and standard input goes to "
      "standard output.");
  static constexpr Choice<audio::SampleFormat> kSamples[] = {{"pcm16", audio::SampleFormat::pcm16},
                                                             {"pcm24", audio::SampleFormat::pcm24},
                                                             {"float32", audio::SampleFormat::float32}};
  add_choice(app, kCodingGroup, "--samples", "How samples are stored; pcm16 is dithered.", kSamples,
             decode.samples);
  add_value(
      app, kCodingGroup, "--rate", "N|original",
      fmt::format("Sample rate of the sound in Hz, {} to {}, or that of the recording which was encoded. "
                  "Without it: the model's own rate.",
                  audio::kMinSampleRateHz, audio::kMaxSampleRateHz),
      [this](const std::string& value) {
        if (value == "original") {
          decode.original_rate = true;
        } else {
          decode.rate_hz = static_cast<int>(
              whole_number("--rate", value, audio::kMinSampleRateHz, audio::kMaxSampleRateHz));
        }
      });
  add_value(app, kCodingGroup, "--scales", "N",
            "Token pyramids only: decode the N coarsest scales alone. Without it: all that are there.",
            [this](const std::string& value) {
              decode.scales = static_cast<int>(whole_number("--scales", value, 1, kMostScales));
            });
  add_switch(app, kCodingGroup, "--raw",
             "Write the samples alone, without a WAV header; a file gets the suffix .raw.", decode.raw);
  add_value(
      app, kCodingGroup, "--events", "N[,...]",
      "Event streams only: decode these events alone, by the numbers that 'ictus dump' prints, from 0 on; "
      "10..20 is a range. Times, gains and the length stay.",
      [this](const std::string& value) { decode.events = event_choice("--events", value); });
  add_value(
      app, kCodingGroup, "--stems", "DIR",
      "Event streams only: write each event into a file of its own in this folder, SONG-NUMBER.wav, from "
      "its onset on until it has died away. Their onsets stand in SONG-stems.tsv beside them.",
      [this](const std::string& value) { decode.stems_folder = non_empty("--stems", value); });
  add_device(app, decode.network.device)
      ->description(
          "Of token pyramids: what the network runs on; auto takes a graphics processor where there is one. "
          "Events "
          "run on the processor.");
  add_model(app, kModelOfEitherCodec, decode.network.model);
  add_threads(app, decode.threads,
              "Files, with --stems events, worked on at the same time; 0 is one per processor core.");
  add_talk(app, "input", decode.talk);
}

void CommandLine::add_info() {
  CLI::App& app = *add_command(root, "info", "Say what a stream or a model holds",
                               "  ictus info song.evs\n"
                               "  ictus info --json *.evs | jq .bitrate_bps\n"
                               "  ictus info --get duration_s song.evs\n"
                               "  ictus info note.mars\n"
                               "  ictus info --model                        the installed models");
  add_inputs(
      app, "FILE",
      "Event streams and token pyramids; '-', or nothing, is standard input. With --model weights, which "
      "have to be files; nothing are all that are installed.",
      info.inputs);
  CLI::Option* const json =
      add_switch(app, kOutputGroup, "--json", "Print one line of JSON for each file.", info.json);
  CLI::Option* const get = add_value(
      app, kOutputGroup, "--get", "FIELD",
      "Print the value of one field of --json alone, one line for each file: any but tags and scales. The "
      "unit may be left out: bitrate is bitrate_bps.",
      [this](const std::string& value) { info.field = non_empty("--get", value); });
  CLI::Option* const model = add_switch(
      app, kInputGroup, "--model", "Describe models: their parts, configuration and identity.", info.model);
  get->excludes(json);
  get->excludes(model);
}

void CommandLine::add_dump() {
  CLI::App& app = *add_command(root, "dump", "Print the events or the tokens of a stream as text",
                               "  ictus dump song.evs > song.tsv\n"
                               "  ictus dump note.mars > note.tsv\n"
                               "  ictus dump --units song.evs > song.tsv\n"
                               "  ictus dump --describe --no-vectors song.evs | less\n"
                               "  ictus dump --format json song.evs | jq 'select(.event).onset_s'\n"
                               "  ictus dump --format midi song.evs > song.mid");
  add_inputs(app, "FILE", "One event stream or token pyramid. '-', or nothing, is standard input.",
             dump.inputs)
      ->expected(0, 1);
  static constexpr Choice<TableFormat> kFormats[] = {{"tsv", TableFormat::tsv},
                                                     {"csv", TableFormat::csv},
                                                     {"json", TableFormat::json},
                                                     {"midi", TableFormat::midi}};
  add_choice(app, kOutputGroup, "--format",
             "Columns between tabs or commas under a line of names, or one JSON object a line; or, for event "
             "streams, a MIDI file of the events that are heard as notes.",
             kFormats, dump.format);
  add_switch(app, kOutputGroup, "--no-vectors", "Event streams only: leave out the 32 numbers of each event.",
             dump.no_vectors);
  add_switch(
      app, kOutputGroup, "--units",
      "Event streams only: columns with the numbers that have names, in their units, in place of v0 to v15: "
      "note and cents of the pitch, balance_db, attack_s and so on, which 'ictus assemble' reads too.",
      dump.units);
  add_switch(app, kOutputGroup, "--describe",
             "Event streams only: render each event with the model and add how "
             "it sounds: duration, loudness, pitch in Hz and as "
             "a note, brightness and decay time.",
             dump.describe);
  add_switch(
      app, kOutputGroup, "--bends",
      "With --format midi: pitches as they are, to a cent, and as they glide and swing, by bends of up to "
      "24 semitones; each note is on a channel of its own, of which there are 15.",
      dump.bends);
  add_model(app, kEventModel, dump.model);
}

void CommandLine::add_assemble() {
  CLI::App& app = *add_command(root, "assemble", "Make an event stream of a list of events",
                               "  ictus dump song.evs > song.tsv ; $EDITOR song.tsv\n"
                               "  ictus assemble song.tsv -o new.evs\n"
                               "  ictus assemble tune.txt | ictus decode - | aplay");
  add_inputs(app, "LIST",
             "Lists as 'ictus dump' prints them, or shorter ones made by hand. '-', or nothing, is standard "
             "input.",
             assemble.inputs);
  add_output(app, assemble.output,
             "Where to write: a file, an existing folder, or '-' for standard output. Without it song.tsv "
             "becomes song.evs beside it, and standard input goes to standard output.");
  add_value(
      app, kTimeGroup, "--length", "TIME",
      "How long the sound is: 8, 8s, 800ms or 2min. Without it what the list says, else until 4 seconds "
      "after the last onset.",
      [this](const std::string& value) { assemble.length_s = non_negative_seconds("--length", value); });
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", assemble.quiet);
}

void CommandLine::add_vary() {
  CLI::App& app = *add_command(root, "vary", "Make another event stream of one",
                               "  ictus vary --random-times --seed 3 song.evs - | ictus decode - | aplay\n"
                               "  ictus vary --keep 'gain>-30 && time<8s' song.evs -o beginning.evs\n"
                               "  ictus vary --perturb 0.2 --stretch 1.25 song.evs -o slower.evs\n"
                               "  ictus vary --transpose -5 song.evs -o lower.evs\n"
                               "  ictus vary --where 'note>=C4' --tune 'D dorian' song.evs -o dorian.evs\n"
                               "  ictus vary --quantise 1/16@96bpm --swing 0.2 song.evs -o tight.evs\n"
                               "  ictus vary --morph other.evs:0.5 song.evs -o between.evs");
  add_inputs(
      app, "IN",
      "The event stream; '-', or nothing, is standard input. A second name is where to write, as with -o; "
      "without one it is standard output. What is asked for is done in the order of this list.",
      vary_words)
      ->expected(0, 2);
  add_output(app, vary.output, "Where to write: a file, or '-' for standard output.");
  add_value(
      app, kChoiceGroup, "--keep", "CONDITION",
      "Leave out the events that do not meet it, such as 'gain>-30 && time<8s' or 'pitch>=A3 || "
      "decay<200ms'. It can ask for event (the number), time, gain, note (the pitch; 0 where the event is "
      "noise), attack, hold and the other numbers that 'ictus info' names, v0 to v31 and, which takes the "
      "model, for duration, loudness, pitch, brightness and decay; it knows < <= > >= == != && || ! + - * / "
      "% "
      "and ( ).",
      [this](const std::string& value) { vary.keep = expression("--keep", value); });
  CLI::Option* const where =
      add_value(app, kChoiceGroup, "--where", "CONDITION",
                "Shape, or move to a grid, only the events that meet it; the others stay as they are. It "
                "asks as --keep "
                "does.",
                [this](const std::string& value) { vary.where = expression("--where", value); });
  add_value(app, kSoundGroup, "--morph", "OTHER:AMOUNT",
            "Move each vector towards that of the event of another stream which begins nearest in time; a "
            "shorter one is begun again. 0 changes nothing, 1 goes all the way. Times and gains stay.",
            [this](const std::string& value) { vary.morph = morph("--morph", value); });
  CLI::Option* const random =
      add_switch(app, kSoundGroup, "--random-vectors",
                 "Replace each vector by a random one. Times and gains stay.", vary.random_vectors);
  static constexpr Choice<VectorOrigin> kOrigins[] = {{"file", VectorOrigin::file},
                                                      {"model", VectorOrigin::model}};
  add_choice(app, kSoundGroup, "--from",
             "Whose vectors random ones are spread like: those of this file, or of the sound that the model "
             "learned from.",
             kOrigins, vary.vector_origin)
      ->needs(random);
  CLI::Option* const perturb = add_value(
      app, kSoundGroup, "--perturb", "AMOUNT",
      "Move all vectors by the same random step. AMOUNT is its standard deviation in each of the 32 "
      "numbers, which go from -1 to 1 and end there.",
      [this](const std::string& value) { vary.perturb = number_within("--perturb", value, 0.0, 2.0); });
  add_switch(app, kSoundGroup, "--each", "With --perturb: a step for each event.", vary.perturb_each)
      ->needs(perturb);
  add_value(
      app, kSoundGroup, "--transpose", "INTERVAL",
      "Pitches higher by so many semitones, 12, or cents, 30ct, or lower by -5 or -30ct. Noise has none "
      "and stays; so does an event whose pitch would leave the range that a stream holds.",
      [this](const std::string& value) { vary.transpose_semitones = semitones("--transpose", value); });
  add_value(
      app, kSoundGroup, "--tune", "SCALE",
      "Pitches to the nearest of a scale, such as 'D dorian', 'Bb minor' or 'chromatic', where A4 is 440 "
      "Hz. Modes are major, minor, harmonic, melodic, those of the church, pentatonic, blues, whole-tone "
      "and chromatic.",
      [this](const std::string& value) { vary.tune = scale("--tune", value); });
  add_value(app, kSoundGroup, "--glide", "INTERVAL[@TIME]",
            "Each event begins so far above its pitch, or with -2st below it, and glides there; 0 ends all "
            "glides.",
            [this](const std::string& value) { vary.glide = glide("--glide", value); });
  add_value(app, kSoundGroup, "--vibrato", "INTERVAL[@RATE]",
            "Each event swings so far to either side, such as 30ct@5.5Hz; 0 ends all vibrato.",
            [this](const std::string& value) { vary.vibrato = vibrato("--vibrato", value); });
  add_value(app, kSoundGroup, "--attack", "TIME|FACTORx", "How long attacks take: 20ms, or 2x as long.",
            [this](const std::string& value) { vary.attack = duration("--attack", value); });
  add_value(app, kSoundGroup, "--hold", "TIME|FACTORx", "How long events are held, in the same way.",
            [this](const std::string& value) { vary.hold = duration("--hold", value); });
  add_value(app, kSoundGroup, "--decay", "TIME|FACTORx",
            "In which events die away by 60 dB while they are held, in the same way.",
            [this](const std::string& value) { vary.decay = duration("--decay", value); });
  add_value(
      app, kSoundGroup, "--brightness", "GAIN",
      "So much more for each octave of a spectrum, or less by -3dB, as near as the model's timbres come.",
      [this](const std::string& value) { vary.brightness_db = decibels("--brightness", value); });
  add_value(app, kSoundGroup, "--noise", "GAIN", "More noise against the partials by 6dB, or less by -6dB.",
            [this](const std::string& value) { vary.noise_db = decibels("--noise", value); });
  add_value(app, kSoundGroup, "--pan", "POSITION",
            "Where all events are: -1 is left, 1 is right. The stream has two channels then.",
            [this](const std::string& value) { vary.pan = number_within("--pan", value, -1.0, 1.0); });
  add_value(app, kSoundGroup, "--room", "GAIN", "More of the room by 6dB, or less by -6dB.",
            [this](const std::string& value) { vary.room_db = decibels("--room", value); });
  CLI::Option* const random_times = add_switch(
      app, kTimeGroup, "--random-times",
      "Let each event begin anywhere in the length of the stream, every moment being equally likely.",
      vary.random_times);
  CLI::Option* const quantise = add_value(
      app, kTimeGroup, "--quantise", "GRID",
      "Onsets to the nearest beat of a grid from the beginning on: 1/16@96bpm, sixteenths at 96 quarters a "
      "minute, or 250ms.",
      [this](const std::string& value) { vary.grid_s = grid("--quantise", value); });
  add_value(
      app, kTimeGroup, "--strength", "AMOUNT", "With --quantise: how far they go, 0 to 1. [1]",
      [this](const std::string& value) { vary.strength = number_within("--strength", value, 0.0, 1.0); })
      ->needs(quantise);
  add_value(
      app, kTimeGroup, "--swing", "AMOUNT",
      "With --quantise: every second beat comes later by this part of a step, 0 to 0.9; 0.33 is that of "
      "triplets. [0]",
      [this](const std::string& value) { vary.swing = number_within("--swing", value, 0.0, 0.9); })
      ->needs(quantise);
  CLI::Option* const stretch = add_value(
      app, kTimeGroup, "--stretch", "FACTOR",
      "Times, and the length, times this, 0.01 to 100; each event sounds as before.",
      [this](const std::string& value) { vary.stretch = number_within("--stretch", value, 0.01, 100.0); });
  CLI::Option* const shift = add_value(
      app, kTimeGroup, "--shift", "TIME",
      "Everything later by 1.5, 1.5s or 200ms, or earlier by -1.5s; the length changes with it, and events "
      "that would begin before the start are left out.",
      [this](const std::string& value) { vary.shift_s = seconds("--shift", value); });
  for (CLI::Option* const whole : {random_times, stretch, shift}) where->excludes(whole);
  add_value(app, kSoundGroup, "--gain", "GAIN", "All gains more by 6dB, or less by -6dB, to 0.1dB.",
            [this](const std::string& value) { vary.gain_db = decibels("--gain", value); });
  add_seed(app, kChoiceGroup,
           "Where the random numbers of --random-vectors, --perturb and --random-times start.", vary.seed);
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", vary.quiet);
  add_model(app, kEventModel, vary.model);
}

void CommandLine::add_mix() {
  CLI::App& app = *add_command(root, "mix", "Put event streams side by side",
                               "  ictus mix drums.evs=0dB piano.evs=-3dB@2.5s -o both.evs\n"
                               "  ictus mix a.evs b.evs - < c.evs | ictus decode - | aplay");
  add_inputs(app, "IN[=GAIN][@OFFSET]",
             "Event streams of one model, each with a gain in dB and when it begins, such as 2.5s or 200ms; "
             "without them 0dB and at once. '-' is standard input; with a gain or an offset /dev/stdin.",
             mix_words);
  add_output(app, mix.output, "Where to write: a file, or '-', or nothing, for standard output.");
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", mix.quiet);
}

void CommandLine::add_cat() {
  CLI::App& app = *add_command(root, "cat", "Put event streams one after the other",
                               "  ictus cat a.evs b.evs -o ab.evs\n"
                               "  ictus cat verse.evs verse.evs chorus.evs | ictus decode - | aplay");
  add_inputs(app, "IN", "Event streams of one model. '-', or nothing, is standard input.", cat.inputs);
  add_output(app, cat.output, "Where to write: a file, or '-', or nothing, for standard output.");
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", cat.quiet);
}

void CommandLine::add_play() {
  CLI::App& app =
      *add_command(root, "play", "Play a score with the sounds of events",
                   "  ictus play score.mid | ictus decode - | aplay\n"
                   "  ictus play score.mid --with piano.evs -o piece.evs\n"
                   "  ictus play score.mid --with 1=flute.evs#12 --with drums=kit.wav -o piece.evs");
  add_inputs(
      app, "SCORE",
      "A Standard MIDI File of format 0 or 1. '-', or nothing, is standard input. A second name is where "
      "to write, as with -o; without one it is standard output.",
      play_words)
      ->expected(0, 2);
  add_output(app, play.output, "Where to write: a file, or '-' for standard output.");
  app.add_option_function<std::vector<std::string>>(
         "--with",
         [this](const std::vector<std::string>& words) {
           for (const std::string& word : words) {
             refuse_marked("--with", word);
             play.instruments.push_back(instrument("--with", word));
           }
         },
         "Sounds for the notes: an event stream, of which each note takes the event that is nearest in pitch "
         "and loudness; a single event of it, as in flute.evs#12; or a recording, which is encoded first. In "
         "front of it may stand whom it is for: channels, as in 1,3..5=flute.evs, or drums=kit.evs. May be "
         "repeated. Who has none is played by an instrument that comes with the program.")
      ->allow_extra_args(false)
      ->type_name("[CHANNELS=]SOUND")
      ->group(kSoundGroup);
  add_value(app, kSoundGroup, "--gain", "GAIN", "All notes louder by 6dB, or softer by -6dB, to 0.1dB.",
            [this](const std::string& value) { play.gain_db = decibels("--gain", value); });
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", play.quiet);
  add_model(app, kEventModel, play.model);
}

void CommandLine::add_plot() {
  CLI::App& app = *add_command(root, "plot", "Draw an event stream",
                               "  ictus plot song.evs                       make song.png\n"
                               "  ictus plot --kind roll song.evs -o roll.svg\n"
                               "  ictus plot --kind residual --original song.wav song.evs -o left.png");
  add_inputs(app, "IN", "Event streams. '-', or nothing, is standard input.", plot.inputs);
  add_output(app, plot.output,
             "Where to draw: a file that ends in .png, .svg or .pdf, an existing folder, or '-' for PNG on "
             "standard output. Without it song.evs becomes song.png beside it, and standard input goes to "
             "standard output.");
  static constexpr Choice<PlotKind> kKinds[] = {{"map", PlotKind::map},
                                                {"roll", PlotKind::roll},
                                                {"spectrogram", PlotKind::spectrogram},
                                                {"residual", PlotKind::residual}};
  add_choice(
      app, kPictureGroup, "--kind",
      "map: events over time, similar ones near each other; roll: their pitches over time, with the decay "
      "as length; spectrogram: of the decoded sound, beside the original's where one is named; residual: "
      "both and what the events left of it.",
      kKinds, plot.kind);
  add_value(app, kPictureGroup, "--original", "FILE", "The recording that was encoded.",
            [this](const std::string& value) { plot.original = non_empty("--original", value); });
  static constexpr Choice<PlotTheme> kThemes[] = {{"light", PlotTheme::light}, {"dark", PlotTheme::dark}};
  add_choice(app, kPictureGroup, "--theme", "Ink on white, or light on a dark ground.", kThemes, plot.theme);
  add_value(app, kPictureGroup, "--size", "WIDTHxHEIGHT", "In pixels, 300x200 to 10000x10000.",
            [this](const std::string& value) { plot.size = picture_size("--size", value); })
      ->default_str("1200x600");
  add_seed(app, kPictureGroup, "Where the random numbers start that colours, and places on a map, come of.",
           plot.seed);
  add_model(app, kEventModel, plot.model);
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", plot.quiet);
}

void CommandLine::add_explore() {
  CLI::App& app =
      *add_command(root, "explore", "Make a page on which every event can be seen, heard and changed",
                   "  ictus explore song.evs                    make song.html\n"
                   "  ictus explore song.evs -o page.html && xdg-open page.html");
  add_inputs(app, "IN", "Event streams. '-', or nothing, is standard input.", explore.inputs);
  add_output(app, explore.output,
             "Where to write: a file, an existing folder, or '-' for standard output. Without it song.evs "
             "becomes song.html beside it, and standard input goes to standard output.");
  add_seed(app, kPictureGroup, "Where the random numbers start that colours and places come of.",
           explore.seed);
  add_model(app, kEventModel, explore.model);
  add_progress(app, explore.talk);
}

void CommandLine::add_test() {
  CLI::App& app = *add_command(root, "test", "Check that streams are whole and sound",
                               "  ictus test song.evs\n"
                               "  ictus test -q archive/*.evs || echo 'something is damaged'");
  add_inputs(app, "FILE", "Event streams and token pyramids. '-', or nothing, is standard input.",
             test.inputs);
  add_switch(app, kMessagesGroup, "-q,--quiet", "Say nothing but errors.", test.quiet);
}

void CommandLine::add_train() {
  CLI::App& train = *add_command(root, "train", "Train a model",
                                 "  ictus train tokenizer --data notes/ --out my.model\n"
                                 "  ictus train generator --data notes/ --out my.model\n"
                                 "  ictus train judge --about pitch --data notes/ --out my.model");
  train.require_subcommand(0, 1);
  train_tokenizer.network = Network::tokenizer;
  add_train_network(train, "tokenizer", "Train a tokenizer, the model of token pyramids",
                    "  ictus train tokenizer --data notes/ --out my.model --hours 4\n"
                    "  ictus train tokenizer --data notes/ --out my.model --resume my.model.checkpoint",
                    train_tokenizer);
  train_generator.network = Network::generator;
  CLI::App& generator =
      add_train_network(train, "generator", "Train a generator, which writes notes as token pyramids",
                        "  ictus train generator --data notes/ --out my.model --hours 8\n"
                        "  ictus train generator --data notes/ --tokenizer my.tokenizer --out my.model",
                        train_generator);
  add_value(
      generator, kInputGroup, "--tokenizer", "FILE",
      "The tokenizer whose tokens it is to write. Without it: the file that ICTUS_MARS_MODEL names, else "
      "the one installed with the program. It learns from notes whose names say what they are: "
      "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, and leaves out one in four, which judges learn from.",
      [this](const std::string& value) { train_generator.tokenizer = non_empty("--tokenizer", value); });
  train_judge.network = Network::judge;
  CLI::App& judge =
      add_train_network(train, "judge", "Train a judge, which tells the family or the pitch of a note",
                        "  ictus train judge --about family --data notes/ --out family.model\n"
                        "  ictus train judge --about pitch --data notes/ --out pitch.model --hours 1",
                        train_judge);
  static constexpr Choice<JudgeQuestion> kQuestions[] = {{"family", JudgeQuestion::family},
                                                         {"pitch", JudgeQuestion::pitch}};
  add_value(judge, kInputGroup, "--about", "family|pitch",
            "What it is to tell of a note (required). It learns from notes whose names say what they are: "
            "FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, and from one in four of them, which generators do not "
            "learn from.",
            [this](const std::string& value) { train_judge.about = choice("--about", value, kQuestions); });
  add_value(
      judge, kInputGroup, "--tokenizer", "FILE",
      "Hear some of the notes as this tokenizer gives them back, too, to be right about coded and generated "
      "sound. Without it: only as they are.",
      [this](const std::string& value) { train_judge.tokenizer = non_empty("--tokenizer", value); });
}

/// The networks differ; what can be said of their training does not.
CLI::App& CommandLine::add_train_network(CLI::App& train, const char* name, const char* description,
                                         const char* examples, TrainOptions& options) {
  CLI::App& app = *add_command(train, name, description, examples);
  add_value(app, kInputGroup, "--data", "DIR", "Folder of audio files to learn from (required).",
            [&options](const std::string& value) { options.data_folder = non_empty("--data", value); });
  add_value(app, kInputGroup, "--config", "FILE",
            "Sizes of the network and the recipe, as JSON, instead of the built-in ones.",
            [&options](const std::string& value) { options.config = non_empty("--config", value); });
  CLI::Option* const resume =
      add_value(app, kInputGroup, "--resume", "FILE", "Go on from this checkpoint as if never stopped.",
                [&options](const std::string& value) { options.resume = non_empty("--resume", value); });
  CLI::Option* const init =
      add_value(app, kInputGroup, "--init", "FILE", "Start from these weights instead of from nothing.",
                [&options](const std::string& value) { options.init = non_empty("--init", value); });
  resume->excludes(init);
  add_value(app, kOutputGroup, "--out", "FILE",
            "Where to write the model (required). FILE.checkpoint beside it is what --resume takes.",
            [&options](const std::string& value) { options.output.path = non_empty("--out", value); });
  add_switch(app, kOutputGroup, "-f,--force",
             "Replace a model, a checkpoint and a table that exist; --resume goes on with them anyway.",
             options.output.force);
  add_value(
      app, kOutputGroup, "--log", "FILE",
      "Table of losses and distances as the work goes on, in TSV. Without it: FILE.tsv beside the model.",
      [&options](const std::string& value) { options.log = non_empty("--log", value); });
  add_value(app, kCodingGroup, "--hours", "H", "Stop after so many hours, with a checkpoint.",
            [&options](const std::string& value) { options.hours = positive_number("--hours", value); });
  add_value(app, kCodingGroup, "--steps", "N",
            "Number of steps in all, those before --resume included, instead of the recipe's.",
            [&options](const std::string& value) {
              options.steps = whole_number("--steps", value, 1, 1'000'000'000'000);
            });
  add_seed(app, kCodingGroup, "Where the random numbers start; with --resume that of the checkpoint.",
           options.seed);
  add_device(app, options.device);
  add_threads(app, options.threads, "Threads that work on it; 0 is one per processor core.");
  add_progress(app, options.talk);
  return app;
}

void CommandLine::add_generate() {
  GenerateOptions& options = generate_notes;
  CLI::App& app =
      *add_command(root, "generate", "Make notes that were never played",
                   "  ictus generate --family flute --pitch A4 --velocity 100 --seed 7 -o flute.wav\n"
                   "  ictus generate --pitch C3..C5 -n 64 --seed 1 -o notes/\n"
                   "  ictus generate --family mallet --pitch 60 -o note.mars\n"
                   "  ictus generate --like note.mars --keep-scales 3 -n 8 -o variations/");
  add_value(app, kNoteGroup, "--family", "NAME[,...]|any",
            "The family of instruments, or several, of which each note takes one by chance.",
            [&options](const std::string& value) { options.families = word_list("--family", value); })
      ->default_str("any");
  add_value(
      app, kNoteGroup, "--pitch", "PITCH[,...]|any",
      "A name such as A4 or Bb2 or a MIDI number; a range, C3..C5, or several, of which each note takes one "
      "by chance. any is C2..C6, as far as the generator knows these.",
      [&options](const std::string& value) {
        options.pitches = value == "any" ? std::vector<int>{} : pitch_list("--pitch", value);
      })
      ->default_str("any");
  add_value(app, kNoteGroup, "--velocity", "N[,...]|any",
            "How hard the note is played, 1 to 127, and with that how loud it is; a range, 25..127, or "
            "several. any "
            "is 25..127.",
            [&options](const std::string& value) {
              options.velocities = number_list("--velocity", value == "any" ? "25..127" : value, 1, 127);
            })
      ->default_str("100");
  add_value(app, kNoteGroup, "-n,--count", "N", "How many notes.", [&options](const std::string& value) {
    options.count = static_cast<int>(whole_number("--count", value, 1, 1'000'000));
  })->default_str("1");
  add_switch(app, kNoteGroup, "--each",
             "Make --count notes of each combination of the families, pitches and velocities.", options.each);
  add_value(
      app, kNoteGroup, "--seed", "N",
      "Where chance starts: the same number gives the same note. Further notes take the numbers after it. "
      "Without it: by chance; the name of the file tells.",
      [&options](const std::string& value) {
        options.seed = static_cast<unsigned long long>(
            whole_number("--seed", value, 0, std::numeric_limits<long long>::max()));
      });
  CLI::Option* const like = add_value(
      app, kInputGroup, "--like", "FILE",
      "Vary this token pyramid: its coarse scales are kept, the fine ones written anew. Its label is "
      "taken over unless another is given.",
      [&options](const std::string& value) { options.like = non_empty("--like", value); });
  add_whole_number(app, kInputGroup, "--keep-scales", "How many of its scales to keep.", 0, kMostScales,
                   options.keep_scales);
  CLI::Option* const labels_of = add_value(
      app, kNoteGroup, "--labels-of", "DIR",
      "Make a note for each sound file of this folder whose name tells a label, with this label and the "
      "same name: what ictus evaluate compares.",
      [&options](const std::string& value) { options.labels_of = non_empty("--labels-of", value); });
  for (const char* const other : {"--each", "--count", "--family", "--pitch", "--velocity", "--like"})
    labels_of->excludes(app.get_option(other));
  like->excludes(app.get_option("--each"));
  add_value(
      app, kSamplingGroup, "--guidance", "X",
      "How much more the label counts than by training: 0 is not at all, 1 as trained and twice as fast, "
      "more "
      "follows the label more closely with less variety.",
      [&options](const std::string& value) { options.guidance = number_within("--guidance", value, 0, 100); })
      ->default_str(fmt::format("{}", options.guidance));
  add_value(
      app, kSamplingGroup, "--temperature", "X",
      "Below 1 likelier tokens, above 1 less likely ones; 0 always the likeliest, so that nothing is left "
      "to chance but which label a note takes.",
      [&options](const std::string& value) {
        options.temperature = number_within("--temperature", value, 0, 100);
      })
      ->default_str(fmt::format("{}", options.temperature));
  add_whole_number(app, kSamplingGroup, "--top-k", "Take only the N likeliest tokens; 0 is all.", 0, 65536,
                   options.top_k);
  add_value(
      app, kSamplingGroup, "--top-p", "X",
      "Take only the likeliest tokens that have this much of the chance together.",
      [&options](const std::string& value) { options.top_p = number_within("--top-p", value, 1e-6, 1.0); })
      ->default_str(fmt::format("{}", options.top_p));
  static constexpr Choice<NoteFormat> kFormats[] = {{"wav", NoteFormat::wav}, {"mars", NoteFormat::mars}};
  add_value(
      app, kOutputGroup, "--format", "wav|mars",
      "Sound as WAV, or token pyramids. Without it: mars where the name of the output ends in .mars, else "
      "wav.",
      [&options](const std::string& value) { options.format = choice("--format", value, kFormats); });
  add_output(
      app, options.output,
      "File to write, a folder for several (made if need be), or '-' for standard output. Without it: a "
      "file named after label and seed, here.");
  add_value(
      app, kNetworkGroup, "--model", "FILE",
      "The generator to use. Without it: the file that ICTUS_GENERATOR names, else the one installed with "
      "the program.",
      [&options](const std::string& value) { options.network.model = non_empty("--model", value); });
  add_value(
      app, kNetworkGroup, "--tokenizer", "FILE",
      "The tokenizer it was trained with. Without it: the file that ICTUS_MARS_MODEL names, else the one "
      "installed with the program.",
      [&options](const std::string& value) { options.tokenizer = non_empty("--tokenizer", value); });
  add_device(app, options.network.device);
  add_threads(app, options.threads, "Notes to work on at the same time; 0 is one per processor core.");
  add_talk(app, "note", options.talk);
}

void CommandLine::add_evaluate() {
  CLI::App& app =
      *add_command(root, "evaluate", "Measure how good generated notes are, beside real ones",
                   "  ictus evaluate --reference real/ --generated made/\n"
                   "  ictus evaluate --reference real/ --generated made/ --report report/\n"
                   "  ictus evaluate --reference real/ --generated made/ --json | jq .metrics.fad");
  const auto folder = [&app](const char* name, const char* description, TakeValue take) {
    add_value(app, kInputGroup, name, "DIR", description, std::move(take));
  };
  folder("--reference",
         "Real notes to compare with (required): sound files in this folder and its folders. "
         "Labels are read from names such as flute_acoustic_002-069-100.wav.",
         [this](const std::string& value) { evaluate.reference_folder = non_empty("--reference", value); });
  folder("--generated", "The notes to evaluate (required).",
         [this](const std::string& value) { evaluate.generated_folder = non_empty("--generated", value); });
  folder(
      "--training",
      "The notes that the generator has learnt from: are the generated ones nearer to them than real ones?",
      [this](const std::string& value) { evaluate.training_folder = non_empty("--training", value); });
  add_value(app, kOutputGroup, "--report", "DIR",
            "Write a page to look at and to listen to into this folder: index.html, evaluation.json and "
            "table.txt.",
            [this](const std::string& value) { evaluate.report_folder = non_empty("--report", value); });
  add_whole_number(app, kOutputGroup, "--report-clips",
                   "At most so many generated notes on that page, spread over the labels.", 0, 1000,
                   evaluate.report_clips);
  add_switch(app, kOutputGroup, "-f,--force", "Replace a report that exists.", evaluate.force);
  add_switch(app, kOutputGroup, "--json", "Print one object of JSON with everything, in place of the table.",
             evaluate.talk.json);
  add_whole_number(app, kMeasuresGroup, "--clusters",
                   "At most so many bins for NDB/k; fewer where fewer than 10 reference notes would fall on "
                   "each.",
                   2, 10'000, evaluate.clusters);
  add_whole_number(app, kMeasuresGroup, "--bootstrap",
                   "How often notes are drawn anew for the intervals of 95 %; 0 leaves intervals out.", 0,
                   100'000, evaluate.resamples);
  add_seed(app, kMeasuresGroup, "Where the random numbers start that bins and intervals come of.",
           evaluate.seed);
  add_value(app, kNetworkGroup, "--family-judge", "FILE",
            "What tells families. Without it: the file that ICTUS_FAMILY_JUDGE names, else the one installed "
            "with the program.",
            [this](const std::string& value) { evaluate.family_judge = non_empty("--family-judge", value); });
  add_value(app, kNetworkGroup, "--pitch-judge", "FILE",
            "What tells pitches. Without it: the file that ICTUS_PITCH_JUDGE names, else the one installed "
            "with the program.",
            [this](const std::string& value) { evaluate.pitch_judge = non_empty("--pitch-judge", value); });
  add_value(app, kNetworkGroup, "--vggish", "FILE",
            "Weights of VGGish for FAD: a safetensors file with the names of torchvggish. Without it FAD is "
            "taken over the family judge's embeddings.",
            [this](const std::string& value) { evaluate.vggish = non_empty("--vggish", value); });
  add_device(app, evaluate.device);
  add_progress(app, evaluate.talk);
}

void CommandLine::add_help() {
  CLI::App& app = *add_command(root, "help", "Print the help of a command", "  ictus help encode");
  add_inputs(app, "COMMAND", "The command, such as encode or train tokenizer.", help_topic);
}

std::string marked_as_name(const std::string& word) { return '\0' + word; }

bool is_marked(const std::string& word) { return word.starts_with('\0'); }

std::string as_typed(const std::string& word) { return is_marked(word) ? word.substr(1) : word; }

const CLI::App* find_command(const CLI::App& root, std::span<const std::string> words) {
  const CLI::App* command = &root;
  for (const std::string& word : words) {
    const CLI::App* next = nullptr;
    for (const CLI::App* child : command->get_subcommands([](const CLI::App*) { return true; })) {
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
