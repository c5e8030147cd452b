#include "cli/record_chunker.h"

namespace srehub::cli {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

void RecordChunker::Feed(std::string_view bytes) {
  buffer_.append(bytes);
  while (scanned_ < buffer_.size()) {
    const char c = buffer_[scanned_++];
    Step(c);
    line_began_ = c == '\n';
  }
}

void RecordChunker::Step(char c) {
  switch (state_) {
    case State::kBetween:
      if (IsBlank(c)) {
        // Blanks go with the record before them.
        if (complete_ + 1 == scanned_) ++complete_;
        return;
      }
      state_ = c == '{' || c == '[' ? State::kValue : State::kLine;
      in_array_ = c == '[';
      depth_ = 1;
      return;
    case State::kLine:
      if (c != '\n') return;
      state_ = State::kBetween;
      CompleteUpTo(scanned_);
      return;
    case State::kValue: return StepValue(c);
    case State::kString:
      if (c == '\\') {
        state_ = State::kEscape;
      } else if (c == '"') {
        state_ = State::kValue;
      } else if (c == '\n' && !in_array_) {
        // No JSON string holds a line break: the line was broken off inside one.
        state_ = State::kBetween;
        CompleteUpTo(scanned_);
      }
      return;
    case State::kEscape: state_ = State::kString; return;
  }
}

void RecordChunker::StepValue(char c) {
  // An opening brace in the first column while an object is open means that the record before was
  // broken off; it ends here, so that it does not swallow the rest of the stream.
  if (c == '{' && line_began_ && !in_array_) {
    CompleteUpTo(scanned_ - 1);
    depth_ = 1;
    return;
  }
  if (c == '"') {
    state_ = State::kString;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == ',' && in_array_ && depth_ == 1) {
    CompleteUpTo(scanned_ - 1);
  } else if ((c == '}' || c == ']') && --depth_ == 0) {
    state_ = State::kBetween;
    in_array_ = false;
    CompleteUpTo(scanned_);
  }
}

std::string RecordChunker::Take(bool last) {
  const size_t end = last ? buffer_.size() : complete_;
  if (end == 0) return {};
  const bool ends_in_array = last ? in_array_ : complete_in_array_;
  std::string chunk = (begins_in_array_ ? "[" : "") + buffer_.substr(0, end);
  if (!last && ends_in_array) {
    chunk += ']';
    // The comma between the two parts.
    buffer_.erase(0, end + 1);
    scanned_ -= end + 1;
  } else {
    buffer_.erase(0, end);
    scanned_ -= end;
  }
  begins_in_array_ = !last && ends_in_array;
  complete_ = 0;
  return chunk;
}

}  // namespace srehub::cli
