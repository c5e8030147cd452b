#include "cli/text_chunker.h"

#include <gtest/gtest.h>

namespace srehub::cli {
namespace {

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");

TEST(TextChunker, CutsWhereARecordBegins) {
  TextChunker chunker(kNow);
  chunker.Feed("2025-08-26 14:00:00 ERROR a\njava.io.IOException: x\n\tat A.b(A.java:1)\n2025-08");
  EXPECT_EQ(chunker.Take(),
            "2025-08-26 14:00:00 ERROR a\njava.io.IOException: x\n"
            "\tat A.b(A.java:1)\n");
  chunker.Feed("-26 14:00:01 INFO b\n2025-08-26 14:00:02 ERROR c\njava.io.IOException: y\n");
  EXPECT_EQ(chunker.Take(), "2025-08-26 14:00:01 INFO b\n");
  EXPECT_EQ(chunker.Take(true), "2025-08-26 14:00:02 ERROR c\njava.io.IOException: y\n");
  EXPECT_EQ(chunker.Take(true), "");
}

TEST(TextChunker, CutsAnywhereWhereNothingTells) {
  TextChunker chunker(kNow);
  chunker.Feed("one\ntwo\nthr");
  EXPECT_EQ(chunker.Take(), "one\ntwo\n");
  EXPECT_EQ(chunker.Take(), "");
  EXPECT_EQ(chunker.waiting_bytes(), 3U);
}

}  // namespace
}  // namespace srehub::cli
