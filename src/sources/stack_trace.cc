#include "sources/stack_trace.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace srehub::sources {
namespace {

constexpr std::string_view kPythonHead = "Traceback (most recent call last)";
constexpr size_t kMaxClassBytes = 200;

constexpr std::array<std::string_view, 8> kClassEndings = {
    "Exception", "Error", "Throwable", "Failure", "Fault", "Timeout", "Interrupt", "Exit"};

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '.';
}

// The class at the start of a line: a dotted name (Ruby writes '::'), then ':' or the end.
std::string_view ClassAtStart(std::string_view line) {
  line = TrimAscii(line);
  size_t end = 0;
  while (end < line.size()) {
    if (IsNameChar(line[end])) ++end;
    else if (line.substr(end).starts_with("::")) end += 2;
    else break;
  }
  const std::string_view name = line.substr(0, end);
  const std::string_view rest = TrimAscii(line.substr(end));
  if (name.empty() || name.size() > kMaxClassBytes) return {};
  if (!rest.empty() && rest.front() != ':' && rest.front() != '(') return {};
  const bool like_a_class =
      std::any_of(kClassEndings.begin(), kClassEndings.end(),
                  [name](std::string_view ending) { return name.ends_with(ending); });
  return like_a_class ? name : std::string_view();
}

// Python names the exception on the last line that is not indented.
std::string_view PythonClass(std::string_view text) {
  std::string_view found;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (!line.empty() && line.front() != ' ' && line.front() != '\t') {
      if (const std::string_view name = ClassAtStart(line); !name.empty()) found = name;
    }
    begin = end + 1;
  }
  return found;
}

// "Exception in thread "main" java.lang.IllegalStateException: …" and the like, without what is
// before the class.
std::string_view WithoutHead(std::string_view line) {
  static constexpr std::array<std::string_view, 3> kHeads = {"Unhandled exception. ", "Uncaught ",
                                                             "Caused by: "};
  for (std::string_view head : kHeads) {
    if (line.starts_with(head)) line.remove_prefix(head.size());
  }
  static constexpr std::string_view kJavaThread = "Exception in thread \"";
  if (line.starts_with(kJavaThread)) {
    const size_t quote = line.find('"', kJavaThread.size());
    if (quote != std::string_view::npos) line.remove_prefix(quote + 1);
  }
  return line;
}

// The class on the line above the first frame, where a message of the program's own is before it.
std::string_view ClassAboveFrames(std::string_view text) {
  std::string_view above;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const bool indented = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    if (indented && TrimAscii(line).starts_with("at ")) return ClassAtStart(WithoutHead(above));
    above = line;
    begin = end + 1;
  }
  return {};
}

}  // namespace

std::string ExceptionClassIn(std::string_view text) {
  text = TrimAscii(text);
  if (text.find(kPythonHead) != std::string_view::npos) return std::string(PythonClass(text));
  const std::string_view first = ClassAtStart(WithoutHead(text.substr(0, text.find('\n'))));
  return std::string(first.empty() ? ClassAboveFrames(text) : first);
}

bool HasStackTrace(std::string_view message) {
  if (message.find('\n') == std::string_view::npos) return false;
  return message.find("\n\tat ") != std::string_view::npos ||
         message.find("\n    at ") != std::string_view::npos ||
         message.find("\n   at ") != std::string_view::npos ||
         message.find(kPythonHead) != std::string_view::npos;
}

}  // namespace srehub::sources
