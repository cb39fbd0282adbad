// Weights and checkpoints on disk: safetensors files that say what they are in their metadata.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "lib/weights/part_size.hpp"
#include "models/named_tensors.hpp"

namespace ictus {

struct StoredTensors {
  formats::TensorFile file;
  std::array<std::uint8_t, 16> hash{};  ///< of all bytes
  std::size_t bytes = 0;

  /// The metadata "format", or nothing.
  [[nodiscard]] std::string format() const;

  /// The metadata "config". Throws ictus::Error when it is missing or no configuration.
  template <typename Config>
  [[nodiscard]] Config config() const {
    const auto found = file.metadata.find("config");
    if (found == file.metadata.end()) throw Error("the model's configuration is missing");
    try {
      return nlohmann::json::parse(found->second).get<Config>();
    } catch (const nlohmann::json::exception& error) {
      throw Error(fmt::format("the model's configuration is damaged: {}", error.what()));
    }
  }
};

/// Throws ictus::Error with `remedy` when the file is missing, no file, or no safetensors file.
StoredTensors read_tensor_file(const std::string& path, const std::string& remedy);

/// The same for finished weights: throws ictus::Error, too, when the metadata's "format" is another, so that
/// the file is not `called` ("a tokenizer"), or its "version" is not 1.
StoredTensors read_weights(const std::string& path, const std::string& format, const std::string& called,
                           const std::string& remedy);

/// Writes a NewFile: half a file is never left, and links stay. Throws ictus::Error.
void write_tensor_file(const std::string& path, const formats::TensorFile& file);

/// Copies to the processor and stores as `dtype` (f16 or f32), each name with `prefix` in front.
void store(formats::TensorFile& file, const std::string& prefix, const models::NamedTensors& tensors,
           formats::DType dtype);

/// The tensors whose names begin with `prefix`, without it, as float32 on `device`. Throws ictus::Error
/// for arrays of whole numbers.
models::NamedTensors fetch(const formats::TensorFile& file, const std::string& prefix,
                           const torch::Device& device);

/// Parameters of each part: "decoder.in.weight" belongs to "decoder.in".
std::vector<PartSize> part_sizes(const models::NamedTensors& tensors);

}  // namespace ictus
