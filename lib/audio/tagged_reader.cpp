#include "lib/audio/tagged_reader.hpp"

#include <utility>

#include "lib/audio/tags.hpp"

namespace ictus::audio {
namespace {

class TaggedReader : public FrameReader {
 public:
  TaggedReader(std::unique_ptr<FrameReader> reader, Tags tags)
      : reader_(std::move(reader)), tags_(std::move(tags)) {}

  std::size_t read(std::span<float> interleaved) override { return reader_->read(interleaved); }
  [[nodiscard]] AudioSpec spec() const override { return reader_->spec(); }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override {
    return reader_->expected_frames();
  }
  [[nodiscard]] Tags tags() const override {
    Tags all = reader_->tags();
    add_missing(all, tags_);
    return all;
  }
  [[nodiscard]] Speakers speakers() const override { return reader_->speakers(); }
  [[nodiscard]] std::optional<DamagedInput> damage() const override { return reader_->damage(); }
  [[nodiscard]] std::vector<std::string> remarks() const override { return reader_->remarks(); }

 private:
  std::unique_ptr<FrameReader> reader_;
  Tags tags_;
};

}  // namespace

std::unique_ptr<FrameReader> with_tags(std::unique_ptr<FrameReader> reader, const Tags& tags) {
  if (tags.empty()) return reader;
  return std::make_unique<TaggedReader>(std::move(reader), tags);
}

}  // namespace ictus::audio
