#include "lib/audio/uniform_reader.hpp"

#include <algorithm>
#include <utility>

#include "lib/audio/both.hpp"
#include "lib/audio/rates.hpp"
#include "lib/audio/resampler.hpp"

namespace ictus::audio {
namespace {

bool is_same(const AudioSpec& a, const AudioSpec& b) {
  return a.sample_rate_hz == b.sample_rate_hz && a.channels == b.channels;
}

std::string text_of(const AudioSpec& spec) {
  return std::to_string(spec.sample_rate_hz) + " Hz and " + std::to_string(spec.channels) +
         (spec.channels == 1 ? " channel" : " channels");
}

/// From one kind of sound to another.
class Converter {
 public:
  Converter(const AudioSpec& from, const AudioSpec& to)
      : from_channels_(static_cast<std::size_t>(from.channels)),
        to_channels_(static_cast<std::size_t>(to.channels)),
        is_mixed_(from.channels != to.channels) {
    const std::size_t streams = is_mixed_ ? 1 : to_channels_;
    for (std::size_t i = 0; i < streams; ++i)
      resamplers_.emplace_back(from.sample_rate_hz, to.sample_rate_hz);
    outputs_.resize(streams);
  }

  /// Both append to `interleaved`.
  void push(const std::vector<float>& block, std::vector<float>& interleaved) {
    const std::size_t frames = block.size() / from_channels_;
    input_.resize(frames);
    for (std::size_t stream = 0; stream < resamplers_.size(); ++stream) {
      for (std::size_t frame = 0; frame < frames; ++frame) {
        const float* samples = &block[frame * from_channels_];
        input_[frame] = is_mixed_ ? mean(samples) : samples[stream];
      }
      resamplers_[stream].push(input_, outputs_[stream]);
    }
    take(interleaved);
  }

  void finish(std::vector<float>& interleaved) {
    for (std::size_t stream = 0; stream < resamplers_.size(); ++stream)
      resamplers_[stream].finish(outputs_[stream]);
    take(interleaved);
  }

 private:
  [[nodiscard]] float mean(const float* samples) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < from_channels_; ++i) sum += static_cast<double>(samples[i]);
    return static_cast<float>(sum / static_cast<double>(from_channels_));
  }

  void take(std::vector<float>& interleaved) {
    for (std::size_t frame = 0; frame < outputs_[0].size(); ++frame) {
      for (std::size_t channel = 0; channel < to_channels_; ++channel)
        interleaved.push_back(outputs_[is_mixed_ ? 0 : channel][frame]);
    }
    for (auto& output : outputs_) output.clear();
  }

  std::size_t from_channels_;
  std::size_t to_channels_;
  bool is_mixed_;
  std::vector<Resampler> resamplers_;
  std::vector<float> input_;
  std::vector<std::vector<float>> outputs_;  ///< one for each resampler
};

class UniformReader : public FrameReader {
 public:
  UniformReader(std::unique_ptr<BlockReader> blocks, std::string name)
      : blocks_(std::move(blocks)), name_(std::move(name)), spec_(blocks_->spec()) {}

  std::size_t read(std::span<float> interleaved) override {
    while (taken_ == ready_.size() && !ended_) refill();
    const std::size_t count = std::min(interleaved.size(), ready_.size() - taken_);
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count, interleaved.begin());
    taken_ += count;
    return count / static_cast<std::size_t>(spec_.channels);
  }

  [[nodiscard]] AudioSpec spec() const override { return spec_; }
  [[nodiscard]] std::optional<std::uint64_t> expected_frames() const override {
    return blocks_->expected_frames();
  }
  [[nodiscard]] Tags tags() const override { return blocks_->tags(); }
  [[nodiscard]] Speakers speakers() const override { return blocks_->speakers(); }

  [[nodiscard]] std::optional<DamagedInput> damage() const override {
    const std::vector<std::string> faults = both(blocks_->faults(), faults_);
    if (faults.empty()) return std::nullopt;
    constexpr std::size_t kMostFaults = 4;
    std::string message = name_ + " " + faults.front();
    for (std::size_t i = 1; i < std::min(faults.size(), kMostFaults); ++i) message += "; " + faults[i];
    if (faults.size() > kMostFaults) {
      message += "; and has " + std::to_string(faults.size() - kMostFaults) + " more faults";
    }
    return DamagedInput(message, "what is there was used; copy or record the rest again");
  }

  [[nodiscard]] std::vector<std::string> remarks() const override {
    return both(blocks_->remarks(), remarks_);
  }

 private:
  void refill() {
    ready_.clear();
    taken_ = 0;
    if (!blocks_->next(block_)) {
      ended_ = true;
      leave_other_kind();
      return;
    }
    if (is_same(block_.spec, spec_)) {
      leave_other_kind();
      ready_.insert(ready_.end(), block_.interleaved.begin(), block_.interleaved.end());
      return;
    }
    if (!converter_ || !is_same(block_.spec, converted_)) {
      leave_other_kind();
      if (!is_usable_rate(block_.spec.sample_rate_hz) || block_.spec.channels < 1) {
        if (faults_.empty())
          faults_.push_back("goes on with " + text_of(block_.spec) + ", which was left out");
        return;
      }
      converter_.emplace(block_.spec, spec_);
      converted_ = block_.spec;
      constexpr std::size_t kMostRemarks = 3;
      if (remarks_.size() < kMostRemarks) {
        remarks_.push_back(name_ + " goes on with " + text_of(converted_) + ", which became " +
                           text_of(spec_) + " as at its beginning");
      }
    }
    converter_->push(block_.interleaved, ready_);
  }

  void leave_other_kind() {
    if (converter_) converter_->finish(ready_);
    converter_.reset();
  }

  std::unique_ptr<BlockReader> blocks_;
  std::string name_;
  AudioSpec spec_;
  SoundBlock block_;
  std::optional<Converter> converter_;
  AudioSpec converted_;  ///< what the converter makes `spec_` of
  std::vector<float> ready_;
  std::size_t taken_ = 0;  ///< samples of ready_ that have been handed out
  bool ended_ = false;
  std::vector<std::string> faults_;
  std::vector<std::string> remarks_;
};

}  // namespace

std::unique_ptr<FrameReader> make_uniform(std::unique_ptr<BlockReader> blocks, const std::string& name) {
  return std::make_unique<UniformReader>(std::move(blocks), name);
}

}  // namespace ictus::audio
