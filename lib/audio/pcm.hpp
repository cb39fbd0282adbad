// PCM samples between bytes and floats. Full scale is [-1, 1), little endian throughout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/audio/dither.hpp"

namespace ictus::audio {

enum class PcmEncoding { u8, s16le, s24le, s32le, f32le, f64le };

std::size_t bytes_per_sample(PcmEncoding encoding);
std::size_t bytes_per_sample(SampleFormat format);
PcmEncoding pcm_encoding(RawEncoding encoding);

/// `bytes` holds exactly `samples.size()` samples.
void decode_pcm(PcmEncoding encoding, std::span<const std::byte> bytes, std::span<float> samples);

/// Turns floats into the bytes of a SampleFormat.
///
/// Integers: beyond +-1 is limited and counted; +1 itself becomes the largest integer without being
/// counted; a NaN becomes 0. 16 bits are dithered, except samples that are exactly 0: digital silence
/// stays digital silence. 24 bits and floats are not dithered.
class PcmEncoder {
 public:
  explicit PcmEncoder(SampleFormat format) : format_(format) {}

  /// Appends to `bytes`.
  void encode(std::span<const float> samples, std::vector<std::byte>& bytes);
  [[nodiscard]] std::uint64_t clipped_samples() const { return clipped_samples_; }

 private:
  std::int32_t quantise(float sample, double scale, double noise);

  SampleFormat format_;
  TriangularDither dither_;
  std::uint64_t clipped_samples_ = 0;
};

}  // namespace ictus::audio
