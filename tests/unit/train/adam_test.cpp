#include "lib/train/adam.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace ictus;

TEST_CASE("the first step is the learning rate against the gradient's sign, whatever its size") {
  torch::Tensor w = torch::tensor({1.0F, 1.0F, 1.0F});
  train::Adam adam({{"w", w}});
  adam.step({{"w", torch::tensor({0.001F, -5.0F, 0.0F})}}, 1e9, [](const std::string&) { return 0.1; });
  CHECK(w[0].item<double>() == doctest::Approx(0.9).epsilon(1e-4));
  CHECK(w[1].item<double>() == doctest::Approx(1.1).epsilon(1e-4));
  CHECK(w[2].item<double>() == 1.0);
}

TEST_CASE("a parabola's bottom is found, and clipping reports the norm before") {
  torch::Tensor w = torch::tensor({4.0F, -3.0F});
  train::Adam adam({{"w", w}});
  double norm = adam.step({{"w", 2.0 * w}}, 1.0, [](const std::string&) { return 0.05; });
  CHECK(norm == doctest::Approx(10.0));
  for (int i = 0; i < 2000; ++i)
    adam.step({{"w", 2.0 * w}}, 1.0, [i](const std::string&) { return 0.05 * (1.0 - i / 2000.0); });
  CHECK(w.abs().max().item<double>() < 1e-2);
}

TEST_CASE("a step that is not finite is left out") {
  torch::Tensor w = torch::tensor({1.0F});
  train::Adam adam({{"w", w}});
  adam.step({{"w", torch::tensor({NAN})}}, 1.0, [](const std::string&) { return 0.1; });
  CHECK(w[0].item<double>() == 1.0);
}

TEST_CASE("rows that are forgotten go on as from nothing, the others as before") {
  const auto rate = [](const std::string&) { return 0.1; };
  torch::Tensor w = torch::zeros({3, 2});
  train::Adam adam({{"w", w}});
  const torch::Tensor up = torch::ones({3, 2});
  for (int i = 0; i < 5; ++i) adam.step({{"w", up}}, 1e9, rate);
  adam.forget("w", torch::tensor({1}, torch::kLong));
  for (const char* const moment : {"mean.w", "square.w"}) {
    const torch::Tensor state = adam.state().at(moment);
    CHECK(state[1].abs().max().item<double>() == 0.0);
    CHECK(state[0].min().item<double>() > 0.0);
    CHECK(state[2].equal(state[0]));
  }
  const torch::Tensor before = w.clone();
  adam.step({{"w", torch::zeros({3, 2})}}, 1e9, rate);
  CHECK(w[1].equal(before[1]));  // nothing moves it on
  CHECK((before[0] - w[0]).min().item<double>() > 0.01);
}

TEST_CASE("state saved and loaded goes on as if nothing had happened") {
  torch::manual_seed(1);
  std::vector<torch::Tensor> gradients;
  for (int i = 0; i < 6; ++i) gradients.push_back(torch::randn({5}));
  const auto rate = [](const std::string&) { return 0.01; };
  torch::Tensor straight = torch::zeros({5});
  train::Adam one({{"w", straight}});
  for (const auto& g : gradients) one.step({{"w", g}}, 1.0, rate);

  torch::Tensor broken = torch::zeros({5});
  train::Adam first({{"w", broken}});
  for (int i = 0; i < 3; ++i) first.step({{"w", gradients[static_cast<std::size_t>(i)]}}, 1.0, rate);
  train::Adam second({{"w", broken}});
  second.load_state(first.state(), 3);
  for (int i = 3; i < 6; ++i) second.step({{"w", gradients[static_cast<std::size_t>(i)]}}, 1.0, rate);
  CHECK(torch::equal(straight, broken));
}
