#include <doctest/doctest.h>

#include <cstring>
#include <thread>

#include "ictus/events.h"
#include "tests/unit/interface/helpers.hpp"

namespace ictus::events {
namespace {

std::vector<ictus_event> c_tones(int count) {
  std::vector<ictus_event> made(static_cast<std::size_t>(count));
  const std::vector<Event> events = tones(count);
  std::memcpy(made.data(), events.data(), made.size() * sizeof(ictus_event));
  return made;
}

/// A file of events, written by the C interface.
void put_stream(const std::string& path) {
  ictus_model* model = nullptr;
  ictus_header* header = nullptr;
  ictus_writer* writer = nullptr;
  const std::vector<ictus_event> events = c_tones(10);
  REQUIRE(ictus_model_load(ICTUS_EVENT_MODEL, &model) == ICTUS_DONE);
  REQUIRE(ictus_model_header(model, 1, &header) == ICTUS_DONE);
  REQUIRE(ictus_header_set_lossless(header) == ICTUS_DONE);
  REQUIRE(ictus_header_add_tag(header, "title", "Ten") == ICTUS_DONE);
  REQUIRE(ictus_writer_open(path.c_str(), header, 0, &writer) == ICTUS_DONE);
  REQUIRE(ictus_writer_write(writer, events.data(), 4, 44100) == ICTUS_DONE);
  REQUIRE(ictus_writer_write(writer, events.data() + 4, 6, kLength) == ICTUS_DONE);
  REQUIRE(ictus_writer_finish(writer, kLength) == ICTUS_DONE);
  ictus_writer_free(writer);
  ictus_header_free(header);
  ictus_model_free(model);
}

}  // namespace

TEST_CASE("C: a stream is written, read and decoded") {
  const Scratch scratch;
  const std::string path = scratch.file("c.evs");
  put_stream(path);
  ictus_reader* reader = nullptr;
  REQUIRE(ictus_reader_open(path.c_str(), &reader) == ICTUS_DONE);
  const ictus_header* header = ictus_reader_header(reader);
  const char *field = nullptr, *value = nullptr;
  REQUIRE(ictus_header_tags(header) == 1);
  REQUIRE(ictus_header_tag(header, 0, &field, &value) == ICTUS_DONE);
  CHECK(std::string(field) + value == "titleTen");
  ictus_model* model = nullptr;
  ictus_decoder* decoder = nullptr;
  REQUIRE(ictus_model_load(ICTUS_EVENT_MODEL, &model) == ICTUS_DONE);
  REQUIRE(ictus_decoder_new(model, header, &decoder) == ICTUS_DONE);
  ictus_model_free(model);  // the decoder has what it needs of it
  std::vector<ictus_event> read;
  const ictus_event* events = nullptr;
  const float* samples = nullptr;
  std::size_t count = 0, frames = 0, all_frames = 0;
  std::int64_t end_samples = 0;
  ictus_status status = ICTUS_DONE;
  CHECK(ictus_reader_length_samples(reader) == ICTUS_UNKNOWN_LENGTH);
  while ((status = ictus_reader_next(reader, &events, &count, &end_samples)) == ICTUS_DONE) {
    read.insert(read.end(), events, events + count);
    REQUIRE(ictus_decoder_push(decoder, events, count, end_samples, &samples, &frames) == ICTUS_DONE);
    all_frames += frames;
  }
  CHECK(status == ICTUS_END);
  CHECK(ictus_reader_length_samples(reader) == kLength);
  REQUIRE(ictus_decoder_finish(decoder, kLength, &samples, &frames) == ICTUS_DONE);
  CHECK(all_frames + frames == kLength);
  const std::vector<ictus_event> expected = c_tones(10);
  REQUIRE(read.size() == expected.size());
  CHECK(std::memcmp(read.data(), expected.data(), 140) == 0);
  CHECK(read.back().onset_samples == expected.back().onset_samples);
  ictus_decoder_free(decoder);
  ictus_reader_free(reader);
}

TEST_CASE("C: whole streams and lists") {
  const Scratch scratch;
  put_stream(scratch.file("c.evs"));
  ictus_stream *stream = nullptr, *again = nullptr;
  REQUIRE(ictus_stream_read(scratch.file("c.evs").c_str(), &stream) == ICTUS_DONE);
  const char* text = nullptr;
  std::size_t bytes = 0, count = 0;
  REQUIRE(ictus_stream_to_list(stream, ICTUS_JSON, 0, &text, &bytes) == ICTUS_DONE);
  CHECK(std::strlen(text) == bytes);
  REQUIRE(ictus_stream_from_list(text, bytes, &again) == ICTUS_DONE);
  (void)ictus_stream_events(again, &count);
  CHECK(count == 10);
  CHECK(ictus_stream_length_samples(again) == kLength);
  CHECK(ictus_stream_to_list(stream, static_cast<ictus_list_format>(3), 0, &text, &bytes) == ICTUS_FAILED);
  ictus_stream_free(stream);
  ictus_stream_free(again);
}

TEST_CASE("C: errors are of the thread that met them, and nothing comes out") {
  ictus_reader* reader = nullptr;
  CHECK(ictus_reader_open("/nowhere/a.evs", &reader) == ICTUS_FAILED);
  CHECK(reader == nullptr);
  const std::string what = ictus_error_what();
  CHECK(what == "/nowhere/a.evs: cannot be opened (no such file or directory)");
  std::string elsewhere = "unset";
  std::thread([&] { elsewhere = ictus_error_what(); }).join();
  CHECK(elsewhere.empty());
  ictus_stream* stream = nullptr;
  const std::string list = "onset_s\tnote\n0\tloud\n";
  CHECK(ictus_stream_from_list(list.data(), list.size(), &stream) == ICTUS_FAILED);
  CHECK(std::string(ictus_error_what()).find("line 2") != std::string::npos);
  CHECK(ictus_interface() == ICTUS_INTERFACE);
  CHECK(std::string(ictus_version()) == ICTUS_VERSION);
}

TEST_CASE("C: a damaged stream says so") {
  const Scratch scratch;
  const std::string path = scratch.file("c.evs");
  put_stream(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 20);
  ictus_stream* stream = nullptr;
  CHECK(ictus_stream_read(path.c_str(), &stream) == ICTUS_DAMAGED);
  CHECK(stream == nullptr);
  CHECK(std::string(ictus_error_what()).starts_with(path + ": block "));
}

}  // namespace ictus::events
