# SPDX-License-Identifier: BSD-2-Clause
"""A real server behind a director: answers of the virtual address go to the client directly.

On a bridge are the client (192.168.100.1), the director (.3), a router (.254) with another client
behind it, and the guest. The director has the virtual address and forwards packets for it to the
guest. It drops a packet that comes from this address, so an answer that arrives did not go through
the director.
"""
import contextlib
import os
import re
import socket
import time
from types import SimpleNamespace

import pytest

from guest import POWER_OFF, Guest, Namespace

VIP = "10.77.0.1"
FAR = "198.51.100.1"
GUEST_MAC, DIRECTOR_MAC = "52:54:00:12:34:56", "52:54:00:00:00:99"


def connect(network, other, name, address, mac):
    """Connects another namespace to the bridge; its interface is called `wire`."""
    network.run(
        "sh",
        "-c",
        f"ip link add name {name} type veth peer name wire && "
        f"ip link set dev {name} master br0 up && "
        f"ip link set dev wire netns /proc/{os.getpid()}/fd/{other.fd}",
    )
    other.run(
        "sh",
        "-c",
        f"ip link set dev wire address {mac} up && ip link set dev lo up && "
        f"ip address add {address}/24 dev wire",
    )


@pytest.fixture(scope="module")
def street():
    with Namespace() as network, Namespace() as director, Namespace() as router:
        # a fixed MAC: otherwise the bridge has a port's, for which it still receives after a change
        network.run(
            "sh",
            "-c",
            "ip link add name br0 address 52:54:00:00:00:01 type bridge && "
            "ip link set dev br0 up && "
            "ip address add 192.168.100.1/24 dev br0",
        )
        connect(network, director, "port1", "192.168.100.3", DIRECTOR_MAC)
        connect(network, router, "port2", "192.168.100.254", "52:54:00:00:00:fe")
        director.run("ip", "address", "add", f"{VIP}/32", "dev", "lo")
        # what the kernel's IPVS does in its mode "direct routing": MAC addresses change, nothing else
        director.run(
            "nft",
            f"""
            table netdev director {{
                chain schedule {{
                    type filter hook ingress device wire priority 0
                    ip daddr {VIP} ether daddr set {GUEST_MAC} ether saddr set {DIRECTOR_MAC} fwd to wire
                }}
            }}""",
        )
        router.run("ip", "address", "add", f"{FAR}/32", "dev", "lo")
        for client in network, router:
            client.run("ip", "route", "add", VIP, "via", "192.168.100.3")
        yield SimpleNamespace(network=network, director=director, router=router)


@contextlib.contextmanager
def real_server(street, more=""):
    with Guest(street.network, append=f"vip={VIP} {more}", bridge="br0") as guest:
        assert guest.mac == GUEST_MAC
        yield guest
        assert guest.power_off() == POWER_OFF


@pytest.fixture
def server(street):
    with real_server(street) as guest:
        yield guest


def ping_all(client, count, *options):
    """Fails if one of so many pings is lost, where ping's own status needs one reply only.

    ping may not wait for a late last reply (see Guest.ping), so there is one ping more, whose loss
    is allowed.
    """
    output = client.run("ping", *options, "-c", count + 1, "-W", "5", VIP)
    came = {int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", output)}
    assert came >= set(range(1, count + 1)), output


def neighbours_asked(guest):
    stats = guest.stats()
    assert "drop_arp_no_reply" not in stats, stats
    return stats["sent_arp_request"], stats["consumed_arp_reply"]


def test_answers_the_client_directly(street, server):
    """The first answer waits until the client's MAC is known; the guest asks for it once."""
    street.network.run("ping", "-c", "1", "-W", "5", "-s", "5000", VIP)
    ping_all(street.network, 20, "-i", "0.01")
    assert neighbours_asked(server) == (1, 1)


def test_loses_none_of_a_first_burst(street, server):
    ping_all(street.network, 3, "-i", "0.2")
    assert neighbours_asked(server) == (1, 1)


def test_answers_udp_directly(street, server):
    with street.network.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect((VIP, 7))
        for sent in b"first", b"x" * 4000:
            client.send(sent)
            assert client.recv(5000) == sent
        client.connect((VIP, 1234))
        client.send(b"?")
        with pytest.raises(ConnectionRefusedError):
            client.recv(100)
    assert neighbours_asked(server) == (1, 1)


def test_refuses_tcp_directly(street, server):
    with street.network.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        with pytest.raises(ConnectionRefusedError):
            client.connect((VIP, 80))
    assert neighbours_asked(server) == (1, 1)


def test_client_has_a_new_mac(street, server):
    """The client announces its new MAC, as a host that takes an address over does; answers go there
    at once.
    """
    network = street.network
    network.run("ping", "-c", "1", "-W", "5", VIP)
    network.run("ip", "link", "set", "dev", "br0", "address", "52:54:00:00:00:11")
    # else Linux would broadcast a request for the director, by which the guest would learn the MAC
    network.run("ip", "neighbour", "replace", "192.168.100.3", "lladdr", DIRECTOR_MAC, "dev", "br0")
    network.run("arping", "-U", "-c", "1", "-w", "2", "-I", "br0", "192.168.100.1", status=None)
    ping_all(network, 3, "-i", "0.2")
    assert neighbours_asked(server)[0] == 1


def test_answers_by_the_gateway(street):
    with real_server(street, "gw=192.168.100.254") as guest:
        street.router.run("ping", "-I", FAR, "-c", "1", "-W", "5", "-s", "5000", VIP)
        ping_all(street.router, 20, "-I", FAR, "-i", "0.01")
        ping_all(street.network, 3, "-i", "0.01")
        assert neighbours_asked(guest) == (2, 2)  # the gateway, and the client that is near


def test_answers_the_director_without_a_gateway(street, server):
    """Without a gateway the answer goes back to the director, which drops it; nobody is asked."""
    with street.director.packet_socket("wire") as wire:
        wire.settimeout(5)
        street.router.run("ping", "-I", FAR, "-c", "1", "-W", "1", VIP, status=1)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            frame = wire.recv(2048)
            if frame[26:30] == socket.inet_aton(VIP):
                assert frame[:12].hex(":") == f"{DIRECTOR_MAC}:{GUEST_MAC}"
                break
        else:
            pytest.fail("no answer came to the director")
    assert "sent_arp_request" not in server.stats()
