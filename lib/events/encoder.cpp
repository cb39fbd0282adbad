#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "lib/events/active_events.hpp"
#include "lib/events/codec.hpp"
#include "lib/events/loaded_model.hpp"
#include "lib/events/propose.hpp"
#include "lib/events/refine.hpp"
#include "models/events/distance.hpp"

namespace ictus::events {
namespace {

using models::PowerMaps;
using models::Proposal;

/// Steps of refinement for --effort 0..9.
constexpr std::array<int, 10> kRefineSteps = {0, 8, 16, 28, 42, 60, 90, 130, 200, 320};
/// Below this power density (about -100 dB re full scale) there is nothing to encode.
constexpr double kSilence = 1e-9;
/// An event that lowers the distance by less than this is not worth its bits.
constexpr double kLeastWorthDb = 0.004;
/// Looking ends when an explanation is this close to the sound.
constexpr double kCloseEnoughDb = 0.25;

}  // namespace

struct Encoder::State {
  State(std::shared_ptr<const LoadedModel> loaded_, const EncoderSettings& settings_, Emit emit_)
      : loaded(std::move(loaded_)),
        model(*loaded->model),
        settings(settings_),
        emit(std::move(emit_)),
        active(model),
        // Half a window of silence comes before the first frame's centre.
        samples(static_cast<std::size_t>(model.config.bands.fine_window_samples / 2), 0.0F) {}

  std::shared_ptr<const LoadedModel> loaded;
  models::EventModel& model;
  EncoderSettings settings;
  Emit emit;
  ActiveEvents active;
  std::vector<float> samples;     // from half a window before the current window's first frame
  std::int64_t window_start = 0;  // centre of that frame
  std::int64_t received = 0;
  double level = 0.0;  // reference of the window before

  /// Frames of a window that are looked at: those that may hold onsets, those that bear on them, and as
  /// many more in which too much power is held against an explanation.
  [[nodiscard]] std::int64_t frames() const {
    return model.config.hop_frames() + 2 * model.config.encoder_reach_frames();
  }
  [[nodiscard]] std::size_t needed_samples() const {
    const auto& bands = model.config.bands;
    return static_cast<std::size_t>((frames() - 1) * bands.fine_hop_samples + bands.fine_window_samples);
  }

  void encode_window(std::int64_t end_samples);
  [[nodiscard]] std::vector<Event> explain(const PowerMaps& sound, const PowerMaps& carried,
                                           std::int64_t end_samples);
  [[nodiscard]] std::vector<Event> worth_keeping(std::vector<Event> events, const PowerMaps& sound,
                                                 const PowerMaps& carried);
};

void Encoder::State::encode_window(std::int64_t end_samples) {
  torch::NoGradGuard no_grad;
  const torch::Tensor heard =
      torch::from_blob(samples.data(), {1, static_cast<std::int64_t>(needed_samples())})
          .clone()
          .to(model.device);
  const PowerMaps power = model.analyse(heard, torch::ones({1}, heard.options()));
  // The loudest moment so far sets the floor; it is forgotten by 3 dB a hop.
  level = std::max(0.5 * level, power.fine.max().item<double>());
  EventBlock block;
  block.end_samples = end_samples;
  if (level > kSilence) {
    active.drop_dead(window_start);
    const PowerMaps ringing = active.both(window_start, frames());
    const PowerMaps sound{power.fine / level, power.coarse / level};
    const PowerMaps carried{ringing.fine / level, ringing.coarse / level};
    block.events = explain(sound, carried, end_samples);
    active.add(block.events);
  }
  emit(block);
}

std::vector<Event> Encoder::State::explain(const PowerMaps& sound, const PowerMaps& carried,
                                           std::int64_t end_samples) {
  const auto& c = model.config;
  const std::int64_t hop = c.hop_frames();
  const int most = std::min(settings.events_per_hop, c.events_per_hop());
  Proposal proposal = propose(model, sound, carried, most, kCloseEnoughDb);
  const std::int64_t proposed = proposal.log_gain.size(1);
  if (proposed == 0) return {};
  {
    torch::AutoGradMode with_gradients(true);
    proposal = refine(model, sound, carried, proposal,
                      kRefineSteps[static_cast<std::size_t>(settings.effort)], hop, frames() - hop);
  }

  const torch::Tensor vectors = proposal.vectors[0].to(torch::kCPU).contiguous();
  const torch::Tensor gains = proposal.log_gain[0].to(torch::kCPU).contiguous();
  const torch::Tensor onsets = proposal.onset_samples[0].to(torch::kCPU).contiguous();
  std::vector<Event> events;
  for (std::int64_t i = 0; i < proposed; ++i) {
    Event event;
    const float* vector = vectors[i].data_ptr<float>();
    std::copy(vector, vector + kEventVectorSize, event.vector.begin());
    event.gain_db = static_cast<float>(10.0 * (gains[i].item<double>() / std::log(10.0) + std::log10(level)));
    event.onset_samples = std::clamp<std::int64_t>(window_start + std::llround(onsets[i].item<double>()),
                                                   window_start, end_samples - 1);
    events.push_back(formats::quantise(event, settings.precision));
  }
  events = worth_keeping(std::move(events), sound, carried);
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
  return events;
}

std::vector<Event> Encoder::State::worth_keeping(std::vector<Event> events, const PowerMaps& sound,
                                                 const PowerMaps& carried) {
  const auto count = static_cast<std::int64_t>(events.size());
  const std::int64_t hop = model.config.hop_frames();
  torch::Tensor onsets = torch::empty({1, count});
  for (std::int64_t i = 0; i < count; ++i)
    onsets[0][i] = static_cast<float>(events[static_cast<std::size_t>(i)].onset_samples - window_start);
  const torch::Tensor gains = gains_of(events, model.device) / level;
  // Each event by itself: events become the batch. [E, bands, T]
  const torch::Tensor vectors = vectors_of(events, model.device);
  const PowerMaps alone = model.render(model.decoder->shape(vectors.transpose(0, 1)), gains.t(),
                                       onsets.to(model.device).t(), frames());
  PowerMaps all = carried + PowerMaps{alone.fine.sum(0, true), alone.coarse.sum(0, true)};
  const double with = models::distance(model.bands, sound, all, hop, 0).total().item<double>();
  const PowerMaps sounds{sound.fine.expand_as(alone.fine), sound.coarse.expand_as(alone.coarse)};
  const torch::Tensor without =
      models::distance(model.bands, sounds, all - alone, hop, 0).total().to(torch::kCPU);
  // Leaving out many of little worth can cost more than each alone, so they go one by one, least first.
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) order[static_cast<std::size_t>(i)] = i;
  std::vector<double> worth(order.size());
  for (std::int64_t i = 0; i < count; ++i)
    worth[static_cast<std::size_t>(i)] = without[i].item<double>() - with;
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return worth[static_cast<std::size_t>(a)] < worth[static_cast<std::size_t>(b)];
  });
  std::vector<bool> keep(order.size(), true);
  double current = with;
  for (const std::int64_t i : order) {
    if (worth[static_cast<std::size_t>(i)] >= kLeastWorthDb) break;
    const PowerMaps rest = all - PowerMaps{alone.fine.narrow(0, i, 1), alone.coarse.narrow(0, i, 1)};
    const double now = models::distance(model.bands, sound, rest, hop, 0).total().item<double>();
    if (now - current >= kLeastWorthDb) continue;
    keep[static_cast<std::size_t>(i)] = false;
    all = rest;
    current = now;
  }
  std::vector<Event> kept;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (keep[i]) kept.push_back(events[i]);
  return kept;
}

Encoder::Encoder(std::shared_ptr<const LoadedModel> model, const EncoderSettings& settings, Emit emit)
    : state_(std::make_unique<State>(std::move(model), settings, std::move(emit))) {}

Encoder::~Encoder() = default;

void Encoder::push(std::span<const float> block) {
  State& s = *state_;
  s.samples.insert(s.samples.end(), block.begin(), block.end());
  s.received += static_cast<std::int64_t>(block.size());
  const std::int64_t hop = s.model.config.hop_samples();
  while (s.samples.size() >= s.needed_samples()) {
    s.encode_window(s.window_start + hop);
    s.samples.erase(s.samples.begin(), s.samples.begin() + hop);
    s.window_start += hop;
  }
}

void Encoder::finish() {
  State& s = *state_;
  const std::int64_t hop = s.model.config.hop_samples();
  // Silence fills the last windows up, so that what lies at the end is encoded like everything else.
  while (s.window_start < s.received) {
    s.samples.resize(std::max(s.samples.size(), s.needed_samples()), 0.0F);
    s.encode_window(std::min(s.window_start + hop, s.received));
    s.samples.erase(s.samples.begin(), s.samples.begin() + hop);
    s.window_start += hop;
  }
}

}  // namespace ictus::events
