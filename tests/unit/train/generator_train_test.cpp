#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <sstream>

#include "lib/core/error.hpp"
#include "lib/mars/generate.hpp"
#include "lib/mars/generator_file.hpp"
#include "lib/mars/loaded_tokenizer.hpp"
#include "lib/mars/model_file.hpp"
#include "lib/notes/labelled_notes.hpp"
#include "lib/notes/note_name.hpp"
#include "lib/train/train.hpp"
#include "models/mars/generator_config.hpp"
#include "models/mars/image.hpp"
#include "tests/unit/train/folder.hpp"

using namespace ictus;
using Tokens = std::vector<std::vector<std::uint16_t>>;

namespace {

constexpr int kClipSamples = 2048;
constexpr int kCodebook = 64;

const std::string kTokenizer = tests::tiny_tokenizer(
    R"("steps": 20, "batch": 2, "validate_every": 100, "checkpoint_every": 100, "validation_excerpts": 1)");

std::string configuration(const std::string& order, const std::string& training) {
  return R"({"model": {"id": "tiny-notes", "width": 32, "depth": 2, "heads": 2, "hidden": 64, "order": ")" +
         order +
         R"(", "families": ["flute", "organ"], "instruments": {"reed-organ": "organ", "own": "organ"}, "lowest_pitch": 57, "highest_pitch": 69}, "training": {"batch": 4,
         "validate_every": 1000, "checkpoint_every": 1000, )" +
         training + "}}";
}

/// 100 samples longer than a clip: a flute is a sine that fades, an organ has partials that stay.
std::vector<float> note(const formats::NoteLabel& label) {
  std::vector<float> x(kClipSamples + 100);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = static_cast<double>(i) / tests::kRateHz;
    const double phase = 2.0 * std::numbers::pi * 440.0 * std::pow(2.0, (label.pitch - 69) / 12.0) * t;
    x[i] = static_cast<float>(label.family == "organ" ? 0.2 * std::sin(phase) + 0.2 * std::sin(3.0 * phase) +
                                                            0.2 * std::sin(8.0 * phase)
                                                      : 0.5 * std::exp(-12.0 * t) * std::sin(phase));
  }
  return x;
}

const formats::NoteLabel kFlute{"flute", 60, 100};
const formats::NoteLabel kOrgan{"organ", 67, 60};

/// A folder with a trained tokenizer, and notes that a generator may learn from.
struct Ground {
  tests::Folder folder{kTokenizer};
  std::ostringstream words;
  Ground() {
    train::TrainOptions options;
    options.data_dir = folder / "sound";
    options.config_path = folder / "small.json";
    options.out_path = folder / "tokenizer";
    options.device = "cpu";
    train::train_tokenizer(options, tests::never, words);
    std::filesystem::create_directories(folder / "notes");
    for (const formats::NoteLabel& label : {kFlute, kOrgan})
      tests::write_wav(path_of(label), note(label), tests::kRateHz);
  }
  /// That is not held out.
  [[nodiscard]] std::string path_of(const formats::NoteLabel& label) const {
    for (unsigned instrument = 0;; ++instrument) {
      const std::string name = notes::file_name(label, "own", instrument) + ".wav";
      if (!notes::held_out({name, label, "own", {}}, {})) return folder / ("notes/" + name);
    }
  }
  [[nodiscard]] train::TrainOptions options(const std::string& out, const std::string& config) const {
    train::TrainOptions options;
    options.data_dir = folder / "notes";
    options.tokenizer_path = folder / "tokenizer";
    options.config_path = folder / "generator.json";
    std::ofstream(options.config_path) << config;
    options.out_path = folder / out;
    options.device = "cpu";
    return options;
  }
  std::string trained(const std::string& out, const std::string& config) {
    train::train_generator(options(out, config), tests::never, words);
    return tests::bytes_of(folder / out);
  }
  [[nodiscard]] double last_nats(const std::string& out) const {
    std::istringstream lines(tests::bytes_of(folder / (out + ".tsv")));
    std::string header;
    std::getline(lines, header);
    double last = -1.0;
    for (std::string step, seconds, name, value; lines >> step >> seconds >> name >> value;)
      if (name == "val_nats") last = std::stod(value);
    return last;
  }
  /// Of the note's first clip, relative to its own level.
  [[nodiscard]] Tokens tokens_of(const formats::NoteLabel& label) const {
    torch::NoGradGuard no_grad;
    const auto tokenizer = mars::load_tokenizer(folder / "tokenizer", "cpu");
    models::Tokenizer& model = *tokenizer->model;
    // The first frame's middle is the first sample; the last frame's window ends half a window after the
    // clip, less a hop.
    torch::Tensor samples = torch::zeros({1, 128 + kClipSamples - 64 + 128});
    const std::vector<float> x = note(label);
    for (std::int64_t i = 128; i < samples.size(1); ++i)
      samples[0][i] = std::round(x[static_cast<std::size_t>(i - 128)] * 32767.0F) / 32768.0F;
    const torch::Tensor magnitude = models::magnitudes(samples, model.config);
    REQUIRE(magnitude.size(2) == 32);
    // As precise as training keeps it: a code may be as good as another but for rounding.
    const torch::Tensor latent =
        model.encoder->forward(models::image_of(magnitude / magnitude.max(), model.config))
            .to(torch::kHalf)
            .to(torch::kFloat);
    Tokens all;
    for (const torch::Tensor& scale : model.quantiser->quantise(latent).tokens) {
      all.emplace_back();
      for (std::int64_t i = 0; i < scale.numel(); ++i)
        all.back().push_back(static_cast<std::uint16_t>(scale.flatten()[i].item<std::int64_t>()));
    }
    return all;
  }
  /// What the generator finds likeliest for the label.
  [[nodiscard]] Tokens written(const std::string& out, const formats::NoteLabel& label) const {
    const mars::Writer writer(mars::load_generator(folder / out, "cpu"),
                              mars::load_tokenizer(folder / "tokenizer", "cpu"),
                              {.guidance = 1.0, .temperature = 0.0});
    mars::Wish wish{.family = label.family, .pitch = label.pitch, .velocity = label.velocity, .seed = 1};
    if (!label.instrument.empty()) wish.instrument = label.instrument;
    return writer.write(std::vector{wish}).at(0).scales;
  }
};

}  // namespace

TEST_CASE("a generator learns two notes by heart, and writes each where its label asks for it") {
  Ground ground;
  const Tokens flute = ground.tokens_of(kFlute);
  const Tokens organ = ground.tokens_of(kOrgan);
  REQUIRE(flute[1] != organ[1]);
  for (const char* const order : {"scales", "tokens"}) {
    CAPTURE(std::string(order));
    ground.trained("out", configuration(order, R"("steps": 120, "rate": 0.02, "average_decay": 0.9)"));
    // As good as chance would be log 64 = 4.16.
    CHECK(ground.last_nats("out") < 0.25 * std::log(kCodebook));
    for (std::size_t scale = 0; scale < 2; ++scale) {
      CHECK(ground.written("out", kFlute)[scale] == flute[scale]);
      CHECK(ground.written("out", kOrgan)[scale] == organ[scale]);
    }
    std::filesystem::remove(ground.folder / "out");
  }
}

TEST_CASE("a generator learns instruments of a family apart, and a source without one is one") {
  Ground ground;
  // The sound of a flute, which the family alone does not ask for.
  const formats::NoteLabel reed{"organ", 67, 60, "reed-organ"};
  std::vector<float> other = note({"flute", 67, 60});
  tests::write_wav(ground.path_of(reed), other, tests::kRateHz);
  const Tokens first = ground.tokens_of(kOrgan);
  const Tokens second = ground.tokens_of({"flute", 67, 60});
  REQUIRE(first[1] != second[1]);
  ground.trained("out", configuration("scales", R"("steps": 200, "rate": 0.02, "average_decay": 0.9,
                                                   "mistaken_share": 0)"));
  CHECK(ground.written("out", {"organ", 67, 60, "own"})[1] == first[1]);
  CHECK(ground.written("out", reed)[1] == second[1]);
  try {
    (void)ground.written("out", {"organ", 67, 60, "church-organ"});
    FAIL_CHECK("no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "'church-organ' is no instrument that the generator knows");
  }
}

TEST_CASE("a generator's training is repeatable, and can be stopped and resumed") {
  Ground ground;
  const std::string config = configuration("scales", R"("steps": 6)");
  const std::string whole = ground.trained("whole", config);
  CHECK(whole == ground.trained("again", config));
  CHECK(tests::bytes_of(ground.folder / "whole.checkpoint") ==
        tests::bytes_of(ground.folder / "again.checkpoint"));
  auto options = ground.options("other", config);
  options.seed = 2;
  train::train_generator(options, tests::never, ground.words);
  CHECK(tests::bytes_of(ground.folder / "other") != whole);

  options = ground.options("parts", config);
  std::ostringstream own;
  train::train_generator(options, tests::StopAfter{own, 3}, own);
  CHECK(own.str().find("stopped after 3 steps") != std::string::npos);
  options.resume_path = ground.folder / "parts.checkpoint";
  train::train_generator(options, tests::never, ground.words);
  CHECK(tests::bytes_of(ground.folder / "parts") == whole);
  CHECK(tests::bytes_of(ground.folder / "parts.checkpoint") ==
        tests::bytes_of(ground.folder / "whole.checkpoint"));

  const auto generator = mars::load_generator(ground.folder / "whole", "cpu");
  CHECK(mars::model_id(*generator) == "tiny-notes");
  CHECK(mars::config(*generator).tokenizer_id == "tiny");
  CHECK(mars::metadata(*generator).at("steps") == "6");
  const std::string log = tests::bytes_of(ground.folder / "whole.tsv");
  for (const char* const name : {"val_nats", "val_nats_scale_0", "val_nats_scale_2"})
    CHECK(log.find(name) != std::string::npos);
}

TEST_CASE("with and without bfloat16, mistakes, labels, and with two workers") {
  Ground ground;
  const double start = std::log(kCodebook);
  for (const char* const training :
       {R"("bfloat16": true)", R"("bfloat16": false)", R"("mistaken_share": 1, "mistakes": 1)",
        R"("mistaken_share": 0, "label_dropout": 0)", R"("label_dropout": 1)",
        R"("velocity_dropout": 1, "even_share": 1)", R"("family_dropout": 1, "instrument_dropout": 1)",
        R"("scale_power": 0, "even_share": 0)"}) {
    CAPTURE(std::string(training));
    ground.trained(
        "out", configuration("scales",
                             std::string(R"("steps": 40, "rate": 0.02, "average_decay": 0.8, )") + training));
    CHECK(ground.last_nats("out") < 0.9 * start);
  }
  auto options =
      ground.options("shared", configuration("tokens", R"("steps": 40, "rate": 0.02, "average_decay": 0.8)"));
  options.threads = 2;
  train::train_generator(options, tests::never, ground.words);
  CHECK(ground.last_nats("shared") < 0.9 * start);
}

TEST_CASE("what a generator cannot learn from is refused") {
  Ground ground;
  const auto refused = [&](const train::TrainOptions& options, const char* about, const char* remedy) {
    try {
      train::train_generator(options, tests::never, ground.words);
      FAIL_CHECK("accepted: ", about);
    } catch (const Error& error) {
      INFO(error.what());
      CHECK(std::string(error.what()).find(about) != std::string::npos);
      CHECK(error.hint().find(remedy) != std::string::npos);
    }
  };
  const std::string good = configuration("scales", R"("steps": 2)");
  auto options = ground.options("out", good);
  options.data_dir = ground.folder / "sound";  // names that say nothing
  refused(options, "no note to learn from",
          "flute_mine_001-069-100.wav; the families are flute, organ, the pitches 57 to 69");
  const auto with = [&](const std::string& config) { return ground.options("out", config); };
  refused(with(R"({"model": {"order": "diagonal"}})"), "order is 'diagonal'", "");
  refused(with(R"({"model": {"families": ["harp"]}})"), "no note to learn from", "harp");
  refused(with(R"({"model": {"instruments": {"harp": "string_"}}})"), "'harp' must be of one of the families",
          "");
  refused(with(R"({"model": {"instruments": {"folk_harp": "string"}}})"), "must have no '_'", "");
  refused(with(R"({"model": {"instruments": {"harp/": "string"}}})"), "the name of an instrument must have",
          "");
  refused(with(R"({"model": {"lowest_pitch": 90}})"), "no note to learn from", "90 to 100");
  refused(with(R"({"model": {"codebook_size": 32}})"), "not of the sizes of its tokenizer",
          "without naming these sizes");
  refused(with(R"({"model": {"sizes": 1}})"), "unknown key 'sizes'", "");
  refused(with(R"({"training": {"mistakes": 1.5}})"), "mistakes must be from 0 to 1", "");
  refused(with(R"({"training": {"rate": -1}})"), "rate must not be negative", "");
  refused(with(R"({"training": {"instrument_rate": -1}})"), "instrument_rate must not be negative", "");
  refused(with(R"({"training": {"bfloat16": 3}})"), "generator.json", "");
  refused(with(R"({"training": {"critic_rate": 1}})"), "critic_rate", "");

  ground.trained("out", good);
  train::TrainOptions tokenizer;
  tokenizer.data_dir = ground.folder / "sound";
  tokenizer.config_path = ground.folder / "small.json";
  tokenizer.out_path = ground.folder / "tokenizer";
  tokenizer.device = "cpu";
  tokenizer.seed = 2;
  train::train_tokenizer(tokenizer, tests::never, ground.words);  // another of the same name
  options = ground.options("more", good);
  options.config_path.clear();
  options.resume_path = ground.folder / "out.checkpoint";
  refused(options, "writes the tokens of the tokenizer tiny (weights ",
          "name the tokenizer that it was trained with");
  options.resume_path.clear();
  options.init_path = ground.folder / "out";
  refused(options, "writes the tokens of the tokenizer tiny (weights ",
          "name the tokenizer that it was trained with");
  options.init_path = ground.folder / "tokenizer";
  refused(options, "neither a generator nor", "");
}
