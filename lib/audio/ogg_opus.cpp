// RFC 7845 has the headers, what is skipped at the beginning, and what the positions of pages mean.
#include <opus/opus_multistream.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "lib/audio/ogg_streams.hpp"
#include "lib/audio/vorbis_comment.hpp"

namespace ictus::audio {
namespace {

constexpr int kClockHz = 48000;                   ///< of granule positions
constexpr std::uint64_t kMostPacketTicks = 5760;  ///< 120 ms

struct DecoderCloser {
  void operator()(OpusMSDecoder* decoder) const { opus_multistream_decoder_destroy(decoder); }
};

struct OpusHeader {
  int channels = 0;
  std::uint64_t skipped_ticks = 0;
  int input_rate_hz = 0;
  int gain = 0;  ///< in 1/256 dB
  int family = 0;
  int streams = 1;
  int coupled = 0;
  std::array<unsigned char, 255> mapping{0, 1};
};

std::optional<OpusHeader> parse_header(const std::vector<unsigned char>& bytes) {
  constexpr std::size_t kFixed = 19;
  constexpr std::size_t kMapping = 21;
  if (bytes.size() < kFixed || std::memcmp(bytes.data(), "OpusHead", 8) != 0 || (bytes[8] & 0xF0) != 0)
    return std::nullopt;
  OpusHeader header;
  header.channels = bytes[9];
  header.skipped_ticks = bytes[10] | static_cast<std::uint64_t>(bytes[11]) << 8;
  const std::uint32_t rate = bytes[12] | std::uint32_t{bytes[13]} << 8 | std::uint32_t{bytes[14]} << 16 |
                             std::uint32_t{bytes[15]} << 24;
  header.input_rate_hz = static_cast<int>(std::min<std::uint32_t>(rate, kClockHz));
  header.gain = static_cast<std::int16_t>(bytes[16] | bytes[17] << 8);
  header.family = bytes[18];
  if (header.channels == 0) return std::nullopt;
  if (header.family == 0) {
    header.coupled = header.channels - 1;
    return header.channels <= 2 ? std::optional(header) : std::nullopt;
  }
  const auto channels = static_cast<std::size_t>(header.channels);
  if (bytes.size() < kMapping + channels) return std::nullopt;
  header.streams = bytes[19];
  header.coupled = bytes[20];
  std::copy_n(bytes.begin() + kMapping, channels, header.mapping.begin());
  return header;
}

/// The lowest rate at which Opus decodes all that the original can have held.
int decoding_rate_hz(int input_rate_hz) {
  constexpr std::array kRates{8000, 12000, 16000, 24000};
  const auto* enough =
      std::find_if(kRates.begin(), kRates.end(), [&](int rate) { return rate >= input_rate_hz; });
  return input_rate_hz <= 0 || enough == kRates.end() ? kClockHz : *enough;
}

class OpusStream : public OggStream {
 public:
  OpusStream(OggPages& pages, const std::string& name) : pages_(pages) {
    read_headers(name);
    rate_hz_ = decoding_rate_hz(header_.input_rate_hz);
    ticks_per_frame_ = static_cast<std::uint64_t>(kClockHz / rate_hz_);
    int problem = OPUS_OK;
    // Families 0, 1 and 255 say what a channel is for; those of sound fields need more than to be decoded.
    const bool is_known = header_.family == 0 || header_.family == 1 || header_.family == 255;
    if (is_known) {
      decoder_.reset(opus_multistream_decoder_create(rate_hz_, header_.channels, header_.streams,
                                                     header_.coupled, header_.mapping.data(), &problem));
    }
    if (!decoder_ || problem != OPUS_OK) {
      throw Error(name + " has Opus channels in an order that is not known here (mapping family " +
                      std::to_string(header_.family) + ")",
                  "make a WAV file of it with another program");
    }
    opus_multistream_decoder_ctl(decoder_.get(), OPUS_SET_GAIN(header_.gain));
    to_skip_ = header_.skipped_ticks / ticks_per_frame_;
  }

  bool next(SoundBlock& block) override {
    block.spec = spec();
    block.interleaved.clear();
    while (block.interleaved.empty()) {
      const auto page = pages_.next();
      if (!page) return false;
      decode(*page, block.interleaved);
    }
    return true;
  }

  [[nodiscard]] AudioSpec spec() const override { return {rate_hz_, header_.channels}; }
  [[nodiscard]] Speakers speakers() const override {
    return header_.family == 255 ? Speakers() : vorbis_speakers(header_.channels);
  }
  [[nodiscard]] Tags tags() const override { return tags_; }
  [[nodiscard]] std::uint64_t frames_at(std::int64_t granule) const override {
    const auto ticks = static_cast<std::uint64_t>(granule);
    return (ticks - std::min(ticks, header_.skipped_ticks)) / ticks_per_frame_;
  }
  [[nodiscard]] std::vector<std::string> faults() const override {
    if (bad_packets_ == 0) return {};
    return {"has " + std::to_string(bad_packets_) + " damaged Opus packets, which became silence"};
  }

 private:
  void read_headers(const std::string& name) {
    const auto first = pages_.next();
    const auto header =
        first && !first->packets.empty() ? parse_header(first->packets[0].bytes) : std::nullopt;
    const auto packets_of_tags = [&]() -> std::optional<OggPackets> {
      for (;;) {
        auto page = pages_.next();
        if (!page || !page->packets.empty()) return page;
      }
    };
    const auto second = header ? packets_of_tags() : std::nullopt;
    if (!second) {
      throw Error(name + " ends or is damaged inside its Opus header",
                  "it holds no sound; copy or encode it again");
    }
    header_ = *header;
    const std::vector<unsigned char>& bytes = second->packets[0].bytes;
    constexpr std::size_t kMagic = 8;
    if (bytes.size() >= kMagic && std::memcmp(bytes.data(), "OpusTags", kMagic) == 0)
      tags_ = parse_comments(std::as_bytes(std::span(bytes).subspan(kMagic)));
  }

  void decode(const OggPackets& page, std::vector<float>& interleaved) {
    const auto channels = static_cast<std::size_t>(header_.channels);
    std::uint64_t ticks = 0;
    for (const OggPacket& packet : page.packets) ticks += decode(packet, interleaved);
    const std::uint64_t missing = clock_.missing_before(page, ticks, kClockHz);
    interleaved.insert(interleaved.begin(), missing / ticks_per_frame_ * channels, 0.0F);
    ticks_ += ticks + missing;
    if (page.granule >= 0 && !begins_at_) {
      // A stream that was cut out of another begins later than 0; one whose first page is its last may end
      // before what was decoded.
      const std::int64_t before = page.granule - static_cast<std::int64_t>(ticks_);
      begins_at_ = page.is_last ? 0 : static_cast<std::uint64_t>(std::max<std::int64_t>(0, before));
    }
    if (page.is_last && page.granule >= 0) {
      const auto end = static_cast<std::uint64_t>(page.granule);
      const std::uint64_t there = ticks_ + *begins_at_;
      const std::uint64_t beyond = there - std::min(end, there);
      if (beyond <= ticks) {
        const std::size_t frames = interleaved.size() / channels;
        interleaved.resize((frames - std::min<std::uint64_t>(frames, beyond / ticks_per_frame_)) * channels);
      }
    }
    const std::uint64_t skipped = std::min<std::uint64_t>(to_skip_, interleaved.size() / channels);
    to_skip_ -= skipped;
    interleaved.erase(interleaved.begin(),
                      interleaved.begin() + static_cast<std::ptrdiff_t>(skipped * channels));
  }

  /// Returns the packet's length.
  std::uint64_t decode(const OggPacket& packet, std::vector<float>& interleaved) {
    const auto channels = static_cast<std::size_t>(header_.channels);
    const std::size_t begin = interleaved.size();
    const int most = static_cast<int>(kMostPacketTicks / ticks_per_frame_);
    interleaved.resize(begin + static_cast<std::size_t>(most) * channels);
    const auto bytes = static_cast<opus_int32>(packet.bytes.size());
    int frames = bytes == 0 ? OPUS_INVALID_PACKET
                            : opus_multistream_decode_float(decoder_.get(), packet.bytes.data(), bytes,
                                                            &interleaved[begin], most, 0);
    if (frames < 0) {
      ++bad_packets_;
      frames = bytes == 0
                   ? 0
                   : std::clamp(opus_packet_get_nb_samples(packet.bytes.data(), bytes, rate_hz_), 0, most);
      std::fill(interleaved.begin() + static_cast<std::ptrdiff_t>(begin), interleaved.end(), 0.0F);
    }
    interleaved.resize(begin + static_cast<std::size_t>(frames) * channels);
    return static_cast<std::uint64_t>(frames) * ticks_per_frame_;
  }

  OggPages& pages_;
  OpusHeader header_;
  Tags tags_;
  int rate_hz_ = kClockHz;
  std::uint64_t ticks_per_frame_ = 1;
  std::unique_ptr<OpusMSDecoder, DecoderCloser> decoder_;
  std::uint64_t to_skip_ = 0;  ///< frames
  std::uint64_t ticks_ = 0;    ///< decoded, with silence for what is lost
  std::optional<std::uint64_t> begins_at_;
  GranuleClock clock_;
  std::uint64_t bad_packets_ = 0;
};

}  // namespace

std::unique_ptr<OggStream> open_opus(OggPages& pages, const std::string& name) {
  return std::make_unique<OpusStream>(pages, name);
}

}  // namespace ictus::audio
