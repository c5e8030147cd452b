#include "app/demo.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/config_file.h"
#include "app/demo_story.h"
#include "base/json_reader.h"
#include "base/json_writer.h"

namespace srehub::app {
namespace {

constexpr std::string_view kStateFile = "demo-story.json";
// After a longer pause only so much is told again: the quiet in between is the demo's own.
constexpr int64_t kMaxCatchUpMinutes = 6 * 60;

Result<DemoState> ParseState(const std::string& text) {
  JsonReader reader;
  const auto json = reader.Parse(text);
  if (json) {
    const auto start = FindString(*json, "start");
    const auto seed = FindInt(*json, "seed");
    const auto minutes = FindInt(*json, "toldMinutes");
    const auto told = FindBool(*json, "told");
    const auto instant = start ? ParseRfc3339(*start) : Fail(ErrorCode::kMalformed, "");
    if (instant && seed && minutes && told)
      return DemoState{.start = *instant,
                       .seed = static_cast<uint64_t>(*seed),
                       .told_minutes = *minutes,
                       .told = *told};
  }
  return Fail(ErrorCode::kDataLoss, "the demo's memory is not readable; remove it to begin again");
}

http::Request RequestOf(StoryDelivery delivery) {
  http::Request request;
  request.method = "POST";
  request.path = std::move(delivery.path);
  request.headers = std::move(delivery.headers);
  request.body = std::move(delivery.body);
  return request;
}

}  // namespace

Result<Demo> Demo::Begin(Hub* hub, uint64_t seed) {
  const std::string file = (std::filesystem::path(hub->config().data) / kStateFile).string();
  const auto text = ReadWholeFile(file);
  if (text) {
    auto state = ParseState(*text);
    if (!state) return Fail(state.error().code, state.error().message, file);
    return Demo(hub, file, *state);
  }
  if (text.error().code != ErrorCode::kNotFound) return tl::unexpected(text.error());
  // Whole seconds: Kubernetes and GitHub know no finer times.
  const Instant start = std::chrono::floor<std::chrono::seconds>(hub->clock().Now());
  Demo demo(hub, file, {.start = start, .seed = seed, .told_minutes = 0, .told = false});
  SREHUB_CHECK_OK(demo.Remember());
  return demo;
}

Status Demo::Remember() const {
  JsonWriter json;
  json.BeginObject().Field("start", state_.start).Field("seed", static_cast<int64_t>(state_.seed));
  json.Field("toldMinutes", state_.told_minutes).Field("told", state_.told).EndObject();
  // Written beside and renamed, so that a crash leaves the old one or the new one.
  const std::string beside = file_ + ".new";
  std::ofstream(beside) << json.text() << "\n";
  if (std::rename(beside.c_str(), file_.c_str()) != 0)
    return Fail(ErrorCode::kUnavailable, "cannot write " + file_);
  return {};
}

Status Demo::Tell(const std::function<void(const std::string& title)>& progress) {
  const Instant now = hub_->clock().Now();
  std::vector<StoryDelivery> deliveries;
  if (!state_.told) deliveries = TellStory(state_.start, state_.seed, now);
  const int64_t minutes = std::max<int64_t>((now - state_.start) / std::chrono::minutes(1), 0);
  const int64_t from = std::max(state_.told_minutes, minutes - kMaxCatchUpMinutes);
  if (minutes > from)
    std::ranges::move(ContinueStory(state_.start, state_.seed, from, minutes, now),
                      std::back_inserter(deliveries));
  if (deliveries.empty()) return {};
  for (StoryDelivery& delivery : deliveries) {
    const std::string title = delivery.title;
    progress(title);
    const http::Response response = hub_->Handle(RequestOf(std::move(delivery)));
    if (response.status != 200)
      return Fail(ErrorCode::kInternal, "the demo's delivery '" + title + "' was answered with " +
                                            std::to_string(response.status) + ": " +
                                            response.body.substr(0, 500));
  }
  state_.told = true;
  state_.told_minutes = std::max(state_.told_minutes, minutes);
  return Remember();
}

}  // namespace srehub::app
