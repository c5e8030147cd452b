"""The machine a figure belongs to, and what a process used of it."""
import os
import pathlib
import platform
import time

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def describe():
    return {"cpu": cpu_model(), "cores": os.cpu_count(), "memoryGiB": round(memory_gib(), 1),
            "kernel": platform.release(), "load": [round(x, 2) for x in os.getloadavg()]}


def cpu_seconds(pid):
    """User and system time of all threads of a process, those that have ended included."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = stat[stat.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_rss_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def disk_bytes(directory):
    return sum(p.stat().st_size for p in pathlib.Path(directory).rglob("*") if p.is_file())


def wait_idle(pid, seconds_max=120):
    """Until the process has used less than a twentieth of a core for a second."""
    deadline = time.monotonic() + seconds_max
    before = cpu_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(1)
        now = cpu_seconds(pid)
        if now - before < 0.05:
            return
        before = now
