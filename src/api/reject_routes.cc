// The reject log: what was refused and why, and taking it in again.
#include <optional>
#include <string>

#include "api/json_body.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/hash.h"
#include "base/json_writer.h"

namespace srehub::api {
namespace {

constexpr size_t kMaxReplayIds = 1'000;

// The last row's id with a check, so that an invented cursor is told from an old one.
std::string CursorOf(const std::string& id) { return id + "." + Hex64(Hash64(id)); }

std::optional<std::string> IdOfCursor(const std::string& cursor) {
  std::string id = cursor.substr(0, cursor.rfind('.'));
  if (CursorOf(id) != cursor) return std::nullopt;
  return id;
}

void WriteReject(JsonWriter* json, const store::RejectRow& row) {
  json->BeginObject().Field("id", row.id).Field("receivedAt", row.received);
  json->Field("format", model::FormatName(row.format));
  json->Field("reason", model::RefusalReasonName(row.refusal.reason));
  json->Field("record", row.refusal.record).FieldIf("field", row.refusal.field);
  json->Field("message", row.refusal.message).FieldIf("serviceId", row.service_id);
  json->Field("payload", row.payload).Field("payloadCut", row.payload_cut).EndObject();
}

http::Response ListRejects(const Services& hub, const http::Request& request) {
  Params params(request, {"limit", "cursor"});
  const size_t limit = params.Limit(limits::kDefaultPage, limits::kMaxPage);
  const std::string cursor = params.Text("cursor");
  if (params.problem()) return params.Refuse();
  std::string after;
  if (!cursor.empty()) {
    std::optional<std::string> id = IdOfCursor(cursor);
    if (!id)
      return ErrorResponse(request, {ErrorCode::kInvalidArgument,
                                     "The cursor is not one that this list gave.", "cursor"});
    after = std::move(*id);
  }
  // One more than asked for tells whether there is more.
  auto rows = hub.store->ListRejects(after, limit + 1);
  if (!rows) return ErrorResponse(request, rows.error());
  const bool truncated = rows->size() > limit;
  if (truncated) rows->resize(limit);
  JsonWriter json;
  json.BeginObject().Field("generatedAt", hub.clock->Now()).Field("truncated", truncated);
  if (truncated) json.Field("cursor", CursorOf(rows->back().id));
  json.Key("rejects").BeginArray();
  for (const store::RejectRow& row : *rows) WriteReject(&json, row);
  return http::JsonResponse(json.EndArray().EndObject().Take());
}

http::Response ReplayRejects(const Services& hub, const http::Request& request) {
  const Params params(request, {});
  if (params.problem()) return params.Refuse();
  JsonBody body(request, {"ids"}, EmptyBody::kAllowed);
  const std::vector<std::string> ids = body.Texts("ids");
  if (ids.size() > kMaxReplayIds)
    body.Refuse("ids", "holds more than " + std::to_string(kMaxReplayIds) + " ids");
  if (const Status status = body.status(); !status) return ErrorResponse(request, status.error());
  const auto report = hub.pipeline->ReplayRejects(ids);
  if (!report) return ErrorResponse(request, report.error());
  JsonWriter json;
  json.BeginObject()
      .Field("tried", report->tried)
      .Field("accepted", report->accepted)
      .Field("duplicate", report->duplicate)
      .Field("stillRefused", report->still_refused)
      .Field("notReplayable", report->not_replayable)
      .EndObject();
  return http::JsonResponse(json.Take());
}

}  // namespace

void AddRejectRoutes(http::Router* router, const SharedServices& services) {
  router->Add({"GET", "/api/v1/rejects", "listRejects", http::Scope::kRead,
               [services](const http::Request& r) { return ListRejects(*services, r); }});
  router->Add({"POST", "/api/v1/rejects/replay", "replayRejects", http::Scope::kAdmin,
               [services](const http::Request& r) { return ReplayRejects(*services, r); }});
}

}  // namespace srehub::api
