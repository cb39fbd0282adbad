#include "lib/evaluation/hearing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "lib/audio/audio.hpp"
#include "lib/audio/sound_files.hpp"
#include "lib/core/error.hpp"
#include "lib/core/workers.hpp"
#include "lib/evaluation/note_image.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::evaluation {
namespace {

namespace fs = std::filesystem;

/// Notes that the judges hear together: enough to make use of a batch, few enough to lie in memory.
constexpr std::size_t kTogether = 16;

static_assert(kImageSampleRateHz == kSpectraSampleRateHz && kVggishSampleRateHz == kSpectraSampleRateHz);

struct Samples {
  std::vector<float> mono;
  int original_sample_rate_hz = 0;
};

Samples read_samples(const fs::path& path, int sample_rate_hz) {
  const auto source = audio::Source::open(path.string(), sample_rate_hz);
  const std::size_t most =
      static_cast<std::size_t>(kLongestNote_s) * static_cast<std::size_t>(sample_rate_hz);
  Samples samples{.mono = {}, .original_sample_rate_hz = source->original_spec().sample_rate_hz};
  std::vector<float> block(65536);
  while (samples.mono.size() < most) {
    const std::size_t count = source->read(block);
    if (count == 0) break;
    samples.mono.insert(
        samples.mono.end(), block.begin(),
        block.begin() + static_cast<std::ptrdiff_t>(std::min(count, most - samples.mono.size())));
  }
  return samples;
}

/// One file at every rate that somebody wants.
using Rates = std::map<int, Samples>;

/// What is heard of the notes of one batch that could be read.
struct Batch {
  std::vector<NamedNote> notes;
  judges::Opinions family;
  judges::Opinions pitch;
  std::vector<torch::Tensor> images;
  std::vector<torch::Tensor> vggish;
  std::vector<LeftOut> left_out;
  std::map<int, std::size_t> resampled;
};

judges::Opinions opinions(const judges::LoadedJudge& judge, const std::vector<Rates>& notes) {
  std::vector<std::vector<float>> samples;
  for (const Rates& note : notes) samples.push_back(note.at(judges::sample_rate_hz(judge)).mono);
  const judges::Opinions heard = judges::listen(judge, samples);
  return {heard.logits.to(torch::kDouble), heard.embeddings.to(torch::kDouble)};
}

class Listener {
 public:
  Listener(const std::string& folder, const Ears& ears, Attention attention)
      : folder_(folder), ears_(ears), attention_(attention) {
    rates_hz_ = {judges::sample_rate_hz(*ears.family), judges::sample_rate_hz(*ears.pitch)};
    if (attention == Attention::full) rates_hz_.insert(kSpectraSampleRateHz);
  }

  [[nodiscard]] Batch hear(std::span<const fs::path> paths) const {
    Batch batch;
    std::vector<Rates> sounds;
    for (const fs::path& path : paths) {
      const std::string name = path.lexically_relative(folder_).string();  // of a link too, not of its target
      try {
        sounds.push_back(read_at_all_rates(path, batch));
        batch.notes.push_back({name, notes::label_in(name)});
      } catch (const Error& error) {
        batch.left_out.push_back({name, error.what()});
      }
    }
    if (sounds.empty()) return batch;
    batch.family = opinions(*ears_.family, sounds);
    batch.pitch = opinions(*ears_.pitch, sounds);
    if (attention_ == Attention::judges_only) return batch;
    for (const Rates& sound : sounds) {
      const std::vector<float>& samples = sound.at(kSpectraSampleRateHz).mono;
      batch.images.push_back(note_image(samples));
      if (ears_.vggish) batch.vggish.push_back(ears_.vggish->embed(vggish_pictures(samples)));
    }
    return batch;
  }

 private:
  Rates read_at_all_rates(const fs::path& path, Batch& batch) const {
    Rates rates;
    for (const int rate_hz : rates_hz_) rates[rate_hz] = read_samples(path, rate_hz);
    for (const auto& [rate_hz, samples] : rates)
      if (samples.original_sample_rate_hz != rate_hz) ++batch.resampled[rate_hz];
    return rates;
  }

  fs::path folder_;
  const Ears& ears_;
  Attention attention_;
  std::set<int> rates_hz_;
};

torch::Tensor joined(const std::vector<torch::Tensor>& parts) {
  return parts.empty() ? torch::Tensor() : torch::cat(parts);
}

HeardFolder joined(const std::string& folder, std::vector<Batch>& batches) {
  HeardFolder all;
  all.folder = folder;
  std::vector<torch::Tensor> family_logits, family_embeddings, pitch_logits, pitch_embeddings, images, vggish;
  std::vector<std::int64_t> vggish_note;
  for (Batch& batch : batches) {
    for (std::size_t i = 0; i < batch.vggish.size(); ++i) {
      vggish.push_back(batch.vggish[i]);
      vggish_note.insert(vggish_note.end(), static_cast<std::size_t>(batch.vggish[i].size(0)),
                         static_cast<std::int64_t>(all.notes.size() + i));
    }
    std::move(batch.notes.begin(), batch.notes.end(), std::back_inserter(all.notes));
    std::move(batch.left_out.begin(), batch.left_out.end(), std::back_inserter(all.left_out));
    for (const auto& [rate_hz, count] : batch.resampled) all.resampled[rate_hz] += count;
    if (!batch.family.logits.defined()) continue;  // nothing of it could be read
    family_logits.push_back(batch.family.logits);
    family_embeddings.push_back(batch.family.embeddings);
    pitch_logits.push_back(batch.pitch.logits);
    pitch_embeddings.push_back(batch.pitch.embeddings);
    if (!batch.images.empty()) images.push_back(torch::stack(batch.images));
  }
  all.family = {joined(family_logits), joined(family_embeddings)};
  all.pitch = {joined(pitch_logits), joined(pitch_embeddings)};
  all.images = joined(images);
  all.vggish = joined(vggish);
  if (!vggish.empty()) all.vggish_note = torch::tensor(vggish_note, torch::kLong);
  return all;
}

}  // namespace

HeardFolder hear(const std::string& folder, const Ears& ears, Attention attention,
                 const HeardSoMany& progress) {
  const std::vector<fs::path> paths = audio::sound_files(folder, "name a folder of notes");
  if (paths.empty())
    throw Error(folder + ": there is no sound file in this folder", "name a folder of notes");
  const Listener listener(folder, ears, attention);
  std::vector<Batch> batches((paths.size() + kTogether - 1) / kTogether);

  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // for what follows
  std::size_t heard = 0;
  const std::size_t workers =
      std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), batches.size());
  run_workers(workers, [&](std::size_t) {
    const torch::NoGradGuard no_grad;
    for (std::size_t at = next++; at < batches.size(); at = next++) {
      const std::size_t first = at * kTogether;
      const std::size_t count = std::min(kTogether, paths.size() - first);
      try {
        batches[at] = listener.hear(std::span(paths).subspan(first, count));
      } catch (...) {
        next = batches.size();  // the others need not go on
        throw;
      }
      const std::lock_guard lock(mutex);
      heard += count;
      if (progress) progress(heard, paths.size());
    }
  });
  return joined(folder, batches);
}

std::vector<float> read_note(const std::string& folder, const std::string& name, int sample_rate_hz) {
  return read_samples(fs::path(folder) / name, sample_rate_hz).mono;
}

}  // namespace ictus::evaluation
