// One accepted socket, plain or TLS. Only connection.cc and server.cc include this: it brings Asio.
// All calls and callbacks run on the socket's executor.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "base/result.h"

namespace srehub::http {

using NetError = boost::system::error_code;

class Transport {
 public:
  using Done = std::function<void(const NetError&, size_t)>;
  virtual ~Transport() = default;

  virtual boost::asio::any_io_executor Executor() = 0;
  virtual void Handshake(std::function<void(const NetError&)> done) = 0;
  virtual void ReadSome(char* data, size_t size, Done done) = 0;
  virtual void WriteSome(const char* data, size_t size, Done done) = 0;
  // Says that nothing more will be sent; `done` when that is on its way.
  virtual void Shutdown(std::function<void(const NetError&)> done) = 0;
  virtual void Close() = 0;
};

std::unique_ptr<Transport> MakePlainTransport(boost::asio::ip::tcp::socket socket);

// What TLS connections share. Immutable; a renewed certificate makes a new one.
class TlsContext;
// Errors: kInvalidArgument naming the file.
Result<std::shared_ptr<TlsContext>> LoadTls(const std::string& certificate_file,
                                            const std::string& private_key_file);
std::unique_ptr<Transport> MakeTlsTransport(boost::asio::ip::tcp::socket socket,
                                            std::shared_ptr<TlsContext> context);

}  // namespace srehub::http
