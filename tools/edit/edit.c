/*
 * edit.c - what the verbs share that make a trace from another: options,
 *     reading, writing
 */
#include "tools/edit/edit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "driver/trace_edit.h"
#include "tools/inputs.h"

enum { RENUMBER = 256, BALANCE };

static const char options_help[] =
    "    -o, --output FILE   the new trace (default: standard output); .gz, "
    ".xz\n"
    "                        or .zst at the end of its name compresses "
    "it\n" REP_CLASSIC_HELP
    "    --weight N          weight of the trace, 0 to 3 (default: as it was)\n"
    "    --renumber          ids 0, 1, 2 ... in order of appearance\n"
    "    --balance           free in the end what is live then\n"
    "    -q, --quiet         say neither what is untidy in FILE nor how many\n"
    "                        requests were kept\n"
    "    -h, --help          this text\n";

static const struct option common[] = {
    REP_OUTPUT_OPTIONS,
    {"renumber", no_argument, NULL, RENUMBER},
    {"balance", no_argument, NULL, BALANCE},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
};

#define COMMON_COUNT (sizeof common / sizeof common[0])

/* ---- The command line -------------------------------------------------- */

static int take_option(struct edit *e, const struct edit_verb *verb, void *own,
                       int letter)
{
    int status;
    if (rep_output_option(&e->output, letter, &status))
        return status;
    switch (letter) {
    case 'h':
        printf("%s%s", verb->help, options_help);
        return REP_OK;
    case '?':
        return REP_USAGE;
    case 'q':
        e->quiet = true;
        return -1;
    case RENUMBER:
        e->flags |= TRACE_RENUMBER;
        return -1;
    case BALANCE:
        e->flags |= TRACE_BALANCE;
        return -1;
    default:
        return verb->take(own, letter);
    }
}

static int take_arguments(struct edit *e, const struct edit_verb *verb,
                          void *own, int argc, char **argv)
{
    int status = -1;
    if (argc - optind != verb->arguments + 1)
        return rep_fail("%s: expected %d argument%s, found %d (rep %s -h)",
                        verb->name, verb->arguments + 1,
                        verb->arguments ? "s" : "", argc - optind, verb->name);
    for (int i = 0; status < 0 && i < verb->arguments; i++) {
        optarg = argv[optind++];
        status = verb->take(own, 0);
    }
    e->path = argv[optind];
    return status;
}

int edit_parse(struct edit *e, const struct edit_verb *verb, void *own,
               int argc, char **argv)
{
    struct option list[COMMON_COUNT + EDIT_OWN_MAX + 1] = {0};
    int letter, status = -1;
    size_t own_count = 0;
    while (verb->options && verb->options[own_count].name)
        own_count++;
    memcpy(list, common, sizeof common);
    if (own_count)
        memcpy(list + COMMON_COUNT, verb->options, own_count * sizeof *list);
    *e = (struct edit){.verb = verb->name, .output = {"-", false, 0}};
    e->output.weight = REP_WEIGHT_OWN;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "o:qh", list, NULL)) != -1)
        status = take_option(e, verb, own, letter);
    return status < 0 ? take_arguments(e, verb, own, argc, argv) : status;
}

/* ---- Traces ------------------------------------------------------------ */

int edit_read(const struct edit *e, struct trace *t)
{
    int status = inputs_read(t, e->path, e->quiet);
    return status == REP_OK ? -1 : status;
}

static void say_kept(const struct trace *t, struct trace_written written,
                     size_t before)
{
    size_t kept = t->op_count - written.left_out;
    size_t added = written.requests - kept;
    rep_say(stderr, "rep: %s: %zu of %zu requests kept", t->path, kept, before);
    if (added)
        fprintf(stderr, ", %zu free%s added", added, added == 1 ? "" : "s");
    fputc('\n', stderr);
}

static int close_writer(const struct edit *e, const struct trace *t,
                        struct trace_writer *w, size_t before)
{
    char *error;
    if (!trace_put_all(w, t, e->flags)) {
        trace_writer_abandon(w);
        return rep_fail("%s: %s", t->path, strerror(ENOMEM));
    }
    struct trace_written written = trace_written(w);
    if (!trace_writer_close(w, &error))
        return rep_fail_with(error);
    if (!e->quiet)
        say_kept(t, written, before);
    return REP_OK;
}

int edit_write(const struct edit *e, const struct trace *t, size_t before)
{
    struct trace_form form = rep_output_form(&e->output);
    char *error;
    if (e->output.weight == REP_WEIGHT_OWN)
        form.weight = t->weight;
    struct trace_writer *w = trace_writer_open(e->output.path, form, &error);
    return w ? close_writer(e, t, w, before) : rep_fail_with(error);
}

int edit_write_kept(const struct edit *e, const struct trace *from,
                    uint8_t *keep)
{
    struct trace_selection selection = {.keep = keep};
    struct trace to;
    char *error = NULL;
    if (!keep)
        return rep_fail("%s: %s", from->path, strerror(ENOMEM));
    bool good = trace_select(&to, from, selection, &error);
    free(keep);
    if (!good)
        return rep_fail_with(error);
    int status = edit_write(e, &to, from->op_count);
    trace_free(&to);
    return status;
}

/* ---- The verbs that keep all ------------------------------------------- */

static int write_all(const struct edit_verb *verb, int flags, int argc,
                     char **argv)
{
    struct edit e;
    struct trace t;
    int status = edit_parse(&e, verb, NULL, argc, argv);
    e.flags |= flags;
    if (status < 0)
        status = edit_read(&e, &t);
    if (status >= 0)
        return status;
    status = edit_write(&e, &t, t.op_count);
    trace_free(&t);
    return status;
}

int rep_balance(int argc, char **argv)
{
    static const struct edit_verb verb = {
        .name = "balance",
        .help =
            "usage: rep balance FILE [options]\n"
            "\n"
            "Write the trace FILE (- is standard input) with a free at its end "
            "for\n"
            "each block that is live there, the oldest first.\n"
            "\n",
    };
    return write_all(&verb, TRACE_BALANCE, argc, argv);
}

int rep_convert(int argc, char **argv)
{
    static const struct edit_verb verb = {
        .name = "convert",
        .help =
            "usage: rep convert FILE [options]\n"
            "\n"
            "Write the trace FILE (- is standard input) anew: with the modern "
            "header\n"
            "(weight, ids, requests, peak payload), true counts, and none of "
            "what old\n"
            "drivers do not expect: comments, blank lines, frees of what is "
            "not live.\n"
            "\n",
    };
    return write_all(&verb, 0, argc, argv);
}
