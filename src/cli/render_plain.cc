// Small answers, member by member.
#include <algorithm>

#include "cli/commands.h"
#include "cli/fields.h"
#include "cli/terminal_text.h"

namespace srehub::cli {

std::string RenderPlain(const JsonElement& answer, const Style& style) {
  if (!answer.is_object()) return Neutralise(srehub::ToJson(answer)) + "\n";
  size_t width = 0;
  for (const auto& [key, value] : JsonObject(answer))
    width = std::max(width, DisplayWidth(Neutralise(key)));
  std::string out;
  for (const auto& [key, value] : JsonObject(answer)) {
    std::string_view text;
    const bool is_text = value.get(text) == simdjson::SUCCESS;
    out += style.Paint(Fit(Neutralise(key), width), Ink::kDim) + "  " +
           Neutralise(is_text ? text : srehub::ToJson(value)) + "\n";
  }
  return out;
}

}  // namespace srehub::cli
