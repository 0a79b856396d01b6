/* SPDX-License-Identifier: BSD-2-Clause */
/* The image's command line: its words are taken one by one, and what is wrong with them is said. */
#include "configure.h"

#include "contradiction.h"
#include "platform/print.h"
#include "platform/stop.h"
#include "report.h"
#include "words.h"

static void take_word(struct options *o, const char *word)
{
    const char *problem;
    enum option_result result = options_set(o, word, &problem);

    if (result == OPTION_OK)
        return;
    print(result == OPTION_BAD ? "unipong: error: " : "unipong: warning: ");
    print_text(word); /* of any length */
    print(result == OPTION_BAD ? ": %s\n" : ": %s, ignored\n", problem);
    if (result == OPTION_BAD)
        stop_panic();
}

void configure(struct options *o, const char *command_line)
{
    static const enum stop on_panic[] = {
        [ON_PANIC_EXIT] = STOP_EXIT,
        [ON_PANIC_HALT] = STOP_HALT,
        [ON_PANIC_RESET] = STOP_RESET,
    };
    static struct words words;
    struct contradiction contradiction;

    options_init(o);
    if (!words_begin(&words, command_line)) {
        print("unipong: error: the command line is too long; expected at most %u octets\n",
              WORDS_MAX);
        stop_panic();
    }
    for (const char *word; (word = words_next(&words));) {
        take_word(o, word);
        stop_on_panic = on_panic[o->on_panic];
    }
    if (contradiction_find(o, &contradiction)) {
        report_contradiction(print, o, &contradiction);
        stop_panic();
    }
}
