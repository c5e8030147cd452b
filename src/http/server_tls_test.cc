#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "http/raw_client_for_test.h"
#include "http/server.h"

namespace srehub::http {
namespace {

// A self-signed certificate for localhost and its key, as PEM files.
void WriteCertificate(const std::string& certificate_file, const std::string& key_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  FILE* file = fopen(certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate);
  fclose(file);
  file = fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class ServerTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "srehub_tls_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    files_ = {folder_ + "/certificate.pem", folder_ + "/key.pem"};
    WriteCertificate(files_.certificate_file, files_.private_key_file);
    router_.Add({"GET", "/hello", "hello", Scope::kRead,
                 [](const Request&) { return TextResponse("hello"); }});
    ServerOptions options;
    options.listeners = {{*ParseAddress("127.0.0.1:0"), true}};
    options.tls = files_;
    auto server = Server::Start(std::move(options), &dispatcher_, &metrics_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  // The answer's bytes, or the reason why there is none.
  std::string Ask(int max_version) const {
    TestClient client(server_->listeners()[0].address.port);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context, max_version);
    SSL_CTX_set_security_level(context, 0);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, client.fd());
    std::string answer;
    if (SSL_connect(ssl) == 1) {
      const std::string request =
          "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      SSL_write(ssl, request.data(), static_cast<int>(request.size()));
      char bytes[4096];
      int got = 0;
      while ((got = SSL_read(ssl, bytes, sizeof bytes)) > 0)
        answer.append(bytes, static_cast<size_t>(got));
    } else {
      answer = "no handshake";
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    return answer;
  }

  std::string folder_;
  TlsFiles files_;
  Router router_;
  Metrics metrics_;
  Dispatcher dispatcher_{&router_, Authenticator(), &metrics_, DispatcherOptions{}};
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTlsTest, SpeaksTls12And13AndNothingOlder) {
  EXPECT_TRUE(Ask(TLS1_3_VERSION).ends_with("\r\n\r\nhello"));
  EXPECT_TRUE(Ask(TLS1_2_VERSION).ends_with("\r\n\r\nhello"));
  EXPECT_EQ(Ask(TLS1_1_VERSION), "no handshake");
}

TEST_F(ServerTlsTest, PlainTextOnATlsPortIsClosed) {
  TestClient client(server_->listeners()[0].address.port);
  client.Send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.Closed());
}

TEST_F(ServerTlsTest, ReloadKeepsTheOldCertificateOnAnError) {
  EXPECT_TRUE(server_->ReloadTls());
  std::ofstream(files_.certificate_file) << "not a certificate";
  const Status reloaded = server_->ReloadTls();
  ASSERT_FALSE(reloaded);
  EXPECT_NE(reloaded.error().message.find(files_.certificate_file), std::string::npos);
  EXPECT_TRUE(Ask(TLS1_3_VERSION).ends_with("hello"));
}

TEST_F(ServerTlsTest, TheKeyMustFitTheCertificate) {
  WriteCertificate(folder_ + "/other.pem", folder_ + "/other_key.pem");
  ServerOptions options;
  options.listeners = {{*ParseAddress("127.0.0.1:0"), true}};
  options.tls = TlsFiles{files_.certificate_file, folder_ + "/other_key.pem"};
  EXPECT_FALSE(Server::Start(options, &dispatcher_, &metrics_));
  options.tls.reset();
  EXPECT_FALSE(Server::Start(options, &dispatcher_, &metrics_));
}

}  // namespace
}  // namespace srehub::http
