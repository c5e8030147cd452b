"""What every black-box test is given. A missing program fails the test; nothing is skipped."""
import os
import pathlib

import pytest

import srehub

FOUNDING_NOW = "2025-08-26T14:10:00Z"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Results go where the test runner counts them: one file per module."""
    results = os.environ.get("SREHUB_RESULTS")
    if results and not config.option.xmlpath:
        stems = [pathlib.Path(a.split("::")[0]).stem for a in config.args]
        name = stems[0].replace("test_", "blackbox_", 1) if len(stems) == 1 else "blackbox"
        config.option.xmlpath = os.path.join(results, name + ".xml")


class Hubs:
    """Starts hubs and sees that none outlives the test."""

    def __init__(self, folder):
        self.folder, self.started = folder, []

    def make(self, clock=None, **options):
        data = options.pop("data", None) or self.folder / f"hub-{len(self.started)}"
        hub = srehub.Hub(data, clock, **options)
        self.started.append(hub)
        return hub

    def __call__(self, clock=None, **options):
        return self.make(clock, **options).start()

    def close(self):
        for hub in self.started:
            hub.kill()


@pytest.fixture
def hubs(tmp_path):
    """hubs(clock=…) is a running hub on a fresh folder."""
    made = Hubs(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def module_hubs(tmp_path_factory):
    made = Hubs(tmp_path_factory.mktemp("hubs"))
    yield made
    made.close()
