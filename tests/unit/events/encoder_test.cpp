#include "models/events/encoder.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/unit/events/support.hpp"

using namespace ictus;

namespace {

models::PowerMaps random_maps(const models::EventModelConfig& c, int seed) {
  torch::manual_seed(seed);
  const std::int64_t frames = c.hop_frames() + 64;
  return {torch::rand({2, c.bands.fine_bands, frames}).pow(4),
          torch::rand({2, c.bands.coarse_bands, frames * c.coarse_per_fine()}).pow(4)};
}

}  // namespace

TEST_CASE("proposals are bounded, in the first half, and not beside one another") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  torch::NoGradGuard no_grad;
  const auto p = model.encoder->propose(random_maps(model.config, 1), random_maps(model.config, 2), 8);
  REQUIRE(p.vectors.sizes() == torch::IntArrayRef({2, 8, kEventVectorSize}));
  CHECK(p.vectors.abs().max().item<double>() <= 1.0);
  const double hop = model.config.bands.fine_hop_samples;
  CHECK(p.onset_samples.min().item<double>() >= -1.5 * hop);
  CHECK(p.onset_samples.max().item<double>() <= (model.config.hop_frames() + 0.5) * hop);
}

TEST_CASE("sound beyond the encoder's reach does not matter") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  torch::NoGradGuard no_grad;
  const auto sound = random_maps(model.config, 1);
  const auto nothing = models::PowerMaps{torch::zeros_like(sound.fine), torch::zeros_like(sound.coarse)};
  models::PowerMaps changed{sound.fine.clone(), sound.coarse.clone()};
  const std::int64_t seen = model.config.seen_frames();
  changed.fine.narrow(2, seen, changed.fine.size(2) - seen).fill_(1.0);
  changed.coarse.narrow(2, 2 * seen, changed.coarse.size(2) - 2 * seen).fill_(1.0);
  const auto a = model.encoder->propose(sound, nothing, 4);
  const auto b = model.encoder->propose(changed, nothing, 4);
  CHECK(torch::equal(a.vectors, b.vectors));
  CHECK(torch::equal(a.onset_samples, b.onset_samples));
}

TEST_CASE("the score earns a gradient") {
  auto loaded = tests::small_model();
  auto& model = *loaded->model;
  for (auto& [name, tensor] : model.parameters()) tensor.set_requires_grad(true);
  const auto sound = random_maps(model.config, 3);
  const auto p =
      model.encoder->propose(sound, {torch::zeros_like(sound.fine), torch::zeros_like(sound.coarse)}, 4);
  const auto bias = model.parameters().at("encoder.heads.bias");
  const auto gradient = torch::autograd::grad({p.log_gain.sum()}, {bias})[0];
  CHECK(gradient[kEventVectorSize + 1].item<double>() > 0.0);
}
