#include "lib/report/html_template.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "lib/report/escape_html.hpp"

using namespace ictus::report;

TEST_CASE("escape_html: what has a meaning in HTML loses it") {
  CHECK(escape_html("</script> & \"a\" 'b'") == "&lt;/script&gt; &amp; &quot;a&quot; &#39;b&#39;");
  CHECK(escape_html("&amp;") == "&amp;amp;");
  CHECK(escape_html("Gödel, 95 %\n") == "Gödel, 95 %\n");
  CHECK(escape_html("") == "");
}

TEST_CASE("escape_html: what no page may hold is replaced") {
  CHECK(escape_html("caf\xe9 <b>") == "caf\ufffd &lt;b&gt;");
  CHECK(escape_html("a\x01\u0085z\uffff") == "a  z\ufffd");
}

TEST_CASE("fill: texts are escaped, unless three braces say that they are HTML") {
  const Fields fields{{{"a", "<b>"}}, {}};
  CHECK(fill("x {{a}} y {{{a}}} z", fields) == "x &lt;b&gt; y <b> z");
  CHECK(fill("{{a}}", fields) == "&lt;b&gt;");
  CHECK(fill("", fields) == "");
}

TEST_CASE("fill: what was filled in is not looked at again") {
  CHECK(fill("{{a}} {{b}}", {{{"a", "{{b}}"}, {"b", "{{{a}}}"}}, {}}) == "{{b}} {{{a}}}");
}

TEST_CASE("fill: sections are repeated for each entry, and may lie within each other") {
  const Fields row{{{"n", "1"}}, {{"cells", {{{{"c", "x"}}, {}}, {{{"c", "y"}}, {}}}}}};
  const Fields empty_row{{{"n", "2"}}, {{"cells", {}}}};
  const Fields fields{{}, {{"rows", {row, empty_row}}}};
  CHECK(fill("[{{#rows}}{{n}}:{{#cells}} {{c}}{{/cells}};{{/rows}}]", fields) == "[1: x y;2:;]");
}

TEST_CASE("fill: a name that is not given and a section without an end are mistakes") {
  CHECK_THROWS_AS((void)fill("{{a}}", {}), std::logic_error);
  CHECK_THROWS_AS((void)fill("{{#a}}{{/a}}", {}), std::logic_error);
  CHECK_THROWS_AS((void)fill("{{#a}}", {{}, {{"a", {}}}}), std::logic_error);
  CHECK_THROWS_AS((void)fill("{{a", {{{"a", ""}}, {}}), std::logic_error);
}
