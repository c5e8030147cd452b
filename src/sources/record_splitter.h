// Cuts a body into records: one JSON value, an array, NDJSON or concatenated JSON (also pretty
// printed, as `kubectl get -w -o json` writes it). Elements of top-level arrays are records.
// Values are told apart by their brackets alone, so a record that does not parse costs only
// itself; where even that fails, the next line that begins a value is found again. A line that
// looks like one whole value is taken for one before its brackets are followed: most feeds send
// nothing else.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sources/json_scan.h"

namespace srehub::sources {

struct Piece {
  std::string_view text;     // the value's bytes; of a broken piece, what was passed over
  size_t offset = 0;         // of the text, in the body
  std::string_view problem;  // not empty: no value can be told apart here, and why
};

// A value; the body must outlive it. Every byte is scanned at most a small constant number of
// times, however the body is broken.
class RecordSplitter {
 public:
  explicit RecordSplitter(std::string_view body);

  std::optional<Piece> Next();

  // The piece returned last did not parse. If it was only taken for a value because it fills its
  // line, its brackets are followed now: the result is what stands there, and true.
  bool LookCloser(Piece* piece);

  // The piece returned last did not parse. If it runs over several lines and one of them begins a
  // value, the piece really ended there: it is cut, and Next continues with that line. Returns
  // the piece as it stands now.
  Piece Resync();

  // Whether the last piece belongs to the only top-level value of the body, so that a break in
  // it breaks the whole.
  bool AloneInBody();

  // Whether some top-level value could be followed to its end.
  bool found_value() const { return found_value_; }

 private:
  std::optional<Piece> NextElement();
  std::optional<Piece> WholeLine();
  Piece Object();
  Piece Line();
  Piece GiveUp(size_t begin, std::string_view problem);
  // Start of the next line behind `from` that begins with a bracket, or the end of the body.
  size_t NextPlausibleStart(size_t from) const;

  std::string_view body_;
  size_t pos_ = 0;
  size_t top_level_values_ = 0;
  bool found_value_ = false;
  std::optional<ElementScanner> array_;
  size_t array_begin_ = 0;
  bool last_in_array_ = false;
  bool last_is_guess_ = false;
  Piece last_;
  size_t line_end_ = 0;                 // of the line that was looked at last
  size_t no_guess_before_ = 0;          // behind the line that was last taken for a value wrongly
  std::optional<bool> array_is_alone_;  // known once asked for, of the first top-level array
  size_t rescan_budget_ = 0;            // bytes that may still be scanned again after a break
};

}  // namespace srehub::sources
