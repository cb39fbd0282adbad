#include "lib/audio/sndfile_reader.hpp"

#include <sndfile.h>

#include <array>
#include <utility>

#include "lib/audio/tags.hpp"

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
  SndfileReader(SNDFILE* file, const SF_INFO& info, std::string name,
                std::optional<DamagedInput> known_damage)
      : file_(file), info_(info), name_(std::move(name)), known_damage_(std::move(known_damage)) {}

  std::size_t read(std::span<float> interleaved) override {
    const auto room = static_cast<sf_count_t>(interleaved.size()) / info_.channels;
    const sf_count_t frames = sf_readf_float(file_.get(), interleaved.data(), room);
    frames_read_ += static_cast<std::uint64_t>(frames);
    return static_cast<std::size_t>(frames);
  }

  [[nodiscard]] AudioSpec spec() const override { return {info_.samplerate, info_.channels}; }

  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override {
    // Some files do not say; libsndfile then gives 0 or its largest number.
    if (info_.frames <= 0 || info_.frames >= SF_COUNT_MAX) return std::nullopt;
    return static_cast<std::uint64_t>(info_.frames);
  }

  [[nodiscard]] Tags tags() const override {
    Tags tags;
    for (const auto& [sndfile, tag] : kTagNames) {
      const char* text = sf_get_string(file_.get(), sndfile);
      if (text != nullptr && *text != '\0') tags.emplace_back(tag, to_utf8(text));
    }
    return tags;
  }

  [[nodiscard]] std::optional<DamagedInput> damage() const override {
    // Of the others that promise a length, libsndfile has already lowered it to what is there, or it is
    // an estimate (MP3).
    const bool exact_promise = (info_.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC;
    const auto promised = expected_frames();
    if (exact_promise && promised && frames_read_ < *promised) {
      return cut_short(name_, *promised, frames_read_, "frames");
    }
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR) {
      return DamagedInput(name_ + " is damaged after " + std::to_string(frames_read_) +
                              " frames: " + sf_strerror(file_.get()),
                          "what comes before was used");
    }
    return known_damage_;
  }

 private:
  std::unique_ptr<SNDFILE, SndfileCloser> file_;
  SF_INFO info_;
  std::string name_;
  std::optional<DamagedInput> known_damage_;
  std::uint64_t frames_read_ = 0;
};

}  // namespace

std::unique_ptr<FrameReader> open_sndfile(UniqueFd fd, const std::string& name,
                                          std::optional<DamagedInput> known_damage) {
  SF_INFO info{};
  // libsndfile owns the descriptor from here on, even if it fails.
  SNDFILE* file = sf_open_fd(fd.release(), SFM_READ, &info, SF_TRUE);
  if (file == nullptr) {
    if (sf_error(nullptr) == SF_ERR_UNRECOGNISED_FORMAT) throw not_a_sound_file(name);
    throw Error("cannot read " + name + " as sound: " + sf_strerror(nullptr));
  }
  return std::make_unique<SndfileReader>(file, info, name, std::move(known_damage));
}

Error not_a_sound_file(const std::string& name) {
  return Error(name + " is not a sound file of a known format",
               "formats that work are WAV, AIFF, FLAC, Ogg (Vorbis, Opus), MP3, CAF, AU and W64; raw PCM "
               "needs its encoding, sample rate and channels stated");
}

}  // namespace ictus::audio
