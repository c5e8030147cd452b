#include "sources/record_splitter.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace srehub::sources {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// How often, on average, a byte may be scanned again before values are looked for within single
// lines only. Keeps a body of nothing but broken lines linear.
constexpr size_t kRescans = 4;

constexpr std::string_view kNeverEnds =
    "this value cannot be followed to its end: a bracket or a quote is missing or out of place";
constexpr std::string_view kArrayBroken =
    "this array cannot be followed to its end: an element, a bracket or a quote is missing";
constexpr std::string_view kCommas = "a comma between values: only white space may stand there";

}  // namespace

RecordSplitter::RecordSplitter(std::string_view body)
    : body_(body), rescan_budget_(kRescans * body.size()) {
  if (body_.starts_with(kByteOrderMark)) pos_ = kByteOrderMark.size();
}

std::optional<Piece> RecordSplitter::Next() {
  while (true) {
    if (array_) {
      if (auto element = NextElement()) {
        last_ = *element;
        last_in_array_ = true;
        return last_;
      }
    }
    pos_ = SkipJsonSpace(body_, pos_);
    if (pos_ == body_.size()) return std::nullopt;
    ++top_level_values_;
    last_in_array_ = false;
    if (body_[pos_] == '[') {
      array_begin_ = pos_;
      array_.emplace(body_, pos_);
      continue;
    }
    if (const auto line = WholeLine()) {
      last_is_guess_ = true;
      last_ = *line;
    } else {
      last_is_guess_ = false;
      last_ = body_[pos_] == '{' ? Object() : Line();
    }
    return last_;
  }
}

// A line from '{' to '}', and the next one begins a value or there is none.
std::optional<Piece> RecordSplitter::WholeLine() {
  const size_t begin = pos_;
  if (body_[begin] != '{' || begin < no_guess_before_) return std::nullopt;
  if (line_end_ <= begin) line_end_ = std::min(body_.find('\n', begin), body_.size());
  size_t end = line_end_;
  while (IsJsonSpace(body_[end - 1])) --end;
  if (body_[end - 1] != '}' || end - begin > limits::kMaxRecordBytes) return std::nullopt;
  const size_t next = SkipJsonSpace(body_, line_end_);
  if (next < body_.size() && body_[next] != '{' && body_[next] != '[') return std::nullopt;
  pos_ = next;
  return Piece{body_.substr(begin, end - begin), begin, {}};
}

bool RecordSplitter::LookCloser(Piece* piece) {
  if (!last_is_guess_ || last_in_array_) return false;
  last_is_guess_ = false;
  no_guess_before_ = line_end_;
  pos_ = last_.offset;
  last_ = Object();
  *piece = last_;
  return true;
}

std::optional<Piece> RecordSplitter::NextElement() {
  const auto element = array_->Next();
  if (!element) {
    pos_ = array_->pos();
    array_.reset();
    found_value_ = true;
    return std::nullopt;
  }
  if (!element->broken) return Piece{element->text, element->offset, {}};
  array_.reset();
  // Elements of a lone array look like records of their own; taking them from the rest of a
  // broken one would be a guess.
  const Piece piece = GiveUp(element->offset, kArrayBroken);
  if (top_level_values_ == 1) pos_ = body_.size();
  return piece;
}

Piece RecordSplitter::Object() {
  const size_t begin = pos_;
  std::string_view scanned = body_;
  if (rescan_budget_ == 0)
    scanned = body_.substr(0, std::min(body_.find('\n', begin), body_.size()));
  const Scan scan = ScanBracketed(scanned, begin);
  if (!scan.ok) {
    rescan_budget_ -= std::min(rescan_budget_, scan.end - begin);
    return GiveUp(begin, kNeverEnds);
  }
  found_value_ = true;
  pos_ = scan.end;
  return {body_.substr(begin, scan.end - begin), begin, {}};
}

// A scalar, or what is no JSON at all: the line is the record.
Piece RecordSplitter::Line() {
  const size_t begin = pos_;
  if (body_[begin] == ',') {
    while (pos_ < body_.size() && (body_[pos_] == ',' || IsJsonSpace(body_[pos_]))) ++pos_;
    return {TrimAscii(body_.substr(begin, pos_ - begin)), begin, kCommas};
  }
  pos_ = std::min(body_.find('\n', begin), body_.size());
  return {TrimAscii(body_.substr(begin, pos_ - begin)), begin, {}};
}

Piece RecordSplitter::GiveUp(size_t begin, std::string_view problem) {
  pos_ = NextPlausibleStart(begin);
  return {TrimAscii(body_.substr(begin, pos_ - begin)), begin, problem};
}

size_t RecordSplitter::NextPlausibleStart(size_t from) const {
  size_t line = body_.find('\n', from);
  while (line != std::string_view::npos && line + 1 < body_.size()) {
    if (body_[line + 1] == '{' || body_[line + 1] == '[') return line + 1;
    line = body_.find('\n', line + 1);
  }
  return body_.size();
}

Piece RecordSplitter::Resync() {
  if (last_in_array_ || rescan_budget_ == 0) return last_;
  const size_t end = last_.offset + last_.text.size();
  const size_t start = NextPlausibleStart(last_.offset);
  if (start >= end) return last_;
  rescan_budget_ -= std::min(rescan_budget_, end - start);
  pos_ = start;
  last_.text = TrimAscii(body_.substr(last_.offset, start - last_.offset));
  return last_;
}

bool RecordSplitter::AloneInBody() {
  if (top_level_values_ != 1) return false;
  if (!last_in_array_ || !array_) return SkipJsonSpace(body_, pos_) == body_.size();
  if (!array_is_alone_) {
    const Scan scan = ScanBracketed(body_, array_begin_);
    array_is_alone_ = !scan.ok || SkipJsonSpace(body_, scan.end) == body_.size();
  }
  return *array_is_alone_;
}

}  // namespace srehub::sources
