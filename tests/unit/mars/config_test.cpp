#include "models/mars/config.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "lib/core/error.hpp"
#include "tests/unit/mars/support.hpp"

using namespace ictus;

TEST_CASE("what follows from the configuration") {
  const models::TokenizerConfig c;  // the one that ships
  models::check(c);
  CHECK(c.clip_samples() == 65536);
  CHECK(c.outer_rows() == 128 / 8 + 128 / 16 + 256 / 32);
  CHECK(c.latent_rows() == 16);
  CHECK(c.latent_columns() == 16);
  CHECK(c.column_frames() == 16);
  CHECK(c.shape().column_samples() == 4096);
  CHECK(c.floor() == doctest::Approx(3.1623e-4).epsilon(1e-3));
}

TEST_CASE("a configuration that makes no sense is refused, and says what does not") {
  const auto refused = [](const auto& change, const char* about) {
    tests::check_refused(tests::small_config(), change, about);
  };
  models::check(tests::small_config());
  using Config = models::TokenizerConfig;
  refused([](Config& c) { c.sample_rate_hz = 0; }, "sample_rate_hz");
  refused([](Config& c) { c.window_samples = 300; }, "power of 2");
  refused([](Config& c) { c.hop_samples = 60; }, "hop_samples");
  refused([](Config& c) { c.clip_frames = 1 << 20; }, "clip_frames");
  refused([](Config& c) { c.range_db = 0.0; }, "range_db");
  refused([](Config& c) { c.cmx_regions.pop_back(); }, "64 bins in all");
  refused([](Config& c) { c.cmx_regions[0].rows = 5; }, "rows of a region");
  refused([](Config& c) { c.cmx_regions[0].rows = 64; }, "5 rows in all");
  refused([](Config& c) { c.cmx_regions.clear(); }, "cmx_regions");
  refused([](Config& c) { c.cmx_columns = 32; }, "cmx_columns");
  refused([](Config& c) { c.truncate = true; }, "one region");
  refused([](Config& c) { c.inner_channels = 20; }, "multiple of 8");
  refused([](Config& c) { c.outer_channels = 1 << 20; }, "outer_channels");
  refused([](Config& c) { c.attention_heads = 3; }, "attention_heads");
  refused([](Config& c) { c.decoder_blocks = -1; }, "decoder_blocks");
  refused([](Config& c) { c.full_band_channels = -1; }, "full_band_channels");
  refused([](Config& c) { c.full_band_hidden = 0; }, "full_band_hidden");
  refused([](Config& c) { c.code_size = 0; }, "code_size");
  refused([](Config& c) { c.codebook_size = 1 << 17; }, "codebook_size");
  refused([](Config& c) { c.scales.clear(); }, "scales");
  refused([](Config& c) { c.scales.assign(40, {1, 1}); }, "1 to 32");
  refused([](Config& c) { c.scales[2] = {5, 3}; }, "rows of a scale");
  refused([](Config& c) { c.scales[2] = {4, 9}; }, "columns of a scale");
  refused([](Config& c) { std::swap(c.scales[0], c.scales[1]); }, "coarse first");
}
