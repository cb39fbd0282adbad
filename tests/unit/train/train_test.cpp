#include "lib/train/train.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/core/error.hpp"
#include "tests/unit/train/folder.hpp"

using namespace ictus;
namespace fs = std::filesystem;

TEST_CASE("mistakes are named") {
  const tests::Folder folder("{}");
  train::TrainOptions options;
  options.out_path = folder / "out";
  options.device = "cpu";
  std::ostringstream words;
  const auto never = [] { return false; };
  options.data_dir = folder / "nowhere";
  CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains("no such folder"),
                       Error);
  fs::create_directory(folder / "empty");
  options.data_dir = folder / "empty";
  CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains("no sound file"),
                       Error);
  options.data_dir = folder / "sound";
  std::ofstream(folder / "typo.json") << R"({"training": {"stepz": 5}})";
  options.config_path = folder / "typo.json";
  CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains("stepz"), Error);
  const auto refused = [&](const char* content, const char* named) {
    std::ofstream(folder / "wrong.json") << content;
    options.config_path = folder / "wrong.json";
    CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains(named), Error);
  };
  refused(R"({"model": {"codebook_size": 0}})", "codebook_size");
  refused(R"({"model": {"hop_samples": 0}})", "hop_samples");
  refused(R"({"model": {"code_size": "many"}})", "wrong.json");
  refused(R"({"training": {"batch": 0}})", "batch");
  options.config_path.clear();
  options.device = "cuda:99";
  CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains("cuda:99"), Error);
  options.device = "cpu";
  options.init_path = folder / "typo.json";
  CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains("typo.json"), Error);
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
  CHECK_THROWS_WITH_AS(train::train_tokenizer(options, never, words), doctest::Contains("silent"), Error);
  options.data_dir = folder / "sound";
  options.out_path = folder / "missing/out";
  CHECK_THROWS_AS(train::train_tokenizer(options, never, words), Error);
}
