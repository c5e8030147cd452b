#include "http/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace srehub::http {
namespace {

TEST(MetricsTest, WritesTheTextFormat) {
  Metrics metrics;
  metrics.GetCounter("srehub_b_total", "B.", {{"reason", "a \"b\"\\\n"}}).Add(3);
  metrics.GetGauge("srehub_a", "A line\nbreak.").Set(1.5);
  EXPECT_EQ(metrics.Render(),
            "# HELP srehub_a A line\\nbreak.\n# TYPE srehub_a gauge\nsrehub_a 1.5\n"
            "# HELP srehub_b_total B.\n# TYPE srehub_b_total counter\n"
            "srehub_b_total{reason=\"a \\\"b\\\"\\\\\\n\"} 3\n");
}

TEST(MetricsTest, HistogramIsCumulative) {
  Metrics metrics;
  Histogram& histogram = metrics.GetHistogram("srehub_h_seconds", "H.", {{"op", "x"}});
  histogram.Observe(0.0001);  // a bound belongs to its bucket
  histogram.Observe(0.002);
  histogram.Observe(99);
  const std::string text = metrics.Render();
  EXPECT_NE(text.find("srehub_h_seconds_bucket{op=\"x\",le=\"0.0001\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("srehub_h_seconds_bucket{op=\"x\",le=\"0.0025\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("srehub_h_seconds_bucket{op=\"x\",le=\"30\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("srehub_h_seconds_bucket{op=\"x\",le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("srehub_h_seconds_count{op=\"x\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("srehub_h_seconds_sum{op=\"x\"} 99.0021\n"), std::string::npos) << text;
}

TEST(MetricsTest, SameNameAndLabelsAreOneSeries) {
  Metrics metrics;
  Counter& a = metrics.GetCounter("srehub_x_total", "X.", {{"l", "1"}});
  EXPECT_EQ(&a, &metrics.GetCounter("srehub_x_total", "X.", {{"l", "1"}}));
  EXPECT_NE(&a, &metrics.GetCounter("srehub_x_total", "X.", {{"l", "2"}}));
}

TEST(MetricsTest, SeriesPastTheCapAreCountedAsOther) {
  Metrics metrics;
  for (size_t i = 0; i < Metrics::kMaxSeries + 5; ++i)
    metrics.GetCounter("srehub_x_total", "X.", {{"l", std::to_string(i)}}).Add();
  EXPECT_EQ(metrics.GetCounter("srehub_x_total", "X.", {{"l", "new"}}).value(), 5u);
  EXPECT_NE(metrics.Render().find("srehub_x_total{l=\"other\"} 5\n"), std::string::npos);
}

TEST(MetricsTest, CollectorsAreAskedAtEachScrape) {
  Metrics metrics;
  uint64_t value = 0;
  metrics.AddCollector([&value](MetricsWriter* writer) {
    writer->BeginFamily("srehub_live", "Live.", MetricsWriter::Type::kGauge);
    writer->Sample({}, ++value);
  });
  EXPECT_NE(metrics.Render().find("srehub_live 1\n"), std::string::npos);
  EXPECT_NE(metrics.Render().find("srehub_live 2\n"), std::string::npos);
}

TEST(MetricsTest, CountsFromManyThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 1000; ++i) {
        metrics.GetCounter("srehub_x_total", "X.").Add();
        metrics.GetHistogram("srehub_h_seconds", "H.").Observe(1);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(metrics.GetCounter("srehub_x_total", "X.").value(), 4000u);
  EXPECT_EQ(metrics.GetHistogram("srehub_h_seconds", "H.").sum(), 4000.0);
}

}  // namespace
}  // namespace srehub::http
