#include "http/metrics.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

namespace srehub::http {
namespace {

void AddTo(std::atomic<double>* target, double delta) {
  double seen = target->load(std::memory_order_relaxed);
  while (!target->compare_exchange_weak(seen, seen + delta, std::memory_order_relaxed)) {
  }
}

std::string NumberText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

void AppendEscaped(std::string* out, std::string_view text, bool quote) {
  for (const char c : text) {
    if (c == '\\') *out += "\\\\";
    else if (c == '\n') *out += "\\n";
    else if (c == '"' && quote) *out += "\\\"";
    else *out += c;
  }
}

// The series of `labels`, or the family's overflow series once it holds too many.
template <typename T>
T& SeriesOf(std::map<MetricLabels, std::unique_ptr<T>>* series, const MetricLabels& labels) {
  auto found = series->find(labels);
  if (found == series->end()) {
    MetricLabels key = labels;
    if (series->size() >= Metrics::kMaxSeries)
      for (auto& [name, value] : key) value = "other";
    found = series->try_emplace(std::move(key)).first;
    if (!found->second) found->second = std::make_unique<T>();
  }
  return *found->second;
}

}  // namespace

void Gauge::Add(double delta) { AddTo(&value_, delta); }

void Histogram::Observe(double seconds) {
  size_t i = 0;
  while (i < kBounds.size() && seconds > kBounds[i]) ++i;
  buckets_[i].fetch_add(1, std::memory_order_relaxed);
  AddTo(&sum_, seconds);
}

void MetricsWriter::BeginFamily(std::string_view name, std::string_view help, Type type) {
  static constexpr std::string_view kTypes[] = {"counter", "gauge", "histogram"};
  family_ = std::string(name);
  out_ += fmt::format("# HELP {} ", name);
  AppendEscaped(&out_, help, false);
  out_ += fmt::format("\n# TYPE {} {}\n", name, kTypes[static_cast<size_t>(type)]);
}

void MetricsWriter::Line(std::string_view suffix, const MetricLabels& labels,
                         std::string_view value) {
  out_ += family_;
  out_ += suffix;
  if (!labels.empty()) {
    char separator = '{';
    for (const auto& [name, text] : labels) {
      out_ += separator;
      out_ += name;
      out_ += "=\"";
      AppendEscaped(&out_, text, true);
      out_ += '"';
      separator = ',';
    }
    out_ += '}';
  }
  out_ += ' ';
  out_ += value;
  out_ += '\n';
}

void MetricsWriter::Sample(const MetricLabels& labels, double value) {
  Line("", labels, NumberText(value));
}

void MetricsWriter::Sample(const MetricLabels& labels, uint64_t value) {
  Line("", labels, std::to_string(value));
}

void MetricsWriter::SampleHistogram(const MetricLabels& labels, const Histogram& histogram) {
  uint64_t total = 0;
  MetricLabels with_bound = labels;
  with_bound.emplace_back("le", "");
  for (size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
    total += histogram.BucketCount(i);
    with_bound.back().second =
        i < Histogram::kBounds.size() ? NumberText(Histogram::kBounds[i]) : "+Inf";
    Line("_bucket", with_bound, std::to_string(total));
  }
  Line("_sum", labels, NumberText(histogram.sum()));
  Line("_count", labels, std::to_string(total));
}

Metrics::Family& Metrics::GetFamily(std::string_view name, std::string_view help,
                                    MetricsWriter::Type type) {
  auto [found, added] = families_.try_emplace(std::string(name));
  if (added) {
    found->second.help = std::string(help);
    found->second.type = type;
  }
  assert(found->second.type == type);
  return found->second;
}

Counter& Metrics::GetCounter(std::string_view name, std::string_view help,
                             const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  return SeriesOf(&GetFamily(name, help, MetricsWriter::Type::kCounter).counters, labels);
}

Gauge& Metrics::GetGauge(std::string_view name, std::string_view help, const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  return SeriesOf(&GetFamily(name, help, MetricsWriter::Type::kGauge).gauges, labels);
}

Histogram& Metrics::GetHistogram(std::string_view name, std::string_view help,
                                 const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  return SeriesOf(&GetFamily(name, help, MetricsWriter::Type::kHistogram).histograms, labels);
}

void Metrics::AddCollector(std::function<void(MetricsWriter*)> collector) {
  const std::lock_guard lock(mutex_);
  collectors_.push_back(std::move(collector));
}

std::string Metrics::Render() const {
  MetricsWriter writer;
  std::vector<std::function<void(MetricsWriter*)>> collectors;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, family] : families_) {
      writer.BeginFamily(name, family.help, family.type);
      for (const auto& [labels, counter] : family.counters) writer.Sample(labels, counter->value());
      for (const auto& [labels, gauge] : family.gauges) writer.Sample(labels, gauge->value());
      for (const auto& [labels, histogram] : family.histograms)
        writer.SampleHistogram(labels, *histogram);
    }
    collectors = collectors_;
  }
  for (const auto& collector : collectors) collector(&writer);
  return writer.Take();
}

}  // namespace srehub::http
