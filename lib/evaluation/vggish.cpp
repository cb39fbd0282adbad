#include "lib/evaluation/vggish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/core/error.hpp"
#include "lib/dsp/device.hpp"
#include "lib/evaluation/decibels.hpp"
#include "lib/evaluation/mel.hpp"
#include "lib/weights/tensor_file.hpp"
#include "models/named_tensors.hpp"

namespace ictus::evaluation {
namespace {

constexpr const char* kRemedy =
    "--vggish names a safetensors file with the tensors of torchvggish, features.0.weight to "
    "embeddings.4.bias";

constexpr std::int64_t kVggishWindow = 400;
constexpr std::int64_t kVggishHop = 160;
constexpr std::int64_t kFft = 512;
constexpr std::int64_t kPictureFrames = 96;
constexpr double kLogOffset = 0.01;

/// The convolutions by torchvggish's names; 0 stands for pooling.
struct Layer {
  const char* name;
  std::int64_t from;
  std::int64_t to;
};

constexpr Layer kFeatures[] = {{"features.0", 1, 64}, {nullptr, 0, 0},           {"features.3", 64, 128},
                               {nullptr, 0, 0},       {"features.6", 128, 256},  {"features.8", 256, 256},
                               {nullptr, 0, 0},       {"features.11", 256, 512}, {"features.13", 512, 512},
                               {nullptr, 0, 0}};
constexpr Layer kEmbeddings[] = {
    {"embeddings.0", 6 * 4 * 512, 4096}, {"embeddings.2", 4096, 4096}, {"embeddings.4", 4096, 128}};

/// Empty tensors of the right shapes under the right names.
models::NamedTensors network_tensors() {
  models::NamedTensors tensors;
  for (const Layer& layer : kFeatures) {
    if (layer.name == nullptr) continue;
    tensors[std::string(layer.name) + ".weight"] = torch::empty({layer.to, layer.from, 3, 3});
    tensors[std::string(layer.name) + ".bias"] = torch::empty({layer.to});
  }
  for (const Layer& layer : kEmbeddings) {
    tensors[std::string(layer.name) + ".weight"] = torch::empty({layer.to, layer.from});
    tensors[std::string(layer.name) + ".bias"] = torch::empty({layer.to});
  }
  return tensors;
}

}  // namespace

torch::Tensor vggish_pictures(std::span<const float> samples) {
  static const torch::Tensor weights = mel_weights({}, kFft / 2 + 1, kVggishSampleRateHz);
  constexpr std::int64_t kLeast = (kPictureFrames - 1) * kVggishHop + kVggishWindow;
  const auto missing = std::max<std::int64_t>(0, kLeast - static_cast<std::int64_t>(samples.size()));
  const torch::Tensor padded = torch::constant_pad_nd(as_tensor(samples), {0, missing}, 0.0);
  const torch::Tensor mel =
      (magnitudes(padded, kVggishWindow, kVggishHop, kFft).matmul(weights) + kLogOffset).log();
  const std::int64_t pictures = mel.size(0) / kPictureFrames;
  return mel.narrow(0, 0, pictures * kPictureFrames).reshape({pictures, kPictureFrames, mel.size(1)});
}

struct Vggish::Network {
  models::NamedTensors tensors;
  torch::Device device;

  [[nodiscard]] const torch::Tensor& weight(const Layer& layer) const {
    return tensors.at(std::string(layer.name) + ".weight");
  }
  [[nodiscard]] const torch::Tensor& bias(const Layer& layer) const {
    return tensors.at(std::string(layer.name) + ".bias");
  }
};

Vggish::Vggish(const std::string& path, const std::string& device_name) {
  use_one_thread_per_caller();
  const torch::Device device = dsp::usable_device(device_name);
  models::NamedTensors tensors = network_tensors();
  try {
    models::NamedTensors stored = fetch(read_tensor_file(path, kRemedy).file, "", torch::kCPU);
    std::erase_if(stored, [](const auto& one) { return one.first.starts_with("pproc."); });
    models::copy_weights(stored, tensors);
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.starts_with(path) ? what : fmt::format("{}: not the weights of VGGish: {}", path, what),
                kRemedy);
  }
  for (auto& [name, tensor] : tensors) tensor = tensor.to(device);
  network_ = std::make_unique<Network>(Network{std::move(tensors), device});
}

Vggish::~Vggish() = default;

torch::Tensor Vggish::embed(const torch::Tensor& pictures) const {
  const torch::NoGradGuard no_grad;
  torch::Tensor x = pictures.to(network_->device, torch::kFloat).unsqueeze(1);  // [n, 1, 96, 64]
  for (const Layer& layer : kFeatures) {
    x = layer.name == nullptr
            ? torch::max_pool2d(x, 2)
            : torch::relu(torch::conv2d(x, network_->weight(layer), network_->bias(layer), 1, 1));
  }
  x = x.permute({0, 2, 3, 1}).flatten(1);  // [n, 6 * 4 * 512], channels last as in the published weights
  for (const Layer& layer : kEmbeddings) {
    if (layer.from != 6 * 4 * 512) x = torch::relu(x);
    x = torch::linear(x, network_->weight(layer), network_->bias(layer));
  }
  return x.to(torch::kCPU, torch::kDouble);
}

}  // namespace ictus::evaluation
