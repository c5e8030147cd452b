"""The demo tells its story through the real routes and checks the five answers itself."""
import os
import signal
import subprocess

import srehub


def test_demo_asserts_its_answers(tmp_path):
    done = srehub.run("demo", "--assert", "--listen", f"127.0.0.1:{srehub.free_port()}",
                      data=tmp_path / "demo", timeout=180)
    print(done.out, done.err)


def test_demo_continues_where_it_was_left(tmp_path):
    """Told once; started again it goes on instead of telling it twice."""
    port = srehub.free_port()
    totals = []
    for _ in range(2):
        process = subprocess.Popen(
            [srehub.binary(), "demo", "--listen", f"127.0.0.1:{port}", "--data",
             str(tmp_path / "demo")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=srehub.environment())
        try:
            def story():
                assert process.poll() is None
                try:
                    reply = srehub.send(port, "GET", "/api/v1/deploys/4821/correlation", timeout=5)
                    rows = srehub.send(port, "GET", "/api/v1/incidents/top", timeout=5).json()
                except OSError:
                    return None
                open_ = [r for r in rows["incidents"] if r["state"] == "open"]
                return rows["incidents"] if reply.status == 200 and len(open_) >= 2 else None
            rows = srehub.wait_for("the story is told", story, 120)
            row = srehub.find(rows, incidentId="payments-api#HighCPU")
            totals.append(row["totalOccurrences"])
        finally:
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(20) == 0
    assert totals[0] == totals[1]
