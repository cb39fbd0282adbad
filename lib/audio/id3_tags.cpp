#include "lib/audio/id3_tags.hpp"

#include <apetag.h>
#include <id3v1tag.h>
#include <id3v2tag.h>
#include <mpegfile.h>
#include <tdebuglistener.h>
#include <tpropertymap.h>

#include <algorithm>
#include <span>

#include "lib/audio/riff_chunks.hpp"
#include "lib/audio/tags.hpp"

namespace ictus::audio {
namespace {

/// TagLib would say on standard error what it does not like in a tag.
class Silence : public TagLib::DebugListener {
  void printMessage(const TagLib::String&) override {}
};

/// A range of a file for TagLib to read. It is never asked to write.
class Stream : public TagLib::IOStream {
 public:
  explicit Stream(const ByteRange& bytes) : bytes_(bytes) {}

  [[nodiscard]] TagLib::FileName name() const override { return ""; }
  TagLib::ByteVector readBlock(unsigned long size) override {  // NOLINT(google-runtime-int): TagLib's
    const auto there = bytes_.size() - std::min<std::uint64_t>(at_, bytes_.size());
    TagLib::ByteVector block(static_cast<unsigned>(std::min<std::uint64_t>(size, there)), '\0');
    const auto count = bytes_.read_at(at_, std::as_writable_bytes(std::span(block.data(), block.size())));
    block.resize(static_cast<unsigned>(count));
    at_ += count;
    return block;
  }
  void writeBlock(const TagLib::ByteVector&) override {}
  void insert(const TagLib::ByteVector&, unsigned long, unsigned long) override {}  // NOLINT
  void removeBlock(unsigned long, unsigned long) override {}                        // NOLINT
  [[nodiscard]] bool readOnly() const override { return true; }
  [[nodiscard]] bool isOpen() const override { return true; }
  void seek(long offset, Position from) override {  // NOLINT(google-runtime-int)
    const auto base = from == Beginning ? 0 : from == Current ? tell() : length();
    at_ = static_cast<std::uint64_t>(std::max(0L, base + offset));
  }
  [[nodiscard]] long tell() const override { return static_cast<long>(at_); }  // NOLINT(google-runtime-int)
  long length() override { return static_cast<long>(bytes_.size()); }          // NOLINT(google-runtime-int)
  void truncate(long) override {}                                              // NOLINT(google-runtime-int)

 private:
  const ByteRange& bytes_;
  std::uint64_t at_ = 0;
};

/// A template, as the base class of TagLib's tags knows only the seven fields that they all have.
template <typename Tag>
Tags tags_of(const Tag* tag) {
  Tags tags;
  if (tag == nullptr) return tags;
  for (const auto& [key, values] : tag->properties()) {
    std::string name = key.to8Bit(true);
    // TSSE is the program and its settings, which others call so.
    if (name == "ENCODING") name = "ENCODER";
    for (const TagLib::String& value : values) add_tag(tags, name, value.to8Bit(true));
  }
  return tags;
}

}  // namespace

Tags read_id3_tags(const ByteRange& file) {
  static Silence silence;
  [[maybe_unused]] static const bool is_silent = (TagLib::setDebugListener(&silence), true);
  if (file.size() == 0) return {};
  Stream stream(file);
  TagLib::MPEG::File tagged(&stream, TagLib::ID3v2::FrameFactory::instance(), false);
  Tags tags = tags_of(tagged.ID3v2Tag());
  add_missing(tags, tags_of(tagged.APETag()));
  add_missing(tags, tags_of(tagged.ID3v1Tag()));
  return tags;
}

Tags read_id3_chunk(const ByteRange& file) {
  const auto chunk = find_riff_chunk(file, "id3 ");
  return chunk ? read_id3_tags(*chunk) : Tags();
}

}  // namespace ictus::audio
