#include "formats/event_coder.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>

#include "formats/blocks.hpp"
#include "formats/range_coder.hpp"
#include "lib/core/error.hpp"

namespace ictus::formats {
namespace {

// SPEC.md, section 22.
constexpr unsigned kCountBytes = 2;
constexpr unsigned kSpanBytes = 8;
constexpr std::uint32_t kCountStep = 2;
constexpr std::uint32_t kMostCounts = 256;

// Section 24.
constexpr std::uint32_t kFirstPoolCount = 2;
constexpr std::uint32_t kMostPoolCounts = 8192;
constexpr std::size_t kEventsToHalving = 256;
/// What is known before anything was counted weighs as much as this many events.
constexpr std::uint64_t kPoolWeightInCounts = 48;
constexpr std::uint64_t kPoolWeightInVotes = 128;
constexpr std::uint32_t kWhole = 1U << 16U;
constexpr std::uint32_t kLeastTrust = 655;
constexpr unsigned kWeightEvery = 4;
constexpr unsigned kGainReachCentibels = 90;
/// 256 x 2^(-k/16)
constexpr std::array<std::int32_t, 16> kWeights = {256, 245, 235, 225, 215, 206, 197, 189,
                                                   181, 173, 166, 159, 152, 146, 140, 134};

/// `count` bits that may as well be 0 as 1, the highest first.
template <typename Coder>
void code_even(Coder& coder, unsigned count, std::uint64_t& value) {
  constexpr std::array<std::uint32_t, 2> kEven = {1, 1};
  std::uint64_t coded = 0;
  for (unsigned k = count; k-- > 0;) {
    auto bit = static_cast<unsigned>(value >> k & 1U);
    coder.code(kEven, bit);
    coded |= std::uint64_t{bit} << k;
  }
  value = coded;
}

/// A number of `bits` bits, of which the highest is 1; 0 when it has none.
template <typename Coder>
void code_below_highest(Coder& coder, unsigned bits, std::uint64_t& value) {
  if (bits == 0) {
    value = 0;
    return;
  }
  const std::uint64_t highest = std::uint64_t{1} << (bits - 1);
  std::uint64_t rest = value & (highest - 1);
  code_even(coder, bits - 1, rest);
  value = highest | rest;
}

unsigned bits_in(std::uint64_t value) { return static_cast<unsigned>(std::bit_width(value)); }

/// A number of which nothing is known.
template <typename Coder>
void code_size(Coder& coder, std::uint64_t& value) {
  std::uint64_t bits = bits_in(value);
  code_even(coder, 6, bits);
  code_below_highest(coder, static_cast<unsigned>(bits), value);
}

}  // namespace

template <typename Coder>
void AdaptiveBit::code(Coder& coder, unsigned& symbol) {
  coder.code(counts, symbol);
  counts[symbol] += kCountStep;
  if (counts[0] + counts[1] < kMostCounts) return;
  for (std::uint32_t& count : counts) count = (count + 1) / 2;
}

// --- Numbers ---------------------------------------------------------------------------------------

NumberModel::NumberModel(const EventCoding& coding) {
  const auto levels = static_cast<unsigned>(coding.vector_levels);
  const auto kind = [](unsigned symbols, unsigned reach) {
    return Kind{symbols, std::max(1U, reach), std::vector<std::uint32_t>(symbols, kFirstPoolCount),
                kFirstPoolCount * symbols, kWhole / 2};
  };
  vector_ = kind(2 * levels + 1, 2 * levels / 3);
  gain_ = kind(static_cast<unsigned>(most_gain_code(coding)) + 1,
               kGainReachCentibels / static_cast<unsigned>(coding.gain_step_centibels));
  for (std::size_t k = 0; k < kNumbers; ++k) {
    counts_[k].assign(k < kEventVectorSize ? vector_.symbols : gain_.symbols, 0);
  }
  for (unsigned distance = 0;; ++distance) {
    const unsigned sixteenths = 20 * distance / levels;
    const std::int32_t weight = kWeights[sixteenths % 16] >> sixteenths / 16;
    if (weight == 0) break;
    weight_of_distance_.push_back(weight);
  }
}

template <typename Coder>
void NumberModel::code(Coder& coder, Numbers& numbers) {
  OfRecent distances{};
  for (std::size_t k = 0; k < kNumbers; ++k) {
    if (k % kWeightEvery == 0) weigh(distances);
    code_number(coder, k, numbers[k]);
    const std::uint16_t value = numbers[k];
    for (std::size_t j = 0; j < kRecent; ++j) {
      const std::uint16_t other = recent_[k][j];
      distances[j] =
          static_cast<std::uint16_t>(distances[j] + std::max(other, value) - std::min(other, value));
    }
  }
  learn(numbers);
}

/// The nearer a recent event is, the more it weighs; the nearest weighs 256.
void NumberModel::weigh(const OfRecent& distances) {
  voter_count_ = 0;
  const std::size_t recent = std::min(events_, kRecent);
  const auto* const end = distances.begin() + recent;
  const auto* const nearest = std::min_element(distances.begin(), end);
  for (std::size_t j = 0; j < recent; ++j) {
    const std::size_t distance = distances[j] - *nearest;
    if (distance < weight_of_distance_.size()) voters_[voter_count_++] = {j, weight_of_distance_[distance]};
  }
}

/// Sets spread_votes_: each recent event votes for the value it has, and with less weight for those beside
/// it, falling linearly to nothing at the kind's reach.
void NumberModel::ask_recent(std::size_t number, const Kind& kind) {
  const std::size_t reach = kind.reach;
  votes_.assign(kind.symbols + 3 * reach, 0);
  for (const Voter& voter : std::span(voters_).first(voter_count_)) {
    votes_[2 * reach + recent_[number][voter.event]] += voter.weight;
  }
  // The second difference of such a triangle is 1 at its beginning, -2 at its top and 1 at its end.
  spread_votes_.resize(kind.symbols);
  std::int32_t slope = 0;
  std::int32_t height = 0;
  const auto go_on = [&](std::size_t i) {
    slope += votes_[2 * reach + i] - 2 * votes_[reach + i] + votes_[i];
    height += slope;
  };
  for (std::size_t i = 0; i + 1 < reach; ++i) go_on(i);
  spread_vote_sum_ = 0;
  for (std::size_t i = 0; i < kind.symbols; ++i) {
    go_on(i + reach - 1);
    spread_votes_[i] = static_cast<std::uint32_t>(height);
    spread_vote_sum_ += spread_votes_[i];
  }
}

template <typename Coder>
void NumberModel::code_number(Coder& coder, std::size_t number, std::uint16_t& value) {
  Kind& kind = number < kEventVectorSize ? vector_ : gain_;
  ask_recent(number, kind);
  const std::vector<std::uint32_t>& counts = counts_[number];

  // Shares in 2^48: of one count, of one vote, and of one count of the pool through either.
  const std::uint64_t pool_votes = kPoolWeightInVotes * kind.reach * kind.reach;
  const std::uint64_t of_count =
      (std::uint64_t{kWhole - kind.trust} << 32U) / (count_sums_[number] + kPoolWeightInCounts);
  const std::uint64_t of_vote = (std::uint64_t{kind.trust} << 32U) / (spread_vote_sum_ + pool_votes);
  const std::uint64_t of_pool_by_count = of_count * kPoolWeightInCounts / kind.pool_sum;
  const std::uint64_t of_pool_by_vote = of_vote * pool_votes / kind.pool_sum;
  const std::uint64_t of_pool = of_pool_by_count + of_pool_by_vote;
  frequencies_.resize(kind.symbols);
  for (std::size_t i = 0; i < kind.symbols; ++i) {
    const std::uint64_t share = counts[i] * of_count + spread_votes_[i] * of_vote + kind.pool[i] * of_pool;
    frequencies_[i] = static_cast<std::uint32_t>(share >> 32U) + 1;
  }
  unsigned symbol = value;
  coder.code(frequencies_, symbol);
  value = static_cast<std::uint16_t>(symbol);

  // Who expected it more is trusted more.
  const std::uint64_t by_count = (counts[symbol] * of_count + kind.pool[symbol] * of_pool_by_count) >> 16U;
  const std::uint64_t by_vote =
      (spread_votes_[symbol] * of_vote + kind.pool[symbol] * of_pool_by_vote) >> 16U;
  kind.trust =
      kLeastTrust + static_cast<std::uint32_t>((kWhole - 2 * kLeastTrust) * by_vote / (by_count + by_vote));
  ++kind.pool[symbol];
  if (++kind.pool_sum < kMostPoolCounts) return;
  kind.pool_sum = 0;
  for (std::uint32_t& count : kind.pool) kind.pool_sum += count = (count + 1) / 2;
}

void NumberModel::learn(const Numbers& numbers) {
  for (std::size_t k = 0; k < kNumbers; ++k) {
    recent_[k][events_ % kRecent] = numbers[k];
    ++counts_[k][numbers[k]];
    ++count_sums_[k];
  }
  if (++events_ % kEventsToHalving != 0) return;
  for (std::size_t k = 0; k < kNumbers; ++k) {
    count_sums_[k] = 0;
    for (std::uint32_t& count : counts_[k]) count_sums_[k] += count /= 2;
  }
}

// --- Blocks ----------------------------------------------------------------------------------------

void require_block(const EventBlock& block, std::int64_t start_samples) {
  if (block.events.size() > kMaxEventsPerBlock) {
    throw Error("a block of " + std::to_string(block.events.size()) + " events is larger than " +
                    std::to_string(kMaxEventsPerBlock),
                "write the events as several blocks");
  }
  if (block.end_samples < start_samples || static_cast<std::uint64_t>(block.end_samples) > kMaxPosition) {
    throw Error("a block that ends at sample " + std::to_string(block.end_samples) +
                " cannot follow one that ends at sample " + std::to_string(start_samples));
  }
  std::int64_t previous = start_samples;
  for (const Event& event : block.events) {
    if (event.onset_samples < previous || event.onset_samples >= block.end_samples) {
      throw Error("an event at sample " + std::to_string(event.onset_samples) +
                  " cannot stand in its block: events are sorted and lie from sample " +
                  std::to_string(start_samples) + " to before sample " + std::to_string(block.end_samples));
    }
    previous = event.onset_samples;
  }
}

EventHistory::EventHistory(const EventCoding& coding) : coding_(coding), numbers_(coding) {
  goes_on_.fill({{1, 3}});
}

EventHistory::CodedBlock EventHistory::coded(const EventBlock& block) const {
  require_block(block, end_samples_);
  CodedBlock result{static_cast<std::uint64_t>(block.end_samples - end_samples_), {}};
  result.events.reserve(block.events.size());
  for (const Event& event : block.events) {
    CodedEvent coded{};
    coded.onset =
        static_cast<std::uint64_t>(onset_code(event.onset_samples, coding_, end_samples_, block.end_samples));
    for (std::size_t d = 0; d < kEventVectorSize; ++d) {
      coded.numbers[d] =
          static_cast<std::uint16_t>(vector_code(event.vector[d], coding_) + coding_.vector_levels);
    }
    coded.numbers.back() = static_cast<std::uint16_t>(gain_code(event.gain_db, coding_));
    result.events.push_back(coded);
  }
  return result;
}

EventBlock EventHistory::decoded(const CodedBlock& block, std::int64_t start_samples) const {
  EventBlock result;
  result.end_samples = start_samples + static_cast<std::int64_t>(block.span_samples);
  result.events.reserve(block.events.size());
  for (const CodedEvent& coded : block.events) {
    Event event;
    event.onset_samples = start_samples + coding_.onset_step_samples * static_cast<std::int64_t>(coded.onset);
    for (std::size_t d = 0; d < kEventVectorSize; ++d) {
      event.vector[d] = vector_value(coded.numbers[d] - coding_.vector_levels, coding_);
    }
    event.gain_db = gain_value(coded.numbers.back(), coding_);
    result.events.push_back(event);
  }
  return result;
}

std::vector<std::uint8_t> EventHistory::head(const CodedBlock& block) const {
  const bool is_new_span = block.span_samples != span_samples_;
  std::vector<std::uint8_t> bytes;
  append_varint(bytes, 2 * block.events.size() + (is_new_span ? 1 : 0));
  if (is_new_span) append_varint(bytes, block.span_samples);
  return bytes;
}

EventHistory::CodedBlock EventHistory::take_head(std::span<const std::uint8_t>& bytes) const {
  const auto count = take_varint(bytes, kCountBytes);
  const bool is_new_span = count && *count % 2 == 1;
  const auto span_samples = is_new_span ? take_varint(bytes, kSpanBytes) : std::optional(span_samples_);
  if (!count || !span_samples) throw Error("it does not begin with the number of events and their span");
  if (*count / 2 > kMaxEventsPerBlock) {
    throw Error(std::to_string(*count / 2) + " events are more than " + std::to_string(kMaxEventsPerBlock));
  }
  if (*span_samples > kMaxPosition - static_cast<std::uint64_t>(end_samples_)) {
    throw Error("it ends at a sample above " + std::to_string(kMaxPosition));
  }
  if (*count / 2 > 0 && *span_samples == 0) throw Error("it has events and no length");
  return {*span_samples, std::vector<CodedEvent>(*count / 2)};
}

void EventHistory::pass(const CodedBlock& block) {
  span_samples_ = block.span_samples;
  end_samples_ += static_cast<std::int64_t>(block.span_samples);
}

template <typename Coder>
void EventHistory::code(Coder& coder, CodedBlock& block) {
  pass(block);
  if (block.events.empty()) return;
  std::uint64_t left_events = block.events.size();
  std::uint64_t left_steps = (block.span_samples - 1) / static_cast<unsigned>(coding_.onset_step_samples);
  std::uint64_t onset = 0;
  for (CodedEvent& event : block.events) {
    std::uint64_t gap = event.onset - onset;
    code_gap(coder, left_steps, left_events--, gap);
    left_steps -= gap;
    onset += gap;
    event.onset = onset;
    numbers_.code(coder, event.numbers);
  }
}

/// The gap before an event, of at most `left_steps`, when so many events with it share them.
template <typename Coder>
void EventHistory::code_gap(Coder& coder, std::uint64_t left_steps, std::uint64_t left_events,
                            std::uint64_t& gap) {
  // A gap is counted in units of about a quarter of the mean one; what is below a unit is left as it is.
  const unsigned mean_bits = bits_in(left_steps / left_events);
  const unsigned low_bits = mean_bits > 2 ? mean_bits - 2 : 0;
  const std::uint64_t wanted = gap >> low_bits;
  std::uint64_t units = 0;
  unsigned goes_on = 1;
  while (goes_on == 1 && units < goes_on_.size()) {
    goes_on = units < wanted ? 1 : 0;
    goes_on_[units].code(coder, goes_on);
    units += goes_on;
  }
  if (goes_on == 1) {
    std::uint64_t more = wanted - units;
    code_size(coder, more);
    units += more;
  }
  std::uint64_t low = gap & ((std::uint64_t{1} << low_bits) - 1);
  code_even(coder, low_bits, low);
  // Compared first without a shift that may leave no room for all bits.
  if (units > left_steps >> low_bits || (units << low_bits | low) > left_steps) {
    throw Error("an event lies beyond the end of the block");
  }
  gap = units << low_bits | low;
}

std::vector<std::uint8_t> EventPacker::pack(const EventBlock& block) {
  EventHistory::CodedBlock coded = history_.coded(block);
  std::vector<std::uint8_t> bytes = history_.head(coded);
  RangeEncoder encoder;
  history_.code(encoder, coded);
  const std::vector<std::uint8_t> symbols = encoder.finish();
  bytes.insert(bytes.end(), symbols.begin(), symbols.end());
  return bytes;
}

double EventPacker::bits_of(const EventBlock& block) const {
  EventHistory::CodedBlock coded = history_.coded(block);
  EventHistory history = history_;
  BitCounter counter;
  history.code(counter, coded);
  return 8.0 * static_cast<double>(history_.head(coded).size()) + counter.bits();
}

EventBlock EventUnpacker::unpack(std::span<const std::uint8_t> bytes) {
  if (!is_whole_) throw Error("events cannot be unpacked after others were passed over");
  const std::int64_t start_samples = history_.end_samples();
  EventHistory::CodedBlock coded = history_.take_head(bytes);
  RangeDecoder decoder(bytes);
  history_.code(decoder, coded);
  if (decoder.has_more()) throw Error("there are bytes after its events");
  return history_.decoded(coded, start_samples);
}

BlockOutline EventUnpacker::outline(std::span<const std::uint8_t> bytes) {
  const EventHistory::CodedBlock coded = history_.take_head(bytes);
  history_.pass(coded);
  is_whole_ = is_whole_ && coded.events.empty();
  return {coded.events.size(), history_.end_samples()};
}

}  // namespace ictus::formats
