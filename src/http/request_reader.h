// Bytes of one connection -> one request at a time. No socket: fed by whoever reads.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/memory_budget.h"
#include "http/message.h"

namespace srehub::http {

struct ReaderLimits {
  size_t max_header_bytes = 16 * 1024;
  size_t max_body_bytes = 8 * 1024 * 1024;  // as received, after the transfer coding
};

class RequestReader {
 public:
  enum class State {
    kHead,  // more bytes are needed before the head is complete
    kBody,  // the head is complete; the body is not
    kDone,  // head and body are complete
    kBad,   // not a request, or over a limit: answer status() and close
  };

  // Body bytes are charged to `budget`, which outlives the reader; may be null.
  RequestReader(const ReaderLimits& limits, MemoryBudget* budget);
  ~RequestReader();

  // Takes what it can from the front of `bytes` and returns how much; the rest must be offered
  // again, with more behind it. Stops at the end of the head once, so that the caller can judge it
  // before the body is read.
  size_t Feed(std::string_view bytes);

  State state() const { return state_; }
  int status() const { return status_; }                 // kBad
  const std::string& reason() const { return reason_; }  // kBad: a sentence

  Request& request() { return request_; }
  bool keep_alive() const { return keep_alive_; }
  bool http11() const { return http11_; }
  bool expects_continue() const { return expects_continue_; }
  bool chunked() const { return chunked_; }
  size_t content_length() const { return content_length_; }  // 0: none announced
  // The body's share of the budget, to be kept while the request is handled.
  BudgetShare TakeShare() { return std::move(share_); }
  // In kBody: the body is read but not kept, for a request that is refused already.
  void DiscardBody();
  // After kDone: ready for the next request of the connection.
  void Reset();

 private:
  class Parser;
  size_t FeedHead(std::string_view bytes);
  size_t FeedBody(std::string_view bytes);
  void FinishHead();
  void Refuse(int status, std::string reason);

  const ReaderLimits limits_;
  MemoryBudget* const budget_;
  BudgetShare share_;
  State state_ = State::kHead;
  int status_ = 400;
  std::string reason_;
  Request request_;
  std::unique_ptr<Parser> parser_;
  bool keep_alive_ = true, http11_ = true, expects_continue_ = false, chunked_ = false;
  size_t content_length_ = 0;
  size_t overhead_ = 0;  // bytes of chunk framing so far
};

}  // namespace srehub::http
