"""A receiver of notifications as a shop would write it, with the official library of Standard Webhooks.

It prints its address, and then a line for each request: `verified <type> <id> <number of signatures>`, or `refused` with
the reason. `PUT` gives it the secret that it verifies with from then on.
"""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver(BaseHTTPRequestHandler):
    secret = ""

    def do_PUT(self) -> None:
        Receiver.secret = self.body().decode()
        self.answer(204)

    def do_POST(self) -> None:
        body = self.body()
        try:
            event = Webhook(Receiver.secret).verify(body, dict(self.headers.items()))
        except WebhookVerificationError as error:
            self.answer(400)
            print("refused", error, flush=True)
            return
        self.answer(204)
        signatures = self.headers["webhook-signature"].split(" ")
        assert event["id"] == self.headers["webhook-id"], event
        print("verified", event["type"], event["id"], len(signatures), flush=True)
        print(json.dumps({"headers": dict(self.headers.items()), "body": body.decode()}), flush=True)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["content-length"]))

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing but the lines above is printed."""


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
