// The exception that a stack trace is about.
#pragma once

#include <string>
#include <string_view>

namespace srehub::sources {

// "java.net.SocketTimeoutException", "psycopg2.OperationalError", "TypeError": the class named by a
// stack trace or an error text ("Class: what happened"), or empty. Java, Python, JavaScript, .NET
// and Ruby forms; a name counts as a class only if it ends like one (…Error, …Exception, …).
std::string ExceptionClassIn(std::string_view text);

// Whether a log message carries a stack trace behind its first line.
bool HasStackTrace(std::string_view message);

}  // namespace srehub::sources
