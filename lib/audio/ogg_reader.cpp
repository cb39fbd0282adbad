#include "lib/audio/ogg_reader.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "lib/audio/both.hpp"
#include "lib/audio/joined_reader.hpp"
#include "lib/audio/ogg_pages.hpp"
#include "lib/audio/ogg_streams.hpp"

namespace ictus::audio {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : std::set<std::string>(names.begin(), names.end()))
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

class OggReader : public JoinedReader {
 public:
  explicit OggReader(const ByteRange& file) : name_(file.name()), pages_(file) {
    if (!pages_.next_link()) {
      throw Error(
          name_ + (pages_.ends_inside_page() ? " is an Ogg file that ends inside its first page"
                                             : " is an Ogg file without its beginning, which says how "
                                               "to read it"),
          "it holds no sound that can be used; copy or record it again");
    }
    if (!pages_.codec()) {
      throw Error(
          name_ + " is an Ogg file with " + listed(pages_.others()) + ", which cannot be decoded",
          "Vorbis, Opus and FLAC in Ogg work; make one of these or a WAV file of it with another program");
    }
    remark_others();
    stream_ = open_stream();
    begin_with(*stream_);
    expected_frames_ = frames_at_end(file);
  }
  [[nodiscard]] std::vector<std::string> faults() const override {
    std::vector<std::string> faults = faults_;
    const auto is_cut = [](const std::string& fault) { return fault.starts_with("is cut short"); };
    for (const std::string& fault : pages_.faults()) {
      // FLAC says by how much.
      if (!is_cut(fault) || std::none_of(faults_.begin(), faults_.end(), is_cut)) faults.push_back(fault);
    }
    return faults;
  }
  [[nodiscard]] std::vector<std::string> remarks() const override { return both(pages_.remarks(), remarks_); }

 private:
  std::unique_ptr<OggStream> open_stream() {
    switch (*pages_.codec()) {
      case OggCodec::vorbis:
        return open_vorbis(pages_, name_);
      case OggCodec::opus:
        return open_opus(pages_, name_);
      case OggCodec::flac:
        return open_ogg_flac(pages_, name_);
    }
    return nullptr;
  }

  void remark_others() {
    if (pages_.others().empty() || has_others_) return;
    has_others_ = true;
    remarks_.push_back(name_ + " holds " + listed(pages_.others()) + " beside its sound, which was left out");
  }

  [[nodiscard]] bool has_part() const override { return stream_ != nullptr; }
  bool next_of_part(SoundBlock& block) override { return stream_->next(block); }
  void finish_part() override {
    keep_words_of(*stream_);
    stream_.reset();
    while (!stream_ && pages_.next_link()) {
      const std::string where = in_what_follows();
      if (!pages_.codec()) {
        faults_.push_back(where + "holds " + listed(pages_.others()) + ", which cannot be decoded");
        continue;
      }
      try {
        stream_ = open_stream();
      } catch (const Error&) {
        faults_.push_back(where + "has no header that can be used");
        continue;
      }
      remark_others();
      compare_tags(name_, stream_->tags());
    }
  }

  /// The position of the last page, if that is one of the first stream.
  [[nodiscard]] std::optional<std::uint64_t> frames_at_end(const ByteRange& file) const {
    constexpr std::uint64_t kMostPageBytes = 65307;
    constexpr std::size_t kHeadBytes = 18;
    const std::uint64_t begin = file.size() - std::min(file.size(), kMostPageBytes);
    std::vector<char> end(file.size() - begin);
    if (file.read_at(begin, std::as_writable_bytes(std::span(end))) != end.size()) return std::nullopt;
    const std::size_t page = std::string_view(end.data(), end.size()).rfind("OggS");
    if (page == std::string_view::npos || end.size() - page < kHeadBytes) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t bytes) {
      std::uint64_t value = 0;
      for (std::size_t i = bytes; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(end[page + at + i]);
      return value;
    };
    const auto granule = static_cast<std::int64_t>(number(6, 8));
    if (granule <= 0 || static_cast<int>(number(14, 4)) != pages_.serial()) return std::nullopt;
    return stream_->frames_at(granule);
  }

  std::string name_;
  OggPages pages_;
  std::unique_ptr<OggStream> stream_;
  bool has_others_ = false;
};

}  // namespace

std::unique_ptr<FrameReader> open_ogg(const ByteRange& file) {
  return make_uniform(std::make_unique<OggReader>(file), file.name());
}

}  // namespace ictus::audio
