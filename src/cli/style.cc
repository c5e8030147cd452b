#include "cli/style.h"

namespace srehub::cli {
namespace {

std::string_view CodeOf(Ink ink) {
  switch (ink) {
    case Ink::kPlain: return "";
    case Ink::kBold: return "\x1b[1m";
    case Ink::kDim: return "\x1b[2m";
    case Ink::kRed: return "\x1b[31m";
    case Ink::kRedBold: return "\x1b[1;31m";
    case Ink::kYellow: return "\x1b[33m";
    case Ink::kBlue: return "\x1b[34m";
    case Ink::kGreen: return "\x1b[32m";
  }
  return "";
}

}  // namespace

std::string Style::Paint(std::string_view text, Ink ink) const {
  if (!color || ink == Ink::kPlain || text.empty()) return std::string(text);
  return std::string(CodeOf(ink)) + std::string(text) + "\x1b[0m";
}

std::string Style::Time(Instant t) const {
  const std::string local = zone.FormatLocal(t);  // "2025-08-26T16:01:23+02:00"
  const std::string clock = local.substr(11, 8);
  if (zone.FormatDate(now) == local.substr(0, 10)) return clock;
  return local.substr(0, 10) + " " + clock;
}

std::string Style::Ago(Instant t) const {
  const auto seconds = [](Duration d) { return std::chrono::floor<std::chrono::seconds>(d); };
  if (t > now) return "in " + FormatDuration(seconds(t - now));
  return FormatDuration(seconds(now - t)) + " ago";
}

Ink InkOfSeverity(std::string_view severity) {
  if (severity == "critical") return Ink::kRedBold;
  if (severity == "high") return Ink::kRed;
  if (severity == "medium") return Ink::kYellow;
  if (severity == "low") return Ink::kBlue;
  return Ink::kDim;
}

}  // namespace srehub::cli
