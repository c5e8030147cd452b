#include "http/transport.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl.hpp>

namespace srehub::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(tcp::socket socket) : socket_(std::move(socket)) {}

  asio::any_io_executor Executor() override { return socket_.get_executor(); }
  void Handshake(std::function<void(const NetError&)> done) override { done({}); }
  void ReadSome(char* data, size_t size, Done done) override {
    socket_.async_read_some(asio::buffer(data, size), std::move(done));
  }
  void WriteSome(const char* data, size_t size, Done done) override {
    socket_.async_write_some(asio::buffer(data, size), std::move(done));
  }
  void Shutdown(std::function<void(const NetError&)> done) override {
    NetError error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    done(error);
  }
  void Close() override {
    NetError ignored;
    socket_.close(ignored);
  }

 private:
  tcp::socket socket_;
};

int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_length,
                   const unsigned char* in, unsigned int in_length, void*) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kHttp11, sizeof kHttp11, in, in_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

class TlsContext {
 public:
  TlsContext() : context(asio::ssl::context::tls_server) {}
  asio::ssl::context context;
};

namespace {

class TlsTransport final : public Transport {
 public:
  TlsTransport(tcp::socket socket, std::shared_ptr<TlsContext> context)
      : context_(std::move(context)), stream_(std::move(socket), context_->context) {}

  asio::any_io_executor Executor() override { return stream_.get_executor(); }
  void Handshake(std::function<void(const NetError&)> done) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  void ReadSome(char* data, size_t size, Done done) override {
    stream_.async_read_some(asio::buffer(data, size), std::move(done));
  }
  void WriteSome(const char* data, size_t size, Done done) override {
    stream_.async_write_some(asio::buffer(data, size), std::move(done));
  }
  void Shutdown(std::function<void(const NetError&)> done) override {
    stream_.async_shutdown(std::move(done));
  }
  void Close() override {
    NetError ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  std::shared_ptr<TlsContext> context_;
  asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Transport> MakePlainTransport(tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

Result<std::shared_ptr<TlsContext>> LoadTls(const std::string& certificate_file,
                                            const std::string& private_key_file) {
  auto tls = std::make_shared<TlsContext>();
  SSL_CTX* native = tls->context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // TLS 1.2 with forward secrecy and authenticated encryption only; 1.3 has nothing else.
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_alpn_select_cb(native, ChooseProtocol, nullptr);
  // Idle connections give their record buffers back.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);

  NetError error;
  tls->context.use_certificate_chain_file(certificate_file, error);
  if (error)
    return Fail(ErrorCode::kInvalidArgument,
                "The certificate in " + certificate_file + " cannot be used: " + error.message(),
                "tls.certificate_file");
  tls->context.use_private_key_file(private_key_file, asio::ssl::context::pem, error);
  if (!error && SSL_CTX_check_private_key(native) != 1)
    return Fail(ErrorCode::kInvalidArgument,
                "The key in " + private_key_file + " is not that of " + certificate_file,
                "tls.private_key_file");
  if (error)
    return Fail(ErrorCode::kInvalidArgument,
                "The private key in " + private_key_file + " cannot be used: " + error.message(),
                "tls.private_key_file");
  return tls;
}

std::unique_ptr<Transport> MakeTlsTransport(tcp::socket socket,
                                            std::shared_ptr<TlsContext> context) {
  return std::make_unique<TlsTransport>(std::move(socket), std::move(context));
}

}  // namespace srehub::http
