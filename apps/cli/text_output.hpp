// Text on standard output, in large writes whose errors are seen.
#pragma once

#include <string>
#include <string_view>

namespace ictus::cli {

class TextOutput {
 public:
  explicit TextOutput(int fd) : fd_(fd) {}
  /// Keeps the text until flush(), or until there is much of it.
  void print(std::string_view text);
  /// Throws ictus::Error when it cannot be written.
  void flush();

 private:
  int fd_;
  std::string pending_;
};

}  // namespace ictus::cli
