#include "lib/dsp/cmx.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"

using namespace ictus;

TEST_CASE("the inverse gives back the very bits, for all factors that divide") {
  torch::manual_seed(3);
  for (const std::int64_t channels : {1, 3})
    for (const std::int64_t height : {1, 6, 16, 24})
      for (const std::int64_t width : {1, 4, 10, 12})
        for (std::int64_t rows = 1; rows <= height; ++rows)
          for (std::int64_t columns = 1; columns <= width; ++columns) {
            if (height % rows != 0 || width % columns != 0) continue;
            const torch::Tensor image = torch::randn({2, channels, height, width});
            const torch::Tensor packed = dsp::cmx(image, {rows, columns});
            REQUIRE(packed.sizes() ==
                    torch::IntArrayRef({2, channels * rows * columns, height / rows, width / columns}));
            REQUIRE(torch::equal(dsp::inverse_cmx(packed, {rows, columns}), image));
            REQUIRE(
                torch::equal(dsp::cmx(dsp::inverse_cmx(packed, {rows, columns}), {rows, columns}), packed));
          }
}

TEST_CASE("every place of a cell has a channel of its own, rows first") {
  // The value at row f and column t is 10 f + t.
  const torch::Tensor image =
      (10.0 * torch::arange(4).unsqueeze(1) + torch::arange(6).unsqueeze(0)).reshape({1, 1, 4, 6});
  const torch::Tensor packed = dsp::cmx(image, {2, 3});
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 3; ++b)
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j)
          CHECK(packed[0][a * 3 + b][i][j].item<double>() == 10.0 * (2 * i + a) + 3 * j + b);
}

TEST_CASE("with equal factors it is torch's own pixel unshuffling") {
  torch::manual_seed(4);
  const torch::Tensor image = torch::randn({2, 3, 12, 8});
  CHECK(torch::equal(dsp::cmx(image, {4, 4}), torch::pixel_unshuffle(image, 4)));
}

TEST_CASE(
    "truncation keeps the lowest frequencies and the first frames, and is undone but for what it lost") {
  torch::manual_seed(5);
  const torch::Tensor image = torch::randn({1, 1, 8, 6});
  const torch::Tensor small = dsp::truncate(image, {2, 3});
  REQUIRE(small.sizes() == torch::IntArrayRef({1, 1, 4, 2}));
  const torch::Tensor back = dsp::untruncate(small, {2, 3}, -1.0);
  REQUIRE(back.sizes() == image.sizes());
  CHECK(torch::equal(back.narrow(2, 0, 4).narrow(3, 0, 2), image.narrow(2, 0, 4).narrow(3, 0, 2)));
  CHECK(back.narrow(2, 4, 4).eq(-1.0).all().item<bool>());
  CHECK(back.narrow(3, 2, 4).eq(-1.0).all().item<bool>());
}

TEST_CASE("sizes that cannot be divided are an error that names them") {
  const torch::Tensor image = torch::zeros({1, 1, 6, 10});
  for (const auto& work : {dsp::cmx, dsp::truncate}) {
    CHECK_THROWS_WITH_AS(work(image, {4, 5}),
                         "channel multiplexing: 6 rows cannot be divided into cells of 4", Error);
    CHECK_THROWS_WITH_AS(work(image, {3, 4}),
                         "channel multiplexing: 10 columns cannot be divided into cells of 4", Error);
    CHECK_THROWS_AS(work(image, {0, 1}), Error);
  }
  CHECK_THROWS_AS(dsp::inverse_cmx(image, {2, 1}), Error);
}
