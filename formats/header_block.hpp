// What the header blocks of both formats share, for their readers and writers: FlatBuffers, tags, and the
// checks of names, rates and tags. SPEC.md, section 4.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/blocks.hpp"

namespace ictus::formats {

using Tags = std::vector<std::pair<std::string, std::string>>;
using WireTags = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

inline constexpr const char* kNoHeader = "its content is not a header";

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF; and no NUL.
[[nodiscard]] bool is_text(std::string_view text);
[[nodiscard]] bool has_control_characters(std::string_view text);

/// The facts that a header of either format states.
struct CommonHeader {
  std::uint32_t sample_rate_hz;
  std::uint32_t original_sample_rate_hz;
  std::uint16_t original_channels;
  const std::string& model_id;
  const Tags& tags;
};

template <typename Header>
CommonHeader common(const Header& header) {
  return {header.sample_rate_hz, header.original_sample_rate_hz, header.original_channels, header.model_id,
          header.tags};
}

/// What is wrong with a header that could not stand in a file; empty when nothing is.
[[nodiscard]] std::string complaint(const CommonHeader& header);

/// The tags as strings of FIELD=value; null when there are none.
[[nodiscard]] flatbuffers::Offset<WireTags> add_tags(flatbuffers::FlatBufferBuilder& builder,
                                                     const Tags& tags);
/// The tags of the header block that `reader` has read; fails in its name.
[[nodiscard]] Tags read_tags(const WireTags* wire_tags, const BlockReader& reader);

template <typename Table>
std::vector<std::uint8_t> finished(flatbuffers::FlatBufferBuilder& builder, flatbuffers::Offset<Table> root) {
  builder.Finish(root);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

/// A header block with the table that lies in a FlatBuffer.
[[nodiscard]] Block packed_header(const StreamFormat& format, const std::vector<std::uint8_t>& flatbuffer,
                                  const flatbuffers::TypeTable& type);
/// Reads a header block of either kind: its table in a FlatBuffer, which is still to be verified.
[[nodiscard]] std::vector<std::uint8_t> read_header_block(BlockReader& reader,
                                                          const flatbuffers::TypeTable& type);

/// The root table, or nothing when the content is not a sound FlatBuffer of this type.
template <typename Table>
const Table* root_table(const std::vector<std::uint8_t>& content) {
  flatbuffers::Verifier verifier(content.data(), content.size());
  if (content.empty() || !verifier.VerifyBuffer<Table>(nullptr)) return nullptr;
  return flatbuffers::GetRoot<Table>(content.data());
}

}  // namespace ictus::formats
