#include "http/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>

#include "base/text.h"
#include "http/head_check.h"

namespace srehub::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

// Chunk headers, extensions and trailers of one body; a sender of honest chunks stays far below.
constexpr size_t kMaxChunkOverhead = 2 * 1024 * 1024;

std::string_view ToStd(BeastView text) { return {text.data(), text.size()}; }

}  // namespace

// Beast's incremental parser, writing straight into our Request.
class RequestReader::Parser final : public beast_http::basic_parser<true> {
 public:
  Parser(Request* request, BudgetShare* share) : request_(request), share_(share) {}

  bool over_budget() const { return over_budget_; }
  bool http11() const { return http11_; }
  void Discard() { discard_ = true; }
  std::string TakeTarget() { return std::move(target_); }

 private:
  void on_request_impl(beast_http::verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    http11_ = version >= 11;
    request_->method = std::string(ToStd(method));
    target_ = std::string(ToStd(target));
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(beast_http::field, BeastView name, BeastView value, error_code&) override {
    // Fields behind a chunked body are dropped: nothing the hub reads may come from there.
    if (header_done_) return;
    request_->headers.emplace_back(ToLowerAscii(ToStd(name)), std::string(TrimAscii(ToStd(value))));
  }
  void on_header_impl(error_code&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView body, error_code& error) override {
    return Append(body, &error);
  }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code& error) override {
    return Append(body, &error);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t Append(BeastView body, error_code* error) {
    if (discard_) return body.size();
    if (!share_->Take(body.size())) {
      over_budget_ = true;
      *error = make_error_code(beast_http::error::buffer_overflow);
      return 0;
    }
    request_->body.append(body.data(), body.size());
    return body.size();
  }

  Request* request_;
  BudgetShare* share_;
  std::string target_;
  bool header_done_ = false, http11_ = true;
  bool over_budget_ = false, discard_ = false;
};

RequestReader::RequestReader(const ReaderLimits& limits, MemoryBudget* budget)
    : limits_(limits), budget_(budget), share_(budget) {}

RequestReader::~RequestReader() = default;

void RequestReader::Reset() {
  parser_.reset();
  request_ = Request{};
  share_ = BudgetShare(budget_);
  state_ = State::kHead;
  reason_.clear();
  keep_alive_ = http11_ = true;
  expects_continue_ = chunked_ = false;
  content_length_ = overhead_ = 0;
}

void RequestReader::Refuse(int status, std::string reason) {
  state_ = State::kBad;
  status_ = status;
  reason_ = std::move(reason);
  keep_alive_ = false;
}

void RequestReader::DiscardBody() { parser_->Discard(); }

size_t RequestReader::Feed(std::string_view bytes) {
  if (state_ == State::kHead) return FeedHead(bytes);
  if (state_ == State::kBody) return FeedBody(bytes);
  return 0;
}

size_t RequestReader::FeedHead(std::string_view bytes) {
  const HeadScan scan = ScanHead(bytes, limits_.max_header_bytes);
  if (scan.state == HeadScan::State::kNeedMore) return 0;
  if (scan.state == HeadScan::State::kBad) {
    Refuse(scan.status, scan.reason);
    return 0;
  }
  parser_ = std::make_unique<Parser>(&request_, &share_);
  // The scan holds the head's limit; Beast counts a few bytes differently.
  parser_->header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes + 1024));
  parser_->body_limit(limits_.max_body_bytes);
  error_code error;
  const std::string_view head = bytes.substr(scan.skip, scan.length);
  size_t used = 0;
  while (used < head.size() && !parser_->is_header_done() && !error)
    used += parser_->put(boost::asio::buffer(head.data() + used, head.size() - used), error);
  if (error == beast_http::error::body_limit) {
    Refuse(413, "The body is larger than " + std::to_string(limits_.max_body_bytes) + " bytes.");
  } else if (error && error != beast_http::error::need_more) {
    Refuse(400, "The head is not HTTP/1.1: " + error.message() + ".");
  } else if (used != head.size() || !parser_->is_header_done()) {
    Refuse(400, "The head is not HTTP/1.1.");
  } else {
    FinishHead();
  }
  return scan.skip + scan.length;
}

void RequestReader::FinishHead() {
  http11_ = parser_->http11();
  keep_alive_ = parser_->keep_alive();
  chunked_ = parser_->chunked();
  if (const auto length = parser_->content_length()) content_length_ = *length;

  std::string target = parser_->TakeTarget();
  // Absolute form (RFC 9112 section 3.2.2): its authority replaces the Host field.
  if (StartsWithIgnoreCase(target, "http://") || StartsWithIgnoreCase(target, "https://")) {
    const size_t begin = target.find("//") + 2;
    const size_t slash = target.find_first_of("/?", begin);
    const std::string authority = target.substr(begin, slash - begin);
    for (auto& [name, value] : request_.headers)
      if (name == "host") value = authority;
    target = slash == std::string::npos ? "/" : target.substr(slash);
    if (target.front() == '?') target.insert(0, "/");
  }
  if (const Status parsed = ParseTarget(target, &request_); !parsed)
    return Refuse(400, parsed.error().message);

  const std::string_view expect = request_.Header("expect");
  if (!expect.empty()) {
    if (!EqualsIgnoreCase(expect, "100-continue"))
      return Refuse(417, "The only expectation understood is 100-continue.");
    expects_continue_ = http11_;
  }
  state_ = parser_->is_done() ? State::kDone : State::kBody;
}

size_t RequestReader::FeedBody(std::string_view bytes) {
  size_t used = 0;
  const size_t before = request_.body.size();
  while (!parser_->is_done() && used < bytes.size()) {
    // Beast asserts at least five bytes where the last chunk may begin; before the end of a
    // chunked body there are always that many to come.
    if (chunked_ && bytes.size() - used < 5) break;
    error_code error;
    used += parser_->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
    if (!error) continue;
    if (error == beast_http::error::need_more) break;
    if (parser_->over_budget()) {
      Refuse(503, "Too many request bodies are in memory already.");
    } else if (error == beast_http::error::body_limit) {
      Refuse(413, "The body is larger than " + std::to_string(limits_.max_body_bytes) + " bytes.");
    } else {
      Refuse(400, "The body is not framed as it says: " + error.message() + ".");
    }
    return used;
  }
  overhead_ += used - (request_.body.size() - before);
  const size_t waiting = bytes.size() - used;
  if (parser_->is_done()) {
    state_ = State::kDone;
  } else if (overhead_ > kMaxChunkOverhead || waiting > limits_.max_header_bytes) {
    Refuse(400, "The body's chunk framing is larger than any sender needs.");
  }
  return used;
}

}  // namespace srehub::http
