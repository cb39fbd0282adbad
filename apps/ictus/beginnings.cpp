#include "apps/ictus/beginnings.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/text.hpp"
#include "formats/blocks.hpp"
#include "lib/core/error.hpp"
#include "lib/core/path.hpp"
#include "lib/core/peek.hpp"

namespace ictus::front {
namespace {

/// So many bytes tell the formats apart.
constexpr std::size_t kTellingBytes = 4;

std::optional<int> open_descriptor(const std::string& input, const cli::Streams& streams) {
  return input == cli::kStandardStream ? streams.in : descriptor_named(input);
}

bool is_regular(const struct stat& status) { return S_ISREG(status.st_mode); }

/// Whether it can be read only once.
bool is_passing(const std::string& input, const cli::Streams& streams) {
  struct stat status {};
  const auto fd = open_descriptor(input, streams);
  const int failed = fd ? ::fstat(*fd, &status) : ::stat(input.c_str(), &status);
  return failed == 0 && !is_regular(status) && !S_ISDIR(status.st_mode);
}

Beginning beginning_at(int fd, const std::string& name) {
  const auto bytes = peek(fd, kTellingBytes, name);
  if (!bytes) return Beginning::unknown;
  const formats::StreamFormat* const format = formats::format_of(*bytes);
  if (format == &formats::kEventStreamFormat) return Beginning::event_stream;
  return format == &formats::kTokenPyramidFormat ? Beginning::token_pyramid : Beginning::neither;
}

Beginning beginning_of(const std::string& input, const cli::Streams& streams) {
  const std::string name = cli::display_name(input);
  try {
    if (const auto fd = open_descriptor(input, streams)) return beginning_at(*fd, name);
    // Once a named pipe has been opened and closed, what was in it is gone.
    if (is_passing(input, streams)) return Beginning::unknown;
    return beginning_at(cli::open_for_reading(input).get(), name);
  } catch (const Error&) {
    return Beginning::neither;
  }
}

}  // namespace

std::vector<Beginning> beginnings_of(const std::vector<std::string>& inputs, const cli::Streams& streams) {
  const auto passing = std::count_if(inputs.begin(), inputs.end(),
                                     [&](const std::string& input) { return is_passing(input, streams); });
  std::vector<Beginning> beginnings;
  for (const std::string& input : inputs) {
    beginnings.push_back(passing > 1 && is_passing(input, streams) ? Beginning::unknown
                                                                   : beginning_of(input, streams));
  }
  return beginnings;
}

}  // namespace ictus::front
