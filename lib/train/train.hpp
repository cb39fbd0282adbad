// Training of a model from a folder of sound, by one process or several together, resumable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "formats/token_pyramid.hpp"
#include "lib/train/process_group.hpp"

namespace ictus::train {

struct TrainOptions {
  std::string data_dir;           ///< folder of sound files; of pyramids for a prior
  std::string out_path;           ///< the weights; OUT.checkpoint and OUT.tsv lie beside them
  std::string config_path;        ///< JSON of sizes and recipe; empty for the defaults
  std::string resume_path;        ///< a checkpoint to go on from; empty to start anew
  std::string about;              ///< of a judge: what it tells, "family" or "pitch"
  std::string init_path;          ///< weights to start from with a fresh recipe; empty for random ones
  std::string tokenizer_path;     ///< of a generator or prior; of a judge, empty: it hears no coded sound
  formats::FindPrior find_prior;  ///< for pyramids that are packed
  std::string device = "auto";
  std::string log_path;  ///< TSV; empty for OUT.tsv
  double hours = 0.0;    ///< stop (with a checkpoint) after this long; 0: when all steps are done
  long long steps = 0;   ///< overrides the recipe's number of steps; 0: as the recipe says
  int threads = 1;       ///< workers that share each batch, or this process's part of it
  unsigned long long seed = 1;
  bool progress = false;  ///< draw a progress line on `words`
  /// Who trains together, with the same options. Only the first reads what is held out, and writes.
  std::shared_ptr<ProcessGroup> group = std::make_shared<ProcessGroup>();
};

/// Where the state of a training lies that makes `out_path`.
std::string checkpoint_path(const std::string& out_path);

/// Train until done, until `stop_requested`, or until the hours are over; the last state is always
/// saved. Words for people go to `words`. Throw ictus::Error.
void train_tokenizer(const TrainOptions& options, const std::function<bool()>& stop_requested,
                     std::ostream& words);
void train_generator(const TrainOptions& options, const std::function<bool()>& stop_requested,
                     std::ostream& words);
/// Of the tokens in the folder's pyramids.
void train_prior(const TrainOptions& options, const std::function<bool()>& stop_requested,
                 std::ostream& words);
/// The folder's notes must say in their names what they are.
void train_judge(const TrainOptions& options, const std::function<bool()>& stop_requested,
                 std::ostream& words);

}  // namespace ictus::train
