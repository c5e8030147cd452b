// One decoder per wire format. Each takes one record, and adds to its DecodedRecord either
// observations, or a refusal, or neither where the record says nothing new by nature.
#pragma once

#include <string>
#include <string_view>

#include "model/mapping.h"
#include "model/observation.h"
#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// core/v1 and events.k8s.io Events, watch messages around them, Pods with OOM-killed containers.
// Lists are cut into their items before (see decode.cc).
void DecodeKubernetes(Record& record);

// A CloudWatch alarm from any carrier.
void DecodeCloudWatch(Record& record);
bool IsSnsEnvelope(const JsonElement& root);
bool IsAwsRecords(const JsonElement& root);
bool IsEventBridge(const JsonElement& root);
// The SNS envelope and Lambda or SQS `Records`: what they wrap is decoded as `format`.
void DecodeSns(Record& record, model::Format format);
void DecodeAwsRecords(Record& record, model::Format format);
// An EventBridge alarm state change, or the payload of a direct Lambda action.
void DecodeEventBridge(Record& record);

// The flat form of a pipeline run.
void DecodeCicd(Record& record);
// The header, written by the route from the parameter `include`, that asks for GitHub events which
// are not taken otherwise: names with commas between them.
inline constexpr std::string_view kIncludeHeader = "x-srehub-include";
// workflow_run, deployment, deployment_status, release, and those asked for, as the x-github-event
// header or, without one, the shape of the payload says.
void DecodeGithub(Record& record);
// The webhook event that the shape of a payload shows, or empty.
std::string_view GithubEventOf(const JsonElement& root);
// The JSON text of a form-encoded webhook body ("payload=…"), or nothing when it is none.
std::optional<std::string> GithubFormPayload(std::string_view body);

// Pipeline, job (build) and deployment webhooks.
void DecodeGitlab(Record& record);
// What the template in docs/senders/argocd.md writes.
void DecodeArgocd(Record& record);
// The Notification plugin's JSON.
void DecodeJenkins(Record& record);
void DecodeCircleci(Record& record);
// Any EventBridge event, alone or in an SNS, Lambda or SQS envelope; a CloudWatch Logs
// subscription.
void DecodeAws(Record& record);
void DecodeCdevents(Record& record);
// Structured mode; binary mode when the delivery has the header ce-type, outermost record only.
void DecodeCloudevents(Record& record);

// {"awslogs": {"data": …}}, as Lambda is called by a CloudWatch Logs subscription, or what is in
// it.
bool IsLogsSubscription(const JsonElement& root);
void DecodeLogsSubscription(Record& record);
// Base 64 of a JSON object, gzip-packed or plain, as Kinesis records and `awslogs` carry it.
// Refuses on `record`, naming `pointer`, and gives nothing when it is none.
std::optional<std::string> UnpackBase64(const Record& record, std::string_view data,
                                        std::string_view pointer);

// A log record of any logger; carriers hand their records on in this form with their own `format`.
void DecodeAppLog(Record& record, model::Format format);
// Grafana's unified alerting webhook.
void DecodeGrafana(Record& record);
// Any record that one of the user's mappings fits.
void DecodeMapped(Record& record);
// The first of the user's mappings that fits the record, or null.
const model::Mapping* MappingOf(const Record& record);
// One alert as Prometheus posts it to an Alertmanager.
void DecodePrometheus(Record& record);
// Alertmanager's webhook, version 4.
void DecodeAlertmanager(Record& record);
// The unified schema.
void DecodeEvent(Record& record);

// Decodes a record as `format`; kAuto looks at its shape first.
void DecodeRecord(Record& record, model::Format format);

}  // namespace srehub::sources
