#include "lib/mars/search.hpp"

#include <doctest/doctest.h>

#include "tests/unit/mars/support.hpp"

using namespace ictus;

namespace {

double off_db(models::Tokenizer& model, const models::ImageDistance& distance, const torch::Tensor& image,
              const std::vector<torch::Tensor>& tokens) {
  torch::NoGradGuard no_grad;
  const torch::Tensor decoded = model.image_of_tokens(tokens, image.size(3) / model.config.column_frames());
  return mars::searched_distance_db(distance, image, decoded).item<double>();
}

/// A random image, and what the tokens of the small tokenizer are searched by.
struct Searched {
  Searched(std::uint64_t seed, std::int64_t frames) : distance(loaded->model->config, torch::kCPU) {
    torch::manual_seed(seed);
    image = torch::rand({1, 1, 128, frames});
  }
  [[nodiscard]] std::vector<torch::Tensor> tokens(int steps) const {
    return mars::search_tokens(*loaded->model, distance, image, steps);
  }

  std::shared_ptr<mars::LoadedTokenizer> loaded = tests::small_tokenizer();
  models::ImageDistance distance;
  torch::Tensor image;
};

}  // namespace

TEST_CASE("more steps never make the tokens worse, and some make them better") {
  const auto loaded = tests::small_tokenizer();
  models::Tokenizer& model = *loaded->model;
  const models::ImageDistance distance(model.config, torch::kCPU);
  torch::manual_seed(21);
  const torch::Tensor image = torch::rand({1, 1, 128, 32}) * 1.6 - 0.8;
  double before = 1e9;
  double plain = 0.0;
  for (const int steps : {0, 1, 4, 16, 48}) {
    const auto tokens = mars::search_tokens(model, distance, image, steps);
    REQUIRE(tokens.size() == 3);
    const double now = off_db(model, distance, image, tokens);
    if (steps == 0) plain = now;
    CHECK(now <= before + 1e-4);
    before = now;
  }
  CHECK(before < plain - 0.01);
}

TEST_CASE("what is searched for is nearer in loudness too, not in bands and bins alone") {
  torch::NoGradGuard no_grad;
  double plain = 0.0;
  double searched = 0.0;
  for (const std::uint64_t seed : {24, 25, 26}) {
    const Searched one(seed, 32);
    for (const int steps : {0, 24}) {
      const torch::Tensor decoded = one.loaded->model->image_of_tokens(
          one.tokens(steps), one.image.size(3) / one.loaded->model->config.column_frames());
      (steps == 0 ? plain : searched) += one.distance.loudness_db(one.image, decoded).item<double>();
    }
  }
  CHECK(searched < 0.9 * plain);
}

TEST_CASE("without steps the tokens are those of the encoder") {
  torch::NoGradGuard no_grad;
  const Searched searched(22, 24);
  models::Tokenizer& model = *searched.loaded->model;
  const auto tokens = searched.tokens(0);
  const auto expected = model.quantiser->quantise(model.encoder->forward(searched.image)).tokens;
  for (std::size_t k = 0; k < 3; ++k) CHECK(torch::equal(tokens[k], expected[k]));
}

TEST_CASE("the same image gives the same tokens, and leaves the weights without gradients") {
  const Searched searched(23, 32);
  const auto first = searched.tokens(5);
  const auto second = searched.tokens(5);
  for (std::size_t k = 0; k < 3; ++k) CHECK(torch::equal(first[k], second[k]));
  for (const auto& [name, tensor] : searched.loaded->model->parameters())
    CHECK_FALSE(torch::Tensor(tensor).grad().defined());
}

TEST_CASE("effort is time: 0 takes no steps, more take more") {
  CHECK(mars::search_steps(0) == 0);
  for (int effort = 1; effort <= 9; ++effort)
    CHECK(mars::search_steps(effort) > mars::search_steps(effort - 1));
}
