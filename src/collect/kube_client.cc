#include "collect/kube_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/text.h"
#include "collect/exec_plugin.h"
#include "collect/state_file.h"

namespace srehub::collect {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kAnswerSeconds = 120;
// The server ends a watch; a peer that does not is dead.
constexpr long kWatchGraceSeconds = 30;
constexpr size_t kMaxAnswer = 256 * 1024 * 1024;
constexpr size_t kMaxRefusal = 64 * 1024;
// A watch whose lines wait to be taken is read no further.
constexpr size_t kMaxWaiting = 8 * 1024 * 1024;
constexpr size_t kMaxLine = 64 * 1024 * 1024;
// A credential is renewed so long before it ends.
constexpr Duration kRenewBefore = 60s;
constexpr Duration kMaxRetryAfter = 60s;

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// What a transfer's options point to; it must live as long as the transfer.
struct Lists {
  std::unique_ptr<curl_slist, ListDeleter> headers, connect_to;
};

struct Credential {
  std::string token, client_certificate, client_key;
};

int StopWhenAsked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

size_t AppendBody(char* data, size_t size, size_t count, void* out) {
  auto* body = static_cast<std::string*>(out);
  if (body->size() + size * count > kMaxAnswer) return 0;
  body->append(data, size * count);
  return size * count;
}

curl_blob BlobOf(const std::string& pem) {
  return {.data = const_cast<char*>(pem.data()), .len = pem.size(), .flags = CURL_BLOB_COPY};
}

void FinishReply(CURL* curl, KubeReply* reply) {
  long status = 0;
  curl_off_t wait = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  reply->status = static_cast<int>(status);
  reply->retry_after = std::min<Duration>(
      std::chrono::seconds(std::clamp<curl_off_t>(wait, 0, 3600)), kMaxRetryAfter);
}

class Stream final : public KubeStream {
 public:
  std::optional<std::string> NextLine() override {
    const size_t end = waiting_.find('\n', looked_at_);
    if (end == std::string::npos) {
      looked_at_ = waiting_.size();
      // What was taken goes in one move, not line by line.
      if (begin_ > 0) {
        waiting_.erase(0, begin_);
        looked_at_ -= begin_;
        begin_ = 0;
      }
      MoveOn();
      return std::nullopt;
    }
    std::string line = waiting_.substr(begin_, end - begin_);
    begin_ = looked_at_ = end + 1;
    return line;
  }
  bool over() const override { return over_; }
  const KubeReply& reply() const override { return reply_; }
  const std::string& problem() const override { return problem_; }

 private:
  friend class srehub::collect::KubeClient;

  static size_t Take(char* data, size_t size, size_t count, void* self) {
    auto* stream = static_cast<Stream*>(self);
    long status = 0;
    curl_easy_getinfo(stream->curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
      if (stream->reply_.body.size() < kMaxRefusal) stream->reply_.body.append(data, size * count);
      return size * count;
    }
    if (stream->full()) {
      stream->paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    stream->waiting_.append(data, size * count);
    return stream->waiting_.size() > kMaxLine + kMaxWaiting ? 0 : size * count;
  }
  // A single line may be longer than what waits otherwise.
  bool full() const {
    return waiting_.size() - begin_ > kMaxWaiting &&
           waiting_.find('\n', looked_at_) != std::string::npos;
  }
  void MoveOn() {
    if (!paused_ || full()) return;
    paused_ = false;
    curl_easy_pause(curl_.get(), CURLPAUSE_CONT);
  }
  void End(CURLcode code) {
    over_ = true;
    FinishReply(curl_.get(), &reply_);
    if (code != CURLE_OK) problem_ = curl_easy_strerror(code);
  }

  std::unique_ptr<CURL, CurlDeleter> curl_;
  Lists lists_;
  std::shared_ptr<CURLM> multi_;
  std::string waiting_;
  size_t begin_ = 0, looked_at_ = 0;
  bool paused_ = false, over_ = false;
  KubeReply reply_;
  std::string problem_;

 public:
  ~Stream() override {
    if (multi_ && curl_) curl_multi_remove_handle(multi_.get(), curl_.get());
  }
};

}  // namespace

struct KubeClient::Impl {
  Result<Credential> Now();
  Lists Prepare(CURL* curl, const std::string& target, const Credential& credential);
  void Refused(int status) {
    if (status == 401) exec.reset();
  }

  KubeAccess access;
  const Clock* clock = nullptr;
  std::stop_token stop;
  std::optional<ExecCredential> exec;  // the plugin's last one
  std::unique_ptr<CURL, CurlDeleter> easy;
  std::shared_ptr<CURLM> multi;
};

// Tokens are rotated under their file, so it is read for each request.
Result<Credential> KubeClient::Impl::Now() {
  Credential credential{access.token, access.client_certificate, access.client_key};
  if (!access.token_file.empty()) {
    SREHUB_TRY(std::optional<std::string> token, ReadStateFile(access.token_file));
    if (!token) return Fail(ErrorCode::kUnavailable, "there is no file " + access.token_file);
    credential.token = TrimAscii(*token);
  }
  if (!access.exec) return credential;
  const bool stale = exec && exec->expires_at && *exec->expires_at - kRenewBefore < clock->Now();
  if (!exec || stale) {
    SREHUB_TRY(exec, RunExecPlugin(access, stop));
  }
  if (!exec->token.empty()) credential.token = exec->token;
  if (!exec->client_certificate.empty()) {
    credential.client_certificate = exec->client_certificate;
    credential.client_key = exec->client_key;
  }
  return credential;
}

Lists KubeClient::Impl::Prepare(CURL* curl, const std::string& target,
                                const Credential& credential) {
  curl_easy_reset(curl);
  Lists lists;
  const auto add = [](std::unique_ptr<curl_slist, ListDeleter>* list, const std::string& line) {
    list->reset(curl_slist_append(list->release(), line.c_str()));
  };
  std::string url = access.server + target;
  if (!access.tls_server_name.empty()) {
    // The certificate is for another name than the address: that name is asked for, there.
    const size_t begin = access.server.find("://") + 3;
    const size_t end = std::min(access.server.find('/', begin), access.server.size());
    const std::string authority = access.server.substr(begin, end - begin);
    const size_t colon = authority.rfind(':');
    const bool has_port =
        colon != std::string::npos && authority.find(']', colon) == std::string::npos;
    const std::string port = has_port ? authority.substr(colon + 1) : "443";
    const std::string host = has_port ? authority.substr(0, colon) : authority;
    url = access.server.substr(0, begin) + access.tls_server_name + ":" + port +
          access.server.substr(end) + target;
    add(&lists.connect_to, access.tls_server_name + ":" + port + ":" + host + ":" + port);
    add(&lists.headers, "Host: " + authority);
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, lists.connect_to.get());
  }
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  // One connection per watch: a stream that is read slowly holds up no other.
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "srehub");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, StopWhenAsked);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  if (access.insecure_skip_tls_verify) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  const auto blob = [&](CURLoption option, const std::string& pem) {
    if (pem.empty()) return;
    curl_blob value = BlobOf(pem);
    curl_easy_setopt(curl, option, &value);
  };
  blob(CURLOPT_CAINFO_BLOB, access.certificate_authority);
  blob(CURLOPT_SSLCERT_BLOB, credential.client_certificate);
  blob(CURLOPT_SSLKEY_BLOB, credential.client_key);
  add(&lists.headers, "Accept: application/json");
  if (!credential.token.empty()) add(&lists.headers, "Authorization: Bearer " + credential.token);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lists.headers.get());
  return lists;
}

KubeClient::KubeClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KubeClient::~KubeClient() = default;
const KubeAccess& KubeClient::access() const { return impl_->access; }

Result<std::unique_ptr<KubeClient>> KubeClient::Create(KubeAccess access, const Clock* clock,
                                                       std::stop_token stop) {
  // curl's own set-up is once per process and not thread-safe.
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto impl = std::make_unique<Impl>();
  impl->access = std::move(access);
  impl->clock = clock;
  impl->stop = std::move(stop);
  impl->easy.reset(curl_easy_init());
  impl->multi = std::shared_ptr<CURLM>(curl_multi_init(), MultiDeleter());
  if (!impl->easy || !impl->multi) return Fail(ErrorCode::kInternal, "libcurl could not be set up");
  return std::unique_ptr<KubeClient>(new KubeClient(std::move(impl)));
}

Result<KubeReply> KubeClient::Get(const std::string& target) {
  SREHUB_TRY(const Credential credential, impl_->Now());
  CURL* curl = impl_->easy.get();
  const Lists lists = impl_->Prepare(curl, target, credential);
  KubeReply reply;
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kAnswerSeconds);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, AppendBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OPERATION_TIMEDOUT)
    return Fail(ErrorCode::kDeadlineExceeded, impl_->access.server + " did not answer within " +
                                                  std::to_string(kAnswerSeconds) + " s");
  if (code == CURLE_WRITE_ERROR)
    return Fail(ErrorCode::kTooLarge,
                "the answer of " + impl_->access.server + " is above 256 MiB");
  if (code != CURLE_OK)
    return Fail(ErrorCode::kUnavailable, "no API server answers at " + impl_->access.server + ": " +
                                             curl_easy_strerror(code));
  FinishReply(curl, &reply);
  impl_->Refused(reply.status);
  return reply;
}

Result<std::unique_ptr<KubeStream>> KubeClient::Watch(const std::string& target, long seconds) {
  SREHUB_TRY(const Credential credential, impl_->Now());
  auto stream = std::make_unique<Stream>();
  stream->curl_.reset(curl_easy_init());
  if (!stream->curl_) return Fail(ErrorCode::kInternal, "libcurl could not be set up");
  CURL* curl = stream->curl_.get();
  stream->lists_ = impl_->Prepare(curl, target, credential);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds + kWatchGraceSeconds);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Stream::Take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, stream.get());
  curl_easy_setopt(curl, CURLOPT_PRIVATE, stream.get());
  curl_multi_add_handle(impl_->multi.get(), curl);
  stream->multi_ = impl_->multi;
  return stream;
}

void KubeClient::Poll(Duration most) {
  CURLM* multi = impl_->multi.get();
  int running = 0;
  curl_multi_perform(multi, &running);
  const auto milliseconds =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(most).count());
  curl_multi_poll(multi, nullptr, 0, std::max(milliseconds, 1), nullptr);
  curl_multi_perform(multi, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Stream* stream = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &stream);
    const CURLcode code = message->data.result;
    stream->End(code);
    impl_->Refused(stream->reply_.status);
  }
}

}  // namespace srehub::collect
