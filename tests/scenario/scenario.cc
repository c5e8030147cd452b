#include "scenario/scenario.h"

#include <memory>
#include <optional>
#include <utility>

#include "app/hub.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "scenario/expectation.h"

namespace srehub::tests {
namespace {

using Words = std::vector<std::string_view>;

Words WordsOf(std::string_view line) {
  Words words;
  for (const std::string_view word : Split(line, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

tl::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

// "SERVICE" for questions whose path names one.
struct Question {
  std::string_view word, before, after;
  bool named;
};
constexpr Question kQuestions[] = {
    {"events", "/api/v1/services/", "/events", true},
    {"incident", "/api/v1/incidents/", "", true},
    {"actions", "/api/v1/services/", "/recommendations", true},
    {"deploy", "/api/v1/deploys/", "/correlation", true},
    {"top", "/api/v1/incidents/top", "", false},
    {"tally", "/api/v1/tally", "", false},
    {"services", "/api/v1/services", "", false},
    {"deploys", "/api/v1/deploys", "", false},
    {"types", "/api/v1/types", "", false},
    {"sources", "/api/v1/sources", "", false},
    {"rejects", "/api/v1/rejects", "", false},
    {"verify", "/api/v1/verify", "", false},
};

// top limit=3 -> /api/v1/incidents/top?limit=3
Result<std::string> TargetOf(const Words& words) {
  if (words.size() < 2) return Wrong("ask what?");
  for (const Question& question : kQuestions) {
    if (question.word != words[1]) continue;
    size_t next = 2;
    std::string target(question.before);
    if (question.named) {
      if (words.size() < 3) return Wrong("of which one?");
      target += PercentEncode(words[next++]);
    }
    target += question.after;
    for (char mark = '?'; next < words.size(); mark = '&', ++next) {
      const size_t equals = words[next].find('=');
      if (equals == std::string_view::npos)
        return Wrong("'" + std::string(words[next]) + "' is not parameter=value");
      target += mark + std::string(words[next].substr(0, equals)) + "=" +
                PercentEncode(words[next].substr(equals + 1));
    }
    return target;
  }
  return Wrong("there is no question '" + std::string(words[1]) + "'");
}

class Player {
 public:
  Player(std::string_view text, std::string data)
      : lines_(Split(text, '\n')), data_(std::move(data)) {}

  Outcome Play() {
    while (at_ < lines_.size() && !broken_) {
      const size_t line = at_++;
      Step(line, TrimAscii(lines_[line]));
    }
    if (!broken_) Finish();
    if (hub_) hub_->Stop();
    return std::move(outcome_);
  }

 private:
  void Note(size_t line, std::string message) {
    const std::string_view text = line < lines_.size() ? TrimAscii(lines_[line]) : "the end";
    outcome_.failures.push_back({line + 1, std::string(text), std::move(message)});
  }

  void Step(size_t line, std::string_view text) {
    if (text.empty() || text.front() == '#') return;
    const Words words = WordsOf(text);
    if (words[0] == "expect") return Expect(line, TrimAscii(text.substr(words[0].size())));
    CheckUnexpectedStatus();
    if (broken_) return;
    if (const Status done = Do(words); !done) {
      Note(line, done.error().message);
      broken_ = true;
    }
    answered_by_ = line;
  }

  Status Do(const Words& words) {
    if (words[0] == "clock") return SetClock(words);
    if (now_ == Instant{}) return Wrong("a scenario begins with `clock TIME`");
    if (words[0] == "set") return Set(words);
    if (words[0] == "feed") return Feed(words);
    if (words[0] == "advance") return Advance(words);
    if (words[0] == "ask") return Ask(words);
    if (words[0] == "silence" || words[0] == "maintenance" || words[0] == "acknowledge")
      return Decide(words);
    return Wrong("there is no statement '" + std::string(words[0]) + "'");
  }

  void Expect(size_t line, std::string_view expectation) {
    ++outcome_.expectations;
    if (!answer_) return Note(line, "nothing was asked yet");
    status_expected_ = status_expected_ || expectation.starts_with("status ");
    if (auto found = Judge(expectation, *answer_)) Note(line, std::move(*found));
  }

  // A refusal nobody reckoned with must not pass for an answer.
  void CheckUnexpectedStatus() {
    if (!answer_ || answer_->status < 400 || status_expected_) return;
    Note(answered_by_, "the status is " + std::to_string(answer_->status) + ": " + answer_->body);
    broken_ = true;
  }

  Status SetClock(const Words& words) {
    if (words.size() != 2 || now_ != Instant{}) return Wrong("`clock TIME` stands once, first");
    return ParseRfc3339(words[1]).map([this](Instant start) { now_ = start; });
  }

  Status Set(const Words& words) {
    if (words.size() != 3 || hub_) return Wrong("`set KEY VALUE` stands before anything is fed");
    settings_.push_back({std::string(words[1]), std::string(words[2]), "set"});
    return {};
  }

  Status Advance(const Words& words) {
    if (words.size() != 2) return Wrong("advance by how much?");
    SREHUB_TRY(const Duration length, ParseDuration(words[1]));
    now_ += length;
    answer_.reset();
    return Reopen();
  }

  Status Reopen() {
    if (hub_) hub_->Stop();
    hub_.reset();
    app::ConfigRequest request;
    request.flags = settings_;
    request.flags.push_back({"data", data_, "--data"});
    request.flags.push_back({"clock", FormatTime(now_), "--clock"});
    SREHUB_TRY(app::LoadedConfig loaded, app::LoadConfig(request));
    SREHUB_TRY(hub_, app::Hub::Open(std::move(request), std::move(loaded), {.log = false}));
    return {};
  }

  Status Send(std::string method, std::string_view target, std::string body) {
    if (!hub_) SREHUB_CHECK_OK(Reopen());
    http::Request request;
    request.method = std::move(method);
    SREHUB_CHECK_OK(http::ParseTarget(target, &request));
    request.body = std::move(body);
    if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
    http::Response response = hub_->Handle(std::move(request));
    answer_ = Answer{response.status, std::move(response.body)};
    status_expected_ = false;
    return {};
  }

  // The indented lines that follow.
  std::string TakeBody() {
    std::string body;
    for (; at_ < lines_.size(); ++at_) {
      const std::string_view line = lines_[at_];
      if (line.empty() || line.front() != ' ' || TrimAscii(line).empty()) break;
      body += std::string(TrimAscii(line)) + "\n";
    }
    return body;
  }

  Status Feed(const Words& words) {
    if (words.size() != 2) return Wrong("`feed FORMAT`, or `feed again`");
    if (words[1] == "again") {
      if (fed_body_.empty()) return Wrong("nothing was fed yet");
    } else {
      fed_format_ = words[1];
      fed_body_ = TakeBody();
      if (fed_body_.empty()) return Wrong("the delivery's body is missing: indent it below");
    }
    return Send("POST", "/api/v1/ingest/" + PercentEncode(fed_format_), fed_body_);
  }

  Status Ask(const Words& words) {
    SREHUB_TRY(const std::string target, TargetOf(words));
    if (!hub_) SREHUB_CHECK_OK(Reopen());
    hub_->Settle();  // advice follows the tables a moment later
    return Send("GET", target, {});
  }

  Status Decide(const Words& words) {
    const bool bounded = words.size() == 4 && words[2] == "for";
    if (!bounded && words.size() != 2) return Wrong("`" + std::string(words[0]) + " WHAT for 1h`");
    JsonWriter json;
    json.BeginObject().Field("why", "scenario");
    if (bounded) json.Field("for", words[3]);
    if (words[0] == "acknowledge")
      return Send("POST", "/api/v1/incidents/" + PercentEncode(words[1]) + "/ack",
                  json.EndObject().Take());
    const bool incident = words[1].find('#') != std::string_view::npos;
    json.Field("kind", words[0]).Field(incident ? "incidentId" : "serviceId", words[1]);
    return Send("POST", "/api/v1/silences", json.EndObject().Take());
  }

  void Finish() {
    CheckUnexpectedStatus();
    if (outcome_.expectations == 0) Note(lines_.size(), "a scenario without an expectation");
    if (const Status sent = Send("GET", "/api/v1/verify", {}); !sent)
      return Note(lines_.size(), sent.error().message);
    if (auto found = Judge("differenceCount = 0", *answer_))
      Note(lines_.size(), "counters differ from their recount: " + answer_->body);
  }

  const std::vector<std::string_view> lines_;
  const std::string data_;
  size_t at_ = 0;
  bool broken_ = false;
  Outcome outcome_;

  Instant now_{};
  std::vector<app::FlagValue> settings_;
  std::unique_ptr<app::Hub> hub_;
  std::string fed_format_, fed_body_;

  std::optional<Answer> answer_;
  size_t answered_by_ = 0;  // line
  bool status_expected_ = false;
};

}  // namespace

Outcome PlayScenario(std::string_view text, const std::string& data) {
  return Player(text, data).Play();
}

}  // namespace srehub::tests
