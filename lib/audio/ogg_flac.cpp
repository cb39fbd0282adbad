#include <algorithm>
#include <cstring>

#include "lib/audio/flac_decoder.hpp"
#include "lib/audio/ogg_streams.hpp"

namespace ictus::audio {
namespace {

class OggFlacStream : public OggStream {
 public:
  OggFlacStream(OggPages& pages, const std::string& name)
      : pages_(pages), decoder_([this](std::span<std::byte> bytes) { return feed(bytes); }, nullptr, name) {}

  bool next(SoundBlock& block) override { return decoder_.next(block); }
  [[nodiscard]] AudioSpec spec() const override { return decoder_.spec(); }
  [[nodiscard]] Speakers speakers() const override { return decoder_.speakers(); }
  [[nodiscard]] Tags tags() const override { return decoder_.tags(); }
  [[nodiscard]] std::uint64_t frames_at(std::int64_t granule) const override {
    return static_cast<std::uint64_t>(granule);
  }
  [[nodiscard]] std::vector<std::string> faults() const override { return decoder_.faults(); }
  [[nodiscard]] std::vector<std::string> remarks() const override {
    // libFLAC does not see that frames are lost where they are whole pages, but that its checksum is wrong.
    return has_loss_ ? std::vector<std::string>() : decoder_.remarks();
  }

 private:
  /// The packets one after another are a FLAC stream, but for nine bytes in front of it that are the
  /// mapping's.
  std::size_t feed(std::span<std::byte> bytes) {
    constexpr std::size_t kMappingBytes = 9;
    while (taken_ == bytes_.size()) {
      const auto page = pages_.next();
      if (!page) return 0;
      has_loss_ = has_loss_ || page->is_after_loss;
      bytes_.clear();
      taken_ = 0;
      for (const OggPacket& packet : page->packets)
        bytes_.insert(bytes_.end(), packet.bytes.begin(), packet.bytes.end());
      if (bytes_.size() >= kMappingBytes && std::memcmp(bytes_.data(),
                                                        "\x7F"
                                                        "FLAC",
                                                        5) == 0)
        taken_ = kMappingBytes;
    }
    const std::size_t count = std::min(bytes.size(), bytes_.size() - taken_);
    std::memcpy(bytes.data(), &bytes_[taken_], count);
    taken_ += count;
    return count;
  }

  OggPages& pages_;
  std::vector<unsigned char> bytes_;
  std::size_t taken_ = 0;
  bool has_loss_ = false;
  FlacDecoder decoder_;  ///< last, as it is fed while it is made
};

}  // namespace

std::unique_ptr<OggStream> open_ogg_flac(OggPages& pages, const std::string& name) {
  return std::make_unique<OggFlacStream>(pages, name);
}

}  // namespace ictus::audio
