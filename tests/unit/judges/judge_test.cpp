#include "lib/judges/judge.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "lib/core/error.hpp"
#include "lib/weights/tensor_file.hpp"
#include "models/judges/network.hpp"
#include "tests/unit/damaged_weights.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;

namespace {

std::string small_judge(const std::string& question) {
  models::JudgeConfig c;
  c.id = "small";
  c.question = question;
  c.families = {"flute", "organ", "reed"};
  c.lowest_pitch = 60;
  c.highest_pitch = 64;
  c.sample_rate_hz = 8000;
  c.clip_samples = 4096;
  c.window_samples = 512;
  c.hop_samples = 128;
  c.lowest_hz = 110.0;
  c.bands_per_octave = 12;
  c.bands = 48;
  c.channels = {8, 16};
  c.band_steps = {2, 2};
  c.frame_steps = {2, 2};
  c.blocks = {0, 1};
  c.embedding_size = 6;
  check(c);
  torch::manual_seed(5);
  const models::JudgeNetwork network(c);
  formats::TensorFile file;
  file.metadata["format"] = judges::kJudgeFormat;
  file.metadata["version"] = "1";
  file.metadata["steps"] = "7";
  file.metadata["config"] = nlohmann::json(c).dump();
  store(file, "", models::named_parameters(*network), formats::DType::f16);
  const auto bytes = formats::serialise_safetensors(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::shared_ptr<const judges::LoadedJudge> loaded(const std::string& question) {
  const tests::TemporaryFile file(small_judge(question));
  return judges::load_judge(file.path(), "cpu");
}

std::vector<float> note(std::size_t samples, double step, float gain = 0.5F) {
  std::vector<float> x(samples);
  for (std::size_t i = 0; i < samples; ++i)
    x[i] = gain * static_cast<float>(std::sin(step * static_cast<double>(i)) *
                                     std::exp(-1e-3 * static_cast<double>(i)));
  return x;
}

const auto load = [](const std::string& path) { return judges::load_judge(path, "cpu"); };

}  // namespace

TEST_CASE("a judge says what it is") {
  const auto family = loaded("family");
  CHECK(judges::question(*family) == judges::Question::family);
  CHECK(judges::classes(*family) == std::vector<std::string>{"flute", "organ", "reed"});
  CHECK(judges::class_of(*family, {"reed", 12, 100}) == 2U);
  CHECK_FALSE(judges::class_of(*family, {"harp", 12, 100}));
  CHECK(judges::sample_rate_hz(*family) == 8000);
  CHECK(judges::model_id(*family) == "small");
  CHECK(judges::metadata(*family).at("steps") == "7");
  CHECK(judges::file_bytes(*family) == small_judge("family").size());
  // 5x5 and 3x3 convolutions with biases, normalisation (2 numbers a channel), one block, two dense layers.
  const std::int64_t levels = (25 * 8 + 8 + 16) + (9 * 8 * 16 + 16 + 32) + 2 * (9 * 16 * 16 + 16) + 32;
  const std::int64_t dense = 2 * 16 * 12 * 6 + 6 + 6 * 3 + 3;
  std::int64_t sum = 0;
  for (const PartSize& part : judges::part_sizes(*family)) sum += part.parameters;
  CHECK(sum == levels + dense);

  const auto pitch = loaded("pitch");
  CHECK(judges::question(*pitch) == judges::Question::pitch);
  CHECK(judges::classes(*pitch).size() == 5);
  CHECK(judges::class_of(*pitch, {"harp", 62, 100}) == 2U);
  CHECK_FALSE(judges::class_of(*pitch, {"harp", 65, 100}));
}

TEST_CASE("opinions do not depend on level, on company, or on what lies beyond the clip") {
  const auto judge = loaded("family");
  const judges::Opinions none = judges::listen(*judge, {});
  CHECK(none.logits.sizes() == torch::IntArrayRef({0, 3}));
  CHECK(none.embeddings.sizes() == torch::IntArrayRef({0, 6}));

  const auto alone = judges::listen(*judge, {note(3000, 0.3)});
  CHECK(torch::isfinite(alone.logits).all().item<bool>());
  std::vector<std::vector<float>> many(20, note(5000, 0.8));
  many[17] = note(3000, 0.3, 0.005F);
  std::vector<float> followed = note(3000, 0.3);
  followed.resize(4096, 0.0F);
  followed.insert(followed.end(), 2000, 0.9F);
  many.push_back(followed);
  const auto among = judges::listen(*judge, many);
  REQUIRE(among.logits.sizes() == torch::IntArrayRef({21, 3}));
  REQUIRE(among.embeddings.sizes() == torch::IntArrayRef({21, 6}));
  for (const int place : {17, 20}) {
    CHECK(torch::allclose(among.logits[place], alone.logits[0], 1e-3, 1e-4));
    CHECK(torch::allclose(among.embeddings[place], alone.embeddings[0], 1e-3, 1e-4));
  }
  CHECK_FALSE(torch::allclose(among.embeddings[0], alone.embeddings[0], 1e-3, 1e-3));
  CHECK(torch::isfinite(judges::listen(*judge, {{}}).logits).all().item<bool>());  // silence
}

TEST_CASE("files that are no judge are refused with the reason and a remedy") {
  const std::string good = small_judge("pitch");
  tests::check_refusals(good, load,
                        {
                            {"ictus-judge", "ictus-fudge", "not a judge"},
                            {"embed.weight", "embet.weight", "embed.weight"},
                            {"\\\"embedding_size\\\":6", "\\\"embedding_size\\\":5", "shape"},
                            {"\\\"hop_samples\\\":128", "\\\"hop_samples\\\":125", "hop_samples"},
                        });
}
