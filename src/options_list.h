/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of the command line whose values are lists: elements with commas between, or none. Each
 * function returns NULL if it has taken the value, else a phrase that says what is wrong.
 */
#ifndef OPTIONS_LIST_H
#define OPTIONS_LIST_H

#include "net/netif_config.h"

#include <stdbool.h>
#include <stdint.h>

const char *option_set_ip6(struct netif_config *net, const char *value);
const char *option_set_vip(struct netif_config *net, const char *value);
const char *option_set_proxy(struct netif_config *net, const char *value);
const char *option_set_vlan(struct netif_config *net, const char *value);
const char *option_set_services(struct netif_config *net, const char *value);

/* Whether a value is exactly this word. */
bool option_is(const char *value, const char *word);

/* Whether no host can have this IPv4 address, and what is said then. */
bool option_is_no_host(uint32_t ip);
extern const char OPTION_NO_HOST[];

#endif
