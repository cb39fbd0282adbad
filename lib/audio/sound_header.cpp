#include "lib/audio/sound_header.hpp"

#include <algorithm>
#include <array>

#include "lib/audio/aiff_header.hpp"
#include "lib/audio/au_header.hpp"
#include "lib/audio/caf_header.hpp"
#include "lib/audio/frame_reader.hpp"
#include "lib/audio/w64_header.hpp"
#include "lib/audio/wav_header.hpp"

namespace ictus::audio {
namespace {

constexpr std::uint64_t kWrap32 = std::uint64_t{1} << 32;
constexpr std::uint64_t kMost64 = std::uint64_t{1} << 62;  ///< sizes beyond are nonsense

/// Whether a chunk, perhaps behind a pad byte, or the end of the file stands at `offset`.
bool ends_cleanly(const HeaderInput& input, std::uint64_t offset) {
  std::array<std::byte, 5> next{};
  const std::size_t count = input.read_at(offset, next);
  if (count <= 1) return true;
  const auto bytes = std::span<const std::byte>(next).first(count);
  return is_chunk_name(bytes) || (next[0] == std::byte{0} && is_chunk_name(bytes.subspan(1)));
}

/// A size modulo 2^32 of sound that reaches on to a later clean end.
std::optional<std::uint64_t> unwrapped(const HeaderInput& input, std::uint64_t declared,
                                       std::uint64_t data_offset) {
  const std::uint64_t present = *input.file_bytes - data_offset;
  if (declared + kWrap32 > present) return std::nullopt;
  const std::uint64_t most = declared + (present - declared) / kWrap32 * kWrap32;
  for (std::uint64_t size = most; size > declared; size -= kWrap32) {
    if (ends_cleanly(input, data_offset + size)) return size;
  }
  return std::nullopt;
}

/// Only names that follow sound in practice: samples of silence or of 8 bits may look like others.
bool known_chunk_at(const HeaderInput& input, std::uint64_t offset) {
  static constexpr std::array<std::string_view, 22> kNames{
      "LIST", "list", "id3 ", "ID3 ", "fact", "cue ", "smpl", "inst", "bext", "iXML", "JUNK",
      "junk", "PAD ", "FLLR", "plst", "acid", "PEAK", "_PMX", "MARK", "NAME", "ANNO", "COMM"};
  std::array<std::byte, 4> name{};
  if (input.read_at(offset, name) != name.size()) return false;
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view known) { return begins_with(name, known); });
}

bool magic_at(const HeaderInput& input, std::uint64_t offset, const SoundHeader& header) {
  std::array<std::byte, 4> there{};
  return header.header_bytes > 0 && input.read_at(offset, there) == there.size() && there == header.magic;
}

std::optional<SoundHeader> read_any_header(const HeaderInput& input) {
  if (auto header = read_wav_header(input)) return header;
  if (auto header = read_aiff_header(input)) return header;
  if (auto header = read_w64_header(input)) return header;
  if (auto header = read_caf_header(input)) return header;
  return read_au_header(input);
}

}  // namespace

std::optional<SoundHeader> read_sound_header(const HeaderInput& input) {
  auto header = read_any_header(input);
  if (!header || header->data_bytes) return header;
  header->header_bytes = header->data_offset;
  (void)input.read_at(0, header->magic);
  while (magic_at(input, header->data_offset, *header)) {
    header->data_offset += header->header_bytes;
    if (header->remarks.empty() || header->remarks.back() != repeated_header()) {
      header->remarks.push_back(repeated_header());
    }
  }
  return header;
}

void take_rest(const HeaderInput& input, SoundHeader& header) {
  std::uint64_t end = std::max(*input.file_bytes, header.data_offset);
  const bool has_room = end - header.data_offset >= header.header_bytes;
  if (has_room && magic_at(input, end - header.header_bytes, header)) {
    end -= header.header_bytes;
    if (header.remarks.empty()) header.remarks.push_back(repeated_header());
  }
  header.data_bytes = end - header.data_offset;
}

std::string repeated_header() {
  return "its header is repeated, as some programs do in a pipe; only the sound was used";
}

bool is_credible_size(std::uint64_t size) {
  constexpr std::uint64_t kNear = 0x10000;
  const bool is_of_sox = size >= 0x7F000000 && size < 0x7F000000 + kNear;
  const bool near_2_gib = size >= 0x80000000 - kNear && size < 0x80000000 + kNear;
  const bool near_4_gib = size >= 0x100000000 - kNear && size <= 0xFFFFFFFF;
  return !is_of_sox && !near_2_gib && !near_4_gib;
}

void settle_size(const HeaderInput& input, std::uint64_t declared, SoundHeader& header) {
  const bool has_32_bits = header.size_field.bytes == 4;
  const auto end_fits = [&](std::uint64_t size) {
    return input.file_bytes && size <= *input.file_bytes - std::min(*input.file_bytes, header.data_offset) &&
           ends_cleanly(input, header.data_offset + size);
  };
  header.data_bytes.reset();
  if (declared == 0) {
    if (known_chunk_at(input, header.data_offset)) header.data_bytes = 0;
    return;
  }
  if (declared >= kMost64) return;
  if (has_32_bits && !is_credible_size(declared) && !end_fits(declared)) return;
  header.data_bytes = declared;
  if (!has_32_bits || !input.file_bytes || *input.file_bytes < header.data_offset || end_fits(declared))
    return;
  if (const auto size = unwrapped(input, declared, header.data_offset)) {
    header.data_bytes = *size;
    header.remarks.push_back("its header says " + std::to_string(declared) +
                             " bytes of sound, which is what 32 bits hold of the " + std::to_string(*size) +
                             " that are there; all were used");
  }
}

void remark_left_over(const HeaderInput& input, std::uint64_t offset, SoundHeader& header) {
  if (!input.file_bytes || offset >= *input.file_bytes || *input.file_bytes - offset <= 1) return;
  header.remarks.push_back(left_over(*input.file_bytes - offset));
}

std::string left_over(std::uint64_t bytes) {
  return std::to_string(bytes) +
         " bytes behind the sound are no part of the file that its header describes "
         "and were left out; if they are sound, cut them off and give them apart";
}

Shortfall judge_shortfall(const SoundHeader& header, std::uint64_t present, const std::string& name) {
  if (!header.data_bytes || present >= *header.data_bytes) return {};
  const std::uint64_t declared = *header.data_bytes;
  const bool is_pcm = header.encoding && header.bytes_per_frame > 0;
  const std::uint64_t unit = is_pcm ? header.bytes_per_frame : 1;
  if (declared / unit == present / unit) return {};
  const std::uint64_t file_end = header.data_offset + present;
  // A file that was cut off is shorter than either number says.
  const bool container_agrees = header.container_bytes == file_end;
  const bool counts_header = declared == file_end || declared + 8 == file_end;
  if (container_agrees || (counts_header && header.container_bytes.value_or(0) <= file_end)) {
    return {{},
            "its header says " + std::to_string(declared) + " bytes of sound where there are " +
                std::to_string(present) + (counts_header ? ", because it counts itself" : "") +
                "; nothing is missing"};
  }
  return {cut_short(name, declared / unit, present / unit, is_pcm ? "frames" : "bytes of sound"), {}};
}

}  // namespace ictus::audio
