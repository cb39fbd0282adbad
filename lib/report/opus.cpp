#include "lib/report/opus.hpp"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "lib/core/error.hpp"

namespace ictus::report {
namespace {

constexpr std::array<int, 5> kRatesHz = {8000, 12000, 16000, 24000, 48000};

constexpr double kLowestKbitPerS = 6.0;
constexpr double kHighestKbitPerS = 256.0;

/// A file that is a string.
struct Memory {
  std::string bytes;
  std::size_t position = 0;
};

Memory& memory(void* user_data) { return *static_cast<Memory*>(user_data); }

sf_count_t length_of(void* user_data) { return static_cast<sf_count_t>(memory(user_data).bytes.size()); }

sf_count_t position_of(void* user_data) { return static_cast<sf_count_t>(memory(user_data).position); }

sf_count_t seek(sf_count_t offset, int whence, void* user_data) {
  const sf_count_t from = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? position_of(user_data)
                                               : length_of(user_data);
  memory(user_data).position = static_cast<std::size_t>(from + offset);
  return from + offset;
}

sf_count_t read(void* into, sf_count_t count, void* user_data) {
  Memory& file = memory(user_data);
  const std::size_t copied =
      file.bytes.copy(static_cast<char*>(into), static_cast<std::size_t>(count), file.position);
  file.position += copied;
  return static_cast<sf_count_t>(copied);
}

sf_count_t write(const void* from, sf_count_t count, void* user_data) {
  Memory& file = memory(user_data);
  const auto size = static_cast<std::size_t>(count);
  file.bytes.resize(std::max(file.bytes.size(), file.position + size));
  std::copy_n(static_cast<const char*>(from), size,
              file.bytes.begin() + static_cast<std::ptrdiff_t>(file.position));
  file.position += size;
  return count;
}

struct Closer {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

/// The checksum of an Ogg page (RFC 3533, section 6).
std::uint32_t ogg_crc(std::span<const char> page) {
  std::uint32_t crc = 0;
  for (const char byte : page) {
    crc ^= std::uint32_t{static_cast<unsigned char>(byte)} << 24;
    for (int bit = 0; bit < 8; ++bit) crc = crc << 1 ^ ((crc & 0x80000000u) != 0 ? 0x04c11db7u : 0u);
  }
  return crc;
}

/// Streams of Ogg have a number, by which those in one file are told apart, and libsndfile draws it by the
/// clock. With 1 instead the same sound is the same bytes.
void set_serial_number(std::string& ogg) {
  constexpr std::size_t kSerialNumber = 14;
  constexpr std::size_t kChecksum = 22;
  constexpr std::size_t kSegmentCount = 26;
  const auto byte_at = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(ogg.at(at))}; };
  for (std::size_t page = 0; page < ogg.size();) {
    const std::size_t segments = byte_at(page + kSegmentCount);
    std::size_t size = kSegmentCount + 1 + segments;
    for (std::size_t i = 0; i < segments; ++i) size += byte_at(page + kSegmentCount + 1 + i);
    ogg.replace(page + kSerialNumber, 4, std::string("\1\0\0\0", 4));
    ogg.replace(page + kChecksum, 4, 4, '\0');
    const std::uint32_t crc = ogg_crc({ogg.data() + page, size});
    for (std::size_t i = 0; i < 4; ++i) ogg[page + kChecksum + i] = static_cast<char>(crc >> 8 * i & 0xff);
    page += size;
  }
}

}  // namespace

std::string ogg_opus(std::span<const float> samples, int sample_rate_hz, double kbit_per_s) {
  if (samples.empty()) throw Error("there is no sound to be written as Opus");
  if (std::find(kRatesHz.begin(), kRatesHz.end(), sample_rate_hz) == kRatesHz.end()) {
    throw Error("Opus has no sound at " + std::to_string(sample_rate_hz) + " Hz",
                "the sample rate must be 8000, 12000, 16000, 24000 or 48000 Hz");
  }
  if (!(kbit_per_s >= kLowestKbitPerS && kbit_per_s <= kHighestKbitPerS)) {
    throw Error("Opus has no bitrate of " + std::to_string(kbit_per_s) + " kbit/s",
                "the bitrate must be from 6 to 256 kbit/s");
  }
  Memory file;
  SF_VIRTUAL_IO io{length_of, seek, read, write, position_of};
  SF_INFO info{};
  info.samplerate = sample_rate_hz;
  info.channels = 1;
  info.format = SF_FORMAT_OGG | SF_FORMAT_OPUS;
  std::unique_ptr<SNDFILE, Closer> sound(sf_open_virtual(&io, SFM_WRITE, &info, &file));
  if (sound == nullptr) throw Error(std::string("cannot write Opus: ") + sf_strerror(nullptr));
  // libsndfile's scale for Opus: 0 is the highest bitrate, 1 the lowest.
  double compression = (kHighestKbitPerS - kbit_per_s) / (kHighestKbitPerS - kLowestKbitPerS);
  sf_command(sound.get(), SFC_SET_COMPRESSION_LEVEL, &compression, sizeof compression);
  const auto count = static_cast<sf_count_t>(samples.size());
  if (sf_writef_float(sound.get(), samples.data(), count) != count) {
    throw Error(std::string("cannot write Opus: ") + sf_strerror(sound.get()));
  }
  sound.reset();
  set_serial_number(file.bytes);
  return std::move(file.bytes);
}

}  // namespace ictus::report
