/* Event streams for C and other languages: reading, writing, decoding to samples, and lists in text.
 *
 *   ictus_model *model = NULL;
 *   if (ictus_model_load(NULL, &model) != ICTUS_DONE) fprintf(stderr, "%s\n", ictus_error_what());
 *
 * Functions that can fail return an ictus_status. What they make comes out of their last argument, is the
 * caller's, and is given to the ictus_..._free() of its kind, which also takes NULL; where a function fails
 * nothing comes out. What an object lends - events, samples, text - belongs to the object and stays until the
 * next call with it, unless another time is said. No argument may be NULL where it is not said. An object is
 * used by one thread at a time, a model by many.
 *
 * ICTUS_INTERFACE, in version.h, counts what breaks programs; functions that are there stay as they are while
 * it does.
 */
#ifndef ICTUS_EVENTS_H
#define ICTUS_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "ictus/export.h"
#include "ictus/version.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ICTUS_VECTOR_SIZE 32
/* Where no length is given. */
#define ICTUS_UNKNOWN_LENGTH UINT64_MAX

typedef enum ictus_status {
  ICTUS_DONE = 0,
  ICTUS_END = 1,     /* there is no more to read */
  ICTUS_FAILED = 2,  /* ictus_error_what() says why */
  ICTUS_DAMAGED = 3, /* the same, of a stream that is damaged or cut short; what came before is sound */
} ictus_status;

/* One sounding event; 144 bytes. */
typedef struct ictus_event {
  int64_t onset_samples;           /* at the stream's sample rate, from its start */
  float gain_db;                   /* of its power; 0 dB: as its vector alone has it */
  float vector[ICTUS_VECTOR_SIZE]; /* each in [-1, 1] */
} ictus_event;

typedef struct ictus_header ictus_header;
typedef struct ictus_reader ictus_reader;
typedef struct ictus_writer ictus_writer;
typedef struct ictus_model ictus_model;
typedef struct ictus_decoder ictus_decoder;
typedef struct ictus_stream ictus_stream;

/* The version of the library that runs: "0.1.0". */
ICTUS_API const char* ictus_version(void);
/* Its ICTUS_INTERFACE. */
ICTUS_API int ictus_interface(void);

/* Of the last function that failed on this thread: what is wrong and where, in one sentence, and what to do
 * about it, or "". UTF-8; they stay until another function fails on this thread. */
ICTUS_API const char* ictus_error_what(void);
ICTUS_API const char* ictus_error_hint(void);

/* ---- What a stream says of itself */

ICTUS_API ictus_status ictus_header_copy(const ictus_header* header, ictus_header** copy);
ICTUS_API void ictus_header_free(ictus_header* header);
ICTUS_API int ictus_header_sample_rate_hz(const ictus_header* header);
ICTUS_API int ictus_header_channels(const ictus_header* header); /* of the decoded sound, 1 or 2 */
ICTUS_API ictus_status ictus_header_set_channels(ictus_header* header, int channels);
ICTUS_API int ictus_header_original_sample_rate_hz(
    const ictus_header* header); /* of the sound that was encoded */
ICTUS_API int ictus_header_original_channels(const ictus_header* header);
ICTUS_API ictus_status ictus_header_set_original(ictus_header* header, int sample_rate_hz, int channels);
ICTUS_API const char* ictus_header_model_id(const ictus_header* header);
ICTUS_API const char* ictus_header_weights_hash(const ictus_header* header); /* 32 digits */
ICTUS_API int ictus_header_is_lossless(const ictus_header* header);
ICTUS_API ictus_status ictus_header_set_lossless(ictus_header* header);
/* Makes steps as fine as these events need to stay as they are; 32-bit floats where no steps do. */
ICTUS_API ictus_status ictus_header_keep(ictus_header* header, const ictus_event* events, size_t count);
/* The first numbers of each vector have names: in the vector they run from -1, `low`, to 1, `high`, by equal
 * differences or, where is_ratio is not 0, by equal ratios. `unit` is "" where there is none. */
ICTUS_API size_t ictus_header_numbers(const ictus_header* header);
ICTUS_API ictus_status ictus_header_number(const ictus_header* header, size_t place, const char** name,
                                           const char** unit, float* low, float* high, int* is_ratio);
ICTUS_API size_t ictus_header_tags(const ictus_header* header);
ICTUS_API ictus_status ictus_header_tag(const ictus_header* header, size_t place, const char** field,
                                        const char** value);
/* Adds a tag behind those there are; both are UTF-8. */
ICTUS_API ictus_status ictus_header_add_tag(ictus_header* header, const char* field, const char* value);
ICTUS_API void ictus_header_clear_tags(ictus_header* header);

/* ---- Reading block by block */

ICTUS_API ictus_status ictus_reader_open(const char* path, ictus_reader** reader);
ICTUS_API void ictus_reader_free(ictus_reader* reader);
/* Lent until the reader is freed. */
ICTUS_API const ictus_header* ictus_reader_header(const ictus_reader* reader);
/* Lends the next events; `end_samples` is where no later event begins before. ICTUS_END after the last. */
ICTUS_API ictus_status ictus_reader_next(ictus_reader* reader, const ictus_event** events, size_t* count,
                                         int64_t* end_samples);
/* Of each channel, at sample_rate_hz; ICTUS_UNKNOWN_LENGTH before ICTUS_END. */
ICTUS_API uint64_t ictus_reader_length_samples(const ictus_reader* reader);

/* ---- Writing. A file is there in whole, once it is finished, or not at all. */

/* A file that exists is refused unless `replace` is not 0. */
ICTUS_API ictus_status ictus_writer_open(const char* path, const ictus_header* header, int replace,
                                         ictus_writer** writer);
/* Without ictus_writer_finish() nothing is left of the file. */
ICTUS_API void ictus_writer_free(ictus_writer* writer);
/* Any number of events in order of onset, none before the last call's `end_samples`, all before this one. */
ICTUS_API ictus_status ictus_writer_write(ictus_writer* writer, const ictus_event* events, size_t count,
                                          int64_t end_samples);
ICTUS_API ictus_status ictus_writer_finish(ictus_writer* writer, uint64_t length_samples);

/* ---- Sound */

/* `path` may be NULL: the file that ICTUS_MODEL in the environment names, else the one that is installed. */
ICTUS_API ictus_status ictus_model_load(const char* path, ictus_model** model);
ICTUS_API void ictus_model_free(ictus_model* model);
/* Of a new stream of its events, with 1 or 2 channels; the caller's. */
ICTUS_API ictus_status ictus_model_header(const ictus_model* model, int channels, ictus_header** header);

/* The decoder keeps what it needs of the model, which may be freed before it. */
ICTUS_API ictus_status ictus_decoder_new(const ictus_model* model, const ictus_header* header,
                                         ictus_decoder** decoder);
ICTUS_API void ictus_decoder_free(ictus_decoder* decoder);
/* Lends what is final by these events: `frames` x channels samples, full scale 1, channels side by side. */
ICTUS_API ictus_status ictus_decoder_push(ictus_decoder* decoder, const ictus_event* events, size_t count,
                                          int64_t end_samples, const float** samples, size_t* frames);
/* The rest. ICTUS_UNKNOWN_LENGTH: up to where the last block ended. */
ICTUS_API ictus_status ictus_decoder_finish(ictus_decoder* decoder, uint64_t length_samples,
                                            const float** samples, size_t* frames);

/* ---- Whole streams in memory, and lists */

typedef enum ictus_list_format { ICTUS_TSV = 0, ICTUS_CSV = 1, ICTUS_JSON = 2 } ictus_list_format;

ICTUS_API ictus_status ictus_stream_read(const char* path, ictus_stream** stream);
/* Of a list as `ictus dump` prints it, or of a shorter one as `ictus assemble` takes it: `bytes` of UTF-8 or
 * UTF-16. */
ICTUS_API ictus_status ictus_stream_from_list(const char* text, size_t bytes, ictus_stream** stream);
ICTUS_API void ictus_stream_free(ictus_stream* stream);
/* All of these are lent until the stream is freed. */
ICTUS_API const ictus_header* ictus_stream_header(const ictus_stream* stream);
ICTUS_API const ictus_event* ictus_stream_events(const ictus_stream* stream, size_t* count);
ICTUS_API uint64_t ictus_stream_length_samples(const ictus_stream* stream);
/* The list; with `in_units` not 0, numbers that have names stand in their units. `text` ends in a NUL. */
ICTUS_API ictus_status ictus_stream_to_list(ictus_stream* stream, ictus_list_format format, int in_units,
                                            const char** text, size_t* bytes);

#ifdef __cplusplus
}
#endif

#endif
