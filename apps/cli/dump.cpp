#include "apps/cli/dump.hpp"

#include "apps/cli/jobs.hpp"
#include "apps/cli/token_table.hpp"

namespace ictus::cli {
namespace {

// What has been printed is flushed block by block: who reads along sees each when it has come.

void print_events(formats::EventStreamReader& reader, const options::DumpOptions& options,
                  const ExtraColumns& extra, TextOutput& out) {
  EventTable table([&out](std::string_view text) { out.print(text); }, options.format, !options.no_vectors,
                   extra, reader.header().sample_rate_hz, options.units);
  table.print_header(reader.header());
  out.flush();
  while (const auto block = reader.next()) {
    table.print(block->events);
    out.flush();
  }
  table.print_totals(*reader.totals());
  out.flush();
}

void print_tokens(formats::TokenPyramidReader& reader, const options::DumpOptions& options, TextOutput& out) {
  TokenTable table(out, options.format, reader.header());
  table.print_header();
  out.flush();
  try {
    while (const auto clip = reader.next()) {
      table.print(*clip);
      out.flush();
    }
  } catch (const DamagedInput&) {
    if (reader.unfinished()) table.print(*reader.unfinished());
    out.flush();
    throw;
  }
}

}  // namespace

int dump(StreamInput& input, const options::DumpOptions& options, const ExtraColumns& extra,
         const Streams& streams) {
  if (options.describe) input.require(options::Codec::events, "--describe");
  if (options.no_vectors) input.require(options::Codec::events, "--no-vectors");
  if (options.units) input.require(options::Codec::events, "--units");
  Reporter reporter(streams);
  return run_tasks({input.name()}, 1, reporter, [&](std::size_t) {
    TextOutput out(streams.out);
    if (auto* const events = std::get_if<formats::EventStreamReader>(&input.reader())) {
      print_events(*events, options, extra, out);
    } else {
      print_tokens(std::get<formats::TokenPyramidReader>(input.reader()), options, out);
    }
  });
}

}  // namespace ictus::cli
