#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "lib/audio/audio.hpp"
#include "lib/audio/both.hpp"
#include "lib/audio/byte_range.hpp"
#include "lib/audio/channel_mix.hpp"
#include "lib/audio/frame_reader.hpp"
#include "lib/audio/id3_tags.hpp"
#include "lib/audio/packed_formats.hpp"
#include "lib/audio/pcm_reader.hpp"
#include "lib/audio/peekable_input.hpp"
#include "lib/audio/rates.hpp"
#include "lib/audio/resampler.hpp"
#include "lib/audio/sndfile_reader.hpp"
#include "lib/audio/sound_header.hpp"
#include "lib/audio/spool.hpp"
#include "lib/audio/tagged_reader.hpp"
#include "lib/core/fd.hpp"
#include "lib/core/path.hpp"

namespace ictus::audio {
namespace {

// ---- Opening: from a path to frames ----

struct OpenInput {
  UniqueFd fd;
  std::string name;
  bool is_file = false;
  std::uint64_t position = 0;    ///< of a file
  std::uint64_t file_bytes = 0;  ///< of a file, from `position`
};

OpenInput open_input(const std::string& path) {
  OpenInput input;
  const bool is_standard_input = path == "-";
  input.name = is_standard_input ? "standard input" : "'" + path + "'";
  input.fd = UniqueFd(is_standard_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                        : open_path(path, O_RDONLY).release());
  if (input.fd.get() < 0) throw Error("cannot open " + input.name + ": " + std::strerror(errno));
  struct stat status {};
  if (::fstat(input.fd.get(), &status) != 0) {
    throw Error("cannot examine " + input.name + ": " + std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) throw Error(input.name + " is a directory", "name a sound file in it");
  input.is_file = S_ISREG(status.st_mode);
  if (input.is_file) {
    // Standard input may be a file of which something has been read already.
    input.position = static_cast<std::uint64_t>(std::max<off_t>(0, ::lseek(input.fd.get(), 0, SEEK_CUR)));
    const auto size = static_cast<std::uint64_t>(status.st_size);
    input.file_bytes = size - std::min(size, input.position);
    if (input.file_bytes == 0) throw Error(input.name + " is empty (0 bytes)");
  }
  return input;
}

/// Whether it begins with the header of a sound file, which as samples would be noise.
bool has_header(std::span<const std::byte> start) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  const auto is_chunk = [&](std::string_view magic, std::initializer_list<std::string_view> kinds) {
    return text.starts_with(magic) && std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) {
             return text.substr(std::min<std::size_t>(8, text.size())).starts_with(kind);
           });
  };
  return is_chunk("RIFF", {"WAVE"}) || is_chunk("RIFX", {"WAVE"}) || is_chunk("RF64", {"WAVE"}) ||
         is_chunk("BW64", {"WAVE"}) || is_chunk("FORM", {"AIFF", "AIFC"}) || text.starts_with("fLaC") ||
         text.starts_with("OggS") || text.starts_with("caff") || text.starts_with(".snd") ||
         text.starts_with("riff\x2E\x91\xCF\x11");
}

std::unique_ptr<FrameReader> open_raw(OpenInput input, const RawFormat& raw) {
  SoundHeader header;
  header.spec = raw.spec;
  header.encoding = pcm_encoding(raw.encoding);
  header.bytes_per_frame = static_cast<std::size_t>(raw.spec.channels) * bytes_per_sample(*header.encoding);
  if (input.is_file) header.data_bytes = input.file_bytes;
  auto bytes = std::make_unique<PeekableInput>(std::move(input.fd), input.name);
  const auto start = bytes->peek(12);
  if (start.empty()) throw Error(input.name + " is empty (0 bytes)");
  if (has_header(start)) {
    throw Error(input.name + " has the header of a sound file, and is said to be samples alone",
                "leave out --raw, or cut the header off: tail -c +45 FILE leaves out 44 bytes");
  }
  return std::make_unique<PcmReader>(std::move(bytes), std::move(header), PartialFrame::is_damage,
                                     BehindSound::left);
}

void check_spec(const AudioSpec& spec, const std::string& name) {
  if (!is_usable_rate(spec.sample_rate_hz)) {
    throw Error(name + " has a sample rate of " + std::to_string(spec.sample_rate_hz) + " Hz",
                usable_rates());
  }
  if (spec.channels >= 1 && spec.channels <= kMaxChannels) return;
  throw Error(name + " has " + std::to_string(spec.channels) + " channels",
              "from 1 to " + std::to_string(kMaxChannels) + " channels work");
}

std::unique_ptr<FrameReader> open_plain_file(OpenInput input, const ByteRange& file) {
  const ReadAt read = [&file](std::uint64_t offset, std::span<std::byte> bytes) {
    return file.read_at(offset, bytes);
  };
  const HeaderInput bytes_of_header{read, file.size(), file.name()};
  auto header = read_sound_header(bytes_of_header);
  if (header && !header->data_bytes) take_rest(bytes_of_header, *header);
  if (header) check_spec(header->spec, input.name);
  if (!header || !header->encoding) return open_sndfile(file, std::move(header));
  // libsndfile is not asked: it does not tell a file that was cut short from a whole one.
  if (::lseek(input.fd.get(), static_cast<off_t>(input.position + header->data_offset), SEEK_SET) < 0) {
    throw Error("cannot read " + input.name + ": " + std::strerror(errno));
  }
  return std::make_unique<PcmReader>(std::make_unique<PeekableInput>(std::move(input.fd), input.name),
                                     std::move(*header), PartialFrame::is_padding, BehindSound::left);
}

std::unique_ptr<FrameReader> open_file(OpenInput input) {
  UniqueFd shared(::fcntl(input.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!shared.is_open()) throw Error("cannot read " + input.name + ": " + std::strerror(errno));
  const ByteRange file(std::move(shared), input.position, input.file_bytes, input.name);
  if (auto packed = open_packed(file)) return packed;
  return with_tags(open_plain_file(std::move(input), file), read_id3_chunk(file));
}

/// Whether it is worth copying a whole pipe into a file.
bool may_be_sound(std::span<const std::byte> start) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  constexpr std::array<std::string_view, 12> magics{"RIFF", "RIFX", "RF64", "BW64", "FORM", "fLaC",
                                                    "OggS", "caff", "riff", ".snd", "dns.", "ID3"};
  const bool is_known = std::any_of(magics.begin(), magics.end(),
                                    [&](std::string_view magic) { return text.starts_with(magic); });
  const auto byte = [&](std::size_t i) { return std::to_integer<unsigned>(start[i]); };
  const bool is_mpeg_frame = start.size() >= 2 && byte(0) == 0xFF && (byte(1) & 0xE0) == 0xE0;
  return is_known || is_mpeg_frame;
}

std::unique_ptr<FrameReader> open_pipe(OpenInput input) {
  constexpr std::size_t kMaxHeaderBytes = 16 << 20;
  auto bytes = std::make_unique<PeekableInput>(std::move(input.fd), input.name);
  if (bytes->peek(1).empty()) throw Error(input.name + " is empty (0 bytes)");
  if (!may_be_sound(bytes->peek(12))) throw not_a_sound_file(input.name);
  const ReadAt read = [&](std::uint64_t offset, std::span<std::byte> out) -> std::size_t {
    if (offset + out.size() > kMaxHeaderBytes) {
      throw Error(input.name + " has more than 16 MiB of header before its sound",
                  "save it as a file and give that");
    }
    const auto peeked = bytes->peek(offset + out.size());
    const auto found = peeked.subspan(std::min<std::size_t>(offset, peeked.size()));
    std::copy(found.begin(), found.end(), out.begin());
    return found.size();
  };
  auto header = read_sound_header({read, std::nullopt, input.name});
  if (header && header->encoding) {
    check_spec(header->spec, input.name);
    bytes->peek(header->data_offset);  // whatever stands before the sound
    bytes->skip_peeked(header->data_offset);
    return std::make_unique<PcmReader>(std::move(bytes), std::move(*header), PartialFrame::is_padding,
                                       BehindSound::drained);
  }
  OpenInput file;
  file.fd = spool(*bytes);
  file.name = input.name;
  file.is_file = true;
  file.file_bytes = static_cast<std::uint64_t>(std::max<off_t>(0, ::lseek(file.fd.get(), 0, SEEK_END)));
  ::lseek(file.fd.get(), 0, SEEK_SET);
  return open_file(std::move(file));
}

std::unique_ptr<FrameReader> open_frames(OpenInput input, const std::optional<RawFormat>& raw) {
  const std::string name = input.name;
  if (raw) {
    check_spec(raw->spec, "the description of " + name);
    return open_raw(std::move(input), *raw);
  }
  auto frames = input.is_file ? open_file(std::move(input)) : open_pipe(std::move(input));
  check_spec(frames->spec(), name);
  return frames;
}

// ---- Reading: from frames to one or two channels at the wanted rate ----

class MixedSource : public Source {
 public:
  MixedSource(std::unique_ptr<FrameReader> frames, int sample_rate_hz, int most_channels)
      : frames_(std::move(frames)),
        original_channels_(static_cast<std::size_t>(frames_->spec().channels)),
        channels_(std::min(frames_->spec().channels, most_channels)),
        mix_(frames_->speakers(), original_channels_, frames_->spec().sample_rate_hz,
             static_cast<std::size_t>(channels_)),
        resampler_(frames_->spec().sample_rate_hz, sample_rate_hz, static_cast<std::size_t>(channels_)) {
    constexpr std::size_t kSamplesAtOnce = 16384;
    interleaved_.resize(std::max<std::size_t>(1, kSamplesAtOnce / original_channels_) * original_channels_);
  }

  /// Reads the first frames; throws ictus::Error if there are none.
  void begin(const std::string& name) {
    refill();
    if (original_frames_ > 0) return;
    const auto damage = frames_->damage();
    throw Error(name + " holds no samples", damage ? damage->what() : "");
  }

  std::size_t read(std::span<float> block) override {
    std::size_t filled = 0;
    while (filled < block.size()) {
      if (taken_ == ready_.size()) {
        if (ended_) break;
        refill();
        continue;
      }
      const std::size_t count = std::min(block.size() - filled, ready_.size() - taken_);
      std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count,
                  block.begin() + static_cast<std::ptrdiff_t>(filled));
      taken_ += count;
      filled += count;
    }
    if (filled == 0 && !block.empty()) {
      if (const auto damage = frames_->damage()) throw DamagedInput(*damage);
    }
    return filled;
  }

  [[nodiscard]] int channels() const override { return channels_; }
  [[nodiscard]] AudioSpec original_spec() const override { return frames_->spec(); }
  [[nodiscard]] std::uint64_t original_frames() const override { return original_frames_; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override {
    return frames_->expected_frames();
  }
  [[nodiscard]] std::uint64_t non_finite_samples() const override { return mix_.non_finite_samples(); }
  [[nodiscard]] float peak() const override { return peak_; }
  [[nodiscard]] Tags tags() const override { return frames_->tags(); }
  [[nodiscard]] std::vector<std::string> remarks() const override {
    return both(frames_->remarks(), mix_.remarks());
  }

 private:
  void refill() {
    ready_.clear();
    taken_ = 0;
    mixed_.clear();
    const std::size_t count = frames_->read(interleaved_);
    if (count > 0) {
      original_frames_ += count;
      mix_.push(std::span<const float>(interleaved_).first(count * original_channels_), mixed_);
      resample();
      return;
    }
    ended_ = true;
    mix_.finish(mixed_);
    resample();
    resampler_.finish(ready_);
  }

  void resample() {
    for (const float sample : mixed_) peak_ = std::max(peak_, std::abs(sample));
    resampler_.push(mixed_, ready_);
  }

  std::unique_ptr<FrameReader> frames_;
  std::size_t original_channels_;
  int channels_;
  ChannelMix mix_;
  Resampler resampler_;
  std::vector<float> interleaved_;
  std::vector<float> mixed_;
  std::vector<float> ready_;
  std::size_t taken_ = 0;  ///< samples of ready_ that have been handed out
  bool ended_ = false;
  std::uint64_t original_frames_ = 0;
  float peak_ = 0.0F;
};

}  // namespace

std::unique_ptr<Source> Source::open(const std::string& path, int sample_rate_hz,
                                     const std::optional<RawFormat>& raw, int most_channels) {
  if (most_channels != 1 && most_channels != 2) throw std::logic_error("Source: at most 1 or 2 channels");
  OpenInput input = open_input(path);
  const std::string name = input.name;
  if (!is_usable_rate(sample_rate_hz)) {
    throw Error("cannot resample " + name + " to " + std::to_string(sample_rate_hz) + " Hz", usable_rates());
  }
  auto source =
      std::make_unique<MixedSource>(open_frames(std::move(input), raw), sample_rate_hz, most_channels);
  source->begin(name);
  return source;
}

}  // namespace ictus::audio
