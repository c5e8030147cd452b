#include "collect/syslog_framer.h"

#include <algorithm>

#include "base/text.h"

namespace srehub::collect {
namespace {

constexpr size_t kMaxCountDigits = 9;
constexpr std::string_view kEndings{"\n\0", 2};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string AsSyslogLine(std::string_view message) {
  while (!message.empty() && std::string_view("\r\n\0", 3).find(message.back()) != message.npos)
    message.remove_suffix(1);
  if (TrimAscii(message).empty()) return {};
  std::string line;
  line.reserve(message.size());
  for (const char c : message) {
    if (c == '\n') line += "#012";
    else line += c;
  }
  return line;
}

// Takes `length` bytes of a message and `ending` bytes behind it.
std::string SyslogFramer::Take(size_t length, size_t ending) {
  std::string text = buffer_.substr(begin_, length);
  begin_ += length + ending;
  return text;
}

void SyslogFramer::SkipBetween() {
  if (skip_ > 0) {
    const size_t some = std::min(skip_, waiting());
    begin_ += some;
    skip_ -= some;
  }
  if (skip_line_) {
    const size_t end = buffer_.find_first_of(kEndings, begin_);
    skip_line_ = end == std::string::npos;
    begin_ = skip_line_ ? buffer_.size() : end + 1;
  }
  // Some senders end counted messages with a line break as well.
  while (skip_ == 0 && !skip_line_ && begin_ < buffer_.size() &&
         std::string_view("\r\n\0", 3).find(buffer_[begin_]) != std::string_view::npos)
    ++begin_;
}

// False while it cannot be told yet.
bool SyslogFramer::Recognise() {
  if (waiting() == 0) return false;
  size_t digits = 0;
  size_t count = 0;
  if (buffer_[begin_] != '0') {
    while (digits < kMaxCountDigits && digits < waiting() && IsDigit(buffer_[begin_ + digits]))
      count = count * 10 + static_cast<size_t>(buffer_[begin_ + digits++] - '0');
  }
  if (digits > 0 && digits == waiting() && digits < kMaxCountDigits) return false;
  if (digits > 0 && digits < waiting() && buffer_[begin_ + digits] == ' ') {
    begin_ += digits + 1;
    frame_ = Frame::kCounted;
    count_ = count;
  } else {
    frame_ = Frame::kLine;
  }
  return true;
}

std::optional<SyslogFramer::Message> SyslogFramer::Counted() {
  const size_t length = std::min(count_, max_message_);
  if (waiting() < length) return std::nullopt;
  frame_ = Frame::kUnknown;
  skip_ = count_ - length;
  return Message{Take(length, 0), skip_ > 0};
}

std::optional<SyslogFramer::Message> SyslogFramer::Line() {
  const size_t end = buffer_.find_first_of(kEndings, begin_);
  const size_t length = std::min(end, buffer_.size()) - begin_;
  if (end == std::string::npos && length <= max_message_) return std::nullopt;
  frame_ = Frame::kUnknown;
  if (length <= max_message_) return Message{Take(length, 1), false};
  skip_line_ = true;
  return Message{Take(max_message_, 0), true};
}

std::optional<SyslogFramer::Message> SyslogFramer::Next() {
  if (frame_ == Frame::kUnknown) SkipBetween();
  std::optional<Message> message;
  if (frame_ != Frame::kUnknown || Recognise())
    message = frame_ == Frame::kCounted ? Counted() : Line();
  if (!message && begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return message;
}

std::optional<SyslogFramer::Message> SyslogFramer::Finish() {
  const bool counted = frame_ == Frame::kCounted;
  frame_ = Frame::kUnknown;
  SkipBetween();
  if (waiting() == 0) return std::nullopt;
  Message message{buffer_.substr(begin_, max_message_), counted || waiting() > max_message_};
  buffer_.clear();
  begin_ = 0;
  return message;
}

}  // namespace srehub::collect
