#include "models/mars/generator.hpp"

#include <cmath>
#include <limits>

namespace ictus::models {
namespace {

namespace nn = torch::nn;

/// A linear layer, in bfloat16 if asked; in and out are float32 all the same.
torch::Tensor product(nn::Linear& layer, const torch::Tensor& x, bool bfloat16) {
  if (!bfloat16) return layer->forward(x);
  const torch::Tensor bias = layer->bias.defined() ? layer->bias.to(torch::kBFloat16) : torch::Tensor();
  return torch::linear(x.to(torch::kBFloat16), layer->weight.to(torch::kBFloat16), bias).to(torch::kFloat);
}

torch::Tensor normalised(const torch::Tensor& x) { return torch::layer_norm(x, {x.size(-1)}); }

/// x [B, L, C] shifted and scaled by [B, 1, C] each.
torch::Tensor modulated(const torch::Tensor& x, const torch::Tensor& scale, const torch::Tensor& shift) {
  return torch::addcmul(shift, normalised(x), 1.0 + scale);
}

torch::Tensor unit_length(const torch::Tensor& x) {
  return x * torch::rsqrt(x.square().sum(-1, /*keepdim=*/true) + 1e-12);
}

/// Attention and two dense layers, each scaled, shifted and gated by the label.
class BlockImpl : public nn::Module {
 public:
  explicit BlockImpl(const GeneratorConfig& c) : heads_(c.heads) {
    query_key_value_ =
        register_module("query_key_value", nn::Linear(nn::LinearOptions(c.width, 3 * c.width).bias(false)));
    sharpness_ = register_parameter("sharpness", torch::full({1, c.heads, 1, 1}, std::log(10.0)));
    attended_ = register_module("attended", nn::Linear(c.width, c.width));
    hidden_ = register_module("hidden", nn::Linear(c.width, c.hidden));
    out_ = register_module("out", nn::Linear(c.hidden, c.width));
    modulation_ = register_module("modulation", nn::Linear(c.width, 6 * c.width));
    const double deviation = std::sqrt(1.0 / (3.0 * c.width));
    for (nn::Linear* layer : {&query_key_value_, &attended_, &hidden_, &out_, &modulation_})
      nn::init::normal_((*layer)->weight, 0.0, deviation);
    for (nn::Linear* layer : {&attended_, &hidden_, &out_, &modulation_}) nn::init::zeros_((*layer)->bias);
    torch::NoGradGuard no_grad;
    const double calm = 1.0 / std::sqrt(2.0 * c.depth);  // the sum over the blocks keeps its size
    attended_->weight.mul_(calm);
    out_->weight.mul_(calm);
    modulation_->weight.mul_(0.5);
    modulation_->bias.narrow(0, 0, 2 * c.width).fill_(0.5);  // gates
  }

  /// x [B, L, C]; `mask` may be undefined. With `memory`, that of block `index`, earlier tokens are looked at
  /// too, and these are remembered behind them.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition, const torch::Tensor& mask,
                        Memory* memory, std::size_t index, bool bfloat16) {
    const std::int64_t batch = x.size(0);
    const std::int64_t length = x.size(1);
    const std::int64_t width = x.size(2);
    const std::vector<torch::Tensor> m = product(modulation_, condition, false).unsqueeze(1).chunk(6, -1);
    const std::vector<torch::Tensor> parts = product(query_key_value_, modulated(x, m[2], m[3]), bfloat16)
                                                 .reshape({batch, length, 3, heads_, width / heads_})
                                                 .permute({2, 0, 3, 1, 4})
                                                 .unbind(0);  // three of [B, heads, L, C / heads]
    // Queries and keys of unit length keep the attention's sharpness in one learned number.
    const torch::Tensor query = unit_length(parts[0]) * sharpness_.clamp_max(std::log(100.0)).exp();
    torch::Tensor key = unit_length(parts[1]);
    torch::Tensor value = parts[2];
    if (memory != nullptr) {
      for (const auto& [all, part] :
           {std::pair{&memory->keys[index], &key}, {&memory->values[index], &value}}) {
        all->narrow(2, memory->length, length).copy_(*part);
        *part = all->narrow(2, 0, memory->length + length);
      }
    }
    const torch::Tensor attended = attention(query, key, value, mask, bfloat16)  // [B, heads, L, C / heads]
                                       .transpose(1, 2)
                                       .reshape({batch, length, width});
    const torch::Tensor y = torch::addcmul(x, m[0], product(attended_, attended, bfloat16));
    const torch::Tensor hidden = torch::gelu(product(hidden_, modulated(y, m[4], m[5]), bfloat16));
    return torch::addcmul(y, m[1], product(out_, hidden, bfloat16));
  }

 private:
  static torch::Tensor attention(const torch::Tensor& query, const torch::Tensor& key,
                                 const torch::Tensor& value, const torch::Tensor& mask, bool bfloat16) {
    const auto type = bfloat16 ? torch::kBFloat16 : torch::kFloat;
    torch::Tensor scores = torch::matmul(query.to(type), key.to(type).transpose(2, 3));
    if (mask.defined()) scores = scores + mask.to(type);
    return torch::matmul(torch::softmax(scores, -1), value.to(type)).to(torch::kFloat);
  }

  std::int64_t heads_;
  nn::Linear query_key_value_{nullptr}, attended_{nullptr}, hidden_{nullptr}, out_{nullptr},
      modulation_{nullptr};
  torch::Tensor sharpness_;
};
TORCH_MODULE(Block);

/// 0 where a token may look at another, -inf where not.
torch::Tensor mask_of(const GeneratorConfig& c) {
  const std::int64_t tokens = c.tokens();
  torch::Tensor step = torch::arange(tokens);  // when a token is written
  if (c.order == "scales")
    for (std::size_t scale = 0; scale < c.scales.size(); ++scale)
      step.narrow(0, c.first_token(scale), c.tokens_of(scale)).fill_(static_cast<std::int64_t>(scale));
  return torch::zeros({tokens, tokens})
      .masked_fill(step.unsqueeze(1).lt(step.unsqueeze(0)), -std::numeric_limits<double>::infinity());
}

}  // namespace

Labels::Labels(const GeneratorConfig& c, std::int64_t count)
    : family(torch::full({count}, static_cast<std::int64_t>(c.families.size()), torch::kLong)),
      instrument(torch::full({count}, static_cast<std::int64_t>(c.instruments.size()), torch::kLong)),
      pitch(torch::full({count}, c.pitches(), torch::kLong)),
      velocity(torch::zeros({count}, torch::kLong)) {}

Labels Labels::to(const torch::Device& device) const {
  Labels moved = *this;
  for (torch::Tensor* part : {&moved.family, &moved.instrument, &moved.pitch, &moved.velocity})
    *part = part->to(device);
  return moved;
}

GeneratorImpl::GeneratorImpl(const GeneratorConfig& c) : config_(c) {
  const auto families = static_cast<std::int64_t>(c.families.size());
  family_ = register_module("family", nn::Embedding(families + 1, c.width));
  if (!c.instruments.empty()) {
    instrument_ = register_module(
        "instrument", nn::Embedding(static_cast<std::int64_t>(c.instruments.size()) + 1, c.width));
    nn::init::zeros_(instrument_->weight);  // at first all are what the family is
  }
  pitch_ = register_module("pitch", nn::Embedding(c.pitches() + 1, c.width));
  velocity_ = register_module("velocity", nn::Linear(2, c.width));
  shapes_ = register_parameter(
      "shapes", torch::zeros({c.pitches() + 1, c.scales.back()[0], kTones * std::int64_t{c.code_size}}));
  shown_ = register_module("shown", nn::Linear(kTones * c.code_size, c.width));
  no_velocity_ = register_parameter("no_velocity", torch::zeros({c.width}));
  start_ = register_parameter("start", 0.02 * torch::randn({c.tokens_of(0), c.width}));
  places_ = register_parameter("places", 0.02 * torch::randn({c.tokens(), c.width}));
  sum_ = register_module("sum", nn::Linear(c.code_size, c.width));
  if (c.order == "tokens") before_ = register_module("before", nn::Linear(c.code_size, c.width));
  for (int i = 0; i < c.depth; ++i) blocks_->push_back(Block(c));
  register_module("blocks", blocks_);
  last_modulation_ = register_module("last_modulation", nn::Linear(c.width, 2 * c.width));
  logits_ = register_module("logits", nn::Linear(c.width, c.codebook_size));
  nn::init::normal_(logits_->weight, 0.0, 0.02 * std::sqrt(1.0 / (3.0 * c.width)));
  nn::init::zeros_(logits_->bias);
  for (nn::Embedding* table : {&family_, &pitch_}) nn::init::normal_((*table)->weight, 0.0, 0.5);
  mask_ = register_buffer("mask", mask_of(c));
}

void GeneratorImpl::use_bfloat16(bool on) { bfloat16_ = on; }

Condition GeneratorImpl::condition(const Labels& labels) {
  const torch::Tensor force = labels.velocity.to(torch::kFloat).unsqueeze(1) / 127.0;  // [B, 1]
  const torch::Tensor said = labels.velocity.gt(0).unsqueeze(1).to(torch::kFloat);
  const torch::Tensor velocity =
      said * velocity_->forward(torch::cat({force, force.square()}, 1)) + (1.0 - said) * no_velocity_;
  Condition out;
  torch::Tensor sum = family_->forward(labels.family) + pitch_->forward(labels.pitch) + velocity;
  if (instrument_) sum = sum + instrument_->forward(labels.instrument);
  out.whole = torch::silu(sum);
  const torch::Tensor shapes =
      shapes_.index_select(0, labels.pitch).transpose(1, 2);  // [B, tones * code size, rows]
  std::vector<torch::Tensor> places;
  for (const auto& [rows, columns] : config_.scales)
    places.push_back(torch::adaptive_avg_pool1d(shapes, rows)
                         .transpose(1, 2)
                         .unsqueeze(2)
                         .expand({-1, -1, columns, -1})
                         .flatten(1, 2));  // [B, rows * columns, tones * code size]
  out.places = shown_->forward(torch::cat(places, 1));
  return out;
}

void GeneratorImpl::show_pitches(const torch::Tensor& latents) {
  torch::NoGradGuard no_grad;
  shapes_.narrow(0, 0, config_.pitches()).copy_(latents);
}

torch::Tensor GeneratorImpl::forward(const Condition& condition, const torch::Tensor& sums,
                                     const torch::Tensor& before) {
  const std::int64_t first = config_.tokens_of(0);
  torch::Tensor x = torch::cat(
      {start_.unsqueeze(0).expand({condition.whole.size(0), first, config_.width}), sum_->forward(sums)},
      1);  // [B, tokens, width]
  const std::int64_t tokens = x.size(1);
  x = x + places_.narrow(0, 0, tokens) + condition.places.narrow(1, 0, tokens) + condition.whole.unsqueeze(1);
  if (before_) x = x + torch::constant_pad_nd(before_->forward(before), {0, 0, 1, 0});
  const torch::Tensor mask = mask_.narrow(0, 0, tokens).narrow(1, 0, tokens);
  for (const auto& block : *blocks_)
    x = block->as<Block>()->forward(x, condition.whole, mask, nullptr, 0, bfloat16_);
  const std::vector<torch::Tensor> m = last_modulation_->forward(condition.whole).unsqueeze(1).chunk(2, -1);
  return product(logits_, modulated(x, m[0], m[1]), bfloat16_);
}

torch::Tensor GeneratorImpl::next(const Condition& condition, std::int64_t first, std::int64_t count,
                                  const torch::Tensor& sums, const torch::Tensor& before, Memory& memory) {
  torch::Tensor x = first < config_.tokens_of(0) ? start_.narrow(0, first, count).unsqueeze(0)
                                                 : sum_->forward(sums);  // [B, count, width]
  x = x + places_.narrow(0, first, count) + condition.places.narrow(1, first, count) +
      condition.whole.unsqueeze(1);
  if (before.defined()) x = x + before_->forward(before);
  if (memory.keys.empty())
    for (int i = 0; i < config_.depth; ++i)
      for (std::vector<torch::Tensor>* tensors : {&memory.keys, &memory.values})
        tensors->push_back(torch::empty(
            {x.size(0), config_.heads, config_.tokens(), config_.width / config_.heads}, x.options()));
  for (std::size_t i = 0; i < blocks_->size(); ++i)
    x = blocks_[i]->as<Block>()->forward(x, condition.whole, {}, &memory, i, bfloat16_);
  memory.length += count;
  const std::vector<torch::Tensor> m = last_modulation_->forward(condition.whole).unsqueeze(1).chunk(2, -1);
  return product(logits_, modulated(x, m[0], m[1]), bfloat16_);
}

PyramidSum::PyramidSum(QuantiserImpl& quantiser, std::int64_t batch, std::int64_t code_size,
                       std::int64_t height, std::int64_t width, const torch::Device& device)
    : quantiser_(quantiser),
      sum_(torch::zeros({batch, code_size, height, width}, torch::TensorOptions().device(device))) {}

void PyramidSum::add(const torch::Tensor& tokens) {
  sum_ = sum_ + quantiser_.contribution(scale_++, tokens, sum_.size(2), sum_.size(3));
}

torch::Tensor PyramidSum::at(std::int64_t rows, std::int64_t columns) const {
  return torch::adaptive_avg_pool2d(sum_, {rows, columns}).flatten(2).transpose(1, 2);
}

}  // namespace ictus::models
