#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "http/content_coding.h"
#include "http/raw_client_for_test.h"

namespace srehub::http {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

class ServerTest : public testing::Test {
 protected:
  void StartServer(ServerLimits limits = {}, Authenticator authenticator = Authenticator(),
                   WorkerLimits workers = {4, {1, 2, 0}, {64, 64, 64}}) {
    AddRoutes();
    DispatcherOptions dispatcher_options;
    dispatcher_options.max_inflated_bytes = 4 * 1024 * 1024;
    dispatcher_ = std::make_unique<Dispatcher>(&router_, std::move(authenticator), &metrics_,
                                               dispatcher_options);
    ServerOptions options;
    options.listeners = {{*ParseAddress("127.0.0.1:0"), false}};
    options.limits = limits;
    options.workers = workers;
    auto server = Server::Start(std::move(options), dispatcher_.get(), &metrics_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  void AddRoutes() {
    router_.Add({"POST", "/echo", "echo", Scope::kIngest,
                 [](const Request& request) { return TextResponse(request.body); }});
    router_.Add({"GET", "/hello", "hello", Scope::kRead, [](const Request& request) {
                   return TextResponse("hello " + std::string(request.Query("n").value_or("")));
                 }});
    router_.Add({"GET", "/large", "large", Scope::kRead,
                 [](const Request&) { return TextResponse(std::string(3'000'000, 'z')); }});
    router_.Add({"POST", "/slow", "slow", Scope::kIngest, [this](const Request&) {
                   ++slow_started_;
                   gate_.wait();
                   return TextResponse("slow");
                 }});
    router_.Add({"GET", "/inject", "inject", Scope::kRead, [](const Request& request) {
                   return TextResponse("x").Set("X-Word",
                                                std::string(request.Query("w").value_or("")));
                 }});
    router_.Add({"GET", "/stream", "stream", Scope::kRead, [this](const Request&) {
                   Response response;
                   response.Set("Content-Type", "text/event-stream");
                   response.stream = [this](const auto& write) {
                     bool there = true;
                     for (int i = 0; i < 3 && there; ++i)
                       there = write("data: " + std::to_string(i) + "\n\n");
                     while (there && write("")) std::this_thread::sleep_for(5ms);
                     stream_ended_ = true;
                   };
                   return response;
                 }});
  }

  void OpenGate() {
    if (!gate_open_.exchange(true)) open_gate_.set_value();
  }
  void TearDown() override {
    OpenGate();
    server_.reset();
  }

  TestClient Connect() const { return TestClient(server_->listeners()[0].address.port); }

  static std::string Post(std::string_view path, std::string_view body,
                          std::string_view headers = "") {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + std::string(headers) + "\r\n" + std::string(body);
  }
  static std::string Get(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  std::promise<void> open_gate_;
  std::shared_future<void> gate_ = open_gate_.get_future().share();
  std::atomic<bool> gate_open_{false};
  std::atomic<int> slow_started_{0};
  std::atomic<bool> stream_ended_{false};
  Router router_;
  Metrics metrics_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersOnAKeptConnection) {
  StartServer();
  TestClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    const RawResponse response = client.Call(Post("/echo", "body " + std::to_string(i)));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "body " + std::to_string(i));
    EXPECT_EQ(response.Header("connection"), "keep-alive");
    EXPECT_EQ(response.Header("server"), "");
    EXPECT_TRUE(response.Header("date").ends_with(" GMT"));
  }
  EXPECT_EQ(
      client.Call("GET /hello?n=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").body,
      "hello 1");
  EXPECT_TRUE(client.Closed());
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  StartServer();
  TestClient client = Connect();
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    bytes += Get("/hello?n=" + std::to_string(i));
    bytes += Post("/echo", std::to_string(i));
  }
  client.Send(bytes);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.Receive().body, "hello " + std::to_string(i));
    EXPECT_EQ(client.Receive().body, std::to_string(i));
  }
}

TEST_F(ServerTest, ChunkedBodyCutAnywhere) {
  StartServer();
  TestClient client = Connect();
  const std::string bytes =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
  for (const char byte : bytes) client.Send(std::string_view(&byte, 1));
  EXPECT_EQ(client.Receive().body, "abcdefg");
  EXPECT_EQ(client.Call(Get("/hello")).status, 200);
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody) {
  StartServer();
  TestClient client = Connect();
  client.Send("HEAD /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const RawResponse response = client.Receive(true);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("content-length"), "3000000");
  EXPECT_EQ(client.Call(Get("/hello")).body, "hello ");
}

TEST_F(ServerTest, LargeAnswersArriveWhole) {
  StartServer();
  TestClient client = Connect();
  EXPECT_EQ(client.Call(Get("/large")).body, std::string(3'000'000, 'z'));
  const RawResponse packed =
      client.Call("GET /large HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(packed.Header("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 100'000u);
}

TEST_F(ServerTest, Expect100Continue) {
  StartServer();
  TestClient client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  EXPECT_EQ(client.Call("body").body, "body");
  // A request that is refused anyway is answered before its body is sent.
  client.Send(
      "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 404);
  EXPECT_TRUE(client.Closed());
}

TEST_F(ServerTest, SmuggledRequestsAre400AndClose) {
  StartServer();
  for (const char* bytes : {
           "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n",
           "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
           "Content-Length: 1\r\n\r\nx",
           "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello",
           "POST /echo HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost : localhost\r\nContent-Length: 0\r\n\r\n",
           "GET /hello HTTP/1.1\nHost: localhost\n\n",
           "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
           "fffffffffffffffff\r\nx\r\n0\r\n\r\n",
           "\x16\x03\x01 hello over TLS",
       }) {
    TestClient client = Connect();
    const RawResponse response = client.Call(bytes);
    EXPECT_EQ(response.status, 400) << bytes;
    EXPECT_EQ(response.Header("connection"), "close") << bytes;
    EXPECT_EQ(response.Header("content-type"), "application/problem+json; charset=utf-8");
    EXPECT_TRUE(client.Closed()) << bytes;
  }
}

TEST_F(ServerTest, BodiesOverTheLimitAre413BeforeTheyAreRead) {
  ServerLimits limits;
  limits.max_body_bytes = 1000;
  StartServer(limits);
  TestClient announced = Connect();
  const RawResponse response =
      announced.Call("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_EQ(response.status, 413);
  EXPECT_NE(response.body.find("\"limit\":\"1000\""), std::string::npos);
  EXPECT_NE(response.body.find("\"setting\":\"limits.max_body_bytes\""), std::string::npos);
  EXPECT_TRUE(announced.Closed());

  TestClient endless = Connect();
  endless.Send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "64\r\n" + std::string(100, 'x') + "\r\n";
  for (int i = 0; i < 100 && endless.Send(chunk); ++i) {
  }
  EXPECT_EQ(endless.Receive().status, 413);
}

TEST_F(ServerTest, BombsAre413) {
  StartServer();
  TestClient client = Connect();
  const std::string bomb = Gzip(std::string(32 * 1024 * 1024, '\0'));
  ASSERT_LT(bomb.size(), 500'000u);
  EXPECT_EQ(client.Call(Post("/echo", bomb, "Content-Encoding: gzip\r\n")).status, 413);
  // The request itself was well framed, so the connection goes on.
  EXPECT_EQ(client.Call(Post("/echo", Gzip("small"), "Content-Encoding: gzip\r\n")).body, "small");
  EXPECT_EQ(client.Call(Post("/echo", "x", "Content-Encoding: br\r\n")).status, 415);
}

TEST_F(ServerTest, SlowHeadIs408) {
  ServerLimits limits;
  limits.header_timeout = 100ms;
  StartServer(limits);
  TestClient client = Connect();
  client.Send("GET /hello HT");
  EXPECT_EQ(client.Receive().status, 408);
  EXPECT_TRUE(client.Closed());
}

TEST_F(ServerTest, SlowBodyIs408AndAFastOneIsNot) {
  ServerLimits limits;
  limits.body_grace = 200ms;
  limits.min_bytes_per_second = 1'000'000;
  StartServer(limits);
  TestClient slow = Connect();
  slow.Send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx");
  EXPECT_EQ(slow.Receive().status, 408);
  TestClient fast = Connect();
  EXPECT_EQ(fast.Call(Post("/echo", std::string(200'000, 'x'))).body.size(), 200'000u);
}

TEST_F(ServerTest, IdleConnectionsAreClosed) {
  ServerLimits limits;
  limits.idle_timeout = 100ms;
  StartServer(limits);
  TestClient client = Connect();
  EXPECT_EQ(client.Call(Get("/hello")).status, 200);
  EXPECT_TRUE(client.Closed());
}

TEST_F(ServerTest, QuestionsStayQuickWhileIngestHangs) {
  StartServer({}, Authenticator(), {2, {1, 2, 0}, {8, 8, 4}});
  std::vector<TestClient> senders;
  const auto send_slow = [&](int count) {
    for (int i = 0; i < count; ++i) {
      senders.push_back(Connect());
      senders.back().Send(Post("/slow", "x"));
    }
  };
  send_slow(2);
  while (slow_started_ < 2) std::this_thread::sleep_for(1ms);
  send_slow(8);  // four may wait; the others are told to come again
  TestClient client = Connect();
  EXPECT_EQ(client.Call(Get("/hello?n=1")).body, "hello 1");
  const auto refused = [this] {
    return metrics_
        .GetCounter("srehub_http_requests_total", "", {{"operation", "none"}, {"status", "503"}})
        .value();
  };
  for (int i = 0; i < 1000 && refused() < 4; ++i) std::this_thread::sleep_for(5ms);
  OpenGate();
  int slow = 0, again = 0;
  for (TestClient& sender : senders) {
    const RawResponse response = sender.Receive();
    slow += response.body == "slow";
    again += response.status == 503 && response.Header("retry-after") == "1";
  }
  EXPECT_EQ(slow, 6);
  EXPECT_EQ(again, 4);
}

TEST_F(ServerTest, MemoryOfBodiesIsBounded) {
  ServerLimits limits;
  limits.max_buffered_bytes = 100'000;
  StartServer(limits);
  TestClient holder = Connect();
  holder.Send(Post("/slow", std::string(90'000, 'x')));
  while (slow_started_ < 1) std::this_thread::sleep_for(1ms);
  TestClient second = Connect();
  const RawResponse response = second.Call(Post("/echo", std::string(20'000, 'x')));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("retry-after"), "1");
  OpenGate();
  EXPECT_EQ(holder.Receive().status, 200);
  TestClient third = Connect();
  EXPECT_EQ(third.Call(Post("/echo", std::string(20'000, 'x'))).status, 200);
}

TEST_F(ServerTest, ConnectionsOverTheCapAreTurnedAway) {
  ServerLimits limits;
  limits.max_connections = 2;
  StartServer(limits);
  TestClient one = Connect(), two = Connect();
  EXPECT_EQ(one.Call(Get("/hello")).status, 200);
  EXPECT_EQ(two.Call(Get("/hello")).status, 200);
  TestClient three = Connect();
  EXPECT_TRUE(three.Closed());
  EXPECT_EQ(one.Call(Get("/hello")).status, 200);
}

TEST_F(ServerTest, RefusedRequestsKeepTheConnectionWhenTheBodyIsSmall) {
  StartServer(
      {}, Authenticator({*MakeToken("ops", "admin-secret-0123456789abcdefg", {Scope::kAdmin})}));
  TestClient client = Connect();
  EXPECT_EQ(client.Call(Post("/echo", std::string(10'000, 'x'))).status, 401);
  EXPECT_EQ(
      client.Call(Post("/echo", "ok", "Authorization: Bearer admin-secret-0123456789abcdefg\r\n"))
          .body,
      "ok");
  // A large one is not read at all.
  EXPECT_EQ(client.Call("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n")
                .status,
            401);
  EXPECT_TRUE(client.Closed());
}

TEST_F(ServerTest, HeaderValuesCannotStartAField) {
  StartServer();
  TestClient client = Connect();
  const RawResponse response = client.Call(Get("/inject?w=a%0d%0aX-Evil:%201"));
  EXPECT_EQ(response.Header("x-word"), "aX-Evil: 1");
  EXPECT_EQ(response.Header("x-evil"), "");
}

TEST_F(ServerTest, StreamsArriveAsTheyAreWrittenAndEndWithThePeer) {
  StartServer();
  {
    TestClient client = Connect();
    client.Send(Get("/stream"));
    const RawResponse head = client.Receive(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.Header("transfer-encoding"), "chunked");
    EXPECT_NE(client.ReadUntil("data: 2\n\n").find("data: 0\n\n"), std::string::npos);
    EXPECT_FALSE(stream_ended_);
  }
  for (int i = 0; i < 1000 && !stream_ended_; ++i) std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(stream_ended_);
}

TEST_F(ServerTest, StreamsOverTheCapAre503) {
  ServerLimits limits;
  limits.max_streams = 1;
  StartServer(limits);
  TestClient one = Connect(), two = Connect();
  one.Send(Get("/stream"));
  EXPECT_EQ(one.Receive(true).status, 200);
  EXPECT_EQ(two.Call(Get("/stream")).status, 503);
}

TEST_F(ServerTest, StopFinishesWhatIsInFlightAndEndsTheRest) {
  StartServer();
  TestClient idle = Connect(), busy = Connect(), stream = Connect();
  EXPECT_EQ(idle.Call(Get("/hello")).status, 200);
  stream.Send(Get("/stream"));
  EXPECT_EQ(stream.Receive(true).status, 200);
  busy.Send(Post("/slow", "x"));
  while (slow_started_ < 1) std::this_thread::sleep_for(1ms);
  std::thread stopper([this] { server_->Stop(10s); });
  EXPECT_TRUE(idle.Closed());
  OpenGate();
  const RawResponse response = busy.Receive();
  EXPECT_EQ(response.body, "slow");
  EXPECT_EQ(response.Header("connection"), "close");
  stopper.join();
  EXPECT_TRUE(stream_ended_);
  EXPECT_FALSE(Connect().connected());
}

TEST_F(ServerTest, TakenAddressesAreToldApart) {
  StartServer();
  ServerOptions options;
  options.listeners = {server_->listeners()[0]};
  const auto second = Server::Start(std::move(options), dispatcher_.get(), &metrics_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST_F(ServerTest, ManyClientsAtOnce) {
  StartServer();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([this, t, &right] {
      TestClient client = Connect();
      for (int i = 0; i < 100; ++i) {
        const std::string body = std::to_string(t) + "-" + std::to_string(i);
        if (client.Call(Post("/echo", body)).body == body) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 800);
}

}  // namespace
}  // namespace srehub::http
