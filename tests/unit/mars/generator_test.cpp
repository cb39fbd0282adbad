#include "models/mars/generator.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "lib/core/error.hpp"
#include "tests/unit/mars/support.hpp"

using namespace ictus;
using models::GeneratorConfig;

namespace {

constexpr std::int64_t kTokens = 1 + 4 + 12;

/// What two pyramids are predicted from; any numbers will do.
struct Inputs {
  torch::NoGradGuard no_grad;
  std::shared_ptr<mars::LoadedGenerator> loaded;
  models::GeneratorImpl& model;
  models::Condition condition;
  torch::Tensor sums, before;
  explicit Inputs(const std::string& order) : loaded(tests::small_generator(order)), model(*loaded->model) {
    torch::manual_seed(31);
    models::Labels labels(loaded->config, 2);
    labels.family = torch::tensor({0, 2});
    labels.pitch[0] = 3;
    labels.velocity[0] = 100;
    condition = model.condition(labels);
    sums = torch::randn({2, kTokens - 1, 4});
    if (order == "tokens") before = torch::randn({2, kTokens - 1, 4});
  }
  [[nodiscard]] torch::Tensor logits() const { return model.forward(condition, sums, before); }
};

/// Whether the logits of each of the tokens are the same, [tokens].
std::vector<bool> unchanged(const torch::Tensor& a, const torch::Tensor& b) {
  std::vector<bool> same;
  for (std::int64_t i = 0; i < a.size(1); ++i) same.push_back(torch::equal(a.select(1, i), b.select(1, i)));
  return same;
}

std::vector<bool> first_ones(std::int64_t count) {
  std::vector<bool> same(kTokens, false);
  std::fill_n(same.begin(), count, true);
  return same;
}

}  // namespace

TEST_CASE("a scale is predicted from itself and coarser ones, never from finer ones") {
  const Inputs in("scales");
  const torch::Tensor logits = in.logits();
  CHECK(logits.sizes() == torch::IntArrayRef({2, kTokens, 16}));
  // Sums begin with those of the second scale, tokens 1 to 4; 5 to 16 are the third.
  for (const std::int64_t place : {4, 10, 15}) {
    const torch::Tensor kept = in.sums.select(1, place).clone();
    in.sums.select(1, place).add_(1.0);
    CHECK(unchanged(logits, in.logits()) == first_ones(5));
    in.sums.select(1, place).copy_(kept);
  }
  in.sums.select(1, 3).add_(1.0);  // of the last token of the second scale: all of that scale see it
  CHECK(unchanged(logits, in.logits()) == first_ones(1));
}

TEST_CASE("in the other order a token is predicted from those before it alone") {
  const Inputs in("tokens");
  const torch::Tensor logits = in.logits();
  for (std::int64_t place = 0; place < kTokens - 1; ++place) {
    CAPTURE(place);
    for (const torch::Tensor& inputs : {in.sums, in.before}) {
      const torch::Tensor kept = inputs.select(1, place).clone();
      inputs.select(1, place).add_(1.0);
      CHECK(unchanged(logits, in.logits()) == first_ones(place + 1));
      inputs.select(1, place).copy_(kept);
    }
  }
}

TEST_CASE("pyramids of a batch do not see each other") {
  for (const char* const order : {"scales", "tokens"}) {
    const Inputs in(order);
    const torch::Tensor logits = in.logits();
    in.sums[0].add_(1.0);
    CHECK(torch::equal(in.logits()[1], logits[1]));
    CHECK_FALSE(torch::equal(in.logits()[0], logits[0]));
  }
}

TEST_CASE("step by step, with a memory, it predicts what it predicts at once") {
  {
    const Inputs in("scales");
    const torch::Tensor logits = in.logits();
    models::Memory memory;
    for (const auto& [first, count] : {std::pair{0, 1}, std::pair{1, 4}, std::pair{5, 12}}) {
      const torch::Tensor sums = first > 0 ? in.sums.narrow(1, first - 1, count) : torch::Tensor();
      const torch::Tensor step = in.model.next(in.condition, first, count, sums, {}, memory);
      CHECK(torch::allclose(step, logits.narrow(1, first, count), 1e-4, 1e-4));
    }
    CHECK(memory.length == kTokens);
  }
  const Inputs in("tokens");
  const torch::Tensor logits = in.logits();
  models::Memory memory;
  for (std::int64_t i = 0; i < kTokens; ++i) {
    const torch::Tensor sums = i > 0 ? in.sums.narrow(1, i - 1, 1) : torch::Tensor();
    const torch::Tensor before = i > 0 ? in.before.narrow(1, i - 1, 1) : torch::Tensor();
    const torch::Tensor step = in.model.next(in.condition, i, 1, sums, before, memory);
    CHECK(torch::allclose(step, logits.narrow(1, i, 1), 1e-4, 1e-4));
  }
}

TEST_CASE("a first scale of several tokens, and a pyramid of one scale") {
  torch::NoGradGuard no_grad;
  for (const char* const order : {"scales", "tokens"})
    for (const bool one_scale : {false, true}) {
      GeneratorConfig c = tests::small_generator_config(order);
      c.scales = {{2, 2}};
      if (!one_scale) c.scales.push_back({4, 3});
      models::check(c);
      models::Generator model(c);
      const std::int64_t tokens = c.tokens();
      const torch::Tensor sums = torch::randn({1, tokens - 4, 4});
      const torch::Tensor before = c.order == "tokens" ? torch::randn({1, tokens - 1, 4}) : torch::Tensor();
      const models::Condition condition = model->condition(tests::labels_of(c, 1, 1, 1, 1));
      const torch::Tensor logits = model->forward(condition, sums, before);
      CHECK(logits.sizes() == torch::IntArrayRef({1, tokens, 16}));
      if (!before.defined()) continue;
      models::Memory memory;
      for (std::int64_t i = 0; i < tokens; ++i) {
        const torch::Tensor step =
            model->next(condition, i, 1, i >= 4 ? sums.narrow(1, i - 4, 1) : torch::Tensor(),
                        i > 0 ? before.narrow(1, i - 1, 1) : torch::Tensor(), memory);
        CHECK(torch::allclose(step, logits.narrow(1, i, 1), 1e-4, 1e-4));
      }
    }
}

TEST_CASE("every part of the label counts, and so does what is not said") {
  const Inputs in("scales");
  struct Said {
    std::int64_t family, instrument, pitch, velocity;
  };
  const auto of = [&](const std::vector<Said>& all) {
    models::Labels labels(tests::small_generator_config("scales"), 1);
    for (const auto& [part, member] : {std::pair{&labels.family, &Said::family},
                                       {&labels.instrument, &Said::instrument},
                                       {&labels.pitch, &Said::pitch},
                                       {&labels.velocity, &Said::velocity}}) {
      std::vector<std::int64_t> numbers;
      for (const Said& one : all) numbers.push_back(one.*member);
      *part = torch::tensor(numbers);
    }
    return in.model.condition(labels);
  };
  const std::vector<Said> all = {{0, 0, 3, 100}, {1, 0, 3, 100}, {0, 1, 3, 100}, {0, 0, 4, 100},
                                 {0, 0, 3, 50},  {3, 0, 3, 100}, {0, 2, 3, 100}, {0, 0, 13, 100},
                                 {0, 0, 3, 0},   {3, 2, 13, 0}};
  const auto count = static_cast<std::int64_t>(all.size());
  // As if something had been learned of instruments, which start alike.
  in.model.named_parameters()["instrument.weight"].normal_();
  const models::Condition condition = of(all);
  CHECK(condition.whole.sizes() == torch::IntArrayRef({count, 32}));
  CHECK(condition.places.sizes() == torch::IntArrayRef({count, kTokens, 32}));
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      CHECK_FALSE(torch::allclose(condition.whole[i], condition.whole[j], 1e-3, 1e-3));
  // And they reach every token.
  const torch::Tensor logits = in.model.forward(of({all[0], all[9]}), in.sums[0].expand({2, -1, -1}), {});
  CHECK(unchanged(logits.narrow(0, 0, 1), logits.narrow(0, 1, 1)) == first_ones(0));
}

TEST_CASE("what a pitch looks like stands at the rows of every scale, and nowhere when no pitch is said") {
  torch::NoGradGuard no_grad;
  models::Generator model(tests::small_generator_config("scales"));
  models::Labels labels(tests::small_generator_config("scales"), 3);
  labels.pitch = torch::tensor({3, 4, 13});
  const torch::Tensor before = model->condition(labels).places;
  for (std::int64_t i = 0; i < 3; ++i) CHECK(torch::equal(before[i], before[0]));
  torch::Tensor latents = torch::zeros({13, 4, models::kTones * 4});
  latents[3][2].fill_(1.0);  // in the third row of four of the fourth pitch
  model->show_pitches(latents);
  const torch::Tensor after = model->condition(labels).places;
  CHECK(torch::equal(after[1], before[0]));
  CHECK(torch::equal(after[2], before[0]));
  // The first scale's only token has a quarter of it, of 2 x 2 the upper row half, of 4 x 3 the third row
  // all.
  const torch::Tensor change = after[0] - before[0];  // [tokens, width]
  const torch::Tensor whole = change[5 + 2 * 3];
  CHECK(whole.abs().max().item<double>() > 0.01);
  std::vector<double> shares = {0.25, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0};
  for (std::int64_t token = 0; token < kTokens; ++token) {
    CAPTURE(token);
    CHECK(torch::allclose(change[token], shares[static_cast<std::size_t>(token)] * whole, 1e-3, 1e-5));
  }
}

TEST_CASE("products in bfloat16 are near those in float32") {
  for (const char* const order : {"scales", "tokens"}) {
    const Inputs in(order);
    const torch::Tensor logits = in.logits();
    in.model.use_bfloat16(true);
    const torch::Tensor rounded = in.logits();
    CHECK(rounded.dtype() == torch::kFloat);
    CHECK_FALSE(torch::equal(rounded, logits));
    // 8 bits of mantissa in a dozen products one after the other.
    CHECK((rounded - logits).norm().item<double>() < 0.03 * logits.norm().item<double>());
  }
}

TEST_CASE("the sum of a pyramid while it grows is that of the quantiser") {
  torch::NoGradGuard no_grad;
  const auto loaded = tests::small_tokenizer();
  torch::manual_seed(6);
  const models::Quantised q = loaded->model->quantiser->quantise(torch::randn({2, 4, 4, 4}));
  models::PyramidSum sum(*loaded->model->quantiser, 2, 4, 4, 4, torch::kCPU);
  CHECK(sum.whole().eq(0.0).all().item<bool>());
  for (const torch::Tensor& tokens : q.tokens) sum.add(tokens);
  CHECK(torch::allclose(sum.whole(), q.sum));
  // Cells of 2 x 2 of the grid of 4 x 4: their means, row by row.
  const torch::Tensor cells = sum.at(2, 2);
  CHECK(cells.sizes() == torch::IntArrayRef({2, 4, 4}));
  CHECK(torch::allclose(cells[0][1], sum.whole()[0].slice(1, 0, 2).slice(2, 2, 4).mean({1, 2}), 1e-4, 1e-5));
}

TEST_CASE("what follows from the configuration of a generator") {
  const GeneratorConfig c;  // the one that ships
  models::check(c);
  CHECK(c.pitches() == 77);
  CHECK(c.tokens() == 1 + 4 + 12 + 24 + 48 + 96 + 224);
  CHECK(c.first_token(0) == 0);
  CHECK(c.first_token(3) == 17);
  CHECK(c.tokens_of(6) == 224);
}

TEST_CASE("a generator's configuration that makes no sense is refused, and says what does not") {
  const auto refused = [](const auto& change, const char* about) {
    tests::check_refused(tests::small_generator_config("scales"), change, about);
  };
  using Config = GeneratorConfig;
  refused([](Config& c) { c.order = "diagonal"; }, "order is 'diagonal'");
  refused([](Config& c) { c.width = 4; }, "width");
  refused([](Config& c) { c.depth = 0; }, "depth");
  refused([](Config& c) { c.heads = 3; }, "heads");
  refused([](Config& c) { c.hidden = 0; }, "hidden");
  refused([](Config& c) { c.families.clear(); }, "1 to 1000 families");
  refused([](Config& c) { c.families.push_back("flute"); }, "each family once");
  // Names of files are made of these.
  for (const char* const name : {"", "../flute", "flu/te", ".flute", "flute\n", "\x1b[2J"}) {
    refused([name](Config& c) { c.families[1] = name; }, "name of a family");
    refused([name](Config& c) { c.id = name; }, "id must have");
  }
  refused([](Config& c) { c.lowest_pitch = -1; }, "lowest_pitch");
  refused([](Config& c) { c.highest_pitch = 56; }, "highest_pitch");
  refused([](Config& c) { c.code_size = 0; }, "code_size");
  refused([](Config& c) { c.codebook_size = 1 << 17; }, "codebook_size");
  refused([](Config& c) { c.scales.clear(); }, "1 to 32 grids");
  refused([](Config& c) { c.scales[1] = {0, 2}; }, "rows of a scale");
  refused([](Config& c) { c.scales[1] = {2, 5000}; }, "columns of a scale");
  refused([](Config& c) { c.scales[2] = {4000, 4000}; }, "16000005 tokens in all");
}
