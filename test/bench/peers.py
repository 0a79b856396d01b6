# SPDX-License-Identifier: BSD-2-Clause
"""The peers, out of Debian's packages: iPXE, and Linux with busybox.

The packages are downloaded and unpacked under build/bench/peers; none is installed. A peer that
can't be had is left out, and the report says so.
"""
import glob
import gzip
import os
import re
import socket
import subprocess

from machine import BUILD, GUEST, HOST

PEERS = os.path.join(BUILD, "peers")

# Polls for as long as a download lasts, and this one never ends: Debian's iPXE has no other state
# that answers at once ("sleep" and the shell nap between the ticks of an 18 Hz clock).
IPXE_COMMANDS = (
    f"ifopen net0 && set net0/ip {GUEST} && set net0/netmask 255.255.255.0 && "
    f"imgfetch http://{HOST}/"
)

LINUX_MODULES = ("virtio_pci", "virtio_net")
LINUX_COMMAND_LINE = "console=ttyS0 quiet rdinit=/init"
LINUX_INIT = f"""#!/bin/busybox sh
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod /modules/$module.ko; done
/bin/busybox ip link set eth0 up
/bin/busybox ip address add {GUEST}/24 dev eth0
while :; do /bin/busybox sleep 86400; done
"""


class Missing(Exception):
    """A peer can't be had; the text says why."""


def files_of(package):
    """Its downloaded file, as a list of one or none."""
    return glob.glob(os.path.join(glob.escape(PEERS), package + "_*.deb"))


def download():
    """Gets the packages that are not there yet. What fails shows when it is unpacked."""
    os.makedirs(PEERS, exist_ok=True)
    for package in ("ipxe", "busybox-static", kernel_package()):
        if package and not files_of(package):
            print(f"downloading {package}", flush=True)
            subprocess.run(
                ["apt-get", "-q", "download", package],
                cwd=PEERS,
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


def unpack(package):
    """The directory with what is in the Debian package."""
    directory = os.path.join(PEERS, package)
    if not os.path.isdir(directory):
        if not files_of(package):
            raise Missing(f"apt-get download {package} failed")
        subprocess.run(["dpkg-deb", "-x", files_of(package)[0], directory + ".part"], check=True)
        os.rename(directory + ".part", directory)
    return directory


def version(package):
    """The version that was downloaded."""
    return os.path.basename(files_of(package)[0]).split("_")[1].replace("%3a", ":")


def kernel_package():
    """The newest cloud kernel's package, or None."""
    shown = subprocess.run(
        ["apt-cache", "depends", "linux-image-cloud-amd64"],
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"Depends: (linux-image-\S+)", shown)
    return found[1] if found else None


def ipxe():
    """The image, and what iPXE is."""
    return os.path.join(unpack("ipxe"), "boot", "ipxe.lkrn"), "iPXE " + version("ipxe")


def module_order(kernel):
    """The files of LINUX_MODULES and of what they depend on, in the order to load them."""
    files = {
        os.path.basename(path)[:-3]: path
        for path in glob.glob(kernel + "/lib/modules/*/kernel/**/*.ko", recursive=True)
    }
    order = []

    def add(name):
        if name in order or name not in files:  # one that is not there is built in
            return
        with open(files[name], "rb") as f:
            depends = re.search(rb"\0depends=([^\0]*)\0", f.read())
        for other in depends[1].decode().split(",") if depends else ():
            add(other)
        order.append(name)

    for module in LINUX_MODULES:
        add(module)
    return [(name, files[name]) for name in order]


def archive_member(name, mode, data):
    """One file of an initial RAM file system (cpio, newc)."""
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4)


def initramfs(busybox, modules):
    """An init that loads the modules, sets the address and sleeps."""
    members = [archive_member(directory, 0o40755, b"") for directory in ("bin", "modules")]
    members.append(archive_member("init", 0o100755, LINUX_INIT.encode()))
    members.append(
        archive_member("modules/order", 0o100644, "\n".join(name for name, _ in modules).encode())
    )
    for name, path in [("bin/busybox", busybox)] + [
        (f"modules/{name}.ko", path) for name, path in modules
    ]:
        with open(path, "rb") as f:
            members.append(archive_member(name, 0o100755, f.read()))
    members.append(archive_member("TRAILER!!!", 0, b""))
    return gzip.compress(b"".join(members), mtime=0)


def linux():
    """The kernel, the initial RAM file system, and what Linux it is."""
    package = kernel_package()
    if not package:
        raise Missing("apt-cache knows no linux-image-cloud-amd64")
    kernel = unpack(package)
    busybox = os.path.join(unpack("busybox-static"), "bin", "busybox")
    ram = os.path.join(PEERS, "initramfs.gz")
    with open(ram, "wb") as f:
        f.write(initramfs(busybox, module_order(kernel)))
    image = glob.glob(glob.escape(kernel) + "/boot/vmlinuz-*")[0]
    return image, ram, f"Linux {version(package)} (cloud), busybox {version('busybox-static')}"


def listen():
    """What iPXE downloads from: takes the connection and never says anything."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((HOST, 80))
    server.listen(8)
    return server
