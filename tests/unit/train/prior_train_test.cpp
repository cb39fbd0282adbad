#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "formats/range_coder.hpp"
#include "formats/safetensors.hpp"
#include "formats/token_prior.hpp"
#include "lib/train/prior_task.hpp"
#include "lib/weights/tensor_file.hpp"
#include "models/mars/prior.hpp"
#include "tests/unit/formats/pyramid_helpers.hpp"

using namespace ictus;

namespace {

models::PriorConfig small_config() {
  models::PriorConfig config;
  config.hidden = 24;
  config.tokenizer_hash = std::string(32, '5');
  config.clip_samples = 4000;
  config.clip_columns = 8;
  config.code_size = 6;
  config.codebook_size = 90;
  config.scales = {{1, 1}, {2, 2}, {3, 4}, {6, 7}};
  return config;
}

/// The network's weights as a file, and that file's prior.
formats::TokenPrior in_whole_numbers(const models::PriorConfig& config, const models::PriorNetwork& network) {
  formats::TensorFile file;
  file.metadata["format"] = formats::kTokenPriorFormat;
  file.metadata["config"] = nlohmann::json(config).dump();
  store(file, "", models::named_parameters(*network), formats::DType::f16);
  return {formats::serialise_safetensors(file), "made.safetensors"};
}

}  // namespace

TEST_CASE("prior: what is trained and what packs files in whole numbers expect the same") {
  torch::manual_seed(4);
  const models::PriorConfig config = small_config();
  models::PriorNetwork network(config);
  {
    torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : models::named_parameters(*network)) tensor.uniform_(-0.6, 0.6);
    network->take_codes(torch::randn({config.codebook_size, config.code_size}));
  }
  const formats::TokenPrior prior = in_whole_numbers(config, network);
  const formats::PyramidShape shape = config.shape();
  REQUIRE(prior.shape() == shape);

  std::mt19937_64 random(9);
  for (const int columns : {8, 5, 1}) {
    const formats::TokenClip clip =
        formats::testing::random_clip(random, shape, static_cast<std::uint16_t>(columns));
    double largest = 0.0;
    for (std::size_t scale = 0; scale < clip.scales.size(); ++scale) {
      for (std::size_t place = 0; place < clip.scales[scale].size(); ++place) {
        const auto context =
            formats::token_context(shape, clip.columns, std::span(clip.scales).first(scale + 1), place);
        std::vector<std::uint32_t> frequencies;
        prior.expect(context, frequencies);
        double sum = 0.0;
        for (const std::uint32_t frequency : frequencies) sum += frequency;
        torch::NoGradGuard no_grad;
        const torch::Tensor expected =
            network->forward(models::prior_contexts(config, std::span(&context, 1))).log_softmax(1)[0];
        for (std::size_t token = 0; token < frequencies.size(); ++token) {
          const double log = expected[static_cast<std::int64_t>(token)].item<double>();
          // What is next to impossible has the least frequency there is.
          if (log > -8.0) largest = std::max(largest, std::abs(std::log(frequencies[token] / sum) - log));
        }
      }
    }
    CHECK(largest < 0.15);
  }
}

TEST_CASE("prior: recipes that make no sense are refused") {
  train::PriorRecipe recipe;
  CHECK_NOTHROW(check(recipe));
  recipe.tokens_a_clip = 0;
  CHECK_THROWS_WITH(check(recipe), doctest::Contains("tokens_a_clip"));
  models::PriorConfig config = small_config();
  CHECK_NOTHROW(check(config));
  config.hidden = 5000;
  CHECK_THROWS_WITH(check(config), doctest::Contains("hidden"));
}
