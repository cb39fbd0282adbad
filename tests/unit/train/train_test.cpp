#include "lib/train/train.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/core/error.hpp"
#include "tests/unit/train/folder.hpp"

using namespace ictus;
namespace fs = std::filesystem;

namespace {

constexpr const char* kSmall =
    R"({"model": {"encoder_channels": 16, "encoder_dilations": [1, 2],
      "look_events": [2, 2], "decoder_hidden": 16, "resonances": 12, "attacks": 8, "decays": 6,
      "crossfades": 4, "rooms": 4}, "training": {"steps": 6, "batch": 2, "refine_steps": 1, "refine_from": 0.5,
      "adversarial_weight": 0.1, "adversarial_from": 0.2, "validate_every": 3, "checkpoint_every": 3,
      "validation_excerpts": 1}})";

}  // namespace

TEST_CASE("training stopped and resumed ends with the same weights as training in one go") {
  const tests::Folder folder(kSmall);
  train::TrainOptions options;
  options.data_dir = folder / "sound";
  options.config_path = folder / "small.json";
  options.device = "cpu";
  std::ostringstream words;
  const auto never = [] { return false; };

  options.out_path = folder / "whole";
  train::train_events(options, never, words);
  REQUIRE(fs::exists(folder / "whole"));

  options.out_path = folder / "parts";
  int asked = 0;
  train::train_events(
      options, [&] { return ++asked > 5; }, words);  // 3 clips are read, then 3 steps
  CHECK(words.str().find("stopped after") != std::string::npos);
  options.resume_path = folder / "parts.checkpoint";
  train::train_events(options, never, words);
  CHECK(tests::bytes_of(folder / "whole") == tests::bytes_of(folder / "parts"));
  // In full precision too, and with the state of both optimisers.
  CHECK(tests::bytes_of(folder / "whole.checkpoint") == tests::bytes_of(folder / "parts.checkpoint"));

  SUBCASE("the log is a table of numbers, and holds the held-out distance") {
    const std::string log = tests::bytes_of(folder / "whole.tsv");
    CHECK(log.rfind("step\tseconds\tname\tvalue\n", 0) == 0);
    CHECK(log.find("val_fine_db") != std::string::npos);
  }
  SUBCASE("two workers share a batch") {
    options.resume_path.clear();
    options.out_path = folder / "shared";
    options.threads = 2;
    train::train_events(options, never, words);
    CHECK(fs::exists(folder / "shared"));
  }
  SUBCASE("finished weights start a new training, but cannot be resumed") {
    options.resume_path = folder / "whole";
    CHECK_THROWS_WITH_AS(train::train_events(options, never, words),
                         doctest::Contains("not a training checkpoint"), Error);
    options.resume_path.clear();
    options.init_path = folder / "whole";
    options.out_path = folder / "again";
    train::train_events(options, never, words);
    CHECK(fs::exists(folder / "again"));
  }
}

TEST_CASE("mistakes are named") {
  const tests::Folder folder(kSmall);
  train::TrainOptions options;
  options.out_path = folder / "out";
  options.device = "cpu";
  std::ostringstream words;
  const auto never = [] { return false; };
  options.data_dir = folder / "nowhere";
  CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains("no such folder"),
                       Error);
  fs::create_directory(folder / "empty");
  options.data_dir = folder / "empty";
  CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains("no sound file"), Error);
  options.data_dir = folder / "sound";
  std::ofstream(folder / "typo.json") << R"({"training": {"stepz": 5}})";
  options.config_path = folder / "typo.json";
  CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains("stepz"), Error);
  const auto refused = [&](const char* content, const char* named) {
    std::ofstream(folder / "wrong.json") << content;
    options.config_path = folder / "wrong.json";
    CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains(named), Error);
  };
  refused(R"({"model": {"bands": {"regions": 7}}})", "regions");
  refused(R"({"model": {"bands": {"fine_hop_samples": 0}}})", "fine_hop_samples");
  refused(R"({"model": {"look_events": "many"}})", "wrong.json");
  refused(R"({"training": {"batch": 0}})", "batch");
  options.config_path.clear();
  options.device = "cuda:99";
  CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains("cuda:99"), Error);
  options.device = "cpu";
  options.init_path = folder / "typo.json";
  CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains("typo.json"), Error);
  options.init_path.clear();
  fs::create_directory(folder / "silent");
  {
    const int fd = ::open((folder / "silent/silence.wav").c_str(), O_CREAT | O_RDWR, 0600);
    const auto sink = audio::Sink::open(fd, "silence.wav", 22050, {.sample_rate_hz = 22050});
    sink->write(std::vector<float>(22050, 0.0F));
    sink->finish();
    ::close(fd);
  }
  options.data_dir = folder / "silent";
  CHECK_THROWS_WITH_AS(train::train_events(options, never, words), doctest::Contains("silent"), Error);
  options.data_dir = folder / "sound";
  options.out_path = folder / "missing/out";
  CHECK_THROWS_AS(train::train_events(options, never, words), Error);
}
