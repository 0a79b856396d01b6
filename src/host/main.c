/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unipong as a Linux program: the network core, unchanged, on a TAP, an interface or capture files.
 */
#include "host/arguments.h"
#include "host/console.h"
#include "host/device.h"
#include "host/loop.h"
#include "host/signals.h"

#include <stdlib.h>
#include <string.h>

static struct device *open_device(const struct arguments *a)
{
    switch (a->device) {
    case DEVICE_TAP:
        return tap_open(a->name);
    case DEVICE_PACKET:
        return packet_open(a->name);
    default:
        return pcap_files_open(a->name, a->out);
    }
}

/* Starts the interface with the device's MAC and MTU, or with the arguments'. */
static bool start(struct netif *nif, struct device *d, const struct arguments *a)
{
    mac_t mac;
    memcpy(&mac, a->mac_given ? a->mac : d->mac, sizeof mac);
    d->mtu_given = a->mtu != 0;
    if (d->mtu_given)
        d->mtu = a->mtu;
    return host_start(nif, &a->options.net, &mac, d);
}

int main(int argc, char **argv)
{
    static struct netif nif;
    struct arguments a;
    (void)argc;
    enum arguments_result result = arguments_read(&a, argv);
    if (result != ARGUMENTS_OK)
        return result == ARGUMENTS_DONE ? EXIT_SUCCESS : 2;

    console_open(a.out && strcmp(a.out, "-") == 0);
    signals_ignore();
    struct device *d = open_device(&a);
    if (!d)
        return EXIT_FAILURE;
    if (!start(&nif, d, &a)) {
        console_error("there is no memory for the buffers, about 9 MB");
        return EXIT_FAILURE;
    }
    signals_catch();
    console_greet();
    console_device(d, &nif);
    console_news(&nif);
    enum device_result end = host_loop(&nif, d);
    if (d->close(d) == DEVICE_FAILED)
        end = DEVICE_FAILED;
    signals_finish();
    console_counters(d, &nif);
    return end == DEVICE_FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
}
