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
constexpr std::size_t kEventsToHalving = 256;
/// What is known before anything was counted weighs as much as this many events,
constexpr std::uint64_t kFlatCounts = 24;
/// as this much weight of recent ones,
constexpr std::uint64_t kFlatVotes = 64;
/// and what is known of a number as this many events in a context of it.
constexpr std::uint64_t kCountsBeforeContext = 6;
constexpr std::uint32_t kWhole = 1U << 16U;
constexpr std::uint32_t kLeastTrust = 256;
/// A share is trust times 2^44, so that all of them together stay below 2^61.
constexpr unsigned kShareBits = 44;
constexpr unsigned kTrustBits = 28;
/// How far two events can be from each other in one number, the whole range being 1024.
constexpr std::uint32_t kWholeRange = 1024;
constexpr std::uint32_t kMostDistance = 307;
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

namespace {

/// In place of a coder, where only what is learnt of symbols counts.
struct Forgetting {};

}  // namespace

template <>
void NumberModel::code_number(Forgetting& coder, Number& number, std::size_t context, std::uint16_t& value);

NumberModel::Number::Number(unsigned symbols)
    : wide(std::max(1U, symbols / 3)), narrow(std::max(1U, symbols / 10)), spread_counts(symbols, 0) {
  for (std::vector<std::uint32_t>& of_context : counts) of_context.assign(symbols, 0);
  trust.fill(kWhole / kExperts);
}

void NumberModel::Number::learn(std::uint16_t value, std::size_t context) {
  ++counts[context][value];
  ++count_sums[context];
  const std::uint32_t first = value + 1U - std::min(value + 1U, wide);
  const auto last = std::min<std::uint32_t>(value + wide, static_cast<std::uint32_t>(symbols()));
  for (std::uint32_t i = first; i < last; ++i) {
    const std::uint32_t height = wide - (i > value ? i - value : value - i);
    spread_counts[i] += height;
    spread_count_sum += height;
  }
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < symbols(); ++i) {
    const std::uint32_t count = counts[0][i] + counts[1][i];
    if (count <= most) continue;
    most = count;
    usual = static_cast<std::uint16_t>(i);
  }
}

void NumberModel::Number::halve() {
  for (std::size_t context = 0; context < counts.size(); ++context) {
    count_sums[context] = 0;
    for (std::uint32_t& count : counts[context]) count_sums[context] += count /= 2;
  }
  spread_count_sum = 0;
  for (std::uint32_t& count : spread_counts) spread_count_sum += count /= 2;
}

NumberModel::NumberModel(const EventCoding& coding, std::span<const StartEvent> start) {
  numbers_.reserve(kNumbers);
  for (const std::uint16_t steps : coding.vector_steps) numbers_.emplace_back(steps);
  numbers_.emplace_back(static_cast<unsigned>(most_gain_code(coding)) + 1);
  Forgetting nobody;
  for (const StartEvent& event : start) {
    Numbers numbers{};
    std::copy(event.vector.begin(), event.vector.end(), numbers.begin());
    numbers.back() = static_cast<std::uint16_t>(gain_code_below(event.gain_centibels, coding));
    code(nobody, numbers);
  }
}

template <typename Coder>
void NumberModel::code(Coder& coder, Numbers& numbers) {
  std::array<std::uint32_t, kRecent> distances{};
  std::array<std::size_t, kNumbers> contexts{};
  std::size_t context = 0;
  for (std::size_t k = 0; k < kNumbers; ++k) {
    Number& number = numbers_[k];
    contexts[k] = context;
    std::uint16_t& value = numbers[k];
    if (number.symbols() == 1) {
      value = 0;
      continue;
    }
    weigh(distances);
    code_number(coder, number, context, value);
    context = number.usual == value ? 1 : 0;
    const auto parts = static_cast<std::uint32_t>(number.symbols() - 1);
    for (std::size_t j = 0; j < recent_count(); ++j) {
      const std::uint32_t other = number.recent[j];
      const std::uint32_t steps = other > value ? other - value : value - other;
      distances[j] += std::min(kMostDistance, kWholeRange * steps / parts);
    }
  }
  for (std::size_t k = 0; k < kNumbers; ++k) {
    numbers_[k].recent[events_ % kRecent] = numbers[k];
    numbers_[k].learn(numbers[k], contexts[k]);
  }
  if (++events_ % kEventsToHalving != 0) return;
  for (Number& number : numbers_) number.halve();
}

/// The nearer a recent event is, the more it weighs; the nearest weighs 256.
void NumberModel::weigh(const std::array<std::uint32_t, kRecent>& distances) {
  const std::size_t recent = recent_count();
  const std::uint32_t nearest =
      *std::min_element(distances.begin(), distances.begin() + std::max<std::size_t>(recent, 1));
  for (std::size_t j = 0; j < recent; ++j) {
    const std::uint32_t sixteenths = 5 * (distances[j] - nearest) / 64;
    weights_[j] = sixteenths < 16 * 9 ? kWeights[sixteenths % 16] >> sixteenths / 16 : 0;
  }
}

/// Each recent event votes for the value it has, and with less weight for those beside it, falling linearly
/// to nothing at a reach.
void NumberModel::ask_recent(const Number& number) {
  const std::size_t padding = 2 * number.wide;
  padded_.assign(number.symbols() + 2 * padding, 0);
  exact_.of.assign(number.symbols(), 0);
  exact_.sum = 0;
  for (std::size_t j = 0; j < recent_count(); ++j) {
    const std::int32_t weight = weights_[j];
    padded_[padding + number.recent[j]] += weight;
    exact_.of[number.recent[j]] += static_cast<std::uint32_t>(weight);
    exact_.sum += static_cast<std::uint32_t>(weight);
  }
  spread(padded_, padding, number.narrow, narrow_);
  spread(padded_, padding, number.wide, wide_);
}

void NumberModel::spread(std::span<const std::int32_t> padded, std::size_t padding, std::size_t reach,
                         Votes& votes) {
  const std::size_t symbols = padded.size() - 2 * padding;
  votes.of.resize(symbols);
  votes.sum = 0;
  // The second difference of such a triangle is 1 at its beginning, -2 at its top and 1 at its end.
  std::int32_t slope = 0;
  std::int32_t height = 0;
  for (std::size_t i = padding - reach; i < padding + symbols; ++i) {
    if (i >= padding) {
      votes.of[i - padding] = static_cast<std::uint32_t>(height);
      votes.sum += static_cast<std::uint32_t>(height);
    }
    slope += padded[i + reach] - 2 * padded[i] + padded[i - reach];
    height += slope;
  }
}

/// A triangle of this reach around `top`: its height at `value`, and all of it between 0 and `symbols`.
NumberModel::Vote NumberModel::triangle(std::uint64_t top, std::uint64_t reach, std::uint64_t value,
                                        std::uint64_t symbols) {
  const auto side = [&](std::uint64_t room) {
    const std::uint64_t count = std::min(reach - 1, room);
    return count * reach - count * (count + 1) / 2;
  };
  const std::uint64_t away = top > value ? top - value : value - top;
  return {reach > away ? reach - away : 0, side(top) + reach + side(symbols - 1 - top)};
}

NumberModel::RecentVotes NumberModel::votes_for(const Number& number, std::uint16_t value) const {
  RecentVotes votes;
  for (std::size_t j = 0; j < recent_count(); ++j) {
    const auto weight = static_cast<std::uint64_t>(weights_[j]);
    const auto add = [&](Vote& vote, std::uint64_t reach) {
      const Vote whole = triangle(number.recent[j], reach, value, number.symbols());
      vote.of_value += weight * whole.of_value;
      vote.sum += weight * whole.sum;
    };
    add(votes.exact, 1);
    add(votes.narrow, number.narrow);
    add(votes.wide, number.wide);
  }
  return votes;
}

NumberModel::Shares NumberModel::shares_of(const Number& number, std::size_t context,
                                           const RecentVotes& votes) {
  const auto share = [&](std::uint64_t all, std::uint64_t sum, std::uint64_t flat) {
    const std::uint64_t of_one = all / (sum + flat);
    return Share{of_one, flat * of_one / number.symbols()};
  };
  const auto whole = [&](std::size_t expert) { return std::uint64_t{number.trust[expert]} << kShareBits; };
  const std::uint64_t wide_area = std::uint64_t{number.wide} * number.wide;
  const std::uint64_t narrow_area = std::uint64_t{number.narrow} * number.narrow;
  const std::uint64_t in_context = whole(4) / (number.count_sums[context] + kCountsBeforeContext);
  return {share(whole(0), number.spread_count_sum, kFlatCounts * wide_area),
          share(whole(1), votes.wide.sum, kFlatVotes * wide_area),
          share(whole(2), votes.narrow.sum, kFlatVotes * narrow_area),
          share(whole(3), votes.exact.sum, kFlatVotes),
          share(kCountsBeforeContext * in_context, number.spread_count_sum, kFlatCounts * wide_area),
          in_context};
}

void NumberModel::learn_trust(Number& number, std::size_t context, std::uint16_t value,
                              const RecentVotes& votes, const Shares& shares) {
  const std::uint64_t spread = number.spread_counts[value];
  std::array<std::uint64_t, kExperts> said = {
      spread * shares.counted.of_one + shares.counted.of_all,
      votes.wide.of_value * shares.wide.of_one + shares.wide.of_all,
      votes.narrow.of_value * shares.narrow.of_one + shares.narrow.of_all,
      votes.exact.of_value * shares.exact.of_one + shares.exact.of_all,
      number.counts[context][value] * shares.in_context + spread * shares.before.of_one +
          shares.before.of_all,
  };
  std::uint64_t all_said = 0;
  for (std::uint64_t& one : said) all_said += one >>= kTrustBits;
  for (std::size_t expert = 0; expert < kExperts; ++expert) {
    number.trust[expert] =
        kLeastTrust + static_cast<std::uint32_t>((kWhole - kExperts * kLeastTrust) * said[expert] / all_said);
  }
}

template <typename Coder>
void NumberModel::code_number(Coder& coder, Number& number, std::size_t context, std::uint16_t& value) {
  ask_recent(number);
  RecentVotes votes{{0, exact_.sum}, {0, narrow_.sum}, {0, wide_.sum}};
  const Shares shares = shares_of(number, context, votes);
  const auto& [counted, wide, narrow, exact, before, in_context] = shares;
  const std::uint64_t of_count = counted.of_one + before.of_one;
  const std::uint64_t of_all = counted.of_all + wide.of_all + narrow.of_all + exact.of_all + before.of_all;
  const std::vector<std::uint32_t>& counts = number.counts[context];
  frequencies_.resize(number.symbols());
  for (std::size_t i = 0; i < frequencies_.size(); ++i) {
    const std::uint64_t sum = number.spread_counts[i] * of_count + wide_.of[i] * wide.of_one +
                              narrow_.of[i] * narrow.of_one + exact_.of[i] * exact.of_one +
                              counts[i] * in_context + of_all;
    frequencies_[i] = static_cast<std::uint32_t>(sum >> kShareBits) + 1;
  }
  unsigned symbol = value;
  coder.code(frequencies_, symbol);
  value = static_cast<std::uint16_t>(symbol);
  votes.exact.of_value = exact_.of[value];
  votes.narrow.of_value = narrow_.of[value];
  votes.wide.of_value = wide_.of[value];
  learn_trust(number, context, value, votes, shares);
}

/// Where nothing is coded, nothing need be known of other values.
template <>
void NumberModel::code_number(Forgetting& /*coder*/, Number& number, std::size_t context,
                              std::uint16_t& value) {
  const RecentVotes votes = votes_for(number, value);
  learn_trust(number, context, value, votes, shares_of(number, context, votes));
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

EventHistory::EventHistory(const EventCoding& coding, std::span<const StartEvent> start)
    : coding_(coding), numbers_(coding, start) {
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
      coded.numbers[d] = static_cast<std::uint16_t>(vector_code(event.vector[d], coding_.vector_steps[d]));
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
      event.vector[d] = vector_value(coded.numbers[d], coding_.vector_steps[d]);
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
