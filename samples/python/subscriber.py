"""python3 subscriber.py webhooks: subscribes, and prints every event that is posted here.
python3 subscriber.py feed:     prints the events since it last ran.
python3 subscriber.py live:     prints events as they happen, from where it was when it last ran.
CX_URL and CX_KEY (scope: events) say where and who; PORT where to listen, SUBSCRIPTION_FILE which subscription is ours, CURSOR_FILE how far was read.
Needs the standard library alone."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CX_URL = os.environ.get("CX_URL", "http://127.0.0.1:5080")
PORT = int(os.environ.get("PORT", "9003"))
CURSOR_FILE = os.environ.get("CURSOR_FILE", "cursor")
SUBSCRIPTION_FILE = os.environ.get("SUBSCRIPTION_FILE", "subscription")


def ask(method, path, content=None):
    request = urllib.request.Request(
        CX_URL + path,
        method=method,
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": "Bearer " + os.environ["CX_KEY"], "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            text = response.read()
    except urllib.error.HTTPError as refused:
        # A problem document: what is wrong, and at which field.
        sys.exit(f"{method} {path}: {refused.code} {refused.read().decode()}")
    return json.loads(text) if text else None


def keep(path, text):
    """All of it or nothing, and for nobody else to read."""
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    os.replace(path + ".new", path)


def show(event):
    more = {
        "cx.case.opened.v1": lambda data: " by " + data["channel"],
        "cx.case.promise.made.v1": lambda data: " due " + data["due"],
    }.get(event["type"], lambda data: "")  # also types of a later version
    # In one piece: events of several cases come at the same time.
    sys.stdout.write(f"{event['type']} {event.get('subject', '')}{more(event['data'])}\n")
    sys.stdout.flush()


def is_genuine(secret, headers, body, tolerance=300):
    """Standard Webhooks: HMAC-SHA256 over id.timestamp.body, compared in constant time."""
    identity, timestamp, signatures = (headers.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identity}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # During a rotation there are several.
    return any([hmac.compare_digest(expected.encode(), one.encode()) for one in signatures.split(" ")])


def webhooks():
    # Made once: who starts again goes on with the same subscription, and what happened meanwhile comes now.
    mine = json.load(open(SUBSCRIPTION_FILE)) if os.path.exists(SUBSCRIPTION_FILE) else None

    class Hooks(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))  # as it came: it is what is signed
            if mine and is_genuine(mine["secret"], self.headers, body):
                show(json.loads(body))
                status = 204  # within 15 seconds; what takes longer is done afterwards
            else:
                status = 401
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", PORT), Hooks)
    listening = threading.Thread(target=server.serve_forever, daemon=True)
    listening.start()

    if mine is None:
        made = ask("POST", "/v1/subscriptions", {"url": f"http://127.0.0.1:{PORT}/hooks", "types": ["*"]})
        mine = {"id": made["subscription"]["id"], "secret": made["secret"]}  # which is told this once
        keep(SUBSCRIPTION_FILE, json.dumps(mine))
    # Now that the address listens: it gets a test event, and deliveries begin when that is answered.
    ask("POST", f"/v1/subscriptions/{mine['id']}/activate", {})
    print("ready", flush=True)
    listening.join()


def cursor_kept():
    return open(CURSOR_FILE).read().strip() if os.path.exists(CURSOR_FILE) else ""


def feed():
    cursor = cursor_kept()
    more = True
    while more:
        page = ask("GET", "/v1/events?after=" + cursor)
        for event in page["events"]:
            show(event)
        # When the page is handled: after a crash it comes again, and the ids say what is known.
        cursor, more = page["next"], page["more"]
        keep(CURSOR_FILE, cursor)


def live():
    cursor, wait = cursor_kept(), 3.0
    while True:
        headers = {"Authorization": "Bearer " + os.environ["CX_KEY"], "Accept": "text/event-stream", "Last-Event-ID": cursor}
        request = urllib.request.Request(CX_URL + "/v1/events/stream", headers={name: value for name, value in headers.items() if value})
        try:
            # Something comes every 15 seconds: a connection that is silent for longer is dead.
            with urllib.request.urlopen(request, timeout=45) as lines:
                identity, data = None, []
                for line in lines:
                    line = line.decode().rstrip("\n")
                    name, _, value = line.partition(": ")
                    if name == "id":
                        identity = value
                    elif name == "data":
                        data.append(value)
                    elif name == "retry":
                        wait = int(value) / 1000
                    elif line == "":  # the end of a message
                        if data:
                            show(json.loads("\n".join(data)))
                        if identity:  # also without data: nothing was for us up to there
                            cursor = identity
                            keep(CURSOR_FILE, cursor)
                        identity, data = None, []
        except urllib.error.HTTPError as refused:
            problem = json.loads(refused.read()) if refused.code < 500 else {}
            if refused.code == 410:
                cursor = problem["oldest"]  # what is left of what was missed; ids that are known come again
                continue
            if problem:
                sys.exit(problem["detail"])
        except (OSError, http.client.HTTPException):
            pass  # it ended: we go on from where we were
        time.sleep(wait)


if __name__ == "__main__":
    {"feed": feed, "live": live}.get(sys.argv[-1], webhooks)()
