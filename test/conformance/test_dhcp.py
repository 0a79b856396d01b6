# SPDX-License-Identifier: BSD-2-Clause
"""The DHCP client: items 144 to 151 of the checklist (RFC 2131, RFC 2132, RFC 3442).

Each case starts the subject with ip=dhcp and is its server.
"""
import time

import pytest
from scapy.compat import raw
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether

from link import Packet
from subjects import MAC
from wire import BROADCAST, PEER_IP, PEER_MAC, echo, ether, udp, with_partial_checksum

OFFERED = "192.168.100.77"
OTHER_MAC = "02:00:00:00:00:33"
MAC_OCTETS = bytes.fromhex(MAC.replace(":", ""))


def dhcp(name):
    return pytest.mark.words(f"ip=dhcp for={name}", ready=False)


def kind(frame):
    """discover, request, decline, ...: of the client's message, or None."""
    if DHCP not in frame or frame[BOOTP].op != 1:
        return None
    value = options(frame)["message-type"]
    return {1: "discover", 3: "request", 4: "decline", 7: "release", 8: "inform"}.get(value, value)


def options(frame):
    return {option[0]: option[1] for option in frame[DHCP].options if isinstance(option, tuple)}


def answer(request, message, change=None, extra=(), bootp=None):
    """A server's message in answer to the client's."""
    bits = [("message-type", message)]
    if message != "nak":
        bits += [("subnet_mask", "255.255.255.0"), ("lease_time", 3600)]
    bits += [("server_id", PEER_IP), *extra, "end"]
    packet = (
        ether(dst=BROADCAST)
        / IP(src=PEER_IP, dst="255.255.255.255")
        / UDP(sport=67, dport=68)
        / BOOTP(
            **{
                "op": 2,
                "xid": request[BOOTP].xid,
                "yiaddr": OFFERED if message != "nak" else "0.0.0.0",
                "chaddr": MAC_OCTETS + bytes(10),
                "flags": request[BOOTP].flags,
                **(bootp or {}),
            }
        )
        / DHCP(options=bits)
    )
    if change:
        change(packet)
    return packet


class Server:
    """Reacts to the client; keeps what it sent."""

    def __init__(self, wire, offer=None, acknowledge=None):
        self.wire, self.seen = wire, []
        self.offer = offer or (lambda frame: [answer(frame, "offer")])
        self.acknowledge = acknowledge or (lambda frame: [answer(frame, "ack")])

    def __call__(self, frame):
        what = kind(frame)
        if what:
            self.seen.append((time.monotonic(), what, frame))
        if what == "discover":
            self.wire.send(*self.offer(frame))
        if what == "request":
            self.wire.send(*self.acknowledge(frame))

    def all(self, what):
        return [frame for _, w, frame in self.seen if w == what]

    def serve(self, until, seconds=3):
        self.wire.listen(seconds, self, until=lambda f: kind(f) == until)


def uses(wire, address, seconds=4):
    """Whether a ping to the address is answered within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        wire.send(echo(ip={"dst": address}))
        if any(ICMP in f and f[IP].src == address for _, f in wire.listen(0.2)):
            return True
    return False


@dhcp("c144")
def test_c144_answers_are_matched(wire):
    def wrong_cookie(packet):
        packet[BOOTP].options = b"\x63\x82\x53\x64"

    def offers(frame):
        wrong = [
            answer(frame, "offer", bootp={"xid": frame[BOOTP].xid ^ 1}),
            answer(frame, "offer", bootp={"chaddr": bytes.fromhex("020000000033") + bytes(10)}),
            answer(frame, "offer", wrong_cookie),
            answer(frame, "offer", bootp={"op": 1}),
        ]
        return wrong if len(server.all("discover")) == 1 else wrong + [answer(frame, "offer")]

    server = Server(wire, offers)
    server.serve("discover")
    wire.listen(2, server)
    assert server.all("request") == []
    server.serve("request", 6)
    assert uses(wire, OFFERED)


@dhcp("c145")
def test_c145_back_off(wire):
    """RFC 2131 4.1: 4 s, then 8 s, each more or less by up to 1 s."""
    server = Server(wire, offer=lambda frame: [])
    server.serve("discover", 2)
    wire.listen(15, server)
    times = [when for when, what, _ in server.seen if what == "discover"]
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len(gaps) >= 2 and 2.8 <= gaps[0] <= 5.2 and 6.8 <= gaps[1] <= 9.2, gaps
    for frame in server.all("discover"):
        assert (frame.src, frame.dst) == (MAC, BROADCAST)
        assert (frame[IP].src, frame[IP].dst) == ("0.0.0.0", "255.255.255.255")
        assert (frame[UDP].sport, frame[UDP].dport) == (68, 67)
        assert frame[BOOTP].chaddr[:6] == MAC_OCTETS and (
            frame[BOOTP].htype,
            frame[BOOTP].hlen,
        ) == (1, 6)


@dhcp("c146")
def test_c146_request_names_the_server(wire):
    """RFC 2131 4.3.2: in SELECTING, server identifier and requested IP address, broadcast, ciaddr zero."""
    server = Server(wire)
    server.serve("request")
    (request,) = server.all("request")
    assert (
        options(request)["server_id"] == PEER_IP and options(request)["requested_addr"] == OFFERED
    )
    assert (request.dst, request[IP].dst, request[BOOTP].ciaddr) == (
        BROADCAST,
        "255.255.255.255",
        "0.0.0.0",
    )
    assert request[BOOTP].xid == server.all("discover")[0][BOOTP].xid
    assert uses(wire, OFFERED)


@dhcp("c147")
def test_c147_taken_address_is_declined(wire):
    """RFC 2131 4.4.1: probed by ARP; if somebody answers, DHCPDECLINE."""
    server = Server(wire)

    def react(frame):
        server(frame)
        if ARP in frame and frame[ARP].op == 1 and frame.pdst == OFFERED:
            assert frame.psrc == "0.0.0.0", "the check must not disturb the caches of others"
            wire.send(
                ether(dst=MAC) / ARP(op=2, hwsrc=OTHER_MAC, psrc=OFFERED, hwdst=MAC, pdst="0.0.0.0")
            )

    wire.listen(2, react, until=lambda f: kind(f) == "discover")
    wire.listen(6, react, until=lambda f: kind(f) == "decline")
    (decline,) = server.all("decline")
    assert (
        options(decline)["requested_addr"] == OFFERED and options(decline)["server_id"] == PEER_IP
    )
    assert not uses(wire, OFFERED, 0.5)


@dhcp("c148")
def test_c148_lease(wire):
    """RFC 2131 4.4.5: renewed with its server at T1, with any at T2, given up at its end."""

    def acknowledge(frame):
        lease = [("lease_time", 8), ("renewal_time", 4), ("rebinding_time", 7)]
        return [answer(frame, "ack", extra=lease)] if len(server.all("request")) == 1 else []

    def offer(frame):
        return [answer(frame, "offer")] if len(server.all("discover")) == 1 else []

    def react(frame):
        server(frame)
        if ARP in frame and frame[ARP].op == 1 and frame.pdst == PEER_IP:
            wire.send(
                ether(dst=MAC) / ARP(op=2, hwsrc=PEER_MAC, psrc=PEER_IP, hwdst=MAC, pdst=frame.psrc)
            )

    server = Server(wire, offer, acknowledge)
    server.serve("request")
    bound = time.monotonic()
    assert uses(wire, OFFERED)
    wire.listen(bound + 9.5 - time.monotonic(), react)
    later = [(when - bound, frame) for when, what, frame in server.seen if what == "request"][1:]
    renewing = [frame for when, frame in later if 3.5 <= when < 7]
    rebinding = [frame for when, frame in later if 7 <= when <= 8.2]
    assert renewing and all((f[IP].dst, f[BOOTP].ciaddr) == (PEER_IP, OFFERED) for f in renewing)
    assert rebinding and all(
        (f[IP].dst, f[BOOTP].ciaddr) == ("255.255.255.255", OFFERED) for f in rebinding
    )
    for frame in renewing + rebinding:
        assert "server_id" not in options(frame) and "requested_addr" not in options(frame)
    assert not uses(wire, OFFERED, 0.5)


@dhcp("c149")
def test_c149_nak_starts_over(wire):
    def acknowledge(frame):
        return [answer(frame, "nak" if len(server.all("request")) == 1 else "ack")]

    server = Server(wire, acknowledge=acknowledge)
    server.serve("request")
    server.serve("discover", 12)
    server.serve("request")
    assert uses(wire, OFFERED)


@dhcp("c150a")
def test_c150_overloaded_options(wire):
    """RFC 2132 9.3: options go on in the fields file (1), then sname (2)."""

    def overloaded(message):
        def change(packet):
            mask = b"\x01\x04\xff\xff\x00\x00"  # 255.255.0.0
            packet[BOOTP].file = (mask + b"\xff").ljust(128, b"\0")
            packet[BOOTP].sname = (
                b"\x36\x04" + bytes(map(int, PEER_IP.split("."))) + b"\xff"
            ).ljust(64, b"\0")
            packet[DHCP].options = [
                ("message-type", message),
                (52, b"\x03"),
                ("lease_time", 3600),
                "end",
            ]

        return change

    server = Server(
        wire,
        lambda f: [answer(f, "offer", overloaded("offer"))],
        lambda f: [answer(f, "ack", overloaded("ack"))],
    )
    server.serve("request")
    assert options(server.all("request")[0])["server_id"] == PEER_IP
    assert uses(wire, OFFERED)
    # The mask came from there: now this source is the subnet's broadcast address.
    wire.send(
        *(echo(ip={"dst": OFFERED, "src": src}) for src in ("192.168.255.255", "192.168.100.255"))
    )
    assert [f[IP].dst for _, f in wire.listen(0.3) if ICMP in f] == ["192.168.100.255"]


@dhcp("c150b")
def test_c150_truncated_options(wire):
    """An offer whose last option goes beyond the datagram is not believed; a good one later is."""

    def offers(frame):
        good = answer(frame, "offer")
        good = Ether(raw(good))
        del good[IP].len, good[IP].chksum, good[UDP].len, good[UDP].chksum
        octets = raw(good[BOOTP])
        octets = octets[: octets.rindex(b"\xff")]
        broken = [
            octets + tail
            for tail in (b"\x01", b"\x01\x04", b"\x01\x04\xff", b"\x33\xff\0", b"\x34\x01")
        ]
        head = good[IP].copy()
        head[UDP].remove_payload()
        wrong = [ether(dst=BROADCAST) / head / o for o in broken]
        return wrong if len(server.all("discover")) == 1 else wrong + [answer(frame, "offer")]

    server = Server(wire, offers)
    server.serve("discover")
    server.serve("request", 8)
    assert uses(wire, OFFERED)


@dhcp("c150c")
def test_c150_options_are_asked_for(wire):
    """RFC 2132 9.8: those that are used; RFC 3442 wants 121 before 3."""
    server = Server(wire)
    server.serve("discover")
    asked = list(options(server.all("discover")[0])["param_req_list"])
    assert {1, 3, 26, 58, 59, 121} <= set(asked)
    assert asked.index(121) < asked.index(3)


@dhcp("c151")
def test_c151_offer_with_a_bad_checksum(wire):
    def bad(packet):
        packet[UDP].chksum = Ether(raw(packet))[UDP].chksum ^ 0x0100

    def offers(frame):
        good = [answer(frame, "offer")] if len(server.all("discover")) > 1 else []
        return [answer(frame, "offer", bad), *good]

    server = Server(wire, offers)
    server.serve("discover")
    wire.listen(1, server)
    assert server.all("request") == []
    server.serve("request", 6)
    assert uses(wire, OFFERED)


@pytest.mark.no_linux("its TAP has no virtio header")
def test_c151_checksum_left_to_the_device(wire):
    """virtio 1.2, 5.1.6.4: with NEEDS_CSUM the field holds the pseudo-header's sum only."""
    assert isinstance(wire.link, Packet)
    wire.link.send(*with_partial_checksum(udp(b"partial", dport=7)))
    replies = wire.ask()
    assert [raw(r[UDP].payload)[:7] for r in replies] == [b"partial"]
