#include "lib/dsp/device.hpp"

#include "lib/core/error.hpp"

namespace ictus::dsp {

torch::Device usable_device(const std::string& name, int number) {
  if (name == "auto") {
    if (!torch::cuda::is_available()) return torch::Device("cpu");
    const int count = static_cast<int>(torch::cuda::device_count());
    return torch::Device("cuda:" + std::to_string(number % count));
  }
  try {
    const torch::Device device(name);
    if (device.is_cuda()) {
      if (!torch::cuda::is_available())
        throw Error("device " + name + ": no CUDA device can be used here", "use --device cpu");
      const auto count = static_cast<int>(torch::cuda::device_count());
      if (device.has_index() && device.index() >= count)
        throw Error("device " + name + ": there are only " + std::to_string(count) + " CUDA devices",
                    "use cuda:0 to cuda:" + std::to_string(count - 1));
    } else if (!device.is_cpu()) {
      throw Error("device " + name + ": not supported", "use auto, cpu, cuda or cuda:N");
    }
    return device;
  } catch (const c10::Error&) {
    throw Error("device " + name + ": unknown", "use auto, cpu, cuda or cuda:N");
  }
}

}  // namespace ictus::dsp
