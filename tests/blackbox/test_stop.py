"""SIGTERM under load: what was answered is kept, what was not is said so, and it is quick."""
import os
import signal
import subprocess
import time

import pytest

import srehub
from load import Load, incident_id, stored_ids

NOW, WHEN = "2025-08-26T14:10:00Z", "2025-08-26T14:02:00Z"


def stop_under_load(hub, folder, round_, signal_):
    load = Load(hub, folder, round_, WHEN).start()
    srehub.wait_for("500 acknowledged events", lambda: load.acked_count() >= 500, 60, every=0.005)
    began = time.monotonic()
    os.kill(hub.process.pid, signal_)
    status = hub.process.wait(20)
    took = time.monotonic() - began
    hub.process = None
    load.join()
    return load, status, took


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load_loses_nothing(hubs, tmp_path, signal_):
    hub = hubs(clock=NOW)
    for round_ in range(3):
        load, status, took = stop_under_load(hub, tmp_path, round_, signal_)
        assert status == 0, hub.log()
        assert took <= 5, f"{took:.1f} s"
        report = srehub.run_json("verify", data=hub.data, clock=NOW)
        assert report["differenceCount"] == 0
        hub.start()
        for writer in load.writers:
            kept = stored_ids(hub, round_, writer.number)
            assert len(kept) == len(set(kept))
            assert not set(writer.acked) - set(kept), "acknowledged and lost"
            assert not set(kept) - set(writer.acked) - set(writer.unknown), "refused and kept"
            row = hub.incident(incident_id(round_, writer.number))["incident"]
            assert row["totalOccurrences"] == len(kept)


def test_a_stop_with_an_open_stream_and_an_idle_connection(hubs):
    """Neither keeps the hub from leaving."""
    import socket
    hub = hubs(clock=NOW)
    waiting = [socket.create_connection(("127.0.0.1", hub.port)) for _ in range(3)]
    waiting[0].sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    waiting[1].sendall(b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n")
    assert waiting[0].recv(100).startswith(b"HTTP/1.1 200 ")
    began = time.monotonic()
    assert hub.stop() == 0
    assert time.monotonic() - began <= 5
    for connection in waiting:
        connection.close()


def test_a_folder_has_one_hub(hubs):
    hub = hubs(clock=NOW)
    second = subprocess.run(
        [srehub.binary(), "serve", "--listen", f"127.0.0.1:{srehub.free_port()}", "--data",
         str(hub.data)], capture_output=True, timeout=30, env=srehub.environment())
    assert second.returncode == 1, second
    assert str(hub.data) in second.stderr.decode()
    assert hub.alive()
