/* SPDX-License-Identifier: MIT */
/* Python's email package reads the golden mails as we meant them. */
#include "check.h"

TEST(python_reads_every_golden)
{
    char line[1000], all[20000] = "";
    if (system("/usr/bin/python3 -c 'import email' 2>/dev/null") != 0) {
        puts("no /usr/bin/python3 here");
        exit(77);
    }
    FILE *pipe = popen("/usr/bin/python3 " CONVIER_TESTS "/compose/parse_back.py " CONVIER_TESTS
                       "/compose/golden",
                       "r");
    REQUIRE(pipe != NULL);
    while (fgets(line, sizeof line, pipe))
        if (strlen(all) + strlen(line) < sizeof all)
            strcat(all, line);
    CHECK_INT(pclose(pipe), 0);
    CHECK_STRING(all, "36 mails agree\n");
}

CHECK_MAIN
