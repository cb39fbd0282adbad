#include "lib/audio/pcm_reader.hpp"

#include <algorithm>
#include <array>

namespace ictus::audio {

PcmReader::PcmReader(std::unique_ptr<PeekableInput> input, PcmLayout layout)
    : input_(std::move(input)),
      layout_(std::move(layout)),
      frame_bytes_(static_cast<std::size_t>(layout_.spec.channels) * bytes_per_sample(layout_.encoding)) {}

std::size_t PcmReader::read(std::span<float> interleaved) {
  const std::size_t sample_bytes = bytes_per_sample(layout_.encoding);
  const std::size_t wanted = interleaved.size() * sample_bytes;
  if (bytes_.size() < wanted) bytes_.resize(wanted);
  while (!ended_ && held_ < frame_bytes_) {
    std::size_t room = wanted - held_;
    if (layout_.data_bytes) room = std::min<std::uint64_t>(room, *layout_.data_bytes - bytes_read_);
    const std::size_t count = room == 0 ? 0 : input_->read_some(std::span(bytes_).subspan(held_, room));
    ended_ = count == 0;
    bytes_read_ += count;
    held_ += count;
  }
  if (held_ < frame_bytes_) {
    if (layout_.drain_at_end) drain();
    return 0;
  }
  const std::size_t frames = held_ / frame_bytes_;
  const std::size_t used = frames * frame_bytes_;
  decode_pcm(layout_.encoding, std::span(bytes_).first(used), interleaved.first(used / sample_bytes));
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used), held_ - used, bytes_.begin());
  held_ -= used;
  return frames;
}

std::optional<std::uint64_t> PcmReader::expected_frames() const {
  if (!layout_.data_bytes) return std::nullopt;
  return *layout_.data_bytes / frame_bytes_;
}

std::optional<DamagedInput> PcmReader::damage() const {
  const std::uint64_t frames = bytes_read_ / frame_bytes_;
  if (layout_.data_bytes && bytes_read_ < *layout_.data_bytes) {
    return cut_short(input_->name(), *layout_.data_bytes / frame_bytes_, frames, "frames");
  }
  if (layout_.must_end_on_frame && held_ > 0) {
    return DamagedInput(input_->name() + " ends inside frame " + std::to_string(frames) + ", after " +
                            std::to_string(held_) + " of its " + std::to_string(frame_bytes_) + " bytes",
                        "check that encoding and channels are those of this raw PCM");
  }
  return std::nullopt;
}

void PcmReader::drain() {
  std::array<std::byte, 4096> rest{};
  while (input_->read_some(rest) > 0) {
  }
}

}  // namespace ictus::audio
