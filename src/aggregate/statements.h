// How one event enters the sets of an IncidentState. Internal to the fold.
#pragma once

#include <string>
#include <vector>

#include "aggregate/incident_state.h"
#include "model/event.h"

namespace srehub::aggregate {

// One active minute joins the runs, merging those it connects.
void InsertPointRun(std::vector<PointRun>* runs, Minute minute, model::Severity severity);
// Of equal counts the earliest stays (then the earlier start, then the lower severity).
void AddObservation(Series* series, const model::Event& event);
// `arrival_order` is the fold's mutant.
void AddStatement(Signal* signal, const model::Event& event, bool arrival_order);
void AddRunStatement(std::vector<RunStatement>* runs, const model::Event& event, bool closing);
// The event becomes the sample when it is the newest so far.
void NoteSample(IncidentState* state, const model::Event& event);
// The object that an event above info names joins the objects touched.
void NoteObject(IncidentState* state, const model::Event& event);
// Forgets what lies wholly before `horizon`; counters stay as they are.
void PruneSets(IncidentState* state, Instant horizon);

}  // namespace srehub::aggregate
