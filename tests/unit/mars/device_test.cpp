// The same tokenizer on the processor and on a GPU, where there is one.
#include <doctest/doctest.h>

#include "lib/mars/search.hpp"
#include "tests/unit/mars/support.hpp"

using namespace ictus;

TEST_CASE("a GPU draws the image that the processor draws, and searches there") {
  if (!torch::cuda::is_available()) {
    MESSAGE("skipped: no CUDA device here");
    return;
  }
  torch::NoGradGuard no_grad;
  const auto loaded = tests::small_tokenizer();
  models::Tokenizer& on_cpu = *loaded->model;
  models::Tokenizer on_gpu(on_cpu.config, torch::kCUDA);
  on_gpu.load(on_cpu.parameters());
  torch::manual_seed(9);
  const torch::Tensor image = torch::rand({1, 1, 128, 32}) - 0.5;
  CHECK(torch::allclose(on_cpu.encoder->forward(image), on_gpu.encoder->forward(image.cuda()).cpu(), 1e-3,
                        1e-4));
  const auto tokens = on_cpu.quantiser->quantise(on_cpu.encoder->forward(image)).tokens;
  std::vector<torch::Tensor> moved;
  for (const torch::Tensor& one : tokens) moved.push_back(one.cuda());
  CHECK(
      torch::allclose(on_cpu.image_of_tokens(tokens, 4), on_gpu.image_of_tokens(moved, 4).cpu(), 1e-3, 1e-3));
  const models::ImageDistance distance(on_cpu.config, torch::kCUDA);
  for (const torch::Tensor& one : mars::search_tokens(on_gpu, distance, image.cuda(), 4))
    CHECK(one.is_cuda());
}
