#include "lib/audio/pcm_reader.hpp"

#include <algorithm>
#include <array>

namespace ictus::audio {

PcmReader::PcmReader(std::unique_ptr<PeekableInput> input, SoundHeader header, PartialFrame partial_frame,
                     BehindSound behind)
    : input_(std::move(input)),
      header_(std::move(header)),
      partial_frame_(partial_frame),
      behind_(behind),
      frame_bytes_(static_cast<std::size_t>(header_.spec.channels) * bytes_per_sample(*header_.encoding)) {
  constexpr std::uint64_t kMostHeldBack = 1 << 16;
  const bool may_repeat = !header_.data_bytes && header_.header_bytes >= header_.magic.size();
  if (may_repeat && header_.header_bytes <= kMostHeldBack) held_back_ = header_.header_bytes;
}

std::size_t PcmReader::read(std::span<float> interleaved) {
  const std::size_t sample_bytes = bytes_per_sample(*header_.encoding);
  const std::size_t wanted = interleaved.size() * sample_bytes + held_back_;
  if (bytes_.size() < wanted) bytes_.resize(wanted);
  while (!ended_ && held_ < frame_bytes_ + held_back_) {
    std::size_t room = wanted - held_;
    if (header_.data_bytes) room = std::min<std::uint64_t>(room, *header_.data_bytes - bytes_read_);
    const std::size_t count = room == 0 ? 0 : input_->read_some(std::span(bytes_).subspan(held_, room));
    ended_ = count == 0;
    bytes_read_ += count;
    held_ += count;
  }
  if (ended_ && held_back_ > 0) leave_out_repeated_header();
  if (held_ < frame_bytes_ + held_back_) {
    if (behind_ == BehindSound::drained) drain();
    return 0;
  }
  const std::size_t frames =
      std::min((held_ - held_back_) / frame_bytes_, interleaved.size() * sample_bytes / frame_bytes_);
  const std::size_t used = frames * frame_bytes_;
  settle_justification(std::span(bytes_).first(used));
  decode_pcm(*header_.encoding, std::span(bytes_).first(used), interleaved.first(used / sample_bytes));
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used), held_ - used, bytes_.begin());
  held_ -= used;
  return frames;
}

std::optional<std::uint64_t> PcmReader::expected_frames() const {
  if (!header_.data_bytes) return std::nullopt;
  return *header_.data_bytes / frame_bytes_;
}

std::optional<DamagedInput> PcmReader::damage() const {
  if (auto shortfall = judge_shortfall(header_, bytes_read_, input_->name()); shortfall.damage) {
    return shortfall.damage;
  }
  if (partial_frame_ == PartialFrame::is_damage && held_ > 0) {
    return DamagedInput(input_->name() + " ends inside frame " + std::to_string(bytes_read_ / frame_bytes_) +
                            ", after " + std::to_string(held_) + " of its " + std::to_string(frame_bytes_) +
                            " bytes",
                        "check that encoding and channels are those of this raw PCM");
  }
  return std::nullopt;
}

std::vector<std::string> PcmReader::remarks() const {
  std::vector<std::string> remarks = header_.remarks;
  const Shortfall shortfall = judge_shortfall(header_, bytes_read_, input_->name());
  if (!shortfall.remark.empty()) remarks.push_back(shortfall.remark);
  return remarks;
}

void PcmReader::settle_justification(std::span<const std::byte> frames) {
  if (!header_.may_be_right_justified) return;
  const auto is_right = is_right_justified(frames);
  if (!is_right) return;
  header_.may_be_right_justified = false;
  if (!*is_right) return;
  header_.encoding = PcmEncoding::s24in32le;
  header_.remarks.emplace_back("its 24 bits stand in the first three bytes of four, and were read there");
}

void PcmReader::leave_out_repeated_header() {
  const std::size_t tail = std::min(held_, held_back_);
  const auto last = std::span<const std::byte>(bytes_).subspan(held_ - tail, tail);
  if (tail == held_back_ && std::equal(header_.magic.begin(), header_.magic.end(), last.begin())) {
    held_ -= tail;
    if (header_.remarks.empty()) header_.remarks.push_back(repeated_header());
  }
  held_back_ = 0;
}

void PcmReader::drain() {
  behind_ = BehindSound::left;  // once
  const auto next = input_->peek(5);
  const bool is_chunk = is_chunk_name(next) || (next.size() > 1 && is_chunk_name(next.subspan(1)));
  std::array<std::byte, 4096> rest{};
  std::uint64_t bytes = 0;
  while (const std::size_t count = input_->read_some(rest)) bytes += count;
  if (!is_chunk && bytes > 1) header_.remarks.push_back(left_over(bytes));
}

}  // namespace ictus::audio
