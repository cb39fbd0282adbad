// What spreadsheets make of lists of events: read as it was, or refused by line and column, never read
// wrongly.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "complaint.hpp"

namespace ictus::compose {
namespace {

using namespace std::string_literals;

EventList parsed(const std::string& text) {
  try {
    return parse_event_list(text);
  } catch (const Error& error) {
    FAIL(error.what());
    return {};
  }
}

std::string hint(const std::string& text) {
  try {
    (void)parse_event_list(text);
  } catch (const Error& error) {
    return error.hint();
  }
  return {};
}

/// The onset, the gain and the event that is borrowed, of a list of one.
void check_single(const std::string& text, double onset_s, std::optional<float> gain_db,
                  const BorrowedEvent& from = {"a", 1}) {
  CAPTURE(text);
  const EventList list = parsed(text);
  REQUIRE(list.events.size() == 1);
  CHECK(list.events[0].onset_s == onset_s);
  CHECK(list.events[0].gain_db == gain_db);
  CHECK(std::get<BorrowedEvent>(list.events[0].vector) == from);
}

/// As UTF-16; `text` is ASCII.
std::string utf16(const std::string& text, bool is_little_endian, bool has_mark) {
  std::string bytes = !has_mark ? "" : is_little_endian ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : text) bytes += is_little_endian ? ""s + c + '\0' : "\0"s + c;
  return bytes;
}

using Tags = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("the separator is that between the names, whatever else is in the line") {
  for (const std::string separator : {"\t", ";", ",", " "}) {
    const std::string head = "onset_s" + separator + "gain_db" + separator + "vector\n";
    check_single(head + "0.5" + separator + "-12" + separator + "a#1\n", 0.5, -12.0F);
  }
  check_single("onset_s;gain_db;vector\n1;-12;my, own a#1\n", 1.0, -12.0F, {"my, own a", 1});
  check_single("sep=;\r\nonset_s;gain_db;vector\r\n0,5;-12;a#1\r\n", 0.5, -12.0F);
  check_single("\"sep=;\",,\nonset_s,gain_db,vector\n0.5,-12,a#1\n", 0.5, -12.0F);
}

TEST_CASE("lines end with LF, CR and CR LF, also in quoted cells, and are counted") {
  check_single("onset_s,gain_db,vector\r0.5,-12,a#1\r", 0.5, -12.0F);
  check_single("# x\r\n\ronset_s,gain_db,vector\n\r\n0.5,-12,a#1", 0.5, -12.0F);
  for (const std::string end : {"\r", "\n", "\r\n"}) {
    const std::string text = "onset_s,duration_s,vector" + end + "0,\"two" + end + "lines\",a#1" + end;
    CHECK(parsed(text + "1,,a#2" + end).events[1].line == 4);
    CHECK(complaint(text + "x,,a#2") == "line 4, column onset_s: 'x' is not a number");
    CHECK(complaint(text + "1,\"x,a#2" + end + end) == "line 4: a quotation mark is not closed");
  }
  CHECK(complaint("onset_s,vector\n1,\"a\"#2") == "line 2: a quotation mark closes within a cell");
}

TEST_CASE("UTF-16 and UTF-8, with a byte order mark or plainly without") {
  const std::string text = "# samples: 300\r\nonset_s\tgain_db\tvector\r\n0,5\t-12\ta#1\r\n";
  for (const bool is_little_endian : {false, true}) {
    for (const bool has_mark : {false, true}) {
      CAPTURE(is_little_endian);
      CAPTURE(has_mark);
      const std::string bytes = utf16(text, is_little_endian, has_mark);
      check_single(bytes, 0.5, -12.0F);
      CHECK(parsed(bytes).facts.samples == 300);
      CHECK(complaint(bytes.substr(0, bytes.size() - 1)) == "is UTF-16 that ends within a character");
    }
  }
  check_single("\xEF\xBB\xBF" + text, 0.5, -12.0F);
  check_single("\xEF\xBB\xBF\xEF\xBB\xBF" + text, 0.5, -12.0F);
  // "é" and a clef, which takes two units.
  const std::string tag = "# tags: [\"T="s;
  const std::string bytes = "\xFF\xFE" + utf16(tag, true, false) + "\xE9\x00\x34\xD8\x1E\xDD"s +
                            utf16("\"]\nonset_s vector\n", true, false);
  CHECK(parsed(bytes).facts.tags == Tags{{"T", "\xC3\xA9\xF0\x9D\x84\x9E"}});
  check_complaints({
      {"\xFF\xFE" + utf16("a\nb", true, false) + "\x34\xD8"s + utf16("c", true, false),
       "line 2: half of a character of UTF-16 is missing"},
      {"\xFF\xFE\0\0o\0\0\0"s, "is UTF-32, in which lists are not read"},
      {"onset_s\0vector"s, "is no text, and so no list of events"},
      {"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"s, "is no text, and so no list of events"},
  });
}

TEST_CASE("comments that were quoted, filled up and cut are the facts they were") {
  const std::string rest = "onset_s,gain_db,vector,,\n";
  const auto tags = [&](const std::string& lines) { return parsed(lines + rest).facts.tags; };
  CHECK(tags("\"# tags: [\"\"TITLE=A\"\"]\",,,,\n") == Tags{{"TITLE", "A"}});
  CHECK(tags(",\"# tags: [\"\"TITLE=A\"\"]\",,,\n") == Tags{{"TITLE", "A"}});
  CHECK(tags("# tags: [\"TITLE=A, B\"]\n") == Tags{{"TITLE", "A, B"}});
  CHECK(tags("# tags: [\"TITLE=A,,\"],,,\n") == Tags{{"TITLE", "A,,"}});
  CHECK(tags("\"# tags: [\"\"TITLE=A, B\"\"]\",,,,\n") == Tags{{"TITLE", "A, B"}});
  CHECK(tags("\"# tags: [\"\"A=1\"\"]\"\n\"# tags: [\"\"B=2\"\"]\"\n") == Tags{{"A", "1"}, {"B", "2"}});
  CHECK(parsed("# samples: 300,,,,\n" + rest).facts.samples == 300);
  CHECK(parsed("\"# Samples : 300\"\n" + rest).facts.samples == 300);
  CHECK(parsed("\"  # samples: 300\"\n" + rest).facts.samples == 300);
  CHECK(parsed("\xC2\xA0# samples: 300;;;;\nonset_s;vector;;;\n").facts.samples == 300);
  CHECK(parsed("\"# model_id: \"\"m\"\"\"\nonset_s  vector\n").facts.model_id == "m");
  CHECK(parsed("# gain_step_db: 0,5;;;;\nonset_s;vector;;;\n").facts.coding->gain_step_centibels == 5);
  // Words for people may hold anything.
  CHECK(parsed("# he said, \"no\n#,\"\n# f\xFCr: x\n" + rest).events.empty());
}

TEST_CASE("where a comment was cut within a text, that commas are put back is told") {
  for (const std::string separator : {",", ";", "\t"}) {
    CAPTURE(separator);
    const std::string fill = separator + separator;
    const std::string rest = "onset_s" + separator + "vector" + fill + "\n";
    const EventList list =
        parsed("\"# tags: [\"\"TITLE=A\"" + separator + "\" B\"\"]\"" + fill + "\n" + rest);
    CHECK(list.facts.tags == Tags{{"TITLE", "A, B"}});
    REQUIRE(list.cut_facts.size() == 1);
    CHECK(list.cut_facts[0].line == 1);
    CHECK(list.cut_facts[0].value == "[\"TITLE=A, B\"]");
    const std::string between = "\"# tags: [\"\"A=1\"\"\"" + separator + "\"\"\"B=2\"\"]\"" + fill + "\n";
    CHECK(parsed(between + rest).facts.tags == Tags{{"A", "1"}, {"B", "2"}});
    CHECK(parsed(between + rest).cut_facts.empty());
  }
  CHECK(parsed("# tags: [\"TITLE=A; B\"];;\nonset_s;vector;\n").cut_facts.size() == 1);
  CHECK(parsed("# tags: [\"TITLE=A; B\"]\nonset_s;vector;\n").cut_facts.empty());
}

TEST_CASE("a fact that is damaged is never passed over") {
  const std::string rest = "onset_s,vector,,\n";
  for (const std::string line : {
           "# tags: [\"TITLE=A\",ARTIST=B],,\n",
           "\"# tags: [\"\"TITLE=A\"\"\",ARTIST=B],\n",
           "# model_id: \"m\",mine,\n",
           "\"# model_id: \"\"m\"\"\",mine\n",
           "# samples: 33,075\n",
           "\"# samples: 33,075\"\n",
           "# samples: 33.075\n",
           "# samples:\n",
           "# model_id: \xE2\x80\x9Cm\xE2\x80\x9D\n",
           "# MODEL_ID: 3\n",
           "# tags: [\"T=f\xFCr\"]\n",
           "\"# tags: [\"\"T=f\xFCr\"\"]\"\n",
       }) {  // fmt: skip
    CAPTURE(line);
    CHECK(complaint(line + rest).starts_with("line 1, column "));
  }
  CHECK(complaint("# tags: [\"T=f\xFCr\"]\n" + rest) ==
        "line 1, column tags: '[\"T=f\xEF\xBF\xBDr\"]' is not in UTF-8");
  CHECK(complaint("{\"tags\":[\"T=f\xFCr\"]}\n") == "line 1: is not in UTF-8");
  // With an index in front they are no comments.
  CHECK(complaint("0,\"# model_id: \"\"m\"\"\",,\n1,onset_s,vector,\n") == "line 1: there is no column '0'");
}

TEST_CASE("columns in any order and case, without a name, and rows of any length that loses nothing") {
  check_single(" Vector ,GAIN_DB,\xC2\xA0Onset_s\na#1,-12,0.5\n", 0.5, -12.0F);
  check_single("\"VECTOR\",\"Onset_S\"\n\"a#1\",\"0.5\"\n", 0.5, {});
  check_single(",onset_s,gain_db,vector\n0,0.5,-12,a#1\n", 0.5, -12.0F);
  check_single("Unnamed: 0,onset_s,gain_db,vector,Unnamed: 4\n17,0.5,-12,a#1,\n", 0.5, -12.0F);
  check_single("index,onset_s,gain_db,vector\n0,0.5,-12,a#1\n", 0.5, -12.0F);
  check_single(";onset_s;gain_db;vector;\n;0.5;-12;a#1;\n;;;;\n;\n", 0.5, -12.0F);
  check_single("onset_s,,gain_db,vector,,\n,,,,,\n0.5,,-12,a#1,,\n\"\",\"\",,,\n\t\n", 0.5, -12.0F);
  check_single("onset_s,gain_db,vector,note,,\n0.5,-12,a#1\n", 0.5, -12.0F);
  check_single("onset_s,gain_db,vector\n0.5,-12,a#1,,,,\n", 0.5, -12.0F);
  check_single("onset_s\tgain_db\tvector\t\n0.5\t\ta#1\t\n", 0.5, {});

  check_complaints({
      {"onset_s,gain_db,vector,\n0.5,-12,a#1,loud\n",
       "line 2, column 4: 'loud' stands in a column without a name"},
      {",onset_s,vector\nintro,0.5,a#1\n", "line 2, column 1: 'intro' stands in a column without a name"},
      {"onset_s,gain_db,vector\n0.5,-12,a#1,5\n", "line 2: has 4 cells where the first line names 3 columns"},
      {"onset_s,vector,gain_db\n0.5,a#1\n", "line 2: has 2 cells where the first line names 3 columns"},
      {"onset_s,Onset_s,vector\n", "line 1: the column 'onset_s' comes twice"},
      {"onset_s|vector\n", "line 1: there is no column 'onset_s|vector'"},
  });
}

TEST_CASE("a decimal comma is no separator") {
  check_single("onset_s;gain_db;vector\n0,5;-12,25;a#1\n", 0.5, -12.25F);
  check_single("onset_s\tgain_db\tvector\n1,5\t-1,5E+01\ta#1\n", 1.5, -15.0F);
  check_single("onset_s,gain_db,vector\n\"0,5\",\"-12,25\",a#1\n", 0.5, -12.25F);
  for (const std::string row : {"0,5,-12,a#1", "0,5,-12,5,a#1", "0,5,,a#1"}) {
    CAPTURE(row);
    CHECK(complaint("onset_s,gain_db,vector\n" + row + "\n").starts_with("line 2"));
    CHECK(complaint("onset_s,gain_db,vector,,,,\n" + row + ",,\n").starts_with("line 2"));
    CHECK(hint("onset_s,gain_db,vector\n" + row + "\n").find("semicolons or tabs") != std::string::npos);
  }
}

TEST_CASE("numbers of any country, where there is no doubt") {
  const auto onset_s = [](const std::string& cell, const std::string& separator = ";") {
    const std::string head = "onset_s" + separator + "vector\n";
    const std::string quoted = separator == "," ? "\"" + cell + "\"" : cell;
    return parsed(head + quoted + separator + "a#1\n").events.at(0).onset_s;
  };
  CHECK(onset_s("1,5E-05") == 1.5e-5);
  CHECK(onset_s("1.5e\xE2\x88\x92"
                "05") == 1.5e-5);
  CHECK(onset_s("+2,5") == 2.5);
  CHECK(onset_s(" 2,5\xC2\xA0") == 2.5);
  CHECK(onset_s("1.234,5") == 1234.5);
  CHECK(onset_s("1,234.5") == 1234.5);
  CHECK(onset_s("1,234.5", ",") == 1234.5);
  CHECK(onset_s("1\xC2\xA0"
                "234,5") == 1234.5);
  CHECK(onset_s("1\xE2\x80\xAF"
                "234,567") == 1234.567);
  CHECK(onset_s("1'234.5") == 1234.5);
  CHECK(onset_s("1.234.567") == 1234567);
  CHECK(onset_s("0,125") == 0.125);
  CHECK(onset_s("0,125", ",") == 0.125);
  CHECK(onset_s("0.125") == 0.125);
  CHECK(onset_s("1.500") == 1.5);
  CHECK(onset_s("1,500") == 1.5);  // semicolons stand where decimals have a comma
  CHECK(onset_s("1500,000") == 1500);
  CHECK(onset_s("1.500000", "\t") == 1.5);
  check_single(
      "gain_db;onset_s;vector\n\xE2\x88\x92"
      "12,5;1;a#1\n",
      1.0, -12.5F);
}

TEST_CASE("what can be read in two ways is refused, unless another number tells which") {
  const auto list = [](const std::string& separator, const std::string& first, const std::string& second) {
    const std::string row = separator + "a#1\n";
    const auto cell = [&](const std::string& text) { return separator == "," ? "\"" + text + "\"" : text; };
    return "onset_s" + separator + "vector\n" + cell(first) + row + cell(second) + row;
  };
  CHECK(complaint(list("\t", "1", "1,500")) ==
        "line 3, column onset_s: '1,500' is a number with decimals or one with thousands");
  CHECK(complaint(list(",", "1", "1,500")).starts_with("line 3, column onset_s: '1,500' is a number with"));
  CHECK(parsed(list("\t", "0,5", "1,500")).events[1].onset_s == 1.5);
  CHECK(parsed(list("\t", "1,500", "1500,5")).events[0].onset_s == 1.5);
  CHECK(parsed(list(",", "0,5", "1,500")).events[1].onset_s == 1.5);
  CHECK(
      complaint(list(";", "0.5", "1,500")) ==
      "line 3, column onset_s: '1,500' is a number with decimals or one with thousands, as there is '0.5' in "
      "line 2");
  CHECK(complaint(list(";", "0,5", "1.500")).starts_with("line 3, column onset_s: '1.500' is a number with"));
  CHECK(complaint(list(";", "1.500", "0,5")).starts_with("line 2, column onset_s: '1.500' is a number with"));
  CHECK(
      complaint(list(";", "1.500", "1,500")).starts_with("line 2, column onset_s: '1.500' is a number with"));
  CHECK(complaint(list(";", "1.234,5", "1.500"))
            .starts_with("line 3, column onset_s: '1.500' is a number with"));
  CHECK(parsed(list(";", "0.25", "0,5")).events[1].onset_s == 0.5);
}

TEST_CASE("what became a date, a text or nothing in a spreadsheet is no number, and what to do is told") {
  for (const std::string cell :
       {"01. Feb",  "01.Feb",    "2-Jan",    "Jan 05",     "01.02.2026", "2026-01-02", "1/2",
        "1. 2.",    "00:01.5",   "12:00:00", "'-5",        "=\"0.5\"",   "50%",        "1 000",
        "1,00,000", "1.00.000",  "12,34.5",  "1234,567.5", "0,5,5",      "--5",        "5-",
        "(5)",      "1e",        "e5",       ".",          ",",          "1.5.",       "TRUE",
        "1,5E",     "1.234e5,5", "1'23",     "'",          "1,234,567e3"}) {
    CAPTURE(cell);
    CHECK(complaint("onset_s;vector\n0,5;a#1\n" + cell + ";a#1\n") ==
          "line 3, column onset_s: '" + cell + "' is not a number");
  }
  CHECK(hint("onset_s\tvector\n01. Feb\ta#1\n").find("made a date") != std::string::npos);
  CHECK(hint("onset_s\tvector\n00:01.5\ta#1\n").find("write seconds") != std::string::npos);
  CHECK(hint("onset_s\tvector\n'5\ta#1\n").find("format of a number") != std::string::npos);
}

TEST_CASE("an event whose first cell was too narrow is no comment") {
  for (const std::string cell : {"##", "########", "#N/A", "#NAME?", "#WERT!", "#DIV/0!"}) {
    CAPTURE(cell);
    const std::string words = "line 2, column onset_s: '" + cell + "' is not a number";
    CHECK(complaint("onset_s,gain_db,vector\n" + cell + ",-12,a#1\n") == words);
    CHECK(complaint("onset_s;gain_db;vector\n\"" + cell + "\";-12;a#1\n") == words);
    CHECK(complaint("gain_db\tonset_s\tvector\n-12\t" + cell + "\ta#1\n") == words);
    CHECK(hint("onset_s,gain_db,vector\n" + cell + ",-12,a#1\n").find("too narrow") != std::string::npos);
    CHECK(parsed("onset_s,gain_db,vector\n" + cell + ",,\n").events.empty());
  }
  CHECK(parsed("onset_s,gain_db,vector\n####### two, three #######\n#0,-12,a#1\n").events.empty());
}

TEST_CASE("a header goes through a table in any dialect") {
  formats::EventStreamHeader header;
  header.model_id = "events, \"9\"; \xC3\xBC";
  header.tags = {
      {"TITLE", "A, B; C"}, {"title", "\"quoted\", \\ and\nmore"}, {"X", ""}, {"Y", "\xE2\x82\xAC,\t"}};
  for (const auto& [name, value] : for_table(facts_of(header))) {
    CHECK(value.find_first_of(",;\t\r\n") == std::string::npos);
    CHECK(std::all_of(value.begin(), value.end(), [](char c) { return c > 0 && c < 127; }));
  }
  ListFacts facts;
  for (const auto& [name, value] : for_table(facts_of(header))) CHECK(take_fact(facts, name, value));
  CHECK(facts.model_id == header.model_id);
  CHECK(facts.tags == header.tags);
}

}  // namespace
}  // namespace ictus::compose
