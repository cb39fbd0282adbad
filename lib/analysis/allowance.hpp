// What a sound's events may take, of bits and in number, and what they have taken so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/event.hpp"
#include "formats/event_coder.hpp"
#include "lib/analysis/encoder_settings.hpp"

namespace ictus::analysis {

/// Hop by hop, in samples of the model's rate.
class Allowance {
 public:
  /// Of a sound that begins at `start_samples`.
  Allowance(const EncoderSettings& settings, std::int64_t start_samples);

  /// Of a hop that goes on up to `end_samples`, by their number alone.
  [[nodiscard]] double most_counted(std::int64_t end_samples) const;
  /// About so many events may have the bits too, by what each took so far.
  [[nodiscard]] double most_likely(std::int64_t end_samples) const;
  /// As many of a hop's events, the worthiest of which come first, as its bits allow, `least` at least.
  [[nodiscard]] std::vector<Event> affordable(std::vector<Event> worthiest, std::int64_t end_samples,
                                              std::size_t least) const;
  /// Goes to the end of the hop with these events, in any order. Returns the hop's blocks.
  std::vector<EventBlock> take(const std::vector<Event>& events, std::int64_t end_samples);

  [[nodiscard]] bool has_events() const { return events_ > 0.0; }

 private:
  [[nodiscard]] std::vector<EventBlock> blocks_of(std::vector<Event> chosen, std::int64_t end_samples) const;
  /// What the next blocks take.
  [[nodiscard]] double bits_of(const std::vector<EventBlock>& blocks) const;
  [[nodiscard]] double frame_bits(std::int64_t end_samples) const;
  [[nodiscard]] double allowed_bits(std::int64_t end_samples) const;

  EncoderSettings settings_;
  formats::EventPacker packer_;
  std::int64_t start_samples_;
  std::int64_t hop_start_samples_;
  double spent_bits_ = 0.0;  ///< on blocks of events
  double event_bits_ = 0.0;  ///< of these, what events took
  double events_ = 0.0;
};

}  // namespace ictus::analysis
