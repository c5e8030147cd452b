// The words of pipelines for how a run stands: GitHub's, GitLab's, AWS', Jenkins' and CircleCI's.
#pragma once

#include <string_view>

#include "model/deploy.h"

namespace srehub::sources {

// Case does not matter, '-' and ' ' read as '_'. An unknown word is kOther; so is
// "action_required", which waits for a person and has not failed.
model::DeployStatus StatusOf(std::string_view word);

// Nothing more is to be expected of a run in this status.
bool IsTerminal(model::DeployStatus status);

}  // namespace srehub::sources
