"""What a set of events makes of one incident: occurrences, episodes, state and score.

The plain definitions, computed from the whole set at once; nothing is incremental.
"""
import collections
import math

from .records import EXPIRE_AFTER, HIGH, INFO, MINUTE

HOLD_DOWN = 10  # minutes between the starts of two active minutes of one episode
WEIGHTS = [0, 0, 1, 4, 16, 64]
HALF_LIFE = 15.0
OPEN_TERM = 1 / (1 - 2 ** (-1 / HALF_LIFE))
HEAT_MINUTES = 180
QUIET_HOURS = 168
FINAL_AFTER = 10 * MINUTE  # a resend received later than this undoes a resolution

Interval = collections.namedtuple("Interval", "start end worst opening first_high")
Episode = collections.namedtuple("Episode", "first last worst first_high open")


class Incident:
    def __init__(self):
        self.points = collections.Counter()  # (minute, severity) -> n
        self.last_point = None
        self.series = collections.defaultdict(dict)  # uid -> count -> (time, first, severity)
        self.statements = collections.defaultdict(dict)  # signal -> (time, order) -> fact
        self.lives = collections.defaultdict(dict)  # signal -> startsAt -> life
        self.runs = collections.defaultdict(list)  # run -> [(time, severity, closes, environment)]
        self.from_pipelines = self.from_others = False
        self.last_evidence = 0

    def take(self, fact, closing):
        self.last_evidence = max(self.last_evidence, fact.time)
        if fact.kind == "run":
            self.from_pipelines = True
            self.runs[fact.run].append((fact.time, fact.severity, closing, fact.environment))
            return
        self.from_others = True
        if fact.kind == "point":
            self.points[fact.time // MINUTE, fact.severity] += 1
            self.last_point = max(self.last_point or 0, fact.time)
        elif fact.kind == "series":
            new = (fact.time, fact.first, fact.severity)
            old = self.series[fact.signal].get(fact.count, new)
            self.series[fact.signal][fact.count] = min(old, new)
        elif fact.kind == "statement":
            order = {"unknown": 0, "firing": 1, "resolved": 2}[fact.phase]
            self.statements[fact.signal][fact.time, order] = fact
        else:
            life = self.lives[fact.signal].setdefault(
                fact.starts_at, {"severity": 0, "resolved": 0, "refresh": 0, "expires": 0})
            life["severity"] = max(life["severity"], fact.severity)
            if fact.phase == "resolved":
                life["resolved"] = max(life["resolved"], fact.time)
            elif fact.phase == "refresh":
                life["refresh"] = max(life["refresh"], fact.time)
                life["expires"] = max(life["expires"], fact.expires_at)

    # --- Signals ------------------------------------------------------------------------------

    def _life_intervals(self, lives):
        out = []
        for start, life in sorted(lives.items()):
            if life["resolved"] and life["refresh"] <= life["resolved"] + FINAL_AFTER:
                end = life["resolved"]
            else:
                end = life["expires"] or start + EXPIRE_AFTER
            end = max(end, start)
            severity = life["severity"]
            high = start if severity >= HIGH else None
            if out and start <= out[-1].end:
                last = out[-1]
                out[-1] = Interval(last.start, max(last.end, end), max(last.worst, severity),
                                   last.opening, last.first_high or high)
            else:
                out.append(Interval(start, end, severity, severity, high))
        return out

    def _statement_intervals(self, statements):
        out, opened = [], None
        for (time, _), fact in sorted(statements.items(), key=lambda item: item[0]):
            if opened and time >= opened["expiry"]:
                out.append(self._close(opened, opened["expiry"]))
                opened = None
            if fact.phase == "resolved":
                if opened:
                    out.append(self._close(opened, time))
                opened = None
                continue
            if not opened:
                if fact.phase != "firing":
                    continue
                opened = {"start": time, "opening": fact.severity, "worst": fact.severity,
                          "expiry": fact.expires_at, "high": None}
            opened["expiry"] = max(opened["expiry"], fact.expires_at)
            if fact.phase == "firing":
                opened["worst"] = max(opened["worst"], fact.severity)
                if fact.severity >= HIGH and opened["high"] is None:
                    opened["high"] = time
        if opened:
            out.append(self._close(opened, opened["expiry"]))
        return out

    @staticmethod
    def _close(opened, end):
        return Interval(opened["start"], end, opened["worst"], opened["opening"], opened["high"])

    def intervals(self):
        """By signal; a signal of one kind never has statements of the other."""
        out = {s: self._life_intervals(lives) for s, lives in self.lives.items()}
        for signal, statements in self.statements.items():
            out[signal] = self._statement_intervals(statements)
        return out

    # --- Occurrences --------------------------------------------------------------------------

    def _counted(self):
        """(time, severity, n, scope) of the series and the runs."""
        for observations in self.series.values():
            previous = 0
            for count, (time, first, severity) in sorted(observations.items()):
                if previous == 0:
                    yield first, severity, 1, ""
                    if count > 1:
                        yield time, severity, count - 1, ""
                else:
                    yield time, severity, count - previous, ""
                previous = count
        for statements in self.runs.values():
            counting = [s for s in statements if not s[2]]
            if counting:
                time, severity, _, environment = min(counting)
                yield time, severity, 1, environment

    def finish(self):
        """Computes what the questions ask for; call once, after the last take()."""
        self.minutes = collections.defaultdict(lambda: [0] * 6)
        for (minute, severity), n in self.points.items():
            self.minutes[minute][severity] += n
        self.counted = list(self._counted())
        self.all_intervals = self.intervals()
        self.occurrences = self.counted + [
            (i.start, i.opening, 1, "") for s in self.all_intervals.values() for i in s]
        for time, severity, n, _ in self.occurrences:
            self.minutes[time // MINUTE][severity] += n
        times = [o[0] for o in self.occurrences]
        if self.last_point:
            times.append(self.last_point)
        self.last_seen = max(times, default=None)
        self.listed = any(n for counts in self.minutes.values() for n in counts[INFO + 1:])
        return self

    def active(self, minute):
        return sum(self.minutes[minute][INFO + 1:]) if minute in self.minutes else 0

    def active_between(self, first, last):
        """Occurrences at or above low in the minutes first..last."""
        return sum(self.active(m) for m in range(first, last + 1))

    # --- Episodes and state -------------------------------------------------------------------

    def episodes(self, now):
        stretches = []
        for (minute, severity) in self.points:
            if severity > INFO:
                stretches.append((minute, minute, severity,
                                  minute if severity >= HIGH else None, False))
        for time, severity, _, _ in self.counted:
            minute = time // MINUTE
            if severity > INFO:
                stretches.append((minute, minute, severity,
                                  minute if severity >= HIGH else None, False))
        for intervals in self.all_intervals.values():
            for i in intervals:
                first = i.start // MINUTE
                end = min(i.end, now)
                last = max(first, (end - 1) // MINUTE) if end > i.start else first
                high = i.first_high // MINUTE if i.first_high is not None else None
                stretches.append((first, last, i.worst, high, i.start <= now < i.end))
        out = []
        for first, last, worst, high, is_open in sorted(stretches, key=lambda s: s[:2]):
            if not out or first - out[-1].last > HOLD_DOWN:
                out.append(Episode(first, last, worst, high, is_open))
                continue
            e = out[-1]
            highs = [h for h in (e.first_high, high) if h is not None]
            out[-1] = Episode(e.first, max(e.last, last), max(e.worst, worst),
                              min(highs) if highs else None, e.open or is_open)
        return out

    def open_level(self, now):
        levels = [i.worst for s in self.all_intervals.values() for i in s if i.start <= now < i.end]
        return max(levels, default=0)

    def resolved(self):
        """In every scope the newest resolution is at or after the newest occurrence."""
        last, ended = {}, {}
        if self.last_point:
            last[""] = self.last_point
        for time, _, _, scope in self.occurrences:
            last[scope] = max(last.get(scope, 0), time)
        for lives in self.lives.values():
            for start, life in lives.items():
                if life["resolved"] and life["refresh"] <= life["resolved"] + FINAL_AFTER:
                    ended[""] = max(ended.get("", 0), life["resolved"], start)
        for statements in self.statements.values():
            for (time, _), fact in statements.items():
                if fact.phase == "resolved":
                    ended[""] = max(ended.get("", 0), time)
        for statements in self.runs.values():
            closing = [s[0] for s in statements if s[2]]
            if closing:
                scope = min((s[3] for s in statements if s[3]), default="")
                ended[scope] = max(ended.get(scope, 0), max(closing))
        return bool(last) and all(ended.get(scope, -1) >= time for scope, time in last.items())

    def state(self, now):
        """open, active, resolved or quiet (which here includes what is assumed to have ended)."""
        if any(i.start <= now < i.end for s in self.all_intervals.values() for i in s):
            return "open"
        if self.resolved():
            return "resolved"
        episodes = self.episodes(now)
        if episodes and now - episodes[-1].last * MINUTE <= HOLD_DOWN * MINUTE:
            return "active"
        return "quiet"

    # --- Score --------------------------------------------------------------------------------

    def score(self, now):
        level = self.open_level(now)
        open_term = OPEN_TERM * WEIGHTS[level] if level > INFO else 0.0
        if self.last_seen is None:
            return open_term
        after = self.last_seen // MINUTE - HEAT_MINUTES
        heat = 0.0
        for minute in self.minutes:
            if minute <= after or not self.active(minute):
                continue
            factor = 4.0 if self._novel(minute) else 1.0
            weight = sum(WEIGHTS[s] * min(math.log2(1 + n) * factor, 4.0)
                         for s, n in enumerate(self.minutes[minute]) if n)
            heat += weight * 2 ** (-(now - minute * MINUTE) / MINUTE / HALF_LIFE)
        return heat + open_term

    def _novel(self, minute):
        for hour in (minute // 60, minute // 60 - 1):
            first = self._first_active(hour)
            if first is not None and first <= minute < first + 60 and self._quiet_before(hour):
                return True
        return False

    def _first_active(self, hour):
        firsts = [m for m in range(hour * 60, hour * 60 + 60) if self.active(m)]
        candidates = firsts[:1]
        for s in self.all_intervals.values():
            for i in s:
                if self._touches(i, hour, hour):
                    candidates.append(max(i.start // MINUTE, hour * 60))
        return min(candidates, default=None)

    def _quiet_before(self, hour):
        if any(hour - QUIET_HOURS <= m // 60 < hour and self.active(m) for m in self.minutes):
            return False
        return not any(self._touches(i, hour - QUIET_HOURS, hour - 1)
                       for s in self.all_intervals.values() for i in s)

    @staticmethod
    def _touches(interval, first_hour, last_hour):
        last = max(interval.start, interval.end - 1)
        return (interval.start // (60 * MINUTE) <= last_hour
                and last // (60 * MINUTE) >= first_hour)
