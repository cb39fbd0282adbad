// The header of a WAV file that is being written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/audio/audio.hpp"

namespace ictus::audio {

struct WavLayout {
  SampleFormat samples = SampleFormat::pcm16;
  int sample_rate_hz = 0;
  Tags tags;
  /// Whether the header can be written again at the end. It then keeps a JUNK chunk free, which becomes
  /// the ds64 chunk of an RF64 header if the file outgrows 4 GiB.
  bool can_be_rewritten = false;
  int channels = 1;  ///< or 2: left and right
};

/// Everything before the sound. Its length depends on the layout only. Without `data_bytes` all
/// sizes are 0xFFFFFFFF, which readers take as "to the end".
std::vector<std::byte> make_wav_header(const WavLayout& layout, std::optional<std::uint64_t> data_bytes);

}  // namespace ictus::audio
