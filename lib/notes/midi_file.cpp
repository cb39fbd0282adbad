#include "lib/notes/midi_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/notes/score.hpp"

namespace ictus::notes {
namespace {

constexpr int kTicksPerQuarter = 500;
constexpr std::uint32_t kMicrosecondsPerQuarter = 500'000;
constexpr double kTicksPerSecond = 1e6 * kTicksPerQuarter / kMicrosecondsPerQuarter;
constexpr std::int64_t kLongestDelta = (1 << 28) - 1;
/// Far beyond any recording, and far within what a std::int64_t of ticks holds.
constexpr double kLastSecond = 1e9;
constexpr std::size_t kLongestTitle = 255;

/// A tick is 1 ms. Without what the library has for fractions, which a page would have to carry along.
std::string in_seconds(std::int64_t ticks) {
  return std::to_string(ticks / 1000) + '.' + std::to_string(1000 + ticks % 1000).substr(1);
}

void put_big_endian(std::string& to, std::uint32_t value, int bytes) {
  for (int b = bytes - 1; b >= 0; --b) to.push_back(static_cast<char>(value >> (8 * b) & 0xFF));
}

/// Seven bits a byte, the highest first; all bytes but the last have their top bit set.
void put_variable_length(std::string& to, std::uint32_t value) {
  for (int shift = 21; shift > 0; shift -= 7)
    if (value >> shift != 0) to.push_back(static_cast<char>(0x80 | (value >> shift & 0x7F)));
  to.push_back(static_cast<char>(value & 0x7F));
}

void put_meta_event(std::string& to, int type, std::string_view data) {
  put_variable_length(to, 0);  // at the moment of the event before
  to.push_back('\xFF');
  to.push_back(static_cast<char>(type));
  put_variable_length(to, static_cast<std::uint32_t>(data.size()));
  to.append(data);
}

/// Bytes of the well-formed UTF-8 character at the front of `text`, 0 if there is none (Unicode, table 3-7).
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? text[i] & 0xFF : 0; };
  const int lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool is_overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool is_no_character = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return is_overlong || is_no_character ? 0 : length;
}

std::string track_name(std::string_view title) {
  std::string name;
  while (!title.empty()) {
    const std::size_t length = character_length(title);
    std::string_view character = title.substr(0, std::max<std::size_t>(length, 1));
    title.remove_prefix(character.size());
    if (length == 0) character = "\xEF\xBF\xBD";  // U+FFFD
    const int first = character[0] & 0xFF;
    if (first < 0x20 || first == 0x7F) character = " ";
    if (name.size() + character.size() > kLongestTitle) break;
    name.append(character);
  }
  return name;
}

struct Key {
  std::int64_t begin_tick;
  std::int64_t end_tick;
  int pitch;
  int velocity;
  const std::vector<MidiBend>* bends;
  int channel = 0;
};

Key key_of(const MidiNote& note) {
  const double end_s = note.onset_s + note.duration_s;
  // Written so that what is no number is refused.
  if (!(note.onset_s >= 0.0 && note.duration_s >= 0.0 && end_s <= kLastSecond))
    throw Error("a note that begins before 0 s or ends after a billion seconds cannot be in a MIDI file");
  if (note.pitch < 0 || note.pitch > 127)
    throw Error("a pitch of " + std::to_string(note.pitch) + " is not within the 0 to 127 of a MIDI file");
  if (note.velocity < 1 || note.velocity > 127)
    throw Error("a velocity of " + std::to_string(note.velocity) +
                " is not within the 1 to 127 of a MIDI file");
  const std::int64_t begin = std::llround(note.onset_s * kTicksPerSecond);
  return {begin, std::max<std::int64_t>(begin + 1, std::llround(end_s * kTicksPerSecond)), note.pitch,
          note.velocity, &note.bends};
}

/// In order of their beginnings, those of one pitch after each other.
std::vector<Key> pressed(const std::vector<MidiNote>& notes) {
  std::vector<Key> all;
  all.reserve(notes.size());
  for (const MidiNote& note : notes) all.push_back(key_of(note));
  std::sort(all.begin(), all.end(), [](const Key& a, const Key& b) {
    return std::tie(a.begin_tick, a.pitch) < std::tie(b.begin_tick, b.pitch);
  });
  std::vector<Key> kept;
  constexpr std::size_t kNone = ~std::size_t{0};
  std::array<std::size_t, 128> last{};  // in `kept`, of each pitch
  last.fill(kNone);
  for (const Key& key : all) {
    std::size_t& before = last[static_cast<std::size_t>(key.pitch)];
    if (before != kNone && kept[before].begin_tick == key.begin_tick) {
      kept[before].end_tick = std::max(kept[before].end_tick, key.end_tick);
      if (kept[before].velocity < key.velocity) {
        kept[before].velocity = key.velocity;
        kept[before].bends = key.bends;
      }
      continue;
    }
    if (before != kNone) kept[before].end_tick = std::min(kept[before].end_tick, key.begin_tick);
    before = kept.size();
    kept.push_back(key);
  }
  return kept;
}

/// Gives each key a channel that nothing sounds on, or that is free first. They are in order.
void spread_over_channels(std::vector<Key>& keys) {
  std::array<std::int64_t, 16> free_from{};
  free_from[kDrumChannel] = std::numeric_limits<std::int64_t>::max();
  for (Key& key : keys) {
    const auto first = std::min_element(free_from.begin(), free_from.end());
    key.channel = static_cast<int>(first - free_from.begin());
    *first = std::max(*first, key.end_tick);
  }
}

/// What is sent at a tick, in this order.
enum class Rank { set_up, release, bend, press };

struct Message {
  std::int64_t tick;
  Rank rank;
  int pitch;
  std::string bytes;
};

std::string message_of(int kind, int channel, int first, int second) {
  return {static_cast<char>(kind | channel), static_cast<char>(first), static_cast<char>(second)};
}

/// The range of a channel's wheel: registered parameter 0, in semitones and cents.
std::string bend_range(int channel) {
  std::string bytes;
  const auto control = [&](int number, int value) {
    if (!bytes.empty()) put_variable_length(bytes, 0);
    bytes += message_of(0xB0, channel, number, value);
  };
  control(101, 0);
  control(100, 0);
  control(6, static_cast<int>(kMostBendSemitones));
  control(38, 0);
  return bytes;
}

std::string bend_message(int channel, double semitones) {
  constexpr int kMiddle = 8192;
  const double part = std::clamp(semitones / kMostBendSemitones, -1.0, 1.0);
  const int value = std::clamp(kMiddle + static_cast<int>(std::lround(part * kMiddle)), 0, 2 * kMiddle - 1);
  return message_of(0xE0, channel, value & 0x7F, value >> 7);
}

void add_bends(const Key& key, std::vector<Message>& messages) {
  messages.push_back({key.begin_tick, Rank::bend, key.pitch, bend_message(key.channel, 0.0)});
  for (const MidiBend& bend : *key.bends) {
    const std::int64_t tick =
        key.begin_tick + std::llround(std::clamp(bend.after_s, 0.0, kLastSecond) * kTicksPerSecond);
    if (tick >= key.end_tick) break;
    std::string bytes = bend_message(key.channel, bend.semitones);
    Message& last = messages.back();
    if (last.tick == tick) {
      last.bytes = std::move(bytes);
    } else if (last.bytes != bytes) {
      messages.push_back({tick, Rank::bend, key.pitch, std::move(bytes)});
    }
  }
}

}  // namespace

std::string midi_file(const std::vector<MidiNote>& notes, std::string_view title) {
  std::vector<Message> messages;
  constexpr int kReleaseVelocity = 64;  // what is sent where it is not known
  std::vector<Key> keys = pressed(notes);
  const bool bends =
      std::any_of(keys.begin(), keys.end(), [](const Key& key) { return !key.bends->empty(); });
  if (bends) {
    spread_over_channels(keys);
    std::array<bool, 16> is_used{};
    for (const Key& key : keys) is_used[static_cast<std::size_t>(key.channel)] = true;
    for (int channel = 0; channel < 16; ++channel)
      if (is_used[static_cast<std::size_t>(channel)])
        messages.push_back({0, Rank::set_up, channel, bend_range(channel)});
  }
  for (const Key& key : keys) {
    if (bends) add_bends(key, messages);
    messages.push_back(
        {key.begin_tick, Rank::press, key.pitch, message_of(0x90, key.channel, key.pitch, key.velocity)});
    messages.push_back(
        {key.end_tick, Rank::release, key.pitch, message_of(0x80, key.channel, key.pitch, kReleaseVelocity)});
  }
  // A key is let go before it, or another, is pressed in the same millisecond.
  std::stable_sort(messages.begin(), messages.end(), [](const Message& a, const Message& b) {
    return std::tie(a.tick, a.rank, a.pitch) < std::tie(b.tick, b.rank, b.pitch);
  });

  std::string track;
  put_meta_event(track, 0x03, track_name(title));
  std::string tempo;
  put_big_endian(tempo, kMicrosecondsPerQuarter, 3);
  put_meta_event(track, 0x51, tempo);
  std::int64_t tick = 0;
  for (const Message& message : messages) {
    const std::int64_t delta = message.tick - tick;
    if (delta > kLongestDelta)
      throw Error("a MIDI file cannot hold " + in_seconds(delta) + " s in which no note begins or ends");
    put_variable_length(track, static_cast<std::uint32_t>(delta));
    track += message.bytes;
    tick = message.tick;
  }
  put_meta_event(track, 0x2F, {});

  std::string file = "MThd";
  put_big_endian(file, 6, 4);
  put_big_endian(file, 0, 2);  // format
  put_big_endian(file, 1, 2);  // tracks
  put_big_endian(file, kTicksPerQuarter, 2);
  file += "MTrk";
  put_big_endian(file, static_cast<std::uint32_t>(track.size()), 4);
  return file + track;
}

int velocity_of(double level_db) {
  const double velocity = 127.0 * std::pow(10.0, level_db / 40.0);
  return velocity >= 1.0 ? static_cast<int>(std::lround(std::min(velocity, 127.0))) : 1;
}

}  // namespace ictus::notes
