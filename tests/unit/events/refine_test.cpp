#include "lib/events/refine.hpp"

#include <doctest/doctest.h>

#include "models/events/distance.hpp"
#include "tests/unit/events/support.hpp"

using namespace ictus;

TEST_CASE("refinement finds events whose sound is known") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  torch::manual_seed(5);
  const std::int64_t frames = model.config.hop_frames();
  const torch::Tensor vectors = (torch::rand({1, 3, kEventVectorSize}) - 0.5);
  const torch::Tensor log_gain = torch::log(torch::tensor({{0.2F, 0.5F, 0.1F}}));
  const torch::Tensor onset = torch::tensor({{2000.0F, 20000.0F, 44000.0F}});
  models::PowerMaps sound =
      model.render(model.decoder->shape(vectors), torch::exp(log_gain), onset, frames + 32);
  const double level = sound.fine.max().item<double>();
  sound = {sound.fine / level, sound.coarse / level};
  const models::PowerMaps nothing{torch::zeros_like(sound.fine), torch::zeros_like(sound.coarse)};
  const models::Proposal start{(vectors + 0.2 * torch::randn_like(vectors)).clamp(-0.9, 0.9),
                               log_gain - std::log(level) + 0.5, onset + 300.0};
  const auto off = [&](const models::Proposal& p) {
    torch::NoGradGuard no_grad;
    return models::distance(model.bands, sound,
                            model.render(model.decoder->shape(p.vectors), torch::exp(p.log_gain),
                                         p.onset_samples, frames + 32),
                            frames, 32)
        .total()
        .item<double>();
  };
  const double before = off(start);
  const models::Proposal after = events::refine(model, sound, nothing, start, frames, 32, {.steps = 60});
  CHECK(off(after) < 0.4 * before);
  CHECK((after.onset_samples - onset).abs().max().item<double>() < 200.0);
  // The same by half of the frames at a time, and with two onsets that are known.
  models::Proposal known = start;
  known.onset_samples = onset + torch::tensor({{300.0F, 0.0F, 0.0F}});
  const models::Proposal by_halves =
      events::refine(model, sound, nothing, known, frames, 32,
                     {.steps = 60, .free_onsets = torch::tensor({{1.0F, 0.0F, 0.0F}}), .stride = 2});
  CHECK(off(by_halves) < 0.4 * before);
  const torch::Tensor moved = (by_halves.onset_samples - known.onset_samples).abs();
  CHECK(moved[0][0].item<double>() > 100.0);
  CHECK(moved.narrow(1, 1, 2).max().item<double>() < 0.01);  // they pass through frames and back
  // No steps: nothing moves.
  CHECK(torch::equal(events::refine(model, sound, nothing, start, frames, 32, {}).vectors, start.vectors));
}

TEST_CASE("distance is in dB, zero for the same, and nearly forgives what later events will add") {
  const auto loaded = tests::small_model();
  const dsp::Bands& bands = loaded->model->bands;
  torch::manual_seed(6);
  const models::PowerMaps a{torch::rand({1, bands.settings.fine_bands, 20}) + 0.1,
                            torch::rand({1, bands.settings.coarse_bands, 40}) + 0.1};
  const auto same = models::distance(bands, a, a, 16, 4);
  CHECK(same.total().item<double>() < 1e-5);
  const models::PowerMaps half{0.5 * a.fine, 0.5 * a.coarse};
  const auto d = models::distance(bands, a, half, 16, 0);
  CHECK(d.fine_db.item<double>() == doctest::Approx(3.0103).epsilon(1e-4));
  CHECK(d.mel_db.item<double>() == doctest::Approx(3.0103).epsilon(1e-4));
  CHECK(d.convergence.item<double>() == doctest::Approx(1.0 - std::sqrt(0.5)).epsilon(1e-4));
  // A part of an explanation may lack power, but not have too much.
  const models::Target target(bands, a, 16, 4);
  CHECK(target.left(half.fine).item<double>() ==
        doctest::Approx(12.0 * (1.0 - std::sqrt(0.5))).epsilon(1e-3));
  const models::PowerMaps twice{2.0 * a.fine, 2.0 * a.coarse};
  CHECK(target.left(twice.fine).item<double>() ==
        doctest::Approx(12.0 * (std::sqrt(2.0) - 1.0) + 3.0103).epsilon(1e-3));
  // Asked to reach out, it hears of what is lacking, by the sound's magnitude.
  CHECK(target.left(half.fine, 2.0).item<double>() ==
        doctest::Approx(12.0 * (1.0 - std::sqrt(0.5)) + 2.0 * 3.0103).epsilon(1e-3));
  CHECK(target.left(twice.fine, 2.0).item<double>() ==
        doctest::Approx(target.left(twice.fine).item<double>()));
  // In the four frames of the tail, 20 dB too little cost no more than 40, and 20 dB too much a lot.
  const auto with_tail = [&](double factor) {
    models::PowerMaps b{a.fine.clone(), a.coarse.clone()};
    b.fine.narrow(2, 16, 4) *= factor;
    return models::distance(bands, a, b, 16, 4).fine_db.item<double>();
  };
  CHECK(with_tail(0.01) < 0.2);
  CHECK(with_tail(0.0001) == doctest::Approx(with_tail(0.01)).epsilon(0.01));
  CHECK(with_tail(100.0) == doctest::Approx(2.5).epsilon(0.01));
}

TEST_CASE("the difference of levels in one pass is that of torch's operations, and so is its gradient") {
  torch::manual_seed(8);
  const torch::Tensor level = models::level_db(torch::rand({2, 7, 30}).pow(3));
  const torch::Tensor power = torch::rand({2, 7, 30}).pow(3).requires_grad_();
  for (const std::int64_t frames : {30, 19}) {
    const torch::Tensor fused = models::level_distance(power, level, frames);
    const torch::Tensor plain = models::level_distance_by_torch(power, level, frames);
    CHECK(torch::allclose(fused, plain, 1e-4, 1e-5));
    const torch::Tensor weights = torch::tensor({0.3F, 2.0F});
    const auto found = torch::autograd::grad({(fused * weights).sum()}, {power});
    const auto expected = torch::autograd::grad({(plain * weights).sum()}, {power});
    CHECK(torch::allclose(found[0], expected[0], 1e-3, 1e-5));
  }
}
