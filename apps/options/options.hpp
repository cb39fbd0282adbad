// What was asked on the command line, as plain values; nothing here has looked at the world yet.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/compose/expression.hpp"
#include "lib/compose/variation.hpp"

namespace ictus::options {

enum class Codec {
  events,  ///< event streams, .evs
  mars,    ///< token pyramids, .mars
};

enum class Progress { automatic, always, never };

/// What a command says while it works and when it is done.
struct TalkOptions {
  bool quiet = false;
  bool json = false;  ///< one machine-readable line on stdout for each input
  Progress progress = Progress::automatic;
};

/// Where the result goes. Without a path: beside the input, or stdin to stdout.
struct OutputOptions {
  std::optional<std::string> path;
  bool force = false;
};

/// Of a command that makes something of files: what of, where to, and whether it says so.
struct FilesOptions {
  std::vector<std::string> inputs;
  OutputOptions output;
  bool quiet = false;
};

/// The same of one that makes one file of one.
struct FileOptions {
  std::vector<std::string> words;  ///< as typed: the input and, perhaps, the output
  std::string input;
  OutputOptions output;
  bool quiet = false;
};

/// On what, and with which weights, a network runs.
struct NetworkOptions {
  std::string device = "auto";
  std::optional<std::string> model;
};

/// Of event streams that are not lossless.
inline constexpr double kDefaultKbitS = 3.2;
/// Of lossless ones: about as many as the others have.
inline constexpr double kLosslessEventsPerSecond = 22;

/// When there are events enough; what is not given is no reason.
struct Until {
  std::optional<double> left_db;      ///< against the sound
  std::optional<double> distance_db;  ///< of what is fitted
  std::optional<double> events;       ///< of the file
};

/// The part of the inputs that one of several workers takes.
struct Shard {
  int number = 1;  ///< 1 .. count; 0: what the environment of Slurm or MPI says
  int count = 1;
};

/// How a run knows what others have done.
struct ManyOptions {
  std::optional<Shard> shard;
  bool skip_done = false;
  std::optional<std::string> manifest;
};

struct EncodeOptions {
  std::vector<std::string> inputs;
  OutputOptions output;
  TalkOptions talk;
  NetworkOptions network;
  ManyOptions many;
  int threads = 0;  ///< files at a time; 0 is one per processor core
  Codec codec = Codec::events;
  int effort = 5;
  // Events only:
  std::optional<double> bitrate_kbit_s;     ///< at most; settled by parsing, none is no limit
  std::optional<double> events_per_second;  ///< at most
  Until until;
  bool lossless = false;
  bool mono = false;
  audio::Tags tags;
  std::optional<audio::RawFormat> raw;
};

/// Some of a stream's events, by their numbers.
struct EventChoice {
  struct Range {
    unsigned long long first = 0;
    unsigned long long last = 0;  ///< included
  };
  std::vector<Range> ranges;

  [[nodiscard]] bool holds(unsigned long long event) const {
    return std::any_of(ranges.begin(), ranges.end(),
                       [event](const Range& range) { return event >= range.first && event <= range.last; });
  }
};

struct DecodeOptions {
  std::vector<std::string> inputs;
  OutputOptions output;
  TalkOptions talk;
  NetworkOptions network;
  int threads = 0;
  std::optional<int> scales;                ///< token pyramids only: the coarsest so many
  std::optional<EventChoice> events;        ///< event streams only: these
  std::optional<std::string> stems_folder;  ///< event streams only: for a file of each event
  audio::SampleFormat samples = audio::SampleFormat::pcm16;
  bool raw = false;
  bool original_rate = false;
  std::optional<int> rate_hz;
};

struct InfoOptions {
  std::vector<std::string> inputs;  ///< streams of either codec, or weights files with `model`
  bool json = false;
  std::optional<std::string> field;
  bool model = false;
};

enum class TableFormat { tsv, csv, json, midi };

/// Whose vectors random ones are like.
enum class VectorOrigin { file, model };

struct MorphOptions {
  std::string path;
  double amount = 0.0;
};

/// A glide or a vibrato: how far, and how long it takes or how often it swings, where that is said.
struct Bend {
  double semitones = 0.0;
  std::optional<double> seconds_or_hz;
};
/// So long, or so many times as long.
struct Duration {
  bool is_factor = false;
  double value = 1.0;
};

/// One of the streams that are mixed.
struct MixPart {
  std::string path;
  double gain_db = 0.0;
  double offset_s = 0.0;
};

/// Sounds for notes of a score: an event of a stream, all of a stream, or those of a recording.
struct Instrument {
  std::vector<int> channels;  ///< 1 .. 16; empty: all that have no other but that of drums
  std::string path;
  std::optional<unsigned long long> event;
};

enum class PlotKind { map, roll, spectrogram, residual };
enum class PlotTheme { light, dark };

struct PictureSize {
  int width_px = 1200;
  int height_px = 600;
};

/// What can be trained.
enum class Network { tokenizer, generator, prior, judge };

/// What a judge tells of a note.
enum class JudgeQuestion { family, pitch };

struct TrainOptions {
  Network network = Network::tokenizer;
  std::optional<JudgeQuestion> about;    ///< of a judge
  std::optional<std::string> tokenizer;  ///< of a generator, or that a judge hears notes through
  std::string data_folder;
  OutputOptions output;
  std::optional<std::string> config;
  std::optional<std::string> resume;
  std::optional<std::string> init;
  std::optional<std::string> log;
  std::string device = "auto";
  double hours = 0.0;  ///< 0: no limit
  double lost_after_s =
      30.0;             ///< of processes that train together: one that is not heard of for so long is lost
  long long steps = 0;  ///< 0: as many as the configuration says
  int threads = 0;
  unsigned long long seed = 1;
  TalkOptions talk;
};

/// How generated notes are written.
enum class NoteFormat { by_name, wav, mars };

struct GenerateOptions {
  std::vector<std::string> families;     ///< one of these; none: any
  std::vector<std::string> instruments;  ///< one of these, which are of the families; none: any
  std::vector<int> pitches;              ///< MIDI numbers
  std::vector<int> velocities;           ///< 1 .. 127
  int count = 1;
  bool each = false;                       ///< `count` of each combination instead of each by chance
  std::optional<std::string> labels_of;    ///< a folder of notes: one with the label and name of each
  std::optional<unsigned long long> seed;  ///< of the first; without it by chance
  std::optional<std::string> like;         ///< a token pyramid to vary
  int keep_scales = 3;                     ///< of it
  double guidance = 3.0;
  double temperature = 0.8;
  int top_k = 10;  ///< 0: all
  double top_p = 1.0;
  double coherence = 0.5;
  NoteFormat format = NoteFormat::by_name;
  OutputOptions output;
  TalkOptions talk;
  NetworkOptions network;  ///< its model is the generator
  std::optional<std::string> tokenizer;
  int threads = 0;

  /// Whether it is always the likeliest token, so that nothing is left to chance but the labels.
  [[nodiscard]] bool is_certain() const { return temperature == 0.0 || top_k == 1; }
  /// What makes it so.
  [[nodiscard]] const char* certain_by() const {
    return temperature == 0.0 ? "--temperature 0" : "--top-k 1";
  }
  /// Whether all notes have one label. A variation takes over its original's where no other is named.
  [[nodiscard]] bool is_one_label() const {
    const auto one = [this](std::size_t named) { return named == 1 || (named == 0 && like.has_value()); };
    return !labels_of && one(instruments.empty() ? families.size() : instruments.size()) &&
           one(pitches.size()) && velocities.size() <= 1;
  }
};

struct EvaluateOptions {
  std::string reference_folder;
  std::string generated_folder;
  std::optional<std::string> training_folder;
  std::optional<std::string> report_folder;
  bool force = false;
  int report_clips = 24;
  std::optional<std::string> family_judge;
  std::optional<std::string> pitch_judge;
  std::optional<std::string> vggish;
  std::string device = "auto";
  int clusters = 50;
  int resamples = 200;  ///< 0: no intervals
  unsigned long long seed = 1;
  TalkOptions talk;
};

/// What the name of a file of this codec ends in: ".evs".
[[nodiscard]] const char* suffix_of(Codec codec);

}  // namespace ictus::options
