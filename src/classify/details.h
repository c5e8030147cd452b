// The JSON object Event::details, held under limits::kMaxDetailsBytes: when the whole is larger,
// long texts and unmapped fields are cut and `detailsCut` says how large it was and its hash.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "model/observation.h"

namespace srehub::classify {

class DetailsWriter {
 public:
  // A field that is empty, or that Members has brought, is left out.
  DetailsWriter& Text(std::string_view key, std::string_view value);
  DetailsWriter& Message(std::string_view value);
  DetailsWriter& Int(std::string_view key, int64_t value);
  DetailsWriter& Number(std::string_view key, double value);
  DetailsWriter& Flag(std::string_view key);  // true
  DetailsWriter& Map(std::string_view key, const model::Labels& labels);
  DetailsWriter& Object(const model::ObjectReference& object, std::string_view container);
  // `json` is a JSON object: the sender's unmapped fields.
  DetailsWriter& Extra(std::string_view json);
  // The members of a JSON object, as members of this one. First of all, if at all.
  DetailsWriter& Members(std::string_view json);

 private:
  friend std::string BuildDetails(const std::function<void(DetailsWriter&)>& write);
  explicit DetailsWriter(bool cut) : cut_(cut) { writer_.BeginObject(); }
  std::string_view Fit(std::string_view text, size_t max_json_bytes) const;
  bool Has(std::string_view key) const;

  JsonWriter writer_;
  bool cut_;
  std::vector<std::string> members_;  // keys that Members brought
};

// Calls `write` once, or a second time with cutting when the first result was too large.
std::string BuildDetails(const std::function<void(DetailsWriter&)>& write);

// The longest prefix of `text` whose JSON form, without quotes, is at most `max_bytes`.
std::string_view CutForJson(std::string_view text, size_t max_bytes);

// One line for people: the first line, cut to fit.
std::string_view TitleOf(std::string_view text);

}  // namespace srehub::classify
