#include <doctest/doctest.h>

#include <sstream>

#include "lib/core/error.hpp"
#include "lib/mars/model_file.hpp"
#include "lib/train/train.hpp"
#include "lib/weights/tensor_file.hpp"
#include "tests/unit/train/folder.hpp"

using namespace ictus;

namespace {

// Codes are revived, scales dropped, and clips short within these few steps.
const std::string kSmallTokenizer = tests::tiny_tokenizer(
    R"("steps": 6, "batch": 4, "dropout_share": 0.5, "dropout_scales": 1, "short_share": 0.5, "revive_after": 2,
       "validate_every": 3, "checkpoint_every": 3,
       "validation_excerpts": 2)");

}  // namespace

TEST_CASE("a tokenizer's training stopped and resumed ends with the same weights as training in one go") {
  const tests::Folder folder(kSmallTokenizer);
  train::TrainOptions options = folder.options("sound");
  std::ostringstream words;

  options.out_path = folder / "whole";
  train::train_tokenizer(options, tests::never, words);
  const auto trained = mars::load_tokenizer(folder / "whole", "cpu");
  CHECK(mars::model_id(*trained) == "tiny");
  CHECK(mars::shape(*trained).codebook_size == 64);
  CHECK(mars::metadata(*trained).at("steps") == "6");

  options.out_path = folder / "parts";
  int asked = 0;
  train::train_tokenizer(
      options, [&] { return ++asked > 5; }, words);  // 3 clips are read, then 3 steps
  options.resume_path = folder / "parts.checkpoint";
  train::train_tokenizer(options, tests::never, words);
  CHECK(words.str().find("stopped after") != std::string::npos);
  CHECK(tests::bytes_of(folder / "whole") == tests::bytes_of(folder / "parts"));
  CHECK(tests::bytes_of(folder / "whole.checkpoint") == tests::bytes_of(folder / "parts.checkpoint"));
  CHECK(tests::bytes_of(folder / "whole.tsv").rfind("step\tseconds\tname\tvalue\n", 0) == 0);
  CHECK(tests::bytes_of(folder / "whole.tsv").find("val_bands_db") != std::string::npos);

  SUBCASE("workers that share a batch learn what one learns of all of it") {
    tests::check_that_workers_share(folder, options, [&](const train::TrainOptions& shared) {
      train::train_tokenizer(shared, tests::never, words);
    });
  }
  SUBCASE("finished weights start a new training, but cannot be resumed") {
    options.resume_path = folder / "whole";
    CHECK_THROWS_WITH_AS(train::train_tokenizer(options, tests::never, words),
                         doctest::Contains("not a training checkpoint"), Error);
    options.resume_path.clear();
    options.init_path = folder / "whole";
    options.out_path = folder / "again";
    train::train_tokenizer(options, tests::never, words);
    CHECK(mars::metadata(*mars::load_tokenizer(folder / "again", "cpu")).at("steps") == "6");
  }
  SUBCASE("weights of the one kind do not start the other") {
    options.resume_path.clear();
    options.config_path.clear();
    options.init_path = folder / "whole";
    options.out_path = folder / "judge";
    options.about = "family";
    CHECK_THROWS_WITH_AS(train::train_judge(options, tests::never, words),
                         doctest::Contains("neither a judge"), Error);
  }
}

TEST_CASE("training lowers the distance, and leaves no code idle for long") {
  const tests::Folder folder(kSmallTokenizer);
  train::TrainOptions options = folder.options("sound");
  options.out_path = folder / "out";
  options.steps = 80;
  std::ostringstream words;
  train::train_tokenizer(options, tests::never, words);
  const std::string log = tests::bytes_of(folder / "out.tsv");
  std::istringstream lines(log);
  double first = 0.0, last = 0.0, codes = 0.0;
  for (std::string step, seconds, name, value; lines >> step >> seconds >> name >> value;) {
    if (name == "val_codes") codes = std::stod(value);
    if (name != "val_bins_db") continue;
    last = std::stod(value);
    if (first == 0.0) first = last;
  }
  CHECK(last < 0.7 * first);
  CHECK(codes > 0.1);
}

TEST_CASE("a code that is set anew leaves nothing of its past in the average, nor in the moments") {
  const tests::Folder folder(tests::tiny_tokenizer(
      R"("steps": 8, "batch": 1, "revive_after": 1, "revive_until": 1.0, "validate_every": 7, "checkpoint_every": 1,
         "validation_excerpts": 1)"));
  train::TrainOptions options = folder.options("sound");
  options.out_path = folder / "out";
  std::ostringstream words;
  const auto rows_of = [&](const char* name) {
    const auto stored = read_tensor_file(options.out_path + ".checkpoint", "");
    return fetch(stored.file, name, torch::Device(torch::kCPU)).at("quantiser.codes");
  };
  const auto used = [&] { return rows_of("adam.square.").abs().sum(1).gt(0.0); };
  train::train_tokenizer(options, tests::StopAfter{words, 7}, words);
  const torch::Tensor before = used();
  options.resume_path = options.out_path + ".checkpoint";
  train::train_tokenizer(options, tests::never, words);

  // In the last step every code was set anew that nothing was nearest to in it.
  const torch::Tensor learned = used();
  const torch::Tensor past = (rows_of("model.") - rows_of("average.")).abs().sum(1).gt(0.0);
  CHECK(before.logical_and(learned.logical_not()).sum().item<std::int64_t>() > 0);
  CHECK(learned.sum().item<std::int64_t>() > 0);
  CHECK(past.equal(learned));
  CHECK(rows_of("adam.mean.").abs().sum(1).gt(0.0).equal(learned));
}

TEST_CASE("a tokenizer's configuration and recipe are checked before any sound is read") {
  const tests::Folder folder(kSmallTokenizer);
  train::TrainOptions options;
  options.data_dir = folder / "nowhere";
  options.out_path = folder / "out";
  std::ostringstream words;
  const auto refused = [&](const char* content, const char* named) {
    std::ofstream(folder / "wrong.json") << content;
    options.config_path = folder / "wrong.json";
    CHECK_THROWS_WITH_AS(train::train_tokenizer(options, tests::never, words), doctest::Contains(named),
                         Error);
  };
  refused(R"({"training": {"stepz": 5}})", "stepz");
  refused(R"({"training": {"refine_steps": 5}})", "refine_steps");  // of the other kind
  refused(R"({"model": {"scales": "many"}})", "wrong.json");
  refused(R"({"model": {"scales": [[1, 1], [99, 1]]}})", "rows of a scale");
  refused(R"({"training": {"batch": 0}})", "batch");
  refused(R"({"training": {"floor_low_db": 0, "floor_high_db": -5}})", "floor_low_db");
}
