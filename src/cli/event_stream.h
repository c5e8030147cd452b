// Server-sent events, as the WHATWG HTML standard defines their text form.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace srehub::cli {

struct StreamEvent {
  std::string id, name, data;
};

// Fed with bytes as they come, in any cut.
class EventStreamParser {
 public:
  explicit EventStreamParser(std::function<void(const StreamEvent&)> on_event)
      : on_event_(std::move(on_event)) {}
  void Feed(std::string_view bytes);

 private:
  void Line(std::string_view line);

  const std::function<void(const StreamEvent&)> on_event_;
  std::string pending_;  // the line at hand
  StreamEvent event_;
  bool has_data_ = false;
};

}  // namespace srehub::cli
