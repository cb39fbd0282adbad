#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "ictus/events.h"
#include "ictus/events.hpp"

namespace events = ictus::events;

static_assert(sizeof(ictus_event) == 144);  // other languages count on it
static_assert(ICTUS_VECTOR_SIZE == ictus::kEventVectorSize);

namespace {

std::vector<ictus_event> to_c(const std::vector<ictus::Event>& events) {
  std::vector<ictus_event> made(events.size());
  std::transform(events.begin(), events.end(), made.begin(), [](const ictus::Event& event) {
    ictus_event one{.onset_samples = event.onset_samples, .gain_db = event.gain_db, .vector = {}};
    std::copy(event.vector.begin(), event.vector.end(), one.vector);
    return one;
  });
  return made;
}

std::vector<ictus::Event> from_c(const ictus_event* events, std::size_t count) {
  std::vector<ictus::Event> made(count);
  std::transform(events, events + count, made.begin(), [](const ictus_event& event) {
    ictus::Event one{.onset_samples = event.onset_samples, .gain_db = event.gain_db, .vector = {}};
    std::copy_n(event.vector, ICTUS_VECTOR_SIZE, one.vector.begin());
    return one;
  });
  return made;
}

}  // namespace

struct ictus_header {
  explicit ictus_header(events::Header of)
      : header(std::move(of)), weights_hash(header.weights_hash()), numbers(header.numbers()) {}

  events::Header header;
  std::string weights_hash;
  std::vector<events::NamedNumber> numbers;
};

struct ictus_reader {
  explicit ictus_reader(const char* path) : reader(std::string(path)), header(reader.header()) {}

  events::Reader reader;
  ictus_header header;
  std::vector<ictus_event> lent;
};

struct ictus_writer {
  events::Writer writer;
};

struct ictus_model {
  events::Model model;
};

struct ictus_decoder {
  events::Decoder decoder;
};

struct ictus_stream {
  explicit ictus_stream(events::Stream of)
      : stream(std::move(of)), header(stream.header), lent(to_c(stream.events)) {}

  events::Stream stream;
  ictus_header header;
  std::vector<ictus_event> lent;
  std::string list;
};

namespace {

constexpr std::size_t kMostText = 2048;

/// Of this thread. Arrays, since there must be words for a lack of memory too.
struct LastError {
  std::array<char, kMostText> what{};
  std::array<char, kMostText> hint{};
};

LastError& last_error() noexcept {
  thread_local LastError error;
  return error;
}

ictus_status fail(ictus_status status, const char* what, const char* hint) noexcept {
  LastError& error = last_error();
  std::snprintf(error.what.data(), error.what.size(), "%s", what);
  std::snprintf(error.hint.data(), error.hint.size(), "%s", hint);
  return status;
}

/// No exception gets beyond.
template <typename Work>
ictus_status guarded(Work work) noexcept {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return ICTUS_DONE;
    } else {
      return work();
    }
  } catch (const ictus::DamagedInput& damage) {
    return fail(ICTUS_DAMAGED, damage.what(), damage.hint().c_str());
  } catch (const ictus::Error& error) {
    return fail(ICTUS_FAILED, error.what(), error.hint().c_str());
  } catch (const std::bad_alloc&) {
    return fail(ICTUS_FAILED, "there is not enough memory", "");
  } catch (const std::exception& error) {
    return fail(ICTUS_FAILED, error.what(), "");
  } catch (...) {
    return fail(ICTUS_FAILED, "something unknown went wrong", "");
  }
}

void lend(std::span<const float> sound, int channels, const float** samples, std::size_t* frames) {
  *samples = sound.data();
  *frames = sound.size() / static_cast<std::size_t>(channels);
}

std::optional<std::uint64_t> known(std::uint64_t length_samples) {
  return length_samples == ICTUS_UNKNOWN_LENGTH ? std::nullopt : std::optional(length_samples);
}

template <typename List>
const auto& at(const List& list, std::size_t place, const char* what) {
  if (place < list.size()) return list[place];
  throw ictus::Error("there is no " + std::string(what) + " " + std::to_string(place) + ", but " +
                     std::to_string(list.size()) + ", counted from 0");
}

}  // namespace

const char* ictus_version(void) { return events::version(); }
int ictus_interface(void) { return ICTUS_INTERFACE; }
const char* ictus_error_what(void) { return last_error().what.data(); }
const char* ictus_error_hint(void) { return last_error().hint.data(); }

// ---- Headers

ictus_status ictus_header_copy(const ictus_header* header, ictus_header** copy) {
  return guarded([&] { *copy = new ictus_header(*header); });
}
void ictus_header_free(ictus_header* header) { delete header; }

int ictus_header_sample_rate_hz(const ictus_header* header) { return header->header.sample_rate_hz(); }
int ictus_header_channels(const ictus_header* header) { return header->header.channels(); }
ictus_status ictus_header_set_channels(ictus_header* header, int channels) {
  return guarded([&] { header->header.set_channels(channels); });
}
int ictus_header_original_sample_rate_hz(const ictus_header* header) {
  return header->header.original_sample_rate_hz();
}
int ictus_header_original_channels(const ictus_header* header) { return header->header.original_channels(); }
ictus_status ictus_header_set_original(ictus_header* header, int sample_rate_hz, int channels) {
  return guarded([&] { header->header.set_original(sample_rate_hz, channels); });
}
const char* ictus_header_model_id(const ictus_header* header) { return header->header.model_id().c_str(); }
const char* ictus_header_weights_hash(const ictus_header* header) { return header->weights_hash.c_str(); }
int ictus_header_is_lossless(const ictus_header* header) { return header->header.is_lossless() ? 1 : 0; }
ictus_status ictus_header_set_lossless(ictus_header* header) {
  return guarded([&] { header->header.set_lossless(); });
}
ictus_status ictus_header_keep(ictus_header* header, const ictus_event* events, size_t count) {
  return guarded([&] { header->header.keep(from_c(events, count)); });
}

size_t ictus_header_numbers(const ictus_header* header) { return header->numbers.size(); }
ictus_status ictus_header_number(const ictus_header* header, size_t place, const char** name,
                                 const char** unit, float* low, float* high, int* is_ratio) {
  return guarded([&] {
    const events::NamedNumber& number = at(header->numbers, place, "number");
    *name = number.name.c_str();
    *unit = number.unit.c_str();
    *low = number.low;
    *high = number.high;
    *is_ratio = number.is_ratio ? 1 : 0;
  });
}

size_t ictus_header_tags(const ictus_header* header) { return header->header.tags().size(); }
ictus_status ictus_header_tag(const ictus_header* header, size_t place, const char** field,
                              const char** value) {
  return guarded([&] {
    const auto& tag = at(header->header.tags(), place, "tag");
    *field = tag.first.c_str();
    *value = tag.second.c_str();
  });
}
ictus_status ictus_header_add_tag(ictus_header* header, const char* field, const char* value) {
  return guarded([&] {
    events::Tags tags = header->header.tags();
    tags.emplace_back(field, value);
    header->header.set_tags(std::move(tags));
  });
}
void ictus_header_clear_tags(ictus_header* header) { header->header.set_tags({}); }

// ---- Reading and writing

ictus_status ictus_reader_open(const char* path, ictus_reader** reader) {
  return guarded([&] { *reader = new ictus_reader(path); });
}
void ictus_reader_free(ictus_reader* reader) { delete reader; }
const ictus_header* ictus_reader_header(const ictus_reader* reader) { return &reader->header; }

ictus_status ictus_reader_next(ictus_reader* reader, const ictus_event** events, size_t* count,
                               int64_t* end_samples) {
  return guarded([&] {
    const auto block = reader->reader.next();
    if (!block) return ICTUS_END;
    reader->lent = to_c(block->events);
    *events = reader->lent.data();
    *count = reader->lent.size();
    *end_samples = block->end_samples;
    return ICTUS_DONE;
  });
}
uint64_t ictus_reader_length_samples(const ictus_reader* reader) {
  const auto length = reader->reader.length();
  return length ? length->samples : ICTUS_UNKNOWN_LENGTH;
}

ictus_status ictus_writer_open(const char* path, const ictus_header* header, int replace,
                               ictus_writer** writer) {
  return guarded(
      [&] { *writer = new ictus_writer{events::Writer(std::string(path), header->header, replace != 0)}; });
}
void ictus_writer_free(ictus_writer* writer) { delete writer; }
ictus_status ictus_writer_write(ictus_writer* writer, const ictus_event* events, size_t count,
                                int64_t end_samples) {
  return guarded([&] { writer->writer.write(from_c(events, count), end_samples); });
}
ictus_status ictus_writer_finish(ictus_writer* writer, uint64_t length_samples) {
  return guarded([&] { writer->writer.finish(length_samples); });
}

// ---- Sound

ictus_status ictus_model_load(const char* path, ictus_model** model) {
  return guarded(
      [&] { *model = new ictus_model{events::Model(path == nullptr ? std::string() : std::string(path))}; });
}
void ictus_model_free(ictus_model* model) { delete model; }
ictus_status ictus_model_header(const ictus_model* model, int channels, ictus_header** header) {
  return guarded([&] { *header = new ictus_header(model->model.header(channels)); });
}

ictus_status ictus_decoder_new(const ictus_model* model, const ictus_header* header,
                               ictus_decoder** decoder) {
  return guarded([&] { *decoder = new ictus_decoder{events::Decoder(model->model, header->header)}; });
}
void ictus_decoder_free(ictus_decoder* decoder) { delete decoder; }
ictus_status ictus_decoder_push(ictus_decoder* decoder, const ictus_event* events, size_t count,
                                int64_t end_samples, const float** samples, size_t* frames) {
  return guarded([&] {
    const auto sound = decoder->decoder.push({from_c(events, count), end_samples});
    lend(sound, decoder->decoder.channels(), samples, frames);
  });
}
ictus_status ictus_decoder_finish(ictus_decoder* decoder, uint64_t length_samples, const float** samples,
                                  size_t* frames) {
  return guarded([&] {
    const auto sound = decoder->decoder.finish(known(length_samples));
    lend(sound, decoder->decoder.channels(), samples, frames);
  });
}

// ---- Whole streams

ictus_status ictus_stream_read(const char* path, ictus_stream** stream) {
  return guarded([&] {
    events::Reader reader{std::string(path)};
    *stream = new ictus_stream(events::read_all(reader));
  });
}
ictus_status ictus_stream_from_list(const char* text, size_t bytes, ictus_stream** stream) {
  return guarded([&] { *stream = new ictus_stream(events::from_list({text, bytes})); });
}
void ictus_stream_free(ictus_stream* stream) { delete stream; }
const ictus_header* ictus_stream_header(const ictus_stream* stream) { return &stream->header; }
const ictus_event* ictus_stream_events(const ictus_stream* stream, size_t* count) {
  *count = stream->lent.size();
  return stream->lent.data();
}
uint64_t ictus_stream_length_samples(const ictus_stream* stream) { return stream->stream.length.samples; }
ictus_status ictus_stream_to_list(ictus_stream* stream, ictus_list_format format, int in_units,
                                  const char** text, size_t* bytes) {
  return guarded([&] {
    if (format < ICTUS_TSV || format > ICTUS_JSON)
      throw ictus::Error("there is no format of lists " + std::to_string(format),
                         "take one of ictus_list_format");
    stream->list = events::to_list(stream->stream, static_cast<events::ListFormat>(format), in_units != 0);
    *text = stream->list.c_str();
    *bytes = stream->list.size();
  });
}
