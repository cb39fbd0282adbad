#include <algorithm>
#include <string>
#include <utility>

#include "formats/blocks.hpp"
#include "ictus/events.hpp"
#include "lib/compose/coding.hpp"
#include "lib/core/error.hpp"
#include "lib/interface/states.hpp"

namespace ictus::events {

const char* version() noexcept { return ICTUS_VERSION; }

Header::Header(std::unique_ptr<HeaderState> state) : state_(std::move(state)) {}
Header::Header(const Header& other) : state_(std::make_unique<HeaderState>(*other.state_)) {}
Header& Header::operator=(const Header& other) {
  if (this != &other) state_ = std::make_unique<HeaderState>(*other.state_);
  return *this;
}
Header::Header(Header&&) noexcept = default;
Header& Header::operator=(Header&&) noexcept = default;
Header::~Header() = default;

int Header::sample_rate_hz() const { return static_cast<int>(state_->header.sample_rate_hz); }
int Header::channels() const { return state_->header.channels; }

void Header::set_channels(int channels) {
  if (channels != 1 && channels != 2)
    throw Error("a decoded sound of " + std::to_string(channels) + " channels has not 1 or 2");
  state_->header.channels = static_cast<std::uint16_t>(channels);
}

int Header::original_sample_rate_hz() const {
  return static_cast<int>(state_->header.original_sample_rate_hz);
}
int Header::original_channels() const { return state_->header.original_channels; }

void Header::set_original(int sample_rate_hz, int channels) {
  if (sample_rate_hz < 1 || channels < 1 || channels > UINT16_MAX) {
    throw Error("an original of " + std::to_string(channels) + " channels at " +
                std::to_string(sample_rate_hz) + " Hz cannot be");
  }
  state_->header.original_sample_rate_hz = static_cast<std::uint32_t>(sample_rate_hz);
  state_->header.original_channels = static_cast<std::uint16_t>(channels);
}

const std::string& Header::model_id() const { return state_->header.model_id; }
std::string Header::weights_hash() const { return formats::hexadecimal(state_->header.weights_hash); }

std::vector<NamedNumber> Header::numbers() const {
  std::vector<NamedNumber> numbers;
  for (const formats::NumberName& name : state_->header.names)
    numbers.push_back({name.name, name.unit, name.low, name.high, name.is_ratio});
  return numbers;
}

const Tags& Header::tags() const { return state_->header.tags; }
void Header::set_tags(Tags tags) { state_->header.tags = std::move(tags); }

bool Header::is_lossless() const { return state_->header.coding.precision == formats::Precision::float32; }
void Header::set_lossless() { state_->header.coding = synthesis::event_coding(true); }

void Header::keep(std::span<const Event> events) {
  state_->header.coding = compose::exact_coding(events, state_->header.coding, kBlockSamples);
}

}  // namespace ictus::events
