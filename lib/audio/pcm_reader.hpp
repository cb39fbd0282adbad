// Plain PCM from a file or a pipe, as it arrives: raw, or the sound in a container.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/audio/frame_reader.hpp"
#include "lib/audio/peekable_input.hpp"
#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// What an end inside a frame means. In containers of unknown length nothing: the producer may have added a
/// byte to make the size even.
enum class PartialFrame { is_padding, is_damage };

/// What is done behind the sound. A producer that is still writing there must not meet a closed pipe.
enum class BehindSound { left, drained };

class PcmReader : public FrameReader {
 public:
  /// The sound begins with the next byte of `input`. The header has an encoding.
  PcmReader(std::unique_ptr<PeekableInput> input, SoundHeader header, PartialFrame partial_frame,
            BehindSound behind);

  std::size_t read(std::span<float> interleaved) override;
  [[nodiscard]] AudioSpec spec() const override { return header_.spec; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override;
  [[nodiscard]] Tags tags() const override { return header_.tags; }
  [[nodiscard]] Speakers speakers() const override { return header_.speakers; }
  [[nodiscard]] std::optional<DamagedInput> damage() const override;
  [[nodiscard]] std::vector<std::string> remarks() const override;

 private:
  void settle_justification(std::span<const std::byte> frames);
  void leave_out_repeated_header();
  void drain();

  std::unique_ptr<PeekableInput> input_;
  SoundHeader header_;
  PartialFrame partial_frame_;
  BehindSound behind_;
  std::size_t frame_bytes_;
  std::uint64_t bytes_read_ = 0;
  std::vector<std::byte> bytes_;  ///< its front may hold the beginning of a frame
  std::size_t held_ = 0;          ///< bytes of that frame and of what is held back
  std::size_t held_back_ = 0;     ///< bytes of which only the end tells whether they are sound
  bool ended_ = false;
};

}  // namespace ictus::audio
