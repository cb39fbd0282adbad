// Plain PCM from a file or a pipe, as it arrives: raw, or the sound in a WAV stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/audio/frame_reader.hpp"
#include "lib/audio/pcm.hpp"
#include "lib/audio/peekable_input.hpp"

namespace ictus::audio {

struct PcmLayout {
  AudioSpec spec;
  PcmEncoding encoding = PcmEncoding::s16le;
  /// Of the sound; none: everything up to the end.
  std::optional<std::uint64_t> data_bytes;
  /// Whether an end inside a frame shows damage. In WAV streams of unknown length it does not: the
  /// producer may have added a byte to make the size even.
  bool must_end_on_frame = false;
  /// Whether to read on behind the sound: a producer that is still writing there must not meet a closed
  /// pipe.
  bool drain_at_end = false;
  Tags tags;
};

class PcmReader : public FrameReader {
 public:
  /// The sound begins with the next byte of `input`.
  PcmReader(std::unique_ptr<PeekableInput> input, PcmLayout layout);

  std::size_t read(std::span<float> interleaved) override;
  [[nodiscard]] AudioSpec spec() const override { return layout_.spec; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override;
  [[nodiscard]] Tags tags() const override { return layout_.tags; }
  [[nodiscard]] std::optional<DamagedInput> damage() const override;

 private:
  void drain();

  std::unique_ptr<PeekableInput> input_;
  PcmLayout layout_;
  std::size_t frame_bytes_;
  std::uint64_t bytes_read_ = 0;
  std::vector<std::byte> bytes_;  ///< its front may hold the beginning of a frame
  std::size_t held_ = 0;          ///< bytes of that frame
  bool ended_ = false;
};

}  // namespace ictus::audio
