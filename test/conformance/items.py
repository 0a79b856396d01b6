# SPDX-License-Identifier: BSD-2-Clause
"""The items of the checklist: title, source, who will build it if it is not built yet, and why
Linux answers otherwise if it does.

The level is that of RFC 2119 (M, S, O) or L for a rule of our own. This is the only list of
expected failures: an item with `unbuilt` may fail for unipong, one with `linux` for Linux.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    level: str
    source: str
    title: str
    unbuilt: str = ""
    linux: str = ""

    def excuse(self, subject):
        """Why a case may fail, or nothing."""
        return self.linux if subject == "linux" else self.unbuilt


SECTIONS = {
    "Ethernet and ARP": range(1, 32),
    "IPv4": [*range(32, 69), 152],
    "ICMPv4": range(69, 95),
    "IPv6": range(95, 122),
    "UDP, STAMP, TCP, DHCP": range(122, 152),
}

IPV6 = "IPv6, no issue yet"
DHCP = "DHCP, no issue yet"

ITEMS = {
    1: Item("M", "RFC 1122 2.3.3", "Ethernet II frames"),
    2: Item("S", "RFC 1122 2.3.3", "802.3 with SNAP: silence"),
    3: Item(
        "M",
        "RFC 894",
        "frames of at least 60 octets, padded with zeros",
        linux="Linux leaves padding to the network card; a TAP has none",
    ),
    4: Item("M", "RFC 894", "trailer of the request ignored"),
    5: Item("L", "RFC 1122 2.4", "frame for another MAC: silence"),
    6: Item(
        "L",
        "IEEE 802.3 3.2.5",
        "group address as source MAC: silence",
        linux="Linux does not look at the source MAC; ours: a frame that cannot have been sent is not answered",
    ),
    7: Item("L", "RFC 894", "frames of 0 to 13 octets: silence"),
    8: Item("L", "IEEE 802.3 3.2.6", "other EtherTypes and 802.3 lengths: silence"),
    9: Item("M", "RFC 826", "ARP request for us: answered"),
    10: Item("M", "RFC 826", "ARP request for another: silence"),
    11: Item(
        "M",
        "RFC 826",
        "ARP hardware space other than Ethernet: silence",
        linux="Linux takes hardware space 6 (IEEE 802) for Ethernet too; RFC 826 asks for our own",
    ),
    12: Item("M", "RFC 826", "ARP protocol other than IPv4: silence"),
    13: Item("S", "RFC 826", "ARP address lengths other than 6 and 4: silence"),
    14: Item("M", "RFC 826", "ARP opcode other than request: silence"),
    15: Item("M", "RFC 826", "ARP reply goes to the sender hardware address"),
    16: Item("M", "RFC 826", "unicast ARP request: answered"),
    17: Item("L", "RFC 826", "ARP below 28 octets: silence"),
    18: Item("M", "RFC 5227 2.5", "ARP probe for our address: answered"),
    19: Item("M", "RFC 5227 2.1.1", "three probes before an address is used"),
    20: Item("M", "RFC 5227 2.1.1", "another's probe while we probe: address not used"),
    21: Item("M", "RFC 5227 2.3", "two announcements, 2 s apart"),
    22: Item(
        "M",
        "RFC 5227 2.4",
        "conflict defended at most once in 10 s",
        linux="Linux leaves address conflicts to programs",
    ),
    23: Item(
        "M",
        "RFC 5227 2.4",
        "a flood of conflicts makes no storm",
        linux="Linux leaves address conflicts to programs",
    ),
    24: Item(
        "L",
        "RFC 5227 2.4",
        "ARP sender IP that no host has: silence",
        linux="Linux takes 240.0.0.0/4 for unicast; ours: RFC 1122 3.2.1.3 reserves it",
    ),
    25: Item(
        "L",
        "RFC 826",
        "ARP sender MAC that is a group: silence",
        linux="Linux sends the reply to the group; ours: an answer goes to one host",
    ),
    26: Item("L", "RFC 5227 3", "gratuitous ARP of others: silence"),
    27: Item("S", "RFC 1122 2.3.2.1", "no flood of ARP requests"),
    28: Item("M", "RFC 1122 2.3.2.1", "a peer's new MAC is learned"),
    29: Item("O", "RFC 1027", "proxy ARP for listed prefixes only"),
    30: Item(
        "O",
        "our policy",
        "virtual address: answered, silent in ARP, the answer to the client itself",
    ),
    31: Item(
        "O",
        "IEEE 802.1Q",
        "tagged frames answered with their tag",
        linux="Linux answers a tag only where a VLAN interface is set up; ours: on every VLAN identifier, so that none has to be set up",
    ),
    32: Item("M", "RFC 1122 3.2.1.1", "version other than 4: silence"),
    33: Item("M", "RFC 791 3.1", "header length below 5: silence"),
    34: Item("M", "RFC 791 3.1", "header longer than the packet: silence"),
    35: Item("M", "RFC 791 3.1", "total length below the header's: silence"),
    36: Item("M", "RFC 791 3.1", "total length beyond the frame: silence"),
    37: Item("M", "RFC 1122 3.2.1.2", "bad header checksum: silence"),
    38: Item("M", "RFC 1122 3.2.1.3", "not for us: silence"),
    39: Item("M", "RFC 1122 3.2.1.3", "from 255.255.255.255: silence"),
    40: Item("M", "RFC 1122 3.2.1.3", "from the subnet's broadcast address: silence"),
    41: Item(
        "M",
        "RFC 1122 3.2.1.3",
        "from multicast or class E: silence",
        linux="Linux takes 240.0.0.0/4 for unicast; ours: RFC 1122 3.2.1.3 reserves it",
    ),
    42: Item("M", "RFC 1122 3.2.1.3", "from or to 127.0.0.0/8: silence"),
    43: Item(
        "M",
        "RFC 1122 3.2.1.3",
        "from 0.0.0.0/8: silence",
        linux="Linux takes 0.0.0.0/8, except 0.0.0.0, for unicast; RFC 1122 3.2.1.3 (b) does not",
    ),
    44: Item("L", "RFC 1122 3.2.1.3", "from our own address: silence"),
    45: Item("M", "RFC 1122 3.2.1.3", "every source address sent is ours"),
    46: Item("M", "RFC 1122 3.2.1.7", "time to live 0 and 1: answered"),
    47: Item("M", "RFC 1122 3.2.1.7", "time to live of answers fixed, configurable"),
    48: Item(
        "S",
        "RFC 1122 3.3.6",
        "broadcast frame to a unicast address: silence",
        linux="Linux answers unless drop_unicast_in_l2_multicast is set; RFC 1122 3.3.6 says SHOULD discard",
    ),
    49: Item("S", "RFC 1349 5.1", "type of service of the request kept"),
    50: Item(
        "M",
        "RFC 1122 3.2.1.8",
        "unknown option: answered",
        linux="Linux checks CIPSO (134) and answers with Parameter Problem; ours: RFC 1122 3.2.1.8, unknown options are ignored",
    ),
    51: Item(
        "M",
        "RFC 1122 3.2.1.8",
        "impossible option length: silence",
        linux="Linux sends Parameter Problem (RFC 1122 3.2.2.5, SHOULD); ours: silence, what can't be parsed gets no answer",
    ),
    52: Item("S", "RFC 1122 3.2.2.6", "record route updated and returned"),
    53: Item("S", "RFC 1122 3.2.2.6", "timestamp option updated and returned"),
    54: Item("M", "RFC 7126 4.3, 4.4", "source route: silence, by policy"),
    55: Item("M", "RFC 1122 3.2.1.8, RFC 6398", "stream ID and router alert: no effect"),
    56: Item("M", "RFC 1122 3.3.2", "fragments put together, up to 65,507 octets of data"),
    57: Item("M", "RFC 791 3.2", "fragments in any order"),
    58: Item("M", "RFC 791 3.2", "fragments twice"),
    59: Item(
        "L",
        "RFC 1858 4",
        "overlapping fragments: all discarded",
        linux="Linux takes a fragment that lies within a received one for a duplicate; ours: every overlap discards",
    ),
    60: Item("M", "RFC 791 3.1", "fragment beyond 65,535 octets: silence"),
    61: Item(
        "M",
        "RFC 1122 3.3.2",
        "reassembly ends after 60 to 120 s, with Time Exceeded",
        linux="Linux waits 30 s (ipfrag_time); RFC 1122 3.3.2 says 60 to 120",
    ),
    62: Item("M", "RFC 1122 3.2.2", "no error for a later fragment"),
    63: Item(
        "L",
        "RFC 1122 3.3.2",
        "a flood of first fragments costs no ping",
        linux="Linux keeps first fragments up to 4 MB, and drops newer ones until those time out; ours: the oldest go first",
    ),
    64: Item(
        "M", "RFC 1122 3.2.2.6, 3.3.3", "answers beyond the MTU fragmented, or truncated to it"
    ),
    65: Item("M", "RFC 6864 4", "one identification per fragmented answer"),
    66: Item("M", "RFC 6864 4.1", "identification of whole requests ignored"),
    67: Item("L", "RFC 791 3.1", "reserved flag ignored, sent as 0"),
    68: Item(
        "M",
        "RFC 791 3.1",
        "answer to DF within the MTU, DF kept",
        linux="Linux sends pings back without DF; ours: DF as it came, as the sender may be measuring the path MTU",
    ),
    152: Item("M", "RFC 1122 3.1", "nothing is forwarded"),
    69: Item("M", "RFC 1122 3.2.2.6", "echo of every length, identical"),
    70: Item(
        "M",
        "RFC 792",
        "right checksums, whatever the request's",
        linux="Linux gives an answer whose words are all zero the checksum 0, which does not verify; RFC 1071: 0xffff",
    ),
    71: Item("M", "RFC 792", "bad ICMP checksum: silence"),
    72: Item("M", "RFC 1122 3.2.2.6", "answer comes from the address that was asked"),
    73: Item("O", "RFC 1122 3.2.2.6", "broadcast echo: silence, or answered by option"),
    74: Item("L", "RFC 792", "echo request with a code: answered, code kept"),
    75: Item("L", "RFC 792", "ICMP below 8 octets: silence"),
    76: Item("M", "RFC 1122 3.2.2", "unknown types: silence"),
    77: Item("M", "RFC 1122 3.2.2", "echo replies and errors: silence"),
    78: Item("S", "RFC 6918", "information request: silence"),
    79: Item("M", "RFC 1122 3.2.2.9", "address mask request: silence"),
    80: Item("M", "RFC 6633", "source quench: never sent, ignored"),
    81: Item("S", "RFC 1122 3.2.2.2", "redirect: never sent, ignored"),
    82: Item("M", "RFC 1256", "router solicitation: silence"),
    83: Item("O", "RFC 1122 3.2.2.8", "timestamp reply, where switched on"),
    84: Item(
        "L",
        "RFC 792",
        "timestamp request of another length than 20: silence",
        linux="Linux answers with 20 octets to a request of any length; RFC 792 knows only 20",
    ),
    85: Item("S", "RFC 1122 3.2.2.1", "unsupported protocol: unreachable, code 2"),
    86: Item("S", "RFC 1122 4.1.3.1", "closed UDP port: unreachable, code 3"),
    87: Item(
        "M",
        "RFC 1122 3.2.2",
        "errors quote header and 8 octets, type of service 0",
        linux="Linux sends errors with precedence 6 (0xc0); RFC 1349 5.1 says 0",
    ),
    88: Item("M", "RFC 1122 3.2.2", "no error for an ICMP error"),
    89: Item("M", "RFC 1122 3.2.2", "no error for a packet to a broadcast address"),
    90: Item("M", "RFC 1122 3.2.2", "no error for a packet to a multicast address"),
    91: Item("M", "RFC 1122 3.2.2", "no error for a broadcast frame"),
    92: Item("M", "RFC 1122 3.2.2", "no error for a later fragment, whatever it carries"),
    93: Item(
        "M",
        "RFC 1122 3.2.2",
        "no error to a source that is no single host",
        linux="Linux takes 240.0.0.0/4 for unicast; ours: RFC 1122 3.2.1.3 reserves it",
    ),
    94: Item("S", "RFC 1812 4.3.2.8", "errors limited in rate, echo not"),
    95: Item("M", "RFC 4443 4.2", "ICMPv6 echo", IPV6),
    96: Item("S", "RFC 4443 4.2", "echo to ff02::1 answered from a unicast address", IPV6),
    97: Item("M", "RFC 4443 2.4 (b)", "unknown informational types: silence", IPV6),
    98: Item("M", "RFC 4443 2.4 (e)", "no error for errors, to groups, to nobody", IPV6),
    99: Item("M", "RFC 4443 2.4 (f)", "errors limited in rate", IPV6),
    100: Item("M", "RFC 4443 2.3", "bad ICMPv6 checksum: silence", IPV6),
    101: Item("S", "RFC 4443 3.1", "closed UDP port: unreachable, code 4", IPV6),
    102: Item("S", "RFC 4443 3.4", "unknown next header: parameter problem, code 1", IPV6),
    103: Item("M", "RFC 8200 4.2", "unknown options by their two high bits", IPV6),
    104: Item("M", "RFC 8200 4.5, RFC 5722, RFC 6946", "fragments", IPV6),
    105: Item("M", "RFC 8200 8.1", "UDP without checksum: silence", IPV6),
    106: Item(
        "M", "RFC 8200 3, 4.7", "payload length beyond the frame, no next header: silence", IPV6
    ),
    107: Item("L", "RFC 5095 3", "routing header type 0: parameter problem", IPV6),
    108: Item("M", "RFC 4861 7.1.1", "invalid neighbour solicitations: silence", IPV6),
    109: Item("M", "RFC 4861 7.2.4", "neighbour solicitation answered", IPV6),
    110: Item("M", "RFC 4861 7.2.4", "solicitation from :: answered to ff02::1", IPV6),
    111: Item("M", "RFC 4862 5.4.2", "duplicate address detection before use", IPV6),
    112: Item("M", "RFC 4862 5.4.3, 5.4.4", "duplicate address not used", IPV6),
    113: Item("M", "RFC 4862 5.4", "tentative address silent", IPV6),
    114: Item(
        "O",
        "RFC 4861 7.2.6",
        "unsolicited advertisement at the start",
        IPV6,
        linux="Linux announces only with ndisc_notify; RFC 4861 7.2.6 leaves it to the host",
    ),
    115: Item("M", "RFC 4861 6.1.2", "invalid router advertisements ignored", IPV6),
    116: Item("M", "RFC 4862 5.5.3", "addresses by router advertisements", IPV6),
    117: Item("M", "RFC 4861 6.3.7", "router solicitations at least 4 s apart", IPV6),
    118: Item(
        "M", "RFC 4291 2.8, RFC 2464 7", "groups: all nodes and solicited node, no other", IPV6
    ),
    119: Item("M", "RFC 6980 5", "fragmented neighbour discovery ignored", IPV6),
    120: Item("S", "RFC 9777 6.1", "MLDv2 report for the solicited-node group", IPV6),
    121: Item("M", "RFC 4291 appendix A", "interface identifier made from the MAC", IPV6),
    122: Item("M", "RFC 1122 4.1.3.4", "UDP checksum: bad is silence, 0 is unchecked"),
    123: Item("M", "RFC 768", "UDP length below 8 or beyond the packet: silence"),
    124: Item("O", "RFC 862", "UDP echo"),
    125: Item("M", "RFC 1122 4.1.3.5", "UDP answer comes from the address that was asked"),
    126: Item("L", "our policy", "no echo or STAMP to a service's port, nor to a broadcast"),
    127: Item("O", "RFC 863", "discard: silence"),
    128: Item("M", "RFC 8762 4.1", "STAMP on port 862"),
    129: Item("M", "RFC 8762 4.3", "STAMP answer as long as the request"),
    130: Item("M", "RFC 8762 4.3.1", "STAMP sequence number copied (stateless)"),
    131: Item("M", "RFC 8762 4.3.1", "STAMP sender's fields copied"),
    132: Item("M", "RFC 8762 4.3.1", "STAMP sender's time to live copied"),
    133: Item("M", "RFC 8762 4.3.1", "STAMP receive time before transmit time, NTP format"),
    134: Item("M", "RFC 4656 4.1.2", "STAMP error estimate honest"),
    135: Item("M", "RFC 8762 4.2.1, 4.3.1", "STAMP fields that must be zero"),
    136: Item("M", "RFC 5357 4.2.1", "TWAMP light request of 14 octets"),
    137: Item("O", "RFC 8972 3, 4", "STAMP session identifier and TLVs"),
    138: Item("M", "RFC 5357 4.2", "STAMP answer with time to live 255"),
    139: Item("M", "RFC 9293 3.10.7.1", "SYN to a closed port: RST, ACK"),
    140: Item("M", "RFC 9293 3.10.7.1", "ACK to a closed port: RST with its sequence number"),
    141: Item("M", "RFC 9293 3.10.7.1", "RST: silence"),
    142: Item("M", "RFC 1122 4.2.3.10", "TCP to or from a group, or with a bad checksum: silence"),
    143: Item("L", "RFC 5961", "no challenge without a connection"),
    144: Item("M", "RFC 2131 4.1", "DHCP answers matched by xid, chaddr and cookie", DHCP),
    145: Item("M", "RFC 2131 4.1", "DHCP retransmission backs off", DHCP),
    146: Item("M", "RFC 2131 4.3.1", "DHCP request names its server", DHCP),
    147: Item("S", "RFC 2131 4.4.1", "DHCP address checked by ARP, declined if taken", DHCP),
    148: Item("M", "RFC 2131 4.4.5", "DHCP lease renewed, rebound, given up", DHCP),
    149: Item("M", "RFC 2131 4.4.1", "DHCP NAK starts over", DHCP),
    150: Item("L", "RFC 2132, RFC 3442", "DHCP options overloaded, truncated, used", DHCP),
    151: Item(
        "L", "RFC 768", "DHCP offer with a bad checksum, frames with a checksum left to us", DHCP
    ),
}
