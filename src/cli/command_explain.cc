// `srehub explain FILE`: per record, which rule gave each field. In process; nothing is stored.
#include <iostream>
#include <iterator>

#include "app/generation.h"
#include "app/hub.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/hub_config.h"
#include "cli/input_file.h"
#include "cli/table.h"
#include "ingest/admission.h"
#include "model/event_json.h"
#include "sources/decode.h"
#include "sources/text_lines.h"

namespace srehub::cli {
namespace {

void WriteRefusal(JsonWriter* json, const model::Refusal& refusal) {
  json->BeginObject().Field("reason", model::RefusalReasonName(refusal.reason));
  json->FieldIf("field", refusal.field).Field("message", refusal.message).EndObject();
}

void WriteObservation(JsonWriter* json, const model::Observation& observation,
                      const classify::Classifier& classifier, Instant now) {
  std::vector<model::Event> events;
  classify::Explanation explanation;
  const auto refusal = classifier.Classify(observation, &events, &explanation);
  json->BeginObject().Field("format", model::FormatName(observation.format));
  json->Field("source", model::SourceName(observation.source));
  json->Key("fields").BeginArray();
  for (const classify::FieldExplanation& field : explanation)
    json->BeginObject()
        .Field("field", field.field)
        .Field("value", field.value)
        .Field("rule", field.rule)
        .EndObject();
  json->EndArray().Key("events").BeginArray();
  for (const model::Event& event : events) json->Raw(model::EventToJson(event));
  json->EndArray().Key("refusals").BeginArray();
  if (refusal) WriteRefusal(json, *refusal);
  for (const model::Event& event : events)
    if (const auto refused = ingest::Admit(event, now)) WriteRefusal(json, *refused);
  json->EndArray().EndObject();
}

Result<std::string> Explain(const model::Delivery& delivery,
                            const classify::Classifier& classifier) {
  const Instant now = delivery.received;
  SREHUB_TRY(const sources::Decoded decoded, sources::Decode(delivery, &classifier.mappings()));
  JsonWriter json;
  json.BeginObject().Field("generatedAt", now).Key("records").BeginArray();
  for (const sources::DecodedRecord& record : decoded.records) {
    json.BeginObject().Field("record", record.index).Key("observations").BeginArray();
    for (const model::Observation& observation : record.observations)
      WriteObservation(&json, observation, classifier, now);
    json.EndArray().Key("refusals").BeginArray();
    for (const model::Refusal& refusal : record.refusals) WriteRefusal(&json, refusal);
    json.EndArray().EndObject();
  }
  json.EndArray().Key("notices").BeginArray();
  for (const std::string& notice : decoded.notices) json.String(notice);
  return json.EndArray().EndObject().Take();
}

// The whole file, inflated where it is compressed; "-": standard input.
Result<std::string> ReadTarget(const std::string& target) {
  std::string body;
  if (target == "-") {
    body.assign(std::istreambuf_iterator<char>(std::cin), {});
    return body;
  }
  SREHUB_TRY(InputFile file, InputFile::Open(target));
  for (bool more = true; more;) {
    SREHUB_TRY(more, file.Read(&body));
    if (body.size() > limits::kMaxInflatedBytes)
      return Fail(ErrorCode::kTooLarge, target + " has more than 64 MiB: explain a part of it");
  }
  return body;
}

void AppendRefusals(const JsonElement& owner, std::string* out) {
  for (const JsonElement& refusal : Rows(owner, "refusals"))
    *out += "  would be refused: " + Neutralise(Text(refusal, "reason")) + " " +
            Neutralise(Text(refusal, "field")) + "  " + Neutralise(Text(refusal, "message")) + "\n";
}

}  // namespace

std::string RenderExplanation(const JsonElement& answer, const Style& style) {
  std::string out;
  for (const JsonElement& record : Rows(answer, "records")) {
    out += style.Paint("record " + std::to_string(CountOf(record, "record")), Ink::kBold) + "\n";
    const auto observations = Rows(record, "observations");
    if (observations.empty() && Rows(record, "refusals").empty())
      out += "  says nothing that is kept\n";
    for (const JsonElement& observation : observations) {
      out += "  read as " + Neutralise(Text(observation, "format")) + ", source " +
             Neutralise(Text(observation, "source")) + "\n";
      Table table({{.header = "  FIELD"},
                   {.header = "VALUE", .min_width = 16},
                   {.header = "RULE", .min_width = 16}});
      for (const JsonElement& field : Rows(observation, "fields"))
        table.Row()
            .Cell("  " + Text(field, "field"))
            .Cell(Text(field, "value"))
            .Cell(Text(field, "rule"));
      out += table.Render(style);
      AppendRefusals(observation, &out);
    }
    AppendRefusals(record, &out);
  }
  return out;
}

int RunExplain(Session& session) {
  const Options& o = session.options();
  const auto format = model::ParseFormat(o.format);
  if (!format) {
    session.err() << "srehub: there is no format '" << Neutralise(o.format) << "'\n";
    return kExitUsage;
  }
  const auto loaded = LoadHubConfig(o);
  if (!loaded) return session.Report(loaded.error());
  const auto classifier = app::MakeClassifier(loaded->config);
  if (!classifier) return session.Report(classifier.error());
  const auto clock = app::MakeClock(loaded->config.clock);
  if (!clock) return session.Report(clock.error());
  const auto body = ReadTarget(o.target);
  if (!body) return session.Report(body.error());
  model::Delivery delivery{
      .format = *format, .body = *body, .received = (*clock)->Now(), .headers = {}};
  if (*format == model::Format::kAuto)
    delivery.format = sources::FormatOfText(*body).value_or(model::Format::kAuto);
  for (const std::string& header : o.headers) {
    const size_t colon = header.find(':');
    if (colon == std::string::npos) {
      session.err() << "srehub: --header " << Neutralise(header) << ": NAME: VALUE is expected\n";
      return kExitUsage;
    }
    delivery.headers.emplace_back(ToLowerAscii(header.substr(0, colon)),
                                  TrimAscii(std::string_view(header).substr(colon + 1)));
  }
  const auto json = Explain(delivery, *classifier);
  if (!json) return session.Report(json.error());
  return session.Show(*json, "records", RenderExplanation);
}

}  // namespace srehub::cli
