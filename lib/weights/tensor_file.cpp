#include "lib/weights/tensor_file.hpp"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/core/new_file.hpp"

namespace ictus {
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

/// Copied to the processor, as `dtype`.
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

}  // namespace

std::string StoredTensors::format() const {
  const auto found = file.metadata.find("format");
  return found == file.metadata.end() ? std::string() : found->second;
}

StoredTensors read_tensor_file(const std::string& path, const std::string& remedy) {
  const std::vector<std::byte> bytes = file_bytes(path, remedy);
  try {
    return {formats::parse_safetensors(bytes, path), formats::content_hash(bytes), bytes.size()};
  } catch (const Error& error) {
    throw Error(error.what(), error.hint().empty() ? remedy : error.hint());
  }
}

StoredTensors read_weights(const std::string& path, const std::string& format, const std::string& called,
                           const std::string& remedy) {
  StoredTensors stored = read_tensor_file(path, remedy);
  if (stored.format() != format) throw Error(fmt::format("{}: not {}", path, called), remedy);
  const auto version = stored.file.metadata.find("version");
  const std::string found = version == stored.file.metadata.end() ? "" : version->second;
  if (found != "1")
    throw Error(fmt::format("{}: {} of version {}, which this program does not know", path, called, found),
                "use a newer ictus");
  return stored;
}

void write_tensor_file(const std::string& path, const formats::TensorFile& file) {
  try {
    NewFile stored(path, path, true);
    stored.write(formats::serialise_safetensors(file));
    stored.commit();
  } catch (const Error& error) {
    throw Error(error.what(), "is the disk full, or the folder missing?");
  }
}

void store(formats::TensorFile& file, const std::string& prefix, const models::NamedTensors& tensors,
           formats::DType dtype) {
  for (const auto& [name, tensor] : tensors) file.tensors[prefix + name] = to_raw(tensor, dtype);
}

models::NamedTensors fetch(const formats::TensorFile& file, const std::string& prefix,
                           const torch::Device& device) {
  models::NamedTensors found;
  for (const auto& [name, raw] : file.tensors)
    if (name.rfind(prefix, 0) == 0) found[name.substr(prefix.size())] = from_raw(raw).to(device);
  return found;
}

std::vector<PartSize> part_sizes(const models::NamedTensors& tensors) {
  std::vector<PartSize> parts;
  for (const auto& [name, tensor] : tensors) {
    const std::string part = name.substr(0, name.find('.', name.find('.') + 1));
    if (parts.empty() || parts.back().part != part) parts.push_back({part, 0});
    parts.back().parameters += tensor.numel();
  }
  return parts;
}

}  // namespace ictus
