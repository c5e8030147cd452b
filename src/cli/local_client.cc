#include "cli/local_client.h"

#include "cli/hub_config.h"

namespace srehub::cli {
namespace {

class LocalClient final : public Client {
 public:
  explicit LocalClient(std::unique_ptr<app::Hub> owned, app::Hub* hub)
      : owned_(std::move(owned)), hub_(hub) {}

  Result<Reply> Send(const Call& call) override {
    SREHUB_TRY(http::Request request, RequestOf(call));
    http::Response response = hub_->Handle(std::move(request));
    return Reply{.status = response.status,
                 .content_type = std::string(response.Header("content-type")),
                 .body = std::move(response.body)};
  }

  Status Stream(const Call& call, const std::function<bool(std::string_view)>& on_bytes) override {
    SREHUB_TRY(http::Request request, RequestOf(call));
    const http::Response response = hub_->Handle(std::move(request));
    if (response.status != 200)
      return Fail(
          ErrorCode::kInvalidArgument,
          ProblemDetail({.status = response.status, .content_type = {}, .body = response.body}));
    if (response.stream) response.stream(on_bytes);
    return {};
  }

  std::string Where() const override { return hub_->config().data; }

 private:
  static Result<http::Request> RequestOf(const Call& call) {
    http::Request request;
    request.method = call.method;
    SREHUB_CHECK_OK(http::ParseTarget(call.Target(), &request));
    request.headers = call.headers;
    request.body = call.body;
    return request;
  }

  const std::unique_ptr<app::Hub> owned_;
  app::Hub* const hub_;
};

}  // namespace

Result<std::unique_ptr<Client>> OpenFolder(const Options& options) {
  SREHUB_TRY(app::LoadedConfig loaded, LoadHubConfig(options));
  SREHUB_TRY(std::unique_ptr<app::Hub> hub,
             app::Hub::Open(ConfigRequestOf(options), std::move(loaded), {.log = false}));
  // No background work had time yet: what the clock alone changed since the last one is due.
  hub->Settle();
  app::Hub* const raw = hub.get();
  return std::make_unique<LocalClient>(std::move(hub), raw);
}

std::unique_ptr<Client> MakeLocalClient(app::Hub* hub) {
  return std::make_unique<LocalClient>(nullptr, hub);
}

}  // namespace srehub::cli
