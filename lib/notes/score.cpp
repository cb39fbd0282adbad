#include "lib/notes/score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "lib/core/error.hpp"

namespace ictus::notes {
namespace {

constexpr int kChannels = 16;
constexpr double kUsualQuarterS = 0.5;  // until a tempo is told
constexpr double kLongestH = 24.0;      // what lasts longer is damaged, and would be years of silence
constexpr int kUsualVolume = 100;
constexpr int kMostData = 127;
constexpr int kWheelMiddle = 8192;
constexpr double kUsualWheelSemitones = 2.0;

/// Controllers, and the parameter that says how far a wheel reaches.
enum Controller : std::uint8_t {
  kDataCoarse = 6,
  kVolume = 7,
  kPan = 10,
  kExpression = 11,
  kDataFine = 38,
  kPedal = 64,
  kUnregisteredFine = 98,
  kUnregisteredCoarse = 99,
  kParameterFine = 100,
  kParameterCoarse = 101,
  kSoundOff = 120,
  kReset = 121,
  kNotesOff = 123,
};

/// Bytes from front to back; what goes wrong says where.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::size_t first) : bytes_(bytes), first_(first) {}

  [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  /// In the file.
  [[nodiscard]] std::size_t position() const { return first_ + at_; }

  std::uint8_t byte() {
    if (at_end()) throw Error(fmt::format("is cut short at byte {}", position()));
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  [[nodiscard]] std::uint8_t peek() const {
    return at_end() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes_[at_]);
  }
  /// Of so many bytes, the highest first.
  std::uint32_t number(int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8U | byte();
    return value;
  }
  /// Seven bits a byte, four bytes at most.
  std::uint32_t variable() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const std::uint8_t next = byte();
      value = value << 7U | (next & 0x7FU);
      if ((next & 0x80U) == 0) return value;
    }
    throw Error(fmt::format("has a number of more than four bytes before byte {}", position()));
  }
  std::span<const std::byte> take(std::size_t count) {
    if (count > left()) throw Error(fmt::format("is cut short at byte {}", first_ + bytes_.size()));
    const auto taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }
  ByteReader part(std::size_t count) {
    const std::size_t begin = position();
    return {take(count), begin};
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t first_;
  std::size_t at_ = 0;
};

/// What happens at a tick: a message to a channel, or a tempo.
struct Happening {
  std::uint64_t tick;
  std::uint8_t status;  ///< kTempo, or the message's
  std::uint8_t first, second;
  double quarter_s;
};
constexpr std::uint8_t kTempo = 0xFF;

struct File {
  std::vector<Happening> happenings;  ///< of all tracks, in order of ticks and then of tracks
  std::uint64_t last_tick = 0;
  double ticks_a_quarter = 0.0;  ///< 0 where ticks are parts of a second
  double tick_s = 0.0;
  std::string title;
};

void read_track(ByteReader track, bool is_first, File& file) {
  std::uint64_t tick = 0;
  std::uint8_t status = 0;
  while (!track.at_end()) {
    tick += track.variable();
    file.last_tick = std::max(file.last_tick, tick);
    if ((track.peek() & 0x80U) != 0 || track.at_end()) {
      status = track.byte();
    } else if (status == 0) {
      throw Error(fmt::format("has data without a status at byte {}", track.position()));
    }
    if (status == 0xFF) {
      const std::uint8_t kind = track.byte();
      ByteReader text = track.part(track.variable());
      if (kind == 0x2F) return;
      if (kind == 0x51 && text.left() >= 3)
        file.happenings.push_back({tick, kTempo, 0, 0, 1e-6 * std::max(text.number(3), 1U)});
      if (kind == 0x03 && is_first && file.title.empty())
        while (!text.at_end()) file.title += static_cast<char>(text.byte());
      status = 0;
    } else if (status == 0xF0 || status == 0xF7) {
      (void)track.take(track.variable());
      status = 0;
    } else if (status > 0xF0) {
      throw Error(fmt::format("has the status {:#04x} at byte {}, which is none of a file's", status,
                              track.position() - 1));
    } else {
      const bool is_short = (status & 0xF0U) == 0xC0 || (status & 0xF0U) == 0xD0;
      const auto data = [&] {
        const std::uint8_t value = track.byte();
        if (value > kMostData)
          throw Error(fmt::format("has the status {:#04x} at byte {}, where data belongs", value,
                                  track.position() - 1));
        return value;
      };
      const std::uint8_t first = data();
      const std::uint8_t second = is_short ? std::uint8_t{0} : data();
      file.happenings.push_back({tick, status, first, second, 0.0});
    }
  }
}

File read_file(std::span<const std::byte> bytes) {
  ByteReader reader(bytes, 0);
  constexpr std::uint32_t kHeader = 0x4D546864;  // "MThd"
  constexpr std::uint32_t kTrack = 0x4D54726B;   // "MTrk"
  if (bytes.size() < 4 || reader.number(4) != kHeader)
    throw Error("is no MIDI file",
                "Scores are Standard MIDI Files, such as a sequencer or MuseScore exports.");
  ByteReader header = reader.part(reader.number(4));
  const std::uint32_t format = header.number(2);
  const std::uint32_t tracks = header.number(2);
  const std::uint32_t division = header.number(2);
  if (format > 1)
    throw Error(fmt::format("is a MIDI file of format {}", format), "Formats 0 and 1 can be played.");
  File file;
  if ((division & 0x8000U) != 0) {
    const int frames_a_second = 256 - static_cast<int>(division >> 8U);
    const int ticks_a_frame = static_cast<int>(division & 0xFFU);
    if (ticks_a_frame > 0)
      file.tick_s = 1.0 / (frames_a_second == 29 ? 29.97 : frames_a_second) / ticks_a_frame;
  } else {
    file.ticks_a_quarter = division;
  }
  if (file.ticks_a_quarter == 0.0 && file.tick_s == 0.0) throw Error("says of no tick how long it takes");
  for (std::uint32_t track = 0; track < tracks;) {
    const std::uint32_t kind = reader.number(4);
    ByteReader chunk = reader.part(reader.number(4));
    if (kind != kTrack) continue;
    read_track(chunk, track == 0, file);
    ++track;
  }
  std::stable_sort(file.happenings.begin(), file.happenings.end(),
                   [](const Happening& a, const Happening& b) { return a.tick < b.tick; });
  return file;
}

/// What a channel has been told, and the notes that sound.
class Channel {
 public:
  Channel(int number, std::vector<ScoreNote>& notes) : number_(number), notes_(notes) {
    sounding_.fill(kNone);
  }

  void take(const Happening& message, double now_s) {
    switch (message.status & 0xF0U) {
      case 0x80:
        let_go(message.first, now_s);
        break;
      case 0x90:
        if (message.second == 0)
          let_go(message.first, now_s);
        else
          press(message.first, message.second, now_s);
        break;
      case 0xB0:
        control(message.first, message.second, now_s);
        break;
      case 0xC0:
        program_ = message.first;
        break;
      case 0xE0:
        turn_wheel(message.first | message.second << 7, now_s);
        break;
      default:
        break;
    }
  }
  void end_all(double now_s) {
    for (int key = 0; key <= kMostData; ++key) end(key, now_s);
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] double wheel_semitones() const {
    return wheel_reach_ * (wheel_ - kWheelMiddle) / static_cast<double>(kWheelMiddle);
  }

  void press(int key, int velocity, double now_s) {
    end(key, now_s);
    ScoreNote note{now_s, 0.0, number_, program_, key, velocity};
    note.begin_semitones = note.end_semitones = wheel_semitones();
    note.level_db = 40.0 * std::log10(std::max(volume_, 1) / static_cast<double>(kUsualVolume) *
                                      std::max(expression_, 1) / kMostData);
    note.position = std::clamp((pan_ - 64) / 63.0, -1.0, 1.0);
    note.is_placed = is_placed_;
    sounding_[static_cast<std::size_t>(key)] = notes_.size();
    notes_.push_back(note);
  }
  void let_go(int key, double now_s) {
    if (is_pedal_down_)
      is_kept_[static_cast<std::size_t>(key)] = true;
    else
      end(key, now_s);
  }
  void end(int key, double now_s) {
    std::size_t& place = sounding_[static_cast<std::size_t>(key)];
    if (place != kNone) notes_[place].duration_s = now_s - notes_[place].onset_s;
    place = kNone;
    is_kept_[static_cast<std::size_t>(key)] = false;
  }
  void lift_pedal(double now_s) {
    is_pedal_down_ = false;
    for (int key = 0; key <= kMostData; ++key)
      if (is_kept_[static_cast<std::size_t>(key)]) end(key, now_s);
  }
  void turn_wheel(int wheel, double now_s) {
    wheel_ = wheel;
    for (const std::size_t place : sounding_) {
      if (place == kNone) continue;
      ScoreNote& note = notes_[place];
      note.end_semitones = wheel_semitones();
      note.bend_s = now_s - note.onset_s;
      if (note.bend_s <= 0.0) note.begin_semitones = note.end_semitones;
    }
  }
  void control(int controller, int value, double now_s) {
    switch (controller) {
      case kVolume:
        volume_ = value;
        break;
      case kExpression:
        expression_ = value;
        break;
      case kPan:
        pan_ = value;
        is_placed_ = true;
        break;
      case kPedal:
        if (value >= 64)
          is_pedal_down_ = true;
        else
          lift_pedal(now_s);
        break;
      case kParameterCoarse:
        parameter_ = (parameter_ & 0x7F) | value << 7;
        break;
      case kParameterFine:
        parameter_ = (parameter_ & ~0x7F) | value;
        break;
      case kUnregisteredCoarse:
      case kUnregisteredFine:
        parameter_ = kNoParameter;
        break;
      case kDataCoarse:
        if (parameter_ == 0) wheel_reach_ = value;
        break;
      case kDataFine:
        if (parameter_ == 0) wheel_reach_ = std::floor(wheel_reach_) + value / 100.0;
        break;
      case kReset:
        expression_ = kMostData;
        turn_wheel(kWheelMiddle, now_s);
        lift_pedal(now_s);
        break;
      default:
        if (controller == kSoundOff || controller >= kNotesOff) end_all(now_s);
        break;
    }
  }

  static constexpr int kNoParameter = 0x3FFF;

  int number_;
  std::vector<ScoreNote>& notes_;
  std::array<std::size_t, kMostData + 1> sounding_{};  ///< by key, places in notes_
  std::array<bool, kMostData + 1> is_kept_{};          ///< let go while the pedal was down
  bool is_pedal_down_ = false;
  int program_ = 0;
  int volume_ = kUsualVolume, expression_ = kMostData;
  int pan_ = 64;
  bool is_placed_ = false;
  int wheel_ = kWheelMiddle;
  int parameter_ = kNoParameter;
  double wheel_reach_ = kUsualWheelSemitones;
};

}  // namespace

double level_of_velocity(int velocity) {
  return 40.0 * std::log10(static_cast<double>(velocity) / kMostData);
}

Score read_score(std::span<const std::byte> bytes) {
  File file = read_file(bytes);
  Score score;
  score.title = std::move(file.title);
  std::vector<Channel> channels;
  for (int number = 0; number < kChannels; ++number) channels.emplace_back(number, score.notes);
  double quarter_s = kUsualQuarterS;
  double now_s = 0.0;
  std::uint64_t now = 0;
  const auto go_to = [&](std::uint64_t tick) {
    const double tick_s = file.ticks_a_quarter > 0.0 ? quarter_s / file.ticks_a_quarter : file.tick_s;
    now_s += static_cast<double>(tick - now) * tick_s;
    now = tick;
  };
  for (const Happening& happening : file.happenings) {
    go_to(happening.tick);
    if (happening.status == kTempo)
      quarter_s = happening.quarter_s;
    else
      channels[happening.status & 0x0FU].take(happening, now_s);
  }
  go_to(std::max(file.last_tick, now));
  if (now_s > 3600.0 * kLongestH)
    throw Error(fmt::format("lasts {:.0f} hours", now_s / 3600.0),
                fmt::format("Scores of up to {:g} hours can be played.", kLongestH));
  for (Channel& channel : channels) channel.end_all(now_s);
  score.length_s = now_s;
  return score;
}

}  // namespace ictus::notes
