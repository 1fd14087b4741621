/* SPDX-License-Identifier: MIT */
/* scenario FILE…: plays each; exit 1 when one of them is not as it says. */
#include <stdio.h>
#include <string.h>

#include "play.h"

int main(int argc, char **argv)
{
    bool has_log = argc > 1 && strcmp(argv[1], "--log") == 0;
    int failed = 0;
    for (int i = 1 + has_log; i < argc; i++) {
        struct play play;
        bool is_good = play_open(&play, argv[i]) && play_run(&play);
        if (has_log && play.stage)
            fputs(stage_log(play.stage), stdout);
        play_close(&play);
        failed += !is_good;
    }
    return argc < 2 || failed ? 1 : 0;
}
