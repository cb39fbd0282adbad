#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "formats/event_stream.hpp"
#include "ictus/events.hpp"
#include "lib/compose/event_table.hpp"
#include "lib/compose/list_stream.hpp"
#include "lib/compose/reblock.hpp"
#include "lib/core/error.hpp"
#include "lib/core/fd.hpp"
#include "lib/core/new_file.hpp"
#include "lib/core/path.hpp"
#include "lib/interface/states.hpp"

namespace ictus::events {
namespace {

std::string sentence(const std::string& name, const Error& error) {
  const std::string what = error.what();
  return what.starts_with(name) ? what : name + ": " + what;
}

/// Does work of which an error is to name the stream.
template <typename Work>
auto named(const std::string& name, Work work) {
  try {
    return work();
  } catch (const DamagedInput& damage) {
    throw DamagedInput(sentence(name, damage), damage.hint());
  } catch (const Error& error) {
    throw Error(sentence(name, error), error.hint());
  }
}

Source source_of(const std::string& path) {
  constexpr std::size_t kBufferBytes = 1 << 16;
  struct File {
    UniqueFd fd;
    std::vector<std::byte> buffer;
    std::span<const std::byte> left;
  };
  auto file = std::make_shared<File>();
  file->fd = open_for_reading(path, path);
  file->buffer.resize(kBufferBytes);
  return [file, path](std::span<std::byte> into) {
    if (file->left.empty())
      file->left = std::span(file->buffer).first(read_some(file->fd.get(), file->buffer, path));
    const std::size_t count = std::min(into.size(), file->left.size());
    std::copy_n(file->left.begin(), count, into.begin());
    file->left = file->left.subspan(count);
    return count;
  };
}

}  // namespace

struct ReaderState {
  ReaderState(Source source, const std::string& of)
      : name(of),
        reader(named(name, [&] { return formats::EventStreamReader(std::move(source)); })),
        header(std::make_unique<HeaderState>(HeaderState{reader.header()})) {}

  std::string name;
  formats::EventStreamReader reader;
  Header header;
};

Reader::Reader(const std::string& path) : Reader(source_of(path), path) {}
Reader::Reader(Source source, std::string name)
    : state_(std::make_unique<ReaderState>(std::move(source), name)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

const Header& Reader::header() const { return state_->header; }

std::optional<EventBlock> Reader::next() {
  return named(state_->name, [&] { return state_->reader.next(); });
}

std::optional<Length> Reader::length() const {
  const auto& totals = state_->reader.totals();
  return totals ? std::optional(Length{totals->length_samples, totals->original_length_samples})
                : std::nullopt;
}

struct WriterState {
  WriterState(const std::string& path, const Header& of, bool replace)
      : name(path), header(of.state().header) {
    if (place_at(path) == Place::file && !replace)
      throw Error(path + ": the output exists already", "choose another name, or let it be replaced");
    // Wrong headers are refused before there is any file.
    (void)named(name, [&] { return formats::EventStreamWriter(header, [](auto) {}); });
    file.emplace(path, path, replace);
    begin([this](std::span<const std::byte> bytes) { file->write(bytes); });
  }
  WriterState(Sink sink, const Header& of) : name("the stream"), header(of.state().header) {
    begin(std::move(sink));
  }
  void begin(Sink sink) {
    named(name, [&] { writer.emplace(header, std::move(sink)); });
  }

  std::string name;
  formats::EventStreamHeader header;
  std::optional<NewFile> file;
  std::optional<formats::EventStreamWriter> writer;
  std::int64_t end_samples = 0;
};

Writer::Writer(const std::string& path, const Header& header, bool replace)
    : state_(std::make_unique<WriterState>(path, header, replace)) {}
Writer::Writer(Sink sink, const Header& header)
    : state_(std::make_unique<WriterState>(std::move(sink), header)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

void Writer::write(const EventBlock& block) {
  named(state_->name, [&] { state_->writer->write(block); });
  state_->end_samples = block.end_samples;
}

void Writer::write(std::span<const Event> events, std::int64_t end_samples) {
  const auto is_earlier = [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; };
  if (!std::is_sorted(events.begin(), events.end(), is_earlier))
    throw Error(state_->name + ": its events are not in order of onset", "sort them");
  if (!events.empty() && events.front().onset_samples < state_->end_samples)
    throw Error(state_->name + ": an event begins before the end of those that were written");
  if (!events.empty() && events.back().onset_samples >= end_samples)
    throw Error(state_->name + ": an event begins at or after the end of its block");
  compose::Reblocker reblocker([&](const EventBlock& block) {
    if (block.end_samples > state_->end_samples) write(block);
  });
  for (const Event& event : events) reblocker.push(event);
  reblocker.finish(end_samples);
}

void Writer::finish(std::uint64_t length_samples, std::optional<std::uint64_t> original_samples) {
  named(state_->name, [&] {
    state_->writer->finish(formats::totals_for(state_->header, length_samples, original_samples));
  });
  if (state_->file) state_->file->commit();
}

Stream read_all(Reader& reader) {
  Stream stream{reader.header(), {}, {}};
  while (const auto block = reader.next())
    stream.events.insert(stream.events.end(), block->events.begin(), block->events.end());
  stream.length = *reader.length();
  return stream;
}

std::string to_list(const Stream& stream, ListFormat format, bool in_units) {
  constexpr std::array kFormats = {compose::ListFormat::tsv, compose::ListFormat::csv,
                                   compose::ListFormat::json};
  const formats::EventStreamHeader& header = stream.header.state().header;
  const compose::ExtraColumns none;
  std::string text;
  compose::EventTable table([&text](std::string_view more) { text += more; },
                            kFormats.at(static_cast<std::size_t>(format)), true, none, header.sample_rate_hz,
                            in_units);
  table.print_header(header);
  table.print(stream.events);
  table.print_totals({stream.events.size(), stream.length.samples, stream.length.original_samples});
  return text;
}

Stream from_list(std::string_view text, std::vector<std::string>* remarks) {
  const compose::ListSources sources{
      [](const compose::BorrowedEvent& borrowed, std::size_t line) -> const Event& {
        throw Error("line " + std::to_string(line) + ", column vector: borrows an event of " +
                        borrowed.stream + ", and the library opens no other streams",
                    "'ictus assemble' makes a stream of it");
      },
      [] { return Model().header().state().header; }};
  compose::ListedStream listed = named("the list", [&] { return compose::stream_of_list(text, sources); });
  if (remarks != nullptr) *remarks = std::move(listed.remarks);
  const formats::EventStreamTotals totals =
      formats::totals_for(listed.header, listed.length_samples, listed.original_length_samples);
  return {Header(std::make_unique<HeaderState>(HeaderState{std::move(listed.header)})),
          std::move(listed.events),
          {totals.length_samples, totals.original_length_samples}};
}

}  // namespace ictus::events
