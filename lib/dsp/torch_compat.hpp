// What differs between the libtorch releases the project builds against (Debian's 1.13 and the 2.x
// releases with CUDA) lives in this header and nowhere else.
#pragma once

#include <dlfcn.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <string>

namespace ictus {

/// The device named "cpu", "cuda", "cuda:N", or by "auto" the first GPU where there is one.
inline torch::Device device_from_name(const std::string& name) {
  if (name == "auto") return torch::cuda::is_available() ? torch::Device("cuda:0") : torch::Device("cpu");
  return torch::Device(name);
}

/// Waits until the device has done all that was asked of it, so that a clock reads true.
inline void synchronise(const torch::Device& device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.has_index() ? device.index() : -1);
}

/// Keeps libtorch, and the BLAS it may have been built on, to the calling thread: their own threads
/// fight over small machines (measured: 10 to 100 times slower), and results would depend on them.
inline void use_one_thread_per_caller() {
  at::set_num_threads(1);
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(1);
}

}  // namespace ictus
