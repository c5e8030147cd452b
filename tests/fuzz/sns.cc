// A message of SNS, and the URLs in it. Whatever is accepted obeys the rules as they are written.
#include "trust/sns.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string body(fuzz::Text(data, size));
  const auto message = trust::ParseSns(body);
  if (!message) {
    FUZZ_CHECK(!message.error().message.empty());
    return 0;
  }
  FUZZ_CHECK(message->signature_version == 1 || message->signature_version == 2);
  FUZZ_CHECK(trust::CanonicalText(*message).ends_with("Type\n" + message->type + "\n"));
  const std::string region = trust::RegionOfTopic(message->topic_arn);
  const std::string host = "https://sns." + region + ".amazonaws.com";
  if (trust::CheckCertificateUrl(message->certificate_url, region)) {
    FUZZ_CHECK(!region.empty() && message->certificate_url.starts_with(host));
    FUZZ_CHECK(message->certificate_url.find_first_of("@?#\\") == std::string::npos);
  }
  if (!message->is_notification() && trust::CheckSubscribeUrl(*message)) {
    FUZZ_CHECK(!region.empty() && message->subscribe_url.starts_with(host));
    FUZZ_CHECK(message->subscribe_url.find_first_of("@#\\") == std::string::npos);
  }
  return 0;
}
