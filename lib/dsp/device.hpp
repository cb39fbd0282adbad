// What a network runs on.
#pragma once

#include <string>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::dsp {

/// The device named "cpu", "cuda", "cuda:N", or by "auto" a GPU where there is one, for the processes on a
/// machine one after the other by their `number` on it. Throws ictus::Error with a remedy when the name means
/// nothing or the device is not there.
torch::Device usable_device(const std::string& name, int number = 0);

}  // namespace ictus::dsp
