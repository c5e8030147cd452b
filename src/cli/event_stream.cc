#include "cli/event_stream.h"

namespace srehub::cli {

void EventStreamParser::Feed(std::string_view bytes) {
  pending_.append(bytes);
  size_t begin = 0;
  for (size_t end; (end = pending_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    std::string_view line(pending_.data() + begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    Line(line);
  }
  pending_.erase(0, begin);
}

void EventStreamParser::Line(std::string_view line) {
  if (line.empty()) {
    if (has_data_) on_event_(event_);
    event_.data.clear();
    event_.name.clear();
    has_data_ = false;
    return;
  }
  const size_t colon = line.find(':');
  if (colon == 0) return;  // a comment: the heartbeat
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (field == "event") {
    event_.name = value;
  } else if (field == "id") {
    event_.id = value;
  }
}

}  // namespace srehub::cli
