#include "tests/unit/audio/support.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <fstream>
#include <numbers>

#include "lib/core/error.hpp"

namespace ictus::test {

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes text(std::string_view characters) {
  Bytes bytes;
  for (const char c : characters) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

static Bytes number(std::uint64_t value, int size) {
  Bytes bytes;
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFu));
  return bytes;
}

Bytes u16(std::uint64_t value) { return number(value, 2); }
Bytes u32(std::uint64_t value) { return number(value, 4); }
Bytes u64(std::uint64_t value) { return number(value, 8); }
Bytes f32(float value) { return u32(std::bit_cast<std::uint32_t>(value)); }
Bytes f64(double value) { return u64(std::bit_cast<std::uint64_t>(value)); }
Bytes zeros(std::size_t count) { return Bytes(count); }

std::uint64_t number_at(const Bytes& bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::to_integer<std::uint64_t>(bytes.at(offset + i)) << (8 * i);
  }
  return value;
}

std::string text_at(const Bytes& bytes, std::size_t offset, std::size_t size) {
  std::string characters;
  for (std::size_t i = 0; i < size; ++i) characters += static_cast<char>(bytes.at(offset + i));
  return characters;
}

Bytes chunk(std::string_view id, const Bytes& content) {
  return text(id) + u32(content.size()) + content + zeros(content.size() % 2);
}

static Bytes format_fields(int format, int channels, int rate, int bits) {
  const std::int64_t frame_bytes = std::int64_t{channels} * ((bits + 7) / 8);
  return u16(static_cast<std::uint64_t>(format)) + u16(channels) + u32(rate) + u32(rate * frame_bytes) +
         u16(frame_bytes) + u16(bits);
}

Bytes fmt_chunk(int format, int channels, int rate, int bits) {
  return chunk("fmt ", format_fields(format, channels, rate, bits));
}

Bytes extensible_fmt_chunk(int format, int channels, int rate, int container_bits, int valid_bits) {
  const Bytes guid_rest = u16(0) + u16(0) + u16(0x10) + text(std::string("\x80\0\0\xAA\0\x38\x9B\x71", 8));
  return chunk("fmt ", format_fields(0xFFFE, channels, rate, container_bits) + u16(22) + u16(valid_bits) +
                           u32(0) + u16(format) + guid_rest);
}

Bytes wav(const Bytes& chunks, const Bytes& sound) {
  return wav_with_sizes(4 + chunks.size() + 8 + sound.size() + sound.size() % 2, chunks, sound.size(),
                        sound + zeros(sound.size() % 2));
}

Bytes wav_with_sizes(std::uint64_t riff_size, const Bytes& chunks, std::uint64_t data_size,
                     const Bytes& sound) {
  return text("RIFF") + u32(riff_size) + text("WAVE") + chunks + text("data") + u32(data_size) + sound;
}

Bytes s16(std::span<const int> samples) {
  Bytes bytes;
  for (const int sample : samples) bytes = std::move(bytes) + u16(static_cast<std::uint64_t>(sample));
  return bytes;
}

std::vector<int> sine16(std::size_t count, double hz, double rate) {
  std::vector<int> samples;
  for (const float value : sine(count, hz, rate)) {
    samples.push_back(static_cast<int>(std::lround(static_cast<double>(value) * 32768.0)));
  }
  return samples;
}

static Bytes reversed(Bytes bytes) {
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

Bytes big16(std::uint64_t value) { return reversed(u16(value)); }
Bytes big32(std::uint64_t value) { return reversed(u32(value)); }
Bytes big64(std::uint64_t value) { return reversed(u64(value)); }

static audio::ReadAt reader_of(const Bytes& bytes) {
  return [&bytes](std::uint64_t offset, std::span<std::byte> out) -> std::size_t {
    if (offset >= bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(out.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return count;
  };
}

std::optional<audio::SoundHeader> header_of(const Bytes& file, const std::string& name) {
  return audio::read_sound_header({reader_of(file), file.size(), name});
}

std::optional<audio::SoundHeader> header_of_pipe(const Bytes& content, const std::string& name) {
  return audio::read_sound_header({reader_of(content), std::nullopt, name});
}

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ictus-test-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::file(const std::string& name, const Bytes& content) const {
  std::ofstream out(file(name), std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  REQUIRE(out.good());
  return file(name);
}

Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return text(content);
}

Fifo::Fifo(const TempFolder& folder, std::function<void(int fd)> writer) : path_(folder.file("fifo")) {
  ::unlink(path_.c_str());
  REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
  thread_ = std::thread([path = path_, writer = std::move(writer)] {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    writer(fd);
    ::close(fd);
  });
}

Fifo::Fifo(const TempFolder& folder, const Bytes& content)
    : Fifo(folder, [content](int fd) { write_bytes(fd, content); }) {}

Fifo::~Fifo() { thread_.join(); }

void write_bytes(int fd, const Bytes& bytes) {
  std::span<const std::byte> rest = bytes;
  while (!rest.empty()) {
    const ssize_t count = ::write(fd, rest.data(), rest.size());
    if (count <= 0) return;
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
}

std::vector<float> read_all(audio::Source& source, std::size_t block) {
  std::vector<float> samples;
  std::vector<float> buffer(block);
  while (const std::size_t count = source.read(buffer)) {
    samples.insert(samples.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

std::vector<float> read_all(const std::string& path, int rate, std::size_t block) {
  return read_all(*audio::Source::open(path, rate), block);
}

void write_sndfile(const std::string& path, int format, int rate, int channels,
                   std::span<const float> interleaved) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE_MESSAGE(file != nullptr, sf_strerror(nullptr));
  const auto count = static_cast<sf_count_t>(interleaved.size());
  CHECK(sf_write_float(file, interleaved.data(), count) == count);
  sf_close(file);
}

std::vector<float> sine(std::size_t count, double hz, double rate, double amplitude) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] =
        static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / rate));
  }
  return samples;
}

double amplitude_at(std::span<const float> signal, double hz, double rate) {
  std::complex<double> sum = 0.0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    sum += std::polar(static_cast<double>(signal[i]),
                      -2.0 * std::numbers::pi * hz * static_cast<double>(i) / rate);
  }
  return 2.0 * std::abs(sum) / static_cast<double>(signal.size());
}

std::string quoted(const std::string& path) {
  std::string name = "'";
  name += path;
  return name += "'";
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

void write_tagged(const std::string& path, int sndfile_format) {
  SF_INFO info{};
  info.samplerate = 22050;
  info.channels = 1;
  info.format = sndfile_format;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE(file != nullptr);
  sf_set_string(file, SF_STR_TITLE, "Rusalka");
  sf_set_string(file, SF_STR_ARTIST, "Dvořák");
  const auto samples = sine(1000, 440, 22050);
  sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

std::vector<float> side_by_side(const std::vector<std::vector<float>>& channels) {
  std::vector<float> frames;
  for (std::size_t frame = 0; frame < channels[0].size(); ++frame)
    for (const auto& channel : channels) frames.push_back(channel[frame]);
  return frames;
}

Mixed mixed(const audio::Speakers& speakers, const std::vector<std::vector<float>>& channels, int rate,
            std::size_t outputs, std::size_t at_once) {
  const std::vector<float> interleaved = side_by_side(channels);
  audio::ChannelMix mix(speakers, channels.size(), rate, outputs);
  Mixed result;
  std::span<const float> rest = interleaved;
  while (!rest.empty()) {
    const auto part = rest.first(std::min(rest.size(), at_once * channels.size()));
    mix.push(part, result.samples);
    rest = rest.subspan(part.size());
  }
  mix.finish(result.samples);
  result.remarks = mix.remarks();
  return result;
}

}  // namespace ictus::test
