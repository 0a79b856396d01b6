# SPDX-License-Identifier: BSD-2-Clause
"""The image on QEMU's many machines: each boots, answers, and powers off."""
import re

import pytest

from guest import PANIC, POWER_OFF, Guest, Namespace, no_kvm

FLOOD = 2000

# name: what differs from `-M pc -m 2M -nodefaults` and a virtio-net-pci as QEMU makes it
MACHINES = {
    "modern":          {"device": ",disable-legacy=on"},
    "modern q35":      {"device": ",disable-legacy=on", "machine": "q35"},
    "receive 1024":    {"device": ",rx_queue_size=1024"},
    "both 1024":       {"device": ",rx_queue_size=1024,tx_queue_size=1024"}, # transmit on a TAP stays 256
    "defaults":        {"defaults": True},
    "defaults q35":    {"defaults": True, "machine": "q35"},
    "small MTU":       {"device": ",host_mtu=1280"},
    "large MTU":       {"device": ",host_mtu=9000"},
    "other MAC":       {"device": ",mac=02:00:00:00:00:01"},
    "bare features":   {"device": ",csum=off,gso=off,guest_csum=off,mrg_rxbuf=off,ctrl_vq=off,status=off,"
                                  "indirect_desc=off,event_idx=off"},
    "packed offered":  {"device": ",packed=on"},
    "many queues":     {"netdev": ",queues=2", "device": ",mq=on,vectors=6"},
    "no MSI-X":        {"device": ",vectors=0"},
    "last slot":       {"device": ",addr=1f"},
    "root port":       {"machine": "q35", "device": ",bus=port1",
                        "extra": ("-device", "pcie-root-port,id=port1,chassis=1")},
    "bridge":          {"device": ",bus=bridge,addr=3",
                        "extra": ("-device", "pci-bridge,id=bridge,chassis_nr=1")},
    "two processors":  {"extra": ("-smp", "2")},
    "little memory":   {"memory": "1664K"},
    "much memory":     {"memory": "6G"},
    "cpu max":         {"extra": ("-cpu", "max")},
    "other address":   {"append": "ip=10.9.8.6/30 ttl=7", "ip": "10.9.8.6", "host_ip": "10.9.8.5/30"},
    "no gateway":      {"append": "gw=none"},
}


@pytest.mark.parametrize("name", MACHINES)
def test_machine(name):
    with Namespace() as network, Guest(network, **MACHINES[name]) as guest:
        guest.ping(3, "-i", "0.01")
        guest.ping(FLOOD, "-q", "-f", "-l", "32")
        assert guest.stats()["reply_icmp_echo"] == 3 + FLOOD
        if mtu := re.search(r"host_mtu=(\d+)", MACHINES[name].get("device", "")):
            assert f"{guest.mac} mtu {mtu[1]}" in guest.console
        if name == "other address":
            assert "ttl=7 " in guest.ping(1)
        assert guest.power_off() == POWER_OFF
        assert "unipong: power off" in guest.console


@pytest.mark.parametrize("words, says", [
    ("gw=10.0.0.1", "gw=10.0.0.1: expected none, or another host in the subnet of ip=192.168.100.2/24"),
    ("vip=192.168.100.2",
     "vip=192.168.100.2: a virtual address is silent in ARP; expected others than ip=192.168.100.2/24"),
    ("vip=10.0.0.1,192.168.100.255",
     "vip=192.168.100.255: no host has that address; expected one that is free in the subnet of "
     "ip=192.168.100.2/24"),
])
def test_words_that_contradict_each_other(words, says):
    """The whole line, and nothing after it that would be of a guest that started all the same."""
    with Namespace() as network:
        console = network.run(*Guest(network, append=words).qemu, status=PANIC).splitlines()
    assert f"unipong: error: {says}" in console
    assert "ready" not in "".join(console)


@pytest.mark.skipif(no_kvm() is not None, reason=str(no_kvm()))
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_kvm(machine):
    """Another opinion on the image. Where KVM itself is interpreted this is slow, so time is generous."""
    with Namespace() as network, Guest(network, machine=machine, accel="kvm", patience=120) as guest:
        guest.ping(3, "-i", "0.2", seconds=120)
        guest.ping(100, "-q", "-f", seconds=120)
        assert guest.stats()["reply_icmp_echo"] == 103
        assert guest.power_off() == POWER_OFF
