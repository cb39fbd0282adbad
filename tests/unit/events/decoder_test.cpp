#include "models/events/decoder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "models/events/envelopes.hpp"
#include "tests/unit/events/support.hpp"

using namespace ictus;
using models::View;

namespace {

double db(double power) { return 10.0 * std::log10(power); }

torch::Tensor vector_batch(int events) {
  torch::manual_seed(11);
  return torch::rand({1, events, kEventVectorSize}) * 2.0 - 1.0;
}

}  // namespace

TEST_CASE("an event falls at its own rate and has its gain as mean square") {
  constexpr double kDecay = 0.8;
  const auto loaded = tests::one_sound_model(220.0, kDecay);
  auto& model = *loaded->model;
  const auto shape = model.decoder->shape(vector_batch(1));
  const torch::Tensor gain = torch::full({1, 1}, 0.04);
  const torch::Tensor power =
      model.decoder->render(shape, gain, torch::full({1, 1}, 4096.0), View::fine, 64)[0];
  const torch::Tensor mean_square =
      torch::matmul(model.bands.fine_widths, power) * (2.0 / model.config.bands.fine_window_samples);
  // Frame 10 is centred two windows' halves behind the onset at frame 8: the whole window sounds.
  const double since_s = 2 * 512 / 22050.0;
  CHECK(db(mean_square[10].item<double>()) ==
        doctest::Approx(db(0.04) - 60.0 * since_s / kDecay).epsilon(0.005));
  const double fall = db(mean_square[12].item<double>()) - db(mean_square[32].item<double>());
  CHECK(fall == doctest::Approx(60.0 * (20 * 512 / 22050.0) / kDecay).epsilon(0.01));
}

TEST_CASE("nothing sounds before the onset's windows reach it") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  const auto shape = model.decoder->shape(vector_batch(3));
  const torch::Tensor onset = torch::full({1, 3}, 20 * 512.0);
  const torch::Tensor gain = torch::ones({1, 3});
  const torch::Tensor fine = model.decoder->render(shape, gain, onset, View::fine, 40)[0].sum(0);
  CHECK(fine.narrow(0, 0, 18).max().item<double>() < 1e-6 * fine.max().item<double>());
  CHECK(fine[20].item<double>() > 0.0);
  const torch::Tensor coarse = model.decoder->render(shape, gain, onset, View::coarse, 80)[0].sum(0);
  CHECK(coarse.narrow(0, 0, 39).max().item<double>() < 1e-6 * coarse.max().item<double>());
}

TEST_CASE("powers of events add, gains scale, a later onset is a shift") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  const torch::Tensor vectors = vector_batch(4);
  const torch::Tensor gains = torch::tensor({{0.1F, 1.0F, 0.01F, 0.5F}});
  const torch::Tensor onsets = torch::tensor({{100.0F, 2000.0F, 7777.7F, 300.0F}});
  for (const View view : {View::fine, View::coarse}) {
    const torch::Tensor all = model.decoder->render(model.decoder->shape(vectors), gains, onsets, view, 60);
    torch::Tensor sum = torch::zeros_like(all);
    for (int e = 0; e < 4; ++e)
      sum += 2.0 * model.decoder->render(model.decoder->shape(vectors.narrow(1, e, 1)),
                                         0.5 * gains.narrow(1, e, 1), onsets.narrow(1, e, 1), view, 60);
    CHECK(torch::allclose(all, sum, 1e-4, 1e-9));
    const int hop = view == View::fine ? 512 : 256;
    const torch::Tensor later =
        model.decoder->render(model.decoder->shape(vectors), gains, onsets + 5 * hop, view, 60);
    CHECK(torch::allclose(all.narrow(2, 0, 55), later.narrow(2, 5, 55), 1e-3, 1e-7));
  }
}

TEST_CASE("both views hold the same power of a lasting event") {
  const auto loaded = tests::one_sound_model(330.0, 5.0);
  auto& model = *loaded->model;
  const auto power =
      model.render(model.decoder->shape(vector_batch(1)), torch::ones({1, 1}), torch::zeros({1, 1}), 32);
  const torch::Tensor fine = torch::matmul(model.bands.fine_widths, power.fine[0]);
  const torch::Tensor widths =
      torch::matmul((model.bands.coarse_of_fine > 0).to(torch::kFloat).t(), model.bands.fine_widths);
  const torch::Tensor coarse = torch::matmul(widths, power.coarse[0]);
  for (int frame = 8; frame < 30; ++frame)
    CHECK(std::abs(db(fine[frame].item<double>() / coarse[2 * frame].item<double>())) < 1.5);
}

TEST_CASE("gradients agree with finite differences") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  const torch::Tensor vectors = vector_batch(2) * 0.5;
  const torch::Tensor gains = torch::tensor({{0.3F, 0.7F}});
  const torch::Tensor onsets = torch::tensor({{1000.5F, 5003.25F}});
  const auto value = [&](const torch::Tensor& v, const torch::Tensor& g, const torch::Tensor& o) {
    return torch::log(model.decoder->render(model.decoder->shape(v), g, o, View::fine, 24) + 1e-3).mean();
  };
  const torch::Tensor v = vectors.clone().requires_grad_();
  const torch::Tensor g = gains.clone().requires_grad_();
  const torch::Tensor o = onsets.clone().requires_grad_();
  const auto gradient = torch::autograd::grad({value(v, g, o)}, {v, g, o});
  const auto along = [&](int which, double step) {  // directional derivative by central difference
    torch::Tensor moved[3] = {vectors, gains, onsets};
    const torch::Tensor direction =
        gradient[static_cast<std::size_t>(which)] / gradient[static_cast<std::size_t>(which)].norm();
    torch::Tensor plus[3] = {moved[0], moved[1], moved[2]}, minus[3] = {moved[0], moved[1], moved[2]};
    plus[which] = moved[which] + step * direction;
    minus[which] = moved[which] - step * direction;
    return ((value(plus[0], plus[1], plus[2]) - value(minus[0], minus[1], minus[2])) / (2.0 * step))
        .item<double>();
  };
  CHECK(along(0, 1e-2) == doctest::Approx(gradient[0].norm().item<double>()).epsilon(0.03));
  CHECK(along(1, 1e-2) == doctest::Approx(gradient[1].norm().item<double>()).epsilon(0.03));
  CHECK(along(2, 5.0) == doctest::Approx(gradient[2].norm().item<double>()).epsilon(0.05));
}

TEST_CASE("decays may be seconds long before any training") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  const auto shape = model.decoder->shape(vector_batch(64));
  CHECK((13.8155 / shape.decay_rate.amin()).item<double>() > 1.0);
  CHECK((13.8155 / shape.decay_rate.amax()).item<double>() < 0.5);
}

TEST_CASE("envelopes in one pass are those of torch's operations, and so are their gradients") {
  torch::manual_seed(5);
  constexpr int kEvents = 3, kRegions = 4, kAttacks = 5, kSteps = 20;
  const auto positive = [](std::vector<std::int64_t> sizes, double low, double high) {
    return torch::exp(torch::rand(sizes) * std::log(high / low)) * low;
  };
  for (const bool damped : {true, false}) {
    const models::EventShape shape{
        {},
        torch::softmax(torch::randn({2, kEvents, kAttacks}), -1).requires_grad_(),
        positive({2, kEvents, 2, kRegions}, 0.6, 200.0).requires_grad_(),
        positive({2, kEvents}, 0.6, 200.0).requires_grad_(),
        positive({2, kEvents, kRegions}, 1e-3, 1.0).requires_grad_(),
        positive({2, kEvents, kRegions}, 0.6, 50.0).requires_grad_(),
        positive({2, kEvents}, 0.05, 1.0).requires_grad_(),
        (damped ? positive({2, kEvents}, 1.0, 60.0) : torch::zeros({2, kEvents})).requires_grad_(),
        torch::randn({2, kEvents, 4}).requires_grad_()};
    const torch::Tensor gain = positive({2, kEvents}, 0.01, 2.0).requires_grad_();
    // Before, amid and after the frames that are rendered.
    const torch::Tensor onset =
        torch::tensor({{-9000.3F, 0.0F, 700.7F}, {12345.6F, 3.2F, 90000.0F}}).requires_grad_();
    const models::EnvelopeFrames frames{.count = 37,
                                        .hop_samples = 512,
                                        .window_samples = 1024,
                                        .sample_rate_hz = 22050,
                                        .attack_step_samples = 128,
                                        .attacks = torch::rand({kAttacks, kSteps}).requires_grad_(),
                                        .room_start = torch::linspace(0, 1, kSteps)};
    const std::vector<torch::Tensor> leaves{gain,
                                            onset,
                                            shape.attack,
                                            shape.decay_rate,
                                            shape.crossfade_rate,
                                            shape.room_level,
                                            shape.room_rate,
                                            shape.hold_seconds,
                                            shape.damping_rate,
                                            shape.contour,
                                            frames.attacks};
    const torch::Tensor fused = models::envelopes(shape, gain, onset, frames);
    const torch::Tensor plain = models::envelopes_by_torch(shape, gain, onset, frames);
    REQUIRE(fused.sizes() == plain.sizes());
    CHECK(torch::allclose(fused, plain, 1e-4, 1e-7));
    const torch::Tensor weights = torch::randn(plain.sizes());
    const auto expected = torch::autograd::grad({(plain * weights).sum()}, leaves);
    const auto found = torch::autograd::grad({(fused * weights).sum()}, leaves);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (!damped && (i == 7 || i == 8)) continue;  // where nothing is damped, the damper has no gradient
      CAPTURE(i);
      CHECK((found[i] - expected[i]).abs().max().item<double>() <=
            1e-3 * expected[i].abs().max().item<double>() + 1e-6);
    }
  }
}

TEST_CASE("a damped event falls faster from its hold on") {
  const auto loaded = tests::one_sound_model(220.0, 20.0);
  auto& model = *loaded->model;
  models::NamedTensors p = model.parameters();
  {
    torch::NoGradGuard no_grad;
    p["decoder.holds"].select(1, 0).fill_(std::log(0.5));
    p["decoder.holds"].select(1, 1).fill_(std::log(13.8155 / 0.2));
  }
  const torch::Tensor power = model.decoder
                                  ->render(model.decoder->shape(vector_batch(1)), torch::ones({1, 1}),
                                           torch::zeros({1, 1}), View::fine, 64)[0]
                                  .sum(0);
  const auto fall_db = [&](int first, int last) {
    return db(power[first].item<double>()) - db(power[last].item<double>());
  };
  // Frames lie 23.2 ms apart: 60 dB in 20 s before the hold's end, in 0.2 s as well after it.
  CHECK(fall_db(6, 16) == doctest::Approx(0.2322 * 60 / 20).epsilon(0.2));
  CHECK(fall_db(27, 31) == doctest::Approx(0.0929 * (60 / 20.0 + 60 / 0.2)).epsilon(0.02));
}

TEST_CASE("a contour raises and lowers an event along straight lines in dB") {
  const auto loaded = tests::one_sound_model(220.0, 20.0);
  auto& model = *loaded->model;
  const auto level_db = [&] {
    const torch::Tensor power = model.decoder
                                    ->render(model.decoder->shape(vector_batch(1)), torch::ones({1, 1}),
                                             torch::zeros({1, 1}), View::fine, 64)[0]
                                    .sum(0);
    return (10.0 * torch::log10(power)).contiguous();
  };
  const torch::Tensor even = level_db();
  {
    torch::NoGradGuard no_grad;
    // Points after 0.1, 0.2 and 0.4 s: up by 6 dB, as far down, and 12 dB down; bounded at 30 dB.
    const torch::Tensor bias = model.parameters()["decoder.contour.bias"];
    for (int k = 0; k < 3; ++k) bias[k] = 30.0 * std::atanh(std::array{6.0, -6.0, -12.0}[k] / 30.0);
  }
  const torch::Tensor changed = level_db() - even;
  const auto at = [&](double seconds) {  // frames lie 23.2 ms apart and see 46 ms to either side
    return changed[static_cast<std::int64_t>(std::lround(seconds * 22050 / 512))].item<double>();
  };
  CHECK(at(0.10) > 3.0);
  CHECK(at(0.30) == doctest::Approx(-9.0).epsilon(0.05));
  CHECK(at(0.50) == doctest::Approx(-12.0).epsilon(0.02));
  CHECK(at(1.20) == doctest::Approx(-12.0).epsilon(0.01));
}

TEST_CASE("every second frame is rendered as it is among all of them") {
  const auto loaded = tests::small_model();
  auto& model = *loaded->model;
  const models::EventShape shape = model.decoder->shape(vector_batch(3));
  const torch::Tensor gain = torch::full({1, 3}, 0.3), onset = torch::tensor({{100.3F, 4000.0F, 9000.0F}});
  const models::PowerMaps all = model.render(shape, gain, onset, 21);
  for (const int first : {0, 1}) {
    const models::PowerMaps some = all.every(2, first);
    REQUIRE(some.fine.size(2) == 10);
    REQUIRE(some.coarse.size(2) == 20);
    const models::PowerMaps alone = model.render(shape, gain, onset, 10, {.stride = 2, .first = first});
    CHECK(torch::allclose(alone.fine, some.fine, 1e-4, 1e-8));
    CHECK(torch::allclose(alone.coarse, some.coarse, 1e-4, 1e-8));
  }
}

TEST_CASE("a bend moves all partials by one ratio") {
  const auto loaded = tests::one_sound_model(323.0, 5.0);
  auto& model = *loaded->model;
  const auto peak_hz = [&] {
    const torch::Tensor spectrum = model.decoder->shape(vector_batch(1)).spectra[0][0][0].narrow(0, 55, 20);
    const torch::Tensor places = torch::arange(55, 75, torch::kFloat);
    return (spectrum * places).sum().item<double>() / spectrum.sum().item<double>() * 22050 / 2048;
  };
  const double before = peak_hz();  // of the second harmonic, 646 Hz
  CHECK(before == doctest::Approx(646.0).epsilon(0.01));
  {
    torch::NoGradGuard no_grad;
    model.parameters()["decoder.bend.bias"].fill_(std::atanh(0.5));  // one semitone of two
  }
  CHECK(peak_hz() / before == doctest::Approx(std::pow(2.0, 1.0 / 12.0)).epsilon(0.01));
}
