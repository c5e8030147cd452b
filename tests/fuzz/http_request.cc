// Requests on a connection: the first byte is the size of the pieces they arrive in. Whatever the
// pieces, the same requests must come out, up to the same end; else a proxy and the hub could be
// made to disagree.
#include <vector>

#include "fuzz.h"
#include "http/content_coding.h"
#include "http/head_check.h"
#include "http/request_reader.h"

namespace srehub::fuzz {
namespace {

constexpr size_t kMaxInflated = 64 * 1024;

struct Seen {
  std::vector<std::string> requests;
  bool bad = false;
  int status = 0;
  bool operator==(const Seen&) const = default;
};

std::string Describe(const http::Request& request) {
  std::string out = request.method + ' ' + request.path + '\n';
  for (const auto& [name, value] : request.query) out += name + '=' + value + '\n';
  for (const auto& [name, value] : request.headers) out += name + ": " + value + '\n';
  return out + '\n' + request.body;
}

Seen ReadAll(std::string_view bytes, size_t piece) {
  http::ReaderLimits limits;
  limits.max_header_bytes = 2048;
  limits.max_body_bytes = 16 * 1024;
  http::MemoryBudget budget(64 * 1024);
  http::RequestReader reader(limits, &budget);
  Seen seen;
  std::string waiting;
  for (size_t at = 0;; at += piece) {
    if (at < bytes.size()) waiting.append(bytes.substr(at, piece));
    for (;;) {
      const auto before = reader.state();
      const size_t taken = reader.Feed(waiting);
      FUZZ_CHECK(taken <= waiting.size());
      waiting.erase(0, taken);
      if (reader.state() == http::RequestReader::State::kBad) {
        FUZZ_CHECK(reader.status() >= 400 && !reader.reason().empty());
        seen.bad = true;
        seen.status = reader.status();
        return seen;
      }
      if (reader.state() == http::RequestReader::State::kDone) {
        FUZZ_CHECK(reader.request().body.size() <= limits.max_body_bytes);
        seen.requests.push_back(Describe(reader.request()));
        if (!reader.keep_alive()) return seen;
        reader.Reset();
        continue;
      }
      if (taken == 0 && reader.state() == before) break;
    }
    if (at >= bytes.size()) return seen;
  }
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  std::string_view bytes = fuzz::Text(data, size);
  const size_t piece = 1 + fuzz::TakeByte(&bytes);
  const fuzz::Seen whole = fuzz::ReadAll(bytes, bytes.size() + 1);
  FUZZ_CHECK(fuzz::ReadAll(bytes, piece) == whole);

  const http::HeadScan scan = http::ScanHead(bytes, 2048);
  if (scan.state == http::HeadScan::State::kComplete)
    FUZZ_CHECK(scan.skip + scan.length <= bytes.size());

  http::Request coded;
  coded.headers = {{"content-encoding", "gzip"}};
  coded.body = bytes;
  http::BudgetShare share;
  if (http::DecodeBody(&coded, fuzz::kMaxInflated, &share))
    FUZZ_CHECK(coded.body.size() <= fuzz::kMaxInflated);
  (void)http::AcceptsGzip(bytes);
  return 0;
}
