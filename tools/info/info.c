/*
 * info.c - rep info: what is in a trace
 *
 * All traces are read, and the data files written, before anything is printed;
 * pictures come last.  A trace that cannot be read is told, and does not keep
 * others from being shown.
 */
#include "tools/info/info.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/interrupt.h"
#include "tools/inputs.h"
#include "tools/rep.h"

static const char help_text[] =
    "usage: rep info [options] FILE.rep|DIR...\n"
    "\n"
    "Show what is in traces; - is standard input.\n"
    "\n"
    "    --summary           one row a trace\n"
    "    --json              every figure and class, one trace a line\n"
    "    --csv               every figure, one row a trace\n"
    "    --dat DIR           write data for plots, too: NAME.sizes.dat,\n"
    "                        NAME.cdf.dat, NAME.lifetimes.dat, NAME.live.dat\n"
    "    --plot WHAT         draw a picture of each trace: sizes, lifetimes or "
    "all;\n"
    "                        may be repeated; without gnuplot, data and "
    "script\n"
    "                        are written and the command is told\n"
    "    --plot-dir DIR      where to: DIR/sizes-NAME.png and .svg, ... "
    "(default:\n"
    "                        " PLOT_DIR ")\n"
    "    --top N             show the N sizes most requested (default 10)\n"
    "    -h, --help          this text\n"
    "\n"
    "A block lives from its allocation to its free, reallocs included; its\n"
    "lifetime is the number of requests from the one to the other.  Sizes are\n"
    "of all requests that give a block, each realloc too; 64K-128K are those\n"
    "above 64 KiB up to 128 KiB.  Growth is the new size over the old one: "
    "the\n"
    "classes say up to what, the average is geometric.  K, M, G ... are "
    "powers\n"
    "of 1024.\n"
    "\n"
    "Losses: what is added to payloads that are rounded up to 8 or to 16, or\n"
    "get an 8-byte header, are rounded up to 16 and are 32 at least; "
    "malloc(0)\n"
    "takes nothing: over all requests, and when the payload is at its peak.  "
    "U\n"
    "at most is the peak of the payload over the peak of blocks so made "
    "(their\n"
    "own): no heap of such blocks is used better.\n"
    "\n"
    "Columns of --summary: distinct sizes, median size, bytes requested in "
    "all,\n"
    "and live at the peak; reallocs among the requests, frees that take the\n"
    "youngest live block (LIFO), U at most with 8-byte headers.\n";

/* ---- Traces ------------------------------------------------------------ */

static bool add_info(struct info_set *set, struct trace *t)
{
    struct info *infos =
        reallocarray(set->infos, set->count + 1, sizeof *infos);
    if (!infos)
        return false;
    set->infos = infos;
    if (!info_study(&infos[set->count], t))
        return false;
    set->count++;
    return true;
}

static int study_file(struct info_set *set, const char *path)
{
    struct trace t;
    int status = inputs_read(&t, path, false);
    if (status != REP_OK)
        return status;
    if (!add_info(set, &t))
        status = rep_fail("%s: %s", path, strerror(errno));
    trace_free(&t);
    return status;
}

static int study_all(struct info_set *set, char **arguments)
{
    struct inputs in;
    int status = inputs_list(&in, arguments);
    for (size_t i = 0; i < in.count; i++)
        if (study_file(set, in.paths[i]) != REP_OK)
            status = REP_USAGE;
    inputs_free(&in);
    return status;
}

/* ---- Options ----------------------------------------------------------- */

struct request {
    const char *format; /* the option that chose it, NULL: text */
    info_printer *print;
    const char *dat, *plot_dir;
    unsigned plots; /* see info_plot_find */
    uint64_t top;
};

enum {
    OPTION_DAT = 256,
    OPTION_TOP,
    OPTION_PLOT,
    OPTION_PLOT_DIR,
    OPTION_FORMAT
};

static const struct format {
    const char *name;
    info_printer *print;
} formats[] = {
    {"summary", info_print_summary},
    {"json", info_print_json},
    {"csv", info_print_csv},
};

static const struct option options[] = {
    {"dat", required_argument, NULL, OPTION_DAT},
    {"top", required_argument, NULL, OPTION_TOP},
    {"plot", required_argument, NULL, OPTION_PLOT},
    {"plot-dir", required_argument, NULL, OPTION_PLOT_DIR},
    {"summary", no_argument, NULL, OPTION_FORMAT},
    {"json", no_argument, NULL, OPTION_FORMAT + 1},
    {"csv", no_argument, NULL, OPTION_FORMAT + 2},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int choose_plot(struct request *r)
{
    unsigned plots = info_plot_find(optarg);
    r->plots |= plots;
    if (plots)
        return -1;
    return rep_fail("info: --plot: expected sizes, lifetimes or all, found "
                    "\"%s\"",
                    optarg);
}

/* parse_option - returns -1 to go on, or an exit status. */
static int parse_option(struct request *r, int letter)
{
    switch (letter) {
    case 'h':
        fputs(help_text, stdout);
        return REP_OK;
    case '?':
        return REP_USAGE;
    case OPTION_DAT:
        r->dat = optarg;
        return -1;
    case OPTION_PLOT:
        return choose_plot(r);
    case OPTION_PLOT_DIR:
        r->plot_dir = optarg;
        return -1;
    case OPTION_TOP:
        if (rep_number(optarg, 0, 1000000, &r->top))
            return -1;
        return rep_fail("info: --top: expected a number from 0 to 1000000, "
                        "found \"%s\"",
                        optarg);
    default:
        r->print = formats[letter - OPTION_FORMAT].print;
        return rep_choose_format(&r->format, "info",
                                 formats[letter - OPTION_FORMAT].name);
    }
}

static int parse(struct request *r, int argc, char **argv)
{
    int letter, status = -1;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "h", options, NULL)) != -1)
        status = parse_option(r, letter);
    if (status < 0 && optind == argc)
        status = rep_fail("info: expected a trace, found none");
    return status;
}

/* ---- The verb ---------------------------------------------------------- */

/* The program's own locale stays "C"; what the user's says is asked for. */
static bool terminal_is_utf8(void)
{
    locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!user)
        return false;
    bool utf8 = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
    freelocale(user);
    return utf8;
}

/* Where a program reads standard output, people read the other. */
static int draw(const struct request *r, const struct info_set *set)
{
    bool taken = r->print == info_print_json || r->print == info_print_csv;
    char *error;
    if (info_plot(r->plot_dir, r->plots, set, taken ? stderr : stdout, &error))
        return REP_OK;
    return interrupt_signal() ? REP_USAGE : rep_fail_with(error);
}

static int show(const struct request *r, struct info_set *set)
{
    char *error;
    if (r->dat && !info_save_dat(r->dat, set, &error))
        return rep_fail_with(error);
    r->print(stdout, set);
    return r->plots ? draw(r, set) : REP_OK;
}

int rep_info(int argc, char **argv)
{
    struct request r = {
        .print = info_print_text, .plot_dir = PLOT_DIR, .top = 10};
    int status = parse(&r, argc, argv);
    if (status >= 0)
        return status;
    struct info_set set = {.top = r.top, .utf8 = terminal_is_utf8()};
    status = study_all(&set, argv + optind);
    if (set.count && show(&r, &set) != REP_OK)
        status = REP_USAGE;
    for (size_t i = 0; i < set.count; i++)
        info_free(&set.infos[i]);
    free(set.infos);
    int signo = interrupt_signal();
    if (signo) { /* all is given back: the signal does its work */
        signal(signo, SIG_DFL);
        raise(signo);
    }
    return status;
}
