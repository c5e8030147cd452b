// Grafana's unified alerting, contact point "webhook": Alertmanager's group with an orgId, a title
// and links. Every alert says for itself whether it fires.
// https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
#include "sources/alerts.h"
#include "sources/formats.h"

namespace srehub::sources {

void DecodeGrafana(Record& record) { DecodeAlertGroup(record, model::Format::kGrafana); }

}  // namespace srehub::sources
