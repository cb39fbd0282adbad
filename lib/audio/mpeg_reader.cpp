#include "lib/audio/mpeg_reader.hpp"

#include <mpg123.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "lib/audio/id3_tags.hpp"
#include "lib/audio/mpeg_frames.hpp"
#include "lib/audio/sndfile_reader.hpp"
#include "lib/audio/uniform_reader.hpp"

namespace ictus::audio {
namespace {

/// libmpg123, for one frame at a time that is known to be whole. It looks for nothing by itself and says
/// nothing.
class FrameDecoder {
 public:
  /// For frames of the kind of `header`.
  explicit FrameDecoder(const MpegHeader& header) : handle_(mpg123_new(nullptr, nullptr)) {
    if (!handle_) throw std::bad_alloc();
    mpg123_param(handle_.get(), MPG123_REMOVE_FLAGS, MPG123_GAPLESS | MPG123_AUTO_RESAMPLE, 0.0);
    mpg123_param(handle_.get(), MPG123_ADD_FLAGS,
                 MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_SKIP_ID3V2 | MPG123_IGNORE_STREAMLENGTH |
                     MPG123_IGNORE_INFOFRAME | MPG123_NO_READAHEAD,
                 0.0);
    if (header.is_free_format) {
      const std::size_t padding = header.is_padded ? (header.layer == 1 ? 4 : 1) : 0;
      mpg123_param(handle_.get(), MPG123_FREEFORMAT_SIZE,
                   static_cast<long>(header.frame_bytes - padding - kMpegHeaderBytes),
                   0.0);  // NOLINT: libmpg123's
    }
    if (mpg123_open_feed(handle_.get()) != MPG123_OK) throw std::bad_alloc();
  }

  /// Appends what `frame` holds; silence in place of what cannot be decoded. Returns whether all could be.
  bool decode(const MpegFrames::Frame& frame, std::vector<float>& interleaved) {
    const auto samples = static_cast<std::size_t>(frame.header.samples * frame.header.channels);
    const std::size_t end = interleaved.size() + samples;
    mpg123_feed(handle_.get(), reinterpret_cast<const unsigned char*>(frame.bytes.data()),
                frame.bytes.size());
    int status = MPG123_NEW_FORMAT;
    while (status == MPG123_NEW_FORMAT) {
      off_t number = 0;
      unsigned char* sound = nullptr;
      std::size_t bytes = 0;
      status = mpg123_decode_frame(handle_.get(), &number, &sound, &bytes);
      if (status != MPG123_OK || sound == nullptr) continue;
      const auto* decoded = reinterpret_cast<const float*>(sound);
      interleaved.insert(interleaved.end(), decoded, decoded + std::min(bytes / sizeof(float), samples));
    }
    const bool is_whole = interleaved.size() == end;
    interleaved.resize(end, 0.0F);
    return is_whole;
  }

 private:
  struct Closer {
    void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
  };
  std::unique_ptr<mpg123_handle, Closer> handle_;
};

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

/// What decoders of layer III add before the sound, beside what encoders do.
constexpr std::uint64_t kDecoderDelay = 529;

class MpegReader : public BlockReader {
 public:
  explicit MpegReader(const ByteRange& file) : file_(file), frames_(file) {
    auto first = frames_.next();
    if (!first) throw not_a_sound_file(file.name());
    spec_ = {first->header.sample_rate_hz, first->header.channels};
    expected_frames_ = estimate(*first);
    tags_ = read_id3_tags(file);
    held_ = std::move(first);
  }

  bool next(SoundBlock& block) override {
    block.interleaved.clear();
    while (block.interleaved.empty()) {
      auto frame = held_ ? std::exchange(held_, std::nullopt) : frames_.next();
      if (!frame) {
        finish();
        return false;
      }
      take(*frame, block);
    }
    return true;
  }

  [[nodiscard]] AudioSpec spec() const override { return spec_; }
  [[nodiscard]] Speakers speakers() const override { return flac_speakers(spec_.channels); }
  [[nodiscard]] Tags tags() const override { return tags_; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override { return expected_frames_; }
  [[nodiscard]] std::vector<std::string> faults() const override { return faults_; }
  [[nodiscard]] std::vector<std::string> remarks() const override { return remarks_; }

 private:
  /// A file, or one of those that were joined.
  struct Part {
    std::optional<MpegInfo> info;
    std::uint64_t begin_bytes = 0;
    std::uint64_t end_bytes = 0;
    std::uint64_t frames = 0;  ///< also those that are lost
    std::uint64_t samples = 0;
    std::uint64_t sound_bytes = 0;
    std::uint16_t checksum = 0;
    bool is_damaged = false;
  };

  void take(const MpegFrames::Frame& frame, SoundBlock& block) {
    const AudioSpec spec{frame.header.sample_rate_hz, frame.header.channels};
    const auto info = parse_mpeg_info(frame.header, frame.bytes);
    const bool is_other =
        part_ && (spec.sample_rate_hz != current_.sample_rate_hz || spec.channels != current_.channels);
    const bool begins_part = !part_ || info || frame.tag_offset || is_other;
    if (frame.skipped_bytes > 0) take_gap(frame, begins_part, block);
    if (begins_part) {
      if (part_ && frame.tag_offset) compare_tags(*frame.tag_offset, frame.offset);
      begin_part(info, frame.offset);
      forget_past(frame.header);
    } else if (part_->info && part_->info->frames == part_->frames) {
      // More of the same stream, though its header knows nothing of it.
      begin_part(std::nullopt, frame.offset);
    }
    current_ = block.spec = spec;
    part_->end_bytes = frame.offset + frame.bytes.size();
    if (info) return;
    ++part_->frames;
    part_->sound_bytes += frame.bytes.size();
    part_->checksum = mpeg_checksum(part_->checksum, frame.bytes);
    const bool can_be_decoded = check_reservoir(frame);
    sound_.clear();
    const bool is_decoded = decoder_->decode(frame, sound_);
    if (can_be_decoded && !is_decoded) count_bad(frame.offset);
    append_trimmed(sound_, frame.header.samples, block);
  }

  /// Bytes that are no frames: junk in front of all, or what frames have become.
  void take_gap(const MpegFrames::Frame& frame, bool begins_part, SoundBlock& block) {
    if (!part_) {
      follows_junk_ = true;
      remarks_.push_back(file_.name() + " has " + counted(frame.skipped_bytes, "byte") +
                         " in front of its first frame, which were left out");
      return;
    }
    const double mean_bytes = static_cast<double>(part_->sound_bytes) /
                              static_cast<double>(std::max<std::uint64_t>(1, part_->frames));
    // What is longer is something else than damaged frames.
    constexpr int kMostLostSeconds = 60;
    const auto most =
        static_cast<std::uint64_t>(kMostLostSeconds * frame.header.sample_rate_hz / frame.header.samples);
    const auto found = static_cast<std::uint64_t>(
        mean_bytes > 0.0 ? std::llround(static_cast<double>(frame.skipped_bytes) / mean_bytes) : 0);
    const std::uint64_t lost = found <= most ? found : 0;
    part_->is_damaged = true;
    const bool is_said_of_part = begins_part && part_->info && part_->info->frames > part_->frames;
    if (!is_said_of_part) {
      faults_.push_back(
          "has " + counted(frame.skipped_bytes, "byte") + " before byte " + std::to_string(frame.offset) +
          " that are no frames" +
          (lost > 0 && !begins_part ? "; silence took the place of " + counted(lost, "frame") : ""));
    }
    if (begins_part) return;
    forget_past(frame.header);
    const std::vector<float> silence(static_cast<std::size_t>(frame.header.samples * frame.header.channels),
                                     0.0F);
    part_->frames += lost;
    for (std::uint64_t i = 0; i < lost; ++i) append_trimmed(silence, frame.header.samples, block);
  }

  /// Says so if a later part has tags that the first does not have.
  void compare_tags(std::uint64_t begin, std::uint64_t end) {
    if (has_other_tags_) return;
    const Tags found = read_id3_tags(file_.part(begin, end - begin));
    has_other_tags_ = std::any_of(found.begin(), found.end(), [&](const auto& tag) {
      return std::find(tags_.begin(), tags_.end(), tag) == tags_.end();
    });
    if (has_other_tags_)
      remarks_.push_back(file_.name() + " is several files joined; the tags are those of the first");
  }

  void begin_part(const std::optional<MpegInfo>& info, std::uint64_t offset) {
    if (part_) {
      finish_part();
      is_joined_ = true;
    }
    part_ = Part{};
    part_->info = info;
    part_->begin_bytes = offset;
  }

  /// Whether a frame of layer III has all of its sound: part of it lies in frames before.
  bool check_reservoir(const MpegFrames::Frame& frame) {
    if (frame.header.layer != 3) return true;
    const MpegSideInfo side = parse_side_info(frame.header, frame.bytes);
    const bool is_short = side.bytes_before > reservoir_bytes_;
    reservoir_bytes_ += side.own_bytes;
    if (!is_short) lacks_past_ = false;
    if (!side.is_possible || (is_short && !lacks_past_)) {
      count_bad(frame.offset);
    } else if (is_short && !is_joined_ && !part_->is_damaged) {
      begins_inside_ = true;
    }
    return side.is_possible && !is_short;
  }

  void forget_past(const MpegHeader& header) {
    decoder_.emplace(header);
    reservoir_bytes_ = 0;
    lacks_past_ = true;
  }

  void count_bad(std::uint64_t offset) {
    part_->is_damaged = true;
    if (bad_frames_++ == 0) first_bad_ = offset;
  }

  /// Without what encoder and decoder added at both ends.
  void append_trimmed(const std::vector<float>& sound, int samples, SoundBlock& block) {
    const auto count = static_cast<std::uint64_t>(samples);
    const std::uint64_t from = part_->samples;
    const std::uint64_t to = part_->samples += count;
    std::uint64_t begin = from;
    std::uint64_t end = to;
    if (part_->info && part_->info->delay && part_->info->frames) {
      const std::uint64_t all = *part_->info->frames * count;
      begin = std::clamp(*part_->info->delay + kDecoderDelay, from, to);
      end = std::clamp(all - std::min(all, part_->info->padding) + kDecoderDelay, begin, to);
    }
    const std::size_t channels = sound.size() / count;
    block.interleaved.insert(block.interleaved.end(),
                             sound.begin() + static_cast<std::ptrdiff_t>((begin - from) * channels),
                             sound.begin() + static_cast<std::ptrdiff_t>((end - from) * channels));
  }

  /// Whether the part holds what its header promises.
  void finish_part() {
    const Part& part = *part_;
    if (!part.info) return;
    const std::uint64_t bytes = part.end_bytes - part.begin_bytes;
    const std::uint64_t promised = part.info->frames.value_or(0);
    // Some encoders count the frame that says so.
    const bool counts_itself = part.frames + 1 == promised && part.info->bytes && bytes >= *part.info->bytes;
    if (part.frames < promised && !counts_itself) {
      faults_.push_back(cut_short_fault(promised, part.frames, "MPEG frames"));
    } else if (!part.info->frames && part.info->bytes && bytes < *part.info->bytes) {
      faults_.push_back(cut_short_fault(*part.info->bytes, bytes, "bytes"));
    } else if (part.frames == promised && part.info->checksum && !part.is_damaged &&
               *part.info->checksum != part.checksum && !has_checksum_remark_) {
      has_checksum_remark_ = true;
      remarks_.push_back(file_.name() +
                         " has other frames than its encoder wrote, as the checksum in its first frame says");
    }
  }

  void finish() {
    const std::size_t before = faults_.size();
    finish_part();
    const bool is_said = faults_.size() > before;
    const std::uint64_t left_over = frames_.left_over_bytes();
    if (frames_.unfinished_bytes() > 0 && !is_said) {
      faults_.emplace_back("is cut short: it ends inside a frame");
    } else if (left_over > 0 && !is_said) {
      const bool is_less_than_a_frame = left_over * part_->frames < part_->sound_bytes;
      const std::string what = "has " + counted(left_over, "byte") + " behind its last frame that are none";
      if ((part_->info && part_->info->frames) || is_less_than_a_frame || frames_.is_left_over_blank()) {
        remarks_.push_back(file_.name() + " " + what + ", which were left out");
      } else {
        faults_.push_back(what);
      }
    }
    if (bad_frames_ > 0) {
      faults_.push_back("has " + std::to_string(bad_frames_) +
                        (bad_frames_ == 1 ? " damaged frame" : " damaged frames, the first") + " at byte " +
                        std::to_string(first_bad_));
    }
    if (begins_inside_) {
      const std::string what =
          "begins in the middle of its sound: its first frames need what came before them";
      if (follows_junk_) {
        faults_.push_back(what);
      } else {
        remarks_.push_back(file_.name() + " " + what);
      }
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> estimate(const MpegFrames::Frame& first) const {
    const auto samples = static_cast<std::uint64_t>(first.header.samples);
    const auto info = parse_mpeg_info(first.header, first.bytes);
    if (info && info->frames) {
      const std::uint64_t all = *info->frames * samples;
      return all - std::min(all, info->delay.value_or(0) + info->padding);
    }
    return (frames_.end() - first.offset) / first.bytes.size() * samples;
  }

  ByteRange file_;
  MpegFrames frames_;
  std::optional<MpegFrames::Frame> held_;
  AudioSpec spec_;
  AudioSpec current_;
  Tags tags_;
  std::optional<std::uint64_t> expected_frames_;

  std::optional<Part> part_;
  std::optional<FrameDecoder> decoder_;
  std::vector<float> sound_;
  std::uint64_t reservoir_bytes_ = 0;
  bool lacks_past_ = false;  ///< no frame that needs those before it has found them yet
  bool begins_inside_ = false;
  std::vector<std::string> faults_;
  std::vector<std::string> remarks_;
  std::uint64_t bad_frames_ = 0;
  std::uint64_t first_bad_ = 0;
  bool follows_junk_ = false;
  bool is_joined_ = false;
  bool has_checksum_remark_ = false;
  bool has_other_tags_ = false;
};

}  // namespace

std::unique_ptr<FrameReader> open_mpeg(const ByteRange& file) {
  return make_uniform(std::make_unique<MpegReader>(file), file.name());
}

}  // namespace ictus::audio
