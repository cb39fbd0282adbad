#include "apps/cli/whole_file.hpp"

#include <span>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/text.hpp"

namespace ictus::cli {

std::string read_whole_file(const std::string& path, const Streams& streams) {
  constexpr std::size_t kAtATime = 1 << 16;
  const UniqueFd file = path == kStandardStream ? UniqueFd() : open_for_reading(path);
  const int fd = file.is_open() ? file.get() : streams.in;
  std::string text;
  while (true) {
    const std::size_t size = text.size();
    text.resize(size + kAtATime);
    const std::size_t more =
        read_some(fd, std::as_writable_bytes(std::span(text)).subspan(size), display_name(path));
    text.resize(size + more);
    if (more == 0) return text;
  }
}

}  // namespace ictus::cli
