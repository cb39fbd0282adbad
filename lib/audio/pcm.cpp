#include "lib/audio/pcm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "lib/audio/bytes.hpp"

namespace ictus::audio {
namespace {

/// The unsigned integer in `Bytes` bytes.
template <int Bytes, ByteOrder kOrder>
std::uint64_t load(const std::byte* in) {
  std::uint64_t value = 0;
  for (int i = 0; i < Bytes; ++i) {
    const int place = kOrder == ByteOrder::little ? i : Bytes - 1 - i;
    value |= std::to_integer<std::uint64_t>(in[i]) << (8 * place);
  }
  return value;
}

template <int Bytes>
void store(std::uint32_t value, std::vector<std::byte>& out) {
  for (int i = 0; i < Bytes; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFu));
}

/// A two's complement integer as a fraction of full scale.
template <int Bytes, ByteOrder kOrder>
float load_signed(const std::byte* in) {
  const auto left_aligned = static_cast<std::uint32_t>(load<Bytes, kOrder>(in) << (32 - 8 * Bytes));
  return static_cast<float>(static_cast<std::int32_t>(left_aligned)) * 0x1p-31f;
}

float load_u8(const std::byte* in) {
  return (static_cast<float>(std::to_integer<unsigned>(*in)) - 128.0f) / 128.0f;
}

template <ByteOrder kOrder>
float load_f32(const std::byte* in) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(load<4, kOrder>(in)));
}

template <ByteOrder kOrder>
float load_f64(const std::byte* in) {
  return static_cast<float>(std::bit_cast<double>(load<8, kOrder>(in)));
}

using DecodePcm = void(std::span<const std::byte> bytes, std::span<float> samples);

template <int kBytes, float (*kLoad)(const std::byte*)>
void decode_each(std::span<const std::byte> bytes, std::span<float> samples) {
  const std::byte* in = bytes.data();
  for (float& sample : samples) {
    sample = kLoad(in);
    in += kBytes;
  }
}

/// How samples of an encoding lie in a file.
struct PcmLayout {
  PcmEncoding encoding;
  std::size_t bytes;
  DecodePcm* decode;
};

template <int kBytes, float (*kLoad)(const std::byte*)>
constexpr PcmLayout layout(PcmEncoding encoding) {
  return {encoding, kBytes, decode_each<kBytes, kLoad>};
}

constexpr PcmLayout kLayouts[] = {
    layout<1, load_u8>(PcmEncoding::u8),
    layout<1, load_signed<1, ByteOrder::little>>(PcmEncoding::s8),
    layout<2, load_signed<2, ByteOrder::little>>(PcmEncoding::s16le),
    layout<2, load_signed<2, ByteOrder::big>>(PcmEncoding::s16be),
    layout<3, load_signed<3, ByteOrder::little>>(PcmEncoding::s24le),
    layout<3, load_signed<3, ByteOrder::big>>(PcmEncoding::s24be),
    layout<4, load_signed<3, ByteOrder::little>>(PcmEncoding::s24in32le),
    layout<4, load_signed<4, ByteOrder::little>>(PcmEncoding::s32le),
    layout<4, load_signed<4, ByteOrder::big>>(PcmEncoding::s32be),
    layout<4, load_f32<ByteOrder::little>>(PcmEncoding::f32le),
    layout<4, load_f32<ByteOrder::big>>(PcmEncoding::f32be),
    layout<8, load_f64<ByteOrder::little>>(PcmEncoding::f64le),
    layout<8, load_f64<ByteOrder::big>>(PcmEncoding::f64be),
};

const PcmLayout& layout_of(PcmEncoding encoding) {
  for (const PcmLayout& one : kLayouts)
    if (one.encoding == encoding) return one;
  throw std::logic_error("not a PCM encoding");
}

}  // namespace

std::size_t bytes_per_sample(PcmEncoding encoding) { return layout_of(encoding).bytes; }

std::size_t bytes_per_sample(SampleFormat format) {
  switch (format) {
    case SampleFormat::pcm16:
      return 2;
    case SampleFormat::pcm24:
      return 3;
    case SampleFormat::float32:
      return 4;
  }
  throw std::logic_error("bytes_per_sample: not a sample format");
}

PcmEncoding pcm_encoding(RawEncoding encoding) {
  switch (encoding) {
    case RawEncoding::s16le:
      return PcmEncoding::s16le;
    case RawEncoding::s24le:
      return PcmEncoding::s24le;
    case RawEncoding::s32le:
      return PcmEncoding::s32le;
    case RawEncoding::f32le:
      return PcmEncoding::f32le;
    case RawEncoding::u8:
      return PcmEncoding::u8;
  }
  throw std::logic_error("pcm_encoding: not a raw encoding");
}

void decode_pcm(PcmEncoding encoding, std::span<const std::byte> bytes, std::span<float> samples) {
  layout_of(encoding).decode(bytes, samples);
}

std::optional<bool> is_right_justified(std::span<const std::byte> bytes) {
  bool has_lowest = false;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    // The free byte at the end holds nothing, or repeats the sign.
    if (bytes[at + 3] != std::byte{0x00} && bytes[at + 3] != std::byte{0xFF}) return false;
    has_lowest = has_lowest || bytes[at] != std::byte{0};
  }
  if (!has_lowest) return std::nullopt;
  return true;
}

PcmEncoder::PcmEncoder(SampleFormat format, std::size_t channels) : format_(format) {
  for (std::uint64_t seed = 1; seed <= channels; ++seed) dither_.emplace_back(seed);
}

void PcmEncoder::encode(std::span<const float> samples, std::vector<std::byte>& bytes) {
  bytes.reserve(bytes.size() + samples.size() * bytes_per_sample(format_));
  std::size_t channel = 0;
  for (const float sample : samples) {
    switch (format_) {
      case SampleFormat::pcm16:
        store<2>(static_cast<std::uint32_t>(quantise(sample, 32768.0, dither_[channel].next())), bytes);
        break;
      case SampleFormat::pcm24:
        store<3>(static_cast<std::uint32_t>(quantise(sample, 8388608.0, 0.0)), bytes);
        break;
      case SampleFormat::float32:
        store<4>(std::bit_cast<std::uint32_t>(sample), bytes);
        break;
    }
    if (++channel == dither_.size()) channel = 0;
  }
}

std::int32_t PcmEncoder::quantise(float sample, double scale, double noise) {
  if (sample == 0.0f || std::isnan(sample)) return 0;
  if (std::abs(sample) > 1.0f) ++clipped_samples_;
  const double limited = std::clamp(sample * scale + noise, -scale, scale - 1.0);
  return static_cast<std::int32_t>(std::lrint(limited));
}

}  // namespace ictus::audio
