#include "lib/analysis/encoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "lib/analysis/allowance.hpp"
#include "lib/analysis/before_cut.hpp"
#include "lib/analysis/cut_place.hpp"
#include "lib/analysis/piece_threads.hpp"
#include "lib/analysis/rumble_filter.hpp"

namespace ictus::analysis {
namespace {

constexpr std::size_t kRateHz = synthesis::EventModel::kSampleRateHz;
/// A piece is at least that long, unless it is the last.
constexpr std::size_t kLeastPieceFrames = 60 * kRateHz;
/// It is cut somewhere in so much that follows: in most music that has a moment before an attack.
constexpr std::size_t kCutFrames = 4 * kRateHz;
/// So much of a piece waits while each thread has one: more than a hop.
constexpr std::size_t kMostWaitingFrames = 5 * kRateHz;

}  // namespace

struct Encoder::State {
  State(std::shared_ptr<const synthesis::EventModel> loaded,
        std::shared_ptr<const ProposalNetwork> loaded_proposals, const EncoderSettings& asked, Emit to)
      : model(std::move(loaded)),
        proposals(std::move(loaded_proposals)),
        settings(asked),
        emit(std::move(to)),
        channels(static_cast<std::size_t>(asked.channels)),
        rumble_filter(synthesis::EventModel::kSampleRateHz, asked.channels),
        allowance(asked, 0),
        pieces(
            asked.threads, kMostWaitingFrames * channels,
            [this](const PieceStart& start, PieceEncoder::Found found) {
              return begun(start, std::move(found));
            },
            [this](FoundHop&& hop) { write(std::move(hop)); }) {}

  std::shared_ptr<const synthesis::EventModel> model;
  std::shared_ptr<const ProposalNetwork> proposals;
  EncoderSettings settings;
  Emit emit;
  std::size_t channels;
  RumbleFilter rumble_filter;
  std::int64_t piece_start = 0;   ///< of the newest piece, in samples of the file
  std::size_t piece_samples = 0;  ///< that it was given, of all channels
  std::vector<float> undecided;   ///< what follows them, of it or of the next
  Allowance allowance;            ///< of the whole file
  PieceThreads pieces;

  /// What was filtered.
  void push(std::span<const float> samples);
  void give(std::span<const float> samples);
  /// Cuts in what is undecided.
  void cut();
  void begin_piece(std::vector<float> before);
  [[nodiscard]] std::unique_ptr<PieceEncoder> begun(const PieceStart& start, PieceEncoder::Found found);
  void write(FoundHop&& hop);
};

void Encoder::State::push(std::span<const float> samples) {
  const std::size_t least = kLeastPieceFrames * channels;
  const std::size_t most_undecided = kCutFrames * channels;
  while (!samples.empty()) {
    const bool is_decided = piece_samples < least;
    const std::size_t room = is_decided ? least - piece_samples : most_undecided - undecided.size();
    const std::span<const float> now = samples.first(std::min(samples.size(), room));
    samples = samples.subspan(now.size());
    if (is_decided) {
      give(now);
    } else {
      undecided.insert(undecided.end(), now.begin(), now.end());
      if (undecided.size() == most_undecided) cut();
    }
  }
}

void Encoder::State::give(std::span<const float> samples) {
  if (samples.empty()) return;
  pieces.give(samples);
  piece_samples += samples.size();
}

void Encoder::State::cut() {
  const std::vector<float> sound = std::exchange(undecided, {});
  const std::size_t place = cut_place(sound, channels, kSeenBeforeCut, kSeenAfterCut) * channels;
  const std::span<const float> after = std::span(sound).subspan(place);
  give(std::span(sound).first(place));
  pieces.end_piece(after.first(kSeenAfterCut * channels));
  const std::span<const float> before = std::span(sound).first(place).last(kSeenBeforeCut * channels);
  piece_start += static_cast<std::int64_t>(piece_samples / channels);
  begin_piece({before.begin(), before.end()});
  give(after);
}

void Encoder::State::begin_piece(std::vector<float> before) {
  piece_samples = 0;
  pieces.begin_piece(
      {.start_samples = piece_start, .before = std::move(before), .least_samples = kLeastPieceFrames});
}

std::unique_ptr<PieceEncoder> Encoder::State::begun(const PieceStart& start, PieceEncoder::Found found) {
  EncoderSettings own = settings;
  if (start.start_samples > 0) own.other_bits = 0.0;
  return std::make_unique<PieceEncoder>(
      model, proposals, own, start, [this] { return pieces.threads_for_one(); }, std::move(found));
}

void Encoder::State::write(FoundHop&& hop) {
  const std::size_t least = hop.is_due && !allowance.has_events() ? 1 : 0;
  const double most = std::max(allowance.most_counted(hop.end_samples), static_cast<double>(least));
  // A piece does not know what those before it have taken, so together they may have found too much.
  if (most < static_cast<double>(hop.worthiest.size())) hop.worthiest.resize(static_cast<std::size_t>(most));
  const std::vector<Event> events = allowance.affordable(std::move(hop.worthiest), hop.end_samples, least);
  for (const EventBlock& block : allowance.take(events, hop.end_samples)) emit(block);
}

Encoder::Encoder(std::shared_ptr<const synthesis::EventModel> model,
                 std::shared_ptr<const ProposalNetwork> proposals, const EncoderSettings& settings, Emit emit)
    : state_(std::make_unique<State>(std::move(model), std::move(proposals), settings, std::move(emit))) {
  state_->begin_piece({});
}

Encoder::~Encoder() = default;

void Encoder::push(std::span<const float> samples) {
  std::vector<float> filtered(samples.begin(), samples.end());
  state_->rumble_filter.apply(filtered);
  state_->push(filtered);
}

void Encoder::finish() {
  state_->give(state_->undecided);
  state_->pieces.end_piece({});
  state_->pieces.finish();
}

}  // namespace ictus::analysis
