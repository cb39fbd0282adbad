// Where a command reads and writes when no file is named.
#pragma once

#include <unistd.h>

namespace ictus::cli {

struct Streams {
  int in = STDIN_FILENO;
  int out = STDOUT_FILENO;  ///< data
  int err = STDERR_FILENO;  ///< words
};

/// To be called before anything is opened: keeps a file from taking the number of a standard stream that is
/// closed, which would mix words into it.
void hold_standard_streams();

}  // namespace ictus::cli
