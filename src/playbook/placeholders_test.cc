#include "playbook/placeholders.h"

#include <gtest/gtest.h>

namespace srehub::playbook {
namespace {

TEST(Placeholders, AreFilledFromValues) {
  const Values values = {{"namespace", "shop"}, {"pod", "checkout-api-57ff7"}};
  EXPECT_EQ(Fill("kubectl -n {namespace} logs {pod} --previous", values),
            "kubectl -n shop logs checkout-api-57ff7 --previous");
}

TEST(Placeholders, StayWhereNoValueIsKnown) {
  EXPECT_EQ(Fill("kubectl logs {pod} -c {container}", {{"pod", "a"}}),
            "kubectl logs a -c {container}");
}

TEST(Placeholders, StayWhereTheValueCouldMeanSomethingToAShell) {
  for (const char* value : {"a; rm -rf /", "$(id)", "`id`", "a b", "a\nb", "a'b", "a\"b", "a&b",
                            "a|b", "a>b", "a\\b", "*", "~", "--all", "-n", "", "caf\xC3\xA9"})
    EXPECT_EQ(Fill("kubectl logs {pod}", {{"pod", value}}), "kubectl logs {pod}") << value;
}

TEST(Placeholders, AcceptTheNamesThatSystemsReallyUse) {
  for (const char* value :
       {"checkout-api-57ff7", "registry.example.com:5000/team/app@sha256:ab12",
        "ip-10-0-1-2.eu-west-1.compute.internal", "v1.2.3_rc1", "acme/checkout"})
    EXPECT_TRUE(IsSafeValue(value)) << value;
  EXPECT_TRUE(IsSafeValue(std::string(253, 'a')));
  EXPECT_FALSE(IsSafeValue(std::string(254, 'a')));
}

TEST(Placeholders, AFilledValueIsNotReadAgain) {
  EXPECT_EQ(Fill("{pod} {node}", {{"pod", "{node}"}, {"node", "n1"}}), "{pod} n1");
}

TEST(Placeholders, OtherBracesSurvive) {
  const Values values = {{"pod", "p"}, {"print", "x"}};
  const std::string text = "kubectl get pod {pod} -o jsonpath='{.status.phase}' | awk '{print $1}'";
  EXPECT_EQ(Fill(text, values),
            "kubectl get pod p -o jsonpath='{.status.phase}' | awk '{print $1}'");
  EXPECT_EQ(Fill("{pod", values), "{pod");
  EXPECT_EQ(Fill("{{pod}}", values), "{p}");
}

TEST(Placeholders, MisspeltNamesAreFound) {
  EXPECT_EQ(UnknownPlaceholders("kubectl -n {namespce} logs {pod}"),
            std::vector<std::string>{"namespce"});
  EXPECT_TRUE(UnknownPlaceholders("jsonpath='{.items[0]}' {pod}").empty());
}

}  // namespace
}  // namespace srehub::playbook
