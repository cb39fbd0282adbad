// The kinds of value an option can take. Each function reads the words of one value, or throws a
// UsageError that names the option, what was given and what would be right.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/options/options.hpp"
#include "lib/audio/audio.hpp"

namespace ictus::options {

[[nodiscard]] long long whole_number(const std::string& option, const std::string& value, long long least,
                                     long long most);
[[nodiscard]] double positive_number(const std::string& option, const std::string& value);
/// A number from `least` to `most`.
[[nodiscard]] double number_within(const std::string& option, const std::string& value, double least,
                                   double most);
/// Words between commas; "any" is none. None may be empty or come twice.
[[nodiscard]] std::vector<std::string> word_list(const std::string& option, const std::string& value);
/// Pitches as names or MIDI numbers, between commas, or ranges of them: "A4", "60", "C3..C5,72".
[[nodiscard]] std::vector<int> pitch_list(const std::string& option, const std::string& value);
/// Whole numbers between commas, or ranges of them: "64", "25..127".
[[nodiscard]] std::vector<int> number_list(const std::string& option, const std::string& value, int least,
                                           int most);
/// Numbers of events between commas, or ranges of them: "3,7,10..20".
[[nodiscard]] EventChoice event_choice(const std::string& option, const std::string& value);
/// "1.5s", "200ms", "2min" or a number of seconds, which may be negative.
[[nodiscard]] double seconds(const std::string& option, const std::string& value);
[[nodiscard]] double non_negative_seconds(const std::string& option, const std::string& value);
/// 12, -5, +0.5st or -30ct.
[[nodiscard]] double semitones(const std::string& option, const std::string& value);
/// A tonic and a mode: "D dorian", "Bb minor"; "chromatic" needs no tonic.
[[nodiscard]] compose::Scale scale(const std::string& option, const std::string& value);
/// "2st@80ms", or without a time.
[[nodiscard]] Bend glide(const std::string& option, const std::string& value);
/// "30ct@5.5Hz", or without a rate.
[[nodiscard]] Bend vibrato(const std::string& option, const std::string& value);
/// "3/16", or "auto".
[[nodiscard]] Shard shard(const std::string& option, const std::string& value);
/// "2x", or a time.
[[nodiscard]] Duration duration(const std::string& option, const std::string& value);
/// Seconds from beat to beat: "1/16@96bpm" is a sixteenth where a quarter is a beat; or a time.
[[nodiscard]] double grid(const std::string& option, const std::string& value);
/// "-6dB" or "-6", to a tenth of a decibel, as files keep it.
[[nodiscard]] double decibels(const std::string& option, const std::string& value);
/// "left=-20dB", "distance=3dB", "events=32", or some of them between commas.
[[nodiscard]] Until until(const std::string& option, const std::string& value);
/// "other.evs:0.5".
[[nodiscard]] MorphOptions morph(const std::string& option, const std::string& value);
/// "drums.evs", "drums.evs=-3dB", "drums.evs@2.5s" or "drums.evs=-3dB@2.5s"; gain and offset are what stands
/// behind the last '=' and '@', if it looks like them.
[[nodiscard]] MixPart mix_part(const std::string& word);
/// "piano.evs", "flute.evs#12" or, for channels of a score, "1,3..5=flute.wav" and "drums=kit.evs".
[[nodiscard]] Instrument instrument(const std::string& option, const std::string& value);
/// "1200x600".
[[nodiscard]] PictureSize picture_size(const std::string& option, const std::string& value);
/// A condition on events. What does not parse is shown with a mark below the place.
[[nodiscard]] compose::Expression expression(const std::string& option, const std::string& value);
/// A path or a name that must not be empty.
[[nodiscard]] std::string non_empty(const std::string& option, const std::string& value);
/// "auto", "cpu", "cuda" or "cuda:N".
[[nodiscard]] std::string device(const std::string& option, const std::string& value);
/// "FIELD=VALUE", the field in printable ASCII, the value in UTF-8.
[[nodiscard]] std::pair<std::string, std::string> tag(const std::string& option, const std::string& value);
/// "ENCODING:RATE:CHANNELS" such as "s16le:44100:2"; all three must be there.
[[nodiscard]] audio::RawFormat raw_format(const std::string& option, const std::string& value);

template <typename T>
struct Choice {
  const char* name;
  T value;
};

[[noreturn]] void refuse_choice(const std::string& option, const std::string& value,
                                std::span<const char* const> names);

/// One of a few names.
template <typename T, std::size_t N>
[[nodiscard]] T choice(const std::string& option, const std::string& value, const Choice<T> (&choices)[N]) {
  const char* names[N];
  for (std::size_t i = 0; i < N; ++i) {
    if (value == choices[i].name) return choices[i].value;
    names[i] = choices[i].name;
  }
  refuse_choice(option, value, names);
}

}  // namespace ictus::options
