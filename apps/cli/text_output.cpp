#include "apps/cli/text_output.hpp"

#include <span>

#include "apps/cli/descriptor.hpp"

namespace ictus::cli {

void TextOutput::print(std::string_view text) {
  static constexpr std::size_t kMuch = 1 << 16;
  pending_ += text;
  if (pending_.size() >= kMuch) flush();
}

void TextOutput::flush() {
  write_all(fd_, std::as_bytes(std::span(pending_)), "standard output");
  pending_.clear();
}

}  // namespace ictus::cli
