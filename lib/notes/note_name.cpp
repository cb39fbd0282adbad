#include "lib/notes/note_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <vector>

namespace ictus::notes {
namespace {

constexpr const char* kNames[] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};

std::optional<int> whole(std::string_view word) {
  int value = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failure != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

bool are_digits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string_view> split_at(std::string_view word, char mark) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t end = word.find(mark); end != std::string_view::npos; end = word.find(mark, begin)) {
    parts.push_back(word.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(word.substr(begin));
  return parts;
}

/// The last part of a path. A dot with '_' behind it stands before an instrument, not before a suffix.
std::string without_suffix(const std::string& path) {
  const std::filesystem::path name = std::filesystem::path(path).filename();
  const bool has_suffix = name.extension().string().find('_') == std::string::npos;
  return (has_suffix ? name.stem() : name).string();
}

/// Of the words of a name between '_': SOURCE, and what stands behind its first dot.
std::string_view source_of(const std::vector<std::string_view>& words) {
  return split_at(words[words.size() - 2], '.').front();
}
std::string_view instrument_of(const std::vector<std::string_view>& words) {
  const std::string_view word = words[words.size() - 2];
  return word.substr(std::min(word.size(), source_of(words).size() + 1));
}

std::optional<int> within_midi(std::optional<int> value) {
  return value && *value >= 0 && *value <= 127 ? value : std::nullopt;
}

}  // namespace

std::string pitch_name(int pitch) { return fmt::format("{}{}", kNames[pitch % 12], pitch / 12 - 1); }

std::optional<int> pitch_of(const std::string& word) {
  if (const std::optional<int> number = whole(word)) return within_midi(number);
  if (word.empty()) return std::nullopt;
  static constexpr int kSemitones[] = {9, 11, 0, 2, 4, 5, 7};  // A to G above C
  const int letter = (word[0] | 0x20) - 'a';
  if (letter < 0 || letter >= static_cast<int>(std::size(kSemitones))) return std::nullopt;
  std::string_view octave = std::string_view(word).substr(1);
  const int shift = octave.starts_with('#') ? 1 : octave.starts_with('b') ? -1 : 0;
  if (shift != 0) octave.remove_prefix(1);
  const std::string_view digits = octave.starts_with('-') ? octave.substr(1) : octave;
  if (!are_digits(digits) || digits.size() > 2) return std::nullopt;
  return within_midi(kSemitones[letter] + shift + 12 * (*whole(octave) + 1));
}

std::optional<formats::NoteLabel> label_in(const std::string& path) {
  const std::string name = without_suffix(path);
  const std::vector<std::string_view> words = split_at(name, '_');
  if (words.size() < 3 || source_of(words).empty()) return std::nullopt;
  const std::string_view family(name.data(),
                                static_cast<std::size_t>(words[words.size() - 2].data() - 1 - name.data()));
  if (family.empty() || family.find_first_of("\n\r") != std::string_view::npos) return std::nullopt;
  const std::vector<std::string_view> numbers = split_at(words.back(), '-');
  if (numbers.size() < 3 || numbers.size() > 5 || !std::all_of(numbers.begin(), numbers.end(), are_digits))
    return std::nullopt;
  const std::size_t pitch_at = numbers.size() == 3 ? 1 : 2;
  const std::optional<int> pitch = within_midi(whole(numbers[pitch_at]));
  const std::optional<int> velocity = within_midi(whole(numbers[pitch_at + 1]));
  if (!pitch || !velocity) return std::nullopt;
  return formats::NoteLabel{.family = std::string(family),
                            .pitch = static_cast<std::uint8_t>(*pitch),
                            .velocity = static_cast<std::uint8_t>(*velocity),
                            .instrument = std::string(instrument_of(words))};
}

std::optional<std::string> source_in(const std::string& path) {
  if (!label_in(path)) return std::nullopt;
  const std::string name = without_suffix(path);
  return std::string(source_of(split_at(name, '_')));
}

std::string file_name(const formats::NoteLabel& label, const std::string& source, unsigned long long number) {
  return fmt::format("{}_{}{}{}_{:06}-{:03}-{:03}", label.family, source, label.instrument.empty() ? "" : ".",
                     label.instrument, number, label.pitch, label.velocity);
}

}  // namespace ictus::notes
