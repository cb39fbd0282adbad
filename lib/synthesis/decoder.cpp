#include "lib/synthesis/decoder.hpp"

#include <algorithm>
#include <utility>

namespace ictus::synthesis {
namespace {

/// Sound is handed on in such pieces, so that memory stays small however long a block is.
constexpr std::int64_t kPieceSamples = 16384;

SynthesizerSettings settings_for(int channels) {
  SynthesizerSettings settings;
  settings.sample_rate_hz = EventModel::kSampleRateHz;
  settings.channels = channels;
  return settings;
}

}  // namespace

Decoder::Decoder(std::shared_ptr<const EventModel> model, int channels, Emit emit)
    : model_(std::move(model)),
      sound_(std::move(emit)),
      channels_(channels),
      synthesizer_(settings_for(channels)) {}

void Decoder::render_until(std::int64_t end_samples) {
  while (rendered_samples_ < end_samples) {
    rendered_samples_ = std::min(rendered_samples_ + kPieceSamples, end_samples);
    sound_.push(synthesizer_.render(rendered_samples_));
  }
}

void Decoder::push(const EventBlock& block) {
  for (const Event& event : block.events) synthesizer_.add(model_->sound_of(event), event.onset_samples);
  render_until(block.end_samples);
  end_samples_ = block.end_samples;
}

void Decoder::finish(std::optional<std::uint64_t> length_samples) {
  const auto length =
      static_cast<std::int64_t>(length_samples.value_or(static_cast<std::uint64_t>(end_samples_)));
  if (!sound_.end_at(length * channels_)) return;
  render_until(length);
  sound_.push(synthesizer_.finish(length));
}

}  // namespace ictus::synthesis
