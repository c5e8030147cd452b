"""kill -9 under load: what was acknowledged is there, once, and every counter is right.

ROUNDS sets the number of rounds (10 by default; `./test long kill` runs 100).
"""
import os
import random
import time

import pytest

import srehub
from load import Load, incident_id, stored_ids

ROUNDS = int(os.environ.get("ROUNDS", "10"))
LEAST_ACKED = 500  # a round with less has tested nothing
NOW = "2025-08-26T14:10:00Z"
WHEN = "2025-08-26T14:02:00Z"
THREADS = 4


class Losses:
    """What the outside record and the hub disagree about."""

    def __init__(self):
        self.acked, self.lost, self.twice, self.invented, self.miscounted = 0, 0, 0, 0, 0

    def __repr__(self):
        return str(self.__dict__)

    def none(self):
        return self.lost == self.twice == self.invented == self.miscounted == 0


def play_round(hub, folder, round_, chance):
    """Load, then kill -9 at a random moment once enough was acknowledged."""
    load = Load(hub, folder, round_, WHEN, THREADS).start()
    srehub.wait_for(f"{LEAST_ACKED} acknowledged events", lambda: load.acked_count() >= LEAST_ACKED,
                    60, every=0.005)
    time.sleep(chance.uniform(0.05, 0.5))
    hub.kill()
    load.join()
    assert load.acked_count() >= LEAST_ACKED, "the round is void"
    return load


def compare(hub, load, losses):
    """The record of one round against what the hub has, and its counters against both."""
    for writer in load.writers:
        stored = stored_ids(hub, load.round, writer.number)
        kept = set(stored)
        losses.acked += len(writer.acked)
        losses.lost += len(set(writer.acked) - kept)
        losses.twice += len(stored) - len(kept)
        losses.invented += len(kept - set(writer.acked) - set(writer.unknown))
        if kept:
            losses.miscounted += counted(hub, load, writer) != len(kept)


def counted(hub, load, writer):
    row = hub.incident(incident_id(load.round, writer.number))["incident"]
    return row["totalOccurrences"]


def retry_unknown(hub, load, losses):
    """What no answer told of is sent again with the same ids: then each is there exactly once."""
    for writer in load.writers:
        if not writer.unknown:
            continue
        receipt = hub.post("/api/v1/events", load.body_of(writer.number, writer.unknown))
        assert receipt["accepted"] + receipt["duplicate"] == len(writer.unknown)
        stored = stored_ids(hub, load.round, writer.number)
        losses.lost += len(set(writer.unknown) - set(stored))
        losses.twice += len(stored) - len(set(stored))
        losses.miscounted += counted(hub, load, writer) != len(stored)


def differences(hub):
    return srehub.run_json("verify", data=hub.data, clock=NOW)["differenceCount"]


def test_kill_9_loses_nothing_and_counts_nothing_twice(hubs, tmp_path):
    seed = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
    print(f"SEED={seed} ROUNDS={ROUNDS}")
    chance = random.Random(seed)
    hub = hubs(clock=NOW)
    losses, slowest = Losses(), 0.0
    for round_ in range(ROUNDS):
        load = play_round(hub, tmp_path, round_, chance)
        began = time.monotonic()
        hub.start()
        slowest = max(slowest, time.monotonic() - began)
        compare(hub, load, losses)
        retry_unknown(hub, load, losses)
        assert losses.none(), f"round {round_}, SEED={seed}: {losses}"
    print(f"{ROUNDS} rounds, {losses.acked} acknowledged: {losses}; ready within {slowest:.2f} s")
    assert hub.stop() == 0
    assert differences(hub) == 0


def test_verify_is_clean_on_the_folder_as_the_kill_left_it(hubs, tmp_path):
    """No hub in between: the command line recovers the folder itself."""
    hub = hubs(clock=NOW)
    for round_ in range(2):
        play_round(hub, tmp_path, round_, random.Random(round_))
        assert differences(hub) == 0
        hub.start()


@pytest.mark.parametrize("mutant", ["no_log,no_sync"])
def test_the_control_must_lose(hubs, tmp_path, mutant):
    """The same script on a hub that acknowledges before anything is safe finds the losses."""
    hub = hubs(clock=NOW, env={"SREHUB_MUTANTS": mutant})
    assert "SREHUB_MUTANTS" in hub.log(), "such a hub says loudly what it is"
    losses = Losses()
    for round_ in range(2):
        load = play_round(hub, tmp_path, round_, random.Random(round_))
        hub.start()
        compare(hub, load, losses)
    print(f"control: {losses}")
    assert losses.lost > 0, "the script cannot see losses"
