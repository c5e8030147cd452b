// One connection: reads requests one after another, hands each to the workers, writes the answer.
// Everything runs on the connection's strand; only the methods marked so may be called from other
// threads. Internal to the server.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/dispatcher.h"
#include "http/memory_budget.h"
#include "http/request_reader.h"
#include "http/response_writer.h"
#include "http/server.h"
#include "http/stream_pool.h"
#include "http/transport.h"
#include "http/worker_pool.h"

namespace srehub::http {

class Connection;

// What all connections of a server share. Outlives them.
struct ServerCore {
  ServerCore(const ServerOptions& server_options, const Dispatcher* server_dispatcher)
      : limits(server_options.limits),
        dispatcher(server_dispatcher),
        budget(server_options.limits.max_buffered_bytes),
        workers(server_options.workers),
        streams(server_options.limits.max_streams) {}

  ServerLimits limits;
  const Dispatcher* dispatcher;
  MemoryBudget budget;
  WorkerPool workers;
  StreamPool streams;
  std::atomic<bool> stopping{false};  // finish what is in flight, keep nothing alive
  std::atomic<bool> killed{false};    // the deadline has passed
  Gauge* open_connections = nullptr;
  Gauge* open_streams = nullptr;

  std::mutex mutex;
  std::condition_variable empty;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections;

  size_t ConnectionCount();
  void Remember(const std::shared_ptr<Connection>& connection);
  void Forget(Connection* connection);  // idempotent
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ServerCore* core, std::unique_ptr<Transport> transport, std::string remote,
             bool loopback);
  ~Connection();

  void Start();        // any thread
  void CloseIfIdle();  // any thread
  void Kill();         // any thread

 private:
  enum class Phase { kHandshake, kIdle, kHead, kBody, kHandling, kWriting, kStreaming, kLingering };
  using Steady = std::chrono::steady_clock;

  void NextRequest();
  void Advance();  // feeds the reader with what is there, then reads on or goes on
  void ReadMore();
  void OnRead(const NetError& error, size_t size);
  // False: the request is answered or a write is under way; Advance must stop.
  bool OnHead();
  void OnRequest();
  void OnAnswer(Response response);
  void RefuseAndClose(const Problem& problem);
  void RefuseBad();

  void Send(const Response& response, bool keep_alive);
  void Write(std::string data, std::function<void(bool ok)> done);
  void WriteSome();
  void StartStream(Response response);
  void WatchPeer();
  bool StreamWrite(std::string_view data, bool chunked);  // stream thread
  void EndStream(bool chunked);

  void Linger();
  void LingerRead();
  void Close();

  void Arm(Duration after);
  void ArmForRate(Steady::time_point began, Duration grace, size_t bytes);
  void Disarm();
  void WaitTimer();
  void OnTimeout();

  ServerCore* const core_;
  const std::unique_ptr<Transport> transport_;
  const std::string remote_;
  const bool loopback_;
  boost::asio::steady_timer timer_;
  Steady::time_point deadline_ = Steady::time_point::max();
  Steady::time_point timer_at_ = Steady::time_point::max();  // when the pending wait ends

  Phase phase_ = Phase::kHandshake;
  RequestReader reader_;
  std::string in_;           // received and not yet used
  std::string read_buffer_;  // small while idle
  bool reading_ = false;
  bool admitted_ = false;
  Dispatcher::Admission admission_;
  size_t body_received_ = 0;
  Steady::time_point body_began_{};

  std::string out_;
  size_t out_at_ = 0;
  Steady::time_point write_began_{};
  std::function<void(bool ok)> out_done_;
  size_t lingered_ = 0;
  std::atomic<bool> closed_{false};
};

}  // namespace srehub::http
