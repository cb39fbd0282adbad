// Blocks of events to bytes and back, by what the blocks before them were like; see SPEC.md, sections 22
// and 24.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats/event.hpp"
#include "formats/quantise.hpp"
#include "formats/start_events.hpp"

namespace ictus::formats {

/// Throws ictus::Error when the block cannot follow one that ended at `start_samples`.
void require_block(const EventBlock& block, std::int64_t start_samples);

/// How often each of two symbols has come, which is how often it is expected.
struct AdaptiveBit {
  std::array<std::uint32_t, 2> counts;

  template <typename Coder>
  void code(Coder& coder, unsigned& symbol);
};

/// The numbers of events, those of the vector and then the gain, each as an index from 0 on.
class NumberModel {
 public:
  static constexpr std::size_t kNumbers = kEventVectorSize + 1;
  using Numbers = std::array<std::uint16_t, kNumbers>;

  /// That had coded these events before.
  NumberModel(const EventCoding& coding, std::span<const StartEvent> start);

  /// Codes the numbers of the next event, and learns from them.
  template <typename Coder>
  void code(Coder& coder, Numbers& numbers);

 private:
  static constexpr std::size_t kRecent = 64;
  /// Who expects something of a number, see Shares.
  static constexpr std::size_t kExperts = 5;

  /// All that is known of one number.
  struct Number {
    explicit Number(unsigned symbols);
    /// `context`: in which counts it belongs.
    void learn(std::uint16_t value, std::size_t context);
    void halve();

    std::uint32_t wide;                                  ///< reaches of triangles, which say how far a value
    std::uint32_t narrow;                                ///< speaks for those beside it
    std::array<std::vector<std::uint32_t>, 2> counts{};  ///< how often each value has come, by context
    std::array<std::uint32_t, 2> count_sums{};
    std::vector<std::uint32_t> spread_counts;  ///< of both contexts, each a wide triangle
    std::uint64_t spread_count_sum = 0;
    std::optional<std::uint16_t> usual;           ///< the value that has come most often
    std::array<std::uint32_t, kExperts> trust{};  ///< in each expert; 2^16 in all at most
    std::array<std::uint16_t, kRecent> recent{};  ///< of event n at n modulo kRecent

    [[nodiscard]] std::size_t symbols() const { return spread_counts.size(); }
  };

  /// Votes of the recent events for values, each as far as its reach.
  struct Votes {
    std::vector<std::uint32_t> of;
    std::uint64_t sum = 0;
  };

  /// What the recent events say of one value, and of all together.
  struct Vote {
    std::uint64_t of_value = 0;
    std::uint64_t sum = 0;
  };
  struct RecentVotes {
    Vote exact, narrow, wide;
  };
  /// What an expert gives for each count or vote, and to every value.
  struct Share {
    std::uint64_t of_one;
    std::uint64_t of_all;
  };
  /// Of each expert. The last counts in a context and, before it has, asks the first.
  struct Shares {
    Share counted, wide, narrow, exact, before;
    std::uint64_t in_context;
  };

  void weigh(const std::array<std::uint32_t, kRecent>& distances);
  /// What they say of every value, into exact_, narrow_ and wide_.
  void ask_recent(const Number& number);
  /// The same of one value alone, which takes much less.
  [[nodiscard]] RecentVotes votes_for(const Number& number, std::uint16_t value) const;
  static Shares shares_of(const Number& number, std::size_t context, const RecentVotes& votes);
  /// Trusts those more who expected the value more.
  static void learn_trust(Number& number, std::size_t context, std::uint16_t value, const RecentVotes& votes,
                          const Shares& shares);
  static Vote triangle(std::uint64_t top, std::uint64_t reach, std::uint64_t value, std::uint64_t symbols);
  static void spread(std::span<const std::int32_t> padded, std::size_t padding, std::size_t reach,
                     Votes& votes);
  template <typename Coder>
  void code_number(Coder& coder, Number& number, std::size_t context, std::uint16_t& value);
  [[nodiscard]] std::size_t recent_count() const { return std::min(events_, kRecent); }

  std::vector<Number> numbers_;
  std::size_t events_ = 0;
  // Used anew for each number:
  std::array<std::int32_t, kRecent> weights_{};
  std::vector<std::int32_t> padded_;  ///< votes for single values, with zeros at both ends
  Votes exact_;
  Votes narrow_;
  Votes wide_;
  std::vector<std::uint32_t> frequencies_;
};

/// A stream up to some block: all that packing or unpacking the next one depends on. Copies are small and
/// independent.
class EventHistory {
 public:
  EventHistory(const EventCoding& coding, std::span<const StartEvent> start);

  /// A block as it is coded.
  struct CodedEvent {
    std::uint64_t onset;  ///< in steps from the start of the block
    NumberModel::Numbers numbers;
  };
  struct CodedBlock {
    std::uint64_t span_samples = 0;
    std::vector<CodedEvent> events;
  };

  /// Throws ictus::Error at events that cannot stand in a block.
  [[nodiscard]] CodedBlock coded(const EventBlock& block) const;
  [[nodiscard]] EventBlock decoded(const CodedBlock& block, std::int64_t start_samples) const;
  /// What stands before the symbols: how many events there are, and the span when it is another one.
  [[nodiscard]] std::vector<std::uint8_t> head(const CodedBlock& block) const;
  /// Takes that off the front of the bytes; the events are there and empty. Throws ictus::Error at what
  /// cannot be.
  [[nodiscard]] CodedBlock take_head(std::span<const std::uint8_t>& bytes) const;
  /// Codes the events. Throws ictus::Error, when decoding, at an onset that cannot be; the history is of no
  /// use then.
  template <typename Coder>
  void code(Coder& coder, CodedBlock& block);
  /// Goes to the end of the block.
  void pass(const CodedBlock& block);
  /// Where the next block begins.
  [[nodiscard]] std::int64_t end_samples() const { return end_samples_; }

 private:
  template <typename Coder>
  void code_gap(Coder& coder, std::uint64_t left_steps, std::uint64_t left_events, std::uint64_t& gap);

  EventCoding coding_;
  NumberModel numbers_;
  std::int64_t end_samples_ = 0;
  std::uint64_t span_samples_ = kBlockSamples;
  std::array<AdaptiveBit, 16> goes_on_;
};

/// Packs the blocks of one stream, for Precision::coded. Copies are small and independent, so what a block
/// would take can be asked before it is decided.
class EventPacker {
 public:
  explicit EventPacker(const EventCoding& coding) : EventPacker(coding, start_events(coding)) {}
  /// The numbers of events are expected as if these had gone before them.
  EventPacker(const EventCoding& coding, std::span<const StartEvent> start) : history_(coding, start) {}
  /// The next block. Throws ictus::Error, and nothing has changed, when it cannot stand in a stream.
  [[nodiscard]] std::vector<std::uint8_t> pack(const EventBlock& block);
  /// What this block would take as the next one, in bits: what pack() returns is up to some 9 bits longer,
  /// and the frame around it takes 7 bytes. Throws as pack() does.
  [[nodiscard]] double bits_of(const EventBlock& block) const;

 private:
  EventHistory history_;
};

/// A block without its events.
struct BlockOutline {
  std::size_t events = 0;
  std::int64_t end_samples = 0;
};

/// The other way.
class EventUnpacker {
 public:
  explicit EventUnpacker(const EventCoding& coding) : history_(coding, start_events(coding)) {}
  /// The next block. Throws ictus::Error with what is wrong when the bytes are none; nothing can be
  /// unpacked after that.
  [[nodiscard]] EventBlock unpack(std::span<const std::uint8_t> bytes);
  /// The same, but only how many events the next block has and where it ends, at next to no cost. What later
  /// blocks hold depends on the events passed over: after this nothing can be unpacked.
  [[nodiscard]] BlockOutline outline(std::span<const std::uint8_t> bytes);

 private:
  EventHistory history_;
  bool is_whole_ = true;  ///< no events were passed over
};

}  // namespace ictus::formats
