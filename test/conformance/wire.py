# SPDX-License-Identifier: BSD-2-Clause
"""Questions to a subject: frames go out, and what comes back before the canary is the answer.

A canary is a ping from another address that follows the frames in question. A subject answers in
order, so its answer proves that all before it got theirs, or none: silence costs no waiting. What a
subject sends on its own (announcements, solicitations) is kept apart from the answers.
"""
import itertools
import struct
import time

from scapy.compat import raw
from scapy.layers.inet import ICMP, IP, UDP, in4_pseudoheader
from scapy.layers.inet6 import IPv6, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RS, ICMPv6MLReport2
from scapy.layers.l2 import ARP, Ether
from scapy.utils import checksum

from subjects import CANARY, IP as OUR_IP, MAC, PEER

BROADCAST = "ff:ff:ff:ff:ff:ff"
PEER_MAC, (PEER_IP, PEER_IP6) = PEER
OUR_IP6 = (
    "fe80::75:6eff:fe69:706f"  # RFC 4291 appendix A: the MAC with ff:fe inside and a bit flipped
)
WINDOW = 64  # frames before a canary; less than any ring or queue holds


def ether(**fields):
    """An Ethernet header from the peer to the subject."""
    return Ether(**{"src": PEER_MAC, "dst": MAC, **fields})


def arp(**fields):
    """Who has the subject's address?"""
    return ether(dst=BROADCAST) / ARP(
        **{
            "op": 1,
            "hwsrc": PEER_MAC,
            "psrc": PEER_IP,
            "hwdst": "00:00:00:00:00:00",
            "pdst": OUR_IP,
            **fields,
        }
    )


def ipv4(**fields):
    return ether() / IP(**{"src": PEER_IP, "dst": OUR_IP, "id": 0x1234, **fields})


def ipv6(**fields):
    return ether() / IPv6(**{"src": PEER_IP6, "dst": OUR_IP6, **fields})


def echo(data=b"0123456789abcdef", ip=None, **fields):
    """A ping."""
    return ipv4(**(ip or {})) / ICMP(**{"type": 8, "id": 0x7001, "seq": 7, **fields}) / data


def udp(data=b"0123456789abcdef", ip=None, **fields):
    """A datagram, to a port where nobody listens unless another is given."""
    return ipv4(**(ip or {})) / UDP(**{"sport": 40000, "dport": 40001, **fields}) / data


def with_partial_checksum(datagram):
    """A UDP frame without its checksum, and the virtio header that leaves the checksum to the
    receiver.

    virtio 1.2, 5.1.6.4: the field holds the sum of the pseudo-header only.
    """
    frame = bytearray(raw(datagram))
    whole = Ether(bytes(frame))
    pseudo = in4_pseudoheader(17, IP(src=whole[IP].src, dst=whole[IP].dst), whole[UDP].len)
    frame[40:42] = (~checksum(pseudo) & 0xFFFF).to_bytes(2, "big")
    return bytes(frame), struct.pack("<BBHHHH", 1, 0, 0, 0, 34, 6)


def hexdump(frames):
    parsed = [Ether(bytes(frame)) for frame in frames]
    return "\n".join(f"  {f.summary()}  {raw(f).hex()}" for f in parsed) or "  nothing"


def on_its_own(frame):
    """Whether the subject sent this frame by itself, not as an answer."""
    kind = frame[12:14]
    if kind == b"\x08\x00":  # IGMP, or DHCP's client
        return frame[23] == 2 or (frame[23] == 17 and frame[34:38] == b"\0\x44\0\x43")
    if kind not in (b"\x08\x06", b"\x86\xdd"):
        return False
    packet = Ether(frame)
    if ARP in packet:
        return packet.op == 1 or packet.psrc == packet.pdst
    return any(layer in packet for layer in (ICMPv6ND_NS, ICMPv6ND_RS, ICMPv6MLReport2)) or (
        ICMPv6ND_NA in packet and packet[IPv6].dst == "ff02::1" and packet[ICMPv6ND_NA].S == 0
    )


class Wire:
    tokens = itertools.count(1)

    def __init__(self, subject, heard):
        self.subject, self.link = subject, subject.link
        self.heard = heard  # (test, octets) of every frame from any subject
        self.own = []  # (time, frame) of what this one sent by itself
        self.test = "start"
        self.started = self.came = time.monotonic()  # and when the last frame came
        self.dead = False

    def send(self, *frames):
        for frame in frames:
            self.link.send(bytes(frame))

    def receive(self, seconds):
        """The next frame's octets, or None after so many seconds."""
        if not self.link.wait(seconds):
            return None
        frame = self.link.receive()
        self.came = time.monotonic() - self.link.waited
        if frame:
            self.heard.append((self.test, frame))
        return frame

    def until_canary(self, keep_own, program):
        token = b"canary %08d" % next(self.tokens)
        mac, (ip,) = CANARY
        bird = UDP(sport=0x0C0C, dport=7) if program else ICMP(type=8, id=0x0C0C)
        self.send(ether(src=mac) / IP(src=ip, dst=OUR_IP) / bird / token)
        end = time.monotonic() + self.subject.patience
        got = []
        while (left := end - time.monotonic()) > 0:
            frame = self.receive(left)
            if not frame:
                continue
            if token in frame:
                return got
            if not keep_own and on_its_own(frame):
                self.own.append((self.came, Ether(frame)))
            else:
                got.append(frame)
        self.dead = True
        raise AssertionError("it no longer answers a ping")

    def ask_octets(self, *frames, service=False, own=False):
        """The answers, as octets.

        service: the canary goes to a UDP service where these are programs (Linux), since they
        answer in an order of their own. own: frames that the subject sent by itself are among the
        answers.
        """
        got = []
        for i in range(0, max(1, len(frames)), WINDOW):
            self.send(*frames[i : i + WINDOW])
            got += self.until_canary(own, service and self.subject.services_are_programs)
        return got

    def ask(self, *frames, **options):
        """The answers, parsed by scapy."""
        return [Ether(frame) for frame in self.ask_octets(*frames, **options)]

    def answers(self, frame, error=False, **options):
        """The answers to one frame.

        error: the answer is an ICMP error, so ask again if there is none: its rate may be limited
        just now.
        """
        got = self.ask(frame, **options)
        for _ in range(4 if error else 0):
            if not got:
                time.sleep(0.1)
                got = self.ask(frame, **options)
        return got

    def one(self, frame, **options):
        """The only answer; fails if there is none, or more than one."""
        got = self.answers(frame, **options)
        assert (
            len(got) == 1
        ), f"one answer expected to\n{hexdump([frame])}\nbut there came\n{hexdump(got)}"
        return got[0]

    def silent(self, *frames, control=None, error=False, **options):
        """Fails if any of the frames is answered.

        control: a frame that must be answered, so that the silence means something.
        """
        if control is not None:
            assert self.answers(control, error, **options), "the control should have been answered"
        if self.ask_octets(*frames, **options):
            for frame in frames:  # find the one that was answered
                got = self.ask(frame, **options)
                assert (
                    not got
                ), f"silence expected after\n{hexdump([frame])}\nbut there came\n{hexdump(got)}"

    def listen(self, seconds, react=None, until=None):
        """All that it sends in so many seconds, as (time, frame).

        react(frame) may answer; until(frame) ends it, and without such a frame it fails.
        """
        end = time.monotonic() + seconds
        got = []
        while not self.dead and (left := end - time.monotonic()) > 0:
            octets = self.receive(min(left, 0.1))
            if not octets:
                assert self.subject.running(), "it has ended"
                continue
            frame = Ether(octets)
            got.append((self.came, frame))
            if react:
                react(frame)
            if until and until(frame):
                return got
        assert (
            not until
        ), f"it did not come within {seconds} s; what came is\n{hexdump(f for _, f in got)}"
        return got
