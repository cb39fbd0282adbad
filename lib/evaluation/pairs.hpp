// Which reference note a generated one is compared with.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/token_pyramid.hpp"

namespace ictus::evaluation {

/// A note as its file's name tells it.
struct NamedNote {
  std::string name;  ///< within its folder
  std::optional<formats::NoteLabel> label;
};

struct Pair {
  std::size_t generated = 0;
  std::size_t reference = 0;
  bool by_name = false;  ///< and not by family and pitch
};

/// For each generated note the reference note whose file has the same name without folders and suffix; else,
/// of those with its family and pitch, the one nearest in velocity, and of several the first. A velocity of
/// 0, not known, is farther than any other. Notes without a partner are left out; a reference note may have
/// several.
[[nodiscard]] std::vector<Pair> pair_notes(std::span<const NamedNote> generated,
                                           std::span<const NamedNote> reference);

}  // namespace ictus::evaluation
