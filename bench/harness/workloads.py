"""Workloads and their references, generated once and kept."""
import json
import pathlib
import subprocess
import sys


class Workload:
    """A generated day: its files, its manifest, and what a hub must answer about it."""

    def __init__(self, generator, keep, events, seed):
        self.directory = pathlib.Path(keep) / f"workload-{events}-{seed}"
        manifest = self.directory / "manifest.json"
        if not manifest.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            print(f"generating {events} events (seed {seed})", file=sys.stderr)
            subprocess.run([generator, self.directory, str(events), str(seed)], check=True,
                           stdout=sys.stderr)
        self.manifest = json.loads(manifest.read_text())
        self._expected = None

    def expected(self):
        if self._expected is None:
            kept = self.directory / "expected.json"
            if not kept.exists():
                print("computing the reference from the files", file=sys.stderr)
                script = pathlib.Path(__file__).resolve().parent.parent / "reference.py"
                with open(kept.with_suffix(".part"), "wb") as out:
                    subprocess.run([sys.executable, script, self.directory], check=True, stdout=out)
                kept.with_suffix(".part").rename(kept)
            self._expected = json.loads(kept.read_text())
        return self._expected
