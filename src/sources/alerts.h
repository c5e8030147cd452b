// What Prometheus' two ways of sending an alert share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/observation.h"
#include "sources/object_reader.h"
#include "sources/record.h"

namespace srehub::sources {

// The alert's fingerprint as Prometheus computes it (model.LabelSet.Fingerprint): FNV-1a 64 over
// the labels by name, each name and value followed by the byte 255. 16 hex digits.
std::string AlertFingerprint(const model::Labels& labels);

// Labels, annotations and the generator's URL. Labels with empty values count as absent; an alert
// without any label is noted as a problem.
void ReadAlert(ObjectReader& alert, model::AlertFact* fact);

// Adds the observation of a complete fact. `starts_at` and `time` are what the sender gave.
void ObserveAlert(Record& record, model::Format format, model::AlertFact fact,
                  std::optional<Instant> starts_at, std::optional<Instant> time, std::string extra);

// The alerts of a webhook that carries a group: Alertmanager's, and Grafana's, which has the same
// skeleton. Firing or resolved is said per alert.
void DecodeAlertGroup(Record& record, model::Format format);

}  // namespace srehub::sources
