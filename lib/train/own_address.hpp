// Which of a machine's addresses others see.
#pragma once

#include <string>

namespace ictus::train {

/// The numeric address of this machine in the network that leads to `address`, a name or number; nothing is
/// sent there. Gloo by itself takes what the machine's own name stands for, which on Debian is 127.0.1.1.
/// Throws ictus::Error.
[[nodiscard]] std::string own_address(const std::string& address, int port);

}  // namespace ictus::train
