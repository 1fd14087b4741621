/* SPDX-License-Identifier: MIT */
/* scenario [--log] [--sliced] FILE...: plays each; exit 1 when one of them is not as it says.
 * --sliced: a turn plans one occurrence only, and the rest of the pass in the turns after it.    */
#include <stdio.h>
#include <string.h>

#include "play.h"

int main(int argc, char **argv)
{
    bool has_log = false, is_sliced = false;
    int failed = 0, i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        has_log |= strcmp(argv[i], "--log") == 0;
        is_sliced |= strcmp(argv[i], "--sliced") == 0;
    }
    bool has_file = i < argc;
    for (; i < argc; i++) {
        struct play play;
        bool is_good = play_open(&play, argv[i]);
        play.slices = is_sliced;
        is_good = is_good && play_run(&play);
        if (has_log && play.stage)
            fputs(stage_log(play.stage), stdout);
        play_close(&play);
        failed += !is_good;
    }
    return has_file && !failed ? 0 : 1;
}
