// ictus-train-events start: the events that a coded stream begins as if it had held.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include "apps/train-events/sounds.hpp"
#include "apps/train-events/train_events.hpp"
#include "formats/event_coder.hpp"
#include "lib/analysis/encoder.hpp"
#include "lib/analysis/proposal_network_file.hpp"
#include "lib/core/dice.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::training {
namespace {

constexpr std::size_t kClipSamples = kRateHz;  // what comes later has events of its own before it
constexpr double kBitsPerSecond = 3200.0;

using Stream = std::vector<EventBlock>;

double bits_of(std::span<const Stream> streams, const formats::EventCoding& coding,
               std::span<const formats::StartEvent> start) {
  const formats::EventPacker begun(coding, start);
  double bits = 0.0;
  for (const Stream& stream : streams) {
    formats::EventPacker packer = begun;
    for (const EventBlock& block : stream) {
      bits += packer.bits_of(block);
      (void)packer.pack(block);
    }
  }
  return bits;
}

formats::StartEvent start_event_of(const Event& event, const formats::EventCoding& coding) {
  formats::StartEvent made{};
  for (std::size_t d = 0; d < kEventVectorSize; ++d)
    made.vector[d] =
        static_cast<std::uint16_t>(formats::vector_code(event.vector[d], coding.vector_steps[d]));
  made.gain_centibels = static_cast<int>(std::lround(10.0F * event.gain_db));
  return made;
}

/// Events drawn by chance, each then replaced by another where that makes the streams shorter.
std::vector<formats::StartEvent> chosen_start(std::span<const Stream> streams,
                                              const formats::EventCoding& coding, const StartWords& words) {
  std::vector<formats::StartEvent> all;
  for (const Stream& stream : streams)
    for (const EventBlock& block : stream)
      for (const Event& event : block.events) all.push_back(start_event_of(event, coding));
  if (all.size() < words.events)
    throw Error(
        fmt::format("these sounds have {} events, fewer than the {} to choose", all.size(), words.events),
        "give more of them");
  Dice dice(words.seed);
  const auto below = [&](std::size_t count) {
    return static_cast<std::size_t>(dice.uniform() * static_cast<double>(count));
  };
  std::vector<formats::StartEvent> start;
  for (std::size_t i = 0; i < words.events; ++i) start.push_back(all[below(all.size())]);
  const auto events = static_cast<double>(all.size());
  const auto tell = [&](int trial, double bits) {
    fmt::print(stderr, "trial {}: {:.1f} bits an event\n", trial, bits / events);
  };
  fmt::print(stderr, "{} events; without a start: {:.1f} bits an event\n", all.size(),
             bits_of(streams, coding, {}) / events);
  double least = bits_of(streams, coding, start);
  tell(0, least);
  const int between_reports = std::max(words.trials / 20, 1);
  for (int trial = 1; trial <= words.trials; ++trial) {
    formats::StartEvent& replaced = start[below(start.size())];
    const formats::StartEvent before = std::exchange(replaced, all[below(all.size())]);
    const double bits = bits_of(streams, coding, start);
    if (bits < least) {
      least = bits;
    } else {
      replaced = before;
    }
    if (trial % between_reports == 0) tell(trial, least);
  }
  return start;
}

/// As formats/start_events.txt has them.
std::string listed(std::span<const formats::StartEvent> events) {
  std::string text;
  for (const formats::StartEvent& event : events)
    text += fmt::format("{} {}\n", fmt::join(event.vector, " "), event.gain_centibels);
  return text;
}

}  // namespace

void choose_start_on(const StartWords& words) {
  const auto model =
      synthesis::event_model_from(file_bytes(words.model, synthesis::kModelRemedy), words.model);
  const auto proposals = std::make_shared<const analysis::ProposalNetwork>(
      analysis::read_proposals(file_bytes(words.proposals, "make them first"), model->hash, words.proposals));
  const analysis::EncoderSettings settings{.coding = synthesis::event_coding(false),
                                           .threads = words.threads,
                                           .most_bits_per_second = kBitsPerSecond};
  std::vector<Stream> streams;
  for (const std::string& path : words.inputs) {
    std::vector<float> samples = read(path);
    samples.resize(std::min(samples.size(), kClipSamples));
    if (!is_usable(samples)) {
      tell_left_out(path);
      continue;
    }
    Stream& stream = streams.emplace_back();
    analysis::Encoder encoder(model, proposals, settings,
                              [&](const EventBlock& block) { stream.push_back(block); });
    encoder.push(samples);
    encoder.finish();
  }
  if (streams.empty()) refuse_silence();
  const std::string text = listed(chosen_start(streams, settings.coding, words));
  save(words.output, std::as_bytes(std::span(text)));
}

}  // namespace ictus::training
