#include "apps/cli/text.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <algorithm>

namespace ictus::cli {
namespace {

void append_harmless(std::string& result, std::string_view valid) {
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const bool is_control = byte < 0x20 || byte == 0x7F;
    // U+0080 to U+009F, which terminals may obey too, are C2 80 to C2 9F.
    const bool is_high_control = byte == 0xC2 && static_cast<unsigned char>(valid[i + 1]) < 0xA0;
    if (is_control) {
      result += fmt::format("\\x{:02X}", byte);
    } else if (is_high_control) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(valid[++i])));
    } else {
      result += valid[i];
    }
  }
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t sound = std::min(utf8::find_invalid(text), text.size());
    append_harmless(result, text.substr(0, sound));
    text.remove_prefix(sound);
    if (text.empty()) break;
    result += fmt::format("\\x{:02X}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
  return result;
}

std::string instrument_text(const formats::NoteLabel& label) {
  const std::string family = label.family.empty() ? "any family" : harmless(label.family);
  return label.instrument.empty() ? family : fmt::format("{} ({})", harmless(label.instrument), family);
}

std::string display_name(const std::string& path) {
  return path == kStandardStream ? "standard input" : harmless(path);
}

std::string display_output_name(const std::string& path) {
  return path == kStandardStream ? "standard output" : harmless(path);
}

std::string shell_word(const std::string& path) {
  const std::string word = path.starts_with('-') ? "./" + path : path;
  if (harmless(word) == word) {
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
  }
  // Bytes that cannot be typed; bash, zsh and ksh know how to write them.
  std::string quoted = "$'";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F) {
      quoted += fmt::format("\\x{:02X}", byte);
    } else {
      quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
  }
  return quoted + "'";
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

std::string samples_were(std::uint64_t count) {
  return counted(count, "sample") + (count == 1 ? " was" : " were");
}

std::string counted(const Counts& counts) {
  std::string text;
  for (const auto& [noun, count] : counts) text += (text.empty() ? "" : ", ") + counted(count, noun);
  return text;
}

}  // namespace ictus::cli
