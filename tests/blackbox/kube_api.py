"""A Kubernetes API server as far as a watch needs one: lists in pages, watches from a version on,
bookmarks, compaction (410), and the ways a network breaks them. Everything random comes from the
seed given."""
import copy
import http.server
import json
import random
import threading
import time
import urllib.parse

CORE, EVENTS, APPS = "/api/v1", "/apis/events.k8s.io/v1", "/apis/apps/v1"
KINDS = {"events": "Event", "pods": "Pod", "replicasets": "ReplicaSet"}
DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
        {"name": name, "versions": [{"groupVersion": f"{name}/v1", "version": "v1"}],
         "preferredVersion": {"groupVersion": f"{name}/v1", "version": "v1"}}
        for name in ("apps", "events.k8s.io")]},
}


def resources(group_version, names):
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version,
            "resources": [{"name": n, "singularName": n[:-1], "namespaced": True,
                           "kind": KINDS[n], "verbs": ["get", "list", "watch"]} for n in names]}


DISCOVERY[CORE] = resources("v1", ["events", "pods"])
DISCOVERY[EVENTS] = resources("events.k8s.io/v1", ["events"])
DISCOVERY[APPS] = resources("apps/v1", ["replicasets"])

RENAMED = {"involvedObject": "regarding", "message": "note", "source": "deprecatedSource",
           "firstTimestamp": "deprecatedFirstTimestamp", "count": "deprecatedCount",
           "lastTimestamp": "deprecatedLastTimestamp", "reportingComponent": "reportingController"}


def as_group(resource, group, obj):
    """The object as the group shows it: Events have two shapes."""
    if resource != "events":
        return {"kind": KINDS[resource], "apiVersion": "apps/v1" if group == APPS else "v1", **obj}
    if group == CORE:
        return {"kind": "Event", "apiVersion": "v1", **obj}
    return {"kind": "Event", "apiVersion": "events.k8s.io/v1",
            **{RENAMED.get(k, k): v for k, v in obj.items()}}


class KubeApi:
    def __init__(self, seed=0, token="let-me-in", groups=(CORE, EVENTS, APPS), port=0):
        self.random = random.Random(seed)
        self.lock = threading.Condition()
        self.version = 1000
        self.compacted = 0  # versions up to this one cannot be watched from
        self.objects = {"events": {}, "pods": {}, "replicasets": {}}
        self.history = []  # (version, resource, type, object)
        self.token, self.groups = token, groups
        self.requests = []
        self.forbidden = set()   # resources
        self.broken = 0          # generation: raised, every watch breaks off, some in a line
        self.refuse = 0          # so many requests are answered 503 or 429
        self.slow = 0.0          # seconds of pause in the middle of a line
        self.lag = {}            # resource: seconds by which its watch is behind the others
        self.bookmark_seconds = 0.2
        self.watch_seconds = None  # ends watches in order after so long
        self.open_watches = 0
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                try:
                    api.answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a watcher that was killed; what matters is what the hub counted

        self.server = Server(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    # --- what the test does to the cluster -----------------------------------------------------
    def put(self, resource, obj):
        """Creates or replaces."""
        with self.lock:
            key = (obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
            known = key in self.objects[resource]
            self.version += self.random.randint(1, 3)
            obj = copy.deepcopy(obj)
            obj["metadata"]["resourceVersion"] = str(self.version)
            self.objects[resource][key] = obj
            self.history.append((self.version, resource, "MODIFIED" if known else "ADDED", obj))
            self.lock.notify_all()

    def delete(self, resource, namespace, name):
        with self.lock:
            obj = copy.deepcopy(self.objects[resource].pop((namespace, name)))
            self.version += 1
            obj["metadata"]["resourceVersion"] = str(self.version)
            self.history.append((self.version, resource, "DELETED", obj))
            self.lock.notify_all()

    def compact(self):
        """Forgets how it came to be what it is; watches that are not up to date get 410."""
        with self.lock:
            self.version += 1
            self.compacted = self.version
            self.history.clear()
            self.broken += 1
            self.lock.notify_all()

    def break_off(self):
        with self.lock:
            self.broken += 1
            self.lock.notify_all()

    def close(self):
        self.break_off()
        self.server.shutdown()
        self.server.server_close()

    def kubeconfig(self, path, token_file=None, **user):
        cluster = {"server": f"http://127.0.0.1:{self.port}"}
        user = user or ({"tokenFile": token_file} if token_file else {"token": self.token})
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "stub",
            "contexts": [{"name": "stub", "context": {"cluster": "stub", "user": "me"}}],
            "clusters": [{"name": "stub", "cluster": cluster}],
            "users": [{"name": "me", "user": user}]}))
        return path

    # --- HTTP ----------------------------------------------------------------------------------
    def answer(self, call):
        url = urllib.parse.urlsplit(call.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.requests.append((url.path, query))
        if call.headers.get("Authorization") != f"Bearer {self.token}":
            return self.status(call, 401, "Unauthorized")
        with self.lock:
            refused = self.refuse > 0
            self.refuse -= refused
            code = self.random.choice([503, 429, 500])
        if refused:
            return self.status(call, code, "etcdserver: leader changed")
        if url.path in DISCOVERY:
            return self.json(call, 200, DISCOVERY[url.path])
        group = next((g for g in self.groups if url.path.startswith(g + "/")), None)
        parts = url.path[len(group) + 1:].split("/") if group else []
        namespace = None
        if parts[:1] == ["namespaces"] and len(parts) > 2:
            namespace, parts = parts[1], parts[2:]
        if not parts or parts[0] not in KINDS or (parts[0] == "replicasets") != (group == APPS):
            return self.status(call, 404, "the server could not find the requested resource")
        resource = parts[0]
        if resource in self.forbidden:
            return self.status(call, 403, f'{resource} is forbidden: User "watcher" cannot list')
        if len(parts) == 2:
            with self.lock:
                obj = self.objects[resource].get((namespace or "", parts[1]))
            if obj is None:
                return self.status(call, 404, f'{resource} "{parts[1]}" not found')
            return self.json(call, 200, as_group(resource, group, obj))
        if query.get("watch") in ("1", "true"):
            return self.watch(call, group, resource, namespace, query)
        return self.list(call, group, resource, namespace, query)

    def json(self, call, code, value):
        body = json.dumps(value).encode()
        call.send_response(code)
        call.send_header("Content-Type", "application/json")
        call.send_header("Content-Length", str(len(body)))
        call.end_headers()
        call.wfile.write(body)

    def status(self, call, code, message):
        self.json(call, code, {"kind": "Status", "apiVersion": "v1", "status": "Failure",
                               "message": message, "code": code})

    def list(self, call, group, resource, namespace, query):
        with self.lock:
            version, begin = self.version, 0
            if "continue" in query:
                version, begin = map(int, query["continue"].split("-"))
                if version < self.compacted:
                    begin = None
            objects = [o for (ns, _), o in sorted(self.objects[resource].items())
                       if namespace in (None, ns)]
        if begin is None:
            return self.status(call, 410, "The provided continue parameter is too old")
        if self.slow:
            time.sleep(self.slow)
        limit = int(query.get("limit", len(objects) or 1))
        page = objects[begin:begin + limit]
        metadata = {"resourceVersion": str(version)}
        if begin + limit < len(objects):
            metadata["continue"] = f"{version}-{begin + limit}"
        items = [{k: v for k, v in as_group(resource, group, o).items()
                  if k not in ("kind", "apiVersion")} for o in page]
        version_text = {CORE: "v1", EVENTS: "events.k8s.io/v1", APPS: "apps/v1"}[group]
        self.json(call, 200, {"kind": KINDS[resource] + "List", "apiVersion": version_text,
                              "metadata": metadata, "items": items or None})

    def watch(self, call, group, resource, namespace, query):
        seen = int(query.get("resourceVersion") or self.version)
        with self.lock:
            generation = self.broken
            too_old = seen < self.compacted
            in_stream = self.random.random() < 0.5
        if too_old and not in_stream:
            return self.status(call, 410, "too old resource version")
        call.send_response(200)
        call.send_header("Content-Type", "application/json")
        call.send_header("Transfer-Encoding", "chunked")
        call.end_headers()
        if too_old:
            self.line(call, {"type": "ERROR", "object": {
                "kind": "Status", "code": 410, "reason": "Expired",
                "message": f"too old resource version: {seen} ({self.compacted})"}})
            return self.end(call)
        ends = time.monotonic() + (self.watch_seconds or int(query.get("timeoutSeconds", 300)))
        with self.lock:
            self.open_watches += 1
        try:
            self.stream(call, group, resource, namespace, seen, generation, ends,
                        query.get("allowWatchBookmarks") == "true")
        finally:
            with self.lock:
                self.open_watches -= 1

    def stream(self, call, group, resource, namespace, seen, generation, ends, bookmarks):
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.broken != generation or
                                   any(v > seen for v, *_ in self.history[-50:]),
                                   self.bookmark_seconds)
                news = [h for h in self.history if h[0] > seen]
                broken, version = self.broken != generation, self.version
                cut = self.random.random()
            if news and self.lag.get(resource):
                time.sleep(self.lag[resource])
            if broken:
                return self.tear(call, group, resource, news, cut)
            for number, of, type_, obj in news:
                seen = number
                if of == resource and namespace in (None, obj["metadata"].get("namespace", "")):
                    self.line(call, {"type": type_, "object": as_group(resource, group, obj)})
            if not news and bookmarks:
                seen = version
                self.line(call, {"type": "BOOKMARK", "object": {
                    "kind": KINDS[resource], "metadata": {"resourceVersion": str(version)}}})
            if time.monotonic() > ends:
                return self.end(call)

    def tear(self, call, group, resource, news, cut):
        """Breaks off: between two lines, or in the middle of one."""
        of = [(t, o) for _, r, t, o in news if r == resource]
        if cut < 0.7:
            obj = of[0][1] if of else {"metadata": {"name": "half", "resourceVersion": "99999999"}}
            text = json.dumps({"type": "ADDED", "object": as_group(resource, group, obj)})
            call.wfile.write(self.chunk(text[:int(len(text) * cut)].encode() or b"{"))
            call.wfile.flush()
        call.close_connection = True
        call.connection.close()

    def line(self, call, value):
        text = json.dumps(value).encode() + b"\n"
        if self.slow:
            call.wfile.write(self.chunk(text[:len(text) // 2]))
            call.wfile.flush()
            time.sleep(self.slow)
            text = text[len(text) // 2:]
        call.wfile.write(self.chunk(text))
        call.wfile.flush()

    @staticmethod
    def chunk(data):
        return b"%x\r\n%s\r\n" % (len(data), data)

    def end(self, call):
        call.wfile.write(b"0\r\n\r\n")
