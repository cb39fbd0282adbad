// The sounds of many short events as a few Opus files, out of which each can be played by itself.
#pragma once

#include <cstddef>
#include <deque>
#include <future>
#include <span>
#include <string>
#include <vector>

namespace ictus::report {

/// Where the sound of an event lies in the decoded sound of its group.
struct SoundPlace {
  std::size_t begin_samples;
  std::size_t samples;  ///< 0: the event has no sound
  double gain;          ///< what the decoded sound is multiplied by, to be as loud as it was
};

struct SoundGroup {
  std::string opus;                ///< Ogg Opus; empty if no event of the group has a sound
  std::vector<SoundPlace> places;  ///< of consecutive events, in their order
};

struct EncodedSounds {
  int sample_rate_hz = 24000;
  std::vector<SoundGroup> groups;
};

/// Puts the sounds of events into groups of about 12 s, each an Opus file by itself, as they come. Between
/// two sounds there is enough silence that nothing of one is heard in the other. Quiet sounds are stored
/// louder than they were, so that they are not lost in what Opus rounds off.
class EventSounds {
 public:
  /// `workers` groups are encoded at the same time, each on a thread of its own; the result is the same
  /// however many. Rates and bitrates are those of ogg_opus() (opus.hpp).
  EventSounds(int sample_rate_hz, double kbit_per_s, std::size_t workers = 1);

  /// The sound of the next event, from its onset; may be empty. May wait for a group to be encoded, so memory
  /// does not grow with the number of events, but for the encoded bytes.
  /// Throws ictus::Error as ogg_opus() does, then or with a later event or at the end.
  void push(std::span<const float> samples);

  /// All groups. Nothing may be pushed afterwards.
  [[nodiscard]] EncodedSounds finish();

 private:
  void close_group();
  void collect_oldest();

  double kbit_per_s_;
  std::size_t workers_;
  std::vector<float> samples_;      // of the open group
  std::vector<SoundPlace> places_;  // of the open group
  std::deque<std::future<std::string>> pending_;
  EncodedSounds encoded_;  // its last groups get their bytes when those are collected
  std::size_t collected_ = 0;
};

}  // namespace ictus::report
