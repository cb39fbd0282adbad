#include "lib/notes/note_name.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <regex>

namespace ictus::notes {
namespace {

constexpr const char* kNames[] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};

std::optional<int> whole(const std::string& word) {
  int value = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failure != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<int> within_midi(std::optional<int> value) {
  return value && *value >= 0 && *value <= 127 ? value : std::nullopt;
}

}  // namespace

std::string pitch_name(int pitch) { return fmt::format("{}{}", kNames[pitch % 12], pitch / 12 - 1); }

std::optional<int> pitch_of(const std::string& word) {
  if (const std::optional<int> number = whole(word)) return within_midi(number);
  static const std::regex kName("([A-Ga-g])([#b]?)(-?[0-9]{1,2})");
  std::smatch parts;
  if (!std::regex_match(word, parts, kName)) return std::nullopt;
  static constexpr int kSemitones[] = {9, 11, 0, 2, 4, 5, 7};  // A to G above C
  const int letter = kSemitones[(parts.str(1)[0] | 0x20) - 'a'];
  const int shift = parts.str(2) == "#" ? 1 : parts.str(2) == "b" ? -1 : 0;
  return within_midi(letter + shift + 12 * (*whole(parts.str(3)) + 1));
}

std::optional<formats::NoteLabel> label_in(const std::string& path) {
  static const std::regex kName("(.+)_([^_]+)_([0-9]+(?:-[0-9]+){2,4})");
  const std::string name = std::filesystem::path(path).stem().string();
  std::smatch parts;
  if (!std::regex_match(name, parts, kName)) return std::nullopt;
  std::vector<std::string> numbers;
  static const std::regex kNumber("[0-9]+");
  const std::string all = parts.str(3);
  for (std::sregex_iterator at(all.begin(), all.end(), kNumber), end; at != end; ++at)
    numbers.push_back(at->str());
  const std::size_t pitch_at = numbers.size() == 3 ? 1 : 2;
  const std::optional<int> pitch = within_midi(whole(numbers[pitch_at]));
  const std::optional<int> velocity = within_midi(whole(numbers[pitch_at + 1]));
  if (!pitch || !velocity) return std::nullopt;
  return formats::NoteLabel{parts.str(1), static_cast<std::uint8_t>(*pitch),
                            static_cast<std::uint8_t>(*velocity)};
}

std::string file_name(const formats::NoteLabel& label, const std::string& source,
                      unsigned long long instrument) {
  return fmt::format("{}_{}_{:06}-{:03}-{:03}", label.family, source, instrument, label.pitch,
                     label.velocity);
}

}  // namespace ictus::notes
