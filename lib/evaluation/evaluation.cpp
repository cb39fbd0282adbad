#include "lib/evaluation/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/evaluation/clusters.hpp"
#include "lib/evaluation/coverage.hpp"
#include "lib/evaluation/frechet.hpp"
#include "lib/evaluation/inception.hpp"
#include "lib/evaluation/kernel.hpp"

namespace ictus::evaluation {
namespace {

constexpr std::size_t kLeastForShares = 20;  ///< a 5th percentile of fewer is one of the ends
constexpr std::int64_t kNeighbours = 3;
constexpr std::int64_t kBallNeighbours = 5;  ///< as in the paper

constexpr Range kShare{0.0, 1.0};
constexpr Range kNotNegative{0.0, INFINITY};

/// Which notes are drawn, for all measures.
struct Drawn {
  torch::Tensor reference;  // [1 + R, n]
  torch::Tensor generated;  // [1 + R, m]
};

std::string needs(std::size_t least, const char* what, std::size_t count) {
  return fmt::format("needs at least {} {} notes, there {} {}", least, what, count == 1 ? "is" : "are",
                     count);
}

/// What is missing for a measure that compares the two; empty when nothing is.
std::string lack(const HeardFolder& reference, std::size_t least_reference, const HeardFolder& generated,
                 std::size_t least_generated) {
  if (reference.notes.size() < least_reference)
    return needs(least_reference, "reference", reference.notes.size());
  if (generated.notes.size() < least_generated)
    return needs(least_generated, "generated", generated.notes.size());
  return {};
}

const char* question_of(const judges::LoadedJudge& judge) {
  return judges::question(judge) == judges::Question::family ? "family" : "pitch";
}

class Evaluator {
 public:
  Evaluator(const HeardFolder& reference, const HeardFolder& generated, const Ears& ears,
            const Settings& settings)
      : reference_(reference), generated_(generated), ears_(ears), settings_(settings) {
    // Two streams of random numbers: notes of one folder are drawn without regard to those of the other.
    drawn_.reference = draws(count(reference), settings.resamples, 2 * settings.seed);
    drawn_.generated = draws(count(generated), settings.resamples, 2 * settings.seed + 1);
  }

  Evaluation evaluate(const HeardFolder* training) {
    add_bins();
    add_coverage();
    add_inception("pis", "PIS", *ears_.pitch, reference_.pitch, generated_.pitch);
    add_inception("iis", "IIS", *ears_.family, reference_.family, generated_.family);
    add_kernel("pkid", "PKID", *ears_.pitch, reference_.pitch, generated_.pitch);
    add_kernel("ikid", "IKID", *ears_.family, reference_.family, generated_.family);
    add_frechet();
    add_fad();
    add_errors();
    add_agreement(*ears_.family, reference_.family, generated_.family);
    add_agreement(*ears_.pitch, reference_.pitch, generated_.pitch);
    if (training != nullptr) result_.memorisation = memorisation(*training);
    return std::move(result_);
  }

 private:
  static std::int64_t count(const HeardFolder& folder) {
    return static_cast<std::int64_t>(folder.notes.size());
  }

  static Metric named(const char* key, const char* name, std::string meaning) {
    return {.key = key, .name = name, .meaning = std::move(meaning)};
  }

  void add_bins() {
    Metric ndb{.key = "ndb",
               .name = "NDB/k",
               .meaning =
                   "Part of the kinds of notes that come too often or too rarely; lower is better, about "
                   "0.05 is expected of the same distribution."};
    Metric divergence{
        .key = "js_divergence",
        .name = "JS divergence",
        .meaning = "How far the shares of these kinds differ, in bits, 0 to 1; lower is better.",
        .parameters = "of the same bins"};
    ndb.missing = lack(reference_, kLeastBins * kNotesPerBin, generated_, kLeastBins * kGeneratedPerBin);
    divergence.missing = ndb.missing;
    if (ndb.missing.empty()) {
      const std::int64_t bins = std::min<std::int64_t>(
          {settings_.clusters, count(reference_) / kNotesPerBin, count(generated_) / kGeneratedPerBin});
      const torch::Tensor centres = k_means(reference_.images, bins, settings_.seed);
      const torch::Tensor real =
          bin_counts(nearest_centres(reference_.images, centres), bins, drawn_.reference);
      const torch::Tensor made =
          bin_counts(nearest_centres(generated_.images, centres), bins, drawn_.generated);
      ndb.estimate = estimate(different_bins(real, made), kShare);
      divergence.estimate = estimate(js_divergence(real, made), kShare);
      ndb.parameters =
          fmt::format("k = {}{}, k-means on log-mel pictures, z-test p < 0.05", bins,
                      bins < settings_.clusters
                          ? fmt::format(" (not {}: at least {} reference notes and {} generated ones a bin)",
                                        settings_.clusters, kNotesPerBin, kGeneratedPerBin)
                          : "");
      for (Metric* const metric : {&ndb, &divergence})
        metric->details = {{"clusters", bins}, {"features", "log-mel 40 x 24"}, {"significance", 0.05}};
    }
    result_.metrics.push_back(std::move(ndb));
    result_.metrics.push_back(std::move(divergence));
  }

  void add_coverage() {
    Metric density = named("density", "Density",
                           "How closely generated notes lie where real notes lie; higher is better, up to 1, "
                           "which is expected of the same distribution.");
    Metric coverage =
        named("coverage", "Coverage",
              "Part of the real notes near which there is a generated one: low where sounds are "
              "clear but few; higher is better, up to what is expected of the same distribution.");
    density.missing = lack(reference_, kLeastForShares, generated_, 2);
    coverage.missing = density.missing;
    if (density.missing.empty()) {
      const DensityAndCoverage found = density_and_coverage(
          reference_.images, generated_.images, kBallNeighbours, drawn_.reference, drawn_.generated);
      density.estimate = estimate(found.density, kNotNegative);
      coverage.estimate = estimate(found.coverage, kShare);
      const double expected = expected_coverage(count(reference_), count(generated_), kBallNeighbours);
      density.parameters =
          fmt::format("balls to the nearest {} on log-mel pictures; 1 expected", kBallNeighbours);
      coverage.parameters = fmt::format("of the same balls; {:.2f} expected", expected);
      density.details = {{"neighbours", kBallNeighbours}, {"features", "log-mel 40 x 24"}, {"expected", 1.0}};
      coverage.details = density.details;
      coverage.details["expected"] = expected;
    }
    result_.metrics.push_back(std::move(density));
    result_.metrics.push_back(std::move(coverage));
  }

  void add_inception(const char* key, const char* name, const judges::LoadedJudge& judge,
                     const judges::Opinions& real, const judges::Opinions& made) {
    const char* const about = question_of(judge);
    const std::size_t classes = judges::classes(judge).size();
    Metric metric =
        named(key, name,
              fmt::format("Whether each note has a clear {} and all together have many: between 1 "
                          "and the number of classes; higher is better, up to that of real notes.",
                          about));
    constexpr std::size_t kLeast = 2;
    if (generated_.notes.size() < kLeast) {
      metric.missing = needs(kLeast, "generated", generated_.notes.size());
    } else {
      const Range range{1.0, static_cast<double>(classes)};
      metric.estimate = estimate(inception_score(made.logits, drawn_.generated), range);
      const double of_reference = inception_score(real.logits, once(count(reference_))).item<double>();
      metric.parameters = fmt::format("inception score of {}, 1 to {}; reference {:.2f}",
                                      judges::model_id(judge), classes, of_reference);
      metric.details = {
          {"judge", judges::model_id(judge)}, {"classes", classes}, {"reference", of_reference}};
    }
    result_.metrics.push_back(std::move(metric));
  }

  void add_kernel(const char* key, const char* name, const judges::LoadedJudge& judge,
                  const judges::Opinions& real, const judges::Opinions& made) {
    Metric metric = named(key, name,
                          fmt::format("How differently the {} judge answers to real and to generated notes; "
                                      "lower is better, 0 (or a little below) is expected of the same "
                                      "distribution.",
                                      question_of(judge)));
    metric.missing = lack(reference_, 2, generated_, 2);
    if (metric.missing.empty()) {
      metric.estimate =
          estimate(kernel_distance(real.logits, made.logits, drawn_.reference, drawn_.generated));
      metric.parameters =
          fmt::format("MMD^2 of logits of {}, kernel 16/(16+d^2), unbiased", judges::model_id(judge));
      metric.details = {{"judge", judges::model_id(judge)}, {"kernel", "16/(16+d^2)"}, {"unbiased", true}};
    }
    result_.metrics.push_back(std::move(metric));
  }

  void add_frechet() {
    Metric metric =
        named("frechet", "Frechet distance",
              "How far real and generated notes lie apart as the family judge hears them; lower is "
              "better. Comparable only with the same judge and about as many notes; it is no FAD.");
    put_frechet(metric, reference_.family.embeddings, generated_.family.embeddings, drawn_,
                judges::model_id(*ears_.family), judges::model_id(*ears_.family));
    result_.metrics.push_back(std::move(metric));
  }

  void add_fad() {
    Metric metric = named("fad", "FAD",
                          "How far real and generated notes lie apart as VGGish hears them; lower is better. "
                          "Comparable only with about as many notes.");
    if (reference_.vggish.defined()) {
      put_frechet(metric, reference_.vggish, generated_.vggish,
                  {drawn_.reference.index_select(1, reference_.vggish_note),
                   drawn_.generated.index_select(1, generated_.vggish_note)},
                  "vggish", "VGGish, 0.96 s windows, no PCA");
    } else {
      metric.missing = "needs the weights of VGGish, --vggish";
    }
    result_.metrics.push_back(std::move(metric));
  }

  /// The distance of these vectors, of which each counts as `drawn` says.
  void put_frechet(Metric& metric, const torch::Tensor& real, const torch::Tensor& made, const Drawn& drawn,
                   const std::string& embedding, const std::string& network) {
    metric.missing = lack(reference_, 2, generated_, 2);
    if (!metric.missing.empty()) return;
    metric.estimate = estimate(frechet_distance(real, made, drawn.reference, drawn.generated), kNotNegative);
    const std::int64_t dimensions = real.size(1);
    metric.parameters = fmt::format("of Gaussians of {}-d embeddings of {}", dimensions, network);
    metric.details = {{"embedding", embedding},
                      {"dimensions", dimensions},
                      {"reference_vectors", real.size(0)},
                      {"generated_vectors", made.size(0)}};
    const std::int64_t fewest = std::min(real.size(0), made.size(0));
    if (fewest <= dimensions)
      result_.warnings.push_back(
          fmt::format("{} of {} vectors of {} numbers: with so few their spread is hardly known", metric.name,
                      fewest, dimensions));
  }

  static std::vector<float> note(const HeardFolder& folder, std::size_t i) {
    return read_note(folder.folder, folder.notes[i].name, kSpectraSampleRateHz);
  }

  void add_errors() {
    result_.pairs = pair_notes(generated_.notes, reference_.notes);
    std::vector<double> squares;
    std::vector<double> magnitudes;
    for (const Pair& pair : result_.pairs) {
      const SpectrogramError error =
          spectrogram_error(note(generated_, pair.generated), note(reference_, pair.reference));
      result_.errors.push_back(error);
      squares.push_back(error.mean_square);
      magnitudes.push_back(error.mean_absolute);
    }
    add_error("mse", "MSE", "Mean square", squares);
    add_error("mae", "MAE", "Mean absolute", magnitudes);
  }

  void add_error(const char* key, const char* name, const char* mean, const std::vector<double>& errors) {
    Metric metric =
        named(key, name,
              fmt::format("{} difference of the spectrograms of paired notes, each value on a scale "
                          "from -1 to 1; lower is better.",
                          mean));
    if (errors.empty()) {
      metric.missing = "no generated note has the name, or the family and pitch, of a reference note";
    } else {
      const auto by_name = static_cast<std::size_t>(std::count_if(
          result_.pairs.begin(), result_.pairs.end(), [](const Pair& pair) { return pair.by_name; }));
      const auto pairs = static_cast<std::int64_t>(errors.size());
      metric.estimate = estimate(weighted_mean(torch::tensor(errors, torch::kDouble),
                                               draws(pairs, settings_.resamples, settings_.seed)),
                                 kNotNegative);
      metric.parameters = fmt::format(
          "{} pairs ({} by name, {} by family and pitch); log-magnitudes, window 1024, hop 256, 70 dB", pairs,
          by_name, errors.size() - by_name);
      metric.details = {
          {"pairs", pairs},         {"pairs_by_name", by_name}, {"pairs_by_label", errors.size() - by_name},
          {"window_samples", 1024}, {"hop_samples", 256},       {"floor_db", -70}};
    }
    result_.metrics.push_back(std::move(metric));
  }

  static Agreement agreement(const judges::LoadedJudge& judge, const HeardFolder& folder,
                             const judges::Opinions& opinions, const torch::Tensor& weights) {
    Agreement found;
    std::vector<std::int64_t> judged;
    std::vector<double> agrees;
    const torch::Tensor answers = opinions.logits.argmax(1);
    for (std::size_t i = 0; i < folder.notes.size(); ++i) {
      if (!folder.notes[i].label) continue;
      ++found.labelled;
      const auto right = judges::class_of(judge, *folder.notes[i].label);
      if (!right) continue;
      const auto at = static_cast<std::int64_t>(i);
      judged.push_back(at);
      agrees.push_back(answers[at].item<std::int64_t>() == static_cast<std::int64_t>(*right) ? 1.0 : 0.0);
    }
    found.judged = judged.size();
    if (!judged.empty())
      found.share = estimate(weighted_mean(torch::tensor(agrees, torch::kDouble),
                                           weights.index_select(1, torch::tensor(judged, torch::kLong))),
                             kShare);
    return found;
  }

  void add_agreement(const judges::LoadedJudge& judge, const judges::Opinions& real,
                     const judges::Opinions& made) {
    result_.agreement.push_back({question_of(judge), agreement(judge, reference_, real, drawn_.reference),
                                 agreement(judge, generated_, made, drawn_.generated)});
  }

  /// What both judges hear of each note: cosine distance weighs both alike.
  static torch::Tensor embeddings(const HeardFolder& folder) {
    const auto unit = [](const torch::Tensor& x) { return x / x.norm(2, {1}, true).clamp_min(1e-300); };
    return torch::cat({unit(folder.family.embeddings), unit(folder.pitch.embeddings)}, 1);
  }

  Memorisation memorisation(const HeardFolder& training) {
    Memorisation found;
    found.training_notes = training.notes.size();
    const torch::Tensor trained = embeddings(training);
    found.neighbours = nearest_by_cosine(embeddings(generated_), trained, kNeighbours);
    const torch::Tensor made = found.neighbours.distances.select(1, 0);
    const torch::Tensor real = nearest_by_cosine(embeddings(reference_), trained, 1).distances.select(1, 0);
    found.reference_median = torch::quantile(real, 0.5).item<double>();
    found.reference_nearest = torch::quantile(real, 0.05).item<double>();
    found.generated_median = torch::quantile(made, 0.5).item<double>();
    found.below_median = nearer("nearer_than_median", "Nearer than median", 0.5, made, real);
    found.below_nearest =
        nearer("nearer_than_5th_percentile", "Nearer than 5th percentile", 0.05, made, real);
    if (found.reference_median < 1e-9)
      result_.warnings.push_back(
          "reference notes are among the training notes: nearness to training says nothing");
    return found;
  }

  Metric nearer(const char* key, const char* name, double quantile, const torch::Tensor& made,
                const torch::Tensor& real) {
    Metric metric{
        .key = key,
        .name = name,
        .meaning = fmt::format("Part of the generated notes that lie nearer to a training note than {} of "
                               "the real notes do: {} is expected of notes that are new as real ones are, "
                               "1 of copies.",
                               quantile == 0.5 ? "half" : "a twentieth", quantile),
        .missing = lack(reference_, kLeastForShares, generated_, 1)};
    if (metric.missing.empty()) {
      metric.estimate =
          estimate(share_below_quantile(made, real, quantile, drawn_.generated, drawn_.reference), kShare);
      metric.parameters = fmt::format("cosine distance of both judges' embeddings; {} expected", quantile);
      metric.details = {{"quantile", quantile}, {"distance", "cosine, both judges' embeddings"}};
    }
    return metric;
  }

  const HeardFolder& reference_;
  const HeardFolder& generated_;
  const Ears& ears_;
  Settings settings_;
  Drawn drawn_;
  Evaluation result_;
};

}  // namespace

bool Evaluation::has_any_metric() const {
  return std::any_of(metrics.begin(), metrics.end(),
                     [](const Metric& metric) { return metric.estimate.has_value(); });
}

Evaluation evaluate(const HeardFolder& reference, const HeardFolder& generated, const HeardFolder* training,
                    const Ears& ears, const Settings& settings) {
  const torch::NoGradGuard no_grad;
  return Evaluator(reference, generated, ears, settings).evaluate(training);
}

const std::string& heard_as(const judges::LoadedJudge& judge, const judges::Opinions& opinions,
                            std::size_t i) {
  const auto answer = opinions.logits[static_cast<std::int64_t>(i)].argmax().item<std::int64_t>();
  return judges::classes(judge)[static_cast<std::size_t>(answer)];
}

}  // namespace ictus::evaluation
