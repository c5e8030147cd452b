#include "collect/pipeline_sink.h"

namespace srehub::collect {

Result<ingest::Receipt> PipelineSink::Deliver(const Batch& batch) {
  model::Delivery delivery;
  delivery.format = batch.format;
  delivery.body = batch.body;
  delivery.received = batch.received.value_or(clock_->Now());
  if (!batch.idempotency_key.empty())
    delivery.headers.emplace_back("idempotency-key", batch.idempotency_key);
  return pipeline_->Ingest(delivery);
}

}  // namespace srehub::collect
