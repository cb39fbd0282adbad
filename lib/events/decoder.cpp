#include <algorithm>
#include <limits>
#include <vector>

#include "lib/dsp/phase.hpp"
#include "lib/events/active_events.hpp"
#include "lib/events/codec.hpp"
#include "lib/events/loaded_model.hpp"

namespace ictus::events {

struct Decoder::State {
  State(std::shared_ptr<const LoadedModel> loaded_, Emit emit_)
      : loaded(std::move(loaded_)),
        model(*loaded->model),
        emit(std::move(emit_)),
        active(model),
        phase({.window_samples = model.config.bands.fine_window_samples,
               .hop_samples = model.config.bands.fine_hop_samples},
              [this](std::span<const float> samples) { hand_out(samples); }) {}

  std::shared_ptr<const LoadedModel> loaded;
  models::EventModel& model;
  Emit emit;
  ActiveEvents active;
  dsp::PhaseStream phase;
  std::int64_t next_frame = 0;
  std::int64_t end_samples = 0;  // of the blocks so far
  std::int64_t handed_out = 0;

  std::int64_t length = std::numeric_limits<std::int64_t>::max();  // known at the end

  void hand_out(std::span<const float> samples) {
    const auto left = static_cast<std::uint64_t>(length - handed_out);
    samples = samples.first(static_cast<std::size_t>(std::min<std::uint64_t>(samples.size(), left)));
    if (!samples.empty()) emit(samples);
    handed_out += static_cast<std::int64_t>(samples.size());
  }
  void render_until(std::int64_t end_frame);
};

void Decoder::State::render_until(std::int64_t end_frame) {
  // Pieces of a hop at fixed places: the memory stays small and the samples the same.
  const std::int64_t piece = model.config.hop_frames();
  const std::int64_t hop = model.config.bands.fine_hop_samples;
  while (next_frame < end_frame) {
    const std::int64_t frames = std::min(piece - next_frame % piece, end_frame - next_frame);
    active.drop_dead(next_frame * hop - model.config.bands.fine_window_samples / 2);
    const torch::Tensor power = active.fine(next_frame * hop, frames)[0];  // [bands, frames]
    phase.push(torch::matmul(power.t(), model.bands.fine_expand).sqrt());
    next_frame += frames;
  }
}

Decoder::Decoder(std::shared_ptr<const LoadedModel> model, Emit emit)
    : state_(std::make_unique<State>(std::move(model), std::move(emit))) {}

Decoder::~Decoder() = default;

void Decoder::push(const EventBlock& block) {
  State& s = *state_;
  s.active.add(block.events);
  s.end_samples = block.end_samples;
  // An event to come can be heard half a window before its onset.
  const auto& bands = s.model.config.bands;
  s.render_until((block.end_samples - bands.fine_window_samples / 2) / bands.fine_hop_samples);
}

void Decoder::finish(std::optional<std::uint64_t> length_samples) {
  State& s = *state_;
  const auto length =
      static_cast<std::int64_t>(length_samples.value_or(static_cast<std::uint64_t>(s.end_samples)));
  // What was handed out already cannot be taken back; a sound file's blocks end where it ends.
  s.length = std::max(length, s.handed_out);
  if (s.length == s.handed_out) return;
  // Enough frames that the last sample lies under whole windows; what is too much is cut.
  const auto& bands = s.model.config.bands;
  s.render_until(length / bands.fine_hop_samples + bands.fine_window_samples / bands.fine_hop_samples + 1);
  s.phase.finish();
}

}  // namespace ictus::events
