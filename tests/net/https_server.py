#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Web servers with certificates of an authority of their own, for test_https.c; needs openssl.

https_server.py FOLDER    makes the authority in FOLDER (ca.pem), then prints the port of each server:
    one whose certificate is right, wrong-name, of another authority, expired; then one without TLS.
Ends when its standard input does. The login is "cuf" with "secret"."""
import base64
import http.server
import os
import ssl
import subprocess
import sys
import threading

FOLDER = sys.argv[1]
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
HTML = b"<!DOCTYPE html>\n<html><title>Bienvenue sur le Wi-Fi</title></html>\n"
LOGIN = "Basic " + base64.b64encode(b"cuf:secret").decode()
PORTS = {}


def openssl(*words, text=None):
    subprocess.run(["openssl", *words], cwd=FOLDER, input=text, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def key(name):
    openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", name + ".key")


def authority(name):
    key(name)
    openssl("req", "-x509", "-new", "-key", name + ".key", "-subj", "/CN=" + name, "-days", "2",
            "-addext", "keyUsage=critical,keyCertSign", "-out", name + ".pem")


def certificate(name, of, names):
    key(name)
    openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=" + name, "-out", name + ".csr")
    with open(os.path.join(FOLDER, name + ".ext"), "w", encoding="ascii") as file:
        file.write("subjectAltName=" + names + "\n")
    openssl("x509", "-req", "-in", name + ".csr", "-CA", of + ".pem", "-CAkey", of + ".key",
            "-CAcreateserial", "-days", "2", "-extfile", name + ".ext", "-out", name + ".pem")


def expired():
    """The kept one (openssl makes none that is over at birth), as its own authority."""
    with open(os.path.join(os.path.dirname(__file__), "expired.pem"), encoding="ascii") as file:
        kept = file.read()
    for name, mode, text in (("expired.pem", "w", kept), ("expired.key", "w", kept),
                             ("ca.pem", "a", kept[:kept.index("-----BEGIN PRIVATE KEY")])):
        with open(os.path.join(FOLDER, name), mode, encoding="ascii") as file:
            file.write(text)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, code, body=b"", **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # said, or a redirect may use it as it closes
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path
        if path == "/etag":
            if self.headers.get("If-None-Match") == '"v1"':
                self.answer(304, ETag='"v1"')
            else:
                self.answer(200, ICS, ETag='"v1"')
        elif path == "/login":
            if self.headers.get("Authorization") == LOGIN:
                self.answer(200, ICS)
            else:
                self.answer(401, b"who?", WWW_Authenticate='Basic realm="x"')
        elif path == "/plain-login":  # says whether a login came along
            self.answer(200, ICS if "Authorization" not in self.headers else b"BEGIN:LEAK\r\n")
        elif path[1:].isdigit():
            self.answer(int(path[1:]), b"what")
        elif path == "/captive":
            self.answer(200, HTML, Content_Type="text/html")
        elif path == "/empty":
            self.answer(200)
        elif path == "/large":
            self.answer(200, ICS * 40000)
        elif path == "/cut":
            self.answer(200, ICS, Content_Length="5000")
        elif path == "/moved":
            self.answer(301, Location="/etag")
        elif path == "/moved-for-ever":
            self.answer(302, Location="/moved-for-ever")
        elif path == "/to-clear":
            self.answer(302, Location="http://localhost:%d/etag" % PORTS["clear"])
        elif path == "/to-another":
            self.answer(302, Location="https://localhost:%d/plain-login" % PORTS["right2"])
        elif path == "/to-file":
            self.answer(302, Location="file:///etc/passwd")
        elif path == "/to-ftp":
            self.answer(302, Location="ftp://localhost/x")
        else:
            self.answer(404, b"what")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that breaks off is what half of the rows are about


def serve(name, certificate_name=None):
    server = Server(("127.0.0.1", 0), Handler)
    if certificate_name:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(FOLDER, certificate_name + ".pem"),
                                os.path.join(FOLDER, certificate_name + ".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    PORTS[name] = server.server_port


authority("ca")
authority("another")
certificate("right", "ca", "DNS:localhost,IP:127.0.0.1")
certificate("wrong-name", "ca", "DNS:calendar.example.org")
certificate("stranger", "another", "DNS:localhost,IP:127.0.0.1")
expired()
serve("right", "right")
serve("wrong-name", "wrong-name")
serve("stranger", "stranger")
serve("expired", "expired")
serve("clear")
serve("right2", "right")
print(*(PORTS[n] for n in ("right", "wrong-name", "stranger", "expired", "clear")), flush=True)
sys.stdin.read()
