// What the tests of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/decode.h"

namespace srehub::sources::testing {

// The instant at which every test's delivery came in.
inline Instant Received() { return *ParseRfc3339("2025-08-26T14:10:00Z"); }
inline Instant T(std::string_view text) { return *ParseRfc3339(text); }

using Headers = std::vector<std::pair<std::string, std::string>>;

inline Result<Decoded> TryDecode(model::Format format, std::string_view body,
                                 Headers headers = {}) {
  model::Delivery delivery;
  delivery.format = format;
  delivery.body = body;
  delivery.received = Received();
  delivery.headers = std::move(headers);
  return Decode(delivery);
}

// A body that must be readable. The records point into `body`.
inline Decoded DecodeBody(model::Format format, std::string_view body, Headers headers = {}) {
  auto decoded = TryDecode(format, body, std::move(headers));
  EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().message) << "\n" << body;
  return decoded ? std::move(*decoded) : Decoded{};
}

inline std::vector<model::Observation> ObservationsOf(const Decoded& decoded) {
  std::vector<model::Observation> out;
  for (const DecodedRecord& record : decoded.records) {
    out.insert(out.end(), record.observations.begin(), record.observations.end());
  }
  return out;
}

inline std::vector<model::Refusal> RefusalsOf(const Decoded& decoded) {
  std::vector<model::Refusal> out;
  for (const DecodedRecord& record : decoded.records) {
    out.insert(out.end(), record.refusals.begin(), record.refusals.end());
  }
  return out;
}

// The one observation that a body must give.
inline model::Observation ObserveOne(model::Format format, std::string_view body,
                                     Headers headers = {}) {
  const Decoded decoded = DecodeBody(format, body, std::move(headers));
  for (const model::Refusal& refusal : RefusalsOf(decoded)) {
    ADD_FAILURE() << "refused " << refusal.field << ": " << refusal.message << "\n" << body;
  }
  const auto observations = ObservationsOf(decoded);
  EXPECT_EQ(observations.size(), 1U) << body;
  return observations.empty() ? model::Observation{} : observations.front();
}

// The one refusal that a body must give, and no observation.
inline model::Refusal RefuseOne(model::Format format, std::string_view body, Headers headers = {}) {
  const Decoded decoded = DecodeBody(format, body, std::move(headers));
  EXPECT_TRUE(ObservationsOf(decoded).empty()) << body;
  const auto refusals = RefusalsOf(decoded);
  EXPECT_EQ(refusals.size(), 1U) << body;
  if (refusals.empty()) return {};
  EXPECT_FALSE(refusals.front().message.empty()) << body;
  return refusals.front();
}

template <typename Fact>
Fact FactOf(const model::Observation& observation) {
  const Fact* fact = std::get_if<Fact>(&observation.fact);
  EXPECT_NE(fact, nullptr) << "the observation holds another kind of fact";
  return fact == nullptr ? Fact{} : *fact;
}

// `text` with every `from` replaced by `to`.
inline std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "nothing to replace: " << from;
  for (; at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace srehub::sources::testing
