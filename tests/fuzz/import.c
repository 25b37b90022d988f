/*
 * import.c - fuzz target: any bytes as the log of some tool
 *
 * rep import either makes a trace that is read without a warning, and accounts
 * for every event; or fails with one line, and writes nothing.  An input that
 * begins with the magic number of rep record's log is laid out as one: its
 * events need not stand 4096 bytes from its begin.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tools/import/import.h"
#include "tools/record/record.h"
#include "tools/rep.h"

/* ---- Running the verb -------------------------------------------------- */

/* What it says goes to *said, for free. */
static int import(char **said, char **argv)
{
    struct fuzz_stream s;
    FILE *own = stderr;
    int argc = 0;
    while (argv[argc])
        argc++;
    stderr = fuzz_stream(&s);
    optind = 0; /* glibc: begin anew */
    int status = rep_import(argc, argv);
    stderr = own;
    fuzz_text(&s);
    *said = s.text;
    return status;
}

static void check_line(char *said)
{
    char *newline = strchr(said, '\n');
    fuzz_require(newline && !newline[1], "not one line: %s", said);
    *newline = '\0';
    fuzz_require(strncmp(said, "rep: ", 5) == 0, "not of rep: %s", said);
    fuzz_require_line(said);
}

/* ---- What it says ------------------------------------------------------ */

/* The number before these words; 0 where they are not there. */
static uint64_t number_before(const char *said, const char *words)
{
    const char *at = strstr(said, words);
    while (at && at > said && at[-1] >= '0' && at[-1] <= '9')
        at--;
    return at ? strtoull(at, NULL, 10) : 0;
}

/* Every event is kept or dropped, but for frees that nobody saw; the recorder
 * makes two events of a realloc, and of the others one. */
static void check_summary(const char *said, const struct trace *t)
{
    uint64_t events = number_before(said, " events, ");
    uint64_t kept = number_before(said, " requests kept, ");
    uint64_t dropped = number_before(said, " dropped");
    uint64_t added = number_before(said, " frees added");
    fuzz_require(kept == t->op_count, "%llu kept, %zu there: %s",
                 (unsigned long long)kept, t->op_count, said);
    fuzz_require(number_before(said, " ids, ") == t->id_count, "%zu ids: %s",
                 t->id_count, said);
    bool twice = strstr(said, "; a log of rep record") != NULL;
    uint64_t accounted = kept + dropped - added;
    fuzz_require(accounted == events || (twice && accounted < events),
                 "no account: %s", said);
}

static void check_trace(const char *path, const char *said, bool classic)
{
    struct trace t;
    char *error;
    bool good = trace_read(&t, path, true, &error);
    fuzz_require(good, "what was imported: %s", error);
    fuzz_require(t.weight == 1 && (t.dialect == TRACE_CLASSIC) == classic,
                 "weight %d, dialect %d", t.weight, t.dialect);
    if (!classic)
        check_summary(said, &t);
    trace_free(&t);
}

/* ---- One input --------------------------------------------------------- */

static void check_import(const char *path, char *option, char *value)
{
    struct fuzz_output o;
    char *said;
    fuzz_output_open(&o);
    char *argv[] = {"rep import", "-o",  o.path, (char *)path,
                    option,       value, NULL};
    bool classic = option && strcmp(option, "--classic") == 0;
    int status = import(&said, argv);
    check_line(said);
    fuzz_require(status == REP_OK || status == REP_USAGE, "status %d", status);
    fuzz_require(status == REP_OK || fuzz_output_empty(&o),
                 "it failed and wrote: %s", said);
    fuzz_output_turn(&o);
    if (status == REP_OK)
        check_trace(o.path, said, classic);
    fuzz_output_close(&o);
    free(said);
}

static void check_all(const uint8_t *data, size_t size)
{
    static char *const options[][2] = {
        {"--from", "mtrace"}, {"--from", "valgrind"},  {"--from", "ltrace"},
        {"--pid", "1"},       {"--from", "heaptrack"}, {"--classic", NULL},
        {"--pid", "77"},
    };
    char *const *option = options[fuzz_hash(data, size) % 7];
    const char *path = fuzz_file(data, size);
    check_import(path, NULL, NULL);
    check_import(path, option[0], option[1]);
}

static bool is_recorded(const uint8_t *data, size_t size)
{
    return size >= sizeof(struct record_header) &&
           import_log_magic((const char *)data);
}

/* The header, then nothing, then the events where they belong. */
static void check_recorded(const uint8_t *data, size_t size)
{
    static uint8_t log[RECORD_EVENTS_AT + FUZZ_INPUT_MAX];
    size_t header = sizeof(struct record_header);
    memset(log, 0, RECORD_EVENTS_AT);
    memcpy(log, data, header);
    memcpy(log + RECORD_EVENTS_AT, data + header, size - header);
    check_all(log, RECORD_EVENTS_AT + size - header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > FUZZ_INPUT_MAX || fuzz_is_compressed(data, size))
        return 0;
    if (is_recorded(data, size))
        check_recorded(data, size);
    else
        check_all(data, size);
    return 0;
}
