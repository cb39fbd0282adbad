#include "lib/events/tensors.hpp"

#include <cstring>

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
