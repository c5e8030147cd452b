#include "cli/record_chunker.h"

#include <gtest/gtest.h>

#include <vector>

namespace srehub::cli {
namespace {

// What comes out when the bytes come `step` at a time and everything whole is taken at once.
std::vector<std::string> Cut(std::string_view text, size_t step) {
  RecordChunker chunker;
  std::vector<std::string> chunks;
  while (!text.empty()) {
    chunker.Feed(text.substr(0, step));
    text.remove_prefix(std::min(step, text.size()));
    if (std::string chunk = chunker.Take(); !chunk.empty()) chunks.push_back(std::move(chunk));
  }
  if (std::string rest = chunker.Take(true); !rest.empty()) chunks.push_back(std::move(rest));
  return chunks;
}

using Chunks = std::vector<std::string>;

TEST(RecordChunker, CutsLinesAndConcatenatedValuesAtTheirEnds) {
  EXPECT_EQ(Cut("{\"a\":1}\n{\"b\":\"}{\\\"\"}\nplain line\nlast", 1),
            (Chunks{"{\"a\":1}", "\n", "{\"b\":\"}{\\\"\"}", "\n", "plain line\n", "last"}));
  EXPECT_EQ(Cut("{\n  \"a\": {\n    \"b\": 1\n  }\n}\n{\n  \"c\": []\n}\n", 7).size(), 2u);
}

TEST(RecordChunker, NothingIsLostInAnyCut) {
  const std::string text =
      "{\"a\":[1,2,{\"x\":\"],[\"}]}\nlevel=error msg=\"x\"\n\n  {\"b\":2}{\"c\":3}\n";
  for (size_t step = 1; step <= text.size(); ++step) {
    std::string joined;
    for (const std::string& chunk : Cut(text, step)) joined += chunk;
    EXPECT_EQ(joined, text) << "step " << step;
  }
}

TEST(RecordChunker, AnArrayIsCutBetweenItsElements) {
  for (size_t step = 1; step < 12; ++step) {
    std::string elements;
    for (const std::string& chunk : Cut("[{\"a\":1},{\"b\":[1,2]},\n{\"c\":3}]", step)) {
      ASSERT_TRUE(chunk.starts_with('[') && chunk.ends_with(']')) << chunk;
      if (chunk.size() > 2) elements += chunk.substr(1, chunk.size() - 2) + ";";
    }
    std::erase(elements, '\n');
    for (const std::string_view element : {"{\"a\":1}", "{\"b\":[1,2]}", "{\"c\":3}"})
      EXPECT_NE(elements.find(element), std::string::npos) << elements;
  }
}

TEST(RecordChunker, ABrokenRecordDoesNotSwallowTheRest) {
  const Chunks chunks = Cut("{\"a\":1\n{\"b\":2}\n{\"c\":\"cut\n{\"d\":4}\n", 1);
  EXPECT_EQ(chunks.at(0), "{\"a\":1\n");
  EXPECT_EQ(chunks.at(1), "{\"b\":2}");
  EXPECT_NE(std::find(chunks.begin(), chunks.end(), "{\"d\":4}"), chunks.end());
}

}  // namespace
}  // namespace srehub::cli
