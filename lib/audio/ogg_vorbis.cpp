#include <vorbis/codec.h>

#include <utility>

#include "lib/audio/ogg_streams.hpp"
#include "lib/audio/vorbis_comment.hpp"

namespace ictus::audio {
namespace {

class VorbisStream : public OggStream {
 public:
  VorbisStream(OggPages& pages, const std::string& name) : pages_(pages) {
    vorbis_info_init(&info_);
    vorbis_comment_init(&comment_);
    if (!read_headers()) {
      clear_headers();
      throw Error(name + " ends or is damaged inside its Vorbis header",
                  "it holds no sound; copy or encode it again");
    }
    if (vorbis_synthesis_init(&dsp_, &info_) != 0) {
      clear_headers();
      throw Error(name + " has a Vorbis header that cannot be used");
    }
    vorbis_block_init(&dsp_, &block_);
  }

  ~VorbisStream() override {
    vorbis_block_clear(&block_);
    vorbis_dsp_clear(&dsp_);
    clear_headers();
  }
  VorbisStream(const VorbisStream&) = delete;
  VorbisStream& operator=(const VorbisStream&) = delete;

  bool next(SoundBlock& block) override {
    block.spec = spec();
    block.interleaved.clear();
    while (block.interleaved.empty()) {
      auto page = std::exchange(rest_of_headers_, std::nullopt);
      if (!page) page = pages_.next();
      if (!page) return false;
      for (OggPacket& packet : page->packets) decode(packet, block.interleaved);
      const auto channels = static_cast<std::size_t>(info_.channels);
      const std::size_t frames = block.interleaved.size() / channels;
      const std::uint64_t missing = clock_.missing_before(*page, frames, spec().sample_rate_hz);
      block.interleaved.insert(block.interleaved.begin(), missing * channels, 0.0F);
    }
    return true;
  }

  [[nodiscard]] AudioSpec spec() const override { return {static_cast<int>(info_.rate), info_.channels}; }
  [[nodiscard]] Speakers speakers() const override { return vorbis_speakers(info_.channels); }
  [[nodiscard]] Tags tags() const override {
    Tags tags;
    for (int i = 0; i < comment_.comments; ++i)
      add_comment(tags, {comment_.user_comments[i], static_cast<std::size_t>(comment_.comment_lengths[i])});
    return tags;
  }
  [[nodiscard]] std::uint64_t frames_at(std::int64_t granule) const override {
    return static_cast<std::uint64_t>(granule);
  }
  [[nodiscard]] std::vector<std::string> faults() const override {
    if (bad_packets_ == 0) return {};
    return {"has " + std::to_string(bad_packets_) + " damaged Vorbis packets"};
  }

 private:
  /// What follows the third header on its page is kept.
  bool read_headers() {
    constexpr int kHeaders = 3;
    for (int taken = 0; taken < kHeaders;) {
      auto page = pages_.next();
      if (!page) return false;
      std::size_t used = 0;
      for (; used < page->packets.size() && taken < kHeaders; ++used, ++taken) {
        ogg_packet packet = page->packets[used].view();
        if (vorbis_synthesis_headerin(&info_, &comment_, &packet) != 0) return false;
      }
      if (used == page->packets.size()) continue;
      page->packets.erase(page->packets.begin(), page->packets.begin() + static_cast<std::ptrdiff_t>(used));
      rest_of_headers_ = std::move(page);
    }
    return true;
  }

  void decode(OggPacket& bytes, std::vector<float>& interleaved) {
    ogg_packet packet = bytes.view();
    const int status = vorbis_synthesis(&block_, &packet);
    if (status == 0) {
      vorbis_synthesis_blockin(&dsp_, &block_);
    } else if (!bytes.bytes.empty()) {
      ++bad_packets_;
    }
    float** channels = nullptr;
    while (const int frames = vorbis_synthesis_pcmout(&dsp_, &channels)) {
      for (int frame = 0; frame < frames; ++frame) {
        for (int channel = 0; channel < info_.channels; ++channel)
          interleaved.push_back(channels[channel][frame]);
      }
      vorbis_synthesis_read(&dsp_, frames);
    }
  }

  void clear_headers() {
    vorbis_comment_clear(&comment_);
    vorbis_info_clear(&info_);
  }

  OggPages& pages_;
  vorbis_info info_{};
  vorbis_comment comment_{};
  vorbis_dsp_state dsp_{};
  vorbis_block block_{};
  std::optional<OggPackets> rest_of_headers_;
  GranuleClock clock_;
  std::uint64_t bad_packets_ = 0;
};

}  // namespace

std::unique_ptr<OggStream> open_vorbis(OggPages& pages, const std::string& name) {
  return std::make_unique<VorbisStream>(pages, name);
}

}  // namespace ictus::audio
