// The names of inputs and outputs: what they stand for, and what outputs are called after their inputs.
#pragma once

#include <string>

namespace ictus::cli {

/// What an input is, and so which suffixes its name may have.
enum class InputKind {
  sound,   ///< .wav, .flac and others
  stream,  ///< .evs, .mars
  list,    ///< .tsv, .csv, .json, .txt
};

/// "-" for every name that standard input has, such as /dev/stdin and /dev/fd/0; any other path as it is.
[[nodiscard]] std::string input_name(const std::string& path);
/// The same for standard output.
[[nodiscard]] std::string output_name(const std::string& path);

/// Whether something can be called after the input: standard input, other descriptors and devices have names
/// that say nothing about what comes from them.
[[nodiscard]] bool has_own_name(const std::string& input);

/// The last part of the path without the suffix of such an input: "song" of "a/song.wav", but "Prelude No. 5"
/// of a name that only looks as if it had one.
[[nodiscard]] std::string stem_of(const std::string& path, InputKind kind);

/// The path with `suffix` in place of the suffix of such an input: "a/song.evs" of "a/song.wav".
[[nodiscard]] std::string with_suffix(const std::string& path, InputKind kind, const std::string& suffix);

/// A name for a new file such that it can stand in a cell of a table: UTF-8 without control characters and
/// without ", which readers of tables take for something else.
[[nodiscard]] std::string name_for_table(const std::string& name);

}  // namespace ictus::cli
