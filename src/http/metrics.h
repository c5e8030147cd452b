// The hub's own figures in the Prometheus text format 0.0.4.
// Thread-safe: a returned Counter, Gauge or Histogram lives as long as the registry and is updated
// without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srehub::http {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void Add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double delta);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Seconds, in buckets from 0.1 ms to 30 s.
class Histogram {
 public:
  static constexpr std::array<double, 17> kBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                     0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                     1,      2.5,     5,      10,    30};
  void Observe(double seconds);
  uint64_t BucketCount(size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> buckets_{};  // the last: above all bounds
  std::atomic<double> sum_{0};
};

// Writes samples of families whose values live elsewhere. One BeginFamily per name, its samples
// directly after it.
class MetricsWriter {
 public:
  enum class Type : uint8_t { kCounter, kGauge, kHistogram };
  void BeginFamily(std::string_view name, std::string_view help, Type type);
  void Sample(const MetricLabels& labels, double value);
  void Sample(const MetricLabels& labels, uint64_t value);
  void SampleHistogram(const MetricLabels& labels, const Histogram& histogram);
  std::string Take() { return std::move(out_); }

 private:
  void Line(std::string_view suffix, const MetricLabels& labels, std::string_view value);
  std::string out_;
  std::string family_;
};

class Metrics {
 public:
  // `name` in full ("srehub_http_requests_total"). The same name and labels give the same object;
  // a name is used for one type only (asserted). Past kMaxSeries label sets a family answers with
  // its overflow series, whose label values are all "other".
  Counter& GetCounter(std::string_view name, std::string_view help,
                      const MetricLabels& labels = {});
  Gauge& GetGauge(std::string_view name, std::string_view help, const MetricLabels& labels = {});
  Histogram& GetHistogram(std::string_view name, std::string_view help,
                          const MetricLabels& labels = {});
  // Called at every scrape, in the order added; must not call back into this registry.
  void AddCollector(std::function<void(MetricsWriter*)> collector);

  std::string Render() const;

  static constexpr size_t kMaxSeries = 1'000;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Family {
    std::string help;
    MetricsWriter::Type type{};
    std::map<MetricLabels, std::unique_ptr<Counter>> counters;
    std::map<MetricLabels, std::unique_ptr<Gauge>> gauges;
    std::map<MetricLabels, std::unique_ptr<Histogram>> histograms;
  };
  Family& GetFamily(std::string_view name, std::string_view help, MetricsWriter::Type type);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
  std::vector<std::function<void(MetricsWriter*)>> collectors_;
};

}  // namespace srehub::http
