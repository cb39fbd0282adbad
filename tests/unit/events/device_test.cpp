// The same model on the processor and on a GPU, where there is one.
#include <doctest/doctest.h>

#include "tests/unit/events/support.hpp"

using namespace ictus;

TEST_CASE("a GPU proposes and renders what the processor does") {
  if (!torch::cuda::is_available()) {
    MESSAGE("skipped: no CUDA device here");
    return;
  }
  torch::NoGradGuard no_grad;
  const auto loaded_on_cpu = tests::small_model();
  auto& on_cpu = *loaded_on_cpu->model;
  const auto loaded_on_gpu = tests::small_model(torch::kCUDA);
  auto& on_gpu = *loaded_on_gpu->model;
  torch::manual_seed(9);
  const std::int64_t frames = on_cpu.config.hop_frames() + 64;
  const models::PowerMaps sound{torch::rand({1, on_cpu.config.bands.fine_bands, frames}).pow(4),
                                torch::rand({1, on_cpu.config.bands.coarse_bands, 2 * frames}).pow(4)};
  const models::PowerMaps moved{sound.fine.cuda(), sound.coarse.cuda()};
  const auto a = on_cpu.encoder->propose(sound, {sound.fine * 0.1, sound.coarse * 0.1}, 6);
  const auto b = on_gpu.encoder->propose(moved, {moved.fine * 0.1, moved.coarse * 0.1}, 6);
  CHECK(torch::allclose(a.vectors, b.vectors.cpu(), 1e-3, 1e-4));
  const auto p =
      on_cpu.render(on_cpu.decoder->shape(a.vectors), torch::exp(a.log_gain), a.onset_samples, frames);
  const auto q = on_gpu.render(on_gpu.decoder->shape(a.vectors.cuda()), torch::exp(a.log_gain).cuda(),
                               a.onset_samples.cuda(), frames);
  CHECK(torch::allclose(p.fine, q.fine.cpu(), 1e-3, 1e-6));
  CHECK(torch::allclose(p.coarse, q.coarse.cpu(), 1e-3, 1e-6));
}
