// Parses any bytes as safetensors. What is accepted must survive being written and parsed again.

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"

namespace {

using namespace ictus::formats;
using Bytes = std::vector<std::byte>;

void check(const Bytes& bytes) {
  TensorFile file;
  try {
    file = parse_safetensors(bytes, "input");
  } catch (const ictus::Error&) {
    return;
  }
  const Bytes written = serialise_safetensors(file);
  const TensorFile again = parse_safetensors(written, "input");
  if (again.metadata != file.metadata || again.tensors.size() != file.tensors.size() ||
      serialise_safetensors(again) != written) {
    throw std::logic_error("what was parsed comes back as something else");
  }
  for (const auto& [name, tensor] : file.tensors) {
    const RawTensor& other = again.tensors.at(name);
    if (other.dtype != tensor.dtype || other.shape != tensor.shape || other.data != tensor.data) {
      throw std::logic_error("a tensor comes back as something else");
    }
  }
}

/// The same bytes with the length of the header put right: it ends with the last '}'.
Bytes repaired(Bytes bytes) {
  const auto last = std::find(bytes.rbegin(), bytes.rend(), std::byte{'}'}).base();
  if (last - bytes.begin() < 8) return bytes;
  const auto length = static_cast<std::uint64_t>(last - bytes.begin() - 8);
  for (unsigned k = 0; k < 8; ++k) bytes[k] = static_cast<std::byte>(length >> 8U * k);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  const Bytes bytes(input.begin(), input.end());
  check(bytes);
  check(repaired(bytes));
  return 0;
}
