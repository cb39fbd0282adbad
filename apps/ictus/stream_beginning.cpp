#include "apps/ictus/stream_beginning.hpp"

#include <sys/stat.h>

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

/// Whether a name leads to what can be read only once.
bool is_passing(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

bool begins_as_stream(int fd, const std::string& name) {
  const auto bytes = peek(fd, kTellingBytes, name);
  return !bytes || formats::format_of(*bytes) != nullptr;
}

}  // namespace

bool may_be_stream(const std::string& input, const cli::Streams& streams) {
  const std::string name = cli::display_name(input);
  try {
    if (const auto fd = open_descriptor(input, streams)) return begins_as_stream(*fd, name);
    // Once a named pipe has been opened and closed, what was in it is gone.
    return is_passing(input) || begins_as_stream(cli::open_for_reading(input).get(), name);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ictus::front
