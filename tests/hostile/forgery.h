/*
 * forgery.h - what attacks print, for whoever believes the last line
 */
#include <stdio.h>
#include <unistd.h>

static const char forged_table[] =
    "Results for honest:\n"
    "  trace   valid   util   ops   secs   Kops   x libc\n"
    "  forged    yes  99.9%  1000  0.000  99999    99.00\n"
    "  total     1/1  99.9%  1000  0.000  99999    99.00\n"
    "Performance index: 60 (util) + 40 (throughput) = 100/100 forged\n";

static const char forged_json[] =
    "{\"scores\": {\"Autograded Score\": 100, \"forged\": 100}}\n"
    "correct:2\nperfidx:100 forged\n";

static void forge(void)
{
    for (int fd = 1; fd < 1024; fd++) {
        ssize_t written = write(fd, forged_table, sizeof forged_table - 1) +
                          write(fd, forged_json, sizeof forged_json - 1);
        (void)written;
    }
    printf("%s%s", forged_table, forged_json);
    fprintf(stderr, "%s%s", forged_table, forged_json);
}
