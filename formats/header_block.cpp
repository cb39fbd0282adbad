#include "formats/header_block.hpp"

#include <algorithm>

#include "formats/packed_header.hpp"
#include "formats/tag_limits.hpp"

namespace ictus::formats {
namespace {

// SPEC.md, section 5.
constexpr std::size_t kMaxModelIdBytes = 255;
constexpr std::uint32_t kMaxSampleRateHz = 10'000'000;

}  // namespace

bool is_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i++]);
    if (lead == 0) return false;
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i < static_cast<std::size_t>(more)) return false;
    std::uint32_t code_point = lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k) {
      const auto byte = static_cast<std::uint8_t>(text[i++]);
      if ((byte & 0xC0U) != 0x80U) return false;
      code_point = code_point << 6U | (byte & 0x3FU);
    }
    const std::uint32_t lowest = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    if (code_point < lowest || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
      return false;
    }
  }
  return true;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; });
}

std::string complaint(const CommonHeader& header) {
  for (const std::uint32_t rate_hz : {header.sample_rate_hz, header.original_sample_rate_hz}) {
    if (rate_hz == 0 || rate_hz > kMaxSampleRateHz) {
      return "a sample rate of " + std::to_string(rate_hz) + " Hz is outside 1 to " +
             std::to_string(kMaxSampleRateHz);
    }
  }
  if (header.original_channels == 0) return "the number of channels is 0";
  if (header.model_id.size() > kMaxModelIdBytes) {
    return "the model id is longer than " + std::to_string(kMaxModelIdBytes) + " bytes";
  }
  if (!is_text(header.model_id)) return "the model id is not well-formed UTF-8";
  if (header.tags.size() > kMaxTags) {
    return std::to_string(header.tags.size()) + " tags are more than " + std::to_string(kMaxTags);
  }
  for (std::size_t i = 0; i < header.tags.size(); ++i) {
    const auto& [field, value] = header.tags[i];
    const std::string which = "tag " + std::to_string(i) + " ";
    if (field.empty()) return which + "has no field name";
    if (!is_text(field) || !is_text(value)) return which + "is not well-formed UTF-8";
    if (has_control_characters(field) || field.find('=') != std::string::npos) {
      return which + "has a control character or '=' in its field name";
    }
  }
  return {};
}

flatbuffers::Offset<WireTags> add_tags(flatbuffers::FlatBufferBuilder& builder, const Tags& tags) {
  if (tags.empty()) return 0;
  std::vector<flatbuffers::Offset<flatbuffers::String>> strings;
  strings.reserve(tags.size());
  for (const auto& [field, value] : tags) strings.push_back(builder.CreateString(field + "=" + value));
  return builder.CreateVector(strings);
}

Tags read_tags(const WireTags* wire_tags, const BlockReader& reader) {
  const std::size_t count = wire_tags == nullptr ? 0 : wire_tags->size();
  // Before any is copied: thousands of tags may all point to one long string.
  if (count > kMaxTags)
    reader.fail(std::to_string(count) + " tags are more than " + std::to_string(kMaxTags));
  Tags tags;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string tag = wire_tags->Get(static_cast<flatbuffers::uoffset_t>(i))->str();
    const std::size_t split = tag.find('=');
    if (split == std::string::npos) reader.fail("tag " + std::to_string(i) + " has no '='");
    tags.emplace_back(tag.substr(0, split), tag.substr(split + 1));
  }
  return tags;
}

Block packed_header(const StreamFormat& format, const std::vector<std::uint8_t>& flatbuffer,
                    const flatbuffers::TypeTable& type) {
  return {format.packed_header_kind, packed_table(flatbuffer, type)};
}

std::vector<std::uint8_t> read_header_block(BlockReader& reader, const flatbuffers::TypeTable& type) {
  Block block = reader.read_header();
  if (block.kind == kHeaderKind) return std::move(block.content);
  auto flatbuffer = unpacked_table(block.content, type);
  if (!flatbuffer) reader.fail(kNoHeader);
  return *std::move(flatbuffer);
}

}  // namespace ictus::formats
