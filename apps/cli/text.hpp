// Words for people: names of files, durations, sizes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/token_pyramid.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

inline constexpr const char* kStandardStream = "-";

/// Text from a file or its name as UTF-8, with control characters, and bytes that are no UTF-8, spelled out:
/// so it cannot steer a terminal, and names stay apart.
[[nodiscard]] std::string harmless(std::string_view text);
/// How messages name an input.
[[nodiscard]] std::string display_name(const std::string& path);
/// How messages name an output.
[[nodiscard]] std::string display_output_name(const std::string& path);
/// A path as it can be typed in a shell: in quotes.
[[nodiscard]] std::string shell_word(const std::string& path);
/// The error's sentence, with the name in front unless the sentence has it already.
[[nodiscard]] std::string sentence(const Error& error, const std::string& name);
/// Bits per second in words: "2.9 kbit/s".
[[nodiscard]] std::string bitrate_text(double bits_per_second);
/// What a label asks for: "flute", "pan-flute (flute)", "any family".
[[nodiscard]] std::string instrument_text(const formats::NoteLabel& label);
/// "1 event", "2 events".
[[nodiscard]] std::string counted(std::uint64_t count, const char* noun);
/// "1 sample was", "12 samples were".
[[nodiscard]] std::string samples_were(std::uint64_t count);

/// What a stream holds: how many of each thing.
using Counts = std::vector<std::pair<const char*, std::uint64_t>>;
/// "1 clip, 507 tokens".
[[nodiscard]] std::string counted(const Counts& counts);

}  // namespace ictus::cli
