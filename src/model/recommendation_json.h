// The one item of a service as JSON: the API's answer, the stored form, and back.
#pragma once

#include <string>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "model/recommendation.h"

namespace srehub::model {

// Each writes one object. Empty texts are left out.
void WriteAction(JsonWriter* out, const Action& action);
void WriteRecommendations(JsonWriter* out, const Recommendations& item);
std::string RecommendationsToJson(const Recommendations& item);
std::string ActionOutcomeToJson(const ActionOutcome& outcome);

// Read the same back. Errors: kInvalidArgument with a pointer to the member.
Result<Recommendations> RecommendationsFromJson(JsonElement element);
Result<ActionOutcome> ActionOutcomeFromJson(JsonElement element);

// The stored form: JSON text. Errors: kDataLoss when it cannot be read.
Result<Recommendations> DecodeRecommendations(std::string_view bytes);
Result<ActionOutcome> DecodeActionOutcome(std::string_view bytes);

}  // namespace srehub::model
