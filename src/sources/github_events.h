// The parts of the GitHub decoder: one function per webhook event, and what they share. Internal
// to sources/.
#pragma once

#include <string>
#include <string_view>

#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// `key` is a member that is a user: its login.
std::string GithubLogin(ObjectReader& owner, std::string_view key);
// "owner/name" of the payload's repository.
std::string GithubRepository(ObjectReader& root);

// Taken only when asked for: each is about a part of what workflow_run says already.
void DecodeGithubWorkflowJob(Record& record);
void DecodeGithubCheckRun(Record& record);
void DecodeGithubCheckSuite(Record& record);
void DecodeGithubStatus(Record& record);

// A published release marks a deploy; other changes to it say nothing.
void DecodeGithubRelease(Record& record);

}  // namespace srehub::sources
