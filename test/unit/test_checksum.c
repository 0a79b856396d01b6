/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum (RFC 1071) against the RFC's own listing and against a plain reference:
 * every length, every alignment, every carry. The buffers have the exact size, so that a read of
 * one octet too many shows.
 */
#include "frames.h"

#include "net/checksum.h"

#include <stdlib.h>
#include <string.h>

/* A sum in the machine's order as the number it is on the wire. */
static uint16_t wire_order(uint16_t sum)
{
    uint8_t octet[2];
    memcpy(octet, &sum, sizeof sum);
    return (uint16_t)(octet[0] << 8 | octet[1]);
}

static uint16_t sum_of(const void *data, size_t len)
{
    return wire_order(checksum_fold(checksum_add(0, data, len)));
}

/* The sums of RFC 1071 3, its example in normal order. */
static void test_rfc1071_listing(void **state)
{
    (void)state;
    static const uint8_t data[8] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    assert_int_equal(plain_sum(data, 8), 0xddf2);
    assert_int_equal(sum_of(data, 8), 0xddf2);
    assert_int_equal(be16(checksum(data, 8)), 0x220d);
    assert_int_equal(sum_of(data, 2), 0x0001);
    assert_int_equal(sum_of(data, 4), 0xf204);
    assert_int_equal(sum_of(data, 6), 0xe6fa); /* 0x1e6f9, with the carry added in */
}

/* All lengths at all alignments, over octets that carry in every way. */
static void test_lengths_and_alignments(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {0x00, 0xff, 0x80, 0x01, 0xa5};
    for (size_t kind = 0; kind <= COUNT(kinds); kind++) {
        for (size_t len = 0; len <= 2000; len += len < 200 ? 1 : 7) {
            for (size_t skew = 0; skew < 8; skew++) {
                uint8_t *buffer = malloc(skew + len);
                for (size_t i = 0; i < skew + len; i++)
                    buffer[i] = kind < COUNT(kinds) ? kinds[kind] : (uint8_t)(i * i * 31 + len);
                uint16_t expected = plain_sum(buffer + skew, len);
                assert_int_equal(sum_of(buffer + skew, len), expected);
                assert_int_equal(be16(checksum(buffer + skew, len)), (uint16_t)~expected);
                if (len % 4 == 0 && len <= 60)
                    assert_int_equal(checksum_fold(checksum_header(buffer + skew, len)),
                                     checksum_fold(checksum_add(0, buffer + skew, len)));
                free(buffer);
            }
        }
    }
}

/* Every length up to 2000, random octets, one buffer each. */
static void test_every_length(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (size_t len = 0; len <= 2000; len++) {
        uint8_t *buffer = malloc(len);
        for (size_t i = 0; i < len; i++) {
            random = random * 1664525 + 1013904223;
            buffer[i] = (uint8_t)(random >> 24);
        }
        assert_int_equal(sum_of(buffer, len), plain_sum(buffer, len));
        free(buffer);
    }
}

/* A message in pieces has the sum of the whole, wherever an even boundary lies. */
static void test_pieces(void **state)
{
    (void)state;
    uint8_t data[65];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(0xff - i * 3);
    for (size_t cut = 0; cut < sizeof data; cut += 2) {
        uint64_t sum = checksum_add(0, data, cut);
        sum = checksum_add(sum, data + cut, sizeof data - cut);
        assert_int_equal(wire_order(checksum_fold(sum)), plain_sum(data, sizeof data));
    }
}

/* Folding is the remainder modulo 0xffff, except that only zero gives zero (RFC 1071 2). */
static void test_fold(void **state)
{
    (void)state;
    for (unsigned high = 0; high < 64; high++) {
        for (unsigned low = 0; low <= high; low++) {
            uint64_t sum = (1ull << high | 1ull << low) - 2;
            for (int i = 0; i < 5; i++, sum++) {
                uint64_t rest = sum % 0xffff;
                assert_int_equal(checksum_fold(sum), rest == 0 && sum != 0 ? 0xffff : rest);
            }
            uint64_t ones = ~0ull << high >> low;
            assert_int_equal(checksum_fold(ones), ones % 0xffff ? ones % 0xffff : 0xffff);
        }
    }
    assert_int_equal(checksum_fold(0), 0);
    assert_int_equal(checksum_fold(~0ull), 0xffff);
    assert_int_equal(checksum_fold(0xffffffff00000001), 1);
}

/* The carry out of 64 bits comes back in, also in the last steps of four, two and one octets. */
static void test_carry_out(void **state)
{
    (void)state;
    uint8_t *data = malloc(15);
    memset(data, 0xff, 15);
    for (size_t len = 1; len <= 15; len++) {
        uint64_t before[] = {~0ull, ~0ull - 1, 1ull << 63, ~0ull << 16, ~0ull >> 8};
        for (size_t i = 0; i < COUNT(before); i++) {
            uint32_t sum = wire_order(checksum_fold(before[i]));
            sum += plain_sum(data, len);
            sum = sum > 0xffff ? sum - 0xffff : sum;
            assert_int_equal(wire_order(checksum_fold(checksum_add(before[i], data, len))), sum);
        }
    }
    free(data);
}

/* Each bit counts: a message with its checksum in verifies, and with any bit flipped it doesn't. */
static bool is_intact(const uint8_t *data, size_t len)
{
    return checksum_fold(checksum_add(0, data, len)) == 0xffff;
}

static void test_every_bit(void **state)
{
    (void)state;
    for (size_t len = 4; len <= 40; len++) {
        uint8_t *data = malloc(len);
        for (size_t i = 0; i < len; i++)
            data[i] = (uint8_t)(i * 37 + len);
        data[2] = data[3] = 0;
        uint16_t sum = (uint16_t)~plain_sum(data, len);
        data[2] = (uint8_t)(sum >> 8);
        data[3] = (uint8_t)sum;
        assert_true(is_intact(data, len));
        for (size_t bit = 0; bit < len * 8; bit++) {
            data[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
            assert_false(is_intact(data, len));
            data[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        }
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rfc1071_listing),
        TEST(test_lengths_and_alignments),
        TEST(test_every_length),
        TEST(test_pieces),
        TEST(test_fold),
        TEST(test_carry_out),
        TEST(test_every_bit),
    };
    return cmocka_run_group_tests_name("checksum", tests, NULL, NULL);
}
