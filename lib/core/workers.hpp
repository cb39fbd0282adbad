// Work that is shared by threads.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace ictus {

/// Runs work(0) to work(workers - 1), each on a thread of its own, the first on the caller's; at least one.
/// When all have ended, the exception of the first that failed is thrown again.
inline void run_workers(std::size_t workers, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> failures(workers > 0 ? workers : 1);
  const auto guarded = [&](std::size_t worker) {
    try {
      work(worker);
    } catch (...) {
      failures[worker] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < failures.size(); ++worker) threads.emplace_back(guarded, worker);
  guarded(0);
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace ictus
