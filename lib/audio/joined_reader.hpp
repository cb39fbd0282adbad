// Files that may be several joined, whose parts are decoded one after another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/audio/uniform_reader.hpp"

namespace ictus::audio {

class JoinedReader : public BlockReader {
 public:
  bool next(SoundBlock& block) final {
    while (has_part()) {
      if (next_of_part(block)) {
        frames_ += block.interleaved.size() / static_cast<std::size_t>(block.spec.channels);
        return true;
      }
      finish_part();
    }
    return false;
  }

  [[nodiscard]] AudioSpec spec() const final { return spec_; }
  [[nodiscard]] Speakers speakers() const final { return speakers_; }
  [[nodiscard]] Tags tags() const final { return tags_; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const final { return expected_frames_; }
  [[nodiscard]] std::vector<std::string> faults() const override { return faults_; }
  [[nodiscard]] std::vector<std::string> remarks() const override { return remarks_; }

 protected:
  [[nodiscard]] virtual bool has_part() const = 0;
  virtual bool next_of_part(SoundBlock& block) = 0;
  /// Goes on to the next part, if there is one.
  virtual void finish_part() = 0;

  /// What the whole is said to be like.
  template <typename Part>
  void begin_with(const Part& part) {
    spec_ = part.spec();
    speakers_ = part.speakers();
    tags_ = part.tags();
  }
  /// What is to be said of a part that has ended.
  template <typename Part>
  void keep_words_of(const Part& part) {
    const std::vector<std::string> faults = part.faults();
    faults_.insert(faults_.end(), faults.begin(), faults.end());
    const std::vector<std::string> remarks = part.remarks();
    remarks_.insert(remarks_.end(), remarks.begin(), remarks.end());
  }
  void compare_tags(const std::string& name, const Tags& of_part) {
    if (has_other_tags_ || of_part.empty() || of_part == tags_) return;
    has_other_tags_ = true;
    remarks_.push_back(name + " is several files joined; the tags are those of the first");
  }
  /// To be followed by what is wrong with the part that comes now.
  [[nodiscard]] std::string in_what_follows() const {
    return "is several files joined, of which the one after " + std::to_string(frames_) + " frames ";
  }

  Tags tags_;
  std::optional<std::uint64_t> expected_frames_;
  std::vector<std::string> faults_;
  std::vector<std::string> remarks_;

 private:
  AudioSpec spec_;
  Speakers speakers_;
  std::uint64_t frames_ = 0;
  bool has_other_tags_ = false;
};

}  // namespace ictus::audio
