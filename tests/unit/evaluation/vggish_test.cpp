#include "lib/evaluation/vggish.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "lib/core/error.hpp"
#include "lib/weights/tensor_file.hpp"
#include "tests/unit/evaluation/support.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;
using namespace ictus::evaluation;

namespace {

constexpr std::int64_t kChannels[] = {64, 128, 256, 256, 512, 512};
constexpr int kConvolutions[] = {0, 3, 6, 8, 11, 13};

/// Weights that hand the first channel on, the last one of the last convolution getting half of it; each of
/// the first numbers of the embedding is one place of the last map.
models::NamedTensors plain_weights() {
  models::NamedTensors tensors;
  std::int64_t from = 1;
  for (std::size_t i = 0; i < std::size(kChannels); ++i) {
    const std::string name = "features." + std::to_string(kConvolutions[i]);
    torch::Tensor weight = torch::zeros({kChannels[i], from, 3, 3});
    weight[0][0][1][1] = 1.0;
    if (i + 1 == std::size(kChannels)) weight[511][0][1][1] = 0.5;
    tensors[name + ".weight"] = weight;
    tensors[name + ".bias"] = torch::zeros({kChannels[i]});
    from = kChannels[i];
  }
  const auto place = [](int row, int column, int channel) { return (row * 4 + column) * 512 + channel; };
  tensors["embeddings.0.weight"] = torch::zeros({4096, 12288});
  tensors["embeddings.0.weight"][0][place(2, 3, 0)] = 1.0;
  tensors["embeddings.0.weight"][1][place(5, 1, 511)] = 1.0;
  tensors["embeddings.0.weight"][2][place(0, 0, 0)] = -1.0;
  tensors["embeddings.0.bias"] = torch::zeros({4096});
  tensors["embeddings.2.weight"] = torch::eye(4096);
  tensors["embeddings.2.bias"] = torch::zeros({4096});
  tensors["embeddings.4.weight"] = torch::zeros({128, 4096});
  for (int i = 0; i < 3; ++i) tensors["embeddings.4.weight"][i][i] = 1.0;
  tensors["embeddings.4.weight"][3][0] = -1.0;
  tensors["embeddings.4.bias"] = torch::zeros({128});
  tensors["embeddings.4.bias"][4] = -7.0;
  tensors["pproc.pca_means"] = torch::zeros({128, 1});
  return tensors;
}

tests::TemporaryFile weights_file(const models::NamedTensors& tensors) {
  formats::TensorFile file;
  store(file, "", tensors, formats::DType::f16);
  const auto bytes = formats::serialise_safetensors(file);
  return tests::TemporaryFile({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string complaint(const std::string& path) {
  try {
    const Vggish network(path, "cpu");
  } catch (const Error& error) {
    CHECK(std::string(error.hint()).find("torchvggish") != std::string::npos);
    return error.what();
  }
  return {};
}

}  // namespace

// The numbers come from the published definition written anew in Python with NumPy.
TEST_CASE("the pictures are those of the published front end") {
  const torch::Tensor pictures = vggish_pictures(tests::partials_and_noise(40000));
  REQUIRE(pictures.sizes() == torch::IntArrayRef({2, 96, 64}));  // 248 frames: two pictures, 56 are left out
  const auto check = [&](int picture, int frame, int band, double expected) {
    CHECK(pictures[picture][frame][band].item<double>() == doctest::Approx(expected).epsilon(1e-5));
  };
  check(0, 0, 0, -3.590501);
  check(0, 0, 9, 3.107852);
  check(0, 50, 40, -1.539985);
  check(0, 95, 63, -1.60964);
  check(1, 0, 10, -0.620477);
  check(1, 95, 41, 2.634941);
  check(1, 30, 63, -1.386357);
  CHECK(pictures[0].mean().item<double>() == doctest::Approx(-1.7491199204).epsilon(1e-8));
  CHECK(pictures[1].mean().item<double>() == doctest::Approx(-1.9474834629).epsilon(1e-8));
}

TEST_CASE("sound shorter than a picture is followed by silence") {
  const torch::Tensor pictures = vggish_pictures(tests::partials_and_noise(5000));
  REQUIRE(pictures.sizes() == torch::IntArrayRef({1, 96, 64}));
  CHECK(pictures.mean().item<double>() == doctest::Approx(-3.6176803976).epsilon(1e-8));
  CHECK(pictures[0][95][5].item<double>() == doctest::Approx(std::log(0.01)));
  CHECK(vggish_pictures(tests::partials_and_noise(15600)).size(0) == 1);
  CHECK(vggish_pictures(tests::partials_and_noise(15600 + 96 * 160 - 1)).size(0) == 1);
  CHECK(vggish_pictures(tests::partials_and_noise(15600 + 96 * 160)).size(0) == 2);
}

TEST_CASE("the network: four times the largest of four, channels last, no ReLU at the end") {
  const auto file = weights_file(plain_weights());
  const Vggish network(file.path(), "cpu");
  torch::manual_seed(1);
  const torch::Tensor pictures = torch::randn({2, 96, 64}, torch::kDouble);
  const torch::Tensor embeddings = network.embed(pictures);
  REQUIRE(embeddings.sizes() == torch::IntArrayRef({2, 128}));
  for (int i = 0; i < 2; ++i) {
    // Place (row, column) of the last map stands for 16 x 16 values.
    const auto largest = [&](int row, int column) {
      return pictures[i].narrow(0, 16 * row, 16).narrow(1, 16 * column, 16).max().item<double>();
    };
    const auto found = [&](int at) { return embeddings[i][at].item<double>(); };
    CHECK(found(0) == doctest::Approx(largest(2, 3)).epsilon(1e-6));
    CHECK(found(1) == doctest::Approx(0.5 * largest(5, 1)).epsilon(1e-6));
    CHECK(found(2) == 0.0);  // negative between two layers
    CHECK(found(3) == doctest::Approx(-largest(2, 3)).epsilon(1e-6));
    CHECK(found(4) == -7.0);
    CHECK(embeddings[i].narrow(0, 5, 123).abs().max().item<double>() == 0.0);
  }
}

TEST_CASE("other files are refused with what is wrong") {
  CHECK(complaint("/nonexistent/vggish").find("/nonexistent/vggish: cannot be opened") == 0);
  const tests::TemporaryFile text("no weights at all");
  CHECK(complaint(text.path()).find(text.path()) == 0);
  const auto other = weights_file({{"features.0.weight", torch::zeros({64, 1, 3, 3})}});
  CHECK(complaint(other.path()).find("not the weights of VGGish: the weights lack the tensor") !=
        std::string::npos);
}
