// What the path of a log file says about its lines.
#pragma once

#include <string>
#include <string_view>

namespace srehub::sources {

struct FileName {
  std::string service;                     // empty where the name says none
  std::string pod, namespace_, container;  // all or none
};

// /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log and
// /var/log/containers/POD_NAMESPACE_CONTAINER-<64 hex>.log give the container; any other path
// the service: its last part without ".log", ".gz" and the like, and without what rotation adds
// (".1", "-20250826"). Names that every program gives its file (app, error, stdout, syslog, …) say
// nothing, and neither does standard input ("-"). Pure.
FileName ReadFileName(std::string_view path);

}  // namespace srehub::sources
