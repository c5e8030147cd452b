"""Payloads that others ship, fetched when a test runs and never kept: the examples of GitHub's
webhooks (npm) and the events that Amazon's Go library for Lambda is tested with (Go modules)."""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile

OCTOKIT = "@octokit/webhooks-examples@7.6.1"
AWS_LAMBDA_GO = "github.com/aws/aws-lambda-go@v1.55.1"
FETCH_SECONDS = 300

# RFC 3339 with a T and seconds, and the seconds and milliseconds since 1970 of 2001 to 2033.
TIME_TEXT = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d(T\d\d:\d\d:\d\d)")


def run(command, folder, **more):
    """Standard output of a package client; a missing one fails the test."""
    if not shutil.which(command[0]):
        raise RuntimeError(f"{command[0]} is missing: scripts/install_dependencies test")
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=FETCH_SECONDS,
                          env={**os.environ, **more}, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr.decode()[-2000:]}"
    return done.stdout.decode()


@functools.cache
def github_examples():
    """[(event, number, payload)] of api.github.com."""
    with tempfile.TemporaryDirectory() as folder:
        name = json.loads(run(["npm", "pack", "--json", OCTOKIT], folder))[0]["filename"]
        found = list(pathlib.Path(folder).glob("*.tgz"))
        assert len(found) == 1, f"{name}: {found}"
        with tarfile.open(found[0]) as packed:
            text = packed.extractfile("package/api.github.com/index.json").read()
    return [(event["name"], number, example)
            for event in json.loads(text) for number, example in enumerate(event["examples"])]


@functools.cache
def aws_examples():
    """{file name: text} of the library's own test data."""
    with tempfile.TemporaryDirectory() as folder:
        told = json.loads(run(["go", "mod", "download", "-json", AWS_LAMBDA_GO], folder,
                              GOFLAGS="-mod=mod"))
    data = pathlib.Path(told["Dir"]) / "events" / "testdata"
    return {path.name: path.read_text() for path in sorted(data.glob("*.json"))}


def moved(text, day):
    """The same payload as if it had been sent on `day` ("2025-08-26")."""
    return TIME_TEXT.sub(day + r"\1", text)
