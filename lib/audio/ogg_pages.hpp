// The pages of an Ogg file (RFC 3533): its links, one after another, and of each the packets of its sound.
#pragma once

#include <ogg/ogg.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/audio/byte_range.hpp"

namespace ictus::audio {

enum class OggCodec { vorbis, opus, flac };

struct OggPacket {
  std::vector<unsigned char> bytes;
  std::int64_t granule = -1;  ///< of the last packet of a page
  std::int64_t number = 0;
  bool is_first = false;
  bool is_last = false;

  /// As the libraries of codecs take it.
  [[nodiscard]] ogg_packet view();
};

/// The packets that end on one page.
struct OggPackets {
  std::vector<OggPacket> packets;
  std::int64_t granule = -1;  ///< how far the sound is with these; -1: no packet ends here
  bool is_last = false;
  bool is_after_loss = false;  ///< pages before this one are missing
};

class OggPages {
 public:
  explicit OggPages(const ByteRange& file);
  ~OggPages();
  OggPages(const OggPages&) = delete;
  OggPages& operator=(const OggPages&) = delete;

  /// Goes to the next group of streams that run beside each other, past what is left of this one; false at
  /// the end.
  bool next_link();
  /// What the link's first stream of sound is made of; nothing if there is none that can be decoded.
  [[nodiscard]] std::optional<OggCodec> codec() const { return codec_; }
  /// Of that stream.
  [[nodiscard]] int serial() const { return static_cast<int>(stream_.serialno); }
  /// The streams of the link that are not read.
  [[nodiscard]] const std::vector<std::string>& others() const { return others_; }
  /// The packets of that stream page by page; nothing at the end of the link.
  std::optional<OggPackets> next();

  /// After the end.
  [[nodiscard]] bool ends_inside_page() const { return ends_inside_page_; }
  /// After the end, as in BlockReader.
  [[nodiscard]] std::vector<std::string> faults() const;
  [[nodiscard]] std::vector<std::string> remarks() const;

 private:
  bool read_page();
  void fill();
  void begin_stream();
  void take_packets(OggPackets& found);
  void end_without_mark();

  ByteRange file_;
  ogg_sync_state sync_{};
  ogg_stream_state stream_{};
  ogg_page page_{};
  bool has_page_ = false;  ///< `page_` was read and is still to be looked at
  std::uint64_t read_to_ = 0;
  std::uint64_t page_end_ = 0;  ///< the place in the file up to which pages were found or skipped

  bool has_stream_ = false;
  bool has_ended_ = true;  ///< the stream said so
  std::int64_t next_page_number_ = 0;
  std::optional<OggCodec> codec_;
  std::vector<std::string> others_;
  std::vector<int> serials_;  ///< of all streams of the link

  std::uint64_t links_ = 0;
  std::uint64_t unended_links_ = 0;
  std::uint64_t lost_pages_ = 0;
  std::uint64_t first_loss_ = 0;  ///< a place in the file
  std::uint64_t skipped_bytes_ = 0;
  std::uint64_t stray_pages_ = 0;
  bool ends_inside_page_ = false;
};

}  // namespace ictus::audio
