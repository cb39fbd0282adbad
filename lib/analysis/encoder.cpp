#include "lib/analysis/encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "formats/event_coder.hpp"
#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/doubles.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/analysis/gains.hpp"
#include "lib/analysis/positions.hpp"
#include "lib/analysis/rumble_filter.hpp"
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
/// Above this bitrate bits matter less: an event may be worth less, and events may be more.
constexpr double kFrugalBitsPerSecond = 3200.0;
/// How much they still matter where there is no limit: an event without end of them is no better.
constexpr double kUnlimitedFrugality = 0.1;
/// An explanation is good that is this near to the sound, and in which nothing is missing that is heard: then
/// looking ends, and the fewest events stay that are as good. A note is to be one event, a tone no cloud.
constexpr float kGoodDb = 6.0F;
/// Where more was asked for, or there are more bits, it is to be nearer, but not nearer than this.
constexpr float kNearestGoodDb = 1.5F;
/// Below this distance looking ends too with a look that does not make up for the first of these parts of the
/// distance, nor for the second for each of its events.
constexpr float kNearDb = 5.0F;
constexpr float kLeastGain = 0.04F;
constexpr float kLeastGainEach = 0.004F;
/// There an event without which few others come as near, but for this part of the distance, can be spared.
constexpr float kLeastShare = 0.2F;
constexpr int kSpareLooks = 9;  // for the steps of so many looks the others are fitted on without it
/// Where events are few, so many more are looked for so many times, with the steps of so many looks; they
/// stay where they make up for as much as above.
constexpr int kMoreExplaining = 2;
constexpr int kMoreEvents = 2;
constexpr int kMoreLooks = 9;
constexpr std::size_t kFewEvents = 12;
/// What an event says at the pitch of another, which then says it in its place, is worth no more than this.
constexpr float kMostDoubleDbS = 0.175F;
/// An event is to be worth the more the closer the whole is, by the cube of the distance; at this one as
/// much as said above.
constexpr float kUsualDistanceDb = 8.0F;
constexpr float kMostDemanding = 50.0F;
/// More are proposed than are allowed, and the worthiest kept.
constexpr double kSpareEvents = 1.4;
/// So many are looked for in a window at most, up to the frugal bitrate, and at any.
constexpr double kEnoughEvents = 210.0;
constexpr double kMostEvents = 480.0;
/// What an event takes, until the stream itself tells.
constexpr double kTypicalEventBits = 150.0;
constexpr double kTypicalEvents = 32.0;
/// A short sound may take the bits of this much: its attack costs what that of a long one does.
constexpr double kLeastBudgetSeconds = 1.0;
/// A block's frame.
constexpr double kFrameBits = 8.0 * 7.0;

/// A part of the sound that is explained as a whole.
struct Window {
  int frames;
  std::int64_t end_samples;  ///< up to which its events are final
  bool is_last;              ///< all of its events are
};

/// An event that has been written, and sounds.
struct Carried {
  std::int64_t onset_samples;
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

/// What is held at the end of a window is let go there: nobody knows for how long it goes on, and what rings
/// on too long cannot be taken back. The next window goes on with another event. What dies away by itself
/// may.
void end_with_window(VectorEvent& event, const synthesis::TimbreNetwork& network, float seen_s) {
  constexpr float kDiedAway = 3.0F;  // natural logarithms of power
  const float left_s = seen_s - event.onset_s;
  const synthesis::NamedNumber& hold = synthesis::kNumbers[synthesis::kHold];
  if (hold.value_of(event.vector[synthesis::kHold]) <= left_s) return;
  const EventSound sound = network.sound_of(event.vector, event.gain_db);
  const float slowest = *std::min_element(sound.decay_log_rate.begin(), sound.decay_log_rate.end());
  if (std::exp(slowest) * left_s > kDiedAway) return;
  event.vector[synthesis::kHold] = hold.number_of(std::clamp(left_s, hold.low, hold.high));
}

}  // namespace

struct Encoder::State {
  State(std::shared_ptr<const EventModel> loaded, std::shared_ptr<const ProposalNetwork> loaded_proposals,
        const EncoderSettings& asked, Emit to)
      : model(std::move(loaded)),
        proposals(std::move(loaded_proposals)),
        settings(asked),
        emit(std::move(to)),
        packer(asked.coding),
        rumble_filter(EventModel::kSampleRateHz, asked.channels),
        channels(static_cast<std::size_t>(asked.channels)),
        samples(context_samples() * channels, 0.0F) {}

  std::shared_ptr<const EventModel> model;
  std::shared_ptr<const ProposalNetwork> proposals;
  EncoderSettings settings;
  Emit emit;
  formats::EventPacker packer;
  RumbleFilter rumble_filter;
  std::size_t channels;
  std::vector<float> samples;     ///< from the context before the current window on, channels side by side
  std::int64_t window_start = 0;  ///< samples; also the centre of its first frame
  std::int64_t received = 0;
  float level = 0.0F;              ///< of the loudest moment so far, by and by forgotten
  std::vector<Carried> carried;    ///< still sounding
  std::vector<VectorEvent> begun;  ///< found in the window before, to begin with; onsets in this one
  double spent_bits = 0.0;         ///< on blocks of events
  double event_bits = 0.0;         ///< of these, what events took
  double events = 0.0;

  [[nodiscard]] static std::size_t hop() { return static_cast<std::size_t>(views().fine.hop_samples); }
  [[nodiscard]] static std::size_t context_samples() { return kContextFrames * hop(); }
  /// Of each channel, for a window of so many frames.
  [[nodiscard]] static std::size_t needed_samples(int frames) {
    return static_cast<std::size_t>(frames + 2 * kContextFrames - 1) * hop();
  }
  [[nodiscard]] const Steps& steps() const { return kSteps[static_cast<std::size_t>(settings.effort)]; }

  void encode_window(const Window& window);
  /// Forgets what samples a window was made of.
  void go_on(std::int64_t hop_samples);
  /// Power of the events before, and of that what comes from the left; those that are dead are forgotten.
  [[nodiscard]] std::pair<PowerMaps, PowerMap> ringing(const Stretch& stretch);
  [[nodiscard]] float window_s(const Window& window) const {
    return static_cast<float>(window.end_samples - window_start) / EventModel::kSampleRateHz;
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
  /// Takes the worthiest that the bits allow, `least` at least, in blocks that end at `end_samples`.
  [[nodiscard]] std::vector<EventBlock> affordable(std::vector<Event> worthiest, std::int64_t end_samples,
                                                   std::size_t least) const;
  [[nodiscard]] std::vector<EventBlock> blocks_of(std::vector<Event> chosen, std::int64_t end_samples) const;

  [[nodiscard]] bool is_event_due(std::int64_t end_samples) const;
  /// What the next blocks take.
  [[nodiscard]] double bits_of(const std::vector<EventBlock>& blocks) const;
  [[nodiscard]] double frame_bits(std::int64_t end_samples) const {
    const std::int64_t blocks = (end_samples - window_start + kBlockSamples - 1) / kBlockSamples;
    return kFrameBits * static_cast<double>(blocks);
  }
  [[nodiscard]] double allowed_bits(std::int64_t end_samples) const {
    const double length_s = static_cast<double>(end_samples) / EventModel::kSampleRateHz;
    const double rate = settings.most_bits_per_second;
    return std::max(rate * length_s - settings.other_bits, rate * kLeastBudgetSeconds + kFrameBits) -
           spent_bits;
  }
  [[nodiscard]] int most_events(std::int64_t end_samples) const;
  /// How many of some events, from the first on, bring a window near enough together with others.
  [[nodiscard]] std::size_t enough(const std::vector<EventSound>& worthiest,
                                   const std::vector<EventSound>& others, const Stretch& stretch,
                                   const PowerMaps& ringing) const;
  /// How near an explanation is that needs nothing more: the nearer, the more bits there are, and as near as
  /// was asked for.
  [[nodiscard]] float good_db() const {
    if (settings.enough_distance_db > 0.0F) return std::max(settings.enough_distance_db, kNearestGoodDb);
    if (std::isfinite(settings.enough_left_db)) return kNearestGoodDb;
    return std::max(kGoodDb * static_cast<float>(std::sqrt(frugality())), kNearestGoodDb);
  }
  /// What an event is to be worth for that, against what it is to be up to the frugal bitrate.
  [[nodiscard]] float least_worth() const { return static_cast<float>(frugality() * frugality()); }
  /// How much bits and events are to be spared: 1 up to the frugal bitrate, less above it.
  [[nodiscard]] double frugality() const {
    return std::isfinite(settings.most_bits_per_second)
               ? std::min(1.0, std::pow(kFrugalBitsPerSecond / settings.most_bits_per_second, 2.0))
               : kUnlimitedFrugality;
  }
};

double Encoder::State::bits_of(const std::vector<EventBlock>& blocks) const {
  double bits = kFrameBits * static_cast<double>(blocks.size());
  formats::EventPacker next = packer;
  for (const EventBlock& block : blocks) {
    if (settings.coding.precision == formats::Precision::coded) {
      bits += next.bits_of(block);
      (void)next.pack(block);
    } else {
      bits += 8.0 * (4 * kEventVectorSize + 6) * static_cast<double>(block.events.size());
    }
  }
  return bits;
}

std::vector<EventBlock> Encoder::State::blocks_of(std::vector<Event> chosen, std::int64_t end_samples) const {
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
  std::vector<EventBlock> blocks;
  auto next = chosen.begin();
  for (std::int64_t begin = window_start; begin < end_samples; begin = blocks.back().end_samples) {
    const std::int64_t end = std::min(begin + kBlockSamples, end_samples);
    const auto beyond =
        std::find_if(next, chosen.end(), [&](const Event& event) { return event.onset_samples >= end; });
    blocks.push_back({{next, beyond}, end});
    next = beyond;
  }
  return blocks;
}

int Encoder::State::most_events(std::int64_t end_samples) const {
  const double each = (event_bits + kTypicalEventBits * kTypicalEvents) / (events + kTypicalEvents);
  const auto counted_out = [&](std::int64_t length_samples) {
    return std::ceil(settings.most_events_per_second * static_cast<double>(length_samples) /
                     EventModel::kSampleRateHz);
  };
  const double most = std::min({(allowed_bits(end_samples) - frame_bits(end_samples)) / each,
                                counted_out(end_samples - window_start), counted_out(end_samples) - events,
                                settings.most_events - events});
  return static_cast<int>(std::clamp(most, 0.0, kMostEvents));
}

std::size_t Encoder::State::enough(const std::vector<EventSound>& worthiest,
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

bool Encoder::State::is_event_due(std::int64_t end_samples) const {
  if (events > 0.0) return false;
  const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(context_samples() * channels);
  const std::int64_t count = (end_samples - window_start) * static_cast<std::int64_t>(channels);
  return std::any_of(begin, begin + count, [](float sample) { return std::abs(sample) >= kLeastAudible; });
}

void Encoder::State::encode_window(const Window& window) {
  const std::int64_t end_samples = window.end_samples;
  const std::span<const float> heard = std::span(samples).first(needed_samples(window.frames) * channels);
  const Stretch stretch(heard, {},
                        {.channels = settings.channels, .context_frames = kContextFrames, .loudest = level});
  // The loudest moment so far sets the floor; it is forgotten by 3 dB a window.
  level = 0.5F * stretch.target.peak();
  const bool is_due = is_event_due(end_samples);
  const int most = std::max(is_due ? 1 : 0, most_events(end_samples));
  std::vector<EventBlock> blocks;
  if ((stretch.target.loudest() > kSilence || is_due) && most > 0) {
    const auto [carried_power, carried_left] = ringing(stretch);
    blocks = affordable(explained(window, stretch, carried_power, carried_left, is_due, most), end_samples,
                        is_due ? 1 : 0);
  } else {
    begun.clear();
    blocks = blocks_of({}, end_samples);
  }
  const double bits = bits_of(blocks);
  spent_bits += bits;
  event_bits += bits - frame_bits(end_samples);
  for (const EventBlock& block : blocks) {
    for (const Event& event : block.events) carried.push_back({event.onset_samples, model->sound_of(event)});
    events += static_cast<double>(block.events.size());
    if (settings.coding.precision == formats::Precision::coded) (void)packer.pack(block);
    emit(block);
  }
}

std::pair<PowerMaps, PowerMap> Encoder::State::ringing(const Stretch& stretch) {
  PowerMaps power = stretch.nothing;
  PowerMap left = power.fine;
  PowerMap alone(power.fine.bands, power.fine.frames);
  const float least = kNegligible * stretch.target.peak();
  std::erase_if(carried, [&](Carried& event) {
    event.sound.onset_s = static_cast<float>(event.onset_samples - window_start) / EventModel::kSampleRateHz;
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

std::vector<Event> Encoder::State::explained(const Window& window, const Stretch& stretch,
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

std::vector<VectorEvent> Encoder::State::worth_it(const Window& window, const Stretch& stretch,
                                                  const PowerMaps& ringing, bool is_due, int most) {
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
                         .steps = kSpareLooks * steps().look,
                         .threads = settings.threads,
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

std::pair<std::vector<VectorEvent>, float> Encoder::State::looked_for(int wanted, const Stretch& stretch,
                                                                      const PowerMaps& ringing, bool is_due) {
  const EventNetworks networks{model->timbre, proposals.get()};
  std::vector<VectorEvent> found = explain(stretch, {ringing, std::exchange(begun, {})}, networks,
                                           {.looks = looks_for(wanted, steps().look),
                                            .least_worth_db = least_worth() * kLeastLookWorthDbS,
                                            .close_enough_db = good_db(),
                                            .near_db = kNearDb,
                                            .least_gain = kLeastGain,
                                            .least_gain_each = kLeastGainEach,
                                            .threads = settings.threads});
  if (found.empty() && is_due)
    found = explain(stretch, {ringing, {}}, networks, {.looks = {{1, steps().look}}, .however_soft = true});
  float distance_db = fit(found, stretch, ringing);
  // Looks end early where little seems to be left: the tone of another sound as a partial of one's own.
  for (int again = 0; again < kMoreExplaining && found.size() <= kFewEvents; ++again) {
    if (found.empty() || distance_db < good_db()) break;
    std::vector<VectorEvent> more =
        explain(stretch, {ringing, found}, networks,
                {.looks = {{kMoreEvents, kMoreLooks * steps().look}}, .threads = settings.threads});
    const float more_db = fit(more, stretch, ringing);
    if (more_db > (1.0F - kLeastShare) * distance_db) break;
    found = std::move(more);
    distance_db = more_db;
  }
  return {std::move(found), distance_db};
}

void Encoder::State::settle(std::vector<VectorEvent>& found, const Window& window, const Stretch& stretch,
                            const PowerMaps& ringing) const {
  const float seen_s = static_cast<float>(stretch.frames) * views().fine.hop_s();
  for (VectorEvent& event : found) {
    if (!is_final(event, window)) continue;
    end_with_window(event, model->timbre, seen_s);
    event = read(written(event, window.end_samples));
  }
  const float distance_db = fit_gains(found, model->timbre, stretch.target, ringing, steps().gains);
  if (distance_db >= kNearDb) return;  // gains would have to make up for what nothing explains
  std::vector<EventSound> sounds = sounds_of(found, model->timbre);
  balance_gains(sounds, stretch.target, ringing.fine);
  for (std::size_t e = 0; e < found.size(); ++e) found[e].gain_db = sounds[e].gain_db;
}

std::vector<Event> Encoder::State::worthiest(const std::vector<VectorEvent>& found, const Window& window,
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

float Encoder::State::fit(std::vector<VectorEvent>& found, const Stretch& stretch,
                          const PowerMaps& ringing) const {
  found = without_doubles(std::move(found), model->timbre, stretch.target, ringing, kMostDoubleDbS);
  // Half way they begin with the attacks that they are near to, and stay there.
  const auto placed = [&](std::vector<VectorEvent>& some) {
    for (VectorEvent& event : some) {
      const float onset_s = onset_by_attacks(event.onset_s, stretch.attacks_s);
      event.is_placed = onset_s != event.onset_s;
      event.onset_s = onset_s;
    }
  };
  return fit_vectors(found, model->timbre, stretch.target, ringing,
                     {.count = steps().numbers * times_for(found.size()), .half_way = placed},
                     settings.threads);
}

void Encoder::State::place(std::vector<VectorEvent>& found, const Stretch& stretch, const PowerMaps& ringing,
                           const PowerMap& ringing_left) const {
  const std::vector<float> positions = positions_of(sounds_of(found, model->timbre), stretch.left,
                                                    stretch.target.sound().fine, ringing_left, ringing.fine);
  for (std::size_t e = 0; e < found.size(); ++e)
    found[e].vector[synthesis::kPosition] = synthesis::kNumbers[synthesis::kPosition].number_of(positions[e]);
}

Event Encoder::State::written(const VectorEvent& event, std::int64_t end_samples) const {
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

VectorEvent Encoder::State::read(const Event& event) const {
  return {static_cast<float>(event.onset_samples - window_start) / EventModel::kSampleRateHz, event.gain_db,
          event.vector};
}

std::vector<EventBlock> Encoder::State::affordable(std::vector<Event> worthiest, std::int64_t end_samples,
                                                   std::size_t least) const {
  while (true) {
    std::vector<EventBlock> blocks = blocks_of(worthiest, end_samples);
    const double bits = bits_of(blocks);
    const double excess = bits - allowed_bits(end_samples);
    if (excess <= 0.0 || worthiest.size() <= least) return blocks;
    const double each = bits / static_cast<double>(worthiest.size());
    const auto fewer = std::max<std::size_t>(1, static_cast<std::size_t>(excess / each));
    worthiest.resize(worthiest.size() - std::min(fewer, worthiest.size() - least));
  }
}

void Encoder::State::go_on(std::int64_t hop_samples) {
  samples.erase(samples.begin(), samples.begin() + hop_samples * static_cast<std::int64_t>(channels));
  window_start += hop_samples;
}

Encoder::Encoder(std::shared_ptr<const EventModel> model, std::shared_ptr<const ProposalNetwork> proposals,
                 const EncoderSettings& settings, Emit emit)
    : state_(std::make_unique<State>(std::move(model), std::move(proposals), settings, std::move(emit))) {}

Encoder::~Encoder() = default;

void Encoder::push(std::span<const float> block) {
  State& s = *state_;
  s.samples.insert(s.samples.end(), block.begin(), block.end());
  s.rumble_filter.apply(std::span(s.samples).last(block.size()));
  s.received += static_cast<std::int64_t>(block.size() / s.channels);
  const std::int64_t hop = kHopFrames * static_cast<std::int64_t>(State::hop());
  while (s.samples.size() >= State::needed_samples(kWindowFrames) * s.channels) {
    s.encode_window({kWindowFrames, s.window_start + hop, false});
    s.go_on(hop);
  }
}

void Encoder::finish() {
  State& s = *state_;
  const std::int64_t left = s.received - s.window_start;
  if (left <= 0) return;
  const int frames =
      std::max(static_cast<int>(left / static_cast<std::int64_t>(State::hop())) + 1, kLeastFrames);
  s.samples.resize(State::needed_samples(frames) * s.channels, 0.0F);
  s.encode_window({frames, s.received, true});
  s.go_on(left);
}

}  // namespace ictus::analysis
