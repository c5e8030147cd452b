// What the decoders of Kubernetes objects share.
#pragma once

#include <string>
#include <vector>

#include "model/observation.h"
#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// The containers of a Pod that were killed for memory: one observation per termination.
void DecodePod(Record& record, const JsonElement& pod, const std::string& pointer);

// ownerReferences[] of an object's metadata; one without kind or name is noted as a problem.
std::vector<model::OwnerReference> OwnersOf(ObjectReader& object);

}  // namespace srehub::sources
