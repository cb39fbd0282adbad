// The safetensors format: named arrays and string metadata, nothing that can execute.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ictus::formats {

enum class DType : std::uint8_t { f16, bf16, f32, f64, i64, i32, u8 };

struct RawTensor {
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;  ///< little-endian, row-major
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, RawTensor> tensors;
};

/// Parses a whole safetensors file. Every size and offset is checked before use; `name` is used in
/// error messages only. Throws ictus::Error saying what is wrong and at which offset.
[[nodiscard]] TensorFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name);

/// The bytes of a safetensors file; the same content always gives the same bytes.
[[nodiscard]] std::vector<std::byte> serialise_safetensors(const TensorFile& file);

/// XXH3-128 of the bytes, canonical (big-endian) order: the identity of a weights file.
[[nodiscard]] std::array<std::uint8_t, 16> content_hash(std::span<const std::byte> bytes);

}  // namespace ictus::formats
