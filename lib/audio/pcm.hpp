// PCM samples between bytes and floats. Full scale is [-1, 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/audio/dither.hpp"

namespace ictus::audio {

/// s24in32le is 24 bits in the first three of four bytes; what the fourth holds does not matter.
enum class PcmEncoding {
  u8,
  s8,
  s16le,
  s24le,
  s24in32le,
  s32le,
  f32le,
  f64le,
  s16be,
  s24be,
  s32be,
  f32be,
  f64be
};

std::size_t bytes_per_sample(PcmEncoding encoding);
std::size_t bytes_per_sample(SampleFormat format);
PcmEncoding pcm_encoding(RawEncoding encoding);

/// `bytes` holds exactly `samples.size()` samples.
void decode_pcm(PcmEncoding encoding, std::span<const std::byte> bytes, std::span<float> samples);

/// Whether 24 bits in 32, little endian, stand in the first three bytes of each sample and not in the last
/// three; nothing where the samples do not tell, as silence does not.
std::optional<bool> is_right_justified(std::span<const std::byte> bytes);

/// Turns floats into the bytes of a SampleFormat.
///
/// Integers: beyond +-1 is limited and counted; +1 itself becomes the largest integer without being
/// counted; a NaN becomes 0. 16 bits are dithered, except samples that are exactly 0: digital silence
/// stays digital silence. Each channel has noise of its own. 24 bits and floats are not dithered.
class PcmEncoder {
 public:
  explicit PcmEncoder(SampleFormat format, std::size_t channels = 1);

  /// Whole frames, channels side by side. Appends to `bytes`.
  void encode(std::span<const float> samples, std::vector<std::byte>& bytes);
  [[nodiscard]] std::uint64_t clipped_samples() const { return clipped_samples_; }

 private:
  std::int32_t quantise(float sample, double scale, double noise);

  SampleFormat format_;
  std::vector<TriangularDither> dither_;  ///< of each channel
  std::uint64_t clipped_samples_ = 0;
};

}  // namespace ictus::audio
