/* SPDX-License-Identifier: MIT */
/* Python's email package reads the golden mails as we meant them; SpamAssassin finds nothing. */
#include <sys/wait.h>

#include "check.h"

#define PYTHON "/usr/bin/python3 "

/* The exit status of a script over the goldens, and what it prints. */
static int ask(const char *script, char *ret, size_t size)
{
    char command[1000], line[1000];
    snprintf(command, sizeof command, PYTHON "%s/compose/%s %s/compose/golden", CONVIER_TESTS,
             script, CONVIER_TESTS);
    FILE *pipe = popen(command, "r");
    REQUIRE(pipe != NULL);
    ret[0] = '\0';
    while (fgets(line, sizeof line, pipe))
        if (strlen(ret) + strlen(line) < size)
            strcat(ret, line);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(python_reads_every_golden)
{
    char all[20000];
    if (system(PYTHON "-c 'import email' 2>/dev/null") != 0) {
        puts("no /usr/bin/python3 here");
        exit(77);
    }
    CHECK_INT(ask("parse_back.py", all, sizeof all), 0);
    CHECK_STRING(all, "54 mails agree\n");
}

TEST(no_golden_looks_like_spam)
{
    char all[20000];
    int status = ask("spam.py", all, sizeof all);
    if (status == 77) {
        puts("no spamassassin here");
        return;
    }
    CHECK_INT(status, 0);
    CHECK_STRING(all, "39 mails are no spam\n");
}

CHECK_MAIN
