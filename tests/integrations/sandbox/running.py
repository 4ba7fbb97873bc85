"""A sandbox that runs, and somebody it can call back."""

import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

JSON = {"Content-Type": "application/json"}


class Running:
    """A client of a running sandbox."""

    def __init__(self, url, key):
        self.url = url
        self.key = key
        self.root = url.removesuffix("/v1")
        self.headers = {"Authorization": f"Bearer {key}"}
        # verify: nothing on loopback is encrypted, and reading certificates takes longer than most tests
        self.http = httpx.Client(headers=self.headers, trust_env=False, timeout=20, verify=False)

    def post(self, *tasks, headers=JSON, **options):
        return self.http.post(self.url, content=json.dumps(tasks), headers=headers, **options)

    def send(self, *tasks):
        """Post tasks that must be taken; return the answer's JSON."""
        response = self.post(*tasks)
        assert response.status_code == 200, response.text
        return read(response)

    def refusal(self, task):
        """The one error a task is refused with."""
        response = self.post(task)
        body = read(response)
        assert response.status_code == 400, response.text
        assert body["data"] == []
        (error,) = body["errors"]
        assert (error["taskUUID"], error["taskType"]) == (task["taskUUID"], task["taskType"])
        return error

    def poll(self, *tasks):
        asked = [{"taskType": "getResponse", "taskUUID": task["taskUUID"]} for task in tasks]
        return self.post(*asked)

    def ended(self, *tasks, within=15):
        """Poll until nothing is processing; return the last answer."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            response = self.poll(*tasks)
            items = read(response)["data"]
            if not any(item.get("status") == "processing" for item in items):
                return response
            time.sleep(0.02)
        raise AssertionError(f"still processing: {response.text}")

    def results(self, *tasks, within=15):
        return read(self.ended(*tasks, within=within))["data"]

    def made(self, task):
        """Send one task and return its only result."""
        self.send(task)
        (item,) = self.results(task)
        return item

    def faults(self, fault, **parameters):
        response = self.http.post(f"{self.root}/faults", json=[{"fault": fault, **parameters}])
        assert response.status_code == 200, response.text

    def fired(self):
        listed = self.http.get(f"{self.root}/faults").json()
        return [fault["fired"] for fault in listed]

    def finish(self, task):
        self.http.post(f"{self.root}/tasks/{task['taskUUID']}/finish").raise_for_status()

    def advance(self, seconds):
        self.http.post(f"{self.root}/clock", json={"advance": seconds}).raise_for_status()

    def balance(self):
        return read(self.http.get(f"{self.root}/balance"))["amount"]

    def set_balance(self, amount):
        self.http.put(f"{self.root}/balance", json={"amount": amount}).raise_for_status()

    def book(self, task):
        """What the sandbox has on this task."""
        tasks = read(self.http.get(f"{self.root}/tasks"))
        return next(entry for entry in tasks if entry["taskUUID"] == task["taskUUID"])

    def reset(self):
        self.http.delete(f"{self.root}/faults").raise_for_status()
        self.set_balance("1000")


def eventually(check, within=10):
    """Wait until the check holds; say what it last gave if it never does."""
    deadline = time.monotonic() + within
    while not (seen := check()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert seen, "it never happened"
    return seen


def read(response):
    return json.loads(response.content, parse_float=Decimal)


class Receiver:
    """A small web server that writes down who called; `statuses` are answered one by one, then 200."""

    def __init__(self):
        self.calls = []  # (method, path with query, body, headers, when)
        self.statuses = []
        self.pause = 0.0
        self.content = b""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.calls.append((self.command, self.path, body, dict(self.headers), time.monotonic()))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                time.sleep(receiver.pause)
                self.send_response(status)
                self.send_header("Content-Length", str(len(receiver.content)))
                self.end_headers()
                self.wfile.write(receiver.content)

            do_POST = do_PUT = do_GET = _take

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, *_):
                pass  # a caller that gave up is none of our business

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def wait(self, count, within=10):
        """The calls, once there are this many."""
        deadline = time.monotonic() + within
        while len(self.calls) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.calls) >= count, f"{len(self.calls)} calls of {count}"
        return self.calls

    def bodies(self, count):
        """What the first calls said, as JSON."""
        return [json.loads(call[2], parse_float=Decimal) for call in self.wait(count)]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
