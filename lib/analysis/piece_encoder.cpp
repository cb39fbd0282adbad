#include "lib/analysis/piece_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "lib/analysis/allowance.hpp"
#include "lib/analysis/before_cut.hpp"
#include "lib/analysis/continuation.hpp"
#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/doubles.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/analysis/gains.hpp"
#include "lib/analysis/positions.hpp"
#include "lib/analysis/spare.hpp"
#include "lib/analysis/stretch.hpp"
#include "lib/analysis/vector_fit.hpp"
#include "lib/analysis/worth.hpp"
#include "lib/synthesis/event_numbers.hpp"
#include "lib/synthesis/event_power.hpp"
#include "lib/synthesis/pan.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventModel;
using synthesis::EventSound;
using synthesis::PowerMap;

/// A window is explained as a whole. Events that begin within its hop are final by that; those that begin
/// later are where the next window sets out from.
constexpr int kWindowFrames = 258;  // 6 s
constexpr int kHopFrames = 192;     // 4.5 s, a multiple of kBlockSamples, as lists of events have it
/// What the windows of the first and last frames see beyond them.
constexpr int kContextFrames = 2;
/// A short sound is looked at with silence after it.
constexpr int kLeastFrames = 24;
/// A longer one than this that ends in the middle of something is looked at as if that went on for so long.
constexpr int kLeastContinued = 8;
constexpr int kContinuedFrames = 4;
/// One that is over has silence after it for so long.
constexpr int kSilentFrames = 4;

/// Steps of fitting for --effort 0..9: after each look, of the numbers at the end, and then of gains alone.
struct Steps {
  int look, numbers, gains;
};
constexpr std::array<Steps, 10> kSteps{{{1, 4, 8},
                                        {1, 10, 8},
                                        {2, 18, 10},
                                        {2, 28, 12},
                                        {2, 44, 16},
                                        {3, 60, 20},
                                        {4, 90, 24},
                                        {6, 140, 32},
                                        {10, 240, 40},
                                        {16, 400, 40}}};

/// A power density below which there is nothing to encode: -100 dB re that of a sine of full scale.
constexpr float kSilence = 7e-8F;
/// An event that lowers the distance by less than this, times a second, is not worth its bits.
constexpr float kLeastWorthDbS = 0.0042F;
/// What is not worth this much after a look makes room for what the next finds.
constexpr float kLeastLookWorthDbS = 0.3F * kLeastWorthDbS;
/// Where looking may end too, see looked_for().
constexpr float kNearDb = 5.0F;
/// There an event without which few others come as near, but for this part of the distance, can be spared.
constexpr float kLeastShare = 0.2F;
constexpr int kSpareLooks = 9;  // for the steps of so many looks the others are fitted on without it
/// What an event says at the pitch of another, which then says it in its place, is worth no more than this.
constexpr float kMostDoubleDbS = 0.175F;
/// An event is to be worth the more the closer the whole is, by the cube of the distance; at this one as
/// much as said above.
constexpr float kUsualDistanceDb = 8.0F;
constexpr float kMostDemanding = 50.0F;
/// So few are worth looking beside them again.
constexpr std::size_t kFewEvents = 12;
/// So many are looked for in a window at most.
constexpr double kMostEvents = 480.0;
/// The last of a piece before a cut is a window of its own: what is held up to there is begun anew in it, to
/// be held for so short that the steps of holds, which are ratios, let it go there.
constexpr int kEndFrames = 30;  // 0.7 s

/// A part of the sound that is explained as a whole.
struct Window {
  int frames;
  std::int64_t end_samples;  ///< up to which its events are final
  bool is_last = false;      ///< all of its events are
  bool lets_go = false;      ///< at its end, of all that sounds
};

/// An event that has been written, and sounds.
struct Carried {
  Event event;
  EventSound sound;
};

/// Few events are worked on for longer: a single note is to be as good as can be.
int times_for(std::size_t events) {
  constexpr std::size_t kMany = 24;
  constexpr std::size_t kMostTimes = 3;
  return static_cast<int>(std::clamp<std::size_t>(kMany / std::max<std::size_t>(events, 1), 1, kMostTimes));
}

/// How much more an event is to be worth where an explanation is closer than usual.
float demand(float distance_db) {
  const float closer = kUsualDistanceDb / std::max(distance_db, 0.1F);
  return std::clamp(closer * closer * closer, 1.0F, kMostDemanding);
}

/// Whether an event is softer than what 16 bits round off.
bool is_rounding(const VectorEvent& event, const synthesis::TimbreNetwork& network) {
  constexpr float kRoundingDb = -96.0F;
  const auto contour_db = network.sound_of(event.vector, event.gain_db).contour_db;
  const float highest_db = *std::max_element(contour_db.begin(), contour_db.end());
  return event.gain_db + std::max(highest_db, 0.0F) < kRoundingDb;
}

float seconds(std::int64_t samples) { return static_cast<float>(samples) / EventModel::kSampleRateHz; }

float hold_s(const synthesis::EventVector& vector) {
  return synthesis::kNumbers[synthesis::kHold].value_of(vector[synthesis::kHold]);
}

void let_go(synthesis::EventVector& vector, float after_s) {
  const synthesis::NamedNumber& hold = synthesis::kNumbers[synthesis::kHold];
  vector[synthesis::kHold] = hold.number_of(std::clamp(after_s, hold.low, hold.high));
}

void let_go_for_cut(synthesis::EventVector& vector, float after_s) {
  let_go(vector, after_s);
  vector[synthesis::kDamping] = synthesis::kNumbers[synthesis::kDamping].number_of(kCutDampingS);
}

bool is_held(const Event& event, std::int64_t at_samples) {
  return hold_s(event.vector) > seconds(at_samples - event.onset_samples);
}

/// What is held at the end of a window is let go there: nobody knows for how long it goes on, and what rings
/// on too long cannot be taken back. The next window goes on with another event. What dies away by itself
/// may.
void end_with_window(VectorEvent& event, const synthesis::TimbreNetwork& network, float seen_s) {
  constexpr float kDiedAway = 3.0F;  // natural logarithms of power
  const float left_s = seen_s - event.onset_s;
  if (hold_s(event.vector) <= left_s) return;
  const EventSound sound = network.sound_of(event.vector, event.gain_db);
  const float slowest = *std::min_element(sound.decay_log_rate.begin(), sound.decay_log_rate.end());
  if (std::exp(slowest) * left_s <= kDiedAway) let_go(event.vector, left_s);
}

}  // namespace

struct PieceEncoder::State {
  State(std::shared_ptr<const EventModel> loaded, std::shared_ptr<const ProposalNetwork> loaded_proposals,
        const EncoderSettings& asked, const PieceStart& piece_start, std::function<int()> threads_now,
        Found to)
      : model(std::move(loaded)),
        proposals(std::move(loaded_proposals)),
        settings(asked),
        threads(std::move(threads_now)),
        emit(std::move(to)),
        start(piece_start),
        allowance(asked, start.start_samples),
        channels(static_cast<std::size_t>(asked.channels)),
        samples(static_cast<std::size_t>(kContextFrames * hop()) * channels, 0.0F),
        window_start(start.start_samples),
        received_end(start.start_samples) {
    if (start.before.empty()) return;
    samples.assign(start.before.end() - static_cast<std::ptrdiff_t>(samples.size()), start.before.end());
  }

  std::shared_ptr<const EventModel> model;
  std::shared_ptr<const ProposalNetwork> proposals;
  EncoderSettings settings;
  std::function<int()> threads;
  Found emit;
  PieceStart start;
  Allowance allowance;
  std::size_t channels;
  std::vector<float> samples;  ///< from the context before the current window on, channels side by side
  std::int64_t window_start;   ///< samples of the file; also the centre of its first frame
  std::int64_t received_end;
  float level = 0.0F;              ///< of the loudest moment so far, by and by forgotten
  std::vector<Carried> carried;    ///< still sounding
  std::vector<FoundHop> held;      ///< in which a cut may let go of events
  std::vector<VectorEvent> begun;  ///< found in the window before, to begin with; onsets in this one

  [[nodiscard]] static std::int64_t hop() { return views().fine.hop_samples; }
  /// Of each channel, for a window of so many frames.
  [[nodiscard]] static std::size_t needed_samples(int frames) {
    return static_cast<std::size_t>((frames + 2 * kContextFrames - 1) * hop());
  }
  /// Whose centres do not lie beyond `end_samples`.
  [[nodiscard]] int frames_up_to(std::int64_t end_samples) const {
    return static_cast<int>((end_samples - window_start) / hop()) + 1;
  }
  [[nodiscard]] const Steps& steps() const { return kSteps[static_cast<std::size_t>(settings.effort)]; }

  /// Whether the window is the first after a cut.
  [[nodiscard]] bool follows_cut() const {
    return !start.before.empty() && window_start == start.start_samples;
  }
  /// And goes on to its end.
  void encode_window(const Window& window);
  /// Lets what sounds at the end of a file go on beyond it, where nothing is looked at any more: silence
  /// would be seen as a click, which is not in the file.
  void go_on();
  /// Whether what was heard last has died away.
  [[nodiscard]] bool is_over() const;
  /// Hops none of whose events is held to `cut_samples`, nor is one of a hop before.
  void emit_held(std::int64_t cut_samples);
  /// Of all that is held.
  void let_go_of_all(std::int64_t at_samples);
  /// Power of the events before, and of that what comes from the left; those that are dead are forgotten.
  [[nodiscard]] std::pair<PowerMaps, PowerMap> ringing(const Stretch& stretch);
  [[nodiscard]] float window_s(const Window& window) const {
    return seconds(window.end_samples - window_start);
  }
  /// Whether an event is one of a window, not one for the next to begin with.
  [[nodiscard]] bool is_final(const VectorEvent& event, const Window& window) const {
    return window.is_last || event.onset_s < window_s(window);
  }
  /// Events that begin in the window, the worthiest first; later ones become those to begin with.
  [[nodiscard]] std::vector<Event> explained(const Window& window, const Stretch& stretch,
                                             const PowerMaps& ringing, const PowerMap& ringing_left,
                                             bool is_due, int most);
  /// The events of a window that are worth their bits.
  [[nodiscard]] std::vector<VectorEvent> worth_it(const Window& window, const Stretch& stretch,
                                                  const PowerMaps& ringing, bool is_due, int most);
  /// About so many events, fitted, and their distance.
  [[nodiscard]] std::pair<std::vector<VectorEvent>, float> looked_for(int wanted, const Stretch& stretch,
                                                                      const PowerMaps& ringing, bool is_due);
  /// Adds what a mean distance hardly tells of: tones that noise says, or nearly a partial of another.
  void add_lacking_tones(std::vector<VectorEvent>& found, float& distance_db, const Stretch& stretch,
                         const PowerMaps& ringing) const;
  /// Makes the numbers those that will be stored, and gains such that they make up for what their steps
  /// changed.
  void settle(std::vector<VectorEvent>& found, const Window& window, const Stretch& stretch,
              const PowerMaps& ringing) const;
  /// Those that begin in the window, as they will be written, no more than are enough.
  [[nodiscard]] std::vector<Event> worthiest(const std::vector<VectorEvent>& found, const Window& window,
                                             const Stretch& stretch, const PowerMaps& ringing) const;
  /// Fits their numbers, and leaves out what says the same twice. Returns their distance.
  [[nodiscard]] float fit(std::vector<VectorEvent>& found, const Stretch& stretch,
                          const PowerMaps& ringing) const;
  void place(std::vector<VectorEvent>& found, const Stretch& stretch, const PowerMaps& ringing,
             const PowerMap& ringing_left) const;
  [[nodiscard]] Event written(const VectorEvent& event, std::int64_t end_samples) const;
  [[nodiscard]] VectorEvent read(const Event& event) const;
  [[nodiscard]] bool is_event_due(std::int64_t end_samples) const;
  /// How many of some events, from the first on, bring a window near enough together with others.
  [[nodiscard]] std::size_t enough(const std::vector<EventSound>& worthiest,
                                   const std::vector<EventSound>& others, const Stretch& stretch,
                                   const PowerMaps& ringing) const;
  /// How near an explanation is that needs nothing more: the nearer, the more bits there are, and as near as
  /// was asked for.
  [[nodiscard]] float good_db() const {
    // It is good that near, and with nothing missing that is heard: then looking ends, and the fewest events
    // stay that are as good. A note is to be one event, a tone no cloud.
    constexpr float kGoodDb = 6.0F;
    constexpr float kNearestGoodDb = 1.5F;  // whatever was asked for, or however many bits there are
    if (settings.enough_distance_db > 0.0F) return std::max(settings.enough_distance_db, kNearestGoodDb);
    if (std::isfinite(settings.enough_left_db)) return kNearestGoodDb;
    return std::max(kGoodDb * static_cast<float>(std::sqrt(frugality())), kNearestGoodDb);
  }
  /// By what part of the distance fewer events of noise may be farther away: none where it was asked for.
  [[nodiscard]] float noise_part() const {
    constexpr double kNoisePart = 0.12;
    const bool is_asked_for = settings.enough_distance_db > 0.0F || std::isfinite(settings.enough_left_db);
    return is_asked_for ? 0.0F : static_cast<float>(kNoisePart * frugality());
  }
  /// What an event is to be worth for that, against what it is to be up to the frugal bitrate.
  [[nodiscard]] float least_worth() const { return static_cast<float>(frugality() * frugality()); }
  /// How much bits and events are to be spared: 1 up to the frugal bitrate, less above it.
  [[nodiscard]] double frugality() const {
    constexpr double kFrugalBitsPerSecond = 3200.0;
    constexpr double kUnlimitedFrugality = 0.1;  // an event without end of them is no better
    return std::isfinite(settings.most_bits_per_second)
               ? std::min(1.0, std::pow(kFrugalBitsPerSecond / settings.most_bits_per_second, 2.0))
               : kUnlimitedFrugality;
  }
};

std::size_t PieceEncoder::State::enough(const std::vector<EventSound>& worthiest,
                                        const std::vector<EventSound>& others, const Stretch& stretch,
                                        const PowerMaps& ringing) const {
  if (std::isinf(settings.enough_left_db) && settings.enough_distance_db <= 0.0F) return worthiest.size();
  const auto are_enough = [&](std::size_t count) {
    std::vector<EventSound> sounds = others;
    sounds.insert(sounds.end(), worthiest.begin(), worthiest.begin() + static_cast<std::ptrdiff_t>(count));
    if (distance_of(sounds, stretch.target, ringing) <= settings.enough_distance_db) return true;
    const PowerMaps power = explained_by(sounds, ringing, stretch.target.peak());
    return 20.0F * std::log10(stretch.target.convergence(power)) <= settings.enough_left_db;
  };
  std::size_t too_few = 0, count = worthiest.size();  // the least count that is enough lies between
  if (count == 0 || are_enough(0)) return 0;
  while (count - too_few > 1) {
    const std::size_t middle = (too_few + count) / 2;
    (are_enough(middle) ? count : too_few) = middle;
  }
  return count;
}

bool PieceEncoder::State::is_event_due(std::int64_t end_samples) const {
  if (allowance.has_events()) return false;
  const auto begin = samples.begin() +
                     static_cast<std::ptrdiff_t>(static_cast<std::size_t>(kContextFrames * hop()) * channels);
  const std::int64_t count = (end_samples - window_start) * static_cast<std::int64_t>(channels);
  return std::any_of(begin, begin + count, [](float sample) { return std::abs(sample) >= kLeastAudible; });
}

void PieceEncoder::State::encode_window(const Window& window) {
  const std::int64_t end_samples = window.end_samples;
  const std::size_t needed = needed_samples(window.frames) * channels;
  if (samples.size() < needed) samples.resize(needed, 0.0F);  // after the end there is silence
  const std::span<const float> heard = std::span(samples).first(needed);
  Stretch stretch(heard, {},
                  {.channels = settings.channels, .context_frames = kContextFrames, .loudest = level});
  if (follows_cut()) stretch.attacks_s.insert(stretch.attacks_s.begin(), 0.0F);
  // The loudest moment so far sets the floor; it is forgotten by 3 dB a window.
  level = 0.5F * stretch.target.peak();
  const bool is_due = is_event_due(end_samples);
  const int most = std::max(
      is_due ? 1 : 0, static_cast<int>(std::clamp(allowance.most_likely(end_samples), 0.0, kMostEvents)));
  std::vector<Event> worthiest;
  if ((stretch.target.loudest() > kSilence || is_due) && most > 0) {
    const auto [carried_power, carried_left] = ringing(stretch);
    worthiest = allowance.affordable(explained(window, stretch, carried_power, carried_left, is_due, most),
                                     end_samples, is_due ? 1 : 0);
  } else {
    begun.clear();
  }
  for (const EventBlock& block : allowance.take(worthiest, end_samples)) {
    for (const Event& event : block.events) carried.push_back({event, model->sound_of(event)});
  }
  held.push_back({std::move(worthiest), end_samples, is_due});
  emit_held(start.start_samples + start.least_samples);
  samples.erase(samples.begin(),
                samples.begin() + (end_samples - window_start) * static_cast<std::int64_t>(channels));
  window_start = end_samples;
}

void PieceEncoder::State::go_on() {
  const std::size_t count = samples.size() / channels;
  const auto more = static_cast<std::size_t>(kContinuedFrames * hop());
  samples.resize(samples.size() + more * channels);
  std::vector<float> channel(count);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < count; ++i) channel[i] = samples[i * channels + c];
    const std::vector<float> continued = continuation(channel, more);
    for (std::size_t i = 0; i < more; ++i) samples[(count + i) * channels + c] = continued[i];
  }
}

bool PieceEncoder::State::is_over() const {
  constexpr std::size_t kLastSamples = 441;     // 10 ms
  constexpr std::size_t kHeardSamples = 22050;  // 0.5 s
  constexpr float kDiedAway = 0.01F;
  const auto loudest_of_last = [&](std::size_t count) {
    const std::span<const float> last = std::span(samples).last(std::min(count * channels, samples.size()));
    return std::abs(*std::ranges::max_element(last, {}, [](float sample) { return std::abs(sample); }));
  };
  return loudest_of_last(kLastSamples) < kDiedAway * loudest_of_last(kHeardSamples);
}

void PieceEncoder::State::emit_held(std::int64_t cut_samples) {
  const auto is_final = [&](const FoundHop& hop) {
    return std::none_of(hop.worthiest.begin(), hop.worthiest.end(),
                        [&](const Event& event) { return is_held(event, cut_samples); });
  };
  const auto end = std::find_if_not(held.begin(), held.end(), is_final);
  for (auto hop = held.begin(); hop != end; ++hop) emit(std::move(*hop));
  held.erase(held.begin(), end);
}

void PieceEncoder::State::let_go_of_all(std::int64_t at_samples) {
  const auto let_go_of = [&](Event& event) {
    if (!is_held(event, at_samples)) return;
    let_go_for_cut(event.vector, seconds(at_samples - event.onset_samples));
    event = formats::quantise(event, settings.coding, event.onset_samples, event.onset_samples + 1);
  };
  for (FoundHop& hop : held) std::for_each(hop.worthiest.begin(), hop.worthiest.end(), let_go_of);
  for (Carried& each : carried) {
    let_go_of(each.event);
    each.sound = model->sound_of(each.event);
  }
}

std::pair<PowerMaps, PowerMap> PieceEncoder::State::ringing(const Stretch& stretch) {
  auto [power, left] = follows_cut() ? ringing_after_cut(start.before, settings.channels, stretch.frames)
                                     : std::pair(stretch.nothing, stretch.nothing.fine);
  PowerMap alone(power.fine.bands, power.fine.frames);
  const float least = kNegligible * stretch.target.peak();
  std::erase_if(carried, [&, &power = power, &left = left](Carried& event) {
    event.sound.onset_s = seconds(event.event.onset_samples - window_start);
    std::fill(alone.values.begin(), alone.values.end(), 0.0F);
    synthesis::EventPower(event.sound, views().fine, stretch.frames, least).add_to(alone);
    const float share = synthesis::pan_gains(event.sound.position, 2)[0];
    bool sounds = false;
    for (std::size_t i = 0; i < alone.values.size(); ++i) {
      sounds = sounds || alone.values[i] > least;
      power.fine.values[i] += alone.values[i];
      left.values[i] += share * share * alone.values[i];
    }
    if (sounds)
      synthesis::EventPower(event.sound, views().coarse, power.coarse.frames, least).add_to(power.coarse);
    return !sounds;
  });
  return {std::move(power), std::move(left)};
}

std::vector<Event> PieceEncoder::State::explained(const Window& window, const Stretch& stretch,
                                                  const PowerMaps& ringing, const PowerMap& ringing_left,
                                                  bool is_due, int most) {
  std::vector<VectorEvent> found = worth_it(window, stretch, ringing, is_due, most);
  if (found.empty()) return {};
  if (settings.channels > 1) place(found, stretch, ringing, ringing_left);
  settle(found, window, stretch, ringing);
  std::vector<Event> chosen = worthiest(found, window, stretch, ringing);
  if (chosen.size() > static_cast<std::size_t>(most)) chosen.resize(static_cast<std::size_t>(most));
  const float hop_s = window_s(window);
  for (const VectorEvent& event : found) {
    if (is_final(event, window)) continue;
    begun.push_back(event);
    begun.back().onset_s -= hop_s;
  }
  return chosen;
}

std::vector<VectorEvent> PieceEncoder::State::worth_it(const Window& window, const Stretch& stretch,
                                                       const PowerMaps& ringing, bool is_due, int most) {
  // More are proposed than are allowed, and the worthiest kept; up to the frugal bitrate so many are enough.
  constexpr double kSpareEvents = 1.4;
  constexpr double kEnoughEvents = 210.0;
  const double hops = static_cast<double>(stretch.frames) * static_cast<double>(hop()) /
                      static_cast<double>(window.end_samples - window_start);
  const double enough_for_all = kEnoughEvents * stretch.frames / kWindowFrames / frugality();
  const double wanted =
      std::min({kMostEvents, std::ceil(enough_for_all) + 2.0, (kSpareEvents * most + 2.0) * hops});
  auto [found, distance_db] = looked_for(static_cast<int>(wanted), stretch, ringing, is_due);
  found = without_spare(std::move(found), distance_db, model->timbre, stretch.target, ringing,
                        {.good_db = good_db(),
                         .near_db = kNearDb,
                         .least_share = kLeastShare,
                         .noise_part = noise_part(),
                         .steps = kSpareLooks * steps().look,
                         .threads = threads(),
                         .as_written = [&](const VectorEvent& event) {
                           return is_final(event, window) ? read(written(event, window.end_samples)) : event;
                         }});
  const auto is_soft = [&](const VectorEvent& event) { return is_rounding(event, model->timbre); };
  if (!std::all_of(found.begin(), found.end(), is_soft)) std::erase_if(found, is_soft);
  const float least_db_s = least_worth() * demand(distance_db) * kLeastWorthDbS;
  std::vector<std::size_t> kept =
      worthy(sounds_of(found, model->timbre), stretch.target, ringing, least_db_s, found.size());
  if (kept.empty() && is_due && !found.empty()) kept = {0};
  std::vector<VectorEvent> worth_it;
  for (const std::size_t place : kept) worth_it.push_back(found[place]);
  return worth_it;
}

std::pair<std::vector<VectorEvent>, float> PieceEncoder::State::looked_for(int wanted, const Stretch& stretch,
                                                                           const PowerMaps& ringing,
                                                                           bool is_due) {
  // Near the sound looking ends with a look that does not make up for the first of these parts of the
  // distance, nor for the second for each of its events.
  constexpr float kLeastGain = 0.04F;
  constexpr float kLeastGainEach = 0.004F;
  const EventNetworks networks{model->timbre, proposals.get()};
  std::vector<VectorEvent> found = explain(stretch, {ringing, std::exchange(begun, {})}, networks,
                                           {.looks = looks_for(wanted, steps().look),
                                            .least_worth_db = least_worth() * kLeastLookWorthDbS,
                                            .close_enough_db = good_db(),
                                            .near_db = kNearDb,
                                            .least_gain = kLeastGain,
                                            .least_gain_each = kLeastGainEach,
                                            .threads = threads()});
  if (found.empty() && is_due)
    found = explain(stretch, {ringing, {}}, networks, {.looks = {{1, steps().look}}, .however_soft = true});
  float distance_db = fit(found, stretch, ringing);
  // Looks end early where little seems to be left: the tone of another sound as a partial of one's own. So
  // where events are few, a few more are looked for, with the steps of many looks; they stay where they make
  // up for as much as above.
  constexpr int kMoreExplaining = 2;
  constexpr int kMoreEvents = 2;
  constexpr int kMoreLooks = 9;
  for (int again = 0; again < kMoreExplaining && found.size() <= kFewEvents; ++again) {
    if (found.empty() || distance_db < good_db()) break;
    std::vector<VectorEvent> more =
        explain(stretch, {ringing, found}, networks,
                {.looks = {{kMoreEvents, kMoreLooks * steps().look}}, .threads = threads()});
    const float more_db = fit(more, stretch, ringing);
    if (more_db > (1.0F - kLeastShare) * distance_db) break;
    found = std::move(more);
    distance_db = more_db;
  }
  add_lacking_tones(found, distance_db, stretch, ringing);
  return {std::move(found), distance_db};
}

void PieceEncoder::State::add_lacking_tones(std::vector<VectorEvent>& found, float& distance_db,
                                            const Stretch& stretch, const PowerMaps& ringing) const {
  constexpr int kMost = 3;
  constexpr std::size_t kMostBeside = 40;
  constexpr float kLeastExcessDb = 12.0F;
  constexpr int kSameBands = 3;
  constexpr float kMostLeft = 0.5F;  // of the excess
  const EventNetworks networks{model->timbre, proposals.get()};
  for (int tone = 0; tone < kMost && found.size() <= kMostBeside; ++tone) {
    const std::optional<LackingTone> lacking = lacking_tone(stretch, {ringing, found}, networks);
    if (!lacking || lacking->excess_db < kLeastExcessDb) return;
    std::vector<VectorEvent> more = found;
    more.push_back(lacking->event);
    const float more_db = fit(more, stretch, ringing);
    if (more_db > distance_db) return;
    const std::optional<LackingTone> still = lacking_tone(stretch, {ringing, more}, networks);
    if (still && std::abs(still->band - lacking->band) <= kSameBands &&
        still->excess_db > kMostLeft * lacking->excess_db)
      return;
    found = std::move(more);
    distance_db = more_db;
  }
}

void PieceEncoder::State::settle(std::vector<VectorEvent>& found, const Window& window,
                                 const Stretch& stretch, const PowerMaps& ringing) const {
  const float seen_s = static_cast<float>(stretch.frames) * views().fine.hop_s();
  for (VectorEvent& event : found) {
    if (!is_final(event, window)) continue;
    const float left_s = window_s(window) - std::max(event.onset_s, 0.0F);
    if (!window.lets_go) {
      end_with_window(event, model->timbre, seen_s);
    } else if (hold_s(event.vector) > left_s) {
      let_go_for_cut(event.vector, left_s);
    }
    event = read(written(event, window.end_samples));
  }
  const float distance_db = fit_gains(found, model->timbre, stretch.target, ringing, steps().gains);
  if (distance_db >= kNearDb) return;  // gains would have to make up for what nothing explains
  std::vector<EventSound> sounds = sounds_of(found, model->timbre);
  balance_gains(sounds, stretch.target, ringing.fine);
  for (std::size_t e = 0; e < found.size(); ++e) found[e].gain_db = sounds[e].gain_db;
}

std::vector<Event> PieceEncoder::State::worthiest(const std::vector<VectorEvent>& found, const Window& window,
                                                  const Stretch& stretch, const PowerMaps& ringing) const {
  const std::vector<EventSound> sounds = sounds_of(found, model->timbre);
  const std::vector<float> worth = worths(sounds, stretch.target, ringing);
  std::vector<std::size_t> places(found.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return worth[a] > worth[b]; });
  std::vector<Event> chosen;
  std::vector<EventSound> final_sounds, later;
  for (const std::size_t place : places) {
    if (is_final(found[place], window)) {
      chosen.push_back(written(found[place], window.end_samples));
      final_sounds.push_back(sounds[place]);
    } else {
      later.push_back(sounds[place]);
    }
  }
  chosen.resize(enough(final_sounds, later, stretch, ringing));
  return chosen;
}

float PieceEncoder::State::fit(std::vector<VectorEvent>& found, const Stretch& stretch,
                               const PowerMaps& ringing) const {
  found = without_doubles(std::move(found), model->timbre, stretch.target, ringing, kMostDoubleDbS);
  // Half way they begin with the attacks that they are near to, and stay there. After a cut that is one for
  // what goes on.
  constexpr float kGoesOnS = 0.15F;
  const std::vector<float>& attacks_s = stretch.attacks_s;
  const float goes_on_s = !follows_cut()         ? -std::numeric_limits<float>::infinity()
                          : attacks_s.size() > 1 ? std::min(0.5F * attacks_s[1], kGoesOnS)
                                                 : kGoesOnS;
  const auto placed = [&](std::vector<VectorEvent>& some) {
    for (VectorEvent& event : some) {
      const bool goes_on = event.onset_s < goes_on_s;
      const float onset_s = goes_on ? 0.0F : onset_by_attacks(event.onset_s, attacks_s);
      event.is_placed = goes_on || onset_s != event.onset_s;
      event.onset_s = onset_s;
    }
  };
  return fit_vectors(found, model->timbre, stretch.target, ringing,
                     {.count = steps().numbers * times_for(found.size()), .half_way = placed}, threads());
}

void PieceEncoder::State::place(std::vector<VectorEvent>& found, const Stretch& stretch,
                                const PowerMaps& ringing, const PowerMap& ringing_left) const {
  const std::vector<float> positions = positions_of(sounds_of(found, model->timbre), stretch.left,
                                                    stretch.target.sound().fine, ringing_left, ringing.fine);
  for (std::size_t e = 0; e < found.size(); ++e)
    found[e].vector[synthesis::kPosition] = synthesis::kNumbers[synthesis::kPosition].number_of(positions[e]);
}

Event PieceEncoder::State::written(const VectorEvent& event, std::int64_t end_samples) const {
  Event made;
  made.vector = event.vector;
  made.gain_db = event.gain_db;
  const double onset = static_cast<double>(event.onset_s) * EventModel::kSampleRateHz;
  made.onset_samples =
      std::clamp<std::int64_t>(window_start + std::llround(onset), window_start, end_samples - 1);
  // What comes to rest by its steps needs no more numbers.
  made = formats::quantise(made, settings.coding, window_start, end_samples);
  made.vector = synthesis::settled(made.vector);
  return formats::quantise(made, settings.coding, window_start, end_samples);
}

VectorEvent PieceEncoder::State::read(const Event& event) const {
  return {seconds(event.onset_samples - window_start), event.gain_db, event.vector};
}

PieceEncoder::PieceEncoder(std::shared_ptr<const EventModel> model,
                           std::shared_ptr<const ProposalNetwork> proposals, const EncoderSettings& settings,
                           const PieceStart& start, std::function<int()> threads, Found found)
    : state_(std::make_unique<State>(std::move(model), std::move(proposals), settings, start,
                                     std::move(threads), std::move(found))) {}

PieceEncoder::~PieceEncoder() = default;

void PieceEncoder::push(std::span<const float> samples) {
  State& s = *state_;
  s.samples.insert(s.samples.end(), samples.begin(), samples.end());
  s.received_end += static_cast<std::int64_t>(samples.size() / s.channels);
  while (s.samples.size() >= State::needed_samples(kWindowFrames) * s.channels)
    s.encode_window({.frames = kWindowFrames, .end_samples = s.window_start + kHopFrames * State::hop()});
}

void PieceEncoder::finish(std::span<const float> after) {
  State& s = *state_;
  if (s.received_end <= s.window_start) return;
  if (after.empty()) {
    int frames = s.frames_up_to(s.received_end);
    if (frames >= kLeastContinued && !s.is_over()) {
      s.go_on();
    } else {
      frames = std::max(frames + kSilentFrames, kLeastFrames);
    }
    s.encode_window({.frames = frames, .end_samples = s.received_end, .is_last = true});
  } else {
    const std::int64_t end_start = s.received_end - kEndFrames * State::hop();
    s.let_go_of_all(end_start);
    s.samples.insert(s.samples.end(), after.begin(), after.end());
    for (const std::int64_t end : {end_start, s.received_end})
      s.encode_window({.frames = s.frames_up_to(end), .end_samples = end, .lets_go = true});
  }
  s.emit_held(std::numeric_limits<std::int64_t>::max());
}

}  // namespace ictus::analysis
