#!/usr/bin/env python3
"""Who takes in what: sends the same payloads to Alerta and to the hub, and writes down what came of
each. Every cell of the tables is measured by the run that printed it.

  one delivery     HTTP status; an alert or incident; the right service named; a right severity
  again            the same bytes once more: still counted once?
  the next word    the sender resolves: closed?
  the late one     the first delivery once more, after the resolution: still closed?
"""
import argparse
import contextlib
import json
import pathlib
import re
import sys
import tempfile
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[1:1] = [str(HERE.parent), str(ROOT / "tests/blackbox")]
import cloudwatch  # noqa: E402
import samples  # noqa: E402
from contenders import Alerta, Hub, run  # noqa: E402

MARKS = ("<!-- measured by bench/peers/intake.py -->", "<!-- end of what was measured -->")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build/release", type=pathlib.Path)
    parser.add_argument("--keep", default=ROOT / "build/bench", type=pathlib.Path,
                        help="folder of the results")
    parser.add_argument("--docs", type=pathlib.Path,
                        help="a document whose measured part is written anew")
    return parser.parse_args()


def environment(folder):
    """Alerta with all it needs, at pinned versions, in a virtual environment of its own."""
    wanted, installed = HERE / "requirements.txt", folder / ".installed"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        venv.create(folder, clear=True, with_pip=True)
        run(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted)
        installed.write_text(wanted.read_text())
    return folder


def words(row):
    """What a row names, in parts: "FunctionName:basket" names basket."""
    return {part for name in row["names"] for part in re.split(r"[:,\s]+", name)}


def measure(contender, sample):
    contender.fresh()
    first = contender.send(sample, sample.body)
    if first is None:
        return {"endpoint": False}
    found = contender.rows()
    result = {"endpoint": True, "status": first[0], "answer": first[1][:1000], "rows": found,
              "taken": first[0] == "sent" or 200 <= first[0] < 300}
    if sample.expects == "link":
        result["shown"] = contender.shows(sample.names[0])
        return result
    if sample.expects == "nothing open":
        result["nothingOpen"] = not any(row["open"] for row in found)
        return result
    result["alerts"] = len(found)
    result["named"] = all(any(name in words(row) for row in found) for name in sample.names)
    result["severityRight"] = all(row["severity"] in sample.severities for row in found)
    if not found:
        return result
    contender.send(sample, sample.body)
    again = contender.rows()
    result["countedOnce"] = ([row["count"] for row in again] == [row["count"] for row in found])
    result["again"] = again
    if sample.end is None:
        return result
    for step, body in (("end", sample.end), ("late", sample.body)):
        status = contender.send(sample, body)[0]
        rows = contender.rows()
        result[step] = {"status": status, "rows": rows,
                        "open": sum(row["open"] for row in rows)}
    return result


def first_word(sample, result):
    """The four cells of one delivery."""
    if not result["endpoint"]:
        return ["no endpoint", "–", "–", "–"]
    rows, status = result["rows"], str(result["status"])
    if "shown" in result:
        return [status, "link shown" if result["shown"] else "link not shown", "–", "–"]
    if "nothingOpen" in result:
        if not result["taken"]:
            return [status, "none", "–", "–"]
        return [status, "nothing open" if result["nothingOpen"] else "**open**", "–", "–"]
    if not rows:
        return [status, "none", "–", "–"]
    wrong = sorted({name for row in rows for name in row["names"] if name})
    severities = ", ".join(sorted({row["severity"] for row in rows}))
    return [status, f"{result['alerts']} of {len(sample.names)}",
            "yes" if result["named"] else f"no: {', '.join(wrong)}",
            severities if result["severityRight"] else f"no: {severities}"]


def next_words(sample, result):
    """The three cells of what came after."""
    if "again" not in result:
        return ["–", "–", "–"]
    cells = ["yes" if result["countedOnce"] else
             "no: " + ", ".join(str(row["count"]) for row in result["again"])]
    if sample.end is None:
        return [*cells, "–", "–"]
    ended = result["end"]["open"] == 0
    if sample.end_leaves == "open":
        return [*cells, "no: closed" if ended else "stays open", "–"]
    if not ended:
        return [*cells, f"no: {result['end']['status']}, open", "–"]
    if not sample.timed:
        return [*cells, "yes", "–"]
    return [*cells, "yes", "stays closed" if result["late"]["open"] == 0 else "no: open again"]


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = [cell.replace("|", "\\|") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def report(results, versions):
    """Both tables, with what they were measured on."""
    first, after, title = [], [], None
    for group, sample, alerta, hub in results:
        if group != title:
            first.append([f"**{group}**", *[""] * 8])
            title = group
        first.append([sample.title, *first_word(sample, alerta), *first_word(sample, hub)])
        cells = [*next_words(sample, alerta), *next_words(sample, hub)]
        if any(cell != "–" for cell in cells):
            after.append([sample.title, *cells])
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    return "\n\n".join([
        f"Measured with {names}.", "### One delivery",
        table(["sent", "Alerta", "alerts", "named", "severity", "hub", "incidents", "named",
               "severity"], first),
        "### Sent again, resolved, and the first one late",
        table(["sent", "Alerta: counted once", "resolved", "late firing", "hub: counted once",
               "resolved", "late firing"], after)])


def write(path, text):
    before, rest = path.read_text().split(MARKS[0])
    path.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{rest.split(MARKS[1])[1]}")


def main():
    options = arguments()
    program = options.build / "srehub"
    if not program.exists():
        sys.exit(f"{program} is missing: scripts/build release srehub")
    installed = environment(options.keep / "alerta")
    results = []
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # the database's user must get through
        alerta, hub = Alerta(folder, installed), Hub(program, folder, cloudwatch.TOPIC)
        stack.callback(alerta.stop)
        stack.callback(hub.stop)
        alerta.start()
        for group, make in samples.GROUPS.items():
            for sample in make():
                if isinstance(sample.body, dict) and "TopicArn" in sample.body:
                    sample.body = hub.signed(sample.body)
                    sample.end = sample.end and hub.signed(sample.end)
                results.append((group, sample, measure(alerta, sample), measure(hub, sample)))
                print(sample.title, file=sys.stderr)
        database = alerta.database.do("postgres", "--version").split()[2]
    versions = {"Alerta": alerta.version, "PostgreSQL": database, "srehub": hub.version}
    text = report(results, versions)
    (options.keep / "intake.json").write_text(json.dumps(
        {"versions": versions, "samples": [
            {"group": group, "title": sample.title, "body": sample.body, "end": sample.end,
             "alerta": a, "hub": h} for group, sample, a, h in results]}, indent=1) + "\n")
    print(text)
    if options.docs:
        write(options.docs, text)


if __name__ == "__main__":
    main()
