#include "lib/compose/list_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <variant>

#include "lib/compose/coding.hpp"
#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

/// How long the last event may sound where nothing says how long the sound is.
constexpr double kTailS = 4.0;

/// Throws ictus::Error for files of programs, before their bytes are taken for words.
void require_list(std::string_view content) {
  if (const auto* const format = formats::format_of(std::as_bytes(std::span(content)))) {
    throw Error(fmt::format("is {}, not a list of events", format->a_name),
                "'ictus dump' prints the list of a stream");
  }
  // XLSX and ODS are ZIP archives; XLS is one of Microsoft's compound files.
  if (content.starts_with("PK\x03\x04") || content.starts_with("\xD0\xCF\x11\xE0")) {
    throw Error("is a spreadsheet's own file or an archive, not a list of events",
                "save the sheet as CSV, in UTF-8");
  }
}

/// What the list says of the stream, over what is usual.
formats::EventStreamHeader header_of(const ListFacts& facts, const ListSources& sources) {
  formats::EventStreamHeader header;
  if (facts.model_id && facts.weights_hash) {
    header.model_id = *facts.model_id;
    header.weights_hash = *facts.weights_hash;
    if (!facts.sample_rate_hz) throw Error("says which model it is for, but not sample_rate_hz");
  } else if (facts.model_id || facts.weights_hash) {
    throw Error("says only one of model_id and weights_hash, which go together");
  } else {
    header = sources.usual_header();
  }
  if (facts.sample_rate_hz) header.sample_rate_hz = *facts.sample_rate_hz;
  header.original_sample_rate_hz = facts.original_sample_rate_hz.value_or(
      facts.sample_rate_hz ? header.sample_rate_hz : header.original_sample_rate_hz);
  header.original_channels = facts.original_channels.value_or(header.original_channels);
  header.channels = facts.channels.value_or(header.channels);
  if (facts.coding) header.coding = *facts.coding;
  if (facts.names) header.names = *facts.names;
  header.tags = facts.tags;
  return header;
}

/// Standard numbers that the list tells go to the steps that a file has for them; what is borrowed stays.
void take_values(const ListedEvent& listed, const formats::EventStreamHeader& header, Event& event) {
  if (header.names != formats::standard_names())
    throw Error(
        fmt::format("line {}: says numbers in units, and the model names none like them", listed.line),
        "tell them as v0 to v31");
  const auto set = [&](std::size_t place, float number) {
    const int steps = header.coding.vector_steps[place];
    const bool is_coded = header.coding.precision == formats::Precision::coded;
    event.vector[place] =
        is_coded ? formats::vector_value(formats::vector_code(number, steps), steps) : number;
  };
  if (std::holds_alternative<Vector>(listed.vector))
    for (std::size_t i = 0; i < formats::kStandardNumbers.size(); ++i) set(i, event.vector[i]);
  for (const auto& [place, number] : listed.values) set(place, number);
}

std::vector<Event> events_of(const EventList& list, const ListSources& sources,
                             const formats::EventStreamHeader& header) {
  std::vector<Event> events;
  for (const ListedEvent& listed : list.events) {
    Event event;
    if (const auto* const borrowed = std::get_if<BorrowedEvent>(&listed.vector)) {
      event = sources.lend(*borrowed, listed.line);
    } else {
      event.vector = std::get<Vector>(listed.vector);
    }
    if (list.is_in_units) take_values(listed, header, event);
    if (listed.gain_db) event.gain_db = *listed.gain_db;
    event.onset_samples = std::llround(listed.onset_s * header.sample_rate_hz);
    events.push_back(event);
  }
  return events;
}

void set_length(const EventList& list, const std::optional<double>& asked_s, ListedStream& stream) {
  const double rate_hz = stream.header.sample_rate_hz;
  const auto samples = [&](double seconds) {
    return static_cast<std::uint64_t>(std::llround(seconds * rate_hz));
  };
  if (asked_s) {
    stream.length_samples = samples(*asked_s);
    return;
  }
  const std::uint64_t last =
      stream.events.empty() ? 0 : static_cast<std::uint64_t>(stream.events.back().onset_samples);
  const std::optional<std::uint64_t>& stated = list.facts.samples;
  if (stated && (stream.events.empty() || last < *stated)) {
    stream.length_samples = *stated;
    stream.original_length_samples = list.facts.original_samples;
    return;
  }
  stream.length_samples = last + samples(kTailS);
  if (stated) {
    stream.remarks.push_back(fmt::format(
        "the last event begins after the end that the list states, {:.3f} s; the sound now ends at {:.3f} s",
        static_cast<double>(*stated) / rate_hz, static_cast<double>(stream.length_samples) / rate_hz));
  }
}

void leave_out_beyond(ListedStream& stream) {
  const auto count = std::erase_if(stream.events, [&](const Event& event) {
    return event.onset_samples >= static_cast<std::int64_t>(stream.length_samples);
  });
  if (count == 0) return;
  stream.remarks.push_back(fmt::format(
      "{} after the length that was asked for, {:.3f} s, and {} left out",
      count == 1 ? "1 event begins" : fmt::format("{} events begin", count),
      static_cast<double>(stream.length_samples) / stream.header.sample_rate_hz, count == 1 ? "is" : "are"));
}

void remark_on_text(const EventList& list, ListedStream& stream) {
  for (const CutFact& cut : list.cut_facts) {
    stream.remarks.push_back(
        fmt::format("line {}: {} was cut into cells by a spreadsheet; commas were put where it was cut: {}",
                    cut.line, cut.name, cut.value));
  }
  if (list.first_out_of_order) {
    stream.remarks.push_back(fmt::format(
        "line {} begins before the one above it; the events were put in order", *list.first_out_of_order));
  }
}

}  // namespace

ListedStream stream_of_list(std::string_view text, const ListSources& sources,
                            const std::optional<double>& length_s) {
  require_list(text);
  const EventList list = parse_event_list(text);
  for (const ListedEvent& listed : list.events) {
    if (const auto* const borrowed = std::get_if<BorrowedEvent>(&listed.vector))
      (void)sources.lend(*borrowed, listed.line);
  }
  ListedStream stream;
  stream.names_model = list.facts.model_id.has_value();
  stream.header = header_of(list.facts, sources);
  stream.events = events_of(list, sources, stream.header);
  if (stream.events.empty() && !list.facts.samples)
    throw Error("has no events", "a list has one event on each line");
  set_length(list, length_s, stream);
  leave_out_beyond(stream);
  remark_on_text(list, stream);
  const formats::Precision preferred = stream.header.coding.precision;
  stream.header.coding = exact_coding(stream.events, stream.header.coding, kBlockSamples);
  if (stream.header.coding.precision != preferred)
    stream.remarks.emplace_back(
        "some numbers lie on no steps of a small file, so all are kept as 32-bit floats");
  return stream;
}

}  // namespace ictus::compose
