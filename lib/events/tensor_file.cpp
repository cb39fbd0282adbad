#include "lib/events/tensor_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "lib/core/error.hpp"

namespace ictus::events {
namespace {

torch::Dtype torch_dtype(formats::DType dtype) {
  switch (dtype) {
    case formats::DType::f16:
      return torch::kHalf;
    case formats::DType::bf16:
      return torch::kBFloat16;
    case formats::DType::f32:
      return torch::kFloat;
    case formats::DType::f64:
      return torch::kDouble;
    default:
      throw Error("an array of whole numbers stands where weights are expected");
  }
}

}  // namespace

std::string StoredTensors::format() const {
  const auto found = file.metadata.find("format");
  return found == file.metadata.end() ? std::string() : found->second;
}

models::EventModelConfig StoredTensors::config() const {
  const auto found = file.metadata.find("config");
  if (found == file.metadata.end()) throw Error("the model's configuration is missing");
  try {
    return nlohmann::json::parse(found->second).get<models::EventModelConfig>();
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("the model's configuration is damaged: {}", error.what()));
  }
}

StoredTensors read_tensor_file(const std::string& path, const std::string& remedy) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure))
    throw Error(fmt::format("{}: is a folder, not a file of weights", path), remedy);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(fmt::format("{}: cannot be opened ({})", path, std::strerror(errno)), remedy);
  const std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const auto bytes = std::as_bytes(std::span(content));
  try {
    return {formats::parse_safetensors(bytes, path), formats::content_hash(bytes), bytes.size()};
  } catch (const Error& error) {
    throw Error(error.what(), error.hint().empty() ? remedy : error.hint());
  }
}

void write_tensor_file(const std::string& path, const formats::TensorFile& file) {
  const std::vector<std::byte> bytes = formats::serialise_safetensors(file);
  const std::string part = path + ".part";
  std::ofstream stream(part, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  std::error_code failure;
  if (stream) std::filesystem::rename(part, path, failure);
  if (!stream || failure) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw Error(fmt::format("{}: cannot be written", path), "is the disk full, or the folder missing?");
  }
}

formats::RawTensor to_raw(const torch::Tensor& tensor, formats::DType dtype) {
  const torch::Tensor plain = tensor.detach().to(torch::kCPU, torch_dtype(dtype)).contiguous();
  formats::RawTensor raw;
  raw.dtype = dtype;
  raw.shape = plain.sizes().vec();
  raw.data.resize(plain.nbytes());
  if (!raw.data.empty()) std::memcpy(raw.data.data(), plain.data_ptr(), raw.data.size());
  return raw;
}

torch::Tensor from_raw(const formats::RawTensor& raw) {
  torch::Tensor tensor = torch::empty(raw.shape, torch_dtype(raw.dtype));
  if (!raw.data.empty()) std::memcpy(tensor.data_ptr(), raw.data.data(), raw.data.size());
  return tensor.to(torch::kFloat);
}

}  // namespace ictus::events
