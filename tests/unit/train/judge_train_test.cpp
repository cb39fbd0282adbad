#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <sstream>

#include "lib/core/error.hpp"
#include "lib/judges/judge.hpp"
#include "lib/notes/note_name.hpp"
#include "lib/train/train.hpp"
#include "tests/unit/train/folder.hpp"

using namespace ictus;

namespace {

// All changes to notes happen within these few steps. There are more channels than groups of them that are
// normalised: else the gradients of what is added before are nothing but rounding.
constexpr const char* kSmallJudge =
    R"({"model": {"id": "tiny", "families": ["flute", "organ"], "lowest_pitch": 57, "highest_pitch": 80,
      "sample_rate_hz": 8000, "clip_samples": 4096, "window_samples": 1024, "hop_samples": 256, "lowest_hz": 110.0,
      "bands": 96, "channels": [16, 32], "band_steps": [2, 2], "frame_steps": [2, 2], "blocks": [0, 1],
      "embedding_size": 16},
      "training": {"steps": 6, "batch": 4, "low_pass_share": 0.5, "high_pass_share": 0.5, "room_share": 0.5,
      "masked_share": 0.5, "blurred_share": 0.5, "validate_every": 3, "checkpoint_every": 3,
      "validation_excerpts": 40}})";

/// A note of 0.6 s: a flute is a sine, an organ has a partial an octave above.
std::vector<float> judged_note(const formats::NoteLabel& label) {
  std::vector<float> x(tests::kRateHz * 6 / 10);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double phase = 2.0 * std::numbers::pi * 440.0 * std::pow(2.0, (label.pitch - 69) / 12.0) *
                         static_cast<double>(i) / tests::kRateHz;
    x[i] = static_cast<float>(0.4 * std::sin(phase) +
                              (label.family == "organ" ? 0.3 * std::sin(2.0 * phase) : 0.0));
  }
  return x;
}

void put_notes(const tests::Folder& folder) {
  std::filesystem::create_directories(folder / "notes");
  for (const char* const family : {"flute", "organ"})
    for (unsigned instrument = 0; instrument < 8; ++instrument)
      for (int pitch = 60; pitch < 78; ++pitch) {
        const formats::NoteLabel label{family, static_cast<std::uint8_t>(pitch), 100};
        tests::write_wav(folder / ("notes/" + notes::file_name(label, "made", instrument) + ".wav"),
                         judged_note(label), tests::kRateHz);
      }
}

double last_value(const std::string& log, const std::string& wanted) {
  std::istringstream lines(log);
  std::string header;
  std::getline(lines, header);
  double last = -1.0;
  for (std::string step, seconds, name, value; lines >> step >> seconds >> name >> value;)
    if (name == wanted) last = std::stod(value);
  return last;
}

}  // namespace

TEST_CASE("a judge's training stopped and resumed ends with the same weights as training in one go") {
  const tests::Folder folder(kSmallJudge);
  put_notes(folder);
  train::TrainOptions options = folder.options("notes");
  options.about = "family";
  std::ostringstream words;

  options.out_path = folder / "whole";
  train::train_judge(options, tests::never, words);
  CHECK(judges::model_id(*judges::load_judge(folder / "whole", "cpu")) == "tiny");

  options.out_path = folder / "parts";
  std::ostringstream own;
  train::train_judge(options, tests::StopAfter{own, 3}, own);
  options.resume_path = folder / "parts.checkpoint";
  train::train_judge(options, tests::never, words);
  CHECK(tests::bytes_of(folder / "whole") == tests::bytes_of(folder / "parts"));
  CHECK(tests::bytes_of(folder / "whole.checkpoint") == tests::bytes_of(folder / "parts.checkpoint"));

  SUBCASE("workers that share a batch learn what one learns of all of it") {
    tests::check_that_workers_share(folder, options, [&](const train::TrainOptions& shared) {
      train::train_judge(shared, tests::never, words);
    });
  }
}

TEST_CASE("judges learn the family and the pitch, and are right about notes that they did not hear") {
  const tests::Folder folder(kSmallJudge);
  put_notes(folder);
  train::TrainOptions options = folder.options("notes");
  std::ostringstream words;
  for (const std::string about : {"family", "pitch"}) {
    CAPTURE(about);
    // The recipe's changes make a harder school than these notes need.
    std::ofstream(folder / "school.json")
        << R"({"model": {"question": ")" << about << R"(", "families": ["flute", "organ"], "lowest_pitch": 57,
           "highest_pitch": 80, "sample_rate_hz": 8000, "clip_samples": 4096, "window_samples": 1024,
           "hop_samples": 256, "lowest_hz": 110.0, "bands": 96, "channels": [8, 16], "band_steps": [2, 2],
           "frame_steps": [2, 2], "blocks": [0, 1], "embedding_size": 32},
           "training": {"steps": 400, "batch": 16, "rate": 0.005, "average_decay": 0.98, "mixed_share": 0, "validate_every": 400,
           "checkpoint_every": 400}})";
    options.about = about;
    options.config_path = folder / "school.json";
    options.out_path = folder / "out";
    train::train_judge(options, tests::never, words);
    CHECK(last_value(tests::bytes_of(folder / "out.tsv"), "val_accuracy") > 0.9);
    const auto judge = judges::load_judge(folder / "out", "cpu");
    int right = 0;
    int heard = 0;
    for (const char* const family : {"flute", "organ"})
      for (int pitch = 61; pitch < 77; pitch += 3) {
        const formats::NoteLabel label{family, static_cast<std::uint8_t>(pitch), 100};
        const auto answer =
            judges::listen(*judge, {judged_note(label)}).logits[0].argmax().item<std::int64_t>();
        right += answer == static_cast<std::int64_t>(*judges::class_of(*judge, label)) ? 1 : 0;
        ++heard;
      }
    CHECK(right >= heard - 1);
  }
}

TEST_CASE("sources that are held out are not learned from, and validation hears them alone") {
  const tests::Folder folder(kSmallJudge);
  put_notes(folder);
  // Of the source "other", all are called by the other family's name.
  for (const char* const family : {"flute", "organ"})
    for (int pitch = 60; pitch < 78; ++pitch) {
      const formats::NoteLabel label{family, static_cast<std::uint8_t>(pitch), 100};
      const formats::NoteLabel wrong{label.family == "flute" ? "organ" : "flute", label.pitch, 100};
      tests::write_wav(folder / ("notes/" + notes::file_name(wrong, "other", 0) + ".wav"), judged_note(label),
                       tests::kRateHz);
    }
  train::TrainOptions options = folder.options("notes");
  options.about = "family";
  options.out_path = folder / "out";
  std::ostringstream words;
  std::ofstream(folder / "school.json")
      << R"({"model": {"families": ["flute", "organ"], "lowest_pitch": 57, "highest_pitch": 80,
         "sample_rate_hz": 8000, "clip_samples": 4096, "window_samples": 1024, "hop_samples": 256,
         "lowest_hz": 110.0, "bands": 96, "channels": [8, 16], "band_steps": [2, 2], "frame_steps": [2, 2],
         "blocks": [0, 1], "embedding_size": 32},
         "training": {"steps": 200, "batch": 16, "rate": 0.005, "average_decay": 0.98, "mixed_share": 0,
         "equalised_share": 0, "validate_every": 200, "checkpoint_every": 200,
         "held_out_sources": ["other"]}})";
  options.config_path = folder / "school.json";
  train::train_judge(options, tests::never, words);
  CHECK(last_value(tests::bytes_of(folder / "out.tsv"), "val_accuracy") < 0.2);
}

TEST_CASE("what a judge cannot learn from is refused") {
  const tests::Folder folder(kSmallJudge);
  train::TrainOptions options;
  options.about = "family";
  options.data_dir = folder / "sound";  // names that say nothing
  options.config_path = folder / "small.json";
  options.out_path = folder / "out";
  std::ostringstream words;
  try {
    train::train_judge(options, tests::never, words);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("no note for a judge") != std::string::npos);
    CHECK(error.hint().find("FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY") != std::string::npos);
    CHECK(error.hint().find("flute, organ") != std::string::npos);
  }
  const auto refused = [&](const char* content, const char* named) {
    std::ofstream(folder / "wrong.json") << content;
    options.config_path = folder / "wrong.json";
    CHECK_THROWS_WITH_AS(train::train_judge(options, tests::never, words), doctest::Contains(named), Error);
  };
  refused(R"({"model": {"question": "pitch"}})", "a judge of family is asked for");
  refused(R"({"training": {"dropout": 1}})", "dropout");
  refused(R"({"training": {"semitones": 13}})", "semitones");
  refused(R"({"training": {"equaliser_db": -1}})", "equaliser_db");
  refused(R"({"training": {"held_out_sources": ["nobody"]}})", "held_out_sources names 'nobody'");
  refused(R"({"training": {"codebook_rate": 1}})", "codebook_rate");
}
