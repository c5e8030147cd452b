// One `expect` line of a scenario, judged against the last answer. Pure.
//
//   expect status = 404                          the answer's HTTP status
//   expect incidents[0].severity = high          text and numbers; != < <= > >= as well
//   expect incidents[0].score ~ 400.6            equal when rounded to the decimals given
//   expect count of events = 2                   elements of an array
//   expect detail contains checkout-api          part of a text, or an element of an array
//   expect incidents[0].openSince is absent      or: is present, is empty
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"

namespace srehub::tests {

struct Answer {
  int status = 0;
  std::string body;
};

// None: it holds. Otherwise what was found instead, or why the line is none.
std::optional<std::string> Judge(std::string_view expectation, const Answer& answer);

}  // namespace srehub::tests
