#include "lib/compose/event_list.hpp"

#include <doctest/doctest.h>

#include <string>

#include "complaint.hpp"

namespace ictus::compose {
namespace {

/// "v0<separator>v1 ..." and as many numbers.
std::string names(const std::string& separator) {
  std::string text;
  for (int i = 0; i < kEventVectorSize; ++i) text += separator + "v" + std::to_string(i);
  return text;
}

std::string numbers(const std::string& separator, const std::string& number = "0.25") {
  std::string text;
  for (int i = 0; i < kEventVectorSize; ++i) text += separator + number;
  return text;
}

TEST_CASE("a table between tabs, commas or spaces, and JSON Lines, say the same") {
  const std::string lists[] = {
      "event\tonset_s\tgain_db" + names("\t") + "\n0\t1.5\t-20.5" + numbers("\t") + "\n",
      "event,onset_s,gain_db" + names(",") + "\r\n0,1.5,-20.5" + numbers(",") + "\r\n",
      "onset_s  gain_db" + names(" ") + "\n  1.5   -20.5" + numbers("  ") + "\n",
      "\"onset_s\",\"gain_db\"" + names(",") + "\n\"1.5\",\"-20.5\"" + numbers(","),
      R"({"onset_s":1.5,"gain_db":-20.5,"vector":[0.25)" + numbers(",").substr(5) + "]}\n",
  };
  for (const std::string& text : lists) {
    CAPTURE(text);
    const EventList list = parse_event_list(text);
    REQUIRE(list.events.size() == 1);
    CHECK(list.events[0].onset_s == 1.5);
    CHECK(list.events[0].gain_db == -20.5F);
    for (const float number : std::get<Vector>(list.events[0].vector)) CHECK(number == 0.25F);
  }
}

TEST_CASE("vectors are borrowed, with their gains or without") {
  const EventList list = parse_event_list(
      "onset_s vector        gain_db\n"
      "0       piano.evs#12  -\n"
      "0.5     a#b.evs#0     -6\n");
  REQUIRE(list.events.size() == 2);
  CHECK(std::get<BorrowedEvent>(list.events[0].vector) == BorrowedEvent{"piano.evs", 12});
  CHECK_FALSE(list.events[0].gain_db);
  CHECK(std::get<BorrowedEvent>(list.events[1].vector) == BorrowedEvent{"a#b.evs", 0});
  CHECK(list.events[1].gain_db == -6.0F);
  CHECK(parse_event_list("onset_s\tvector\n1\tmy piano.evs#3\n").events.size() == 1);
  CHECK(parse_event_list(R"({"onset_s":0,"vector":"piano.evs#12"})").events.size() == 1);
}

TEST_CASE("lines out of order are put in order, and that is told") {
  const EventList list = parse_event_list("onset_s vector\n2 a#0\n1 a#1\n1 a#2\n3 a#3\n");
  CHECK(list.first_out_of_order == 3);
  std::vector<std::uint64_t> order;
  for (const ListedEvent& event : list.events) order.push_back(std::get<BorrowedEvent>(event.vector).event);
  CHECK(order == std::vector<std::uint64_t>{1, 2, 0, 3});
  CHECK_FALSE(parse_event_list("onset_s vector\n1 a#0\n1 a#1\n").first_out_of_order);
}

TEST_CASE("facts stand in comments and in objects without an onset") {
  const formats::WeightsHash hash = {0xAB, 1};
  for (const std::string text :
       {"# model_id: \"events-9\"\n# weights_hash: \"ab010000000000000000000000000000\"\n# samples: 300\n"
        "# a remark: with a colon\n# precision: \"coded\"\n# gain_step_db: 0.5\n# tags: [\"A=b=c\"]\nonset_s "
        "vector\n0 a#0\n",
        "{\"model_id\":\"events-9\",\"weights_hash\":\"ab010000000000000000000000000000\",\"samples\":300,"
        "\"precision\":\"coded\",\"gain_step_db\":0.5,\"tags\":[\"A=b=c\"]}\n{\"onset_s\":0,\"vector\":\"a#"
        "0\"}"}) {
    const ListFacts facts = parse_event_list(text).facts;
    CHECK(facts.model_id == "events-9");
    CHECK(facts.weights_hash == hash);
    CHECK(facts.samples == 300);
    CHECK(facts.coding->gain_step_centibels == 5);
    CHECK(facts.tags == std::vector<std::pair<std::string, std::string>>{{"A", "b=c"}});
    CHECK_FALSE(facts.original_samples);
  }
}

TEST_CASE("what is written of a stream is read as it was") {
  formats::EventStreamHeader header;
  header.model_id = "events \"9\"";
  header.weights_hash = {1, 2, 3, 0xFF};
  header.original_sample_rate_hz = 48000;
  header.original_channels = 6;
  header.channels = 2;
  header.names = {{"pitch", "Hz", 25.0F, 10500.0F, true}, {"odd_9", " 1 ratio", -1e-30F, 0.1F, false}};
  header.coding = {formats::Precision::coded, formats::standard_steps(), 15, 100};
  header.tags = {{"TITLE", "a\nb # c: \xC3\xA9"}, {"TITLE", ""}};
  ListFacts facts;
  for (const auto& [name, value] : facts_of(header)) CHECK(take_fact(facts, name, value));
  for (const auto& [name, value] : facts_of(formats::EventStreamTotals{5, 1000, 2176}))
    CHECK(take_fact(facts, name, value));
  CHECK(facts.model_id == header.model_id);
  CHECK(facts.weights_hash == header.weights_hash);
  CHECK(facts.sample_rate_hz == header.sample_rate_hz);
  CHECK(facts.original_sample_rate_hz == 48000);
  CHECK(facts.original_channels == 6);
  CHECK(facts.channels == 2);
  CHECK(facts.names == header.names);
  CHECK(facts.coding == header.coding);
  CHECK(facts.tags == header.tags);
  CHECK(facts.samples == 1000);
  CHECK(facts.original_samples == 2176);
  CHECK_FALSE(take_fact(facts, "colour", "1"));
}

TEST_CASE("numbers are told one by one, in words") {
  formats::EventStreamHeader header;
  header.names = {{"pitch", "Hz", 25.0F, 10500.0F, true}, {"tilt", "", 0.03125F, 32.0F, false}};
  header.coding.vector_steps = formats::equal_steps(31);
  header.coding.vector_steps[0] = 2093;
  const auto numbers_in = [&] {
    for (const auto& [name, value] : facts_of(header)) {
      if (name == "numbers") return value;
    }
    return std::string();
  };
  CHECK(numbers_in() == R"(["pitch Hz 25 10500 ratio 2093 steps","tilt 0.03125 32 31 steps"])");
  header.coding.vector_steps[31] = 2;
  CHECK(numbers_in().ends_with(R"(,"31 steps","31 steps","2 steps"])"));
  header.coding.precision = formats::Precision::float32;
  CHECK(numbers_in() == R"(["pitch Hz 25 10500 ratio","tilt 0.03125 32"])");
  header.names.clear();
  CHECK(numbers_in().empty());
  header.coding = {};
  CHECK(numbers_in() == R"(["33 steps"])");

  // A line for each, as tables have them; a number that is not told has the steps of the one before.
  const ListFacts facts = parse_event_list(
                              "# numbers: [\"pitch Hz 25 10500 ratio 2093 steps\"]\n# numbers: [\"x -1 1\"]\n"
                              "# numbers: [\"5 steps\"]\nonset_s vector\n0 a#0\n")
                              .facts;
  CHECK(facts.names == std::vector<formats::NumberName>{{"pitch", "Hz", 25.0F, 10500.0F, true},
                                                        {"x", "", -1.0F, 1.0F, false}});
  CHECK(facts.coding->vector_steps[0] == 2093);
  CHECK(facts.coding->vector_steps[1] == 2093);
  CHECK(facts.coding->vector_steps[2] == 5);
  CHECK(facts.coding->vector_steps[31] == 5);
}

TEST_CASE("numbers that a stream cannot hold are refused") {
  for (const char* value :
       {"1", "[1]", "[\"\"]", "[\" steps\"]", "[\"0 steps\"]", "[\"4097 steps\"]", "[\"3.5 steps\"]",
        "[\"x\"]", "[\"x 1\"]", "[\"x 2 1\"]", "[\"x 1 nan\"]", "[\"x 0 1 ratio\"]", "[\"X 0 1\"]",
        "[\"1 2\"]", "[\"x 0 1e99\"]", "[\"x 0 1\",\"x 0 1\"]", "[\"3 steps\",\"x 0 1\"]",
        "[\"x sixteen letters! 0 1\"]"}) {
    CAPTURE(value);
    ListFacts facts;
    CHECK_THROWS_AS(take_fact(facts, "numbers", value), Error);
  }
  ListFacts facts;
  for (int k = 0; k < 32; ++k) CHECK(take_fact(facts, "numbers", "[\"3 steps\"]"));
  CHECK_THROWS_AS(take_fact(facts, "numbers", "[\"3 steps\"]"), Error);
}

TEST_CASE("a wrong line is named by number, column and value") {
  const std::string head = "onset_s gain_db" + names(" ") + "\n";
  const std::string good = "0 -20" + numbers(" ") + "\n";
  check_complaints({
      {head + good + "abc -20" + numbers(" "), "line 3, column onset_s: 'abc' is not a number"},
      {head + good + "-1 -20" + numbers(" "), "line 3, column onset_s: '-1' is out of range"},
      {head + "nan -20" + numbers(" "), "line 2, column onset_s: 'nan' is not a number"},
      {head + "0 nan" + numbers(" "), "line 2, column gain_db: 'nan' is not a number"},
      {head + "0 inf" + numbers(" "), "line 2, column gain_db: 'inf' is out of range"},
      {head + "0 -20" + numbers(" ").substr(5) + " 1.5", "line 2, column v31: '1.5' is out of range"},
      {head + "0 -20" + numbers(" ").substr(5), "line 2: has 33 cells where the first line names 34 columns"},
      {head + "0 -" + numbers(" "), "line 2: has no gain_db"},
      {"onset_s vector\n0 piano.evs\n",
       "line 2, column vector: 'piano.evs' does not name an event of another stream"},
      {"onset_s vector\n0 piano.evs#-1\n",
       "line 2, column vector: 'piano.evs#-1' does not name an event of another stream"},
      {"{\"onset_s\":\"1\",\"vector\":\"a#0\"}", "line 1, column onset_s: '\"1\"' is not a number"},
      {"{\"onset_s\":1,\"gain_db\":0,\"vector\":[1,2]}", "line 1: has 2 numbers of a vector, which are 32"},
      {"{\"onset_s\":1,\"vector\":3}",
       "line 1, column vector: '3' is neither a list of numbers nor the name of an event"},
      {"{\"onset_s\":1", "line 1: is no JSON"},
      {"{\"onset\":1}", "line 1: has no onset_s, so it is no event, and there is no fact called 'onset'"},
      {"{\"onset_s\":1,\"onset_s\":2,\"vector\":\"a#0\"}", "line 1: the name 'onset_s' comes twice"},
      {"# samples: many\nonset_s vector\n",
       "line 1, column samples: 'many' is not a value as JSON writes it, such as 22050 or \"events-1\""},
  });
  CHECK(complaint("# samples: -3\nonset_s vector\n")
            .starts_with("line 1, column samples: '-3' is not a whole number"));
}

TEST_CASE("wrong columns are told before anything else") {
  check_complaints({
      {"onset_s onset_s vector\n", "line 1: the column 'onset_s' comes twice"},
      {"time vector\n", "line 1: there is no column 'time'"},
      {"gain_db vector\n", "line 1: the column onset_s is missing: when each event begins"},
      {"onset_s gain_db v0 v1\n", "line 1: a vector has 32 numbers, v0 to v31, and here are columns for 2"},
      {"onset_s gain_db v32 vector\n", "line 1: there is no column 'v32'"},
      {"event onset_s gain_db\n", "line 1: there are no vectors, neither v0 to v31 nor a column vector"},
      {"onset_s,vector\n1,\"a#0\n", "line 2: a quotation mark is not closed"},
  });
}

TEST_CASE("an empty list is a list") {
  CHECK(parse_event_list("").events.empty());
  CHECK(parse_event_list("\n# only words\n").events.empty());
}

}  // namespace
}  // namespace ictus::compose
