#include "lib/train/process_group.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/train/own_address.hpp"

#if defined(USE_C10D_GLOO) && __has_include(<gloo/context.h>)
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#define ICTUS_HAS_GLOO 1
#else
#define ICTUS_HAS_GLOO 0
#endif

namespace ictus::train {

#if ICTUS_HAS_GLOO
namespace {

using std::chrono::milliseconds;
using Tensors = std::vector<torch::Tensor>;

/// How often processes tell each other that they are there.
constexpr milliseconds kBeat{500};
/// How long an answer may take that is ready.
constexpr milliseconds kReady{5000};
/// As good as never: who works long is not lost, as long as it is heard of.
constexpr milliseconds kNever = std::chrono::hours(24 * 365);

milliseconds in_ms(double seconds) { return milliseconds(static_cast<std::int64_t>(1000.0 * seconds)); }

std::vector<std::uint8_t> bytes_of(int number) {
  const std::string text = std::to_string(number);
  return {text.begin(), text.end()};
}

}  // namespace

/// Connections to the others, and a thread that asks after them, so that a process that is lost is told from
/// one that is slow. The first process hears from all others and answers each; who is lost it says in its
/// store.
class ProcessGroup::Contact {
 public:
  explicit Contact(const Rank& rank) : rank_(rank) {
    silence_torch();
    join();
    thread_ = std::thread([this] { rank_.number == 0 ? watch_all() : watch_first(); });
  }
  Contact(const Contact&) = delete;
  Contact& operator=(const Contact&) = delete;
  ~Contact() {
    end_watch();
    thread_.join();
    // A connection that hangs would be waited for.
    if (lost_) (void)engine_.release();
  }

  void add_up(torch::Tensor& flat) {
    Tensors one{flat};
    wait_for(*engine_->allreduce(one));
  }

  void copy_from_first(torch::Tensor& flat) {
    Tensors one{flat};
    wait_for(*engine_->broadcast(one));
  }

  void end_watch() {
    const std::lock_guard lock(mutex_);
    is_leaving_ = true;
    changed_.notify_all();
  }

 private:
  using Gloo = c10d::ProcessGroupGloo;

  /// All meet at the first one's store, which tells each where to find the others. Throws ictus::Error.
  void join() {
    const auto device = rank_.interface.empty()
                            ? Gloo::createDeviceForHostname(own_address(rank_.address, rank_.port))
                            : Gloo::createDeviceForInterface(rank_.interface);
    open_store();
    for (int other = 0; other < rank_.count; ++other) {
      try {
        store_->wait({fmt::format("here/{}", other)}, in_ms(most_s()));
      } catch (const std::exception&) {
        throw Error(fmt::format("rank {} of {} did not come within {:.0f} s", other, rank_.count, most_s()),
                    "see that all were started, with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE");
      }
    }
    engine_ = connected("work", device);
    watch_ = connected("watch", device);
  }

  /// How long others are waited for at the beginning.
  [[nodiscard]] double most_s() const { return 10.0 * rank_.lost_after_s; }

  void open_store() {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(rank_.port);
    options.isServer = rank_.number == 0;
    options.waitWorkers = false;
    options.timeout = in_ms(most_s());
    try {
      store_ = c10::make_intrusive<c10d::TCPStore>(rank_.address, options);
      store_->set(fmt::format("here/{}", rank_.number), bytes_of(1));
    } catch (const std::exception&) {
      throw rank_.number == 0
          ? Error(fmt::format("port {}: the other processes cannot be waited for at it", rank_.port),
                  "another program may have it: set MASTER_PORT to another one")
          : Error(fmt::format("rank 0 was not found at {}, port {}, within {:.0f} s", rank_.address,
                              rank_.port, most_s()),
                  "see that it runs, and that MASTER_ADDR and MASTER_PORT are the same for all");
    }
  }

  /// Gloo waits as long for a connection as for work, so that another thread connects, which is left where it
  /// hangs.
  [[nodiscard]] c10::intrusive_ptr<Gloo> connected(
      const char* purpose, const std::shared_ptr<gloo::transport::Device>& device) const {
    const auto options = Gloo::Options::create(kNever);
    options->threads = 1;
    options->devices.push_back(device);
    const auto store = c10::make_intrusive<c10d::PrefixStore>(purpose, store_);
    const auto made = std::make_shared<std::promise<c10::intrusive_ptr<Gloo>>>();
    std::thread([=, rank = rank_] {
      try {
        made->set_value(c10::make_intrusive<Gloo>(store, rank.number, rank.count, options));
      } catch (...) {
        made->set_exception(std::current_exception());
      }
    }).detach();
    try {
      auto ready = made->get_future();
      if (ready.wait_for(in_ms(most_s())) == std::future_status::ready) return ready.get();
    } catch (const std::exception&) {
      // As if it had not been ready in time.
    }
    throw Error(fmt::format("rank {} of {}: no connection to the other processes", rank_.number, rank_.count),
                "machines must reach each other at all ports; GLOO_SOCKET_IFNAME names the interface to use");
  }

  void wait_for(c10d::Work& work) {
    while (true) {
      try {
        work.wait(kBeat);
        return;
      } catch (const std::exception& error) {
        std::unique_lock lock(mutex_);
        if (!work.isCompleted() && !lost_) continue;  // it is only that time is up
        // Who was lost is known as soon as the watch has found out.
        changed_.wait_for(lock, 2 * in_ms(rank_.lost_after_s) + kReady, [this] { return lost_.has_value(); });
        if (!lost_)
          throw Error(fmt::format("the processes could not exchange what they have: {}", error.what()));
        throw Error(fmt::format("rank {} of {} was lost: it ended, or was not heard of for {:.0f} s", *lost_,
                                rank_.count, rank_.lost_after_s),
                    rank_.remedy);
      }
    }
  }

  /// What `other` says, as it must within a time. False where it is lost.
  bool hears(int other, milliseconds most) {
    Tensors word{torch::zeros({1})};
    try {
      return watch_->recv(word, other, 0)->wait(most);
    } catch (const std::exception&) {
      return false;
    }
  }

  bool tells(int other) {
    Tensors word{torch::zeros({1})};
    try {
      return watch_->send(word, other, 0)->wait(in_ms(rank_.lost_after_s));
    } catch (const std::exception&) {
      return false;
    }
  }

  /// False once the watch is to end.
  bool pauses() {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, kBeat, [this] { return is_leaving_; });
  }

  /// Of the first process.
  void watch_all() {
    do {
      for (int other = 1; other < rank_.count; ++other)
        if (!hears(other, in_ms(rank_.lost_after_s))) return say_lost(other);
      for (int other = 1; other < rank_.count; ++other)
        if (!tells(other)) return say_lost(other);
    } while (pauses());
  }

  void say_lost(int number) {
    if (!takes_as_lost(number)) return;
    try {
      store_->set("lost", bytes_of(number));
      watch_.reset();  // which the others notice, and look into the store
      for (int other = 1; other < rank_.count; ++other)
        if (other != number) store_->wait({fmt::format("told/{}", other)}, kReady);
    } catch (const std::exception&) {
      // More are lost. They cannot be told.
    }
  }

  /// Of the others. The first may be waiting for one that is lost, and answers after that.
  void watch_first() {
    do {
      if (!tells(0) || !hears(0, in_ms(rank_.lost_after_s) + kReady)) return ask_who_is_lost();
    } while (pauses());
  }

  void ask_who_is_lost() {
    int number = 0;
    try {
      store_->wait({"lost"}, kReady);
      const std::vector<std::uint8_t> said = store_->get("lost");
      number = std::stoi(std::string(said.begin(), said.end()));
      store_->set(fmt::format("told/{}", rank_.number), bytes_of(1));
    } catch (const std::exception&) {
      // The first is lost itself.
    }
    takes_as_lost(number);
  }

  /// False where processes end because all is done.
  bool takes_as_lost(int number) {
    const std::lock_guard lock(mutex_);
    if (is_leaving_) return false;
    lost_ = number;
    changed_.notify_all();
    return true;
  }

  const Rank rank_;
  c10::intrusive_ptr<c10d::TCPStore> store_;
  c10::intrusive_ptr<Gloo> engine_;  // for the work
  c10::intrusive_ptr<Gloo> watch_;   // for the thread alone: what a group does must come in one order
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<int> lost_;
  bool is_leaving_ = false;
  std::thread thread_;
};

#else

class ProcessGroup::Contact {
 public:
  explicit Contact(const Rank& /*rank*/) {
    throw Error("this program was built without Gloo, with which processes train together",
                "build it with libgloo-dev and a libtorch that has Gloo, or train with one process");
  }
  void add_up(torch::Tensor& /*flat*/) {}
  void copy_from_first(torch::Tensor& /*flat*/) {}
  void end_watch() {}
};

#endif

namespace {

/// All values one after the other, in memory that Gloo knows.
torch::Tensor flattened(const std::vector<torch::Tensor>& tensors) {
  std::vector<torch::Tensor> parts;
  for (const torch::Tensor& tensor : tensors) parts.push_back(tensor.detach().reshape({-1}).to(torch::kCPU));
  return torch::cat(parts);
}

void spread(const torch::Tensor& flat, const std::vector<torch::Tensor>& tensors) {
  torch::NoGradGuard no_grad;
  std::int64_t at = 0;
  for (torch::Tensor tensor : tensors) {
    tensor.copy_(flat.narrow(0, at, tensor.numel()).view(tensor.sizes()));
    at += tensor.numel();
  }
}

}  // namespace

ProcessGroup::ProcessGroup() = default;

ProcessGroup::ProcessGroup(const Rank& rank)
    : rank_(rank), contact_(rank.count > 1 ? std::make_unique<Contact>(rank) : nullptr) {}

ProcessGroup::~ProcessGroup() = default;

void ProcessGroup::add_up(const std::vector<torch::Tensor>& tensors) {
  if (!contact_) return;
  torch::Tensor flat = flattened(tensors);
  contact_->add_up(flat);
  spread(flat, tensors);
}

void ProcessGroup::copy_from_first(const std::vector<torch::Tensor>& tensors) {
  if (!contact_) return;
  torch::Tensor flat = flattened(tensors);
  contact_->copy_from_first(flat);
  if (!is_first()) spread(flat, tensors);
}

bool ProcessGroup::any(bool is_so) {
  const torch::Tensor count = torch::full({1}, is_so ? 1.0F : 0.0F);
  add_up({count});
  return count.item<float>() > 0.0F;
}

void ProcessGroup::require_same(const std::string& what, std::uint64_t hash) {
  const torch::Tensor own = torch::tensor({static_cast<std::int64_t>(hash)});
  const torch::Tensor first = own.clone();
  copy_from_first({first});
  if (!first.equal(own))
    throw Error(fmt::format("rank {} has another {} than rank 0", rank_.number, what),
                "give all processes the same command, files and program");
}

void ProcessGroup::leave() {
  if (!contact_) return;
  (void)any(false);  // all are here
  contact_->end_watch();
  (void)any(false);  // and nobody takes another for lost any more
}

}  // namespace ictus::train
