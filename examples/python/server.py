"""A WhatsApp Flow behind flowserver, with nothing but Python's standard library."""
import base64, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("FLOWSERVER_UPSTREAM_SECRET", "")  # whsec_ and base64, or any other text, used as is
KEY = base64.b64decode(SECRET[6:]) if SECRET.startswith("whsec_") else SECRET.encode()
DAYS = [{"id": "mon", "title": "Monday"}, {"id": "sun", "title": "Sunday"}]

def genuine(headers, body):  # Standard Webhooks: one of the signatures fits, and the message is at most five minutes old
    id, stamp, signatures = (headers.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not stamp.isdecimal() or len(stamp) > 12 or abs(time.time() - int(stamp)) > 300:
        return False
    want = b"v1," + base64.b64encode(hmac.digest(KEY, f"{id}.{stamp}.".encode() + body, "sha256"))
    return any(hmac.compare_digest(signature.encode(), want) for signature in signatures.split(" "))

def answer(action, screen, data, flow_token, **_):
    if action == "error":  # the phone could not use one of our answers: look into it
        return 200, {}
    if flow_token == "used":
        return 427, {"error_msg": "You have booked already. Write to us to change it."}
    if action != "data_exchange":  # INIT, or BACK from CONFIRM
        return 200, {"screen": "DAY", "data": {"days": DAYS}}
    day = next((d for d in DAYS if d["id"] == data.get("day")), None)
    if screen == "DAY" and day and day["id"] == "sun":
        return 200, {"screen": screen, "data": {"days": DAYS, "error_message": "We are closed on Sundays."}}
    if screen == "DAY" and day:
        return 200, {"screen": "CONFIRM", "data": {"day": day["id"], "title": day["title"]}}
    if screen == "CONFIRM" and day:
        return 200, {"screen": "SUCCESS", "data": {"extension_message_response": {"params": {"day": day["id"]}}}}
    return 404, {}

class Flow(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True  # connections stay open, and answers go out at once

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, content = answer(**json.loads(body)) if genuine(self.headers, body) else (401, {})
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
