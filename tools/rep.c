/*
 * rep.c - make and study request traces: one verb for each thing to be done
 *
 * The verbs stand in a table, from which the help is printed; each lives in a
 * file of its own.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "tools/rep.h"

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} verbs[] = {
    {"record", rep_record, "record the requests of a running program"},
    {"import", rep_import, "turn the log of another tool into a trace"},
    {"gen", rep_gen, "generate a trace from a model"},
    {"info", rep_info, "show what is in traces"},
    {"lint", rep_lint, "say all that is wrong with traces, and mend it"},
    {"cut", rep_cut, "write a range of the requests of a trace"},
    {"filter", rep_filter, "write the requests of some of its blocks"},
    {"balance", rep_balance, "free what is left over in the end"},
    {"convert", rep_convert, "write it with another header, weight or ids"},
    {"shrink", rep_shrink, "find the smallest trace that still fails"},
    {"bound", rep_bound, "say how small the heap could have been"},
};

#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

static void say(FILE *out, const char *format, va_list args)
{
    va_list again;
    char *text;
    va_copy(again, args);
    if (vasprintf(&text, format, args) < 0) {
        vfprintf(out, format, again);
    } else {
        for (char *c = text; *c; c++)
            if (iscntrl((unsigned char)*c) && *c != '\n' && *c != '\t')
                *c = '?';
        fputs(text, out);
        free(text);
    }
    va_end(again);
}

void rep_say(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(out, format, args);
    va_end(args);
}

int rep_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("rep: ", stderr);
    say(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return REP_USAGE;
}

int rep_fail_with(char *error)
{
    rep_fail("%s", error ? error : strerror(ENOMEM));
    free(error);
    return REP_USAGE;
}

int rep_choose_format(const char **chosen, const char *verb, const char *name)
{
    if (*chosen && *chosen != name)
        return rep_fail("%s: --%s: expected one format, found --%s too", verb,
                        name, *chosen);
    *chosen = name;
    return -1;
}

bool rep_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *number)
{
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno || n < lo || n > hi)
        return false;
    *number = n;
    return true;
}

bool rep_output_option(struct rep_output *o, int letter, int *status)
{
    *status = -1;
    if (letter == 'o')
        o->path = optarg;
    else if (letter == REP_CLASSIC)
        o->classic = true;
    else if (letter != REP_WEIGHT)
        return false;
    else if (!rep_number(optarg, 0, 3, &o->weight))
        *status = rep_fail("--weight: expected 0 to 3, found \"%s\"", optarg);
    return true;
}

struct trace_form rep_output_form(const struct rep_output *o)
{
    return (struct trace_form){o->classic ? TRACE_CLASSIC : TRACE_MODERN,
                               (int)o->weight, o->classic};
}

/* end_output - status, or another where not all was printed. */
static int end_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return rep_fail("standard output: %s", strerror(errno));
    return status;
}

static void print_help(FILE *out)
{
    fputs("usage: rep VERB [options]\n\n", out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, "    %-8s %s\n", verbs[i].name, verbs[i].help);
    fputs("\nrep VERB -h tells more.\n", out);
}

/* run_verb - name is also the first word of what getopt says about it. */
static int run_verb(const struct verb *verb, int argc, char **argv)
{
    char name[32];
    snprintf(name, sizeof name, "rep %s", verb->name);
    argv[0] = name;
    return end_output(verb->run(argc, argv));
}

/* What whoever started us ignores is none of our affair: children are waited
 * for, and a file that may not grow is an error like any other. */
static void set_signals(void)
{
    signal(SIGCHLD, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN);
}

/* A file of ours must not get the number of a standard stream that is closed,
 * or what is said would go into it.  What takes its place cannot be used, and
 * programs that are run find the stream closed. */
static void keep_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null",
                        O_CLOEXEC | (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

int main(int argc, char **argv)
{
    set_signals();
    keep_standard_streams();
    if (argc < 2) {
        print_help(stderr);
        return REP_USAGE;
    }
    if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
        print_help(stdout);
        return end_output(REP_OK);
    }
    if (!strcmp(argv[1], "--version")) {
        puts("rep " MDRIVER_VERSION);
        return end_output(REP_OK);
    }
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (!strcmp(argv[1], verbs[i].name))
            return run_verb(&verbs[i], argc - 1, argv + 1);
    return rep_fail("expected a verb, found \"%s\" (rep -h lists them)",
                    argv[1]);
}
