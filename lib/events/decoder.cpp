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
  std::vector<Event> waiting;  // in order, not yet heard
  std::int64_t next_frame = 0;
  std::int64_t end_samples = 0;  // of the blocks so far

  [[nodiscard]] std::int64_t piece_end() const;
  void render_until(std::int64_t end_frame);
};

/// Where the piece of frames that is rendered next ends: pieces of a hop at fixed places, each as far as the
/// events of whole hops can be heard, which begins half a window before their onsets. So the memory stays
/// small, and the samples are the same however events come in blocks.
std::int64_t Decoder::State::piece_end() const {
  const auto& bands = model.config.bands;
  const std::int64_t piece = model.config.hop_frames();
  const std::int64_t early = bands.fine_window_samples / 2 / bands.fine_hop_samples;
  return ((next_frame + early) / piece + 1) * piece - early;
}

/// Renders up to `end_frame`, which does not lie beyond the end of the piece.
void Decoder::State::render_until(std::int64_t end_frame) {
  const auto& bands = model.config.bands;
  const std::int64_t hop = bands.fine_hop_samples;
  const std::int64_t heard_samples = end_frame * hop + bands.fine_window_samples / 2;
  const auto unheard = std::partition_point(
      waiting.begin(), waiting.end(),
      [heard_samples](const Event& event) { return event.onset_samples < heard_samples; });
  active.add({waiting.begin(), unheard});
  waiting.erase(waiting.begin(), unheard);
  active.drop_dead(next_frame * hop - bands.fine_window_samples / 2);
  const torch::Tensor power = active.fine(next_frame * hop, end_frame - next_frame)[0];  // [bands, frames]
  phase.push(torch::matmul(power.t(), model.bands.fine_expand).sqrt());
  next_frame = end_frame;
}

Decoder::Decoder(std::shared_ptr<const LoadedModel> model, Emit emit)
    : state_(std::make_unique<State>(std::move(model), std::move(emit))) {}

Decoder::~Decoder() = default;

void Decoder::push(const EventBlock& block) {
  State& s = *state_;
  s.waiting.insert(s.waiting.end(), block.events.begin(), block.events.end());
  s.end_samples = block.end_samples;
  const auto& bands = s.model.config.bands;
  const auto is_known = [&](std::int64_t end_frame) {
    return end_frame * bands.fine_hop_samples + bands.fine_window_samples / 2 <= s.end_samples;
  };
  while (is_known(s.piece_end())) s.render_until(s.piece_end());
}

void Decoder::finish(std::optional<std::uint64_t> length_samples) {
  State& s = *state_;
  const auto length =
      static_cast<std::int64_t>(length_samples.value_or(static_cast<std::uint64_t>(s.end_samples)));
  if (!s.sound.end_at(length)) return;
  // Enough frames that the last sample lies under whole windows; what is too much is cut.
  const auto& bands = s.model.config.bands;
  const std::int64_t end_frame =
      length / bands.fine_hop_samples + bands.fine_window_samples / bands.fine_hop_samples + 1;
  while (s.next_frame < end_frame) s.render_until(std::min(s.piece_end(), end_frame));
  s.phase.finish();
}

}  // namespace ictus::events
