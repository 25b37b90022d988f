/*
 * trace_help.h - what the tests of request traces share
 *
 * They work in a directory of their own, so that messages name short paths.  A
 * trace is compared as one line of text that describe() makes of it.
 */
#ifndef TRACE_HELP_H
#define TRACE_HELP_H

#include "tests/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "driver/trace.h"

#define UNUSED __attribute__((unused))

UNUSED static void put_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) != 0) {
        perror(path);
        exit(2);
    }
}

UNUSED static void put_text(const char *path, const char *text)
{
    put_bytes(path, text, strlen(text));
}

UNUSED static char *get_text(const char *path)
{
    static char text[65536];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = 0;
    return text;
}

UNUSED static bool have(const char *program)
{
    char command[100];
    snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
    return system(command) == 0;
}

UNUSED static void describe_op(FILE *out, const struct trace *t, size_t i,
                               uint32_t a)
{
    const struct trace_op *op = &t->ops[i];
    uint64_t id;
    fprintf(out, "; %zu %s", trace_line(t, i), trace_op_name(op->kind));
    if (trace_id(t, i, &id))
        fprintf(out, " #%llu", (unsigned long long)id);
    if (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC)
        fprintf(out, " @%u", op->ref);
    if (op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN)
        fprintf(out, " %llu,", (unsigned long long)t->extras[op->extra]);
    if (op->kind != TRACE_FREE)
        fprintf(out, " %llu -> %u", (unsigned long long)op->size, a);
}

/* All that a trace holds: LINE KIND #ID @ANSWER-TAKEN SIZE -> ANSWER-MADE. */
UNUSED static char *describe(const struct trace *t)
{
    char *text = NULL;
    size_t size;
    uint32_t answer = 0;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%s %d ids %zu peak %llu live %zu",
            t->dialect == TRACE_CLASSIC ? "classic" : "modern", t->weight,
            t->id_count, (unsigned long long)t->peak_payload, t->peak_live);
    for (size_t i = 0; i < t->op_count; i++) {
        answer += trace_makes_answer(&t->ops[i]);
        describe_op(out, t, i, answer);
    }
    for (size_t i = 0; i < t->warning_count; i++)
        fprintf(out, "\n%s", t->warnings[i]);
    fclose(out);
    return text;
}

/* Read path and compare with what describe() or the error says. */
UNUSED static void check_read(const char *path, bool strict,
                              const char *expected, const char *name)
{
    struct trace t;
    char *error = NULL;
    bool good = trace_read(&t, path, strict, &error);
    char *found = good ? describe(&t) : error;
    check_str(found, expected, name);
    if (good)
        trace_free(&t);
    free(found);
}

UNUSED static void check_text(const char *text, bool strict,
                              const char *expected, const char *name)
{
    put_text("x.rep", text);
    check_read("x.rep", strict, expected, name);
}

UNUSED static void run(const char *format, const char *a, const char *b)
{
    char command[200];
    snprintf(command, sizeof(command), format, a, b);
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(2);
    }
}

UNUSED static struct trace_writer *
open_writer(const char *path, enum trace_dialect dialect, int weight)
{
    char *error;
    struct trace_writer *w = trace_writer_open(
        path, (struct trace_form){dialect, weight, false}, &error);
    if (!check(w, path, "%s", error))
        exit(1);
    return w;
}

UNUSED static void check_close(struct trace_writer *w, const char *expected,
                               const char *name)
{
    char *error = NULL;
    bool good = trace_writer_close(w, &error);
    check_str(good ? "written" : error, expected, name);
    free(error);
}

/* A directory to work in, and its end with the test's exit status. */
static char test_dir[] = "/tmp/trace-test-XXXXXX";

static void enter_dir(void)
{
    if (!mkdtemp(test_dir) || chdir(test_dir) < 0) {
        perror(test_dir);
        exit(2);
    }
}

static int leave_dir(void)
{
    run("cd / && rm -r %s%s", test_dir, "");
    return check_done();
}

#endif
