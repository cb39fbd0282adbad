#include "lib/audio/sndfile_reader.hpp"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lib/audio/tags.hpp"
#include "lib/audio/virtual_file.hpp"

namespace ictus::audio {
namespace {

struct SndfileCloser {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

struct TagName {
  int sndfile;
  const char* tag;
};

constexpr std::array<TagName, 10> kTagNames{{{SF_STR_TITLE, "title"},
                                             {SF_STR_ARTIST, "artist"},
                                             {SF_STR_ALBUM, "album"},
                                             {SF_STR_TRACKNUMBER, "tracknumber"},
                                             {SF_STR_DATE, "date"},
                                             {SF_STR_GENRE, "genre"},
                                             {SF_STR_COMMENT, "comment"},
                                             {SF_STR_COPYRIGHT, "copyright"},
                                             {SF_STR_LICENSE, "license"},
                                             {SF_STR_SOFTWARE, "software"}}};

class SndfileReader : public FrameReader {
 public:
  SndfileReader(ByteRange bytes, std::optional<SoundHeader> header)
      : source_{std::move(bytes), {}, 0}, header_(std::move(header)) {
    if (header_) settle_size();
    file_.reset(sf_open_virtual(&virtual_file_io(), SFM_READ, &info_, &source_));
    if (file_ == nullptr) {
      if (sf_error(nullptr) == SF_ERR_UNRECOGNISED_FORMAT) throw not_a_sound_file(name());
      throw Error("cannot read " + name() + " as sound: " + without_stop(sf_strerror(nullptr)),
                  "another program, such as ffmpeg, may make a WAV file of it");
    }
    if (header_ && header_->coded_frames) settle_frames(*header_->coded_frames);
  }

  std::size_t read(std::span<float> interleaved) override {
    auto room = static_cast<sf_count_t>(interleaved.size()) / info_.channels;
    if (most_frames_) {
      room = std::min(room, static_cast<sf_count_t>(*most_frames_ - std::min(*most_frames_, frames_read_)));
    }
    const sf_count_t frames = room == 0 ? 0 : sf_readf_float(file_.get(), interleaved.data(), room);
    frames_read_ += static_cast<std::uint64_t>(frames);
    return static_cast<std::size_t>(frames);
  }

  [[nodiscard]] AudioSpec spec() const override { return {info_.samplerate, info_.channels}; }

  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override {
    if (most_frames_) return most_frames_;
    // Some files do not say; libsndfile then gives 0 or its largest number.
    if (info_.frames <= 0 || info_.frames >= SF_COUNT_MAX) return std::nullopt;
    return static_cast<std::uint64_t>(info_.frames);
  }

  [[nodiscard]] Tags tags() const override {
    if (header_ && !header_->tags.empty()) return header_->tags;
    Tags tags;
    for (const auto& [sndfile, tag] : kTagNames) {
      const char* text = sf_get_string(file_.get(), sndfile);
      if (text != nullptr && *text != '\0') tags.emplace_back(tag, to_utf8(text));
    }
    return tags;
  }

  [[nodiscard]] Speakers speakers() const override { return header_ ? header_->speakers : Speakers(); }

  [[nodiscard]] std::optional<DamagedInput> damage() const override {
    if (shortfall_.damage) return shortfall_.damage;
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR) {
      return DamagedInput(name() + " is damaged after " + std::to_string(frames_read_) +
                              " frames: " + without_stop(sf_strerror(file_.get())),
                          "what comes before was used");
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<std::string> remarks() const override {
    std::vector<std::string> remarks = header_ ? header_->remarks : std::vector<std::string>();
    if (!shortfall_.remark.empty()) remarks.push_back(shortfall_.remark);
    if (!frames_remark_.empty()) remarks.push_back(frames_remark_);
    return remarks;
  }

 private:
  [[nodiscard]] const std::string& name() const { return source_.bytes.name(); }
  [[nodiscard]] std::uint64_t file_bytes() const { return source_.bytes.size(); }

  static std::string without_stop(std::string words) {
    while (!words.empty() && (words.back() == '.' || words.back() == ' ' || words.back() == '\n'))
      words.pop_back();
    return words;
  }

  /// libsndfile refuses some containers whose end is missing, and reads others wrongly whose size is a
  /// placeholder, so it is shown the size of what is there.
  void settle_size() {
    const std::uint64_t present = file_bytes() - std::min(file_bytes(), header_->data_offset);
    shortfall_ = judge_shortfall(*header_, present, name());
    const SizeField& field = header_->size_field;
    const std::uint64_t size =
        std::min(header_->data_bytes.value_or(present), present) + field.more_than_sound;
    Patch patch{field.offset, std::vector<std::byte>(field.bytes)};
    for (std::size_t i = 0; i < field.bytes; ++i) {
      const std::size_t place = field.order == ByteOrder::little ? i : field.bytes - 1 - i;
      patch.bytes[i] = static_cast<std::byte>(size >> (8 * place) & 0xFFU);
    }
    if (field.bytes == 8 || size <= 0xFFFFFFFF) source_.patches.push_back(std::move(patch));
  }

  /// Coded sound comes in blocks, of which the last is filled up; how much of it is sound a number in the
  /// header says, where that fits.
  void settle_frames(std::uint64_t stated) {
    const auto there = static_cast<std::uint64_t>(std::max<sf_count_t>(info_.frames, 0));
    const std::uint64_t blocks = header_->bytes_per_frame > 0 ? file_bytes() / header_->bytes_per_frame : 0;
    const std::uint64_t block_frames = blocks > 0 ? there / blocks + 1 : 1;
    if (stated == 0 || stated == there || shortfall_.damage || !is_credible_size(stated)) return;
    if (stated < there && there - stated < 2 * block_frames) {
      most_frames_ = stated;
      return;
    }
    frames_remark_ = "its fact chunk says " + std::to_string(stated) + " frames and " +
                     std::to_string(there) + " are there; all were used";
  }

  VirtualFile source_;  ///< outlives file_
  std::unique_ptr<SNDFILE, SndfileCloser> file_;
  SF_INFO info_{};
  std::optional<SoundHeader> header_;
  Shortfall shortfall_;
  std::string frames_remark_;
  std::optional<std::uint64_t> most_frames_;
  std::uint64_t frames_read_ = 0;
};

}  // namespace

std::unique_ptr<FrameReader> open_sndfile(ByteRange bytes, std::optional<SoundHeader> header) {
  return std::make_unique<SndfileReader>(std::move(bytes), std::move(header));
}

Error not_a_sound_file(const std::string& name) {
  return Error(name + " is not a sound file of a known format",
               "formats that work are WAV (also RF64 and BW64), W64, AIFF, AU, CAF, FLAC, Ogg (Vorbis, Opus, "
               "FLAC) and MP3; "
               "raw PCM needs its encoding, sample rate and channels stated");
}

}  // namespace ictus::audio
