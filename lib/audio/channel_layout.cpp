#include "lib/audio/channel_layout.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "lib/audio/bytes.hpp"

namespace ictus::audio {
namespace {

using enum Speaker;

constexpr std::uint64_t kDescriptions = 0;
constexpr std::uint64_t kBitmap = 1U << 16;
constexpr std::size_t kDescriptionBytes = 20;

/// The tags of CoreAudioBaseTypes.h that writers use; its lower half is the number of channels.
const std::vector<std::pair<std::uint64_t, Speakers>>& known_layouts() {
  static const std::vector<std::pair<std::uint64_t, Speakers>> kLayouts = {
      {100U << 16 | 1, {front_centre}},
      {101U << 16 | 2, {front_left, front_right}},
      {108U << 16 | 4, {front_left, front_right, back_left, back_right}},
      {113U << 16 | 3, {front_left, front_right, front_centre}},
      {114U << 16 | 3, {front_centre, front_left, front_right}},
      {117U << 16 | 5, {front_left, front_right, front_centre, side_left, side_right}},
      {118U << 16 | 5, {front_left, front_right, side_left, side_right, front_centre}},
      {119U << 16 | 5, {front_left, front_centre, front_right, side_left, side_right}},
      {120U << 16 | 5, {front_centre, front_left, front_right, side_left, side_right}},
      {121U << 16 | 6, {front_left, front_right, front_centre, low_frequency, side_left, side_right}},
      {122U << 16 | 6, {front_left, front_right, side_left, side_right, front_centre, low_frequency}},
      {123U << 16 | 6, {front_left, front_centre, front_right, side_left, side_right, low_frequency}},
      {124U << 16 | 6, {front_centre, front_left, front_right, side_left, side_right, low_frequency}},
      {128U << 16 | 8,
       {front_left, front_right, front_centre, low_frequency, side_left, side_right, back_left, back_right}}};
  return kLayouts;
}

/// One label a channel, which for 1 to 18 is a bit of the mask plus one.
Speakers described(std::span<const std::byte> descriptions, int channels) {
  Speakers speakers;
  for (std::size_t at = 0; at + kDescriptionBytes <= descriptions.size(); at += kDescriptionBytes) {
    const std::uint64_t label = number(descriptions.subspan(at, 4), ByteOrder::big);
    if (label < 1 || label > 18) return {};
    speakers.push_back(static_cast<Speaker>(label - 1));
  }
  return speakers.size() == static_cast<std::size_t>(channels) ? speakers : Speakers();
}

}  // namespace

Speakers speakers_of_layout(std::span<const std::byte> chunk, int channels) {
  if (chunk.size() < 12) return {};
  const std::uint64_t tag = number(chunk.first(4), ByteOrder::big);
  if (tag == kBitmap) {
    return speakers_of_mask(static_cast<std::uint32_t>(number(chunk.subspan(4, 4), ByteOrder::big)),
                            channels);
  }
  if (tag == kDescriptions) {
    const std::uint64_t count = number(chunk.subspan(8, 4), ByteOrder::big);
    const std::size_t room = (chunk.size() - 12) / kDescriptionBytes;
    return described(chunk.subspan(12, std::min<std::uint64_t>(count, room) * kDescriptionBytes), channels);
  }
  const auto& layouts = known_layouts();
  const auto known =
      std::find_if(layouts.begin(), layouts.end(), [&](const auto& one) { return one.first == tag; });
  if (known == layouts.end() || known->second.size() != static_cast<std::size_t>(channels)) return {};
  return known->second;
}

}  // namespace ictus::audio
