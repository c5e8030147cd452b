// What the decoders of pipeline formats share: the observation of a run, and how a run stands when
// only a part of it was spoken of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/observation.h"
#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// How a run stands when one of its jobs or stages stands like `part`: a failed part fails the run,
// and no other part ends it.
model::DeployStatus StatusOfPart(model::DeployStatus part);

// The count in member `key`, 1 when it is missing. Anything below 1 or above 2^31-1 is noted.
int32_t AttemptOf(ObjectReader& reader, std::string_view key);

// "owner/name" out of "https://host/owner/name.git" or "git@host:owner/name.git"; other texts as
// they are.
std::string RepositoryOfUrl(std::string_view url);

// What stands behind the last `separator`; the whole text when there is none.
std::string_view AfterLast(std::string_view text, char separator);

// Commit ids are told from branch names by this: 7 to 64 hex digits.
bool IsCommit(std::string_view text);

// Adds an observation of `fact`; what `root` has left unread is kept with it. `root` may be null.
void ObserveRun(Record& record, model::Format format, const ObjectReader* root,
                std::string identity, std::optional<Instant> time, model::PipelineFact fact);

}  // namespace srehub::sources
