# SPDX-License-Identifier: BSD-2-Clause
"""unipong-host --pcap: time passes as the stamps say, whatever they say."""
import re
import struct

import pytest
from scapy.compat import raw
from scapy.layers.inet import ICMP, UDP, fragment
from scapy.layers.l2 import ARP

from host_program import (
    FRAMES,
    MICROSECONDS,
    NANOSECONDS,
    answers,
    capture,
    nanoseconds,
    pcapng,
    run,
)
from wire import arp, echo, udp

DAY = 86400
YEAR_2023 = 1_700_000_000
NTP_1970 = 2208988800  # RFC 868
PIECES = fragment(echo(bytes(32), id=0x1234), fragsize=24)


def stamp_request():
    return udp(bytes(44), dport=862)


def ntp(seconds, microseconds):
    return (seconds + NTP_1970) % 2**32, (microseconds << 32) // 1_000_000


def stamp_times(packet):
    """The receive and the transmit time in a STAMP answer (RFC 8762 4.3.1)."""
    payload = raw(packet[UDP].payload)
    return struct.unpack("!II", payload[16:24]), struct.unpack("!II", payload[4:12])


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic, fraction", [(MICROSECONDS, 999_999), (NANOSECONDS, 999_999_999)])
def test_host_stamp_at_the_end_of_time(tmp_path, order, magic, fraction):
    octets = capture([(0xFFFFFFFF, fraction, FRAMES[1])], order=order, magic=magic)
    packets, _, err = answers(tmp_path, octets)
    assert len(packets) == 1 and packets[0][ICMP].type == 0 and err == ""
    assert nanoseconds(tmp_path) == [
        0xFFFFFFFF * 10**9 + fraction * (1 if magic == NANOSECONDS else 1000)
    ]


@pytest.mark.parametrize("words", [[], ["probe=on"], ["announce=1"], ["gw=192.168.100.77"]])
def test_host_stamps_to_and_fro(tmp_path, words):
    """Steps of 136 years, in sum more than 64 bits of microseconds."""
    (tmp_path / "in.pcap").write_bytes(capture([(s, 0, FRAMES[0]) for s in (0, 0xFFFFFFFF) * 5000]))
    out, err = run("--pcap", "in.pcap", "out.pcap", *words, cwd=tmp_path)
    answered, sent = (
        int(re.search(rf"(\d+)  {name}|$", out)[1] or 0) for name in ("REPLY_ARP", "SENT_ARP_PROBE")
    )
    assert (
        9990 <= answered <= 10000 and len(nanoseconds(tmp_path)) == answered + sent and sent <= 3
    ), out
    assert err.count("warning") == 1 and "frame 3 " in err


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("magic", [MICROSECONDS, NANOSECONDS])
@pytest.mark.parametrize("fraction", [1_000_000_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_host_fraction_of_more_than_a_second(tmp_path, order, magic, fraction):
    answers(
        tmp_path, capture([(5, fraction, FRAMES[1]), (6, 0, FRAMES[1])], order=order, magic=magic)
    )
    assert nanoseconds(tmp_path) == [5_999_999_999, 6_000_000_000]


def test_host_fragments_600_s_apart(tmp_path):
    """RFC 1122 3.3.2: given up after 60 to 120 s, and the sender is told, with the time of right then."""
    packets, out, err = answers(
        tmp_path, capture([(YEAR_2023, 7, PIECES[0]), (YEAR_2023 + 600, 0, PIECES[1])])
    )
    assert [(p[ICMP].type, p[ICMP].code) for p in packets] == [(11, 1)], out
    waited = nanoseconds(tmp_path)[0] - (YEAR_2023 * 10**9 + 7000)
    assert 60 * 10**9 <= waited <= 120 * 10**9 and waited % 1000 == 0 and err == ""


def test_host_identification_used_again_after_600_s(tmp_path):
    packets, out, _ = answers(
        tmp_path, capture([(0, 0, PIECES[0]), (600, 0, PIECES[0]), (601, 0, PIECES[1])])
    )
    assert [p[ICMP].type for p in packets if ICMP in p] == [11, 0] and "1  REPLY_ICMP_ECHO" in out


@pytest.mark.parametrize("wrong", [0, 30, 60])
@pytest.mark.parametrize("future", [0x7FFFFFFF, 0xFFFFFFFF])
def test_host_goes_on_after_a_stamp_in_the_future(tmp_path, wrong, future):
    frames = [(YEAR_2023 + i, 0, udp()) for i in range(60)]
    frames.insert(wrong, (future, 0, arp()))
    packets, out, err = answers(tmp_path, capture(frames))
    assert len(packets) == 61 and "60  REPLY_ICMP_PORT_UNREACHABLE" in out
    assert [p.time for p in packets] == [s for s, _, _ in frames]
    warning = (
        f"unipong: warning: in.pcap: frame {wrong + 2} has an earlier time stamp than a frame before it; "
        "the clock stands still there, and at all others like it\n"
    )
    assert err == (warning if wrong < 60 else "")


@pytest.mark.parametrize("back, joined", [(900_000, True), (2_000_000, False)])
def test_host_frames_in_disorder(tmp_path, back, joined):
    """Stamps that go back a little do not add up; those that go back by seconds are followed."""
    stamps = [10 + i * 0.01 - (i % 2) * back / 1e6 for i in range(1000)]
    frames = (
        [(10, 0, PIECES[0])]
        + [(int(s), round(s % 1 * 1e6), FRAMES[0]) for s in stamps]
        + [(20, 0, PIECES[1])]
    )
    packets, out, err = answers(tmp_path, capture(frames))
    assert ("REPLY_ICMP_ECHO" in out) == joined and ("TIME_EXCEEDED" in out) != joined
    assert (
        len([p for p in packets if ARP in p]) == 1000
        and err.count("warning") == 1
        and "frame 3 " in err
    )


def test_host_probes_at_their_own_times(tmp_path):
    """RFC 5227 2.1.1: what is due between two frames is done there, not after the second one."""
    frames = [(YEAR_2023, 0, echo()), (YEAR_2023 + 1000, 0, echo())]
    packets, out, _ = answers(tmp_path, capture(frames), "probe=on")
    times = nanoseconds(tmp_path)
    assert [ARP in p for p in packets] == [True, True, True, False], out
    assert 0 <= times[0] - YEAR_2023 * 10**9 < 10**9
    assert all(
        10**9 <= later - earlier <= 2 * 10**9 for earlier, later in zip(times, times[1:3])
    )
    assert times[3] == (YEAR_2023 + 1000) * 10**9


@pytest.mark.parametrize("order", "<>")
def test_host_time_of_day_is_the_requests(tmp_path, order):
    """To 2106, in both byte orders, and where stamps go back."""
    seconds = [
        0x7FFFFFFE,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFFFFF,
        YEAR_2023,
        0,
        2_085_978_496,
        YEAR_2023,
    ]
    request = echo(b"", type=13, id=1, seq=1)
    frames = [
        (s, 250_001 + i, f) for i, s in enumerate(seconds) for f in (stamp_request(), request)
    ]
    packets, out, _ = answers(tmp_path, capture(frames, order=order), "services=stamp,timestamp")
    assert len(packets) == len(frames), out
    for (s, microseconds, _), packet in zip(frames, packets):
        if UDP in packet:
            assert stamp_times(packet) == (ntp(s, microseconds),) * 2
        else:
            ms = s % DAY * 1000 + microseconds // 1000
            assert (packet[ICMP].ts_rx, packet[ICMP].ts_tx) == (ms, ms)
    assert nanoseconds(tmp_path) == [s * 10**9 + us * 1000 for s, us, _ in frames]


def test_host_time_of_day_of_pcapng(tmp_path):
    packets, _, _ = answers(
        tmp_path, pcapng([(0x80000000, 5, stamp_request()), (0xFFFFFFFF, 6, stamp_request())])
    )
    assert [stamp_times(p)[0] for p in packets] == [ntp(0x80000000, 5), ntp(0xFFFFFFFF, 6)]


@pytest.mark.parametrize(
    "seconds", [2**32, 4_323_628_800, 2**63 // 10**6, (2**64 - 1) // 10**6]
)
def test_host_stamps_after_2106(tmp_path, seconds):
    """pcap cannot hold them: the answers are left out, the others are there."""
    frames = [
        (YEAR_2023, 0, echo()),
        (seconds, 0, echo()),
        (seconds, 1, echo()),
        (YEAR_2023 + 1, 0, echo()),
    ]
    packets, out, err = answers(tmp_path, pcapng(frames), status=1)
    assert [p.time for p in packets] == [YEAR_2023, YEAR_2023 + 1] and "2  HOST_NOT_SENT" in out
    error, warning = err.splitlines()
    assert (
        error.startswith("unipong: error: out.pcap: an answer is left out")
        and f"{seconds} s" in error
    )
    assert "frame 4 " in warning
