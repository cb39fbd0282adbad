#include "apps/cli/run_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "apps/cli/stream_facts.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/core/path.hpp"

namespace ictus::cli {
namespace {

using Json = nlohmann::json;

/// What a line begins with whose writer was stopped, by a full disk perhaps.
constexpr std::string_view kBeginning = "{\"schema\":";

Coded coded_of(const Job& job, const Streams& streams) {
  std::optional<DamagedInput> damage;
  const std::string name = display_output_name(job.output);
  try {
    StreamInput output(job.output, streams);
    const StreamFacts facts = read_facts(output, damage);
    if (damage) throw Error(damage->what());
    Coded coded;
    coded.duration_s = facts.duration_s();
    coded.counts = facts.counts();
    coded.stream_bytes = facts.bytes;
    return coded;
  } catch (const Error& error) {
    throw Error(fmt::format("{}: is there, but is no whole stream: {}", name, error.what()),
                "remove it, and it is made again");
  }
}

}  // namespace

RunRecord::RunRecord(const options::ManyOptions& many, const Streams& streams)
    : streams_(streams), skip_done_(many.skip_done) {
  if (!many.manifest) return;
  name_ = display_output_name(*many.manifest);
  if (place_at(*many.manifest) == Place::file) {
    const std::vector<std::byte> bytes = file_bytes(*many.manifest, "name another file with --manifest");
    read({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  manifest_ = open_path(*many.manifest, O_WRONLY | O_CREAT | O_APPEND);
  if (!manifest_.is_open()) {
    throw Error(fmt::format("{}: cannot be opened ({})", name_, reason(errno)),
                "name a file with --manifest that can be written");
  }
}

void RunRecord::read(std::string_view text) {
  ends_in_a_line_ = text.empty() || text.ends_with('\n');
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) take_line(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void RunRecord::take_line(std::string_view line, std::size_t number) {
  try {
    const Json json = Json::parse(line);
    const std::string status = json.at("status");
    std::pair<std::string, std::string> job = {json.at("input"), json.at("output")};
    if (status == "failed") {
      entries_.erase(job);
      return;
    }
    Entry entry{.stream_bytes = json.at("stream_bytes"), .damage = {}};
    if (status == "damaged") entry.damage = json.at("error").get<std::string>();
    entries_[std::move(job)] = std::move(entry);
  } catch (const Json::exception&) {
    if (line.starts_with(kBeginning.substr(0, line.size()))) return;  // its input is looked at again
    throw Error(fmt::format("{}: line {} is no result of ictus", name_, number),
                "name a manifest, or a file that is not there yet");
  }
}

const RunRecord::Entry* RunRecord::entry_of(const Job& job, std::uint64_t bytes) const {
  const auto found = entries_.find({job.input, job.output});
  return found != entries_.end() && found->second.stream_bytes == bytes ? &found->second : nullptr;
}

std::optional<RunRecord::Earlier> RunRecord::earlier(const Job& job) const {
  if (!skip_done_ || place_at(job.output) != Place::file) return std::nullopt;
  std::error_code failure;
  const std::uint64_t bytes = std::filesystem::file_size(job.output, failure);
  const Entry* const entry = failure ? nullptr : entry_of(job, bytes);
  if (entry == nullptr) return Earlier{false, coded_of(job, streams_)};
  Earlier earlier{true, {}};
  earlier.coded.stream_bytes = bytes;
  if (entry->damage) earlier.coded.damage.emplace(*entry->damage);
  return earlier;
}

void RunRecord::keep(const std::string& line) {
  const std::lock_guard lock(mutex_);
  const std::string text = ends_in_a_line_ ? line : "\n" + line;
  write_all(manifest_.get(), std::as_bytes(std::span(text)), name_);
  ends_in_a_line_ = true;
}

}  // namespace ictus::cli
