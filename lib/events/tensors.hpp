// Tensors to and from the arrays of a safetensors file.
#pragma once

#include "formats/safetensors.hpp"
#include "lib/dsp/torch_compat.hpp"

namespace ictus::events {

/// Copies to the processor and stores as `dtype` (f16 or f32).
formats::RawTensor to_raw(const torch::Tensor& tensor, formats::DType dtype);

/// A float32 tensor on the processor. Throws ictus::Error for integer arrays.
torch::Tensor from_raw(const formats::RawTensor& raw);

}  // namespace ictus::events
