# SPDX-License-Identifier: MIT
"""Servers whose packages cannot be installed beside Postfix: their files are downloaded and unpacked
into a temporary tree, which is laid over this machine's own in a mount namespace that dies with the
server. Nothing of the machine changes. Needs root, apt and overlayfs."""
import glob
import os
import shutil
import signal
import subprocess

import house

DEBIAN = "http://deb.debian.org/debian"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


class Tree:
    """suite: packages of that Debian suite instead of this machine's."""

    def __init__(self, folder, packages, suite=None):
        if os.geteuid() != 0:
            house.skip("a tree of its own needs root")
        if not shutil.which("apt-get") or not shutil.which("unshare"):
            house.skip("no apt-get or unshare here")
        self.folder, self.server = f"{folder}/tree", None
        for name in ("files", "memory", "all", "packages", "apt/lists/partial", "apt/cache"):
            os.makedirs(f"{self.folder}/{name}")
        self.download(packages, suite)
        for package in glob.glob(f"{self.folder}/packages/*.deb"):
            run("dpkg", "-x", package, f"{self.folder}/files", check=True)
        # Where /lib is a link, a folder of that name would hide it.
        for name in ("lib", "bin", "sbin", "lib64"):
            if os.path.islink(f"/{name}") and os.path.isdir(f"{self.folder}/files/{name}"):
                shutil.copytree(f"{self.folder}/files/{name}", f"{self.folder}/files/usr/{name}",
                                symlinks=True, dirs_exist_ok=True)
                shutil.rmtree(f"{self.folder}/files/{name}")
        os.makedirs(f"{self.folder}/files/etc", exist_ok=True)
        probe = run("unshare", "--mount", "sh", "-c", self.mount_command() + "true")
        if probe.returncode:
            house.skip(f"no overlay file system here: {probe.stderr.strip()}")

    def download(self, packages, suite):
        options = ["-o", "APT::Sandbox::User=root"]
        if suite:
            with open(f"{self.folder}/apt/sources.list", "w", encoding="utf-8") as f:
                f.write(f"deb {DEBIAN} {suite} main\n")
            options += ["-o", f"Dir::Etc::sourcelist={self.folder}/apt/sources.list",
                        "-o", "Dir::Etc::sourceparts=/dev/null",
                        "-o", f"Dir::State::lists={self.folder}/apt/lists",
                        "-o", f"Dir::Cache={self.folder}/apt/cache"]
            if run("apt-get", *options, "update").returncode:
                house.skip(f"the packages of {suite} cannot be listed")
        done = run("apt-get", *options, "download", *packages, cwd=f"{self.folder}/packages")
        if done.returncode:
            house.skip(f"cannot be downloaded: {' '.join(packages)}: {done.stderr.strip()[-200:]}")

    def mount_command(self):
        """The layers are in memory: on the disk of / they would lie within the lowest of them."""
        memory, merged = f"{self.folder}/memory", f"{self.folder}/all"
        return (f"mount -t tmpfs tmpfs {memory} && cp -a {self.folder}/files {memory} && "
                f"mkdir {memory}/upper {memory}/work && mount -t overlay overlay -o "
                f"lowerdir={memory}/files:/,upperdir={memory}/upper,workdir={memory}/work "
                f"{merged} && ")

    def add_user(self, name, uid):
        """In the tree's own list of users."""
        for file, line in (("passwd", f"{name}:x:{uid}:{uid}::/nonexistent:/usr/sbin/nologin\n"),
                           ("group", f"{name}:x:{uid}:\n")):
            path = f"{self.folder}/files/etc/{file}"
            if not os.path.exists(path):
                shutil.copy(f"/etc/{file}", path)
            with open(path, "a", encoding="utf-8") as f:
                f.write(line)

    def start(self, port, log, *command):
        """The command inside the tree, where the installation's folder has its own name, too. A
        shell stays the first process of the namespace: a setuid server forgets its parent's
        death, and the namespace does not."""
        top = os.path.dirname(self.folder)
        script = (self.mount_command() + f"cd {self.folder}/all && mount -t proc proc proc && "
                  f"mount --rbind /dev dev && mkdir -p .{top} && mount --bind {top} .{top} && "
                  'chroot . "$@"; exit $?')
        self.server = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh",
             *command], stdout=log, stderr=log, start_new_session=True)
        house.wait_for_port(port, self.server)

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGKILL)  # and with it all of its namespace
            self.server.wait(10)
            self.server = None
