// What the tests of sound in and out share: bytes built by hand, files, pipes, and simple signals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lib/audio/audio.hpp"
#include "lib/audio/channel_mix.hpp"
#include "lib/audio/sound_header.hpp"

namespace ictus::test {

using Bytes = std::vector<std::byte>;

Bytes operator+(Bytes left, const Bytes& right);
Bytes text(std::string_view characters);
/// Little endian.
Bytes u16(std::uint64_t value);
Bytes u32(std::uint64_t value);
Bytes u64(std::uint64_t value);
Bytes f32(float value);
Bytes f64(double value);
Bytes zeros(std::size_t count);
std::uint64_t number_at(const Bytes& bytes, std::size_t offset, std::size_t size);
std::string text_at(const Bytes& bytes, std::size_t offset, std::size_t size);

Bytes chunk(std::string_view id, const Bytes& content);
/// A classic fmt chunk of 16 bytes.
Bytes fmt_chunk(int format, int channels, int rate, int bits);
Bytes extensible_fmt_chunk(int format, int channels, int rate, int container_bits, int valid_bits);
/// RIFF, WAVE, `chunks`, and a data chunk, with true sizes.
Bytes wav(const Bytes& chunks, const Bytes& sound);
/// The same with whatever sizes a producer writes.
Bytes wav_with_sizes(std::uint64_t riff_size, const Bytes& chunks, std::uint64_t data_size,
                     const Bytes& sound);
Bytes s16(std::span<const int> samples);
/// The same numbers with the other byte first.
Bytes big16(std::uint64_t value);
Bytes big32(std::uint64_t value);
Bytes big64(std::uint64_t value);
/// The header of a file with these bytes, or of a pipe.
std::optional<audio::SoundHeader> header_of(const Bytes& file, const std::string& name);
std::optional<audio::SoundHeader> header_of_pipe(const Bytes& content, const std::string& name);
/// A 16-bit sine of half full scale.
std::vector<int> sine16(std::size_t count, double hz, double rate);

/// A file of libsndfile's with a short sine at 22.05 kHz, the title "Rusalka" and the artist "Dvořák".
void write_tagged(const std::string& path, int sndfile_format);

/// A folder of its own that goes when the test ends.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string file(const std::string& name, const Bytes& content) const;

 private:
  std::filesystem::path path_;
};

Bytes read_file(const std::string& path);

/// A FIFO whose content comes from a thread of its own.
class Fifo {
 public:
  Fifo(const TempFolder& folder, std::function<void(int fd)> writer);
  Fifo(const TempFolder& folder, const Bytes& content);
  ~Fifo();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::thread thread_;
};

void write_bytes(int fd, const Bytes& bytes);

std::vector<float> read_all(audio::Source& source, std::size_t block = 1000);
std::vector<float> read_all(const std::string& path, int rate, std::size_t block = 1000);

/// Writes with libsndfile; `format` as in sndfile.h.
void write_sndfile(const std::string& path, int format, int rate, int channels,
                   std::span<const float> interleaved);

std::vector<float> sine(std::size_t count, double hz, double rate, double amplitude = 0.5);

/// Amplitude of the component of `signal` at `hz`, over whole periods as far as the caller sees to it.
double amplitude_at(std::span<const float> signal, double hz, double rate);

/// Frames of these channels.
std::vector<float> side_by_side(const std::vector<std::vector<float>>& channels);

/// What a mix to `outputs` channels makes of sound, pushed so many frames at a time.
struct Mixed {
  std::vector<float> samples;
  std::vector<std::string> remarks;
};
Mixed mixed(const audio::Speakers& speakers, const std::vector<std::vector<float>>& channels, int rate,
            std::size_t outputs, std::size_t at_once);

/// As errors name a file.
std::string quoted(const std::string& path);

/// Runs `action` and returns the message of the ictus::Error that it throws; empty if it throws none.
std::string error_of(const std::function<void()>& action);

}  // namespace ictus::test
