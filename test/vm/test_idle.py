# SPDX-License-Identifier: BSD-2-Clause
"""A guest that sleeps wakes up: no wake-up is lost between arming and sleeping, none after overload.

A lost wake-up shows as an echo that is not answered at all, since nothing else would wake the guest:
it has no tick, and frames from here are the only ones on its wire. So the time that an answer may
take only has to be longer than any that a busy machine needs.
"""
import json
import random
import re
import subprocess
import time

import pytest

from frames import Sender
from guest import ROOT, Guest, Namespace

PATIENCE = 5  # seconds that an answer may take on a busy machine, when no timer runs any more
AT_ONCE = 1  # the same while the guest still announces itself, which would wake it after 2 seconds
US = b"\x02\0\x5e\x10\0\x03"
SPIN = int(re.search(r"CONFIG_SPIN_US (\d+)", (ROOT / "config.h").read_text())[1]) * 1e-6

# name: the guest, how often it has to sleep (200,000 times in all), and the pause before the next
# frames as fractions of what adaptive stays awake
HAMMERS = {
    "halt": ({"append": "idle=halt"}, 50_000, (0, 0.5)),
    "halt q35": ({"append": "idle=halt", "machine": "q35"}, 40_000, (0, 0.5)),
    "halt flags": ({"append": "idle=halt", "device": ",event_idx=off"}, 50_000, (0, 0.5)),
    "halt line": (
        {"append": "idle=halt", "device": ",vectors=0", "machine": "q35"},
        35_000,
        (0, 0.5),
    ),
    "halt line pc": ({"append": "idle=halt", "device": ",vectors=0"}, 5_000, (0, 0.5)),
    "adaptive": ({"append": "idle=adaptive"}, 10_000, (0.7, 1.6)),
    "adaptive flags": ({"append": "idle=adaptive", "device": ",event_idx=off"}, 10_000, (0.7, 1.6)),
}


def wait(seconds):
    """time.sleep with a precision of a microsecond."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def exchange(wire, frames):
    """Sends the frames at once and waits for their answers, which come in order."""
    start = time.monotonic()
    for frame in frames:
        wire.send(frame)
    for frame in frames:
        answer = wire.recv(2048)
        while answer[:6] != US:
            answer = wire.recv(2048)
        assert answer[34] == 0 and answer[38:] == frame[38:], (frame, answer)
    return time.monotonic() - start


@pytest.mark.parametrize("name", HAMMERS)
def test_no_wake_up_is_lost(name):
    options, times, (least, most) = HAMMERS[name]
    random.seed(name)
    with Namespace() as network, Guest(network, **options) as guest:
        wire = network.packet_socket(guest.tap)
        wire.settimeout(2 * PATIENCE)
        sender = Sender(
            (US, "192.168.100.3"), (bytes.fromhex(guest.mac.replace(":", "")), guest.ip)
        )
        frames = [sender.echo(bytes(18), number) for number in range(256)]
        time.sleep(3)  # until it has announced itself: no timer runs any more
        slowest, sleeps = 0, guest.stats()["sleeps"]
        goal = sleeps + times
        while sleeps < goal:
            for turn in range(5000):
                count = random.randint(2, 20) if turn % 50 == 0 else 1  # a burst now and then
                first = random.randrange(256 - count)
                slowest = max(slowest, exchange(wire, frames[first : first + count]))
                wait(SPIN * random.uniform(least, most))
                if turn % 500 == 0:
                    time.sleep(random.uniform(0.001, 0.02))  # a longer pause
            sleeps = guest.stats()["sleeps"]
        wire.close()
        assert slowest < PATIENCE, f"an answer took {slowest * 1000:.0f} ms"


@pytest.fixture(scope="module", name="generator")
def fixture_generator():
    """The benchmark's load generator, since Python is too slow to overload a guest."""
    program = ROOT / "build/vm/generator"
    program.parent.mkdir(parents=True, exist_ok=True)
    sources = sorted((ROOT / "test/bench/generator").glob("*.c"))
    subprocess.run(["gcc", "-O2", "-o", program, *sources], check=True)
    return program


@pytest.mark.parametrize("device", ["", ",event_idx=off", ",vectors=0"])
def test_sleeps_between_long_bursts(generator, device):
    """64 outstanding echoes: between two bursts the guest sleeps, as a guest that spins would take
    the core from QEMU; and it wakes up in time.
    """
    with Namespace() as network, Guest(network, append="idle=adaptive", device=device) as guest:
        before = guest.stats()["sleeps"]
        seen = json.loads(
            guest.run(
                generator,
                "closed",
                "--interface",
                guest.tap,
                "--target",
                guest.ip,
                "--window",
                64,
                "--seconds",
                2,
            )
        )
        sleeps = guest.stats()["sleeps"] - before
        assert seen["lost"] == seen["bad"] == seen["repeated"] == 0, seen
        assert sleeps > seen["good"] / 400, (sleeps, seen)


@pytest.mark.parametrize("idle", ["halt", "adaptive"])
def test_no_tick(idle):
    """A guest without traffic sleeps: only what is typed at its console wakes it."""
    with Namespace() as network, Guest(network, append=f"idle={idle}") as guest:
        time.sleep(3)  # until it has announced itself
        sleeps = [guest.stats()["sleeps"] for _ in range(2)]
        time.sleep(10)
        sleeps.append(guest.stats()["sleeps"])
        typing, typing_and_silence = sleeps[1] - sleeps[0], sleeps[2] - sleeps[1]
        # On a busy machine each character comes alone. A tick of 3 Hz would add 30.
        typed = len("stats\nend-of-stats\n")
        assert typing > 0 and typing_and_silence <= typed + 10, sleeps


OVERLOADS = [
    (machine, device, idle)
    for machine, device in (
        ("pc", ""),
        ("q35", ""),
        ("pc", ",event_idx=off"),
        ("q35", ",event_idx=off"),
        ("q35", ",vectors=0"),
    )
    for idle in ("halt", "adaptive")
] + [("pc", "", "poll")]


@pytest.mark.parametrize("machine, device, idle", OVERLOADS)
def test_overload_leaves_no_silence(generator, machine, device, idle):
    """After a burst of more than the guest can answer it answers at once, and about as fast as
    before.
    """
    options = {"machine": machine, "device": device, "append": f"idle={idle}"}

    def load(guest, kind, *words):
        return json.loads(
            guest.run(generator, kind, "--interface", guest.tap, "--target", guest.ip, *words)
        )

    def rate(guest):
        return load(guest, "closed", "--window", 64, "--seconds", 0.2)["rate"]

    def rate_of_another():
        with Namespace() as network, Guest(network, **options) as another:
            return rate(another)

    with Namespace() as network, Guest(network, **options) as guest:
        usual = rate(guest)
        for size, offered in ((60, 900_000), (1514, 400_000), (60, 600_000)):
            seen = load(guest, "overload", "--size", size, "--rate", offered, "--seconds", 0.5)
            assert seen["burst"]["good"] > 0 and seen["burst"]["bad"] == 0
            assert seen["next"]["good"] == 1 and seen["next"]["max"] < AT_ONCE * 1e6, seen
            # Other work on this machine slows every guest; a guest with a fault is slow alone.
            rates = [(seen["after"]["rate"], usual)]
            while rates[-1][0] <= rates[-1][1] / 2 and len(rates) < 6:
                rates.append((rate(guest), rate_of_another()))
            assert rates[-1][0] > rates[-1][1] / 2, (seen, rates)
        assert load(guest, "closed", "--count", 1)["good"] == 1
