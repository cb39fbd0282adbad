#include "lib/audio/flac_reader.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "lib/audio/flac_decoder.hpp"
#include "lib/audio/id3_tags.hpp"
#include "lib/audio/joined_reader.hpp"
#include "lib/audio/tag_places.hpp"
#include "lib/audio/tags.hpp"

namespace ictus::audio {
namespace {

class FlacReader : public JoinedReader {
 public:
  explicit FlacReader(const ByteRange& file) : file_(file), end_(end_before_tags(file)) {
    begin_part(skip_tags(file_, 0));
    begin_with(*decoder_);
    add_missing(tags_, read_id3_tags(file_.part(0, part_begin_)));
    expected_frames_ = decoder_->promised_frames();
  }

 private:
  void begin_part(std::uint64_t offset) {
    part_begin_ = fed_to_ = offset;
    decoder_.emplace(
        [this](std::span<std::byte> bytes) {
          const std::size_t count = file_.part(0, end_).read_at(fed_to_, bytes);
          fed_to_ += count;
          return count;
        },
        [this](std::uint64_t at) { return begins_at(skip_tags(file_, part_begin_ + at)); }, file_.name());
  }

  [[nodiscard]] bool begins_at(std::uint64_t offset) const {
    std::array<std::byte, 4> magic{};
    return file_.read_at(offset, magic) == magic.size() && std::memcmp(magic.data(), "fLaC", 4) == 0;
  }

  [[nodiscard]] bool has_part() const override { return decoder_.has_value(); }
  bool next_of_part(SoundBlock& block) override { return decoder_->next(block); }
  void finish_part() override {
    keep_words_of(*decoder_);
    const bool is_sound = decoder_->faults().empty();
    const std::uint64_t sound_end = part_begin_ + decoder_->end_of_sound();
    const bool is_length_known = decoder_->promised_frames().has_value();
    decoder_.reset();
    const std::uint64_t offset = skip_tags(file_, sound_end);
    if (begins_at(offset)) {
      begin_further_part(offset);
    } else if (offset < end_ && is_length_known && is_sound) {
      remarks_.push_back(file_.name() + " has " + std::to_string(end_ - offset) +
                         " bytes behind its sound, which were left out");
    } else if (offset < end_ && is_sound) {
      faults_.push_back("is cut short: it ends inside a frame");
    }
  }

  void begin_further_part(std::uint64_t offset) {
    try {
      begin_part(offset);
    } catch (const Error&) {
      faults_.push_back(in_what_follows() + "has no header that can be used");
      decoder_.reset();
      return;
    }
    compare_tags(file_.name(), decoder_->tags());
  }

  ByteRange file_;
  std::uint64_t end_;  ///< of all that is not tags
  std::uint64_t part_begin_ = 0;
  std::uint64_t fed_to_ = 0;
  std::optional<FlacDecoder> decoder_;
};

}  // namespace

std::unique_ptr<FrameReader> open_flac(const ByteRange& file) {
  return make_uniform(std::make_unique<FlacReader>(file), file.name());
}

}  // namespace ictus::audio
