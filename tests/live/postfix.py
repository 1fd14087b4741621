# SPDX-License-Identifier: MIT
"""A Postfix of its own in a temporary folder, on a loopback port, delivering to Maildirs. Nothing of
the machine's mail system is touched. Needs root, as Postfix does."""
import os
import shutil
import signal
import subprocess
import time

import house

DAEMONS = "/usr/lib/postfix/sbin"
MASTER = f"{DAEMONS}/master"


def require():
    if os.geteuid() != 0:
        house.skip("Postfix needs root")
    if not os.path.exists(MASTER):
        house.skip("Postfix is not installed")


class Postfix:
    """Each of the addresses is delivered to mail/<local part>/new, but those in `unknown`, which
    are refused. policy: the port of a server that Postfix asks about each recipient. more, services:
    further lines of main.cf (they win) and master.cf."""

    def __init__(self, folder, domain, locals, unknown=(), policy=None, more="",
                 services=""):
        self.folder = f"{folder}/postfix"
        self.port = house.free_port()
        for name in ("", "etc", "data", "queue", "mail"):
            os.makedirs(f"{self.folder}/{name}", mode=0o755, exist_ok=True)
        shutil.chown(f"{self.folder}/data", "postfix")
        shutil.chown(f"{self.folder}/mail", "nobody")
        refusals = "".join(f"/^{local}@/ 550 5.1.1 No such user here\n" for local in unknown)
        self.write("etc/recipients", refusals)
        self.write("etc/main.cf", f"""
compatibility_level = 3.6
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = {DAEMONS}
meta_directory = /etc/postfix
maillog_file = {self.folder}/log
maillog_file_prefixes = {self.folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.ok.test
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {self.folder}/mail
virtual_mailbox_maps = texthash:{self.folder}/etc/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{self.folder}/etc/recipients,
    {f"check_policy_service inet:127.0.0.1:{policy}," if policy else ""} permit
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_event_limit_exceptions =
smtpd_forbid_bare_newline = reject
{more}""")
        self.write("etc/mailboxes", "".join(f"{l}@{domain} {l}/\n" for l in locals))
        self.write("etc/master.cf", f"""
127.0.0.1:{self.port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
{services}""")
        # Postfix dozes on a file that was written just now.
        for name in os.listdir(f"{self.folder}/etc"):
            os.utime(f"{self.folder}/etc/{name}", (time.time() - 60,) * 2)
        etc = f"{self.folder}/etc"
        subprocess.run(["/usr/sbin/postfix", "-c", etc, "post-install", "create-missing"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        self.master = subprocess.Popen([MASTER, "-c", etc, "-d"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, start_new_session=True)
        house.wait_for_port(self.port, self.master)

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as f:
            f.write(text)

    def mails(self, local):
        """The raw messages of a mailbox, oldest first."""
        new = f"{self.folder}/mail/{local}/new"
        if not os.path.isdir(new):
            return []
        names = sorted(os.listdir(new), key=lambda n: os.stat(f"{new}/{n}").st_mtime_ns)
        return [open(f"{new}/{name}", "rb").read() for name in names]

    def wait_empty(self, seconds=house.PATIENCE):
        """Until everything accepted is in a mailbox."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            left = sum(len(files) for queue in ("incoming", "active", "deferred", "maildrop")
                       for _, _, files in os.walk(f"{self.folder}/queue/{queue}"))
            if not left:
                return
            time.sleep(0.05)
        house.fail(f"{left} messages stay in the relay's queue")

    def stop(self):
        self.master.send_signal(signal.SIGTERM)
        try:
            self.master.wait(5)
        except subprocess.TimeoutExpired:
            house.kill(self.master)

    def show_log(self):
        if os.path.exists(f"{self.folder}/log"):
            with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as f:
                print(f.read()[-3000:])
