// The processes that train together, on one machine or several: what each has is added up, and who is lost is
// noticed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/dsp/torch_compat.hpp"
#include "lib/train/rank.hpp"

namespace ictus::train {

/// All processes of a group call the same functions in the same order. What waits for the others throws
/// ictus::Error that names who was lost, and nothing else can be done with the group then.
class ProcessGroup {
 public:
  /// Of this process alone: nothing is waited for.
  ProcessGroup();
  /// Waits until all are there, for ten times `lost_after_s`. Throws ictus::Error that says who did not come,
  /// or that libtorch was built without what it takes.
  explicit ProcessGroup(const Rank& rank);
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;
  ~ProcessGroup();

  [[nodiscard]] const Rank& rank() const { return rank_; }
  [[nodiscard]] bool is_first() const { return rank_.number == 0; }

  /// Each tensor, of any shape and all of one type, becomes its sum over all processes, in which they agree
  /// to the last bit.
  void add_up(const std::vector<torch::Tensor>& tensors);
  /// Each, all of one type, becomes that of the first process.
  void copy_from_first(const std::vector<torch::Tensor>& tensors);
  /// Whether it is so for any of them.
  [[nodiscard]] bool any(bool is_so);
  /// Throws ictus::Error that names `what` unless its hash is here what it is in the first process.
  void require_same(const std::string& what, std::uint64_t hash);
  /// Waits until all have come here; after that, who ends is not lost.
  void leave();

 private:
  class Contact;

  Rank rank_;
  std::unique_ptr<Contact> contact_;  // null for a process alone
};

}  // namespace ictus::train
