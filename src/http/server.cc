#include "http/server.h"

#include <sys/resource.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "http/connection.h"

namespace srehub::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Left for the store, logs and whatever else opens files.
constexpr size_t kReservedFiles = 256;
// How long accepting rests when the process or the system is out of descriptors.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);
constexpr std::string_view kFullAnswer =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

// What the process may open, less a reserve that grows with it.
size_t ConnectionCap(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  const size_t files = limit.rlim_cur;
  const size_t reserve = std::min(kReservedFiles, files / 2);
  return std::min(wanted, std::max<size_t>(files - reserve, 1));
}

std::string EndpointText(const tcp::endpoint& endpoint) {
  return Address{endpoint.address().to_string(), endpoint.port()}.text();
}

bool IsLoopbackEndpoint(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions server_options, const Dispatcher* dispatcher)
      : options(std::move(server_options)),
        core(options, dispatcher),
        work(asio::make_work_guard(context)) {
    core.limits.max_connections = ConnectionCap(core.limits.max_connections);
  }

  struct Port {
    explicit Port(asio::io_context& context)
        : strand(asio::make_strand(context)), acceptor(strand), pause(strand) {}
    asio::strand<asio::io_context::executor_type> strand;
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    bool tls = false;
  };

  Status Bind(const Listener& listener);
  void Accept(Port* port);
  void OnAccept(Port* port, const NetError& error, tcp::socket socket);
  void Serve(Port* port, tcp::socket socket);
  void RunIo();
  void Stop(Duration deadline);
  std::vector<std::shared_ptr<Connection>> Connections();
  bool WaitUntilEmpty(std::chrono::steady_clock::time_point deadline);

  ServerOptions options;
  ServerCore core;  // outlives the context, whose pending callbacks hold connections
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::unique_ptr<Port>> ports;
  std::vector<Listener> bound;
  std::vector<std::string> left_out;
  std::shared_ptr<TlsContext> tls;  // atomically replaced
  Counter* accepted = nullptr;
  Counter* turned_away = nullptr;
  std::vector<std::thread> threads;
  std::mutex stop_mutex;
  bool stopped = false;
};

Status Server::Impl::Bind(const Listener& listener) {
  const auto failed = [&](const NetError& error) {
    return Fail(ErrorCode::kUnavailable,
                "Cannot listen on " + listener.address.text() + ": " + error.message(), "listen");
  };
  NetError error;
  tcp::resolver resolver(context);
  const std::string host =
      listener.address.host == "localhost" ? std::string("127.0.0.1") : listener.address.host;
  const auto found =
      resolver.resolve(host, std::to_string(listener.address.port), tcp::resolver::passive, error);
  if (error || found.empty()) return failed(error);
  const tcp::endpoint endpoint = found.begin()->endpoint();

  auto port = std::make_unique<Port>(context);
  port->tls = listener.tls;
  port->acceptor.open(endpoint.protocol(), error);
  if (!error) port->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6())
    port->acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) port->acceptor.bind(endpoint, error);
  if (!error) port->acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return failed(error);
  const tcp::endpoint local = port->acceptor.local_endpoint(error);
  bound.push_back({.address = {local.address().to_string(), local.port()},
                   .tls = listener.tls,
                   .optional = listener.optional});
  ports.push_back(std::move(port));
  return {};
}

void Server::Impl::Accept(Port* port) {
  port->acceptor.async_accept(asio::make_strand(context),
                              [this, port](const NetError& error, tcp::socket socket) {
                                OnAccept(port, error, std::move(socket));
                              });
}

void Server::Impl::OnAccept(Port* port, const NetError& error, tcp::socket socket) {
  if (core.stopping || error == asio::error::operation_aborted) return;
  if (!error) {
    Serve(port, std::move(socket));
    return Accept(port);
  }
  // Out of descriptors or memory, mostly: trying again at once would only burn the CPU.
  port->pause.expires_after(kAcceptPause);
  port->pause.async_wait([this, port](const NetError& aborted) {
    if (!aborted && !core.stopping) Accept(port);
  });
}

void Server::Impl::Serve(Port* port, tcp::socket socket) {
  NetError error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  const tcp::endpoint local = socket.local_endpoint(error);
  if (error) return;  // gone already
  if (core.ConnectionCount() >= core.limits.max_connections) {
    turned_away->Add();
    socket.non_blocking(true, error);
    if (!port->tls) socket.write_some(asio::buffer(kFullAnswer), error);
    return;
  }
  accepted->Add();
  socket.set_option(tcp::no_delay(true), error);
  auto connection = std::make_shared<Connection>(
      &core,
      port->tls ? MakeTlsTransport(std::move(socket), std::atomic_load(&tls))
                : MakePlainTransport(std::move(socket)),
      EndpointText(remote), IsLoopbackEndpoint(local));
  core.Remember(connection);
  connection->Start();
}

// A callback that throws (out of memory) costs its own connection, not the server.
void Server::Impl::RunIo() {
  for (;;) {
    try {
      context.run();
      return;
    } catch (const std::exception&) {
      continue;
    }
  }
}

std::vector<std::shared_ptr<Connection>> Server::Impl::Connections() {
  std::vector<std::shared_ptr<Connection>> out;
  const std::lock_guard lock(core.mutex);
  for (const auto& [pointer, weak] : core.connections)
    if (auto connection = weak.lock()) out.push_back(std::move(connection));
  return out;
}

bool Server::Impl::WaitUntilEmpty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(core.mutex);
  return core.empty.wait_until(lock, deadline, [this] { return core.connections.empty(); });
}

void Server::Impl::Stop(Duration deadline) {
  const std::lock_guard lock(stop_mutex);
  if (stopped) return;
  stopped = true;
  const auto until = std::chrono::steady_clock::now() + deadline;
  core.stopping = true;
  for (const auto& port : ports) {
    asio::post(port->strand, [raw = port.get()] {
      NetError ignored;
      raw->acceptor.close(ignored);
      raw->pause.cancel();
    });
  }
  for (const auto& connection : Connections()) connection->CloseIfIdle();
  if (!WaitUntilEmpty(until)) {
    core.killed = true;
    for (const auto& connection : Connections()) connection->Kill();
    WaitUntilEmpty(std::chrono::steady_clock::now() + std::chrono::seconds(1));
  }
  core.workers.Stop();
  core.killed = true;
  core.streams.Join();
  work.reset();
  context.stop();
  for (std::thread& thread : threads) thread.join();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Stop(std::chrono::seconds(5)); }

Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, const Dispatcher* dispatcher,
                                              Metrics* metrics) {
  auto impl = std::make_unique<Impl>(std::move(options), dispatcher);
  impl->accepted =
      &metrics->GetCounter("srehub_http_connections_total", "Connections that were accepted.");
  impl->turned_away = &metrics->GetCounter("srehub_http_connections_refused_total",
                                           "Connections turned away at the connection limit.");
  impl->core.open_connections =
      &metrics->GetGauge("srehub_http_connections", "Connections that are open.");
  impl->core.open_streams =
      &metrics->GetGauge("srehub_http_streams", "Event streams that are open.");
  if (impl->options.tls) {
    auto tls = LoadTls(impl->options.tls->certificate_file, impl->options.tls->private_key_file);
    if (!tls) return tl::unexpected(tls.error());
    impl->tls = *tls;
  }
  for (const Listener& listener : impl->options.listeners) {
    if (listener.tls && !impl->tls)
      return Fail(ErrorCode::kInvalidArgument,
                  listener.address.text() + " is to speak TLS, but no certificate is configured.",
                  "tls.certificate_file");
    const Status status = impl->Bind(listener);
    if (status) continue;
    if (!listener.optional) return tl::unexpected(status.error());
    impl->left_out.push_back(status.error().message);
  }
  Impl* raw = impl.get();
  for (const auto& port : raw->ports)
    asio::post(port->strand, [raw, pointer = port.get()] { raw->Accept(pointer); });
  for (size_t i = 0; i < std::max<size_t>(raw->options.io_threads, 1); ++i)
    raw->threads.emplace_back([raw] { raw->RunIo(); });
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<Listener>& Server::listeners() const { return impl_->bound; }

const std::vector<std::string>& Server::left_out() const { return impl_->left_out; }

void Server::Stop(Duration deadline) { impl_->Stop(deadline); }

Status Server::ReloadTls() {
  if (!impl_->options.tls) return {};
  auto tls = LoadTls(impl_->options.tls->certificate_file, impl_->options.tls->private_key_file);
  if (!tls) return tl::unexpected(tls.error());
  std::atomic_store(&impl_->tls, *tls);
  return {};
}

}  // namespace srehub::http
