"""A WhatsApp Flow behind flowserver, with nothing but Python's standard library."""
import base64, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What your shop knows. Ask your database instead.
ORDERS = {"A-1001": "It is on its way.", "A-1002": "It was delivered this morning."}

def answer(action, screen="", data=None, **_):
    """Decides which screen comes next, and what it shows."""
    if action == "error":  # the phone could not show an answer of ours: look into the log
        return {}
    if screen == "ORDER" and action == "data_exchange":
        number = data.get("number")
        if number in ORDERS:
            return {"screen": "STATUS", "data": {"number": number, "status": ORDERS[number]}}
        return {"screen": "ORDER", "data": {"error_messages": {"number": "We have no such order."}}}
    return {"screen": "ORDER", "data": {"error_messages": {}}}  # the Flow opens, or the user comes back

SECRET = os.environ.get("FLOWSERVER_UPSTREAM_SECRET", "")
KEY = base64.b64decode(SECRET[6:]) if SECRET.startswith("whsec_") else SECRET.encode()

def genuine(headers, body):
    """Reports whether flowserver sent the request (Standard Webhooks)."""
    id, stamp, signatures = (headers.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not stamp.isdecimal() or len(stamp) > 12 or abs(time.time() - int(stamp)) > 300:
        return False
    want = b"v1," + base64.b64encode(hmac.digest(KEY, f"{id}.{stamp}.".encode() + body, "sha256"))
    return any(hmac.compare_digest(signature.encode(), want) for signature in signatures.split(" "))

class Flow(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True  # connections stay open, and answers go out at once

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, content = (200, answer(**json.loads(body))) if genuine(self.headers, body) else (401, {})
        content = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

if not KEY:
    raise SystemExit("FLOWSERVER_UPSTREAM_SECRET is not set")
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 3000))), Flow)
print(f"listening on http://127.0.0.1:{server.server_port}/flow", flush=True)
server.serve_forever()
