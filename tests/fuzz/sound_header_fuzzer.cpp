// Reads any bytes as the header of a sound, as a file and as a pipe, and as the entries of an INFO list. What
// is accepted describes frames that can be read.

#include <algorithm>
#include <span>
#include <string>

#include "lib/audio/channel_layout.hpp"
#include "lib/audio/sound_header.hpp"
#include "lib/audio/tags.hpp"
#include "lib/core/error.hpp"
#include "require.hpp"

namespace {

using namespace ictus;

void check_header(std::span<const std::byte> bytes, std::optional<std::uint64_t> file_bytes) {
  std::size_t reads = 0;
  const audio::ReadAt read_at = [&](std::uint64_t offset, std::span<std::byte> out) -> std::size_t {
    ++reads;
    if (offset >= bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(out.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return count;
  };
  const std::string name = "x";
  std::optional<audio::SoundHeader> header;
  try {
    header = audio::read_sound_header({read_at, file_bytes, name});
  } catch (const Error& error) {
    require(std::string(error.what()).starts_with(name), "an error without a name");
    return;
  }
  require(reads < 200000, "more reads than there can be chunks");
  if (!header) return;
  require(header->spec.channels >= 0 && header->spec.sample_rate_hz >= 0, "negative numbers");
  require(
      header->speakers.empty() || header->speakers.size() == static_cast<std::size_t>(header->spec.channels),
      "other speakers than channels");
  if (header->encoding && header->spec.channels > 0) {
    const std::size_t samples = static_cast<std::size_t>(header->spec.channels);
    require(header->bytes_per_frame == samples * audio::bytes_per_sample(*header->encoding),
            "frames of another size than their samples");
  }
  (void)audio::judge_shortfall(
      *header, bytes.size() - std::min<std::uint64_t>(bytes.size(), header->data_offset), name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check_header(bytes, size);
  check_header(bytes, std::nullopt);
  const audio::Tags tags = audio::parse_info_tags(bytes);
  for (const auto& [tag, value] : tags) {
    require(!tag.empty() && !value.empty(), "a tag that is empty");
    require(audio::to_utf8(value) == value, "a tag that is not UTF-8");
  }
  (void)audio::make_info_chunk(tags);
  for (const int channels : {1, 2, 6}) (void)audio::speakers_of_layout(bytes, channels);
  return 0;
}
