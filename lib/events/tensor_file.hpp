// Weights and checkpoints on disk: safetensors files that say what they are in their metadata.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "formats/safetensors.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "models/events/config.hpp"

namespace ictus::events {

/// Values of the metadata "format".
inline constexpr const char* kModelFormat = "ictus-event-model";
inline constexpr const char* kCheckpointFormat = "ictus-event-checkpoint";

struct StoredTensors {
  formats::TensorFile file;
  std::array<std::uint8_t, 16> hash{};  ///< of all bytes
  std::size_t bytes = 0;

  /// The metadata "format", or nothing.
  [[nodiscard]] std::string format() const;
  /// The metadata "config". Throws ictus::Error when it is missing or no configuration.
  [[nodiscard]] models::EventModelConfig config() const;
};

/// Throws ictus::Error with `remedy` when the file is missing, no file, or no safetensors file.
StoredTensors read_tensor_file(const std::string& path, const std::string& remedy);

/// Writes beside the target and renames, so that half a file is never left. Throws ictus::Error.
void write_tensor_file(const std::string& path, const formats::TensorFile& file);

/// Copies to the processor and stores as `dtype` (f16 or f32).
formats::RawTensor to_raw(const torch::Tensor& tensor, formats::DType dtype);

/// A float32 tensor on the processor. Throws ictus::Error for arrays of whole numbers.
torch::Tensor from_raw(const formats::RawTensor& raw);

}  // namespace ictus::events
