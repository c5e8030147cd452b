// Envelopes of Amazon SNS and of Lambda and SQS records around a message.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
#include "base/text.h"
#include "sources/formats.h"

namespace srehub::sources {
namespace {

using model::RefusalReason;

constexpr std::string_view kCarrier = "sns";

bool IsConfirmation(std::string_view type) {
  return type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation";
}

// "https://sns.REGION.amazonaws.com/" of the topic's own region: a URL that leads anywhere else is
// not shown, because a person might open it.
bool LeadsToSns(std::string_view link, std::string_view topic) {
  const auto parts = Split(topic, ':');
  if (parts.size() != 6) return false;
  const std::string_view region = parts[3];
  const bool named =
      !region.empty() &&
      region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
  const std::string host = "https://sns." + std::string(region) + ".amazonaws.com";
  return named && (link.starts_with(host + "/") || link.starts_with(host + ".cn/"));
}

// Nothing is fetched: whoever may post here could make the hub call any address.
void NoteConfirmation(Record& record, std::string_view type, ObjectReader& envelope) {
  const std::string_view topic = envelope.String("TopicArn");
  std::string link = HttpLink(envelope.String("SubscribeURL"));
  if (!LeadsToSns(link, topic)) link.clear();
  std::string notice = "SNS sent a " + std::string(type) + " for the topic " + OneLine(topic);
  if (link.empty()) notice += ", without a SubscribeURL of SNS in the topic's region";
  else if (type == "SubscriptionConfirmation") notice += "; to confirm it, open " + link;
  else notice += "; to subscribe again, open " + link;
  record.context->notices.push_back(std::move(notice));
}

// What SNS says about the message, without what changes with every delivery attempt.
std::string EnvelopeExtra(ObjectReader& envelope) {
  JsonWriter out;
  out.BeginObject();
  for (std::string_view key : {"MessageId", "TopicArn", "Subject", "Timestamp"}) {
    out.FieldIf(key, envelope.String(key));
  }
  return out.EndObject().Take();
}

void DecodeMessage(Record& record, ObjectReader& envelope, std::string_view key,
                   model::Format format, Problem* problem) {
  const std::string_view message = envelope.String(key);
  if (!envelope.Has(key)) envelope.Missing(key, "a notification carries a message");
  const std::optional<Instant> sent_at = envelope.Time("Timestamp");
  std::string extra = EnvelopeExtra(envelope);
  if (*problem) return problem->Report(record);
  auto inner = Unwrap(record, message, envelope.PointerTo(key));
  if (!inner) return;
  inner->carrier = kCarrier;
  inner->carried_at = sent_at;
  inner->carrier_extra = std::move(extra);
  DecodeRecord(*inner, format);
}

// One of Lambda's or SQS' records. `item` is an object.
void DecodeAwsRecord(Record& record, const JsonElement& item, const std::string& pointer,
                     model::Format format) {
  Problem problem;
  ObjectReader reader(item, pointer, &problem);
  if (reader.Has("Sns")) {
    ObjectReader& envelope = reader.Child("Sns");
    if (problem) return problem.Report(record);
    return DecodeMessage(record, envelope, "Message", format, &problem);
  }
  const std::string_view body_key = reader.FirstPresent({"body", "Body"});
  if (reader.Has(body_key)) {
    const std::string_view body = reader.String(body_key);
    if (problem) return problem.Report(record);
    if (auto inner = Unwrap(record, body, reader.PointerTo(body_key))) DecodeRecord(*inner, format);
    return;
  }
  if (reader.Has("kinesis")) {
    ObjectReader& kinesis = reader.Child("kinesis");
    const std::string_view data = kinesis.String("data");
    if (problem) return problem.Report(record);
    const auto text = UnpackBase64(record, data, kinesis.PointerTo("data"));
    if (!text) return;
    if (auto inner = Unwrap(record, *text, kinesis.PointerTo("data"))) DecodeRecord(*inner, format);
    return;
  }
  const auto source = FindString(item, "eventSource").value_or("");
  record.Refuse(RefusalReason::kUnknownShape, pointer,
                source.empty() ? "a record with neither Sns (Lambda) nor body (SQS) nor kinesis"
                               : "a record of " + Quoted(source) +
                                     ": only those of SNS (Sns), SQS (body) and Kinesis are taken");
}

}  // namespace

bool IsSnsEnvelope(const JsonElement& root) {
  const auto type = FindString(root, "Type");
  return type && (*type == "Notification" || IsConfirmation(*type));
}

bool IsAwsRecords(const JsonElement& root) { return FindArray(root, "Records").has_value(); }

void DecodeSns(Record& record, model::Format format) {
  Problem problem;
  ObjectReader envelope(record.root, record.pointer, &problem);
  const std::string_view type = envelope.String("Type");
  if (IsConfirmation(type)) {
    NoteConfirmation(record, type, envelope);
    return problem.Report(record);
  }
  DecodeMessage(record, envelope, "Message", format, &problem);
}

void DecodeAwsRecords(Record& record, model::Format format) {
  const auto items = FindArray(record.root, "Records");
  if (!items) return;
  size_t position = 0;
  for (const JsonElement item : *items) {
    const std::string at = record.pointer + "/Records/" + std::to_string(position++);
    if (item.is_object()) {
      DecodeAwsRecord(record, item, at, format);
    } else {
      record.Refuse(RefusalReason::kWrongShape, at,
                    "record " + std::to_string(position) + " is " + std::string(TypeInWords(item)) +
                        ", not an object");
    }
  }
}

}  // namespace srehub::sources
