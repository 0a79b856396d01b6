/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge: says from the standards alone whether a frame must, may or must never be answered, and
 * whether an answer is the right one. It shares no code with src/net.
 */
#ifndef FUZZ_JUDGE_H
#define FUZZ_JUDGE_H

#include "host.h"
#include "wrong.h"

enum answer { NEVER, MAY, MUST };

/* What an answer is, or what becomes of the frame. */
enum kind {
    NOTHING,
    ARP_REPLY,
    ARP_DEFENCE,
    ECHO_REPLY,
    TIMESTAMP_REPLY,
    PORT_ERROR,
    PROTOCOL_ERROR,
    TIME_ERROR,
    UDP_ECHO,
    STAMP_REPLY,
    RESET,
    FRAGMENT, /* no answer: it is held */
};

struct expectation {
    enum answer answer;
    enum kind kind;
    const char *why; /* the rule, for the message */
    bool teaches;    /* it is an ARP packet that says where its sender is */
};

/* What the judge knows of the host. */
struct judge {
    const struct host *us;
    uint32_t ip;     /* in use; 0: none */
    size_t mtu;      /* octets of a packet on the link */
    uint64_t now;    /* microseconds */
    bool wall_known; /* the time of day */
    uint64_t wall;   /* microseconds from 1970 to time 0 */
    unsigned error;  /* of that, as STAMP tells it */
    uint64_t stamp;  /* the transmit time of a STAMP answer, microseconds since 1970 */
    /* What senders may be sent beyond one for one, in units of 1 / (1000000 * rate): */
    uint64_t credit;      /* surely, as if they all shared one bucket */
    uint64_t credit_most; /* at most, as if each of the buckets were in use */
    bool credit_in_doubt; /* the core may have less of it */
    int last_id;          /* identification of the last answer's IPv4 header, -1: none */

    /* Claiming the address (RFC 5227). Times are 0 where nothing has happened yet. */
    uint64_t started;       /* when probing began */
    unsigned probes;        /* sent since the last conflict */
    uint64_t probed;        /* the last one */
    uint64_t conflict;      /* the last one while probing */
    uint64_t defended;      /* the last time */
    uint64_t announced;     /* the last request */
    unsigned announcements; /* requests still to come at the short interval */
    bool fresh;             /* the next of them may come at once */
    bool reply_next;        /* an announcement's second half */
};

/* An IPv4 datagram's payload, and the header that goes with it: of fragments the first one's. */
struct payload {
    const uint8_t *ip;
    const uint8_t *octets;
    size_t n;
    size_t first; /* octets of it in the first fragment, once its header is gathered there */
};

void judge_start(struct judge *j, const struct host *us, uint64_t now);
void judge_time(struct judge *j, uint64_t now);
void judge_link_up(struct judge *j);
void judge_announce(struct judge *j);
void judge_wall_clock(struct judge *j, uint64_t offset, unsigned error);

/* --- expect.c, judge.c: what is to become of a frame ------------------------------------------ */

struct expectation expect_frame(const struct judge *j, const uint8_t *frame, size_t len);
struct expectation expect_arp(const struct judge *j, const uint8_t *arp, size_t len);

/* And of a datagram that was fragmented, or of the payload of one that was not. */
struct expectation expect_payload(const struct judge *j, const struct payload *p, bool broadcast);

/* Whether the link has room for an ICMP error about a datagram (RFC 1122 3.2.2). */
bool judge_error_fits(const struct judge *j, const struct payload *p);

/* How many ICMP errors the limiter surely has left, and at most. An error takes one, an answer that
 * may be longer than its request perhaps one. */
unsigned judge_errors_left(const struct judge *j);
unsigned judge_errors_most(const struct judge *j);
void judge_error(struct judge *j);
void judge_long_answer(struct judge *j);

/* Where the type behind a frame's tags stands: ETH_TYPE if it has none, 0 if it is too short. */
size_t tags_end(const uint8_t *frame, size_t len);

/* The VLANs before the type, of which those with identifier 0 in front don't count. */
unsigned tags_vlans(const uint8_t *frame, size_t type);

/* --- check*.c: abort, saying what is wrong, unless the answer is right -------------------------
 */

/* A whole answer to a whole frame. peer: the MAC that it goes to, unless it is ARP. */
void check_answer(struct judge *j, enum kind kind, const uint8_t *peer, const uint8_t *request,
                  const uint8_t *answer, size_t len);

/* An ICMP error about a datagram that came in fragments, of which the request is the first. */
void check_error_about(struct judge *j, enum kind kind, const uint8_t *peer, const uint8_t *request,
                       const struct payload *datagram, const uint8_t *answer, size_t len);

/* Frame and IPv4 header of a fragment of an answer, which came in the same buffer as the request.
 */
void check_fragment(struct judge *j, enum kind kind, const uint8_t *peer, const uint8_t *request,
                    const uint8_t *answer, size_t len);

/* The payload of an answer that is no ICMP error. */
void check_payload(const struct judge *j, enum kind kind, const struct payload *request,
                   const struct payload *answer);

/* The ICMP error in ip, n octets at most. Octets that it has. */
size_t check_error(const struct judge *j, enum kind kind, const struct payload *request,
                   const uint8_t *ip, size_t n);

/* The options of an answer's header. */
void check_options(const struct judge *j, const uint8_t *request, const uint8_t *answer);

/* A frame that we send of our own accord: a probe or an announcement. */
void check_sent(struct judge *j, bool probe, const uint8_t *frame, size_t len);

/* All that is due at this time was sent: aborts if some of the claim is missing. */
void check_claim(struct judge *j);

/* A frame was received that had this expectation, and was answered or not: what follows of it. */
void judge_received(struct judge *j, const struct expectation *e, bool answered);

/* Milliseconds since midnight as RFC 792 and RFC 791 have them. */
uint32_t judge_ms(const struct judge *j);

#endif
