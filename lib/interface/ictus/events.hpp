// Event streams for other programs: reading, writing, decoding to samples, and lists in text.
//
//   ictus::events::Reader reader("song.evs");
//   ictus::events::Decoder decoder(ictus::events::Model(), reader.header());
//   while (const auto block = reader.next()) play(decoder.push(*block));
//   play(decoder.finish(reader.length()->samples));
//
// C++20. An object is used by one thread at a time; different ones by different threads. All functions throw
// ictus::Error: what() says what is wrong and where, hint() what to do about it. The interface for C and
// other languages, whose binary form stays the same for longer, is events.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ictus/error.hpp"
#include "ictus/event.hpp"
#include "ictus/export.h"
#include "ictus/version.h"

namespace ictus::events {

// What these hold is the library's own.
struct HeaderState;
struct ReaderState;
struct WriterState;
struct ModelState;
struct DecoderState;

/// The version of the library that runs: "0.1.0". ICTUS_VERSION is that of the headers.
[[nodiscard]] ICTUS_API const char* version() noexcept;

/// Fills as much of the buffer as it can; returns the count of bytes, 0 only at the end.
using Source = std::function<std::size_t(std::span<std::byte>)>;
/// Takes bytes; throws where they cannot be taken.
using Sink = std::function<void(std::span<const std::byte>)>;
/// Field and value, UTF-8. A field is not empty and holds no '=' and no control character.
using Tags = std::vector<std::pair<std::string, std::string>>;

/// A number of an event's vector that has a name: in the vector it runs from -1, `low`, to 1, `high`.
struct NamedNumber {
  std::string name;  ///< "pitch"
  std::string unit;  ///< "Hz"; empty where it has none
  float low = -1.0F;
  float high = 1.0F;
  bool is_ratio = false;  ///< equal steps are equal ratios
};

/// What a stream says of itself before its events. How its numbers are stored belongs to it too.
class ICTUS_API Header {
 public:
  explicit Header(std::unique_ptr<HeaderState> state);
  Header(const Header& other);
  Header& operator=(const Header& other);
  Header(Header&&) noexcept;
  Header& operator=(Header&&) noexcept;
  ~Header();

  [[nodiscard]] int sample_rate_hz() const;  ///< of onsets and of the decoded sound
  [[nodiscard]] int channels() const;        ///< of the decoded sound, 1 or 2
  void set_channels(int channels);
  [[nodiscard]] int original_sample_rate_hz() const;  ///< of the sound that was encoded
  [[nodiscard]] int original_channels() const;
  void set_original(int sample_rate_hz, int channels);
  [[nodiscard]] const std::string& model_id() const;       ///< "events-4"
  [[nodiscard]] std::string weights_hash() const;          ///< XXH3-128 of the model's file, 32 digits
  [[nodiscard]] std::vector<NamedNumber> numbers() const;  ///< the first numbers of each vector
  [[nodiscard]] const Tags& tags() const;
  void set_tags(Tags tags);
  /// Whether numbers are kept as 32-bit floats. Else each is in steps, and a Writer takes the nearest one.
  [[nodiscard]] bool is_lossless() const;
  void set_lossless();
  /// Makes steps as fine as these events need to stay as they are; 32-bit floats where no steps do.
  void keep(std::span<const Event> events);

  [[nodiscard]] const HeaderState& state() const { return *state_; }

 private:
  std::unique_ptr<HeaderState> state_;
};

struct Length {
  std::uint64_t samples = 0;           ///< of each channel, at sample_rate_hz
  std::uint64_t original_samples = 0;  ///< of each channel, at original_sample_rate_hz
};

/// Reads a stream block by block, in memory that does not grow with its length.
class ICTUS_API Reader {
 public:
  /// Of a file. Throws when there is none, it is no event stream, or its header is damaged.
  explicit Reader(const std::string& path);
  /// Of anything; `name` is for messages. It asks for no byte beyond the block that it returns.
  Reader(Source source, std::string name);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  [[nodiscard]] const Header& header() const;
  /// The next events, or nothing at the end. Throws ictus::DamagedInput at the first block that is damaged or
  /// cut short; what was returned before is sound.
  [[nodiscard]] std::optional<EventBlock> next();
  /// Known once next() has returned nothing.
  [[nodiscard]] std::optional<Length> length() const;

 private:
  std::unique_ptr<ReaderState> state_;
};

/// Writes a stream. A file is there in whole, once finish() has returned, or not at all.
class ICTUS_API Writer {
 public:
  /// Throws for a file that exists, unless `replace` is set.
  Writer(const std::string& path, const Header& header, bool replace = false);
  Writer(Sink sink, const Header& header);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  /// Events in order of onset, at or after the end of the block before and before that of their own; at most
  /// kMaxEventsPerBlock. Throws, before anything of the block is written, where they are not so.
  void write(const EventBlock& block);
  /// Any number of events in order of onset, cut into blocks, up to `end_samples`.
  void write(std::span<const Event> events, std::int64_t end_samples);
  /// Writes the end. Without the original's length it follows from the rates.
  void finish(std::uint64_t length_samples, std::optional<std::uint64_t> original_samples = {});

 private:
  std::unique_ptr<WriterState> state_;
};

/// The network that knows what an event sounds like. It can be used by many threads.
class ICTUS_API Model {
 public:
  /// Of a file. Without a path: the one that ICTUS_MODEL in the environment names, else the one that is
  /// installed.
  explicit Model(const std::string& path = {});

  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] std::string weights_hash() const;
  /// Of a new stream of its events: 1 or 2 channels, numbers in the usual steps, no tags.
  [[nodiscard]] Header header(int channels = 1) const;
  [[nodiscard]] const ModelState& state() const { return *state_; }

 private:
  std::shared_ptr<const ModelState> state_;
};

/// Makes samples of events. They are the same however events come in blocks.
class ICTUS_API Decoder {
 public:
  /// Throws when the stream is of another model.
  Decoder(const Model& model, const Header& header);
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  [[nodiscard]] int channels() const;
  /// What is final by these events: samples at sample_rate_hz, full scale 1, channels side by side:
  /// [frames, channels]. They stay until the next call. Throws for events that are not in order.
  [[nodiscard]] std::span<const float> push(const EventBlock& block);
  /// The rest, up to this length of each channel; without one, as of a damaged stream, up to where the last
  /// block ended.
  [[nodiscard]] std::span<const float> finish(std::optional<std::uint64_t> length_samples = {});

 private:
  std::unique_ptr<DecoderState> state_;
};

/// A whole stream in memory.
struct Stream {
  Header header;
  std::vector<Event> events;  ///< in order of onset
  Length length;
};

/// All that is left of a stream. Throws ictus::DamagedInput as Reader::next() does.
[[nodiscard]] ICTUS_API Stream read_all(Reader& reader);

/// How a list is written: columns between tabs or commas, or a JSON object a line.
enum class ListFormat { tsv, csv, json };

/// The list that `ictus dump` prints. With `in_units` the numbers that have names stand in their units.
[[nodiscard]] ICTUS_API std::string to_list(const Stream& stream, ListFormat format = ListFormat::tsv,
                                            bool in_units = false);

/// The stream of such a list, or of a shorter one as `ictus assemble` takes it, in UTF-8 or UTF-16; steps are
/// as fine as its numbers need. A list that says of no model is for the installed one. `remarks`, if it is
/// there, gets sentences about what was mended or left out. Throws an error that names the line, column and
/// value; also for events that are borrowed from other streams.
[[nodiscard]] ICTUS_API Stream from_list(std::string_view text, std::vector<std::string>* remarks = nullptr);

}  // namespace ictus::events
