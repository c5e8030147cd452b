#include "http/connection.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace srehub::http {
namespace {

namespace asio = boost::asio;

constexpr size_t kIdleReadBytes = 1024;  // ten thousand idle connections cost ten MiB
constexpr size_t kBusyReadBytes = 64 * 1024;
constexpr size_t kWriteBytes = 64 * 1024;
constexpr size_t kJoinBytes = 64 * 1024;  // head and body in one write up to here
// A refused request's body up to here is read and dropped, so that the connection can be kept.
constexpr size_t kDrainBytes = 256 * 1024;
// After the last answer: how long and how much is read on, so that the peer gets to see it.
// Many clients send a whole body before they look; what they send is dropped as it comes.
constexpr Duration kLingerTime = std::chrono::seconds(5);
constexpr size_t kLingerBytes = 64 * 1024 * 1024;

std::string_view CodeOfStatus(int status) {
  switch (status) {
    case 413: return ErrorCodeName(ErrorCode::kTooLarge);
    case 408: return ErrorCodeName(ErrorCode::kDeadlineExceeded);
    case 503: return ErrorCodeName(ErrorCode::kOverloaded);
    default: return ErrorCodeName(ErrorCode::kMalformed);
  }
}

}  // namespace

size_t ServerCore::ConnectionCount() {
  const std::lock_guard lock(mutex);
  return connections.size();
}

void ServerCore::Remember(const std::shared_ptr<Connection>& connection) {
  open_connections->Add(1);
  const std::lock_guard lock(mutex);
  connections.emplace(connection.get(), connection);
}

void ServerCore::Forget(Connection* connection) {
  const std::lock_guard lock(mutex);
  if (connections.erase(connection) == 0) return;
  open_connections->Add(-1);
  if (connections.empty()) empty.notify_all();
}

Connection::Connection(ServerCore* core, std::unique_ptr<Transport> transport, std::string remote,
                       bool loopback)
    : core_(core),
      transport_(std::move(transport)),
      remote_(std::move(remote)),
      loopback_(loopback),
      timer_(transport_->Executor()),
      reader_(ReaderLimits{core->limits.max_header_bytes, core->limits.max_body_bytes},
              &core->budget) {}

Connection::~Connection() { core_->Forget(this); }

void Connection::Start() {
  asio::dispatch(transport_->Executor(), [self = shared_from_this()] {
    self->Arm(self->core_->limits.header_timeout);
    self->transport_->Handshake([self](const NetError& error) {
      if (error) return self->Close();
      self->NextRequest();
    });
  });
}

void Connection::CloseIfIdle() {
  asio::post(transport_->Executor(), [self = shared_from_this()] {
    switch (self->phase_) {
      case Phase::kHandshake:
      case Phase::kIdle:
      case Phase::kHead:
      case Phase::kLingering: return self->Close();
      default: return;  // in flight: it closes when it is answered
    }
  });
}

void Connection::Kill() {
  asio::post(transport_->Executor(), [self = shared_from_this()] { self->Close(); });
}

// --- Reading ------------------------------------------------------------------------------------

void Connection::NextRequest() {
  reader_.Reset();
  admitted_ = false;
  admission_ = {};
  body_received_ = 0;
  phase_ = in_.empty() ? Phase::kIdle : Phase::kHead;
  if (in_.empty()) {
    std::string().swap(in_);
    if (read_buffer_.size() > kIdleReadBytes) std::string().swap(read_buffer_);
    if (core_->stopping) return Close();
  }
  Arm(phase_ == Phase::kIdle ? core_->limits.idle_timeout : core_->limits.header_timeout);
  Advance();
}

void Connection::Advance() {
  for (;;) {
    const size_t used = reader_.Feed(in_);
    in_.erase(0, used);
    switch (reader_.state()) {
      case RequestReader::State::kBad: return RefuseBad();
      case RequestReader::State::kHead: return ReadMore();
      case RequestReader::State::kBody:
        if (!admitted_) {
          if (!OnHead()) return;
          continue;  // what came with the head may hold all of the body
        }
        return ReadMore();
      case RequestReader::State::kDone:
        if (!admitted_ && !OnHead()) return;
        return OnRequest();
    }
  }
}

void Connection::ReadMore() {
  if (reading_) return;
  const size_t wanted = phase_ == Phase::kIdle ? kIdleReadBytes : kBusyReadBytes;
  if (read_buffer_.size() < wanted) read_buffer_.resize(wanted);
  reading_ = true;
  transport_->ReadSome(read_buffer_.data(), read_buffer_.size(),
                       [self = shared_from_this()](const NetError& error, size_t size) {
                         self->reading_ = false;
                         self->OnRead(error, size);
                       });
}

void Connection::OnRead(const NetError& error, size_t size) {
  if (closed_) return;
  if (error) return Close();
  in_.append(read_buffer_.data(), size);
  if (phase_ == Phase::kIdle) {
    phase_ = Phase::kHead;
    Arm(core_->limits.header_timeout);
  } else if (phase_ == Phase::kBody) {
    body_received_ += size;
    ArmForRate(body_began_, core_->limits.body_grace, body_received_);
  } else if (phase_ == Phase::kLingering) {
    return LingerRead();
  } else if (phase_ != Phase::kHead) {
    return;  // an answer is being written already, to a request that was too slow
  }
  Advance();
}

bool Connection::OnHead() {
  admitted_ = true;
  Request& request = reader_.request();
  request.remote = remote_;
  request.loopback = loopback_;
  admission_ = core_->dispatcher->Admit(&request);
  if (reader_.state() == RequestReader::State::kDone) return true;

  phase_ = Phase::kBody;
  body_began_ = Steady::now();
  Arm(core_->limits.body_grace);
  const bool small = !reader_.chunked() && reader_.content_length() <= kDrainBytes;
  if (admission_.refusal && (reader_.expects_continue() || !small)) {
    // Answered before the body is sent or read.
    Send(core_->dispatcher->Run(admission_, &request, BudgetShare()), false);
    return false;
  }
  if (admission_.refusal) reader_.DiscardBody();
  if (reader_.expects_continue() && in_.empty()) {
    Write("HTTP/1.1 100 Continue\r\n\r\n", [self = shared_from_this()](bool ok) {
      if (!ok) return self->Close();
      self->phase_ = Phase::kBody;
      self->body_began_ = Steady::now();
      self->Arm(self->core_->limits.body_grace);
      self->Advance();
    });
    return false;
  }
  return true;
}

void Connection::RefuseBad() {
  Problem problem;
  problem.status = reader_.status();
  problem.code = std::string(CodeOfStatus(problem.status));
  problem.detail = reader_.reason();
  if (problem.status == 413) {
    problem.limit = std::to_string(core_->limits.max_body_bytes);
    problem.setting = "limits.max_body_bytes";
  }
  RefuseAndClose(problem);
}

void Connection::RefuseAndClose(const Problem& problem) {
  Request request;  // of a broken one nothing is echoed but the method, which rules HEAD's body
  request.method = reader_.request().method;
  request.remote = remote_;
  request.loopback = loopback_;
  Send(core_->dispatcher->Refuse(&request, problem), false);
}

// --- Answering ----------------------------------------------------------------------------------

void Connection::OnRequest() {
  phase_ = Phase::kHandling;
  Disarm();
  if (admission_.refusal)
    return OnAnswer(core_->dispatcher->Run(admission_, &reader_.request(), BudgetShare()));

  // std::function wants copyable captures; the request is moved around once, in a shared box.
  struct Work {
    Request request;
    Dispatcher::Admission admission;
    BudgetShare share;
  };
  auto work = std::make_shared<Work>(
      Work{std::move(reader_.request()), std::move(admission_), reader_.TakeShare()});
  const Lane lane = work->admission.lane();
  const bool taken = core_->workers.Submit(lane, [self = shared_from_this(), work] {
    auto response = std::make_shared<Response>(
        self->core_->dispatcher->Run(work->admission, &work->request, std::move(work->share)));
    asio::post(self->transport_->Executor(), [self, work, response] {
      self->reader_.request().method = std::move(work->request.method);
      self->OnAnswer(std::move(*response));
    });
  });
  if (taken) return;
  Problem problem;
  problem.status = 503;
  problem.code = std::string(ErrorCodeName(ErrorCode::kOverloaded));
  problem.detail = "Too many requests are waiting already; try again.";
  Response response = core_->dispatcher->Refuse(&work->request, problem);
  reader_.request().method = std::move(work->request.method);
  OnAnswer(std::move(response));
}

void Connection::OnAnswer(Response response) {
  if (closed_) return;
  if (response.stream && reader_.request().method != "HEAD")
    return StartStream(std::move(response));
  // Whoever asked for another host is better served by a new connection.
  const bool misdirected = response.status == 421;
  Send(response, reader_.keep_alive() && !core_->stopping && !misdirected);
}

void Connection::Send(const Response& response, bool keep_alive) {
  const BodyFraming framing = response.stream ? BodyFraming::kChunked : BodyFraming::kLength;
  std::string head =
      WriteHead(response, framing, keep_alive,
                std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  const bool body = reader_.request().method != "HEAD" && StatusHasBody(response.status);
  const auto after = [self = shared_from_this(), keep_alive](bool ok) {
    if (!ok) return self->Close();
    if (keep_alive) return self->NextRequest();
    self->Linger();
  };
  if (!body) return Write(std::move(head), after);
  if (response.body.size() <= kJoinBytes) return Write(head + response.body, after);
  Write(std::move(head), [self = shared_from_this(), text = response.body, after](bool ok) mutable {
    if (!ok) return self->Close();
    self->Write(std::move(text), after);
  });
}

void Connection::Write(std::string data, std::function<void(bool ok)> done) {
  phase_ = phase_ == Phase::kStreaming ? Phase::kStreaming : Phase::kWriting;
  out_ = std::move(data);
  out_at_ = 0;
  write_began_ = Steady::now();
  out_done_ = std::move(done);
  WriteSome();
}

void Connection::WriteSome() {
  ArmForRate(write_began_, core_->limits.write_grace, out_at_);
  transport_->WriteSome(out_.data() + out_at_, std::min(kWriteBytes, out_.size() - out_at_),
                        [self = shared_from_this()](const NetError& error, size_t size) {
                          self->out_at_ += size;
                          if (!error && self->out_at_ < self->out_.size()) return self->WriteSome();
                          const std::function<void(bool)> done = std::move(self->out_done_);
                          self->out_done_ = nullptr;
                          std::string().swap(self->out_);
                          self->Disarm();
                          done(!error && !self->closed_);
                        });
}

// --- The end ------------------------------------------------------------------------------------

// Closing with unread bytes makes the kernel send a reset, which can take the answer with it.
void Connection::Linger() {
  phase_ = Phase::kLingering;
  std::string().swap(in_);
  Arm(kLingerTime);
  transport_->Shutdown([self = shared_from_this()](const NetError& error) {
    if (error || self->closed_) return self->Close();
    self->LingerRead();
  });
}

void Connection::LingerRead() {
  if (closed_ || reading_) return;
  if (read_buffer_.size() < kBusyReadBytes) read_buffer_.resize(kBusyReadBytes);
  reading_ = true;
  transport_->ReadSome(read_buffer_.data(), read_buffer_.size(),
                       [self = shared_from_this()](const NetError& error, size_t size) {
                         self->reading_ = false;
                         self->lingered_ += size;
                         if (error || self->lingered_ > kLingerBytes) return self->Close();
                         self->LingerRead();
                       });
}

void Connection::Close() {
  if (closed_.exchange(true)) return;
  transport_->Close();
  timer_.cancel();
  core_->Forget(this);
}

// --- Time ---------------------------------------------------------------------------------------

// One pending wait serves many deadlines: it is moved only when a deadline comes earlier.
void Connection::Arm(Duration after) {
  deadline_ = Steady::now() + after;
  if (deadline_ < timer_at_) WaitTimer();
}

// The deadline moves on with the bytes, so a body may be long but not slow.
void Connection::ArmForRate(Steady::time_point began, Duration grace, size_t bytes) {
  const auto earned = std::chrono::milliseconds(
      bytes * 1000 / std::max<size_t>(core_->limits.min_bytes_per_second, 1));
  Arm(std::chrono::duration_cast<Duration>(began - Steady::now()) + grace + earned);
}

void Connection::Disarm() { deadline_ = Steady::time_point::max(); }

void Connection::WaitTimer() {
  if (closed_) return;
  timer_at_ = deadline_;
  timer_.expires_at(timer_at_);
  timer_.async_wait([self = shared_from_this()](const NetError& error) {
    if (error || self->closed_) return;  // moved, or over
    self->timer_at_ = Steady::time_point::max();
    if (self->deadline_ == Steady::time_point::max()) return;
    if (Steady::now() < self->deadline_) return self->WaitTimer();
    self->Disarm();
    self->OnTimeout();
  });
}

void Connection::OnTimeout() {
  if ((phase_ == Phase::kHead || phase_ == Phase::kBody) && !out_done_) {
    Problem problem;
    problem.status = 408;
    problem.code = std::string(CodeOfStatus(408));
    problem.detail = phase_ == Phase::kHead ? "The head of the request did not arrive in time."
                                            : "The body of the request arrived too slowly.";
    return RefuseAndClose(problem);
  }
  Close();
}

}  // namespace srehub::http
