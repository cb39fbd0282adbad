#include "lib/mars/generate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/model_search.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/cli/token_priors.hpp"
#include "apps/networks/commands.hpp"
#include "apps/networks/tokenizer.hpp"
#include "apps/options/parse.hpp"
#include "lib/audio/audio.hpp"
#include "lib/audio/sound_files.hpp"
#include "lib/core/path.hpp"
#include "lib/core/temporary_path.hpp"
#include "lib/mars/codec.hpp"
#include "lib/mars/generator_file.hpp"
#include "lib/notes/note_name.hpp"
#include "models/mars/generator_config.hpp"

namespace ictus::networks {
namespace {

namespace fs = std::filesystem;
using options::GenerateOptions;
using options::NoteFormat;
using options::UsageError;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

/// Grows when the meaning of a field changes; new fields do not change it.
constexpr int kGenerateSchema = 1;

/// What "any" pitch is: where most of the training notes are.
constexpr int kLowestUsualPitch = 36;
constexpr int kHighestUsualPitch = 84;
constexpr int kUsualVelocity = 100;
constexpr std::size_t kMostNotes = 1'000'000;

/// A file to make.
struct Note {
  std::optional<formats::NoteLabel> label;  ///< nothing: a variation of something without a label
  unsigned long long seed = 0;
  std::string output;
};

/// The pyramid that variations are made of.
struct Original {
  formats::TokenPyramidHeader header;
  std::vector<formats::TokenClip> clips;
  std::uint64_t length_samples = 0;
};

Original read_original(const GenerateOptions& options, const mars::LoadedTokenizer& tokenizer,
                       const cli::Streams& streams) {
  cli::StreamInput input(*options.like, streams);
  input.require(options::Codec::mars, "--like");
  auto& reader = std::get<formats::TokenPyramidReader>(input.reader());
  Original original{reader.header(), {}, 0};
  cli::require_same_weights(input.name(), original.header, tokenizer);
  if (original.header.shape != mars::shape(tokenizer))
    throw Error(input.name() + ": its pyramids have another shape than those of the weights that it names",
                "get the file again from where it came");
  try {
    while (auto clip = reader.next()) original.clips.push_back(std::move(*clip));
  } catch (const Error& error) {  // what is damaged is not varied in part
    throw Error(cli::sentence(error, input.name()), error.hint());
  }
  if (original.clips.empty()) throw Error(input.name() + ": holds no clip that could be varied");
  original.length_samples = reader.totals()->length_samples;
  const std::size_t scales = original.header.shape.scales.size();
  if (static_cast<std::size_t>(options.keep_scales) > scales)
    throw Error(fmt::format("{}: has {}, fewer than --keep-scales asks for", input.name(),
                            cli::counted(scales, "scale")),
                fmt::format("keep 0 to {}", scales));
  return original;
}

/// Throws ictus::Error at the first family, instrument or pitch that the generator cannot make.
void require_known(const GenerateOptions& options, const models::GeneratorConfig& config) {
  for (const std::string& family : options.families)
    if (std::find(config.families.begin(), config.families.end(), family) == config.families.end())
      throw Error(fmt::format("--family: the generator {} knows no '{}'", config.id, cli::harmless(family)),
                  fmt::format("its families are {}", fmt::join(config.families, ", ")));
  for (const std::string& instrument : options.instruments) {
    const auto known = config.instruments.find(instrument);
    if (known == config.instruments.end())
      throw Error(
          fmt::format("--instrument: the generator {} knows no '{}'", config.id, cli::harmless(instrument)),
          config.instruments.empty()
              ? "it knows families alone; name one with --family"
              : fmt::format("'ictus info --model' lists its {} instruments", config.instruments.size()));
    if (!options.families.empty() &&
        std::find(options.families.begin(), options.families.end(), known->second) == options.families.end())
      throw Error(fmt::format("--instrument: '{}' is of the family {}, which --family leaves out", instrument,
                              known->second),
                  "leave out --family, or add this one");
  }
  for (const int pitch : options.pitches)
    if (pitch < config.lowest_pitch || pitch > config.highest_pitch)
      throw Error(
          fmt::format("--pitch: {} ({}) is outside of what the generator {} was trained on",
                      notes::pitch_name(pitch), pitch, config.id),
          fmt::format("it makes {} to {} ({} to {})", notes::pitch_name(config.lowest_pitch),
                      notes::pitch_name(config.highest_pitch), config.lowest_pitch, config.highest_pitch));
}

/// The labels that can be asked for, each combination once, by number; made when they are needed, since
/// there may be many.
class Labels {
 public:
  Labels(const GenerateOptions& options, const models::GeneratorConfig& config)
      : pitches_(options.pitches), velocities_(options.velocities) {
    for (const std::string& instrument : options.instruments)
      kinds_.push_back({.family = config.instruments.at(instrument), .instrument = instrument});
    if (kinds_.empty())
      for (const std::string& family : options.families.empty() ? config.families : options.families)
        kinds_.push_back({.family = family, .instrument = {}});
    if (pitches_.empty())
      for (int pitch = std::max(kLowestUsualPitch, config.lowest_pitch);
           pitch <= std::min(kHighestUsualPitch, config.highest_pitch); ++pitch)
        pitches_.push_back(pitch);
    if (pitches_.empty()) pitches_ = {config.lowest_pitch};
    if (velocities_.empty()) velocities_ = {kUsualVelocity};
  }

  [[nodiscard]] std::size_t count() const { return kinds_.size() * pitches_.size() * velocities_.size(); }
  [[nodiscard]] formats::NoteLabel at(std::size_t number) const {
    const std::size_t velocity = number % velocities_.size();
    const std::size_t pitch = number / velocities_.size() % pitches_.size();
    const Kind& kind = kinds_[number / velocities_.size() / pitches_.size()];
    return {.family = kind.family,
            .pitch = static_cast<std::uint8_t>(pitches_[pitch]),
            .velocity = static_cast<std::uint8_t>(velocities_[velocity]),
            .instrument = kind.instrument};
  }
  /// By the seed alone: the note of a name can be made again without the others.
  [[nodiscard]] formats::NoteLabel by_chance(unsigned long long seed) const {
    std::mt19937_64 random(~seed);
    return at(static_cast<std::size_t>(random() % count()));
  }

 private:
  struct Kind {
    std::string family;
    std::string instrument;  // empty: any of the family
  };
  std::vector<Kind> kinds_;
  std::vector<int> pitches_, velocities_;
};

/// The label of a variation: what was asked for, else the original's; nothing when neither says all.
std::optional<formats::NoteLabel> label_of_variation(const GenerateOptions& options, const Original& original,
                                                     const Labels& labels, unsigned long long seed) {
  const bool kind_asked = !options.families.empty() || !options.instruments.empty();
  const bool asked = kind_asked || !options.pitches.empty() || !options.velocities.empty();
  if (!original.header.label) {
    if (!asked) return std::nullopt;
    return labels.by_chance(seed);
  }
  formats::NoteLabel label = *original.header.label;
  const formats::NoteLabel drawn = labels.by_chance(seed);
  if (kind_asked) {
    label.family = drawn.family;
    label.instrument = drawn.instrument;
  }
  if (!options.pitches.empty()) label.pitch = drawn.pitch;
  if (!options.velocities.empty()) label.velocity = drawn.velocity;
  return label;
}

std::string name_of(const Note& note, const GenerateOptions& options, const models::GeneratorConfig& config) {
  const std::string suffix = options.format == NoteFormat::mars ? ".mars" : ".wav";
  if (options.like) {
    const std::string stem =
        cli::has_own_name(*options.like) ? cli::stem_of(*options.like, cli::InputKind::stream) : "variation";
    return fmt::format("{}-{:06}{}", stem, note.seed, suffix);
  }
  std::string id = config.id;
  for (const char apart : {'_', '.'}) std::replace(id.begin(), id.end(), apart, '-');
  return notes::file_name(*note.label, id, note.seed) + suffix;
}

/// Whether the seed can be seen or heard in what is made: a pyramid holds it, names that are not given tell
/// it, and chance comes from it.
bool seed_matters(const GenerateOptions& options) {
  const bool is_named = options.labels_of || (options.output.path && !cli::is_folder(*options.output.path));
  const bool has_chance = !options.is_certain() || !(options.labels_of || options.is_one_label());
  return has_chance || options.format == NoteFormat::mars || !is_named;
}

/// What can be said about the words on the command line before anything is loaded.
void check_usage(const GenerateOptions& options, const cli::Streams& streams) {
  if (options.seed && !seed_matters(options))
    throw UsageError(
        fmt::format("--seed is for what is left to chance, and with {} nothing is", options.certain_by()),
        fmt::format("Leave out --seed or {}.", options.certain_by()));
  const bool several = options.count > 1 || options.each || options.labels_of;
  if (!options.output.path || cli::is_folder(*options.output.path)) return;
  if (several)
    throw UsageError(fmt::format("several notes do not fit into one output, {}",
                                 cli::display_output_name(*options.output.path)),
                     "Name a folder: -o DIR/.");
  if (*options.output.path == cli::kStandardStream) cli::check_standard_output(options.talk, streams);
}

/// A note for each labelled file of a folder, with its label and name.
std::vector<Note> plan_like_folder(const GenerateOptions& options, const models::GeneratorConfig& config,
                                   unsigned long long first_seed, cli::Reporter& reporter) {
  std::vector<Note> notes;
  std::set<std::string> names;
  std::size_t left_out = 0;
  for (const fs::path& path :
       audio::sound_files(*options.labels_of, "name a folder of notes with --labels-of")) {
    auto label = notes::label_in(path.string());
    if (!label || !config.number_of_family(label->family) || label->pitch < config.lowest_pitch ||
        label->pitch > config.highest_pitch) {
      ++left_out;
      continue;
    }
    if (!config.number_of_instrument(label->instrument)) label->instrument.clear();
    const std::string name = path.stem().string() + (options.format == NoteFormat::mars ? ".mars" : ".wav");
    if (!names.insert(name).second)
      throw Error(fmt::format("{}: several of its notes would become {}",
                              cli::display_name(*options.labels_of), cli::display_output_name(name)),
                  "give one of them another name");
    notes.push_back(
        {label, first_seed + notes.size(), (fs::path(options.output.path.value_or("")) / name).string()});
  }
  if (notes.empty())
    throw Error(fmt::format("{}: holds no note that the generator {} can make",
                            cli::display_name(*options.labels_of), config.id),
                "names must tell labels, as in flute_mine_001-069-100.wav");
  if (left_out > 0)
    reporter.warning(fmt::format("{}: {} without a label that the generator {} can make left out",
                                 cli::display_name(*options.labels_of), cli::counted(left_out, "file"),
                                 config.id));
  return notes;
}

std::vector<Note> plan(const GenerateOptions& options, const models::GeneratorConfig& config,
                       const Original* original, cli::Reporter& reporter) {
  const unsigned long long first =
      options.seed ? *options.seed : std::random_device{}() % 1'000'000;  // short enough for a name
  if (options.labels_of) return plan_like_folder(options, config, first, reporter);
  const Labels labels(options, config);
  const std::size_t count =
      static_cast<std::size_t>(options.count) * (options.each ? labels.count() : std::size_t{1});
  if (count > kMostNotes)
    throw UsageError(fmt::format("--each makes {} notes of these labels", count),
                     fmt::format("At most {} are made at a time.", kMostNotes));
  const bool in_folder = !options.output.path || cli::is_folder(*options.output.path);
  std::vector<Note> notes(count);
  for (std::size_t i = 0; i < count; ++i) {
    Note& note = notes[i];
    note.seed = first + i;
    note.label = original != nullptr ? label_of_variation(options, *original, labels, note.seed)
                 : options.each      ? labels.at(i / static_cast<std::size_t>(options.count))
                                     : labels.by_chance(note.seed);
    note.output = in_folder
                      ? (fs::path(options.output.path.value_or("")) / name_of(note, options, config)).string()
                      : *options.output.path;
  }
  return notes;
}

/// One clip, or as many as the original has that are not silent.
std::vector<mars::Wish> wishes_of(const Note& note, const GenerateOptions& options, const Original* original,
                                  const mars::Writer& writer) {
  mars::Wish wish;
  if (note.label) {
    if (!note.label->family.empty()) wish.family = note.label->family;
    if (!note.label->instrument.empty()) wish.instrument = note.label->instrument;
    wish.pitch = note.label->pitch;
    if (note.label->velocity > 0) wish.velocity = note.label->velocity;
  }
  wish.seed = note.seed;
  if (original == nullptr) return {wish};
  std::vector<mars::Wish> wishes;
  for (const formats::TokenClip& clip : original->clips) {
    if (!clip.spectral_level_db) continue;
    wish.spectral_level_db = clip.spectral_level_db;
    wish.kept = writer.coarse_tokens(clip, static_cast<std::size_t>(options.keep_scales));
    wishes.push_back(wish);
    wish.seed += 0x9E3779B97F4A7C15ULL;  // another chance for each clip
  }
  return wishes;
}

/// The clips of a note: what was written, and between it what is silent in the original.
std::vector<formats::TokenClip> with_silence(std::span<const formats::TokenClip> written,
                                             const Original* original) {
  if (original == nullptr) return {written.begin(), written.end()};
  std::vector<formats::TokenClip> clips;
  auto next = written.begin();
  for (const formats::TokenClip& clip : original->clips)
    clips.push_back(clip.spectral_level_db ? *next++ : clip);
  return clips;
}

formats::TokenPyramidHeader header_of(const Note& note, const mars::LoadedTokenizer& tokenizer) {
  formats::TokenPyramidHeader header;
  header.sample_rate_hz = static_cast<std::uint32_t>(sample_rate_hz(tokenizer));
  header.original_sample_rate_hz = header.sample_rate_hz;
  header.shape = mars::shape(tokenizer);
  header.full_scale_centibels = mars::full_scale_centibels(tokenizer);
  header.model_id = model_id(tokenizer);
  header.weights_hash = weights_hash(tokenizer);
  header.label = note.label;
  header.seed = note.seed;
  return header;
}

void write_tokens(cli::OutputFile& output, const Note& note, const std::vector<formats::TokenClip>& clips,
                  std::uint64_t length_samples, const mars::LoadedTokenizer& tokenizer) {
  formats::TokenPyramidWriter writer(
      header_of(note, tokenizer), [&output](std::span<const std::byte> bytes) { output.write(bytes); },
      cli::prior_for(weights_hash(tokenizer)));
  for (const formats::TokenClip& clip : clips) writer.write(clip);
  writer.finish({.length_samples = length_samples, .original_length_samples = length_samples});
}

void write_sound(cli::OutputFile& output, const std::vector<formats::TokenClip>& clips,
                 std::uint64_t length_samples,
                 const std::shared_ptr<const mars::LoadedTokenizer>& tokenizer) {
  const int rate_hz = sample_rate_hz(*tokenizer);
  audio::SinkFormat format;
  format.sample_rate_hz = rate_hz;
  const auto sink = audio::Sink::open(output.fd(), output.name(), rate_hz, format);
  mars::Decoder decoder(tokenizer, {}, [&sink](std::span<const float> block) { sink->write(block); });
  for (const formats::TokenClip& clip : clips) decoder.push(clip);
  decoder.finish(length_samples);
  sink->finish(length_samples);
}

std::string words_of(const std::optional<formats::NoteLabel>& label) {
  if (!label) return "variation";
  return fmt::format("{}, {}, velocity {}", cli::instrument_text(*label), notes::pitch_name(label->pitch),
                     label->velocity);
}

Json result_json(const Note& note, const GenerateOptions& options, const models::GeneratorConfig& config,
                 double duration_s, double elapsed_s) {
  Json json;
  json["schema"] = kGenerateSchema;
  json["output"] = note.output;
  json["status"] = "done";
  if (note.label) {
    json["family"] = note.label->family;
    json["instrument"] = note.label->instrument;
    json["pitch"] = note.label->pitch;
    json["pitch_name"] = notes::pitch_name(note.label->pitch);
    json["velocity"] = note.label->velocity;
  }
  json["seed"] = note.seed;
  if (options.like) {
    json["like"] = *options.like;
    json["kept_scales"] = options.keep_scales;
  }
  json["generator_id"] = config.id;
  json["duration_s"] = duration_s;
  json["elapsed_s"] = elapsed_s;
  return json;
}

/// How far the work is, and for how long still, on one line.
class Progress {
 public:
  Progress(cli::Reporter& reporter, std::size_t count) : reporter_(reporter), count_(count) {}
  ~Progress() { reporter_.end_progress(0); }
  void one_more() {
    const std::size_t done = ++done_;
    const double elapsed_s = std::chrono::duration<double>(Clock::now() - began_).count();
    reporter_.progress(
        0, fmt::format("{} of {} notes, {:.0f} s left", done, count_,
                       elapsed_s / static_cast<double>(done) * static_cast<double>(count_ - done)));
  }

 private:
  cli::Reporter& reporter_;
  std::size_t count_;
  std::atomic<std::size_t> done_{0};
  Clock::time_point began_ = Clock::now();
};

/// A folder that is made for the notes, where there is none yet. It does not stay behind empty.
class NewFolder {
 public:
  explicit NewFolder(const std::string& path) : path_(end_of_links(path)) {
    std::error_code failure;
    made_ = fs::create_directory(path_, failure);
    if (failure)
      throw Error(fmt::format("{}: cannot be made ({})", cli::display_output_name(path), failure.message()),
                  "name a folder that exists, or one within such a folder");
    if (made_) on_signal_.emplace(path_);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    if (made_) ::rmdir(path_.c_str());  // fails when there is something in it
  }

 private:
  std::string path_;
  bool made_ = false;
  std::optional<TemporaryPath> on_signal_;
};

/// Writes notes into their files and says so of each.
class NoteFiles {
 public:
  NoteFiles(const GenerateOptions& options, const models::GeneratorConfig& config, const Tokenizer& tokenizer,
            const Original* like, const cli::Streams& streams, cli::Reporter& reporter)
      : options_(options),
        config_(config),
        tokenizer_(tokenizer),
        like_(like),
        streams_(streams),
        reporter_(reporter) {}

  /// Notes that are written together, into one file each.
  void write(const mars::Writer& writer, std::span<const Note> notes, Progress& progress) {
    const auto began = Clock::now();
    std::vector<mars::Wish> wishes;
    for (const Note& note : notes)
      for (mars::Wish& wish : wishes_of(note, options_, like_, writer)) wishes.push_back(std::move(wish));
    const std::vector<formats::TokenClip> clips = writer.write(wishes);
    const std::size_t clips_of_each = clips.size() / notes.size();
    for (std::size_t i = 0; i < notes.size(); ++i) {
      const std::uint64_t length_samples =
          write_file(notes[i], std::span(clips).subspan(i * clips_of_each, clips_of_each));
      progress.one_more();
      const double elapsed_s =
          std::chrono::duration<double>(Clock::now() - began).count() / static_cast<double>(notes.size());
      tell(notes[i], static_cast<double>(length_samples) / sample_rate_hz(*tokenizer_), elapsed_s);
    }
  }

 private:
  /// Returns its length in samples.
  std::uint64_t write_file(const Note& note, std::span<const formats::TokenClip> clips) {
    const std::vector<formats::TokenClip> whole = with_silence(clips, like_);
    const std::uint64_t most = std::uint64_t{whole.size()} * mars::shape(*tokenizer_).clip_samples;
    const std::uint64_t length_samples = like_ != nullptr ? std::min(like_->length_samples, most) : most;
    cli::OutputFile output(note.output, options_.output.force, streams_);
    if (options_.format == NoteFormat::mars)
      write_tokens(output, note, whole, length_samples, *tokenizer_);
    else
      write_sound(output, whole, length_samples, tokenizer_);
    output.commit();
    return length_samples;
  }

  void tell(const Note& note, double duration_s, double elapsed_s) {
    if (options_.talk.json) {
      const std::lock_guard lock(json_mutex_);
      cli::TextOutput out(streams_.out);
      out.print(result_json(note, options_, config_, duration_s, elapsed_s)
                    .dump(-1, ' ', false, Json::error_handler_t::replace) +
                "\n");
      out.flush();
    } else {
      reporter_.say(fmt::format("{}: {}, seed {}, {:.1f} s in {:.1f} s",
                                cli::display_output_name(note.output), words_of(note.label), note.seed,
                                duration_s, elapsed_s));
    }
  }

  const GenerateOptions& options_;
  const models::GeneratorConfig& config_;
  const Tokenizer& tokenizer_;
  const Original* like_;
  const cli::Streams& streams_;
  cli::Reporter& reporter_;
  std::mutex json_mutex_;
};

}  // namespace

int generate(const GenerateOptions& asked, const cli::Streams& streams) {
  GenerateOptions options = asked;
  if (options.output.path) options.output.path = cli::output_name(*options.output.path);
  if (options.like) options.like = cli::plan_inputs({*options.like}, streams).front();
  check_usage(options, streams);
  const auto generator = mars::load_generator(cli::find_model(cli::Model::generator, options.network.model),
                                              options.network.device);
  const models::GeneratorConfig& config = mars::config(*generator);
  require_known(options, config);
  const Tokenizer tokenizer = mars::load_tokenizer(
      cli::find_model(cli::Model::tokenizer, options.tokenizer, "--tokenizer"), options.network.device);
  const mars::Writer writer(generator, tokenizer,
                            {.guidance = options.guidance,
                             .temperature = options.temperature,
                             .top_k = options.top_k,
                             .top_p = options.top_p,
                             .coherence = options.coherence},
                            cli::prior_for(weights_hash(*tokenizer)));
  std::optional<Original> original;
  if (options.like) original = read_original(options, *tokenizer, streams);
  const Original* const like = original ? &*original : nullptr;

  cli::Reporter reporter(streams, options.talk.quiet, options.talk.progress);
  const std::vector<Note> notes = plan(options, config, like, reporter);
  const std::string path = options.output.path.value_or("");
  std::error_code failure;
  const bool is_new_folder = path.ends_with('/') && !fs::is_directory(path, failure);
  for (const Note& note : notes)
    if (!is_new_folder) cli::check_output(note.output, options.output.force);
  std::optional<NewFolder> folder;
  if (is_new_folder) folder.emplace(*options.output.path);

  Progress progress(reporter, notes.size());
  NoteFiles files(options, config, tokenizer, like, streams, reporter);
  // Notes that are written together are one task.
  const std::size_t together = writer.together();
  std::vector<std::string> names;
  for (std::size_t first = 0; first < notes.size(); first += together)
    names.push_back(cli::display_output_name(notes[first].output));
  return cli::run_tasks(names, options.threads, reporter, [&](std::size_t task) {
    const std::size_t first = task * together;
    files.write(writer, std::span(notes).subspan(first, std::min(together, notes.size() - first)), progress);
  });
}

}  // namespace ictus::networks
