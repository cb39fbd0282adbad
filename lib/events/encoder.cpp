#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "lib/events/active_events.hpp"
#include "lib/events/attacks.hpp"
#include "lib/events/codec.hpp"
#include "lib/events/loaded_model.hpp"
#include "lib/events/propose.hpp"
#include "lib/events/refine.hpp"
#include "lib/events/single_sound.hpp"
#include "lib/events/worth.hpp"

namespace ictus::events {
namespace {

using models::PowerMaps;
using models::Proposal;

/// Steps of refinement for --effort 0..9.
constexpr std::array<int, 10> kRefineSteps = {0, 5, 10, 18, 28, 42, 60, 90, 150, 300};
/// Of these, part are taken after the numbers have been brought to their steps, on gains and onsets alone.
constexpr double kLastSteps = 0.15;
/// As many more, for part of them, are taken on the first look's events by themselves.
constexpr double kLeadingSteps = 0.57;
/// Steps look at every second frame: 0.02 dB farther from the sound, for a sixth of the time.
constexpr int kStride = 2;
/// Below this power density (about -100 dB re full scale) there is nothing to encode.
constexpr double kSilence = 1e-9;
/// An event that lowers the distance (both views together) by less than this is not worth its bits.
constexpr double kLeastWorthDb = 0.01;
/// Above this bitrate bits matter less: an event may be worth less, and events may be more.
constexpr double kFrugalBitsPerSecond = 3200.0;
/// Looking ends when an explanation is this close to the sound.
constexpr double kCloseEnoughDb = 0.25;
/// More are proposed than are allowed, and the worthiest kept.
constexpr double kSpareEvents = 1.05;
/// So many are looked for in a hop at most, up to the frugal bitrate. More steps for fewer events are better.
constexpr double kEnoughEvents = 64.0;
/// The most that are looked for in a hop, and that are written, at any bitrate.
constexpr std::int64_t kMostEventsPerHop = 160;
/// Where there is one sound, by this part fewer are looked for, in up to twice as many steps, and few of them
/// are preferred by this much more: that takes about as long, two thirds of the bits, and a third of the
/// events carry as much.
constexpr double kSingleSoundFewer = 0.7;
constexpr double kSingleSoundSpread = 3.0;
/// An event that begins near an attack begins with it: this much before or after.
constexpr double kBeforeAttackSeconds = 0.020;
constexpr double kAfterAttackSeconds = 0.045;
/// What an event takes, until the stream itself tells.
constexpr double kTypicalEventBits = 130.0;
constexpr double kTypicalEvents = 32.0;
/// A shorter sound may take the bits of this much: its attack costs what that of a long one does.
constexpr double kLeastBudgetSeconds = 1.0;
/// A block's frame.
constexpr double kFrameBits = 8.0 * 7.0;

}  // namespace

struct Encoder::State {
  State(std::shared_ptr<const LoadedModel> loaded_, const EncoderSettings& settings_, Emit emit_)
      : loaded(std::move(loaded_)),
        model(*loaded->model),
        settings(settings_),
        emit(std::move(emit_)),
        active(model),
        packer(settings_.coding),
        // Half a window of silence comes before the first frame's centre.
        samples(static_cast<std::size_t>(model.config.bands.fine_window_samples / 2), 0.0F) {}

  std::shared_ptr<const LoadedModel> loaded;
  models::EventModel& model;
  EncoderSettings settings;
  Emit emit;
  ActiveEvents active;
  formats::EventPacker packer;
  std::vector<float> samples;     // from half a window before the current window's first frame
  std::int64_t window_start = 0;  // centre of that frame
  std::int64_t received = 0;
  double level = 0.0;               // reference of the window before
  double spent_bits = -kFrameBits;  // the first block's frame is the file's, not the sound's
  double event_bits = 0.0;          // of these, what events took
  double events = 0.0;

  /// Frames of a window that are looked at: those that may hold onsets, and those after them that bear on
  /// what the encoder says of them, in which too much power is held against an explanation.
  [[nodiscard]] std::int64_t frames() const {
    return model.config.hop_frames() + model.config.encoder_reach_frames();
  }
  [[nodiscard]] std::size_t needed_samples() const {
    const auto& bands = model.config.bands;
    return static_cast<std::size_t>((frames() - 1) * bands.fine_hop_samples + bands.fine_window_samples);
  }

  void encode_window(std::int64_t end_samples);
  /// The samples that the current window is made from; its first frame's centre lies half a window after the
  /// first.
  [[nodiscard]] std::span<const float> window() const { return std::span(samples).first(needed_samples()); }
  /// Sets the onsets near an attack to it; returns 1 for those that were not and may move, 0 for those that
  /// were.
  [[nodiscard]] torch::Tensor begin_with_attacks(Proposal& proposal) const;
  /// Whether there has been no event yet and the samples up to `end_samples` are audible: one is due,
  /// whatever it costs and however little it is worth.
  [[nodiscard]] bool is_event_due(std::int64_t end_samples) const;
  /// Events in the order of their worth, `least` to `most`.
  [[nodiscard]] std::vector<Event> explain(const PowerMaps& sound, const PowerMaps& carried,
                                           std::int64_t end_samples, std::int64_t least, std::int64_t most);
  /// As they will be stored.
  [[nodiscard]] std::vector<Event> events_of(const Proposal& proposal, std::int64_t end_samples) const;
  /// What a block takes in the stream.
  [[nodiscard]] double bits_of(const EventBlock& block) const;
  /// How many bits a block up to `end_samples` may take.
  [[nodiscard]] double allowed_bits(std::int64_t end_samples) const {
    const double length_s = static_cast<double>(end_samples) / model.config.bands.sample_rate_hz;
    return settings.most_bits_per_second * std::max(length_s, kLeastBudgetSeconds) - spent_bits;
  }
  [[nodiscard]] std::int64_t most_events(std::int64_t end_samples) const;
  /// How much bits and events are to be spared: 1 up to the frugal bitrate, less above it.
  [[nodiscard]] double frugality() const {
    return std::isfinite(settings.most_bits_per_second)
               ? std::min(1.0, std::pow(kFrugalBitsPerSecond / settings.most_bits_per_second, 2.0))
               : 1.0;
  }
};

double Encoder::State::bits_of(const EventBlock& block) const {
  if (settings.coding.precision == formats::Precision::coded) return kFrameBits + packer.bits_of(block);
  return kFrameBits + 8.0 * (4 * kEventVectorSize + 6) * static_cast<double>(block.events.size());
}

std::int64_t Encoder::State::most_events(std::int64_t end_samples) const {
  const double each = (event_bits + kTypicalEventBits * kTypicalEvents) / (events + kTypicalEvents);
  const auto counted_out = [&](std::int64_t length_samples) {
    return std::ceil(settings.most_events_per_second * static_cast<double>(length_samples) /
                     model.config.bands.sample_rate_hz);
  };
  const double most = std::min({(allowed_bits(end_samples) - kFrameBits) / each,
                                counted_out(end_samples - window_start), counted_out(end_samples) - events});
  return static_cast<std::int64_t>(std::clamp(most, 0.0, static_cast<double>(kMostEventsPerHop)));
}

bool Encoder::State::is_event_due(std::int64_t end_samples) const {
  if (events > 0.0) return false;
  const auto begin = samples.begin() + model.config.bands.fine_window_samples / 2;
  return std::any_of(begin, begin + (end_samples - window_start),
                     [](float sample) { return std::abs(sample) >= kLeastAudible; });
}

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
  const std::int64_t least = is_event_due(end_samples) ? 1 : 0;
  const std::int64_t most = std::max(least, most_events(end_samples));
  if ((level > kSilence || least > 0) && most > 0) {
    active.drop_dead(window_start);
    const PowerMaps ringing = active.both(window_start, frames());
    const PowerMaps sound{power.fine / level, power.coarse / level};
    const PowerMaps carried{ringing.fine / level, ringing.coarse / level};
    block.events = explain(sound, carried, end_samples, least, most);
  }
  const auto earlier = [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; };
  std::vector<Event> worthiest_first = std::move(block.events);
  double bits = 0.0;
  while (true) {
    block.events = worthiest_first;
    std::stable_sort(block.events.begin(), block.events.end(), earlier);
    bits = bits_of(block);
    const double excess = bits - allowed_bits(end_samples);
    const std::int64_t spare = std::ssize(worthiest_first) - least;
    if (excess <= 0.0 || spare <= 0) break;
    const double each = bits / static_cast<double>(worthiest_first.size());
    const auto fewer = std::max<std::int64_t>(1, static_cast<std::int64_t>(excess / each));
    worthiest_first.resize(worthiest_first.size() - static_cast<std::size_t>(std::min(fewer, spare)));
  }
  active.add(block.events);
  spent_bits += bits;
  event_bits += bits - kFrameBits;
  events += static_cast<double>(block.events.size());
  if (settings.coding.precision == formats::Precision::coded) (void)packer.pack(block);
  emit(block);
}

torch::Tensor Encoder::State::begin_with_attacks(Proposal& proposal) const {
  const auto& bands = model.config.bands;
  std::vector<double> moments;  // in samples after the first frame's centre
  for (const std::int64_t attack : attacks(window(), bands.sample_rate_hz)) {
    const std::int64_t moment = attack - bands.fine_window_samples / 2;
    if (moment >= 0 && moment < model.config.hop_samples()) moments.push_back(static_cast<double>(moment));
  }
  torch::Tensor onsets = proposal.onset_samples.to(torch::kCPU).clone();
  torch::Tensor free = torch::ones_like(onsets);
  for (std::int64_t e = 0; e < onsets.numel(); ++e) {
    float& onset = onsets.data_ptr<float>()[e];
    const auto away = [&](double moment) { return std::abs(moment - onset); };
    const auto nearest = std::min_element(moments.begin(), moments.end(),
                                          [&](double a, double b) { return away(a) < away(b); });
    if (nearest == moments.end()) break;
    const double late_seconds = (onset - *nearest) / bands.sample_rate_hz;
    if (late_seconds < -kBeforeAttackSeconds || late_seconds > kAfterAttackSeconds) continue;
    onset = static_cast<float>(*nearest);
    free.data_ptr<float>()[e] = 0.0F;
  }
  proposal.onset_samples = onsets.to(model.device);
  return free.to(model.device);
}

std::vector<Event> Encoder::State::explain(const PowerMaps& sound, const PowerMaps& carried,
                                           std::int64_t end_samples, std::int64_t least, std::int64_t most) {
  const std::int64_t hop = model.config.hop_frames();
  const double single_sound = likeness_to_single_sound(sound.fine.narrow(2, 0, hop));
  const double enough = kEnoughEvents * (1.0 - kSingleSoundFewer * single_sound);
  const auto looked_for = std::min({kMostEventsPerHop, static_cast<std::int64_t>(enough / frugality()),
                                    static_cast<std::int64_t>(kSpareEvents * static_cast<double>(most)) + 2});
  const int steps =
      static_cast<int>(kRefineSteps[static_cast<std::size_t>(settings.effort)] * (1.0 + single_sound));
  const int last_steps = static_cast<int>(kLastSteps * steps);
  const auto refined = [&](const Proposal& start, const Refinement& refinement) {
    torch::AutoGradMode with_gradients(true);
    return refine(model, sound, carried, start, hop, frames() - hop, refinement);
  };
  // The first look's events take away as much energy as they can before any other comes, so that more of a
  // held note lies in few of them.
  const int leading =
      std::min(single_sound > 0.5 ? 1 : model.config.look_events[0], static_cast<int>(looked_for));
  Proposal proposal = propose(model, sound, carried, leading, kCloseEnoughDb);
  if (proposal.log_gain.size(1) == 0) {  // what is left is as good as nothing
    if (least == 0) return {};
    proposal = propose(model, sound, carried, static_cast<int>(least), 0.0);
  }
  proposal = refined(proposal, {.steps = static_cast<int>(kLeadingSteps * steps),
                                .aim = Refinement::Aim::part,
                                .reach = single_sound,
                                .stride = kStride});
  const PowerMaps led =
      carried + model.render(model.decoder->shape(proposal.vectors), torch::exp(proposal.log_gain),
                             proposal.onset_samples, frames());
  proposal = models::joined(
      {proposal, propose(model, sound, led, static_cast<int>(looked_for) - leading, kCloseEnoughDb, 1)});
  torch::Tensor free_onsets = begin_with_attacks(proposal);
  proposal = refined(proposal, {.steps = steps - last_steps,
                                .spread_weight = frugality() * (1.0 + kSingleSoundSpread * single_sound),
                                .free_onsets = free_onsets,
                                .stride = kStride});
  const auto worthy = [&](std::int64_t at_most, double least_db) {
    return worthy_events(model, sound, carried, proposal, hop, static_cast<std::size_t>(at_most), least_db);
  };
  std::vector<WorthyEvent> worthiest = worthy(most, kLeastWorthDb * frugality());
  if (std::ssize(worthiest) < least) worthiest = worthy(least, -std::numeric_limits<double>::infinity());
  if (worthiest.empty()) return {};
  std::vector<std::int64_t> order;
  for (const WorthyEvent& event : worthiest) order.push_back(event.index);
  const torch::Tensor kept = torch::tensor(order, torch::kLong).to(model.device);
  proposal = {proposal.vectors.index_select(1, kept), proposal.log_gain.index_select(1, kept),
              proposal.onset_samples.index_select(1, kept)};
  free_onsets = free_onsets.index_select(1, kept);
  // From here on the vectors are those that will be stored.
  proposal.vectors = vectors_of(events_of(proposal, end_samples), model.device);
  return events_of(
      refined(proposal,
              {.steps = last_steps, .aim = Refinement::Aim::gains_and_onsets, .free_onsets = free_onsets}),
      end_samples);
}

std::vector<Event> Encoder::State::events_of(const Proposal& proposal, std::int64_t end_samples) const {
  const torch::Tensor vectors = proposal.vectors[0].to(torch::kCPU).contiguous();
  const torch::Tensor gains = proposal.log_gain[0].to(torch::kCPU).contiguous();
  const torch::Tensor onsets = proposal.onset_samples[0].to(torch::kCPU).contiguous();
  std::vector<Event> made;
  for (std::int64_t i = 0; i < gains.numel(); ++i) {
    Event event;
    const float* vector = vectors.data_ptr<float>() + i * kEventVectorSize;
    std::copy(vector, vector + kEventVectorSize, event.vector.begin());
    event.gain_db =
        static_cast<float>(10.0 * (gains.data_ptr<float>()[i] / std::log(10.0) + std::log10(level)));
    event.onset_samples = std::clamp<std::int64_t>(window_start + std::llround(onsets.data_ptr<float>()[i]),
                                                   window_start, end_samples - 1);
    made.push_back(formats::quantise(event, settings.coding, window_start, end_samples));
  }
  return made;
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
