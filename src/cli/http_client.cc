#include <curl/curl.h>

#include <memory>
#include <mutex>

#include "base/json_reader.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/terminal_text.h"

namespace srehub::cli {
namespace {

constexpr long kConnectTimeoutSeconds = 5;
constexpr size_t kMaxReplyBytes = 256 * 1024 * 1024;

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

size_t AppendBody(char* data, size_t size, size_t count, void* out) {
  auto* body = static_cast<std::string*>(out);
  if (body->size() + size * count > kMaxReplyBytes) return 0;
  body->append(data, size * count);
  return size * count;
}

struct StreamState {
  CURL* curl = nullptr;
  const std::function<bool(std::string_view)>* on_bytes = nullptr;
  std::string refusal;  // body of an answer that is not 200
  bool stopped = false;
};

size_t StreamBody(char* data, size_t size, size_t count, void* out) {
  auto* state = static_cast<StreamState*>(out);
  long status = 0;
  curl_easy_getinfo(state->curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) {
    if (state->refusal.size() < 64 * 1024) state->refusal.append(data, size * count);
    return size * count;
  }
  if ((*state->on_bytes)(std::string_view(data, size * count))) return size * count;
  state->stopped = true;
  return 0;
}

class HttpClient final : public Client {
 public:
  HttpClient(std::unique_ptr<CURL, CurlDeleter> curl, std::string server, std::string token)
      : curl_(std::move(curl)), server_(std::move(server)), token_(std::move(token)) {}

  Result<Reply> Send(const Call& call) override {
    Reply reply;
    const auto headers = Prepare(call);
    curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, call.timeout_seconds);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, AppendBody);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &reply.body);
    const CURLcode code = curl_easy_perform(curl_.get());
    if (code != CURLE_OK) return Unreachable(code);
    long status = 0;
    const char* type = nullptr;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_TYPE, &type);
    reply.status = static_cast<int>(status);
    if (type != nullptr) reply.content_type = type;
    return reply;
  }

  Status Stream(const Call& call, const std::function<bool(std::string_view)>& on_bytes) override {
    StreamState state{.curl = curl_.get(), .on_bytes = &on_bytes, .refusal = {}};
    const auto headers = Prepare(call);
    curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, 0L);
    // A hub sends a heartbeat every few seconds; a minute of silence is a dead peer.
    curl_easy_setopt(curl_.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_.get(), CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, StreamBody);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &state);
    const CURLcode code = curl_easy_perform(curl_.get());
    if (state.stopped) return {};
    if (code != CURLE_OK) return Unreachable(code);
    if (!state.refusal.empty())
      return Fail(ErrorCode::kInvalidArgument,
                  ProblemDetail({.status = 0, .content_type = {}, .body = state.refusal}));
    return {};
  }

  std::string Where() const override { return server_; }

 private:
  // The list must live until the transfer is done.
  std::unique_ptr<curl_slist, ListDeleter> Prepare(const Call& call) {
    CURL* curl = curl_.get();
    curl_easy_reset(curl);
    const std::string url = server_ + call.Target();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "srehub");
    // A hub on this machine is asked directly, whatever proxy the environment names.
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
    if (call.method != "GET") {
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(call.body.size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
    }
    std::unique_ptr<curl_slist, ListDeleter> list;
    const auto add = [&](const std::string& header) {
      list.reset(curl_slist_append(list.release(), header.c_str()));
    };
    // No round trip for "100 Continue" before each body.
    add("Expect:");
    for (const auto& [name, value] : call.headers) add(name + ": " + value);
    if (!token_.empty()) add("Authorization: Bearer " + token_);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    return list;
  }

  tl::unexpected<Error> Unreachable(CURLcode code) const {
    return Fail(ErrorCode::kUnavailable,
                "no hub answers at " + server_ + ": " + curl_easy_strerror(code));
  }

  std::unique_ptr<CURL, CurlDeleter> curl_;
  const std::string server_;
  const std::string token_;
};

}  // namespace

std::string Call::Target() const {
  std::string target = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    target += separator + PercentEncode(name) + "=" + PercentEncode(value);
    separator = '&';
  }
  return target;
}

std::string ProblemDetail(const Reply& reply) {
  JsonReader reader;
  if (const auto body = reader.Parse(reply.body)) {
    for (const std::string_view member : {"detail", "title", "message"})
      if (const auto text = FindString(*body, member); text && !text->empty())
        return Neutralise(*text);
  }
  return Neutralise(TruncateUtf8(reply.body, 300));
}

Result<std::unique_ptr<Client>> MakeHttpClient(const std::string& server,
                                               const std::string& token) {
  // curl's own set-up is once per process and not thread-safe.
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  std::string base = server;
  if (base.find("://") == std::string::npos) base = "http://" + base;
  if (!base.starts_with("http://") && !base.starts_with("https://"))
    return Fail(ErrorCode::kInvalidArgument, "--server takes an http or https URL, not " + server);
  while (base.ends_with('/')) base.pop_back();
  std::unique_ptr<CURL, CurlDeleter> curl(curl_easy_init());
  if (!curl) return Fail(ErrorCode::kInternal, "libcurl could not be set up");
  return std::make_unique<HttpClient>(std::move(curl), std::move(base), token);
}

}  // namespace srehub::cli
