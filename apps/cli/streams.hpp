// Where a command reads and writes when no file is named.
#pragma once

#include <unistd.h>

namespace ictus::cli {

struct Streams {
  int in = STDIN_FILENO;
  int out = STDOUT_FILENO;  ///< data
  int err = STDERR_FILENO;  ///< words
};

}  // namespace ictus::cli
