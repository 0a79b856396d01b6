# SPDX-License-Identifier: BSD-2-Clause
"""What passes on an interface, for tshark and tcpdump to judge.

    with Capture(guest.network, guest.tap, tmp_path / "pcap") as capture:
        guest.ping(3)
    assert not capture.complaints(guest.mac)

dumpcap is tshark's. It ends with the block, and within two minutes whatever happens.
"""
import re
import subprocess
import time

GOOD, BAD = "1", "0"  # in tshark's checksum.status fields


class Capture:
    def __init__(self, network, interface, file, *options):
        self.network, self.interface, self.file, self.options = (
            network,
            interface,
            str(file),
            options,
        )

    def __enter__(self):
        # tcpdump would become another user, which a user namespace forbids
        self.process = self.network.popen(
            "timeout",
            "120",
            "dumpcap",
            "-q",
            "-i",
            self.interface,
            "-s",
            "16384",
            "-B",
            "32",
            "-P",
            "-w",
            self.file,
            *self.options,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = ""
        while "File: " not in said:
            line = self.process.stderr.readline()
            assert line, said
            said += line
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            time.sleep(0.5)  # the last frames take a moment to reach dumpcap
            self.process.terminate()
            said = self.process.communicate(timeout=10)[1]
            self.dropped = int(re.search(r"received/dropped on interface .*: \d+/(\d+)", said)[1])

    def tshark(self, *fields, only=""):
        """The fields of each frame as tshark reads them: a list of dictionaries, with "" for a
        missing field.
        """
        command = [
            "tshark",
            "-n",
            "-r",
            self.file,
            "-Y",
            only,
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-T",
            "fields",
            *(word for field in fields for word in ("-e", field)),
        ]
        output = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True
        ).stdout
        return [dict(zip(fields, line.split("\t"))) for line in output.splitlines()]

    def complaints(self, mac):
        """The faults that tshark and tcpdump find in the frames from this address: a list of lines."""
        statuses = [f"{layer}.checksum.status" for layer in ("ip", "icmp", "udp", "tcp")]
        found = [
            str(frame)
            for frame in self.tshark(
                "frame.number", "_ws.malformed", *statuses, only=f"eth.src == {mac}"
            )
            if frame["_ws.malformed"] or any(BAD in frame[status] for status in statuses)
        ]
        with open(self.file, "rb") as frames:
            # tcpdump that runs as root becomes another user; in this namespace it is not root
            lines = subprocess.run(
                ["unshare", "--user", "tcpdump", "-vv", "-n", "-e", "-r", "-", f"ether src {mac}"],
                stdin=frames,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout
        return found + [
            line
            for line in lines.splitlines()
            if re.search(r"bad (udp )?cksum|wrong icmp cksum|incorrect|truncated-ip", line)
        ]
