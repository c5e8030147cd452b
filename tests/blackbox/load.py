"""A load generator that keeps its own record of what the hub answered, outside the hub's folder."""
import http.client
import json
import pathlib
import threading

from payloads import after

TYPE = "LoadTest"
SPREAD_MS = 200_000  # event times spread over so much


def service_of(round_, thread):
    """Each writer has a service of its own in each round, so that it is read back whole."""
    return f"round-{round_}-writer-{thread}"


def incident_id(round_, thread):
    return f"{service_of(round_, thread)}#{TYPE}"


class Writer(threading.Thread):
    """Posts batches of events until it is told to stop or the hub is gone."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load, self.number = load, number
        self.next_event = 0
        self.acked, self.refused, self.unknown = [], [], []  # event ids
        self.record = open(load.folder / f"record-{load.round}-{number}.txt", "w")

    def batch(self):
        """(ids, body): each event with an id of its own."""
        ids = []
        for _ in range(self.load.batch):
            ids.append(f"a{self.load.round:03x}{self.number:02x}{self.next_event:010x}")
            self.next_event += 1
        return ids, self.load.body_of(self.number, ids)

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.load.port, timeout=30)
        while not self.load.stop.is_set():
            ids, body = self.batch()
            outcome = self.post(connection, body)
            self.note(outcome, ids)
            if outcome == "unknown":
                break
            if outcome == "refused":
                # Answered that it was not taken; what it held is of no further interest.
                connection.close()
        connection.close()
        self.record.close()

    def post(self, connection, body):
        try:
            connection.request("POST", "/api/v1/events", body,
                               {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            receipt = answer.read()
        except (OSError, http.client.HTTPException):
            return "unknown"
        if answer.status == 503:
            return "refused"
        assert answer.status == 200, (answer.status, receipt)
        told = json.loads(receipt)
        assert told["accepted"] + told["duplicate"] == self.load.batch, told
        return "acked"

    def note(self, outcome, ids):
        getattr(self, outcome).extend(ids)
        self.record.write("".join(f"{outcome} {i}\n" for i in ids))
        self.record.flush()


class Load:
    """`threads` writers against one hub for one round."""

    def __init__(self, hub, folder, round_, time, threads=4, batch=10):
        self.port, self.folder, self.round = hub.port, pathlib.Path(folder), round_
        self.time, self.batch = time, batch
        self.stop = threading.Event()
        self.writers = [Writer(self, n) for n in range(threads)]

    def body_of(self, thread, ids):
        """The same ids give the same bytes."""
        return "".join(json.dumps({
            "serviceId": service_of(self.round, thread), "eventType": TYPE, "severity": "high",
            "timestamp": after(self.time, milliseconds=int(i[-10:], 16) % SPREAD_MS),
            "eventId": i}) + "\n" for i in ids).encode()

    def start(self):
        for writer in self.writers:
            writer.start()
        return self

    def acked_count(self):
        return sum(len(w.acked) for w in self.writers)

    def join(self):
        self.stop.set()
        for writer in self.writers:
            writer.join(60)
            assert not writer.is_alive(), "a writer hangs"
        return self


def stored_ids(hub, round_, thread):
    """Every id that the hub has of one writer, as its pages list them; none of no such service."""
    path = f"/api/v1/services/{service_of(round_, thread)}/events"
    if hub.request("GET", path).status == 404:
        return []
    ids, cursor = [], None
    while True:
        page = hub.get(path, since="1d", limit=1000, exact="true", expand="true", cursor=cursor)
        ids += [e["eventId"] for e in page["events"]]
        cursor = page.get("cursor")
        if not page["truncated"]:
            return ids
