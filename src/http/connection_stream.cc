// The part of a connection that is an event stream: a thread of its own writes, the strand sends.
#include <boost/asio/post.hpp>
#include <future>

#include "http/connection.h"

namespace srehub::http {
namespace {

namespace asio = boost::asio;

// A reader of events has nothing to say; this is only to notice when it goes.
constexpr size_t kPeerReadBytes = 1024;

}  // namespace

void Connection::StartStream(Response response) {
  const bool chunked = reader_.http11();
  const std::string head =
      WriteHead(response, chunked ? BodyFraming::kChunked : BodyFraming::kClose, false,
                std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  const bool started = core_->streams.Start(
      [self = shared_from_this(), head, stream = std::move(response.stream), chunked] {
        self->core_->open_streams->Add(1);
        try {
          if (self->StreamWrite(head, false))
            stream([&](std::string_view data) { return self->StreamWrite(data, chunked); });
        } catch (const std::exception&) {
          // The stream ends short; its client comes back with Last-Event-ID.
        }
        self->core_->open_streams->Add(-1);
        asio::post(self->transport_->Executor(), [self, chunked] { self->EndStream(chunked); });
      });
  if (!started) {
    Problem problem;
    problem.status = 503;
    problem.code = std::string(ErrorCodeName(ErrorCode::kOverloaded));
    problem.detail = "Too many event streams are open.";
    problem.limit = std::to_string(core_->limits.max_streams);
    return RefuseAndClose(problem);
  }
  phase_ = Phase::kStreaming;
  WatchPeer();
}

// A reader of events says nothing; the end of its connection is what a read can find.
void Connection::WatchPeer() {
  if (closed_ || phase_ != Phase::kStreaming || reading_) return;
  if (read_buffer_.size() < kPeerReadBytes) read_buffer_.resize(kPeerReadBytes);
  reading_ = true;
  transport_->ReadSome(read_buffer_.data(), read_buffer_.size(),
                       [self = shared_from_this()](const NetError& error, size_t) {
                         self->reading_ = false;
                         if (error) return self->Close();
                         self->WatchPeer();  // whatever it said is dropped: this answer is the last
                       });
}

bool Connection::StreamWrite(std::string_view data, bool chunked) {
  if (closed_ || core_->stopping) return false;
  if (data.empty()) return true;
  auto written = std::make_shared<std::promise<bool>>();
  std::future<bool> result = written->get_future();
  asio::post(transport_->Executor(),
             [self = shared_from_this(), written,
              text = chunked ? WriteChunk(data) : std::string(data)]() mutable {
               if (self->closed_) return written->set_value(false);
               self->Write(std::move(text), [written](bool ok) { written->set_value(ok); });
             });
  while (result.wait_for(std::chrono::milliseconds(200)) != std::future_status::ready)
    if (core_->killed) return false;
  return result.get();
}

void Connection::EndStream(bool chunked) {
  if (closed_) return;
  if (!chunked) return Linger();
  Write(std::string(kLastChunk), [self = shared_from_this()](bool ok) {
    if (!ok) return self->Close();
    self->Linger();
  });
}

}  // namespace srehub::http
