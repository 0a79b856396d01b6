/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What became of a frame. One list makes the enum, the names, the counters and what the tests
 * expect.
 *
 * Every rule of a standard that silences a frame has its own verdict, so a counter says which rule
 * it was.
 */
#ifndef NET_VERDICT_H
#define NET_VERDICT_H

#include <stdbool.h>

/*
 * The groups; each is a list of V(name, what it means). The enum has one group after the other, and
 * a group is recognised by where it ends, so a new verdict only has to be added to its group.
 */

/* The frame has become an answer to send. */
#define VERDICTS_REPLIES(V)                                                                        \
    V(REPLY_ARP, "ARP request answered")                                                           \
    V(REPLY_ARP_DEFENCE, "our address defended against another host")                              \
    V(REPLY_ICMP_ECHO, "ping answered")                                                            \
    V(REPLY_ICMP_TIMESTAMP, "ICMP timestamp request answered")                                     \
    V(REPLY_ICMP_PORT_UNREACHABLE, "closed UDP port reported")                                     \
    V(REPLY_ICMP_PROTOCOL_UNREACHABLE, "unknown IP protocol reported")                             \
    V(REPLY_ICMP_TIME_EXCEEDED, "datagram with missing fragments reported")                        \
    V(REPLY_UDP_ECHO, "UDP echo answered")                                                         \
    V(REPLY_STAMP, "STAMP test packet reflected")                                                  \
    V(REPLY_TCP_RESET, "TCP segment to a closed port reset")

/* A spare frame has become a frame of our own to send. */
#define VERDICTS_SENT(V)                                                                           \
    V(SENT_ARP_REQUEST, "asked where a neighbour is")                                              \
    V(SENT_ARP_PROBE, "asked whether our address is free")                                         \
    V(SENT_ARP_ANNOUNCEMENT, "announced our address")

/* The frame is the core's until net_released() gives it back. */
#define VERDICTS_HELD(V)                                                                           \
    V(HELD_FRAGMENT, "fragment kept until the others come")                                        \
    V(HELD_ANSWER, "answer kept until we know where its neighbour is")

/* The frame has served its purpose. */
#define VERDICTS_CONSUMED(V)                                                                       \
    V(CONSUMED_ARP_REPLY, "ARP: a neighbour says where it is")                                     \
    V(CONSUMED_UDP_DISCARD, "UDP datagram taken by the discard service")

/* The frame, or an answer that was held, is given up. */
#define VERDICTS_DROPS(V)                                                                          \
    V(DROP_ETH_SHORT, "frame shorter than its Ethernet header")                                    \
    V(DROP_ETH_SOURCE_GROUP, "source MAC is a group address")                                      \
    V(DROP_ETH_NOT_OURS, "for another MAC")                                                        \
    V(DROP_ETH_LENGTH, "802.3 length instead of a type")                                           \
    V(DROP_ETH_TYPE, "EtherType not spoken here")                                                  \
    V(DROP_ETH_TAGS, "more than two VLAN tags")                                                    \
    V(DROP_ETH_VLAN, "VLAN that we are not in")                                                    \
    V(DROP_ARP_SHORT, "ARP: shorter than 28 octets")                                               \
    V(DROP_ARP_HARDWARE, "ARP: hardware is not Ethernet")                                          \
    V(DROP_ARP_PROTOCOL, "ARP: protocol is not IPv4")                                              \
    V(DROP_ARP_LENGTHS, "ARP: address lengths are not 6 and 4")                                    \
    V(DROP_ARP_SENDER_MAC, "ARP: sender MAC is a group address")                                   \
    V(DROP_ARP_SENDER_IP, "ARP: sender IP is no host's address")                                   \
    V(DROP_ARP_OWN, "ARP: our own frame came back")                                                \
    V(DROP_ARP_CONFLICT, "ARP: another host claims our address")                                   \
    V(DROP_ARP_NOT_REQUEST, "ARP: not a request")                                                  \
    V(DROP_ARP_NO_REPLY, "answer given up: its neighbour did not say where it is")                 \
    V(DROP_ARP_NOT_OURS, "ARP: for another address")                                               \
    V(DROP_IPV4_SHORT, "IPv4: shorter than 20 octets")                                             \
    V(DROP_IPV4_VERSION, "IPv4: version is not 4")                                                 \
    V(DROP_IPV4_IHL, "IPv4: header length below 20")                                               \
    V(DROP_IPV4_HEADER_CUT, "IPv4: header longer than the packet")                                 \
    V(DROP_IPV4_CHECKSUM, "IPv4: bad header checksum")                                             \
    V(DROP_IPV4_LENGTH_LOW, "IPv4: total length below the header's")                               \
    V(DROP_IPV4_LENGTH_HIGH, "IPv4: total length beyond the frame")                                \
    V(DROP_IPV4_MTU, "IPv4: answer would be longer than our MTU")                                  \
    V(DROP_IPV4_SOURCE_ZERO, "IPv4: source is 0.0.0.0/8")                                          \
    V(DROP_IPV4_SOURCE_LOOPBACK, "IPv4: source is 127.0.0.0/8")                                    \
    V(DROP_IPV4_SOURCE_GROUP, "IPv4: source is multicast, class E or 255.255.255.255")             \
    V(DROP_IPV4_SOURCE_BROADCAST, "IPv4: source is our subnet's broadcast address")                \
    V(DROP_IPV4_SOURCE_OWN, "IPv4: source is our own address")                                     \
    V(DROP_IPV4_BROADCAST, "IPv4: to a broadcast address")                                         \
    V(DROP_IPV4_MULTICAST, "IPv4: to a multicast or class E address")                              \
    V(DROP_IPV4_NOT_OURS, "IPv4: for another address")                                             \
    V(DROP_IPV4_LINK_BROADCAST, "IPv4: unicast packet in a broadcast frame")                       \
    V(DROP_IPV4_OPTION, "IPv4: option with an impossible length")                                  \
    V(DROP_IPV4_SOURCE_ROUTE, "IPv4: source route")                                                \
    V(DROP_IPV4_PROTOCOL, "IPv4: protocol not spoken here, error held back by the rate limit")     \
    V(DROP_FRAGMENT_LENGTH, "fragment: length is no multiple of 8")                                \
    V(DROP_FRAGMENT_BEYOND, "fragment: ends beyond 65,535 octets")                                 \
    V(DROP_FRAGMENT_DUPLICATE, "fragment: is here already")                                        \
    V(DROP_FRAGMENT_OVERLAP, "fragment: overlaps another, all of them given up")                   \
    V(DROP_FRAGMENT_GIVEN_UP, "datagram given up: too many fragments are waiting")                 \
    V(DROP_FRAGMENT_TIMEOUT, "datagram given up: its other fragments did not come")                \
    V(DROP_ICMP_SHORT, "ICMP: shorter than 8 octets")                                              \
    V(DROP_ICMP_CHECKSUM, "ICMP: bad checksum")                                                    \
    V(DROP_ICMP_ECHO_REPLY, "ICMP: echo reply nobody asked for")                                   \
    V(DROP_ICMP_ERROR, "ICMP: error message")                                                      \
    V(DROP_ICMP_TYPE, "ICMP: type not answered")                                                   \
    V(DROP_ICMP_LENGTH, "ICMP: timestamp request is not 20 octets long")                           \
    V(DROP_UDP_SHORT, "UDP: shorter than 8 octets")                                                \
    V(DROP_UDP_LENGTH, "UDP: length field does not fit the packet")                                \
    V(DROP_UDP_CHECKSUM, "UDP: bad checksum")                                                      \
    V(DROP_UDP_LOOP, "UDP: from a port that would answer the answer")                              \
    V(DROP_UDP_PORT, "UDP: closed port, error held back by the rate limit")                        \
    V(DROP_STAMP_SHORT, "STAMP: shorter than 14 octets")                                           \
    V(DROP_STAMP_LIMIT, "STAMP: answer longer than its request, held back by the rate limit")      \
    V(DROP_TCP_SHORT, "TCP: shorter than 20 octets")                                               \
    V(DROP_TCP_OFFSET, "TCP: header length does not fit the segment")                              \
    V(DROP_TCP_CHECKSUM, "TCP: bad checksum")                                                      \
    V(DROP_TCP_RESET, "TCP: reset")

#define VERDICTS(V)                                                                                \
    VERDICTS_REPLIES(V)                                                                            \
    VERDICTS_SENT(V)                                                                               \
    VERDICTS_HELD(V)                                                                               \
    VERDICTS_CONSUMED(V)                                                                           \
    VERDICTS_DROPS(V)

/* clang-format off: it would take the list for an unfinished statement */
enum verdict {
#define V(name, meaning) name,
    VERDICTS(V)
#undef V
        VERDICT_COUNT,
    VERDICT_NONE = VERDICT_COUNT, /* no rule has decided yet */
};
/* clang-format on */

/* Where the first groups end: the number of the verdict behind the last of each. */
enum {
#define V(name, meaning) +1
    VERDICTS_REPLIES_END = 0 VERDICTS_REPLIES(V),
    VERDICTS_SENT_END = VERDICTS_REPLIES_END VERDICTS_SENT(V),
    VERDICTS_HELD_END = VERDICTS_SENT_END VERDICTS_HELD(V),
#undef V
};

/* Whether the frame now holds an answer to send. */
static inline bool verdict_replies(enum verdict v)
{
    return v < (enum verdict)VERDICTS_REPLIES_END;
}

/* Whether the frame is the core's until net_released() gives it back. */
static inline bool verdict_holds(enum verdict v)
{
    return v >= (enum verdict)VERDICTS_SENT_END && v < (enum verdict)VERDICTS_HELD_END;
}

/* The name, as it stands in the code: "REPLY_ICMP_ECHO". */
const char *verdict_name(enum verdict v);

/* What it means, in plain English, one phrase. */
const char *verdict_meaning(enum verdict v);

#endif
