# SPDX-License-Identifier: MIT
"""Submission servers that are real: Postfix (with Dovecot's SASL), Exim, OpenSMTPD, each with
STARTTLS, implicit TLS and a login on loopback ports of its own, delivering to Maildirs. Recipients
are refused (the unknown ones), greylisted (as long as the list of those says so) or delivered."""
import os
import re
import shutil
import signal
import subprocess
import time

import house
from chroot import Tree
from postfix import Postfix, require

USER, PASSWORD = "office", "s3cret word"


def certify(folder):
    """A certificate authority and a certificate of it for localhost."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=test authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    with open(f"{folder}/names", "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-out", "server.pem", "-extfile", "names")


class Maildirs:
    """What all of them have: who is known, who is greylisted, and what arrived."""

    def __init__(self, folder, people, grey):
        self.folder, self.people, self.grey = folder, people, grey
        self.port, self.tls_port = house.free_port(), house.free_port()
        os.makedirs(f"{folder}/mail")
        os.chmod(f"{folder}/mail", 0o777)
        certify(folder)
        self.log = open(f"{folder}/server.log", "ab")

    def write(self, name, text, mode=0o644):
        path = f"{self.folder}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def count(self, local):
        new = f"{self.folder}/mail/{local}/new"
        return len(os.listdir(new)) if os.path.isdir(new) else 0

    def wait_for(self, expected, seconds=60):
        end = time.monotonic() + seconds
        while sum(map(self.count, self.people)) < expected and time.monotonic() < end:
            time.sleep(0.1)

    def show_log(self):
        self.log.flush()
        with open(f"{self.folder}/server.log", encoding="utf-8", errors="replace") as f:
            print(f.read()[-3000:])


class Exim(Maildirs):
    def __init__(self, folder, people, grey):
        super().__init__(folder, people, grey)
        self.tree = Tree(folder, ["exim4-daemon-light", "libidn12", "libgnutls-dane0",
                                  "libunbound8", "libnsl2", "libtirpc3"])
        self.tree.add_user("Debian-exim", 64999)
        self.write("people", "".join(f"{p}: {p}\n" for p in people))
        os.makedirs(f"{folder}/spool", mode=0o777)
        os.chmod(f"{folder}/spool", 0o777)
        os.chmod(f"{folder}/server.key", 0o644)
        self.write("tree/files/etc/exim4/exim4.conf", f"""
primary_hostname = exim.test
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%slog
pid_file_path = {folder}/spool/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {self.port} : {self.tls_port}
tls_on_connect_ports = {self.tls_port}
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
host_lookup =
rfc1413_hosts =
keep_environment =
never_users =
smtp_accept_queue_per_connection = 0
smtp_accept_max = 200
queue_run_max = 10
remote_max_parallel = 1
acl_smtp_mail = check_mail
acl_smtp_rcpt = check_rcpt
begin acl
check_mail:
  accept authenticated = *
  deny message = 530 5.7.0 Authentication required
check_rcpt:
  defer local_parts = lsearch;{folder}/grey
        message = 451 4.7.1 Greylisted, come back later
  require verify = recipient
  accept
begin routers
known:
  driver = accept
  domains = ok.test
  local_parts = lsearch;{folder}/people
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {folder}/mail/$local_part_data
  create_directory
  maildir_format
  user = nobody
  group = nogroup
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{USER}}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
""")
        self.set_grey(True)
        self.tree.start(self.port, self.log, "/usr/sbin/exim4", "-bdf", "-q2s")

    def set_grey(self, is_grey):
        self.write("grey", "".join(f"{p}: {p}\n" for p in self.grey) if is_grey else "")

    def stop(self):
        self.tree.stop()


class OpenSmtpd(Maildirs):
    def __init__(self, folder, people, grey):
        super().__init__(folder, people, grey)
        # Debian 12's fails each TLS handshake; so its library comes along with the newer one.
        self.tree = Tree(folder, ["opensmtpd", "libc6", "libssl3t64", "libevent-2.1-7t64",
                                  "libzstd1", "zlib1g", "libcrypt1", "libdb5.3t64", "libpam0g",
                                  "libbsd0", "libmd0", "libaudit1", "libcap-ng0"], "trixie")
        self.tree.add_user("opensmtpd", 64998)
        self.tree.add_user("opensmtpq", 64997)
        for name in ("var/spool/smtpd", "var/lib/opensmtpd/empty", "run/opensmtpd"):
            os.makedirs(f"{self.tree.folder}/files/{name}", mode=0o711, exist_ok=True)
        digest = subprocess.run(["openssl", "passwd", "-6", PASSWORD], capture_output=True,
                                text=True, check=True).stdout.strip()
        self.write("logins", f"{USER}\t{digest}\n")
        self.write("people", "".join(f"{p}@ok.test nobody\n" for p in people))
        for name in ("server.key", "ca.key"):
            os.chmod(f"{folder}/{name}", 0o600)
        self.set_grey(True)

    def set_grey(self, is_grey):
        grey = ", ".join(f'"{p}@ok.test"' for p in self.grey if is_grey) or '"nobody@else.test"'
        listen = "pki here auth <logins> filter grey hostname localhost"
        path = self.write("smtpd.conf", f"""
pki here cert "{self.folder}/server.pem"
pki here key "{self.folder}/server.key"
table logins file:{self.folder}/logins
table people file:{self.folder}/people
table grey {{ {grey} }}
filter grey phase rcpt-to match rcpt-to <grey> reject "451 4.7.1 Greylisted, come back later"
listen on 127.0.0.1 port {self.port} tls-require {listen}
listen on 127.0.0.1 port {self.tls_port} smtps {listen}
action "deliver" maildir "{self.folder}/mail/%{{rcpt.user}}" virtual <people>
match from any auth for domain "ok.test" action "deliver"
""")
        self.tree.stop()
        self.tree.start(self.port, self.log, "/usr/sbin/smtpd", "-d", "-f", path)

    def stop(self):
        self.tree.stop()


def dovecot_settings(folder):
    """Dovecot 2.4 (Debian 13) reads another language than 2.3."""
    version = subprocess.run(["dovecot", "--version"], check=True, capture_output=True,
                             text=True).stdout.split()[0]
    is_new = tuple(int(n) for n in re.findall(r"\d+", version)[:2]) >= (2, 4)
    return (f"""dovecot_config_version = {version.split("-")[0]}
dovecot_storage_version = {version.split("-")[0]}
auth_allow_cleartext = yes
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = 65534
    gid = 65534
    home = /nonexistent
  }}
}}
""" if is_new else f"""
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
""") + f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols =
ssl = no
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0
default_internal_user = dovecot
default_login_user = dovenull
service auth {{
  unix_listener {folder}/socket {{
    mode = 0666
  }}
}}
"""


class PostfixWithLogin(Maildirs):
    def __init__(self, folder, people, grey):
        require()
        if not shutil.which("dovecot"):
            house.skip("Dovecot, which checks the logins, is not installed")
        super().__init__(folder, people, grey)
        os.chmod(f"{folder}/server.key", 0o600)
        os.makedirs(f"{folder}/login")
        self.write("login/users", f"{USER}:{{PLAIN}}{PASSWORD}\n")
        self.write("login/dovecot.conf", dovecot_settings(f"{folder}/login"))
        self.login = subprocess.Popen(["dovecot", "-F", "-c", f"{folder}/login/dovecot.conf"],
                                      stdout=self.log, stderr=self.log, start_new_session=True)
        self.set_grey(True)
        self.relay = Postfix(folder, "ok.test", people, more=f"""
smtpd_tls_cert_file = {folder}/server.pem
smtpd_tls_key_file = {folder}/server.key
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/login/socket
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/grey, permit
""", services=f"""
127.0.0.1:{self.tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
tlsmgr unix - - n 1000? 1 tlsmgr
""")
        self.port = self.relay.port
        shutil.rmtree(f"{folder}/mail")
        os.symlink(f"{folder}/postfix/mail", f"{folder}/mail")

    def set_grey(self, is_grey):
        # Postfix's processes end when a table of theirs has changed, and new ones read it.
        self.write("grey", "".join(f"/^{p}@/ 451 4.7.1 Greylisted, come back later\n"
                                   for p in self.grey) if is_grey else "")

    def stop(self):
        self.relay.stop()
        self.login.send_signal(signal.SIGTERM)
        try:
            self.login.wait(5)
        except subprocess.TimeoutExpired:
            house.kill(self.login)

    def show_log(self):
        super().show_log()
        self.relay.show_log()
