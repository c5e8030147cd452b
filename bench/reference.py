#!/usr/bin/env python3
"""reference.py DIRECTORY: what a hub that took in this workload must answer, as JSON.

Computed from the files and the manifest's questions alone; the hub is never asked.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from expected import answers  # noqa: E402


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: reference.py DIRECTORY")
    directory = pathlib.Path(sys.argv[1])
    manifest = json.loads((directory / "manifest.json").read_text())
    json.dump(answers.compute(directory, manifest), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
