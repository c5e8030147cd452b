// The pipeline of this process as a collector's sink.
#pragma once

#include "base/clock.h"
#include "collect/sink.h"
#include "ingest/pipeline.h"

namespace srehub::collect {

// Thread-safe, as the pipeline is. The pointers outlive the sink.
class PipelineSink final : public Sink {
 public:
  PipelineSink(ingest::Pipeline* pipeline, const Clock* clock)
      : pipeline_(pipeline), clock_(clock) {}
  Result<ingest::Receipt> Deliver(const Batch& batch) override;

 private:
  ingest::Pipeline* const pipeline_;
  const Clock* const clock_;
};

}  // namespace srehub::collect
