#include "lib/analysis/allowance.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/synthesis/event_model.hpp"

namespace ictus::analysis {
namespace {

/// What an event takes, until the stream itself tells.
constexpr double kTypicalEventBits = 150.0;
constexpr double kTypicalEvents = 32.0;
/// A short sound may take the bits of this much: its attack costs what that of a long one does.
constexpr double kLeastBudgetSeconds = 1.0;
/// A block's frame.
constexpr double kFrameBits = 8.0 * 7.0;

double seconds(std::int64_t samples) {
  return static_cast<double>(samples) / synthesis::EventModel::kSampleRateHz;
}

}  // namespace

Allowance::Allowance(const EncoderSettings& settings, std::int64_t start_samples)
    : settings_(settings),
      packer_(settings.coding),
      start_samples_(start_samples),
      hop_start_samples_(start_samples) {
  // Blocks follow one another from the first sample of a file on.
  if (start_samples > 0) (void)packer_.pack({{}, start_samples});
}

double Allowance::most_counted(std::int64_t end_samples) const {
  const auto counted_out = [&](std::int64_t length_samples) {
    return std::ceil(settings_.most_events_per_second * seconds(length_samples));
  };
  return std::min({counted_out(end_samples - hop_start_samples_),
                   counted_out(end_samples - start_samples_) - events_, settings_.most_events - events_});
}

double Allowance::most_likely(std::int64_t end_samples) const {
  const double each = (event_bits_ + kTypicalEventBits * kTypicalEvents) / (events_ + kTypicalEvents);
  return std::min((allowed_bits(end_samples) - frame_bits(end_samples)) / each, most_counted(end_samples));
}

std::vector<Event> Allowance::affordable(std::vector<Event> worthiest, std::int64_t end_samples,
                                         std::size_t least) const {
  while (true) {
    const double bits = bits_of(blocks_of(worthiest, end_samples));
    const double excess = bits - allowed_bits(end_samples);
    if (excess <= 0.0 || worthiest.size() <= least) return worthiest;
    const double each = bits / static_cast<double>(worthiest.size());
    const auto fewer = std::max<std::size_t>(1, static_cast<std::size_t>(excess / each));
    worthiest.resize(worthiest.size() - std::min(fewer, worthiest.size() - least));
  }
}

std::vector<EventBlock> Allowance::take(const std::vector<Event>& events, std::int64_t end_samples) {
  std::vector<EventBlock> blocks = blocks_of(events, end_samples);
  const double bits = bits_of(blocks);
  spent_bits_ += bits;
  event_bits_ += bits - frame_bits(end_samples);
  events_ += static_cast<double>(events.size());
  if (settings_.coding.precision == formats::Precision::coded) {
    for (const EventBlock& block : blocks) (void)packer_.pack(block);
  }
  hop_start_samples_ = end_samples;
  return blocks;
}

std::vector<EventBlock> Allowance::blocks_of(std::vector<Event> chosen, std::int64_t end_samples) const {
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
  std::vector<EventBlock> blocks;
  auto next = chosen.begin();
  for (std::int64_t begin = hop_start_samples_; begin < end_samples; begin = blocks.back().end_samples) {
    const std::int64_t end = std::min(begin + kBlockSamples, end_samples);
    const auto beyond =
        std::find_if(next, chosen.end(), [&](const Event& event) { return event.onset_samples >= end; });
    blocks.push_back({{next, beyond}, end});
    next = beyond;
  }
  return blocks;
}

double Allowance::bits_of(const std::vector<EventBlock>& blocks) const {
  double bits = kFrameBits * static_cast<double>(blocks.size());
  formats::EventPacker next = packer_;
  for (const EventBlock& block : blocks) {
    if (settings_.coding.precision == formats::Precision::coded) {
      bits += next.bits_of(block);
      (void)next.pack(block);
    } else {
      bits += 8.0 * (4 * kEventVectorSize + 6) * static_cast<double>(block.events.size());
    }
  }
  return bits;
}

double Allowance::frame_bits(std::int64_t end_samples) const {
  const std::int64_t blocks = (end_samples - hop_start_samples_ + kBlockSamples - 1) / kBlockSamples;
  return kFrameBits * static_cast<double>(blocks);
}

double Allowance::allowed_bits(std::int64_t end_samples) const {
  const double rate = settings_.most_bits_per_second;
  return std::max(rate * seconds(end_samples - start_samples_) - settings_.other_bits,
                  rate * kLeastBudgetSeconds + kFrameBits) -
         spent_bits_;
}

}  // namespace ictus::analysis
