// What a list of events in text says of the stream that it is, beside the events: the one table of names for
// who writes such lists and who reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/event_stream.hpp"

namespace ictus::compose {

/// A name and its value as JSON.
using FactLine = std::pair<std::string, std::string>;

/// What is known before the first event, in the order in which it is written.
[[nodiscard]] std::vector<FactLine> facts_of(const formats::EventStreamHeader& header);
/// What is known after the last.
[[nodiscard]] std::vector<FactLine> facts_of(const formats::EventStreamTotals& totals);

/// The same for the lines of a table, in the letters of ASCII, each tag and number on a line of its own, and
/// without any comma or semicolon: so a spreadsheet neither cuts them into cells, nor takes their quotation
/// marks, nor changes a letter.
[[nodiscard]] std::vector<FactLine> for_table(const std::vector<FactLine>& facts);

/// What a list says; all of it may be missing.
struct ListFacts {
  std::optional<std::string> model_id;
  std::optional<formats::WeightsHash> weights_hash;
  std::optional<std::uint32_t> sample_rate_hz;
  std::optional<std::uint32_t> original_sample_rate_hz;
  std::optional<std::uint16_t> original_channels;
  std::optional<std::uint16_t> channels;
  std::optional<formats::EventCoding> coding;
  std::optional<std::vector<formats::NumberName>> names;
  std::size_t listed_numbers = 0;  ///< of which names or steps were told
  std::vector<std::pair<std::string, std::string>> tags;
  std::optional<std::uint64_t> samples;
  std::optional<std::uint64_t> original_samples;
};

[[nodiscard]] bool is_fact(std::string_view name);

/// Takes over a fact. Returns false when there is none of that name. Throws ictus::Error, with what the value
/// has to be, when it cannot be that.
bool take_fact(ListFacts& facts, std::string_view name, std::string_view json_value);

}  // namespace ictus::compose
