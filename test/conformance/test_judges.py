# SPDX-License-Identifier: BSD-2-Clause
"""Rules for every frame that the subject sent in the session, with tshark as the judge; and the
document.

These tests run last, on the frames that all others received.
"""
import itertools
import subprocess

import pytest
from scapy.utils import RawPcapWriter

import document
from items import ITEMS
from subjects import MAC, describe

CHECKSUMS = [f"{protocol}.checksum.status" for protocol in ("ip", "icmp", "icmpv6", "udp", "tcp")]
FIELDS = ["frame.len", "eth.src", "ip.src", "arp.src.proto_ipv4", "icmp.type", *CHECKSUMS]
BAD = "0"
BATCH = (
    20000  # a file's identifications don't wrap around, so its fragments are put together rightly
)


def tshark(frames, path):
    """The fields of each frame, as lists: a packet that an error quotes has its own."""
    with RawPcapWriter(str(path), linktype=1) as out:
        for _, frame in frames:
            out.write(frame)
    checks = [o for p in ("ip", "udp", "tcp") for o in ("-o", f"{p}.check_checksum:TRUE")]
    run = subprocess.run(
        [
            "tshark",
            "-n",
            "-r",
            path,
            *checks,
            "-T",
            "fields",
            "-E",
            "occurrence=a",
            *(o for f in FIELDS for o in ("-e", f)),
        ],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=120,
    )
    rows = [
        dict(zip(FIELDS, (cell.split(",") if cell else [] for cell in line.split("\t"))))
        for line in run.stdout.splitlines()
    ]
    assert len(rows) == len(frames)
    return [(test, row) for (test, _), row in zip(frames, rows)]


@pytest.fixture(scope="session")
def heard(fleet, tmp_path_factory):
    path = tmp_path_factory.mktemp("heard") / "heard.pcap"
    fleet.stop()
    batches = [fleet.heard[i : i + BATCH] for i in range(0, len(fleet.heard), BATCH)]
    return list(itertools.chain.from_iterable(tshark(batch, path) for batch in batches))


def where(heard, wrong):
    return sorted({test for test, row in heard if wrong(row)})


def test_c003_every_frame_is_long_enough(heard):
    assert where(heard, lambda row: int(row["frame.len"][0]) < 60) == []


def test_c045_every_source_is_ours(heard):
    ours = {"192.168.100.2", "192.168.100.50", "192.168.100.77", "0.0.0.0"}  # vip=, DHCP, probes
    assert where(heard, lambda row: row["eth.src"][:1] != [MAC]) == []
    assert where(heard, lambda row: not set(row["ip.src"][:1]) <= ours) == []


def test_c070_every_checksum_is_right(heard):
    assert where(heard, lambda row: any(BAD in row[field] for field in CHECKSUMS)) == []


def test_c080_no_source_quench(heard):
    assert where(heard, lambda row: row["icmp.type"][:1] == ["4"]) == []


def test_c081_no_redirect(heard):
    assert where(heard, lambda row: row["icmp.type"][:1] == ["5"]) == []


def test_document_is_current(score):
    """docs/conformance.md says what this run found. If not: make conformance-doc."""
    if set(score.cases) != set(ITEMS):
        pytest.skip("only a run of all cases can say so")
    text = document.PATH.read_text() if document.PATH.exists() else ""
    kind, results = describe(score.subject), score.results()
    if score.subject == "linux" and kind not in text:
        pytest.skip(f"the document is not about {kind}")
    assert (
        document.render({**document.read(text), score.subject: results}, document.linux_of(text))
        == text
    )
