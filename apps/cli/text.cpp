#include "apps/cli/text.hpp"

#include <fmt/format.h>

namespace ictus::cli {

std::string harmless(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_control = byte < 0x20 || byte == 0x7F;
    // U+0080 to U+009F, which terminals may obey too, are C2 80 to C2 9F.
    const bool is_high_control =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_control) {
      result += fmt::format("\\x{:02X}", byte);
    } else if (is_high_control) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(text[++i])));
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string display_name(const std::string& path) {
  return path == kStandardStream ? "standard input" : harmless(path);
}

std::string display_output_name(const std::string& path) {
  return path == kStandardStream ? "standard output" : harmless(path);
}

std::string sentence(const Error& error, const std::string& name) {
  const std::string what = harmless(error.what());
  return what.find(name) == std::string::npos ? name + ": " + what : what;
}

std::string bitrate_text(double bits_per_second) {
  if (bits_per_second < 1e6) return fmt::format("{:.1f} kbit/s", bits_per_second / 1e3);
  return fmt::format("{:.1f} Mbit/s", bits_per_second / 1e6);
}

std::string counted(std::uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string counted(const Counts& counts) {
  std::string text;
  for (const auto& [noun, count] : counts) text += (text.empty() ? "" : ", ") + counted(count, noun);
  return text;
}

}  // namespace ictus::cli
