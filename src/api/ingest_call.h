// From a request to the pipeline and back: what all ingest routes share.
#pragma once

#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "http/message.h"
#include "ingest/receipt.h"
#include "model/observation.h"

namespace srehub::api {

// What the configuration says of a source, by its name or its format's; null when nothing.
const SourcePolicy* PolicyOf(const Services& services, std::string_view name);

// Checks who sends (the caller's token, or the delivery's signature) and hands the body on.
// `policy` is that of the path's source, or null. Errors: kForbidden, those of CheckSender and of
// Pipeline::Ingest.
Result<ingest::Receipt> IngestBody(const Services& services, const http::Request& request,
                                   model::Format format, std::string_view body,
                                   const SourcePolicy* policy = nullptr);

// 200 when anything was taken, known or ignored, or nothing was sent; 422 when all was refused.
int StatusOf(const ingest::Receipt& receipt);
// {accepted, duplicate, rejected, dropped, ignored, errors: [{record, field, reason, message}],
// errorsTruncated, notices}
std::string ReceiptToJson(const ingest::Receipt& receipt);

}  // namespace srehub::api
