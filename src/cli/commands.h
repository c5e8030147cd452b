// The commands: each in a file of its own, each an API request and the showing of its answer.
// A Run function returns the exit code. A Render function is pure: the answer's JSON in, text for
// a terminal out.
#pragma once

#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "cli/session.h"
#include "cli/style.h"

namespace srehub::cli {

// Ask.
int RunEvents(Session& session);
int RunTop(Session& session);
int RunWhyNot(Session& session);
int RunActions(Session& session);
int RunActionsDone(Session& session);
int RunCorrelate(Session& session);
int RunTally(Session& session);
// List.
int RunServices(Session& session);
int RunDeploys(Session& session);
int RunTypes(Session& session);
int RunSources(Session& session);
int RunDoctor(Session& session);
// Feed and handle.
int RunIngest(Session& session);
int RunFollow(Session& session);  // `ingest -f`
int RunWatchKubernetes(Session& session);
int RunDeploy(Session& session);
int RunAck(Session& session);
int RunSilence(Session& session);  // and `maintenance`
int RunRejects(Session& session);
int RunRejectsReplay(Session& session);
int RunVerify(Session& session);
// Run.
int RunServe(Session& session);
int RunDemo(Session& session);
int RunConfigCheck(Session& session);
int RunConfigPrint(Session& session);
int RunExplain(Session& session);
int RunCompletion(Session& session);
int RunVersion(Session& session);

std::string RenderEvents(const JsonElement& answer, const Style& style);
std::string RenderTop(const JsonElement& answer, const Style& style);
std::string RenderIncident(const JsonElement& answer, const Style& style);
std::string RenderActions(const JsonElement& answer, const Style& style);
std::string RenderCorrelation(const JsonElement& answer, const Style& style);
std::string RenderTally(const JsonElement& answer, const Style& style);
std::string RenderServices(const JsonElement& answer, const Style& style);
std::string RenderDeploys(const JsonElement& answer, const Style& style);
std::string RenderTypes(const JsonElement& answer, const Style& style);
std::string RenderSources(const JsonElement& answer, const Style& style);
std::string RenderDoctor(const JsonElement& answer, const Style& style);
std::string RenderReceipt(const JsonElement& answer, const Style& style);
std::string RenderRejects(const JsonElement& answer, const Style& style);
std::string RenderSilences(const JsonElement& answer, const Style& style);
std::string RenderVerify(const JsonElement& answer, const Style& style);
std::string RenderExplanation(const JsonElement& answer, const Style& style);
// Member by member, for small answers.
std::string RenderPlain(const JsonElement& answer, const Style& style);

// One event of the stream as one line.
std::string RenderStreamRow(const JsonElement& row, const Style& style);

}  // namespace srehub::cli
