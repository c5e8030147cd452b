// Keys and values of the embedded store. The first byte chooses which.
#include "fuzz.h"
#include "store/rocksdb/incident_item.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/meta_codec.h"

namespace srehub::fuzz {
namespace {

namespace embedded = store::embedded;

template <typename T>
void CheckDamage(const Result<T>& decoded) {
  if (!decoded) FUZZ_CHECK(decoded.error().code == ErrorCode::kDataLoss);
}

void CheckItem(std::string_view bytes) {
  const auto item = embedded::DecodeItem(bytes);
  CheckDamage(item);
  if (!item) return;
  const auto again = embedded::DecodeItem(embedded::EncodeItem(*item));
  FUZZ_CHECK(again && again->rows == item->rows &&
             aggregate::SameContent(again->state, item->state));
}

void CheckEpisodes(std::string_view bytes) {
  const auto episodes = embedded::DecodeEpisodes(bytes);
  CheckDamage(episodes);
  if (!episodes) return;
  const auto again = embedded::DecodeEpisodes(embedded::EncodeEpisodes(*episodes));
  FUZZ_CHECK(again && *again == *episodes);
}

// Codecs of values without an equality: the written form must be stable.
template <typename T>
void CheckStable(Result<T> (*decode)(std::string_view), std::string (*encode)(const T&),
                 std::string_view bytes) {
  const auto value = decode(bytes);
  CheckDamage(value);
  if (!value) return;
  const std::string written = encode(*value);
  const auto again = decode(written);
  FUZZ_CHECK(again && encode(*again) == written);
}

void CheckKeys(std::string_view bytes) {
  model::EventKey event;
  if (embedded::ParseEventKey(bytes, &event))
    FUZZ_CHECK(embedded::EventKeyOf(event.service_id, event.timestamp, event.event_id) == bytes);
  std::string service, type;
  if (embedded::ParseIncidentKey(bytes, &service, &type))
    FUZZ_CHECK(embedded::IncidentKeyOf(service, type) == bytes);
  int64_t heat = 0;
  Instant due{};
  std::string_view incident;
  embedded::ParseHeatKey(bytes, &heat, &incident);
  embedded::ParseDueKey(bytes, &due, &incident);
  embedded::ParseDeployKey(bytes, &event);
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  namespace embedded = store::embedded;
  std::string_view bytes = fuzz::Text(data, size);
  switch (fuzz::TakeByte(&bytes) % 9) {
    case 0: fuzz::CheckItem(bytes); break;
    case 1: fuzz::CheckEpisodes(bytes); break;
    case 2: fuzz::CheckKeys(bytes); break;
    case 3: fuzz::CheckStable(embedded::DecodeHealth, embedded::EncodeHealth, bytes); break;
    case 4:
      fuzz::CheckStable(embedded::DecodeAcknowledgement, embedded::EncodeAcknowledgement, bytes);
      break;
    case 5: fuzz::CheckStable(embedded::DecodeSilence, embedded::EncodeSilence, bytes); break;
    case 6: fuzz::CheckStable(embedded::DecodeOutcome, embedded::EncodeOutcome, bytes); break;
    case 7: fuzz::CheckDamage(embedded::DecodeReject("id", bytes)); break;
    default: fuzz::CheckDamage(embedded::DecodeService("checkout-api", bytes)); break;
  }
  return 0;
}
