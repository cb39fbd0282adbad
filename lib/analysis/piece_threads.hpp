// Pieces of a sound that are encoded at the same time, each on a thread of its own, while their hops come out
// one after another.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "lib/analysis/piece_encoder.hpp"

namespace ictus::analysis {

/// What gives samples waits while there is enough to work on, and throws what a thread failed with; nothing
/// more comes out then. Samples have the settings' channels side by side.
class PieceThreads {
 public:
  using Begin =
      std::function<std::unique_ptr<PieceEncoder>(const PieceStart& start, PieceEncoder::Found found)>;
  /// Up to `threads` pieces at a time, whose encoders `begin` makes on their threads. `found` is called by
  /// them too, for one hop at a time.
  PieceThreads(int threads, std::size_t most_waiting_samples, Begin begin, PieceEncoder::Found found);
  PieceThreads(const PieceThreads&) = delete;
  PieceThreads& operator=(const PieceThreads&) = delete;
  /// Ends threads at the next hop.
  ~PieceThreads();

  /// What is given from here on is of a new piece.
  void begin_piece(PieceStart start);
  void give(std::span<const float> samples);
  /// See PieceEncoder::finish().
  void end_piece(std::span<const float> after);
  /// Waits until all that was found has come out.
  void finish();

  /// How many threads each piece may have for its windows, at the moment.
  [[nodiscard]] int threads_for_one();

 private:
  struct Piece {
    PieceStart start;
    std::deque<std::vector<float>> waiting;  ///< samples as they were given, until they are taken
    std::size_t waiting_samples = 0;
    std::vector<float> after;  ///< once it is whole
    bool is_whole = false;     ///< no more samples come
    bool is_done = false;
    std::vector<FoundHop> found;  ///< that wait for those of the pieces before
    std::thread thread;
  };

  void work_on(Piece& piece);
  /// Waits for some. None: there are no more.
  [[nodiscard]] std::vector<float> take_waiting(Piece& piece);
  void encode(Piece& piece);
  void add(Piece& piece, FoundHop&& hop);
  /// Hands on the hops whose turn it is.
  void hand_on();
  template <typename Condition>
  void wait_until(std::unique_lock<std::mutex>& lock, const Condition& is_so);

  const int threads_;
  const std::size_t most_waiting_samples_;
  const Begin begin_;
  const PieceEncoder::Found found_;
  std::mutex mutex_;  ///< for all that follows
  std::condition_variable changed_;
  std::list<Piece> pieces_;  ///< from the first on whose hops are not all handed on
  int working_ = 0;          ///< pieces that are not done
  bool is_stopped_ = false;
  std::exception_ptr failure_;  ///< of the thread that failed first
};

}  // namespace ictus::analysis
