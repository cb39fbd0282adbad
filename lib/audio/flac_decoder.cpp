#include "lib/audio/flac_decoder.hpp"

#include <FLAC/stream_decoder.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "lib/audio/tags.hpp"
#include "lib/audio/vorbis_comment.hpp"
#include "lib/core/utf8.hpp"

namespace ictus::audio {
namespace {

struct DecoderCloser {
  void operator()(FLAC__StreamDecoder* decoder) const { FLAC__stream_decoder_delete(decoder); }
};

}  // namespace

struct FlacDecoder::State {
  std::unique_ptr<FLAC__StreamDecoder, DecoderCloser> decoder{FLAC__stream_decoder_new()};
  Feed feed;
  IsOver is_over;
  std::string name;

  // What the metadata say.
  AudioSpec spec;
  unsigned bits = 0;
  std::uint64_t promised = 0;  ///< 0: unknown
  std::uint32_t channel_mask = 0;
  Tags tags;

  // What the sound is like so far.
  SoundBlock* block = nullptr;  ///< where the next frame goes
  bool is_filled = false;
  bool is_over_now = false;
  bool reads_sound = false;
  bool has_wrong_checksum = false;
  std::uint64_t fed = 0;
  std::uint64_t end_of_sound = 0;
  std::uint64_t position = 0;     ///< frames so far
  std::uint64_t fault_count = 0;  ///< places
  bool is_in_fault = false;
  std::uint64_t first_fault = 0;  ///< in frames
  std::uint64_t lost = 0;         ///< frames that became silence
  std::string first_reason;
  std::exception_ptr failure;  ///< what a callback threw

  FLAC__StreamDecoderReadStatus read(FLAC__byte* bytes, std::size_t* size) {
    try {
      *size = feed(std::span(reinterpret_cast<std::byte*>(bytes), *size));
    } catch (...) {
      failure = std::current_exception();
      return FLAC__STREAM_DECODER_READ_STATUS_ABORT;
    }
    fed += *size;
    return *size == 0 ? FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM
                      : FLAC__STREAM_DECODER_READ_STATUS_CONTINUE;
  }

  void take_metadata(const FLAC__StreamMetadata& metadata) {
    if (metadata.type == FLAC__METADATA_TYPE_STREAMINFO) {
      const auto& info = metadata.data.stream_info;
      spec = {static_cast<int>(info.sample_rate), static_cast<int>(info.channels)};
      bits = info.bits_per_sample;
      promised = info.total_samples;
    } else if (metadata.type == FLAC__METADATA_TYPE_VORBIS_COMMENT) {
      const auto& comments = metadata.data.vorbis_comment;
      for (FLAC__uint32 i = 0; i < comments.num_comments; ++i) {
        const std::string_view entry(reinterpret_cast<const char*>(comments.comments[i].entry),
                                     comments.comments[i].length);
        constexpr std::string_view kMask = "waveformatextensible_channel_mask=";
        if (lower_case(entry.substr(0, kMask.size())) == kMask)
          channel_mask = static_cast<std::uint32_t>(
              std::strtoul(std::string(entry.substr(kMask.size())).c_str(), nullptr, 0));
        add_comment(tags, entry);
      }
    }
  }

  FLAC__StreamDecoderWriteStatus take_frame(const FLAC__Frame& frame, const FLAC__int32* const* samples) {
    if (is_over_now) return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
    const auto& header = frame.header;
    block->spec = {static_cast<int>(header.sample_rate), static_cast<int>(header.channels)};
    const auto scale = static_cast<float>(std::ldexp(1.0, 1 - static_cast<int>(header.bits_per_sample)));
    for (unsigned i = 0; i < header.blocksize; ++i) {
      for (unsigned channel = 0; channel < header.channels; ++channel)
        block->interleaved.push_back(static_cast<float>(samples[channel][i]) * scale);
    }
    // libFLAC puts silence in place of frames that are lost or damaged, as their numbers tell.
    is_in_fault = is_in_fault && is_silent(header, samples);
    if (is_in_fault) lost += header.blocksize;
    position += header.blocksize;
    is_filled = true;
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
  }

  static bool is_silent(const FLAC__FrameHeader& header, const FLAC__int32* const* samples) {
    return std::all_of(samples, samples + header.channels, [&](const FLAC__int32* channel) {
      return std::all_of(channel, channel + header.blocksize, [](FLAC__int32 sample) { return sample == 0; });
    });
  }

  void take_error(FLAC__StreamDecoderErrorStatus status) {
    if (is_over_now) return;
    // What is behind all the sound that was promised is none.
    is_over_now = reads_sound && !is_in_fault && (is_all_there() || (is_over && is_over(end_of_sound)));
    if (is_over_now) return;
    switch (status) {
      case FLAC__STREAM_DECODER_ERROR_STATUS_FRAME_CRC_MISMATCH:
        return start_fault("has a frame with a wrong checksum");
      case FLAC__STREAM_DECODER_ERROR_STATUS_UNPARSEABLE_STREAM:
        return start_fault("has a frame of a kind that cannot be read");
      case FLAC__STREAM_DECODER_ERROR_STATUS_BAD_HEADER:
        return start_fault("has a damaged frame header");
      default:
        return start_fault(reads_sound ? "has bytes that are no frame" : "has damaged metadata");
    }
  }

  void start_fault(const std::string& reason) {
    if (is_in_fault) return;
    is_in_fault = true;
    if (fault_count++ > 0) return;
    first_fault = position;
    first_reason = reason;
  }

  [[nodiscard]] bool is_all_there() const { return promised > 0 && position >= promised; }

  void fail_if_failed() const {
    if (failure) std::rethrow_exception(failure);
  }
};

FlacDecoder::FlacDecoder(Feed feed, IsOver is_over, const std::string& name)
    : state_(std::make_unique<State>()) {
  state_->feed = std::move(feed);
  state_->is_over = std::move(is_over);
  state_->name = name;
  FLAC__StreamDecoder* decoder = state_->decoder.get();
  if (decoder == nullptr) throw std::bad_alloc();
  FLAC__stream_decoder_set_md5_checking(decoder, 1);
  FLAC__stream_decoder_set_metadata_respond(decoder, FLAC__METADATA_TYPE_VORBIS_COMMENT);
  const auto status = FLAC__stream_decoder_init_stream(
      decoder,
      [](const FLAC__StreamDecoder*, FLAC__byte* bytes, std::size_t* size, void* state) {
        return static_cast<State*>(state)->read(bytes, size);
      },
      nullptr,
      [](const FLAC__StreamDecoder*, FLAC__uint64* offset, void* state) {
        *offset = static_cast<State*>(state)->fed;
        return FLAC__STREAM_DECODER_TELL_STATUS_OK;
      },
      nullptr, nullptr,
      [](const FLAC__StreamDecoder*, const FLAC__Frame* frame, const FLAC__int32* const* samples,
         void* state) { return static_cast<State*>(state)->take_frame(*frame, samples); },
      [](const FLAC__StreamDecoder*, const FLAC__StreamMetadata* metadata, void* state) {
        static_cast<State*>(state)->take_metadata(*metadata);
      },
      [](const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus error, void* state) {
        static_cast<State*>(state)->take_error(error);
      },
      state_.get());
  if (status != FLAC__STREAM_DECODER_INIT_STATUS_OK) {
    throw Error("cannot read " + name + " as FLAC: " + FLAC__StreamDecoderInitStatusString[status]);
  }
  SoundBlock none;
  state_->block = &none;
  FLAC__stream_decoder_process_until_end_of_metadata(decoder);
  state_->fail_if_failed();
  if (state_->spec.channels == 0) {
    throw Error(name + " is a FLAC file that ends or is damaged inside its header",
                "it holds no sound; copy or encode it again");
  }
  if (state_->bits < FLAC__MIN_BITS_PER_SAMPLE || state_->bits > FLAC__REFERENCE_CODEC_MAX_BITS_PER_SAMPLE) {
    throw Error(name + " is a FLAC file of " + std::to_string(state_->bits) +
                    " bits, which the FLAC library of this system (" + FLAC__VERSION_STRING +
                    ") does not decode",
                "make one of at most " + std::to_string(FLAC__REFERENCE_CODEC_MAX_BITS_PER_SAMPLE) +
                    " bits of it, or a WAV file, with another program");
  }
  state_->reads_sound = true;
  FLAC__uint64 offset = 0;
  if (FLAC__stream_decoder_get_decode_position(decoder, &offset) != 0) state_->end_of_sound = offset;
}

FlacDecoder::~FlacDecoder() = default;

bool FlacDecoder::next(SoundBlock& block) {
  State& state = *state_;
  FLAC__StreamDecoder* decoder = state.decoder.get();
  block.interleaved.clear();
  state.block = &block;
  state.is_filled = false;
  if (state.is_all_there() && state.is_over && state.is_over(state.end_of_sound)) state.is_over_now = true;
  while (!state.is_filled && !state.is_over_now) {
    const bool fine = FLAC__stream_decoder_process_single(decoder) != 0;
    state.fail_if_failed();
    if (state.is_filled) {
      FLAC__uint64 offset = 0;
      if (FLAC__stream_decoder_get_decode_position(decoder, &offset) != 0) state.end_of_sound = offset;
    }
    if (!fine || FLAC__stream_decoder_get_state(decoder) == FLAC__STREAM_DECODER_END_OF_STREAM) break;
  }
  if (state.is_filled) return true;
  // After sound of another stream, or some that was lost, the checksum means nothing.
  const bool is_whole =
      state.fault_count == 0 && (state.promised == 0 ? !state.is_over_now : state.position == state.promised);
  const bool sums_agree = FLAC__stream_decoder_finish(decoder) != 0;
  if (is_whole && !sums_agree) state.has_wrong_checksum = true;
  return false;
}

AudioSpec FlacDecoder::spec() const { return state_->spec; }

std::optional<std::uint64_t> FlacDecoder::promised_frames() const {
  if (state_->promised == 0) return std::nullopt;
  return state_->promised;
}

Speakers FlacDecoder::speakers() const {
  const Speakers stated = speakers_of_mask(state_->channel_mask, state_->spec.channels);
  return stated.empty() ? flac_speakers(state_->spec.channels) : stated;
}

const Tags& FlacDecoder::tags() const { return state_->tags; }
std::uint64_t FlacDecoder::end_of_sound() const { return state_->end_of_sound; }

std::vector<std::string> FlacDecoder::remarks() const {
  std::vector<std::string> remarks;
  if (state_->has_wrong_checksum) {
    remarks.push_back(
        state_->name +
        " has other sound than was encoded, as its checksum (MD5) says, though no frame is damaged");
  }
  if (state_->promised > 0 && state_->position > state_->promised) {
    remarks.push_back(state_->name + " holds " + std::to_string(state_->position - state_->promised) +
                      " frames more than its header promises, which were read as well");
  }
  return remarks;
}

std::vector<std::string> FlacDecoder::faults() const {
  const State& state = *state_;
  std::vector<std::string> faults;
  if (state.promised > state.position) {
    faults.push_back(cut_short_fault(state.promised, state.position, "frames"));
  }
  // Where nothing follows the fault, it is the end of what is there.
  const bool is_only_the_end = state.fault_count == 1 && state.first_fault == state.position;
  if (is_only_the_end && faults.empty()) faults.emplace_back("is cut short: it ends inside a frame");
  if (state.fault_count > 0 && !is_only_the_end) {
    std::string fault = state.first_reason + " at frame " + std::to_string(state.first_fault);
    if (state.fault_count > 1)
      fault += ", the first of " + std::to_string(state.fault_count) + " such places";
    if (state.lost > 0) fault += "; " + std::to_string(state.lost) + " frames became silence";
    faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace ictus::audio
