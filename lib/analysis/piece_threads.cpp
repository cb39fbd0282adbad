#include "lib/analysis/piece_threads.hpp"

#include <algorithm>
#include <utility>

namespace ictus::analysis {
namespace {

/// Nobody wants to know the rest.
struct Stopped {};

}  // namespace

PieceThreads::PieceThreads(int threads, std::size_t most_waiting_samples, Begin begin,
                           PieceEncoder::Found found)
    : threads_(threads),
      most_waiting_samples_(most_waiting_samples),
      begin_(std::move(begin)),
      found_(std::move(found)) {}

PieceThreads::~PieceThreads() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
  for (Piece& piece : pieces_) piece.thread.join();
}

void PieceThreads::begin_piece(PieceStart start) {
  std::unique_lock lock(mutex_);
  wait_until(lock, [this] { return working_ < threads_; });
  std::list<Piece> done;
  done.splice(
      done.end(), pieces_, pieces_.begin(),
      std::find_if(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return !piece.is_done; }));
  Piece& piece = pieces_.emplace_back();
  piece.start = std::move(start);
  ++working_;
  piece.thread = std::thread([this, &piece] { work_on(piece); });
  lock.unlock();  // which a thread may need to end
  for (Piece& each : done) each.thread.join();
}

void PieceThreads::give(std::span<const float> samples) {
  std::unique_lock lock(mutex_);
  Piece& piece = pieces_.back();
  // Where a thread is free, it is to have the next piece soon.
  wait_until(lock, [&] { return working_ < threads_ || piece.waiting_samples < most_waiting_samples_; });
  piece.waiting.emplace_back(samples.begin(), samples.end());
  piece.waiting_samples += samples.size();
  changed_.notify_all();
}

void PieceThreads::end_piece(std::span<const float> after) {
  const std::lock_guard lock(mutex_);
  pieces_.back().after.assign(after.begin(), after.end());
  pieces_.back().is_whole = true;
  changed_.notify_all();
}

void PieceThreads::finish() {
  std::unique_lock lock(mutex_);
  wait_until(lock, [this] { return working_ == 0; });
}

int PieceThreads::threads_for_one() {
  const std::lock_guard lock(mutex_);
  return std::max(threads_ / std::max(working_, 1), 1);
}

void PieceThreads::work_on(Piece& piece) {
  std::exception_ptr failure;
  try {
    encode(piece);
  } catch (const Stopped&) {
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (failure && !failure_) failure_ = failure;
  --working_;
  changed_.notify_all();
}

void PieceThreads::encode(Piece& piece) {
  const std::unique_ptr<PieceEncoder> encoder =
      begin_(piece.start, [&](FoundHop&& hop) { add(piece, std::move(hop)); });
  for (std::vector<float> samples = take_waiting(piece); !samples.empty(); samples = take_waiting(piece))
    encoder->push(samples);
  encoder->finish(piece.after);
  const std::lock_guard lock(mutex_);
  piece.is_done = true;
  hand_on();
}

std::vector<float> PieceThreads::take_waiting(Piece& piece) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_stopped_ || piece.is_whole || !piece.waiting.empty(); });
  if (is_stopped_) throw Stopped();
  if (piece.waiting.empty()) return {};
  std::vector<float> taken = std::move(piece.waiting.front());
  piece.waiting.pop_front();
  piece.waiting_samples -= taken.size();
  changed_.notify_all();
  return taken;
}

void PieceThreads::add(Piece& piece, FoundHop&& hop) {
  const std::lock_guard lock(mutex_);
  if (is_stopped_ || failure_) throw Stopped();
  piece.found.push_back(std::move(hop));
  hand_on();
}

void PieceThreads::hand_on() {
  for (Piece& piece : pieces_) {
    for (FoundHop& hop : std::exchange(piece.found, {})) found_(std::move(hop));
    if (!piece.is_done) return;
  }
}

template <typename Condition>
void PieceThreads::wait_until(std::unique_lock<std::mutex>& lock, const Condition& is_so) {
  changed_.wait(lock, [&] { return failure_ || is_so(); });
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace ictus::analysis
