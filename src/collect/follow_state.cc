#include "collect/follow_state.h"

#include "base/hash.h"
#include "base/json_reader.h"
#include "base/json_writer.h"

namespace srehub::collect {
namespace {

std::optional<uint64_t> Number(const JsonElement& object, std::string_view key) {
  const auto value = FindInt(object, key);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<uint64_t>(*value);
}

bool Hash(const JsonElement& object, std::string_view key, uint64_t* out) {
  const auto text = FindString(object, key);
  return text && ParseHex64(*text, out);
}

std::optional<FileMark> MarkOf(const JsonElement& object) {
  FileMark mark;
  const auto path = FindString(object, "path");
  const auto offset = Number(object, "offset");
  const auto head_bytes = Number(object, "headBytes");
  if (!path || !offset || !head_bytes || *head_bytes > kMarkBytes ||
      !Hash(object, "device", &mark.device) || !Hash(object, "inode", &mark.inode) ||
      !Hash(object, "headHash", &mark.head_hash) || !Hash(object, "tailHash", &mark.tail_hash))
    return std::nullopt;
  mark.path = *path;
  mark.offset = *offset;
  mark.head_bytes = *head_bytes;
  if (const auto pending = Find(object, "pending")) {
    const auto end = Number(*pending, "end");
    const auto key = FindString(*pending, "key");
    uint64_t hash = 0;
    if (!end || !key || *end <= mark.offset || !Hash(*pending, "hash", &hash)) return std::nullopt;
    mark.pending = PendingBatch{*end, std::string(*key), hash};
  }
  return mark;
}

}  // namespace

std::string FollowStateToJson(const FollowState& state) {
  JsonWriter json;
  json.BeginObject().Field("format", 1).Field("since", state.since);
  json.Key("files").BeginArray();
  for (const FileMark& mark : state.files) {
    json.BeginObject().Field("path", mark.path);
    json.Field("device", Hex64(mark.device)).Field("inode", Hex64(mark.inode));
    json.Field("offset", mark.offset).Field("headBytes", mark.head_bytes);
    json.Field("headHash", Hex64(mark.head_hash)).Field("tailHash", Hex64(mark.tail_hash));
    if (mark.pending)
      json.Key("pending")
          .BeginObject()
          .Field("end", mark.pending->end)
          .Field("key", mark.pending->key)
          .Field("hash", Hex64(mark.pending->hash))
          .EndObject();
    json.EndObject();
  }
  return json.EndArray().EndObject().Take() + "\n";
}

Result<FollowState> ParseFollowState(std::string_view json) {
  JsonReader reader;
  SREHUB_TRY(const JsonElement root, reader.Parse(json));
  const auto files = FindArray(root, "files");
  if (!files || FindInt(root, "format") != 1)
    return Fail(ErrorCode::kMalformed, "this is not what a follower of files remembers");
  FollowState state;
  const auto since = FindString(root, "since");
  if (!since) return Fail(ErrorCode::kMalformed, "it does not say when following began");
  SREHUB_TRY(state.since, ParseRfc3339(*since));
  for (const JsonElement file : *files) {
    auto mark = MarkOf(file);
    if (!mark) return Fail(ErrorCode::kMalformed, "a file's entry is broken");
    state.files.push_back(std::move(*mark));
  }
  return state;
}

}  // namespace srehub::collect
