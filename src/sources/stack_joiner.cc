#include "sources/stack_joiner.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sources/line_text.h"
#include "sources/stack_trace.h"

namespace srehub::sources {
namespace {

constexpr std::string_view kTraceback = "Traceback (most recent call last):";
constexpr std::array<std::string_view, 2> kPythonChains = {
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:"};

bool IsIndented(std::string_view line) {
  return !line.empty() && (line.front() == ' ' || line.front() == '\t');
}

bool IsFrame(std::string_view line) {
  return IsIndented(line) && TrimAscii(line).starts_with("at ");
}

// Unindented lines inside a Java or .NET trace.
bool ContinuesTrace(std::string_view line) {
  static constexpr std::array<std::string_view, 4> kHeads = {"Caused by: ", "Suppressed: ", "... ",
                                                             "--- End of "};
  return std::ranges::any_of(kHeads, [&](std::string_view head) { return line.starts_with(head); });
}

bool BeginsGo(std::string_view line) {
  return line.starts_with("panic: ") || line.starts_with("fatal error: ") ||
         line.starts_with("goroutine ");
}

// "/app/index.js:10" or "node:internal/…:123", above the source line and its caret.
bool IsNodePlace(std::string_view line) {
  const size_t colon = line.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == line.size()) return false;
  const bool place = line.front() == '/' || line.starts_with("node:") || line.starts_with("file:");
  return place &&
         std::ranges::all_of(line.substr(colon + 1), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool StackJoiner::InPython(std::string_view line) {
  if (inside_ == Inside::kPythonChain) {
    const bool chain = std::ranges::find(kPythonChains, line) != kPythonChains.end();
    if (line.empty() || chain) return true;
    inside_ = line == kTraceback ? Inside::kPython : Inside::kRecord;
    return inside_ == Inside::kPython;
  }
  if (!line.empty() && !IsIndented(line)) {
    // The exception: the last line of this traceback.
    if (BeginsRecord(line, received_)) {
      inside_ = Inside::kRecord;
      return false;
    }
    inside_ = Inside::kPythonChain;
  }
  return true;
}

bool StackJoiner::InGo(std::string_view line) {
  static constexpr std::array<std::string_view, 4> kHeads = {"goroutine ", "created by ",
                                                             "[signal ", "exit status "};
  if (line.empty() || IsIndented(line)) return true;
  if (std::ranges::any_of(kHeads, [&](std::string_view head) { return line.starts_with(head); })) {
    return true;
  }
  // main.handler(0xc0000a2000): a function of the stack, its place follows indented.
  if (line.back() == ')' && line.find('(') != std::string_view::npos &&
      line.substr(0, line.find('(')).find(' ') == std::string_view::npos) {
    return true;
  }
  inside_ = Inside::kRecord;
  return false;
}

// Each branch that is not a continuation leaves `inside_` as the new record needs it.
bool StackJoiner::Decide(std::string_view line, std::string_view next) {
  if (inside_ == Inside::kPython || inside_ == Inside::kPythonChain) {
    if (InPython(line)) return true;
  } else if (inside_ == Inside::kGo) {
    if (InGo(line)) return true;
  } else if (inside_ == Inside::kNodeExcerpt) {
    if (line.empty() || IsIndented(line)) return true;
    inside_ = Inside::kRecord;
    if (!ExceptionClassIn(line).empty()) return true;
  }
  if (line == kTraceback) {
    inside_ = Inside::kPython;
    return headed_;
  }
  if (BeginsGo(line)) {
    inside_ = Inside::kGo;
    return headed_ && line.starts_with("goroutine ");
  }
  if (IsNodePlace(line)) {
    inside_ = Inside::kNodeExcerpt;
    return false;
  }
  if (IsIndented(line) || ContinuesTrace(line)) return true;
  if (line == "}" || line == "]") return true;  // an object that was printed over several lines
  // The exception below the line that says something went wrong.
  return headed_ && IsFrame(next) && !ExceptionClassIn(line).empty() &&
         !BeginsRecord(line, received_);
}

bool StackJoiner::Continues(std::string_view line, std::string_view next) {
  const bool full = lines_ >= kMaxJoinedLines || bytes_ + line.size() > kMaxJoinedBytes;
  const bool continues = Decide(line, next) && any_ && !full;
  if (continues) {
    ++lines_;
    bytes_ += line.size() + 1;
    return true;
  }
  any_ = true;
  headed_ = BeginsRecord(line, received_);
  lines_ = 1;
  bytes_ = line.size();
  return false;
}

}  // namespace srehub::sources
