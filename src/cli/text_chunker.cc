#include "cli/text_chunker.h"

#include <utility>

#include "sources/line_text.h"

namespace srehub::cli {

size_t TextChunker::CutAt() const {
  const std::string_view text = buffer_;
  size_t end = text.rfind('\n');
  if (end == std::string_view::npos) return 0;
  const size_t whole = end + 1;
  const size_t least = whole > kMaxCutSearchBytes ? whole - kMaxCutSearchBytes : 0;
  while (end > least) {
    const size_t before = text.rfind('\n', end - 1);
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    if (begin == 0) break;
    if (sources::BeginsRecord(text.substr(begin, end - begin), now_)) return begin;
    end = before;
  }
  return whole;
}

std::string TextChunker::Take(bool last) {
  if (last) return std::exchange(buffer_, {});
  const size_t cut = CutAt();
  std::string chunk = buffer_.substr(0, cut);
  buffer_.erase(0, cut);
  return chunk;
}

}  // namespace srehub::cli
