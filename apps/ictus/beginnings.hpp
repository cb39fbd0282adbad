// What streams begin as, looked at before it is decided which program is to read them.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/streams.hpp"

namespace ictus::front {

enum class Beginning {
  event_stream,
  token_pyramid,
  neither,  ///< another kind of file, an empty one, or none that can be opened
  unknown,  ///< cannot be told without taking something from it
};

/// One for each input, which are as cli::plan_inputs() or cli::plan_jobs() has them. Nothing is taken:
/// whoever reads them next, also a program that takes the place of this process, gets them whole. Waits for
/// the first bytes of a pipe, but only if it is the only one: several may be filled one after the other, as
/// they are read.
[[nodiscard]] std::vector<Beginning> beginnings_of(const std::vector<std::string>& inputs,
                                                   const cli::Streams& streams);

}  // namespace ictus::front
