#include "models/mars/quantiser.hpp"

#include <doctest/doctest.h>

#include "tests/unit/mars/support.hpp"

using namespace ictus;

namespace {

struct Fixture {
  std::shared_ptr<mars::LoadedTokenizer> loaded = tests::small_tokenizer();
  models::Quantiser quantiser = loaded->model->quantiser;
  torch::Tensor latent;
  Fixture() {
    torch::manual_seed(5);
    latent = torch::randn({3, 4, 4, 4});
  }
};

}  // namespace

TEST_CASE("the sum is what the tokens alone give back") {
  Fixture f;
  const models::Quantised q = f.quantiser->quantise(f.latent);
  REQUIRE(q.tokens.size() == 3);
  torch::Tensor sum = torch::zeros_like(f.latent);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(q.tokens[k].sizes() == torch::IntArrayRef({3, f.loaded->model->config.scales[k][0],
                                                     f.loaded->model->config.scales[k][1]}));
    CHECK(q.tokens[k].min().item<std::int64_t>() >= 0);
    CHECK(q.tokens[k].max().item<std::int64_t>() < 16);
    sum = sum + f.quantiser->contribution(k, q.tokens[k], 4, 4);
  }
  CHECK(torch::allclose(sum, q.sum));
}

TEST_CASE("the nearest code is the one with the largest cosine, looked up for every cell's mean") {
  Fixture f;
  const models::Quantised q = f.quantiser->quantise(f.latent);
  // The first scale's only cell is the mean of the whole grid.
  const torch::Tensor codes = f.quantiser->codes();
  for (int b = 0; b < 3; ++b) {
    const torch::Tensor mean = f.latent[b].mean({1, 2});
    double best = -2.0;
    std::int64_t nearest = -1;
    for (std::int64_t v = 0; v < 16; ++v) {
      const double cosine = (mean.dot(codes[v]) / mean.norm() / codes[v].norm()).item<double>();
      if (cosine > best) best = cosine, nearest = v;
    }
    CHECK(q.tokens[0][b][0][0].item<std::int64_t>() == nearest);
  }
}

TEST_CASE("a code's length does not change which is nearest, unless the search is Euclidean") {
  Fixture f;
  const torch::Tensor before = f.quantiser->quantise(f.latent).tokens[0];
  f.quantiser->codes()[before[0][0][0].item<std::int64_t>()] *= 100.0;
  CHECK(torch::equal(f.quantiser->quantise(f.latent).tokens[0], before));
  models::TokenizerConfig c = tests::small_config();
  c.cosine_search = false;
  models::Quantiser euclidean(c);
  torch::NoGradGuard no_grad;
  euclidean->codes().zero_();
  euclidean->codes()[3].copy_(f.latent[0].mean({1, 2}));
  euclidean->codes()[7].copy_(100.0 * f.latent[0].mean({1, 2}));
  CHECK(euclidean->quantise(f.latent).tokens[0][0][0][0].item<std::int64_t>() == 3);
}

TEST_CASE("scales that are not kept add nothing, and are still tokens") {
  Fixture f;
  const torch::Tensor keep = torch::tensor({1, 2, 3}, torch::kLong);
  const models::Quantised all = f.quantiser->quantise(f.latent);
  const models::Quantised some = f.quantiser->quantise(f.latent, keep);
  for (std::size_t k = 0; k < 3; ++k) CHECK(torch::equal(all.tokens[k], some.tokens[k]));
  for (std::int64_t k = 0; k < 3; ++k) {
    torch::Tensor upto = torch::zeros({1, 4, 4, 4});
    for (std::int64_t j = 0; j <= k; ++j)
      upto = upto + f.quantiser->contribution(static_cast<std::size_t>(j),
                                              all.tokens[static_cast<std::size_t>(j)].narrow(0, k, 1), 4, 4);
    CHECK(torch::allclose(some.sum.narrow(0, k, 1), upto));
  }
}

TEST_CASE("codes and encoder both learn from a quantised grid") {
  Fixture f;
  f.quantiser->codes().set_requires_grad(true);
  torch::Tensor latent = f.latent.clone().set_requires_grad(true);
  const models::Quantised q = f.quantiser->quantise(latent);
  const auto by = [&](const torch::Tensor& loss) {
    return torch::autograd::grad({loss}, {latent, f.quantiser->codes()}, {}, true, false, true);
  };
  const auto code = by(q.code_loss);
  CHECK_FALSE(code[0].defined());  // the encoder is not drawn by the codes' loss
  CHECK(code[1].abs().sum().item<double>() > 0.0);
  const auto commitment = by(q.commitment);
  CHECK(commitment[0].abs().sum().item<double>() > 0.0);
  CHECK_FALSE(commitment[1].defined());
  f.quantiser->codes().set_requires_grad(false);
}

TEST_CASE("a shorter clip has narrower grids") {
  Fixture f;
  const models::Quantised q = f.quantiser->quantise(f.latent.narrow(3, 0, 1));
  CHECK(q.tokens[1].sizes() == torch::IntArrayRef({3, 2, 1}));  // 2 x ceil(2 / 4)
  CHECK(q.tokens[2].sizes() == torch::IntArrayRef({3, 4, 1}));  // 4 x ceil(3 / 4)
  CHECK(q.sum.sizes() == torch::IntArrayRef({3, 4, 4, 1}));
}

TEST_CASE("the vectors that are searched for are one for each token") {
  Fixture f;
  CHECK(f.quantiser->searched_vectors(f.latent).sizes() == torch::IntArrayRef({3 * (1 + 4 + 12), 4}));
}
