#include "lib/audio/flac_reader.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "lib/audio/flac_decoder.hpp"
#include "lib/audio/id3_tags.hpp"
#include "lib/audio/tag_places.hpp"
#include "lib/audio/tags.hpp"
#include "lib/audio/uniform_reader.hpp"

namespace ictus::audio {
namespace {

class FlacReader : public BlockReader {
 public:
  explicit FlacReader(const ByteRange& file) : file_(file), end_(end_before_tags(file)) {
    begin_part(skip_tags(file_, 0));
    spec_ = decoder_->spec();
    speakers_ = decoder_->speakers();
    tags_ = decoder_->tags();
    add_missing(tags_, read_id3_tags(file_.part(0, part_begin_)));
    expected_frames_ = decoder_->promised_frames();
  }

  bool next(SoundBlock& block) override {
    while (decoder_) {
      if (decoder_->next(block)) {
        frames_ += block.interleaved.size() / static_cast<std::size_t>(block.spec.channels);
        return true;
      }
      finish_part();
    }
    return false;
  }

  [[nodiscard]] AudioSpec spec() const override { return spec_; }
  [[nodiscard]] Speakers speakers() const override { return speakers_; }
  [[nodiscard]] Tags tags() const override { return tags_; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override { return expected_frames_; }
  [[nodiscard]] std::vector<std::string> faults() const override { return faults_; }
  [[nodiscard]] std::vector<std::string> remarks() const override { return remarks_; }

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

  /// Keeps what is to be said of the part that has ended, and goes on to the next, if there is one.
  void finish_part() {
    const std::vector<std::string> found = decoder_->faults();
    faults_.insert(faults_.end(), found.begin(), found.end());
    const std::vector<std::string> said = decoder_->remarks();
    remarks_.insert(remarks_.end(), said.begin(), said.end());
    const std::uint64_t sound_end = part_begin_ + decoder_->end_of_sound();
    const bool is_length_known = decoder_->promised_frames().has_value();
    decoder_.reset();
    const std::uint64_t offset = skip_tags(file_, sound_end);
    if (begins_at(offset)) {
      begin_further_part(offset);
    } else if (offset < end_ && is_length_known && found.empty()) {
      remarks_.push_back(file_.name() + " has " + std::to_string(end_ - offset) +
                         " bytes behind its sound, which were left out");
    } else if (offset < end_ && found.empty()) {
      faults_.push_back("is cut short: it ends inside a frame");
    }
  }

  void begin_further_part(std::uint64_t offset) {
    try {
      begin_part(offset);
    } catch (const Error&) {
      faults_.push_back("is several files joined, of which the one after " + std::to_string(frames_) +
                        " frames has no header that can be used");
      decoder_.reset();
      return;
    }
    if (!has_other_tags_ && decoder_->tags() != tags_ && !decoder_->tags().empty()) {
      has_other_tags_ = true;
      remarks_.push_back(file_.name() + " is several files joined; the tags are those of the first");
    }
  }

  ByteRange file_;
  std::uint64_t end_;  ///< of all that is not tags
  std::uint64_t part_begin_ = 0;
  std::uint64_t fed_to_ = 0;
  std::optional<FlacDecoder> decoder_;
  AudioSpec spec_;
  Speakers speakers_;
  Tags tags_;
  std::optional<std::uint64_t> expected_frames_;
  std::uint64_t frames_ = 0;
  std::vector<std::string> faults_;
  std::vector<std::string> remarks_;
  bool has_other_tags_ = false;
};

}  // namespace

std::unique_ptr<FrameReader> open_flac(const ByteRange& file) {
  return make_uniform(std::make_unique<FlacReader>(file), file.name());
}

}  // namespace ictus::audio
