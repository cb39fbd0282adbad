#include "formats/packed_header.hpp"

#include <cstddef>
#include <map>

#include "formats/blocks.hpp"

namespace ictus::formats {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;

constexpr unsigned kKeyBytes = 2;
constexpr unsigned kNumberBytes = 10;
constexpr unsigned kCountBytes = 3;

// The low bits of a key: of what kind the value is.
constexpr unsigned kKindBits = 3;
constexpr std::uint64_t kNumber = 0;
constexpr std::uint64_t kBytes = 2;

/// What the schema says of a field.
struct FieldType {
  flatbuffers::ElementaryType base;
  bool is_vector;
  std::size_t struct_bytes;  ///< 0 where it is none

  [[nodiscard]] bool is_signed() const { return base == flatbuffers::ET_SHORT; }
  [[nodiscard]] bool is_string() const { return base == flatbuffers::ET_STRING && !is_vector; }
  [[nodiscard]] bool is_strings() const { return base == flatbuffers::ET_STRING && is_vector; }
  [[nodiscard]] bool is_number() const { return !is_vector && width() > 0 && struct_bytes == 0; }
  /// Bytes of a number, alone or in a vector.
  [[nodiscard]] std::size_t width() const {
    switch (base) {
      case flatbuffers::ET_UCHAR:
        return 1;
      case flatbuffers::ET_SHORT:
      case flatbuffers::ET_USHORT:
        return 2;
      case flatbuffers::ET_UINT:
      case flatbuffers::ET_FLOAT:
        return 4;
      case flatbuffers::ET_ULONG:
        return 8;
      default:
        return 0;
    }
  }
};

FieldType field_type(const flatbuffers::TypeTable& type, std::size_t id) {
  const flatbuffers::TypeCode code = type.type_codes[id];
  std::size_t struct_bytes = 0;
  if (code.base_type == flatbuffers::ET_SEQUENCE) {
    const flatbuffers::TypeTable& own = *type.type_refs[code.sequence_ref]();
    struct_bytes = static_cast<std::size_t>(own.values[own.num_elems]);
  }
  return {static_cast<flatbuffers::ElementaryType>(code.base_type), code.is_repeating != 0, struct_bytes};
}

flatbuffers::voffset_t place_of(std::size_t id) {
  return flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(id));
}

// --- To fields -------------------------------------------------------------------------------------

void append_number(Bytes& packed, std::size_t id, std::uint64_t value) {
  append_varint(packed, (id + 1) << kKindBits | kNumber);
  append_varint(packed, value);
}

void append_bytes(Bytes& packed, std::size_t id, ByteSpan bytes) {
  append_varint(packed, (id + 1) << kKindBits | kBytes);
  append_varint(packed, bytes.size());
  packed.insert(packed.end(), bytes.begin(), bytes.end());
}

/// 0, -1, 1, -2, 2, …
std::uint64_t unsigned_of(std::int16_t value) {
  return value < 0 ? static_cast<std::uint64_t>(-2 * value - 1) : static_cast<std::uint64_t>(2 * value);
}

std::uint64_t load_number(const std::uint8_t* at, const FieldType& type) {
  if (type.is_signed()) return unsigned_of(flatbuffers::ReadScalar<std::int16_t>(at));
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < type.width(); ++k) value |= std::uint64_t{at[k]} << 8U * k;
  return value;
}

/// The elements of the string or vector to which the offset at `at` leads.
ByteSpan elements_at(const std::uint8_t* at, std::size_t width) {
  at += flatbuffers::ReadScalar<flatbuffers::uoffset_t>(at);
  return {at + sizeof(flatbuffers::uoffset_t), width * flatbuffers::ReadScalar<flatbuffers::uoffset_t>(at)};
}

void append_field(Bytes& packed, std::size_t id, const std::uint8_t* at, const FieldType& type) {
  if (type.struct_bytes > 0) {
    append_bytes(packed, id, {at, type.struct_bytes});
  } else if (type.is_strings()) {
    constexpr std::size_t kOffset = sizeof(flatbuffers::uoffset_t);
    const ByteSpan offsets = elements_at(at, kOffset);
    for (std::size_t k = 0; k < offsets.size(); k += kOffset)
      append_bytes(packed, id, elements_at(&offsets[k], 1));
  } else if (type.is_string()) {
    append_bytes(packed, id, elements_at(at, 1));
  } else if (type.is_vector) {
    append_bytes(packed, id, elements_at(at, type.width()));
  } else {
    append_number(packed, id, load_number(at, type));
  }
}

// --- From fields -----------------------------------------------------------------------------------

/// One value; of a number `bytes` is empty.
struct Value {
  bool is_number;
  std::uint64_t number;
  ByteSpan bytes;
};
using Fields = std::map<std::size_t, std::vector<Value>>;

std::optional<Value> take_value(ByteSpan& packed, std::uint64_t kind) {
  if (kind == kNumber) {
    const auto number = take_varint(packed, kNumberBytes);
    return number ? std::optional(Value{true, *number, {}}) : std::nullopt;
  }
  const auto count = kind == kBytes ? take_varint(packed, kCountBytes) : std::nullopt;
  if (!count || *count > packed.size()) return std::nullopt;
  const ByteSpan bytes = packed.first(*count);
  packed = packed.subspan(*count);
  return Value{false, 0, bytes};
}

/// Nothing when the row of fields is malformed.
std::optional<Fields> fields_of(ByteSpan packed) {
  constexpr std::uint64_t kKind = (1U << kKindBits) - 1;
  Fields fields;
  while (!packed.empty()) {
    const auto key = take_varint(packed, kKeyBytes);
    if (!key || *key <= kKind) return std::nullopt;
    const std::size_t id = (*key >> kKindBits) - 1;
    const auto value = take_value(packed, *key & kKind);
    if (!value || (!fields.empty() && id < fields.rbegin()->first)) return std::nullopt;
    fields[id].push_back(*value);
  }
  return fields;
}

bool fits(const Value& value, const FieldType& type) {
  if (value.is_number != type.is_number()) return false;
  if (value.is_number) return type.width() == sizeof(value.number) || value.number >> 8U * type.width() == 0;
  if (type.struct_bytes > 0) return value.bytes.size() == type.struct_bytes;
  return type.width() == 0 || value.bytes.size() % type.width() == 0;
}

std::string_view text_of(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A string or vector; nothing for what stands in the table itself.
std::optional<flatbuffers::uoffset_t> add_out_of_line(flatbuffers::FlatBufferBuilder& builder,
                                                      const std::vector<Value>& values,
                                                      const FieldType& type) {
  if (type.is_strings()) {
    std::vector<flatbuffers::Offset<flatbuffers::String>> strings;
    for (const Value& value : values) strings.push_back(builder.CreateString(text_of(value.bytes)));
    return builder.CreateVector(strings).o;
  }
  const ByteSpan bytes = values.front().bytes;
  if (type.is_string()) return builder.CreateString(text_of(bytes)).o;
  if (!type.is_vector) return std::nullopt;
  const std::size_t count = bytes.size() / type.width();
  builder.StartVector(count, type.width());
  builder.PushBytes(bytes.data(), bytes.size());
  return builder.EndVector(count);
}

void add_number(flatbuffers::FlatBufferBuilder& builder, std::size_t id, std::uint64_t value,
                const FieldType& type) {
  if (type.is_signed()) value = value % 2 == 0 ? value / 2 : ~(value / 2);
  switch (type.width()) {
    case 1:
      return builder.AddElement(place_of(id), static_cast<std::uint8_t>(value));
    case 2:
      return builder.AddElement(place_of(id), static_cast<std::uint16_t>(value));
    case 4:
      return builder.AddElement(place_of(id), static_cast<std::uint32_t>(value));
    default:
      return builder.AddElement(place_of(id), value);
  }
}

}  // namespace

Bytes packed_table(const Bytes& flatbuffer, const flatbuffers::TypeTable& type) {
  const auto& table = *flatbuffers::GetRoot<flatbuffers::Table>(flatbuffer.data());
  Bytes packed;
  for (std::size_t id = 0; id < type.num_elems; ++id) {
    const std::uint8_t* at = table.GetAddressOf(place_of(id));
    if (at != nullptr) append_field(packed, id, at, field_type(type, id));
  }
  return packed;
}

std::optional<Bytes> unpacked_table(ByteSpan packed, const flatbuffers::TypeTable& type) {
  auto fields = fields_of(packed);
  if (!fields) return std::nullopt;
  // Those of a later version.
  fields->erase(fields->lower_bound(type.num_elems), fields->end());

  flatbuffers::FlatBufferBuilder builder;
  std::map<std::size_t, flatbuffers::uoffset_t> offsets;
  for (const auto& [id, values] : *fields) {
    const FieldType own = field_type(type, id);
    if (values.size() > 1 && !own.is_strings()) return std::nullopt;
    for (const Value& value : values)
      if (!fits(value, own)) return std::nullopt;
    if (const auto offset = add_out_of_line(builder, values, own)) offsets[id] = *offset;
  }
  const flatbuffers::uoffset_t start = builder.StartTable();
  for (const auto& [id, values] : *fields) {
    const FieldType own = field_type(type, id);
    if (offsets.contains(id)) {
      builder.AddOffset(place_of(id), flatbuffers::Offset<void>(offsets[id]));
    } else if (own.struct_bytes > 0) {
      builder.PushBytes(values.front().bytes.data(), own.struct_bytes);
      builder.AddStructOffset(place_of(id), builder.GetSize());
    } else {
      add_number(builder, id, values.front().number, own);
    }
  }
  builder.Finish(flatbuffers::Offset<flatbuffers::Table>(builder.EndTable(start)));
  return Bytes{builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace ictus::formats
