# SPDX-License-Identifier: BSD-2-Clause
"""Ethernet and ARP: items 1 to 31 of the checklist (RFC 894, RFC 826, RFC 5227, RFC 1122 2.3)."""
import struct
import subprocess
import time

import pytest
from scapy.compat import raw
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import ARP, LLC, SNAP, Dot3, Ether
from scapy.utils import rdpcap, wrpcap

from subjects import MAC, ROOT
from wire import BROADCAST, OUR_IP, PEER_IP, PEER_MAC, arp, echo, ether

OTHER_MAC = "02:00:00:00:00:33"
OTHER_IP = "192.168.100.33"
VIP, FAR_IP = "192.168.100.50", "198.51.100.1"
ZERO_MAC = "00:00:00:00:00:00"
PROBE = "probe=on"


def arp_sets(**octets):
    """A good request in which octets of the ARP packet are replaced: hrd=b"..", at its offset."""
    offsets = {"hrd": 0, "pro": 2, "hln": 4, "pln": 5, "op": 6, "sha": 8, "spa": 14}
    frame = bytearray(raw(arp()))
    for name, value in octets.items():
        at = 14 + offsets[name]
        frame[at : at + len(value)] = value
    return bytes(frame)


def is_ours(reply):
    """From our MAC to the peer's, in an Ethernet II frame."""
    return (reply.src, reply.dst, type(reply)) == (MAC, PEER_MAC, Ether)


def announcements(wire):
    return [(when, f) for when, f in wire.own if ARP in f and f.psrc == f.pdst == OUR_IP]


def test_c001_ethernet_ii(wire):
    reply = wire.one(echo())
    assert is_ours(reply) and reply.type == 0x0800 and reply[ICMP].type == 0


def test_c002_snap_is_silence(wire):
    packet = raw(echo())[14:]
    wire.silent(
        Dot3(src=PEER_MAC, dst=MAC)
        / LLC(dsap=0xAA, ssap=0xAA, ctrl=3)
        / SNAP(OUI=0, code=0x0800)
        / packet
    )


@pytest.mark.parametrize("size", range(0, 19))
def test_c003_short_replies_are_padded_with_zeros(wire, size):
    reply = wire.one(echo(bytes([0xFF]) * size))
    assert len(raw(reply)) == 60
    assert reply[IP].len == 28 + size
    assert raw(reply)[14 + 28 + size :] == bytes(60 - 42 - size)


@pytest.mark.parametrize("trailer", [1, 18, 100])
def test_c004_trailer_is_ignored(wire, trailer):
    reply = wire.one(raw(echo(b"")) + b"\xa5" * trailer)
    assert reply[IP].len == 28
    assert not any(raw(reply)[42:]) and len(raw(reply)) <= 60


def test_c005_other_unicast_mac(wire):
    frames = []
    for mac in (OTHER_MAC, MAC[:-1] + "e", "00" + MAC[2:]):
        for frame in (echo(), arp()):
            frame[Ether].dst = mac
            frames.append(frame)
    wire.silent(*frames)


@pytest.mark.parametrize(
    "mac", [BROADCAST, "01:00:5e:00:00:01", "33:33:00:00:00:01", "03:00:00:00:00:01"]
)
def test_c006_group_source_mac(wire, mac):
    frames = [echo(), arp()]
    for frame in frames:
        frame[Ether].src = mac
    wire.silent(*frames)


@pytest.mark.no_linux("a Linux TAP takes no frame below 14 octets")
@pytest.mark.words("cable=datagram")
def test_c007_frames_of_0_to_13_octets(wire, tmp_path):
    whole = raw(echo())
    frames = [whole[:n] for n in range(14)]
    if wire.subject.name == "image":
        wire.silent(*frames[1:])  # QEMU's cable has no empty datagrams
        return
    # No Linux interface sends them either: a capture file does.
    wrpcap(str(tmp_path / "in.pcap"), frames + [whole], linktype=1)
    subprocess.run(
        [ROOT / "build/unipong-host", "--pcap", "in.pcap", "out.pcap"],
        cwd=tmp_path,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=10,
    )
    assert len(rdpcap(str(tmp_path / "out.pcap"))) == 1


@pytest.mark.parametrize(
    "kind", [0, 3, 38, 1500, 1501, 0x05FF, 0x88CC, 0x8808, 0x8035, 0x88B5, 0x0801, 0xFFFF]
)
def test_c008_other_ethertypes(wire, kind):
    for dst in (MAC, BROADCAST, "01:80:c2:00:00:00"):
        wire.silent(
            ether(dst=dst, type=kind) / raw(echo())[14:],
            ether(dst=dst, type=kind) / raw(arp())[14:],
        )


def test_c009_request_is_answered(wire):
    reply = wire.one(arp())
    assert is_ours(reply) and reply.type == 0x0806
    packet = reply[ARP]
    assert (packet.hwtype, packet.ptype, packet.hwlen, packet.plen, packet.op) == (
        1,
        0x0800,
        6,
        4,
        2,
    )
    assert (packet.hwsrc, packet.psrc, packet.hwdst, packet.pdst) == (
        MAC,
        OUR_IP,
        PEER_MAC,
        PEER_IP,
    )


@pytest.mark.parametrize(
    "tpa",
    [
        OTHER_IP,
        "192.168.100.255",
        "192.168.100.0",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "127.0.0.1",
        "10.0.0.1",
        PEER_IP,
    ],
)
def test_c010_target_is_another(wire, tpa):
    wire.silent(arp(pdst=tpa))


@pytest.mark.parametrize("hrd", [0, 2, 6, 7, 15, 0x0100, 0xFFFF])
def test_c011_hardware_is_not_ethernet(wire, hrd):
    wire.silent(arp_sets(hrd=struct.pack("!H", hrd)))


@pytest.mark.parametrize("pro", [0, 0x0806, 0x0801, 0x86DD, 0x0008, 0xFFFF])
def test_c012_protocol_is_not_ipv4(wire, pro):
    wire.silent(arp_sets(pro=struct.pack("!H", pro)))


@pytest.mark.parametrize(
    "lengths",
    [b"\0\4", b"\5\4", b"\7\4", b"\xff\4", b"\6\0", b"\6\3", b"\6\x10", b"\6\xff", b"\4\6"],
)
def test_c013_address_lengths(wire, lengths):
    wire.silent(arp_sets(hln=lengths[:1], pln=lengths[1:]))


def test_c014_not_a_request(wire):
    frames = [
        arp_sets(op=struct.pack("!H", op)) for op in (0, 2, *range(3, 26), 0x0100, 0x0101, 0xFFFF)
    ]
    wire.silent(*frames, *(MAC_BYTES + frame[6:] for frame in frames))


MAC_BYTES = bytes.fromhex(MAC.replace(":", ""))


def test_c015_reply_goes_to_sha(wire):
    """RFC 826, "Packet Reception": "send the packet to the (new) target hardware address"."""
    reply = wire.one(arp(hwsrc=OTHER_MAC, psrc=OTHER_IP))
    assert (reply.dst, reply[ARP].hwdst, reply[ARP].pdst) == (OTHER_MAC, OTHER_MAC, OTHER_IP)


def test_c016_unicast_request(wire):
    frame = arp()
    frame.dst = MAC
    assert wire.one(frame)[ARP].op == 2


def test_c017_truncated(wire):
    whole = raw(arp())
    wire.silent(*(whole[:n] for n in range(14, 42)))
    assert wire.one(whole)[ARP].op == 2  # 28 octets without padding are enough


def test_c018_probe(wire):
    """RFC 5227 2.5: an ARP request for our address is answered whatever its sender IP address."""
    packet = wire.one(arp(psrc="0.0.0.0"))[ARP]
    assert (packet.op, packet.hwsrc, packet.psrc) == (2, MAC, OUR_IP)
    assert (packet.hwdst, packet.pdst) == (PEER_MAC, "0.0.0.0")


def is_probe(frame):
    return ARP in frame and frame[ARP].op == 1 and frame.psrc == "0.0.0.0"


def probes(frames):
    return [(when, f) for when, f in frames if is_probe(f)]


@pytest.mark.words(PROBE + " for=c019", ready=False)
def test_c019_probes_before_use(wire):
    """RFC 5227 2.1.1: PROBE_NUM 3 probes, PROBE_MIN 1 s to PROBE_MAX 2 s apart; ANNOUNCE_WAIT 2 s."""
    heard = wire.listen(2, until=is_probe)
    heard += wire.listen(7)
    found = probes(heard)
    assert len(found) == 3
    for _, frame in found:
        assert (frame.dst, frame.src) == (BROADCAST, MAC)
        assert (frame.hwsrc, frame.hwdst, frame.pdst) == (MAC, ZERO_MAC, OUR_IP)
    gaps = [b[0] - a[0] for a, b in zip(found, found[1:])]
    assert all(0.9 <= gap <= 2.2 for gap in gaps), gaps
    announced = [when for when, f in heard if ARP in f and f.psrc == f.pdst == OUR_IP]
    assert announced and 1.8 <= announced[0] - found[-1][0] <= 3
    assert wire.one(arp())[ARP].psrc == OUR_IP


def conflict_while_probing(wire, sha):
    def react(frame):
        if is_probe(frame):
            wire.send(arp(psrc="0.0.0.0", hwsrc=sha))

    heard = wire.listen(2, react, until=is_probe)
    heard += wire.listen(7, react)
    wire.send(arp())
    return [f for _, f in heard + wire.listen(0.5) if ARP in f and f.psrc == OUR_IP]


@pytest.mark.words(PROBE + " for=c020", ready=False)
def test_c020_another_probes_for_the_same_address(wire):
    assert conflict_while_probing(wire, OTHER_MAC) == []


@pytest.mark.words(PROBE + " for=c020own", ready=False)
def test_c020_own_probe_came_back(wire):
    assert conflict_while_probing(wire, MAC) != []


@pytest.mark.last
@pytest.mark.no_linux("a Linux kernel leaves announcing to programs")
def test_c021_announcements(wire):
    """RFC 5227 2.3: ANNOUNCE_NUM 2, ANNOUNCE_INTERVAL 2 s."""
    while time.monotonic() < wire.started + 4:
        time.sleep(0.2)
        wire.ask()
    requests = [(when, f) for when, f in announcements(wire) if f[ARP].op == 1]
    times = [when - wire.started for when, _ in requests]
    assert len(requests) >= 2 and any(1.8 <= t - times[0] <= 2.5 for t in times[1:]), times
    for _, frame in requests:
        assert (frame.dst, frame.src, frame.hwsrc, frame.hwdst) == (BROADCAST, MAC, MAC, ZERO_MAC)


def defences(wire, conflicts, seconds):
    """The number of announcements that follow so many claims of our address by another host."""
    if wire.subject.name != "linux":
        time.sleep(2.5)  # then the announcements at the start are over
    wire.ask()
    before = len(announcements(wire))
    for i in range(conflicts):
        op, pdst = ((2, PEER_IP), (1, OUR_IP), (2, OUR_IP), (1, PEER_IP))[i % 4]
        wire.send(arp(op=op, hwsrc=OTHER_MAC, psrc=OUR_IP, pdst=pdst))
        if i % 32 == 0:
            assert wire.ask() == []
            assert len(announcements(wire)) > before, "no defence"
        time.sleep(seconds / conflicts)
    assert wire.ask() == []
    return len(announcements(wire)) - before


@pytest.mark.words("for=c022")
def test_c022_conflict_is_defended_once(wire):
    """RFC 5227 2.4: one announcement, then none for DEFEND_INTERVAL, 10 s."""
    assert defences(wire, 20, 1) == 1


@pytest.mark.words("for=c023")
def test_c023_flood_of_conflicts(wire):
    assert defences(wire, 1000, 2) == 1
    assert wire.one(echo())[ICMP].type == 0


@pytest.mark.parametrize(
    "spa", ["255.255.255.255", "192.168.100.255", "224.0.0.1", "240.0.0.1", "127.0.0.1"]
)
def test_c024_sender_ip_of_no_host(wire, spa):
    wire.silent(arp(psrc=spa))


@pytest.mark.parametrize("sha", [BROADCAST, "01:00:5e:00:00:01", "03:00:00:00:00:01"])
def test_c025_sender_mac_is_a_group(wire, sha):
    wire.silent(arp(hwsrc=sha))


def test_c026_gratuitous_arp_of_others(wire):
    for op in (1, 2):
        wire.silent(
            arp(op=op, psrc=OTHER_IP, pdst=OTHER_IP, hwsrc=OTHER_MAC),
            arp(op=op, psrc=OTHER_IP, pdst=OTHER_IP, hwsrc=OTHER_MAC, hwdst=OTHER_MAC),
        )


@pytest.mark.words(f"vip={VIP} neighbours=learned for=c027")
@pytest.mark.parametrize("address", [OUR_IP, VIP])
def test_c027_no_arp_flood(wire, address):
    """RFC 1122 2.3.2.1: not more than one request a second for one destination."""
    frames = [
        ether(src=OTHER_MAC) / IP(src=OTHER_IP, dst=address) / ICMP(type=8, seq=i)
        for i in range(10)
    ]
    end = time.monotonic() + 3
    heard = []
    while time.monotonic() < end:
        wire.send(*frames)
        heard += wire.listen(0.1)
    requests = [f for _, f in heard if ARP in f and f[ARP].op == 1 and f.pdst == OTHER_IP]
    assert (2 if address == VIP else 0) <= len(requests) <= 4


@pytest.mark.words(f"vip={VIP} gw=192.168.100.254 neighbours=learned for=c027flood")
def test_c027_made_up_clients_cost_nobody_his_way(wire):
    """A hundred hosts that don't exist are asked for once a second each; a host that was known
    before is still answered.
    """
    ways = (FAR_IP, "192.168.100.254", OTHER_MAC), (PEER_IP, PEER_IP, PEER_MAC)
    for way in ways:
        by_director(wire, *way)
    wire.listen(1.1)  # they were just asked for: that time is over
    asked = {}
    for i in range(100):
        made_up = echo(ip={"src": f"192.168.100.{100 + i}", "dst": VIP})
        made_up.src = "02:00:00:00:00:99"
        wire.send(made_up)
        if i % 10 == 0:
            for client, neighbour, mac in ways:
                answer, requests = by_director(wire, client, neighbour, mac)
                assert (answer.dst, requests) == (mac, [])
    for when, frame in wire.listen(2):
        if ARP in frame and frame.op == 1:
            asked.setdefault(frame.pdst, []).append(when)
    assert asked and all(b - a > 0.9 for times in asked.values() for a, b in zip(times, times[1:]))


@pytest.mark.words("neighbours=learned for=c028")
def test_c028_new_mac_is_learned(wire):
    for mac in (PEER_MAC, OTHER_MAC, "02:00:00:00:00:44"):
        request = arp(hwsrc=mac, psrc="192.168.100.9")
        request.src = mac
        assert wire.ask(request)[0].dst == mac
        frame = echo(ip={"src": "192.168.100.9"})
        frame.src = mac
        wire.send(frame)
        replies = [f for _, f in wire.listen(0.1) if ICMP in f]
        assert [f.dst for f in replies] == [mac]


def by_director(wire, client, neighbour, mac):
    """Sends a ping to the virtual address as a director hands it on; returns its answer and the ARP
    requests before it.

    The neighbour that leads to the client answers such a request with its MAC, `mac`, unless that
    is None.
    """
    request = echo(ip={"src": client, "dst": VIP})
    request.src = "02:00:00:00:00:99"
    reply = arp(op=2, hwsrc=mac, psrc=neighbour, hwdst=MAC)
    reply.src, reply.dst = mac, MAC
    wire.send(request)
    heard = wire.listen(
        3,
        lambda frame: wire.send(reply)
        if ARP in frame and (frame.op, frame.pdst) == (1, neighbour)
        else None,
        lambda frame: ICMP in frame and frame[IP].dst == client,
    )
    return heard[-1][1], [f for _, f in heard if ARP in f and (f.op, f.pdst) == (1, neighbour)]


@pytest.mark.words(f"vip={VIP} neighbours=learned for=c028vip")
def test_c028_new_mac_of_a_client_is_learned(wire):
    """A neighbour's new MAC is used from its announcement on. (That entries expire: see the unit
    tests.)
    """
    assert by_director(wire, PEER_IP, PEER_IP, PEER_MAC)[0].dst == PEER_MAC
    for op, mac in (1, OTHER_MAC), (2, PEER_MAC):
        announcement = arp(op=op, hwsrc=mac, hwdst=mac, pdst=PEER_IP)  # RFC 5944 4.6
        announcement.src = mac
        wire.send(announcement)
        answer, requests = by_director(wire, PEER_IP, PEER_IP, PEER_MAC)
        assert (answer.dst, requests) == (mac, [])


@pytest.mark.words("proxy=10.1.0.0/16,10.2.3.4/32")
def test_c029_proxy_arp(wire):
    for tpa in ("10.1.2.3", "10.2.3.4"):
        reply = wire.one(arp(pdst=tpa))
        assert (reply.dst, reply[ARP].hwsrc, reply[ARP].psrc) == (PEER_MAC, MAC, tpa)
    wire.silent(
        arp(pdst="10.2.3.5"),
        arp(pdst="10.0.255.255"),
        arp(pdst="10.1.2.3", psrc="0.0.0.0"),  # a probe: the asker wants the address
        arp(pdst="10.1.2.3", psrc="10.1.2.3"),  # an announcement
    )
    assert wire.one(arp())[ARP].psrc == OUR_IP


@pytest.mark.words(PROBE + " proxy=192.168.100.0/24 for=c029", ready=False)
def test_c029_proxy_of_our_own_subnet_while_probing(wire):
    """RFC 5227 2.1.1: our own address is not in use yet, and .255 is no host's."""
    wire.listen(2, until=is_probe)
    wire.send(arp(), arp(pdst="192.168.100.255"), arp(pdst=OTHER_IP))
    assert [f.psrc for _, f in wire.listen(0.5) if ARP in f and f.op == 2] == [OTHER_IP]


@pytest.mark.words(f"vip={VIP}")
def test_c030_virtual_address_is_silent_in_arp(wire):
    reply = wire.one(echo(ip={"src": FAR_IP, "dst": VIP}))
    assert (reply.dst, reply[IP].src, reply[IP].dst, reply[ICMP].type) == (PEER_MAC, VIP, FAR_IP, 0)
    wire.silent(arp(pdst=VIP), arp(pdst=VIP, psrc="0.0.0.0"))
    assert wire.one(echo())[IP].src == OUR_IP
    assert all(VIP not in (f.psrc, f.pdst) for _, f in wire.own if ARP in f)


@pytest.mark.words(f"vip={VIP} gw=192.168.100.254 neighbours=learned for=c030")
@pytest.mark.parametrize(
    "client, neighbour, mac",
    [(PEER_IP, PEER_IP, PEER_MAC), (FAR_IP, "192.168.100.254", OTHER_MAC)],
    ids=["near", "far"],
)
def test_c030_answer_finds_its_own_way(wire, client, neighbour, mac):
    """The answer goes to the client or to the gateway, whose MAC is asked for in our own name, and
    once.
    """
    for asked in 1, 0:
        answer, requests = by_director(wire, client, neighbour, mac)
        assert (answer.dst, answer[IP].src, answer[IP].dst, answer[ICMP].type) == (
            mac,
            VIP,
            client,
            0,
        )
        assert [(f.dst, f.hwsrc, f.psrc) for f in requests] == [(BROADCAST, MAC, OUR_IP)] * asked


def tagged(frame, *tags):
    """The frame with tags, each (TPID, TCI), outermost first."""
    octets = raw(frame)
    return octets[:12] + b"".join(struct.pack("!HH", *tag) for tag in tags) + octets[12:]


@pytest.mark.parametrize(
    "tags",
    [
        [(0x8100, 5)],
        [(0x8100, 0x6005)],
        [(0x8100, 0xFFFE)],
        [(0x8100, 0)],
        [(0x8100, 0xE000)],
        [(0x88A8, 7), (0x8100, 5)],
        [(0x8100, 7), (0x8100, 0x2005)],
    ],
    ids=lambda tags: "-".join(f"{tpid:04x}.{tci:04x}" for tpid, tci in tags),
)
def test_c031_vlan_tags_are_kept(wire, tags):
    for request in (echo(), arp()):
        reply = raw(wire.one(tagged(request, *tags)))
        end = 12 + 4 * len(tags)
        assert reply[:6] == raw(request)[6:12] and reply[6:12] == MAC_BYTES
        assert reply[12:end] == tagged(request, *tags)[12:end]
        untagged = Ether(reply[:12] + reply[end:])
        assert untagged[ARP].op == 2 if ARP in untagged else untagged[ICMP].type == 0
        assert len(reply) >= 60


def test_c031_reserved_identifier(wire):
    """IEEE 802.1Q 9.6: 0xfff is reserved, and is not transmitted in a tag."""
    wire.silent(tagged(echo(), (0x8100, 0xFFF)), control=tagged(echo(), (0x8100, 0xFFE)))


@pytest.mark.words("vlan=none")
def test_c031_no_vlan(wire):
    wire.silent(tagged(echo(), (0x8100, 5)), control=tagged(echo(), (0x8100, 0)))
    assert wire.one(echo())


@pytest.mark.words("vlan=7")
def test_c031_other_vlan_is_silence(wire):
    assert wire.one(tagged(echo(), (0x8100, 7)))
    wire.silent(tagged(echo(), (0x8100, 8)), tagged(arp(), (0x8100, 8)))


def test_c031_truncated_tag(wire):
    whole = tagged(echo(), (0x8100, 5))
    wire.silent(*(whole[:n] for n in range(14, 18)), control=whole)
