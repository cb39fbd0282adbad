// A pipe's content in a temporary file, for formats that cannot be read without seeking.
#pragma once

#include "lib/audio/peekable_input.hpp"
#include "lib/core/fd.hpp"

namespace ictus::audio {

/// Copies all of `input` into a nameless file in $TMPDIR (or /var/tmp, which, unlike /tmp, is not kept
/// in memory on some systems); it vanishes with its descriptor.
UniqueFd spool(PeekableInput& input);

}  // namespace ictus::audio
