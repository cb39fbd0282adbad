#include "lib/audio/ogg_pages.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace ictus::audio {
namespace {

using namespace std::string_view_literals;

struct Codec {
  std::string_view start;  ///< of its first packet
  std::string_view name;
  std::optional<OggCodec> codec;
};

constexpr std::array kCodecs{Codec{"\x01vorbis"sv, "Vorbis"sv, OggCodec::vorbis},
                             Codec{"OpusHead"sv, "Opus"sv, OggCodec::opus},
                             Codec{"\x7F"
                                   "FLAC"sv,
                                   "FLAC"sv, OggCodec::flac},
                             Codec{"fLaC"sv, "FLAC"sv, OggCodec::flac},
                             Codec{"Speex   "sv, "Speex"sv, {}},
                             Codec{"CELT    "sv, "CELT"sv, {}},
                             Codec{"PCM     "sv, "PCM"sv, {}},
                             Codec{"\x80theora"sv, "Theora (pictures)"sv, {}},
                             Codec{"BBCD\0"sv, "Dirac (pictures)"sv, {}},
                             Codec{"OVP80"sv, "VP8 (pictures)"sv, {}},
                             Codec{"\x80kate"sv, "Kate (text)"sv, {}},
                             Codec{"fishead\0"sv, "Skeleton (an index)"sv, {}}};

Codec codec_of(const ogg_page& page) {
  const std::string_view body(reinterpret_cast<const char*>(page.body),
                              static_cast<std::size_t>(page.body_len));
  const auto* found = std::find_if(kCodecs.begin(), kCodecs.end(),
                                   [&](const Codec& codec) { return body.starts_with(codec.start); });
  return found == kCodecs.end() ? Codec{{}, "a stream of an unknown kind"sv, {}} : *found;
}

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace

ogg_packet OggPacket::view() {
  ogg_packet packet{};
  packet.packet = bytes.data();
  packet.bytes = static_cast<long>(bytes.size());  // NOLINT(google-runtime-int): libogg's
  packet.b_o_s = is_first ? 1 : 0;
  packet.e_o_s = is_last ? 1 : 0;
  packet.granulepos = granule;
  packet.packetno = number;
  return packet;
}

OggPages::OggPages(const ByteRange& file) : file_(file) {
  ogg_sync_init(&sync_);
  ogg_stream_init(&stream_, 0);
}

OggPages::~OggPages() {
  ogg_stream_clear(&stream_);
  ogg_sync_clear(&sync_);
}

void OggPages::fill() {
  constexpr std::size_t kAtOnce = 65536;
  char* buffer = ogg_sync_buffer(&sync_, kAtOnce);
  if (buffer == nullptr) throw std::bad_alloc();
  const std::size_t count = file_.read_at(read_to_, std::as_writable_bytes(std::span(buffer, kAtOnce)));
  ogg_sync_wrote(&sync_, static_cast<long>(count));  // NOLINT(google-runtime-int): libogg's
  read_to_ += count;
}

/// False at the end of the file.
bool OggPages::read_page() {
  if (has_page_) return true;
  for (;;) {
    const auto found = ogg_sync_pageseek(&sync_, &page_);
    if (found > 0) {
      page_end_ += static_cast<std::uint64_t>(found);
      has_page_ = true;
      return true;
    }
    if (found < 0) {
      page_end_ += static_cast<std::uint64_t>(-found);
      skipped_bytes_ += static_cast<std::uint64_t>(-found);
      continue;
    }
    const std::uint64_t before = read_to_;
    fill();
    if (read_to_ > before) continue;
    std::array<std::byte, 4> rest{};
    const std::size_t count = file_.read_at(page_end_, rest);
    if (count > 0 && !ends_inside_page_) {
      ends_inside_page_ = std::memcmp(rest.data(), "OggS", count) == 0;
      if (!ends_inside_page_) skipped_bytes_ += file_.size() - page_end_;
      page_end_ = file_.size();
    }
    return false;
  }
}

void OggPages::begin_stream() {
  ogg_stream_reset_serialno(&stream_, ogg_page_serialno(&page_));
  has_stream_ = true;
  has_ended_ = false;
  next_page_number_ = ogg_page_pageno(&page_);
}

bool OggPages::next_link() {
  if (has_stream_ && !has_ended_) {
    while (next()) {
    }
  }
  has_stream_ = false;
  codec_.reset();
  others_.clear();
  while (read_page() && ogg_page_bos(&page_) == 0) {
    const bool is_known = std::count(serials_.begin(), serials_.end(), ogg_page_serialno(&page_)) > 0;
    if (!is_known || links_ == 0) ++stray_pages_;
    has_page_ = false;
  }
  serials_.clear();
  if (!has_page_) return false;
  ++links_;
  while (read_page() && ogg_page_bos(&page_) != 0) {
    serials_.push_back(ogg_page_serialno(&page_));
    const Codec codec = codec_of(page_);
    if (codec.codec && !codec_) {
      codec_ = codec.codec;
      begin_stream();
      ogg_stream_pagein(&stream_, &page_);
      ++next_page_number_;
      if (ogg_page_eos(&page_) != 0) has_ended_ = true;
    } else {
      others_.emplace_back(codec.name);
    }
    has_page_ = false;
  }
  return true;
}

void OggPages::take_packets(OggPackets& found) {
  ogg_packet packet{};
  for (;;) {
    const int status = ogg_stream_packetout(&stream_, &packet);
    if (status == 0) return;
    if (status < 0) {
      found.is_after_loss = true;
      continue;
    }
    OggPacket& taken = found.packets.emplace_back();
    taken.bytes.assign(packet.packet, packet.packet + packet.bytes);
    taken.granule = packet.granulepos;
    taken.number = packet.packetno;
    taken.is_first = packet.b_o_s != 0;
    taken.is_last = packet.e_o_s != 0;
  }
}

std::optional<OggPackets> OggPages::next() {
  if (!has_stream_) return std::nullopt;
  OggPackets found;
  // The packet of the first page, which next_link() took.
  take_packets(found);
  if (!found.packets.empty()) return found;
  while (!has_ended_) {
    if (!read_page() || ogg_page_bos(&page_) != 0) {
      end_without_mark();
      return std::nullopt;
    }
    has_page_ = false;
    if (ogg_page_serialno(&page_) != stream_.serialno) continue;
    const std::int64_t number = ogg_page_pageno(&page_);
    if (number != next_page_number_) {
      if (lost_pages_ == 0)
        first_loss_ = page_end_ - static_cast<std::uint64_t>(page_.header_len + page_.body_len);
      lost_pages_ += static_cast<std::uint64_t>(std::max<std::int64_t>(1, number - next_page_number_));
      found.is_after_loss = true;
    }
    next_page_number_ = number + 1;
    ogg_stream_pagein(&stream_, &page_);
    has_ended_ = ogg_page_eos(&page_) != 0;
    take_packets(found);
    found.granule = ogg_page_granulepos(&page_);
    found.is_last = has_ended_;
    return found;
  }
  return std::nullopt;
}

void OggPages::end_without_mark() {
  has_ended_ = true;
  ++unended_links_;
}

std::vector<std::string> OggPages::faults() const {
  std::vector<std::string> faults;
  if (stray_pages_ > 0 && links_ == 0)
    faults.emplace_back("has no beginning");
  else if (stray_pages_ > 0)
    faults.push_back("has " + counted(stray_pages_, "page") +
                     " of streams without a beginning, which were left out");
  if (lost_pages_ > 0) {
    faults.push_back("lacks " + counted(lost_pages_, "page") +
                     " or has them damaged, the first before byte " + std::to_string(first_loss_));
  }
  if (unended_links_ > 0) {
    faults.push_back(unended_links_ == 1 && links_ == 1
                         ? "is cut short: no page is marked as its last"
                         : "has parts that are cut short: " + std::to_string(unended_links_) + " of " +
                               std::to_string(links_) + " have no page that is marked as their last");
  } else if (ends_inside_page_) {
    faults.emplace_back("is cut short: it ends inside a page");
  }
  return faults;
}

std::vector<std::string> OggPages::remarks() const {
  // Beside a fault they are what is left of a page.
  if (skipped_bytes_ == 0 || lost_pages_ > 0 || unended_links_ > 0) return {};
  return {file_.name() + " has " + counted(skipped_bytes_, "byte") +
          " between or behind its pages, which were left out"};
}

}  // namespace ictus::audio
