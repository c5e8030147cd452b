// Cuts a TCP stream into syslog messages (RFC 6587): octet-counted ("53 <34>1 …") or ended by a
// line break, told apart for each message. Not thread-safe; a value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace srehub::collect {

// A message on one line of a delivery: line breaks in it are written as rsyslog does, "#012", and
// what ends it is taken off. Empty for a message that says nothing.
std::string AsSyslogLine(std::string_view message);

class SyslogFramer {
 public:
  // A longer message is cut; its rest is passed over.
  explicit SyslogFramer(size_t max_message) : max_message_(max_message) {}

  struct Message {
    std::string text;
    bool cut = false;
  };

  void Feed(std::string_view bytes) { buffer_.append(bytes); }
  std::optional<Message> Next();
  // The stream is at its end: what was begun, as a message that is cut if it was counted.
  std::optional<Message> Finish();
  // Of a message that is not whole yet; at most about the longest message.
  size_t waiting() const { return buffer_.size() - begin_; }

 private:
  enum class Frame : unsigned char { kUnknown, kLine, kCounted };
  void SkipBetween();
  bool Recognise();
  std::optional<Message> Line();
  std::optional<Message> Counted();
  std::string Take(size_t length, size_t ending);

  size_t max_message_;
  std::string buffer_;
  size_t begin_ = 0;
  Frame frame_ = Frame::kUnknown;
  size_t count_ = 0;        // bytes of a counted message
  size_t skip_ = 0;         // bytes of a counted message that are too many
  bool skip_line_ = false;  // the rest of a line that was too long
};

}  // namespace srehub::collect
