// The commands, in the order of the help. Each is the file of its name, which defines what is declared here.
#pragma once

#include "apps/options/command.hpp"

// One line a command.
#define ICTUS_COMMANDS(COMMAND) \
  COMMAND(encode)               \
  COMMAND(decode)               \
  COMMAND(info)                 \
  COMMAND(dump)                 \
  COMMAND(assemble)             \
  COMMAND(vary)                 \
  COMMAND(mix)                  \
  COMMAND(cat)                  \
  COMMAND(play)                 \
  COMMAND(plot)                 \
  COMMAND(explore)              \
  COMMAND(test)                 \
  COMMAND(train)                \
  COMMAND(generate)             \
  COMMAND(evaluate)

namespace ictus::front {

using namespace options;  // what commands are made of

#define ICTUS_DECLARE(name) AddCommand add_##name;
ICTUS_COMMANDS(ICTUS_DECLARE)
#undef ICTUS_DECLARE

}  // namespace ictus::front
