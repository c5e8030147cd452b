#include "sources/decode.h"

#include <array>

#include "base/limits.h"
#include "base/text.h"
#include "sources/detect.h"
#include "sources/flat_records.h"
#include "sources/formats.h"
#include "sources/json_scan.h"
#include "sources/loki.h"
#include "sources/otlp.h"
#include "sources/record_splitter.h"
#include "sources/text_lines.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::RefusalReason;

// The members whose arrays make a record an envelope: it may be larger than one record.
constexpr std::array<std::string_view, 5> kEnvelopeMembers = {"alerts", "Records", "logEvents",
                                                              "resourceLogs", "streams"};

// A Kubernetes list: {"kind": "…List", "items": […]}, also without a kind.
struct List {
  std::string_view items;  // the array's bytes
  std::string item_kind;   // "Event" for an EventList; empty for a List, whose items say it
  std::string api_version;
};

class Decoder {
 public:
  Decoder(const model::Delivery& delivery, const model::Mappings* mappings)
      : delivery_(delivery), context_(delivery) {
    context_.mappings = mappings;
    decoded_.format = delivery.format;
  }

  Result<Decoded> Run() {
    if (IsProtobuf(delivery_)) {
      if (delivery_.format == Format::kOtlp) {
        return RunBatch(FlattenOtlpProtobuf(delivery_.body), Format::kOtlp);
      }
      if (delivery_.format == Format::kLoki) {
        return RunBatch(FlattenLokiProtobuf(delivery_), Format::kLoki);
      }
    }
    const Format lines = FormatOfLines();
    if (lines == Format::kSyslog) {
      return RunFlat(FlattenSyslog(delivery_), Format::kSyslog);
    }
    if (lines == Format::kText) {
      return RunFlat(FlattenText(delivery_), Format::kText);
    }
    if (auto payload = FormPayload()) return RunForm(*payload);
    if (IsBareCloudEvent()) return RunForm("{}");
    RecordSplitter splitter(delivery_.body);
    bool parsed_any = false;
    std::optional<Error> first_break;
    while (auto piece = splitter.Next()) {
      auto error = Take(*piece);
      if (error && splitter.LookCloser(&*piece)) error = Take(*piece);
      if (error) {
        // What was passed over so far stays told apart, so the break costs only itself, unless
        // there is nothing else.
        if (splitter.AloneInBody()) return tl::unexpected(std::move(*error));
        if (piece->problem.empty()) piece = splitter.Resync();
        RefuseBroken(*piece, *error);
        if (!first_break) first_break = std::move(error);
      } else {
        parsed_any = true;
      }
      if (decoded_.records.size() > limits::kMaxRecordsPerDelivery) return TooMany();
    }
    if (first_break && !parsed_any && !splitter.found_value()) {
      return tl::unexpected(std::move(*first_break));
    }
    if (decoded_.records.empty() && !parsed_any && !splitter.found_value()) {
      return Fail(ErrorCode::kMalformed, "the body is empty: at least one JSON value is expected",
                  "byte 0");
    }
    return Finish();
  }

 private:
  Result<Decoded> Finish() {
    decoded_.notices = std::move(context_.notices);
    return std::move(decoded_);
  }

  tl::unexpected<Error> TooMany() const {
    return Fail(ErrorCode::kTooLarge, "the delivery has more than " +
                                          std::to_string(limits::kMaxRecordsPerDelivery) +
                                          " records: send it in parts");
  }

  // The format, or with kAuto what a text/plain body is; kAuto for JSON.
  Format FormatOfLines() const {
    if (delivery_.format != Format::kAuto ||
        !delivery_.Header("content-type").starts_with("text/plain")) {
      return delivery_.format;
    }
    return FormatOfText(delivery_.body).value_or(Format::kAuto);
  }

  // The whole body, taken apart without JSON.
  Result<Decoded> RunFlat(FlatRecords flat, Format format) {
    if (flat.full()) return TooMuch(flat);
    for (FlatRecord& record : flat.Take()) TakeFlat(std::move(record), format);
    if (!decoded_.records.empty()) return Finish();
    return Fail(ErrorCode::kMalformed, "the body is empty: at least one line is expected",
                "byte 0");
  }

  // A batch may be empty.
  Result<Decoded> RunBatch(Result<FlatRecords> flat, Format format) {
    if (!flat) return tl::unexpected(std::move(flat.error()));
    if (flat->full()) return TooMuch(*flat);
    for (FlatRecord& record : flat->Take()) TakeFlat(std::move(record), format);
    return Finish();
  }

  // A batch in JSON, perhaps one of several values of the body. False when `root` is none.
  bool TakeBatch(const JsonElement& root, std::string_view raw) {
    const auto is = [&](Format format, std::string_view member) {
      if (delivery_.format == format) return Find(root, member).has_value();
      return delivery_.format == Format::kAuto && FindArray(root, member).has_value();
    };
    Format format = Format::kOtlp;
    FlatRecords flat;
    if (is(Format::kOtlp, "resourceLogs")) {
      flat = FlattenOtlpJson(root);
    } else if (is(Format::kLoki, "streams")) {
      format = Format::kLoki;
      flat = FlattenLokiJson(root, delivery_.Header("x-scope-orgid"));
    } else {
      return false;
    }
    if (flat.full() && !flat.too_many()) {
      Refuse(raw, RefusalReason::kTooLarge, {}, TooMuch(flat).value().message);
      return true;
    }
    for (FlatRecord& record : flat.Take()) TakeFlat(std::move(record), format);
    return true;
  }

  tl::unexpected<Error> TooMuch(const FlatRecords& flat) const {
    if (flat.too_many()) return TooMany();
    return Fail(ErrorCode::kTooLarge,
                "the records of this delivery take more than " + std::to_string(kMaxFlatBytes) +
                    " bytes, each with what the batch says of all: send it in parts");
  }

  void TakeFlat(FlatRecord record, Format format) {
    DecodedRecord& out = AddRecord(record.raw);
    if (out.raw.empty()) {
      out.raw = decoded_.texts.emplace_back(record.own_raw.empty() ? record.json
                                                                   : std::move(record.own_raw));
    }
    if (record.refusal) {
      record.refusal->record = out.index;
      out.refusals.push_back(*std::move(record.refusal));
      return;
    }
    // Depth 1: the JSON that the record was cut from is still being read at 0.
    const auto root = context_.Reader(1).Parse(record.json);
    if (!root) {
      out.refusals.push_back(
          {ReasonOf(root.error()), out.index, root.error().where, root.error().message});
      return;
    }
    Record flat;
    flat.root = *root;
    flat.text = record.json;
    flat.out = &out;
    flat.context = &context_;
    flat.depth = 1;
    DecodeAppLog(flat, format);
  }

  // GitHub can be told to send its JSON in a form field.
  std::optional<std::string> FormPayload() const {
    if (delivery_.format != Format::kGithub && delivery_.format != Format::kAuto) {
      return std::nullopt;
    }
    if (delivery_.body.empty() || delivery_.body.front() == '{') return std::nullopt;
    return GithubFormPayload(delivery_.body);
  }

  // In binary mode a CloudEvent without data is nothing but headers.
  bool IsBareCloudEvent() const {
    const bool asked =
        delivery_.format == Format::kCloudevents || delivery_.format == Format::kAuto;
    return asked && TrimAscii(delivery_.body).empty() && !delivery_.Header("ce-type").empty();
  }

  Result<Decoded> RunForm(const std::string& payload) {
    const Piece piece{payload, 0, {}};
    if (auto error = Take(piece, delivery_.body)) return tl::unexpected(std::move(*error));
    return Finish();
  }

  DecodedRecord& AddRecord(std::string_view raw) {
    DecodedRecord& record = decoded_.records.emplace_back();
    record.index = decoded_.records.size() - 1;
    record.raw = raw;
    return record;
  }

  void Refuse(std::string_view raw, RefusalReason reason, std::string field, std::string message) {
    DecodedRecord& record = AddRecord(raw);
    record.refusals.push_back({reason, record.index, std::move(field), std::move(message)});
  }

  void RefuseBroken(const Piece& piece, const Error& error) {
    Refuse(piece.text, RefusalReason::kMalformed, {}, error.message + " (" + error.where + ")");
  }

  // Decodes a piece into one record, or into one per item of a list. An error only when the piece
  // is no JSON; then nothing was added.
  std::optional<Error> Take(const Piece& piece) { return Take(piece, piece.text); }

  std::optional<Error> Take(const Piece& piece, std::string_view raw) {
    if (!piece.problem.empty()) {
      return Error{ErrorCode::kMalformed, "not JSON: " + std::string(piece.problem),
                   At(piece, FindSyntaxError(piece.text))};
    }
    if (piece.text.size() > limits::kMaxRecordBytes) {
      if (const auto list = ReadList(piece.text)) return TakeList(piece, *list);
      if (!IsEnvelope(piece.text)) {
        RefuseTooLarge(raw);
        return std::nullopt;
      }
    }
    return TakeOne(piece, raw, nullptr);
  }

  static std::string At(const Piece& piece, size_t position) {
    return "byte " + std::to_string(piece.offset + position);
  }

  void RefuseTooLarge(std::string_view raw) {
    Refuse(raw, RefusalReason::kTooLarge, {},
           "the record has " + std::to_string(raw.size()) + " bytes; at most " +
               std::to_string(limits::kMaxRecordBytes) + " are taken");
  }

  // `list` is the one that the piece is an item of, or null.
  std::optional<Error> TakeOne(const Piece& piece, std::string_view raw, const List* list) {
    auto root = context_.Reader(0).Parse(piece.text);
    if (list == nullptr && (!root || (root->is_object() && Find(*root, "items")))) {
      // Item by item: what is wrong with one of them then costs only that one.
      if (const auto found = ReadList(piece.text)) return TakeList(piece, *found);
      root = context_.Reader(0).Parse(piece.text);
    }
    if (!root) {
      const RefusalReason reason = ReasonOf(root.error());
      if (reason == RefusalReason::kMalformed) {
        return Error{ErrorCode::kMalformed, std::move(root.error().message),
                     At(piece, FindSyntaxError(piece.text))};
      }
      Refuse(raw, reason, std::move(root.error().where), std::move(root.error().message));
      return std::nullopt;
    }
    if (!root->is_object()) {
      Refuse(raw, RefusalReason::kWrongShape, {},
             "record " + std::to_string(decoded_.records.size() + 1) + " is " +
                 std::string(TypeInWords(*root)) + "; records are JSON objects");
      return std::nullopt;
    }
    if (list == nullptr && TakeBatch(*root, raw)) return std::nullopt;
    Record record;
    record.root = *root;
    record.text = piece.text;
    record.out = &AddRecord(raw);
    record.context = &context_;
    if (list == nullptr) {
      DecodeRecord(record, delivery_.format);
    } else {
      record.implied_kind = list->item_kind;
      record.implied_api_version = list->api_version;
      DecodeRecord(record, Format::kKubernetes);
    }
    return std::nullopt;
  }

  // The list is read with its items cut out. Uses the reader: elements of the whole end here.
  std::optional<List> ReadList(std::string_view text) {
    if (delivery_.format != Format::kAuto && delivery_.format != Format::kKubernetes) {
      return std::nullopt;
    }
    const auto items = ScanMember(text, "items");
    if (!items || !items->starts_with('[')) return std::nullopt;
    const auto begin = static_cast<size_t>(items->data() - text.data());
    const std::string head =
        std::string(text.substr(0, begin)) + "[]" + std::string(text.substr(begin + items->size()));
    if (head.size() > limits::kMaxRecordBytes) return std::nullopt;
    const auto root = context_.Reader(0).Parse(head);
    if (!root) return std::nullopt;
    const auto kind = FindString(*root, "kind");
    if (!kind && (delivery_.format != Format::kKubernetes || Find(*root, "involvedObject"))) {
      return std::nullopt;
    }
    if (kind && !kind->ends_with("List")) return std::nullopt;
    List list{*items, {}, std::string(FindString(*root, "apiVersion").value_or(""))};
    if (kind) list.item_kind = kind->substr(0, kind->size() - std::string_view("List").size());
    return list;
  }

  std::optional<Error> TakeList(const Piece& piece, const List& list) {
    const auto list_offset = static_cast<size_t>(list.items.data() - piece.text.data());
    const size_t before = decoded_.records.size();
    ElementScanner items(list.items, 0);
    while (const auto item = items.Next()) {
      const Piece part{item->text, piece.offset + list_offset + item->offset, {}};
      std::optional<Error> error;
      if (item->broken) {
        error = Error{ErrorCode::kMalformed, "not JSON: an item of the list is missing or broken",
                      At(part, 0)};
      } else if (item->text.size() > limits::kMaxRecordBytes) {
        RefuseTooLarge(item->text);
      } else {
        error = TakeOne(part, part.text, &list);
      }
      if (error) {
        decoded_.records.resize(before);
        return error;
      }
      if (decoded_.records.size() > limits::kMaxRecordsPerDelivery) return std::nullopt;
    }
    return std::nullopt;
  }

  static bool IsEnvelope(std::string_view text) {
    for (std::string_view name : kEnvelopeMembers) {
      const auto member = ScanMember(text, name);
      if (member && member->starts_with('[')) return true;
    }
    return false;
  }

  const model::Delivery& delivery_;
  DecodeContext context_;
  Decoded decoded_;
};

void DecodeDetected(Record& record) {
  DecodeContext& context = *record.context;
  if (IsSnsEnvelope(record.root)) return DecodeSns(record, Format::kAuto);
  if (IsAwsRecords(record.root)) return DecodeAwsRecords(record, Format::kAuto);
  // The user's own word for a shape goes before the hub's guess.
  if (MappingOf(record) != nullptr) return DecodeMapped(record);
  const Detection detection = record.depth == 0
                                  ? Detect(record.root, context.delivery(), &context.log_fields())
                                  : DetectShape(record.root, &context.log_fields());
  if (detection.format != Format::kAuto) return DecodeRecord(record, detection.format);
  record.Refuse(RefusalReason::kUnknownShape, record.pointer, detection.refusal);
}

// What carries no batch: a record cut from one, as the reject log keeps it.
void DecodeBatched(Record& record, Format format, std::string_view member) {
  const auto members = JsonObject(record.root.get_object().value_unsafe());
  if (members.size() == 0) return;  // a request for nothing
  for (std::string_view other : {"resourceSpans", "resourceMetrics"}) {
    if (!Find(record.root, other)) continue;
    return record.Refuse(
        RefusalReason::kWrongShape, record.pointer + "/" + std::string(other),
        "only logs are taken here; their request has the member " + std::string(member));
  }
  if (!Find(record.root, "body") && !Find(record.root, "line") && !Find(record.root, "eventName") &&
      !Find(record.root, "attributes")) {
    return record.Refuse(RefusalReason::kUnknownShape, record.pointer,
                         "the request has no member " + std::string(member));
  }
  DecodeAppLog(record, format);
}

}  // namespace

void DecodeRecord(Record& record, Format format) {
  const bool of_logs = format == Format::kLogs || format == Format::kCloudWatch;
  if (of_logs && IsLogsSubscription(record.root)) return DecodeLogsSubscription(record);
  switch (format) {
    case Format::kAuto: return DecodeDetected(record);
    case Format::kEvent: return DecodeEvent(record);
    case Format::kKubernetes: return DecodeKubernetes(record);
    case Format::kCloudWatch: return DecodeCloudWatch(record);
    case Format::kCicd: return DecodeCicd(record);
    case Format::kGithub: return DecodeGithub(record);
    case Format::kLogs: return DecodeAppLog(record, Format::kLogs);
    case Format::kOtlp: return DecodeBatched(record, format, "resourceLogs");
    case Format::kLoki: return DecodeBatched(record, format, "streams");
    case Format::kPrometheus: return DecodePrometheus(record);
    case Format::kAlertmanager: return DecodeAlertmanager(record);
    case Format::kGitlab: return DecodeGitlab(record);
    case Format::kArgocd: return DecodeArgocd(record);
    case Format::kJenkins: return DecodeJenkins(record);
    case Format::kCircleci: return DecodeCircleci(record);
    case Format::kAws: return DecodeAws(record);
    case Format::kCdevents: return DecodeCdevents(record);
    case Format::kCloudevents: return DecodeCloudevents(record);
    case Format::kGrafana: return DecodeGrafana(record);
    case Format::kMapped: return DecodeMapped(record);
    case Format::kSyslog:
    case Format::kText:  // lines, which never come here
      return record.Refuse(
          RefusalReason::kUnknownShape, record.pointer,
          "the format " + std::string(model::FormatName(format)) + " is not taken here yet");
  }
}

Result<Decoded> Decode(const model::Delivery& delivery, const model::Mappings* mappings) {
  return Decoder(delivery, mappings).Run();
}

}  // namespace srehub::sources
