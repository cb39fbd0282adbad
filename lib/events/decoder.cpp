#include <algorithm>
#include <vector>

#include "lib/core/exact_length.hpp"
#include "lib/dsp/phase.hpp"
#include "lib/events/active_events.hpp"
#include "lib/events/codec.hpp"
#include "lib/events/loaded_model.hpp"

namespace ictus::events {

struct Decoder::State {
  State(std::shared_ptr<const LoadedModel> loaded_, Emit emit_)
      : loaded(std::move(loaded_)),
        model(*loaded->model),
        sound(std::move(emit_)),
        active(model),
        phase({.window_samples = model.config.bands.fine_window_samples,
               .hop_samples = model.config.bands.fine_hop_samples},
              [this](std::span<const float> samples) { sound.push(samples); }) {}

  std::shared_ptr<const LoadedModel> loaded;
  models::EventModel& model;
  ExactLength sound;
  ActiveEvents active;
  dsp::PhaseStream phase;
  std::int64_t next_frame = 0;
  std::int64_t end_samples = 0;  // of the blocks so far

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
  if (!s.sound.end_at(length)) return;
  // Enough frames that the last sample lies under whole windows; what is too much is cut.
  const auto& bands = s.model.config.bands;
  s.render_until(length / bands.fine_hop_samples + bands.fine_window_samples / bands.fine_hop_samples + 1);
  s.phase.finish();
}

}  // namespace ictus::events
