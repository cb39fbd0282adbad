// What surrounds every command: errors become words and an exit status.
#pragma once

#include <functional>

#include "apps/cli/streams.hpp"

namespace ictus::cli {

inline constexpr int kDone = 0;
inline constexpr int kInputFailed = 1;
inline constexpr int kUsage = 2;

/// Runs the command and returns its exit status. What it throws is told on stderr.
int run_command(const Streams& streams, const std::function<int()>& command);

}  // namespace ictus::cli
