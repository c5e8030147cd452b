#include "sources/syslog.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "sources/line_time.h"

namespace srehub::sources {
namespace {

constexpr unsigned kMaxPriority = 191;  // facility 23, severity 7
constexpr size_t kMaxTagBytes = 255;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kCee = "@cee:";  // what follows is JSON

struct Message {
  std::optional<unsigned> priority;
  std::optional<Instant> time;
  std::string_view host, app, procid, msgid, text;
  std::string structured_data;  // JSON object
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The text up to the next space, which is eaten.
std::string_view TakeField(std::string_view* rest) {
  const size_t end = std::min(rest->find(' '), rest->size());
  const std::string_view field = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return field;
}

// "<165>"; nothing is eaten where none stands.
Status TakePriority(std::string_view* rest, Message* message) {
  if (!rest->starts_with('<')) return {};
  size_t at = 1;
  unsigned value = 0;
  while (at < rest->size() && at <= 3 && IsDigit((*rest)[at])) {
    value = value * 10 + static_cast<unsigned>((*rest)[at++] - '0');
  }
  if (at == 1 || at >= rest->size() || (*rest)[at] != '>') return {};
  if (value > kMaxPriority) {
    return Fail(ErrorCode::kMalformed, "the priority " + std::to_string(value) + " is above " +
                                           std::to_string(kMaxPriority) +
                                           ", the greatest a syslog message can have");
  }
  message->priority = value;
  rest->remove_prefix(at + 1);
  return {};
}

// "1 " of RFC 5424.
bool TakeVersion(std::string_view* rest) {
  size_t digits = 0;
  while (digits < rest->size() && digits < 3 && IsDigit((*rest)[digits])) ++digits;
  if (digits == 0 || rest->front() == '0' || digits >= rest->size() || (*rest)[digits] != ' ') {
    return false;
  }
  rest->remove_prefix(digits + 1);
  return true;
}

// A name may stand several times in one element: an array then.
using Parameters = std::map<std::string, std::vector<std::string>, std::less<>>;
using Elements = std::map<std::string, Parameters, std::less<>>;

// name="value", with \" \\ \] inside; false where it is none.
bool TakeParameter(std::string_view* rest, Parameters* parameters) {
  const size_t equals = rest->find_first_of("= ]\"");
  if (equals == 0 || equals == std::string_view::npos || !rest->substr(equals).starts_with("=\"")) {
    return false;
  }
  const std::string_view name = rest->substr(0, equals);
  std::string value;
  size_t at = equals + 2;
  for (; at < rest->size() && (*rest)[at] != '"'; ++at) {
    const bool escape = (*rest)[at] == '\\' && at + 1 < rest->size() &&
                        std::string_view("\"\\]").find((*rest)[at + 1]) != std::string_view::npos;
    if (escape) ++at;
    value += (*rest)[at];
  }
  if (at >= rest->size()) return false;
  (*parameters)[std::string(name)].push_back(std::move(value));
  rest->remove_prefix(at + 1);
  return true;
}

// "-" or "[id name="value" …][…]". False, with nothing eaten, where it is neither: senders that
// leave it out are common, and what stands there is then their message.
bool TakeStructuredData(std::string_view* rest, Elements* elements) {
  std::string_view text = *rest;
  if (text == "-" || text.starts_with("- ")) {
    rest->remove_prefix(1);
    return true;
  }
  if (!text.starts_with('[')) return false;
  Elements found;
  while (text.starts_with('[')) {
    text.remove_prefix(1);
    const size_t end = text.find_first_of(" ]=\"");
    if (end == 0 || end == std::string_view::npos) return false;
    Parameters& parameters = found[std::string(text.substr(0, end))];
    text.remove_prefix(end);
    while (text.starts_with(' ')) {
      text.remove_prefix(1);
      if (text.starts_with(']')) break;
      if (!TakeParameter(&text, &parameters)) return false;
    }
    if (!text.starts_with(']')) return false;
    text.remove_prefix(1);
  }
  if (!text.empty() && text.front() != ' ') return false;
  *elements = std::move(found);
  *rest = text;
  return true;
}

std::string ToJson(const Elements& elements) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [id, parameters] : elements) {
    json.Key(id).BeginObject();
    for (const auto& [name, values] : parameters) {
      json.Key(name);
      if (values.size() == 1) {
        json.String(values.front());
        continue;
      }
      json.BeginArray();
      for (const std::string& value : values) json.String(value);
      json.EndArray();
    }
    json.EndObject();
  }
  return json.EndObject().Take();
}

std::string_view Nil(std::string_view field) { return field == "-" ? std::string_view() : field; }

Status ReadRfc5424(std::string_view rest, Message* message) {
  const std::string_view time = TakeField(&rest);
  message->host = Nil(TakeField(&rest));
  message->app = Nil(TakeField(&rest));
  const std::string_view procid = TakeField(&rest);
  const std::string_view msgid = TakeField(&rest);
  if (msgid.empty()) {
    return Fail(ErrorCode::kMalformed,
                "the header of this RFC 5424 message breaks off: behind the version there are "
                "TIMESTAMP, HOSTNAME, APP-NAME, PROCID and MSGID, each '-' when unknown");
  }
  message->procid = Nil(procid);
  message->msgid = Nil(msgid);
  if (!Nil(time).empty()) {
    SREHUB_TRY(message->time, ParseSenderTime(time));
  }
  Elements elements;
  if (TakeStructuredData(&rest, &elements) && rest.starts_with(' ')) rest.remove_prefix(1);
  if (!elements.empty()) message->structured_data = ToJson(elements);
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  message->text = rest;
  return {};
}

// "TAG[PID]: " or "TAG: "; nothing is eaten where none stands.
bool TakeTag(std::string_view* rest, Message* message) {
  const size_t end = rest->find_first_of(" :[");
  if (end == 0 || end == std::string_view::npos || end > kMaxTagBytes) return false;
  std::string_view behind = rest->substr(end);
  std::string_view pid;
  if (behind.starts_with('[')) {
    const size_t close = behind.find(']');
    if (close == std::string_view::npos || close > kMaxTagBytes) return false;
    pid = behind.substr(1, close - 1);
    behind.remove_prefix(close + 1);
  }
  if (!behind.starts_with(':')) return false;
  behind.remove_prefix(1);
  message->app = rest->substr(0, end);
  message->procid = pid;
  if (behind.starts_with(' ')) behind.remove_prefix(1);
  *rest = behind;
  return true;
}

void ReadRfc3164(std::string_view rest, Instant received, Message* message) {
  std::string_view header = rest;
  if (header.starts_with('*')) header.remove_prefix(1);  // a clock that was never set
  const auto time = TimeAtStart(header, received);
  const auto ends_well = [&](size_t length) {
    return length == header.size() || header[length] == ' ' || header[length] == ':';
  };
  if (!time || !ends_well(time->length)) {
    TakeTag(&rest, message);
    message->text = rest;
    return;
  }
  message->time = time->time;
  rest = header.substr(time->length);
  if (rest.starts_with(':')) rest.remove_prefix(1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  // A message of this machine has no host in it.
  if (!TakeTag(&rest, message)) {
    message->host = TakeField(&rest);
    TakeTag(&rest, message);
  }
  message->text = rest;
}

std::string Unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const std::string_view here = text.substr(at, 4);
    if (here == "#012" || here == "#011") {
      out += here == "#012" ? '\n' : '\t';
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

Result<std::string> SyslogAsJson(std::string_view text, Instant received) {
  Message message;
  std::string_view rest = text;
  SREHUB_CHECK_OK(TakePriority(&rest, &message));
  if (message.priority && TakeVersion(&rest)) {
    SREHUB_CHECK_OK(ReadRfc5424(rest, &message));
  } else {
    ReadRfc3164(rest, received, &message);
  }
  JsonWriter json;
  json.BeginObject();
  if (message.time) json.Field("timestamp", *message.time);
  if (message.priority) {
    json.Field("priority", *message.priority & 7).Field("facility", *message.priority >> 3);
  }
  json.FieldIf("host", message.host);
  // A program may give its path.
  const size_t slash = message.app.rfind('/');
  const std::string_view name =
      slash == std::string_view::npos ? message.app : message.app.substr(slash + 1);
  json.FieldIf("app", name.empty() ? message.app : name);
  if (!name.empty() && name != message.app) json.Field("tag", message.app);
  json.FieldIf("procid", message.procid).FieldIf("msgid", message.msgid);
  if (!message.structured_data.empty()) json.FieldRaw("structuredData", message.structured_data);
  std::string line = Unescaped(TrimAscii(message.text));
  if (line.starts_with(kCee)) line.erase(0, kCee.size());
  // A message may be nothing but its header; MSGID is then what happened.
  json.Field("line",
             line.empty() ? std::string(message.msgid.empty() ? "(empty)" : message.msgid) : line);
  return json.EndObject().Take();
}

}  // namespace srehub::sources
