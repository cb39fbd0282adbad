#include "models/mars/network.hpp"

#include <doctest/doctest.h>

#include "models/mars/tokenizer.hpp"
#include "tests/unit/mars/support.hpp"

using namespace ictus;

TEST_CASE("the networks fit each other, with and without attention, dense paths and multiplexing") {
  torch::NoGradGuard no_grad;
  for (const int heads : {0, 2})
    for (const int full_band : {0, 4})
      for (const bool truncate : {false, true}) {
        models::TokenizerConfig c = tests::small_config();
        c.attention_heads = heads;
        c.full_band_channels = full_band;
        c.truncate = truncate;
        if (truncate) c.cmx_regions = {{128, 16}};
        c.encoder_outer_blocks = heads / 2;
        models::Tokenizer tokenizer(c, torch::kCPU);
        for (const std::int64_t columns : {1, 3, 4}) {
          const torch::Tensor image = torch::rand({2, 1, 128, 8 * columns});
          const torch::Tensor latent = tokenizer.encoder->forward(image);
          CHECK(latent.sizes() == torch::IntArrayRef({2, 4, 4, columns}));
          CHECK(tokenizer.decoder->forward(latent).sizes() == image.sizes());
        }
      }
}

TEST_CASE("excerpts of a batch do not see each other") {
  torch::NoGradGuard no_grad;
  const auto loaded = tests::small_tokenizer();
  torch::manual_seed(8);
  const torch::Tensor images = torch::rand({3, 1, 128, 32});
  const torch::Tensor together = loaded->model->encoder->forward(images);
  const torch::Tensor decoded = loaded->model->decoder->forward(together);
  for (std::int64_t i = 0; i < 3; ++i) {
    const torch::Tensor alone = loaded->model->encoder->forward(images.narrow(0, i, 1));
    CHECK(torch::allclose(alone, together.narrow(0, i, 1), 1e-4, 1e-5));
    CHECK(torch::allclose(loaded->model->decoder->forward(alone), decoded.narrow(0, i, 1), 1e-3, 1e-4));
  }
}

TEST_CASE("a truncated image's high frequencies and late frames are silence") {
  torch::NoGradGuard no_grad;
  models::TokenizerConfig c = tests::small_config();
  c.cmx_regions = {{128, 16}};
  c.truncate = true;
  c.full_band_channels = 0;
  models::Tokenizer tokenizer(c, torch::kCPU);
  const torch::Tensor image = tokenizer.decoder->forward(torch::rand({1, 4, 4, 4}));
  CHECK(image.narrow(2, 8, 120).eq(-1.0).all().item<bool>());
  CHECK(image.narrow(3, 8, 24).eq(-1.0).all().item<bool>());
}
