// Which of several processes one is.
#pragma once

#include <string>

namespace ictus::train {

/// The place of this process among those that train together.
struct Rank {
  int number = 0;            ///< from 0; the first one keeps the files
  int count = 1;             ///< how many train together; 1: this one alone
  int on_machine = 0;        ///< its number among those on its machine
  std::string address;       ///< of the first one's machine
  int port = 29500;          ///< at which it waits for the others
  std::string interface;     ///< of the network, such as "eth0"; empty: the one that leads to `address`
  double lost_after_s = 30;  ///< a process that is not heard of for so long is lost
  std::string remedy;        ///< what to do then, for people
};

}  // namespace ictus::train
