# SPDX-License-Identifier: BSD-2-Clause
"""Tagged frames (IEEE 802.1Q): answered with their tags and priority, in the VLANs that the guest
is in.

The judge is Linux's VLAN interface, and each program that uses it. A Relay stands for it where the
kernel has none, and is used beside it elsewhere: a TAP of Linux's to whose frames it adds the tags.
"""
import contextlib
import json
import os
import select
import socket
import threading

import pytest
from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import Dot1Q, Ether

from capture import Capture
from guest import POWER_OFF, Guest, Namespace
from link import Packet, Tap

C_TAG, S_TAG = 0x8100, 0x88A8
PROTOCOL = {C_TAG: "802.1Q", S_TAG: "802.1ad"}

# type, priority, VID; the outer one first
TAGS = {
    "one": [(C_TAG, 5, 10)],
    "stacked": [(S_TAG, 3, 100), (C_TAG, 6, 10)],
}


class Relay(threading.Thread):
    """Adds the tags to the frames of the TAP, and removes them from frames that have exactly these
    tags.
    """

    def __init__(self, guest, name, tags):
        super().__init__(daemon=True)
        self.tags = b"".join(
            tpid.to_bytes(2, "big") + (pcp << 13 | vid).to_bytes(2, "big")
            for tpid, pcp, vid in tags
        )
        guest.run("ip", "link", "set", "dev", guest.tap, "mtu", "1508")
        self.tap, self.trunk = Tap(guest.network, name), Packet(guest.network, guest.tap)
        self.stopped, self.stop_request = os.pipe()

    def run(self):
        tags, end = self.tags, 12 + len(self.tags)
        while True:
            ready = select.select([self.tap.file, self.trunk.file, self.stopped], [], [])[0]
            if self.stopped in ready:
                return
            with contextlib.suppress(BlockingIOError, OSError):
                while frame := self.tap.receive():
                    self.trunk.send(frame[:12] + tags + frame[12:])
            while frame := self.trunk.receive():
                if frame[12:end] == tags:
                    self.tap.send(frame[:12] + frame[end:])

    def stop(self):
        os.write(self.stop_request, b"!")
        self.join(10)
        self.tap.close()
        self.trunk.close()
        os.close(self.stopped)
        os.close(self.stop_request)


@contextlib.contextmanager
def vlan_interface(guest, kind, tags):
    """The interface `vlan`, by which Linux reaches the guest; its frames have these tags."""
    if kind == "relay":
        relay = Relay(guest, "vlan", tags)
        relay.start()
    else:
        parent = guest.tap
        for number, (tpid, pcp, vid) in enumerate(tags, 1):
            name = "vlan" if number == len(tags) else f"outer{number}"
            said = guest.run(
                "ip",
                "link",
                "add",
                "link",
                parent,
                "name",
                name,
                "type",
                "vlan",
                "protocol",
                PROTOCOL[tpid],
                "id",
                vid,
                "egress-qos-map",
                f"0:{pcp}",
                "ingress-qos-map",
                f"{pcp}:0",
                status=None,
            )
            if "Unknown device type" in said:
                pytest.skip("the kernel has no VLAN interfaces")
            guest.run("ip", "link", "set", "dev", name, "up")
            parent = name
    try:
        guest.run(
            "sh",
            "-c",
            "ip address add 192.168.100.10/32 dev vlan && ip link set dev vlan up && "
            f"ip route add {guest.ip} dev vlan src 192.168.100.10",
        )
        yield
    finally:
        if kind == "relay":
            relay.stop()
        else:
            first = "vlan" if len(tags) == 1 else "outer1"
            guest.run("ip", "link", "delete", "dev", first, status=None)


@pytest.fixture(scope="module")
def guest():
    with Namespace() as network, Guest(network) as running:
        yield running
        assert running.power_off() == POWER_OFF


@pytest.mark.parametrize("kind", ["linux", "relay"])
@pytest.mark.parametrize("name", TAGS)
def test_vlan_interface(guest, kind, name, tmp_path):
    tags = TAGS[name]
    with vlan_interface(guest, kind, tags), Capture(
        guest.network, guest.tap, tmp_path / "pcap"
    ) as capture:
        assert "Received 1 response" in guest.run("arping", "-c", "1", "-I", "vlan", guest.ip)
        guest.ping(3, "-i", "0.01")
        guest.ping(3, "-i", "0.01", "-s", "1472", "-M", "do")
        guest.ping(3, "-i", "0.01", "-s", "65507")
        guest.ping(200, "-q", "-f")
        assert " 1  192.168.100.2  " in guest.run(
            "traceroute", "-n", "-m", "3", "-w", "5,1000,1000", guest.ip
        )
        with guest.network.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
            client.settimeout(5)
            with pytest.raises(ConnectionRefusedError):
                client.connect((guest.ip, 80))
        with guest.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.connect((guest.ip, 7))
            client.send(b"ping")
            assert client.recv(100) == b"ping"
    assert not capture.complaints(guest.mac)
    # the same in the words of tshark: a list of the tags of every frame from the guest
    frames = capture.tshark(
        "ieee8021ad.priority",
        "ieee8021ad.id",
        "vlan.priority",
        "vlan.id",
        only=f"eth.src == {guest.mac} and eth.dst != ff:ff:ff:ff:ff:ff",
    )
    for kind_of_tag, prefix in ((S_TAG, "ieee8021ad"), (C_TAG, "vlan")):
        expected = [(str(pcp), str(vid)) for tpid, pcp, vid in tags if tpid == kind_of_tag]
        for frame in frames:
            seen = zip(frame[f"{prefix}.priority"].split(","), frame[f"{prefix}.id"].split(","))
            assert [tag for tag in seen if tag != ("", "")] == expected
    assert len(frames) > 200 + 3 * 45


def tags_of_answer(guest, *tags):
    """The tags (priority, VID) of the answer to a ping with these tags; None if there is no answer."""
    host = json.loads(guest.run("ip", "-j", "link", "show", "dev", guest.tap))[0]["address"]
    packets = Packet(guest.network, guest.tap)
    try:
        for identifier, layers in ((1, tags), (2, ())):  # the untagged one is always answered
            frame = Ether(src=host, dst=guest.mac)
            for priority, vid in layers:
                frame /= Dot1Q(prio=priority, vlan=vid)
            packets.send(bytes(frame / IP(src="192.168.100.1", dst=guest.ip) / ICMP(id=identifier)))
        answered = None
        while packets.wait(5):
            reply = Ether(packets.receive())
            if ICMP in reply:
                assert reply[ICMP].type == 0 and reply[IP].src == guest.ip
                if reply[ICMP].id == 2:
                    return answered
                answered = tuple(
                    (layer.prio, layer.vlan)
                    for layer in reply.iterpayloads()
                    if isinstance(layer, Dot1Q)
                )
        raise AssertionError("no answer to an untagged ping")
    finally:
        packets.close()


@pytest.mark.parametrize(
    "tags",
    [
        (),
        # VID 0: no VLAN, only a priority (IEEE 802.1Q 6.9)
        *(((priority, 0),) for priority in range(8)),
        ((7, 1),),
        ((0, 4094),),
        ((1, 10), (2, 10)),
        ((7, 0), (3, 5)),
    ],
    ids=str,
)
def test_tags_come_back(guest, tags):
    assert tags_of_answer(guest, *tags) == tags


def test_three_tags_are_too_many(guest):
    assert tags_of_answer(guest, (1, 2), (1, 3), (1, 4)) is None


@pytest.mark.parametrize(
    "words,members", [("vlan=20", {20}), ("vlan=20,30", {20, 30}), ("vlan=none", {})]
)
def test_vlan_option(words, members):
    """The outer VLAN decides; a frame that has only a priority is in no VLAN, and is always
    answered.
    """
    with Namespace() as network, Guest(network, append=words) as limited:
        for vid in (10, 20, 30):
            for tags in ((4, vid),), ((4, vid), (0, 20)), ((4, 0), (4, vid)):
                assert tags_of_answer(limited, *tags) == (tags if vid in members else None)
        for tags in (), ((4, 0),):
            assert tags_of_answer(limited, *tags) == tags
        assert limited.stats()["drop_eth_vlan"] == 3 * (3 - len(members))
        assert limited.power_off() == POWER_OFF
