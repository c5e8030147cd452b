// RFC 4648 base 64. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace srehub {

enum class Base64Alphabet {
  kStandard,  // + and /, padded with =
  kUrl,       // - and _, not padded
};

std::string Base64Encode(std::string_view bytes,
                         Base64Alphabet alphabet = Base64Alphabet::kStandard);

// Strict: no white space, no foreign characters, no stray bits. Padding may be left out.
// Errors: kMalformed with the byte offset in `where`.
Result<std::string> Base64Decode(std::string_view text,
                                 Base64Alphabet alphabet = Base64Alphabet::kStandard);

}  // namespace srehub
