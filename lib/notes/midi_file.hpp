// Notes as a Standard MIDI File.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ictus::notes {

/// Where a pitch is from some time after the onset on, until the next bend.
struct MidiBend {
  double after_s;
  double semitones;  ///< above the key, held within kMostBendSemitones
};
inline constexpr double kMostBendSemitones = 24.0;  ///< up and down

struct MidiNote {
  double onset_s;                    ///< from the beginning, 0 or more
  double duration_s;                 ///< 0 or more
  int pitch;                         ///< 0 .. 127, 60 is middle C
  int velocity;                      ///< 1 .. 127
  std::vector<MidiBend> bends = {};  ///< in order of time
};

/// The bytes of a Standard MIDI File of format 0, in real time: 500 ticks a quarter note at 120 of them a
/// minute, so that a tick is 1 ms. `title` becomes the track's name: what is not UTF-8 in it as U+FFFD,
/// control characters as spaces, at most 255 bytes. Notes come in any order. As a key cannot be pressed
/// twice, a note ends where the next of its pitch begins, and two of one pitch that begin in the same
/// millisecond are one, as loud and as long as the louder and the longer. None is shorter than 1 ms.
///
/// Where notes have bends, each is on a channel of its own, whose wheel has the range that the file says: on
/// 15, without that of drums; when more sound at once, a note takes the channel of that which ends first,
/// whose pitch then moves with it. Without bends all are on the first channel. Throws ictus::Error when a
/// note is out of range, and when nothing happens for longer than a file can say, 2^28 - 1 ms or 74 hours.
[[nodiscard]] std::string midi_file(const std::vector<MidiNote>& notes, std::string_view title);

/// The velocity, 1 .. 127, of a note at `level_db` relative to the loudest, 0 or less: 40 log10(velocity /
/// 127) dB, as synthesisers answer to velocities (Downloadable Sounds, Level 1, MIDI Manufacturers
/// Association 1997: a concave transform, an attenuation of 20 log10(127^2 / velocity^2) dB).
[[nodiscard]] int velocity_of(double level_db);

}  // namespace ictus::notes
