// Blocks of events to bytes and back, by what the blocks before them were like; see SPEC.md, sections 22
// and 24.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/event.hpp"
#include "formats/quantise.hpp"

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

  explicit NumberModel(const EventCoding& coding);

  /// Codes the numbers of the next event, and learns from them.
  template <typename Coder>
  void code(Coder& coder, Numbers& numbers);

 private:
  static constexpr std::size_t kRecent = 64;
  using OfRecent = std::array<std::uint16_t, kRecent>;

  /// What the numbers of a vector have in common; the gain stands alone.
  struct Kind {
    unsigned symbols;                 ///< how many values a number has
    unsigned reach;                   ///< an event speaks for values less than this beside its own
    std::vector<std::uint32_t> pool;  ///< how often each value has come, in whichever number
    std::uint32_t pool_sum;
    std::uint32_t trust;  ///< in the recent events, against the counts; of 2^16
  };

  /// A recent event that is like this one in the numbers before.
  struct Voter {
    std::size_t event = 0;  ///< in recent_
    std::int32_t weight = 0;
  };

  void weigh(const OfRecent& distances);
  void ask_recent(std::size_t number, const Kind& kind);
  template <typename Coder>
  void code_number(Coder& coder, std::size_t number, std::uint16_t& value);
  void learn(const Numbers& numbers);

  Kind vector_;
  Kind gain_;
  std::array<std::vector<std::uint32_t>, kNumbers> counts_;  ///< how often each value has come
  std::array<std::uint32_t, kNumbers> count_sums_{};
  std::size_t events_ = 0;
  std::array<OfRecent, kNumbers> recent_{};       ///< of event n at n modulo kRecent
  std::vector<std::int32_t> weight_of_distance_;  ///< none is 0
  // Used anew for each number:
  std::array<Voter, kRecent> voters_{};
  std::size_t voter_count_ = 0;
  std::vector<std::int32_t> votes_;  ///< of the recent events, with zeros at both ends
  std::vector<std::uint32_t> spread_votes_;
  std::uint64_t spread_vote_sum_ = 0;
  std::vector<std::uint32_t> frequencies_;
};

/// A stream up to some block: all that packing or unpacking the next one depends on. Copies are small and
/// independent.
class EventHistory {
 public:
  explicit EventHistory(const EventCoding& coding);

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
  std::uint64_t span_samples_ = 65536;
  std::array<AdaptiveBit, 16> goes_on_;
};

/// Packs the blocks of one stream, for Precision::coded. Copies are small and independent, so what a block
/// would take can be asked before it is decided.
class EventPacker {
 public:
  explicit EventPacker(const EventCoding& coding) : history_(coding) {}
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
  explicit EventUnpacker(const EventCoding& coding) : history_(coding) {}
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
