# SPDX-License-Identifier: BSD-2-Clause
"""Three ways to send a frame to a subject, and to receive its frames.

Tap: the subject is the kernel that has the interface, and we are its other end. Packet: the
interface is the kernel's end, and the subject (QEMU or a program) is the TAP's other end. Datagram:
QEMU's own cable without an interface; only it carries frames that are too short for a driver of
Ethernet. None of the three pads or trims a frame.
"""
import fcntl
import os
import select
import socket
import struct
import time

ETH_P_ALL = 0x0003
SO_TIMESTAMPNS = 35
SOL_PACKET = 263
PACKET_AUXDATA = 8
PACKET_VNET_HDR = 15
PACKET_QDISC_BYPASS = 20
PACKET_IGNORE_OUTGOING = 23
TP_STATUS_VLAN_VALID = 0x10
TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x1002


class Link:
    """A cable: send(); receive(), which does not wait; wait(), which waits for a frame."""

    def __init__(self, file):
        self.file = file
        self.waited = (
            0  # seconds that the last frame lay there before it was received, if that is known
        )

    def close(self):
        self.file.close()

    def wait(self, seconds):
        """Whether there is a frame to receive, after at most so many seconds."""
        return bool(select.select([self.file], [], [], max(0, seconds))[0])


class Tap(Link):
    def __init__(self, namespace, name):
        with namespace.inside():
            super().__init__(open("/dev/net/tun", "r+b", buffering=0))
        fcntl.ioctl(self.file, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
        os.set_blocking(self.file.fileno(), False)

    def send(self, frame):
        self.file.write(frame)

    def receive(self):
        return self.file.read(65536)


class Packet(Link):
    def __init__(self, namespace, interface):
        super().__init__(
            namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        )
        self.file.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.file.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.file.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.file.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        # The queue of an interface that has just got its carrier may drop all for a second.
        self.file.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
        self.file.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.file.bind((interface, 0))
        self.file.setblocking(False)

    def send(self, frame, header=bytes(10)):
        """Sends a frame. header: its virtio header (virtio 1.2, 5.1.6)."""
        self.file.send(header + frame)

    def receive(self):
        try:
            octets, control, _, _ = self.file.recvmsg(65536 + 10, 256)
        except BlockingIOError:
            return None
        frame = octets[10:]
        for level, kind, data in control:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", data)
                self.waited = max(0, time.time() - seconds - nanoseconds * 1e-9)
            # struct tpacket_auxdata; the kernel takes a VLAN tag out of the frame
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data[:20])
                if status & TP_STATUS_VLAN_VALID:
                    frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
        return frame


class Datagram(Link):
    """QEMU's -netdev dgram on two sockets in a directory; a datagram is a frame."""

    def __init__(self, directory):
        self.ours, self.qemus = f"{directory}/ours", f"{directory}/qemu"
        super().__init__(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.file.bind(self.ours)
        self.file.setblocking(False)
        self.connected = False

    def send(self, frame):
        if not self.connected:  # not earlier: QEMU makes its socket when it starts
            self.file.connect(self.qemus)
            self.connected = True
        select.select([], [self.file], [], 5)  # QEMU's queue is short: wait for room
        self.file.send(frame)

    def receive(self):
        try:
            return self.file.recv(65536)
        except BlockingIOError:
            return None
