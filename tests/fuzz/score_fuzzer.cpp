// Reads any bytes as a Standard MIDI File. What reads has notes in order, within the file's time and MIDI's
// ranges.

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "lib/core/error.hpp"
#include "lib/notes/score.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const ictus::notes::Score score = ictus::notes::read_score(std::as_bytes(std::span(data, size)));
    double last_s = 0.0;
    for (const ictus::notes::ScoreNote& note : score.notes) {
      const bool is_in_range = note.channel >= 0 && note.channel < 16 && note.key >= 0 && note.key < 128 &&
                               note.velocity > 0 && note.velocity < 128 && note.program >= 0 &&
                               note.program < 128;
      if (!is_in_range) throw std::logic_error("a note beyond MIDI's ranges");
      if (note.onset_s < last_s || note.duration_s < 0.0) throw std::logic_error("a note out of order");
      if (note.onset_s + note.duration_s > score.length_s * (1.0 + 1e-9) + 1e-9)
        throw std::logic_error("a note beyond the end");
      last_s = note.onset_s;
    }
  } catch (const ictus::Error&) {
  }
  return 0;
}
