// The way to libtorch. What differs between the releases the project builds against (Debian's 1.13 and
// the 2.x releases with CUDA), or between the libraries below them, lives here and nowhere else.
#pragma once

#include <dlfcn.h>
#include <torch/torch.h>

namespace ictus {

/// Keeps libtorch, and the BLAS it may have been built on, to the calling thread: their own threads
/// fight over small machines (measured: 10 to 100 times slower), and results would depend on them.
inline void use_one_thread_per_caller() {
  at::set_num_threads(1);
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(1);
}

/// Keeps what libtorch logs off standard error, such as each try of a connection: what is thrown says enough.
/// Debian's logs by glog, the others by themselves.
inline void silence_torch() {
  constexpr int kFatalOnly = 3;
  for (const char* const level : {"_ZN3fLI17FLAGS_minloglevelE", "_ZN3fLI22FLAGS_caffe2_log_levelE",
                                  "_ZN3c1022FLAGS_caffe2_log_levelE"})
    if (auto* const flag = static_cast<int*>(dlsym(RTLD_DEFAULT, level))) *flag = kFatalOnly;
}

}  // namespace ictus
