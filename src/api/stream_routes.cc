// GET /api/v1/stream: events as they become durable, as server-sent events.
#include <algorithm>
#include <chrono>

#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "insight/timeline.h"

namespace srehub::api {
namespace {

// A comment line this often keeps proxies from closing a quiet stream.
constexpr auto kHeartbeat = std::chrono::seconds(15);
// How long a stopped server or a peer that left may go unnoticed.
constexpr Duration kPoll = std::chrono::milliseconds(500);
constexpr size_t kItemsAtOnce = 256;

struct StreamFilter {
  std::string service, stem, type, text;
  std::optional<model::Severity> min_severity;
  std::optional<model::Source> source;
  bool exact = false;

  bool Keeps(const insight::TimelineRow& row) const {
    const model::Event& event = row.event;
    if (event.phase == model::Phase::kRefresh) return false;
    if (!service.empty() && event.service_id != service &&
        (exact || model::ServiceStem(event.service_id) != stem))
      return false;
    if (min_severity && event.severity < *min_severity) return false;
    if (source && event.source != *source) return false;
    if (!type.empty() && event.event_type != type) return false;
    return text.empty() || ContainsIgnoreCase(row.title, text) ||
           ContainsIgnoreCase(event.details, text);
  }
};

std::string Frame(std::string_view name, std::string_view id, std::string_view data) {
  std::string frame = "event: " + std::string(name) + "\n";
  if (!id.empty()) frame += "id: " + std::string(id) + "\n";
  frame += "data: ";
  frame += data;  // JSON of ours holds no line break
  frame += "\n\n";
  return frame;
}

std::string GapFrame(const EventFeed& feed, uint64_t position, std::string_view reason,
                     std::optional<uint64_t> skipped) {
  JsonWriter json;
  json.BeginObject().Field("reason", reason);
  if (skipped) json.Field("skipped", *skipped);
  return Frame("gap", feed.IdOf(position), json.EndObject().text());
}

class EventStream {
 public:
  EventStream(SharedServices services, StreamFilter filter, std::string last_event_id)
      : services_(std::move(services)),
        filter_(std::move(filter)),
        last_event_id_(std::move(last_event_id)) {}

  void Run(const std::function<bool(std::string_view)>& write) {
    EventFeed& feed = *services_->feed;
    EventFeed::Listener listener(&feed);
    uint64_t position = feed.newest();
    if (!write("retry: 3000\n\n" + Greeting(&position))) return;
    auto last_write = std::chrono::steady_clock::now();
    while (write("")) {
      const EventFeed::Batch batch = listener.Next(position, kItemsAtOnce, kPoll);
      const std::string frames = Frames(batch);
      position = batch.position;
      const auto now = std::chrono::steady_clock::now();
      if (!frames.empty()) {
        if (!write(frames)) return;
        last_write = now;
      } else if (now - last_write >= kHeartbeat) {
        // The id moves on past what the filter dropped, so a resume has less to look through.
        if (!write("id: " + feed.IdOf(position) + "\n: heartbeat\n\n")) return;
        last_write = now;
      }
    }
  }

 private:
  // Where the stream begins: live, behind Last-Event-ID, or live with the gap said.
  std::string Greeting(uint64_t* position) const {
    const EventFeed& feed = *services_->feed;
    std::string frames;
    if (!last_event_id_.empty()) {
      if (const auto resumed = feed.PositionOf(last_event_id_)) *position = *resumed;
      else
        frames = GapFrame(feed, *position,
                          "the hub was restarted or the id is not one of its own; what happened "
                          "in between is in the timeline",
                          std::nullopt);
    }
    JsonWriter json;
    json.BeginObject().Field("now", services_->clock->Now()).FieldIf("serviceId", filter_.service);
    return Frame("ready", feed.IdOf(*position), json.EndObject().text()) + frames;
  }

  std::string Frames(const EventFeed::Batch& batch) const {
    const EventFeed& feed = *services_->feed;
    std::string frames;
    for (const auto& item : batch.items) {
      insight::TimelineRow row = insight::RowOf(item->event);
      if (!filter_.Keeps(row)) continue;
      row.inferred = !filter_.service.empty() && row.event.service_id != filter_.service;
      JsonWriter json;
      insight::WriteRow(&json, row);
      frames += Frame("event", feed.IdOf(item->sequence), json.text());
    }
    if (batch.skipped > 0)
      frames +=
          GapFrame(feed, batch.position,
                   "more came in than a stream holds; the timeline has them all", batch.skipped);
    return frames;
  }

  const SharedServices services_;
  const StreamFilter filter_;
  const std::string last_event_id_;
};

http::Response Stream(const SharedServices& services, const http::Request& request) {
  Params params(request, {"service", "severity", "source", "type", "text", "exact"});
  StreamFilter filter;
  filter.service = params.Text("service");
  filter.stem = filter.service.empty() ? "" : model::ServiceStem(filter.service);
  filter.min_severity = params.Severity();
  filter.source = params.Source();
  filter.type = params.Text("type");
  filter.text = params.Text("text");
  filter.exact = params.Flag("exact");
  if (params.problem()) return params.Refuse();
  if (services->feed == nullptr)
    return ErrorResponse(request, {ErrorCode::kUnavailable,
                                   "This process takes nothing in, so there is nothing to follow; "
                                   "ask the hub that does.",
                                   ""});

  http::Response response;
  response.Set("Content-Type", "text/event-stream; charset=utf-8");
  response.Set("X-Accel-Buffering", "no");
  auto stream = std::make_shared<EventStream>(services, std::move(filter),
                                              std::string(request.Header("last-event-id")));
  response.stream = [stream](const auto& write) { stream->Run(write); };
  return response;
}

}  // namespace

void AddStreamRoutes(http::Router* router, const SharedServices& services) {
  router->Add({"GET", "/api/v1/stream", "streamEvents", http::Scope::kRead,
               [services](const http::Request& request) { return Stream(services, request); }});
}

}  // namespace srehub::api
