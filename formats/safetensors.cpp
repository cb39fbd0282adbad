#include "formats/safetensors.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "lib/core/error.hpp"

namespace ictus::formats {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeaderBytes = 10'000'000;  // room for tens of thousands of tensors
constexpr std::size_t kMaxDimensions = 16;
constexpr int kMaxNesting = 8;
constexpr std::size_t kMaxQuotedCharacters = 60;

struct DTypeEntry {
  DType dtype;
  const char* name;
  std::size_t bytes;
};

constexpr std::array<DTypeEntry, 7> kDTypes = {{{DType::f16, "F16", 2},
                                                {DType::bf16, "BF16", 2},
                                                {DType::f32, "F32", 4},
                                                {DType::f64, "F64", 8},
                                                {DType::i64, "I64", 8},
                                                {DType::i32, "I32", 4},
                                                {DType::u8, "U8", 1}}};

const DTypeEntry& entry_of(DType dtype) {
  for (const DTypeEntry& entry : kDTypes) {
    if (entry.dtype == dtype) return entry;
  }
  throw Error("a tensor has an unknown element type");
}

/// The product of shape and element size, or nothing where it does not fit.
std::optional<std::size_t> byte_size(const std::vector<std::int64_t>& shape, std::size_t element_bytes) {
  // A dimension of 0 makes the product 0 whatever the others are, so it must not hide an overflow.
  std::size_t size = element_bytes;
  bool empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (dimension == 0) {
      empty = true;
      continue;
    }
    if (size > std::numeric_limits<std::size_t>::max() / static_cast<std::uint64_t>(dimension)) {
      return std::nullopt;
    }
    size *= static_cast<std::size_t>(dimension);
  }
  return empty ? 0 : size;
}

/// A text from the file as it may stand in a message: short, and nothing that a terminal would obey.
std::string quoted(const std::string& text) {
  std::string result =
      json(text.substr(0, 4 * kMaxQuotedCharacters)).dump(-1, ' ', true, json::error_handler_t::replace);
  if (result.size() > kMaxQuotedCharacters) result = result.substr(0, kMaxQuotedCharacters) + "…\"";
  return result;
}

/// Reads one file; keeps its name for the messages.
class Parser {
 public:
  Parser(std::span<const std::byte> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  TensorFile parse() {
    const std::size_t header_bytes = read_length();
    const json header = read_json(header_bytes);
    const std::size_t data_offset = kLengthBytes + header_bytes;

    TensorFile file;
    for (const auto& [key, value] : header.items()) {
      if (key == "__metadata__") {
        file.metadata = read_metadata(value);
      } else {
        add_tensor(file, key, value, data_offset);
      }
    }
    require_full_cover(data_offset);
    return file;
  }

 private:
  struct Extent {
    std::size_t begin, end;
    std::string tensor;
  };

  [[noreturn]] void fail(std::size_t offset, const std::string& what) const {
    throw Error(name_ + ", byte " + std::to_string(offset) + ": " + what,
                "this is not a sound safetensors file; get it again from where it came");
  }

  [[noreturn]] void fail_tensor(const std::string& tensor, const std::string& what) const {
    fail(kLengthBytes, "tensor " + quoted(tensor) + " " + what);
  }

  std::size_t read_length() const {
    if (bytes_.size() < kLengthBytes) fail(bytes_.size(), "the file ends within its first 8 bytes");
    std::uint64_t length = 0;
    for (std::size_t k = 0; k < kLengthBytes; ++k)
      length |= std::to_integer<std::uint64_t>(bytes_[k]) << 8 * k;
    if (length > kMaxHeaderBytes) {
      fail(0, "the header is stated to have " + std::to_string(length) + " bytes, more than " +
                  std::to_string(kMaxHeaderBytes));
    }
    if (length > bytes_.size() - kLengthBytes) {
      fail(0, "the header is stated to have " + std::to_string(length) + " bytes, but only " +
                  std::to_string(bytes_.size() - kLengthBytes) + " follow");
    }
    return static_cast<std::size_t>(length);
  }

  json read_json(std::size_t header_bytes) const {
    const auto* text = reinterpret_cast<const char*>(bytes_.data()) + kLengthBytes;
    if (header_bytes == 0 || text[0] != '{') fail(kLengthBytes, "the header does not begin with '{'");
    // Two values under one key would leave open which one counts.
    std::vector<std::set<std::string>> keys;
    const auto check = [&](int depth, json::parse_event_t event, json& value) {
      if (depth > kMaxNesting) fail(kLengthBytes, "the header is nested too deeply");
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
        fail(kLengthBytes, "the header has the key " + quoted(value.get<std::string>()) + " twice");
      }
      return true;
    };
    try {
      return json::parse(text, text + header_bytes, check);
    } catch (const json::parse_error& error) {
      fail(kLengthBytes + std::max<std::size_t>(error.byte, 1) - 1, "the header is not well-formed JSON");
    } catch (const json::exception&) {
      fail(kLengthBytes, "the header holds a number that is too large");
    }
  }

  std::map<std::string, std::string> read_metadata(const json& value) const {
    if (!value.is_object()) fail(kLengthBytes, "\"__metadata__\" is not an object");
    std::map<std::string, std::string> metadata;
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail(kLengthBytes, "the metadata value of " + quoted(key) + " is not a string");
      metadata.emplace(key, text.get<std::string>());
    }
    return metadata;
  }

  void add_tensor(TensorFile& file, const std::string& key, const json& value, std::size_t data_offset) {
    if (!value.is_object()) fail_tensor(key, "is not described by an object");
    const DTypeEntry& dtype = read_dtype(key, value);
    RawTensor tensor{dtype.dtype, read_shape(key, value), {}};
    const std::optional<std::size_t> size = byte_size(tensor.shape, dtype.bytes);
    if (!size) fail_tensor(key, "has a shape that is too large");

    const auto [begin, end] = read_offsets(key, value);
    const std::size_t available = bytes_.size() - data_offset;
    if (begin > end || end > available) {
      fail_tensor(key, "is stated to lie from " + std::to_string(begin) + " to " + std::to_string(end) +
                           " in " + std::to_string(available) + " bytes of data");
    }
    if (end - begin != *size) {
      fail_tensor(key, "has " + std::to_string(end - begin) + " bytes, but its shape and type need " +
                           std::to_string(*size));
    }
    extents_.push_back({begin, end, key});
    const auto data = bytes_.subspan(data_offset + begin, *size);
    tensor.data.assign(data.begin(), data.end());
    file.tensors.emplace(key, std::move(tensor));
  }

  const DTypeEntry& read_dtype(const std::string& key, const json& value) const {
    const auto found = value.find("dtype");
    if (found == value.end() || !found->is_string()) fail_tensor(key, "has no element type");
    const auto name = found->get<std::string>();
    for (const DTypeEntry& entry : kDTypes) {
      if (name == entry.name) return entry;
    }
    fail_tensor(key,
                "has the element type " + quoted(name) + "; known are F16, BF16, F32, F64, I64, I32, U8");
  }

  std::vector<std::int64_t> read_shape(const std::string& key, const json& value) const {
    const auto found = value.find("shape");
    if (found == value.end() || !found->is_array()) fail_tensor(key, "has no shape");
    if (found->size() > kMaxDimensions) {
      fail_tensor(key, "has more than " + std::to_string(kMaxDimensions) + " dimensions");
    }
    std::vector<std::int64_t> shape;
    for (const json& dimension : *found) {
      shape.push_back(static_cast<std::int64_t>(read_count(key, dimension, "dimension")));
    }
    return shape;
  }

  std::pair<std::size_t, std::size_t> read_offsets(const std::string& key, const json& value) const {
    const auto found = value.find("data_offsets");
    if (found == value.end() || !found->is_array() || found->size() != 2) {
      fail_tensor(key, "has no pair of data offsets");
    }
    return {read_count(key, (*found)[0], "data offset"), read_count(key, (*found)[1], "data offset")};
  }

  std::size_t read_count(const std::string& key, const json& value, const char* what) const {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
      fail_tensor(key, std::string("has a ") + what + " that is no whole number from 0 to 2^63 - 1");
    }
    return static_cast<std::size_t>(value.get<std::uint64_t>());
  }

  /// Every byte of data belongs to exactly one tensor: nothing overlaps, nothing is hidden between.
  void require_full_cover(std::size_t data_offset) {
    std::sort(extents_.begin(), extents_.end(), [](const Extent& a, const Extent& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::size_t covered = 0;
    for (const Extent& extent : extents_) {
      if (extent.begin < covered) {
        fail(data_offset + extent.begin, "tensor " + quoted(extent.tensor) + " overlaps another");
      }
      if (extent.begin > covered) fail(data_offset + covered, "there are data that belong to no tensor");
      covered = extent.end;
    }
    if (data_offset + covered != bytes_.size()) {
      fail(data_offset + covered, "there are data that belong to no tensor");
    }
  }

  std::span<const std::byte> bytes_;
  const std::string& name_;
  std::vector<Extent> extents_;
};

}  // namespace

TensorFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name) {
  return Parser(bytes, name).parse();
}

std::vector<std::byte> serialise_safetensors(const TensorFile& file) {
  // Wide elements first, then by name: every tensor is aligned to its element, as in the reference
  // implementation, and the order does not depend on anything but the content.
  std::vector<std::map<std::string, RawTensor>::const_iterator> order;
  for (auto tensor = file.tensors.begin(); tensor != file.tensors.end(); ++tensor) order.push_back(tensor);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return entry_of(a->second.dtype).bytes > entry_of(b->second.dtype).bytes;
  });

  json header = json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::size_t data_bytes = 0;
  for (const auto& tensor : order) {
    const auto& [name, raw] = *tensor;
    const DTypeEntry& dtype = entry_of(raw.dtype);
    if (name == "__metadata__") throw Error("a tensor cannot have the name \"__metadata__\"");
    if (raw.shape.size() > kMaxDimensions) {
      throw Error("tensor \"" + name + "\" has more than " + std::to_string(kMaxDimensions) + " dimensions");
    }
    if (byte_size(raw.shape, dtype.bytes) != raw.data.size()) {
      throw Error("tensor \"" + name + "\" has " + std::to_string(raw.data.size()) +
                  " bytes, which its shape and type do not need");
    }
    header[name] = {{"dtype", dtype.name},
                    {"shape", raw.shape},
                    {"data_offsets", {data_bytes, data_bytes + raw.data.size()}}};
    data_bytes += raw.data.size();
  }

  std::string text;
  try {
    text = header.dump();
  } catch (const json::exception&) {
    throw Error("a name or a metadata text is not well-formed UTF-8");
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data begin at a multiple of 8
  if (text.size() > kMaxHeaderBytes) {
    throw Error("the header with its metadata is larger than " + std::to_string(kMaxHeaderBytes) + " bytes");
  }

  std::vector<std::byte> bytes;
  bytes.reserve(kLengthBytes + text.size() + data_bytes);
  for (std::size_t k = 0; k < kLengthBytes; ++k) {
    bytes.push_back(static_cast<std::byte>(std::uint64_t{text.size()} >> 8 * k));
  }
  const auto text_bytes = std::as_bytes(std::span(text));
  bytes.insert(bytes.end(), text_bytes.begin(), text_bytes.end());
  for (const auto& tensor : order) {
    bytes.insert(bytes.end(), tensor->second.data.begin(), tensor->second.data.end());
  }
  return bytes;
}

std::array<std::uint8_t, 16> content_hash(std::span<const std::byte> bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::array<std::uint8_t, 16> hash{};
  std::memcpy(hash.data(), canonical.digest, hash.size());
  return hash;
}

}  // namespace ictus::formats
