/*
 * trace_write.c - write a trace file: requests as they come, then the header
 *
 * The requests go to an unlinked temporary file, behind room for the header;
 * what is kept in memory is the table of ids alone.  When all are known the
 * header is put right before them, and the whole is copied or compressed to
 * where it belongs, which is not opened before.  The first error stays until
 * the writer is closed, which tells it.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/outfile.h"
#include "driver/trace_filter.h"
#include "driver/trace_ids.h"
#include "driver/trace_model.h"

/* Four numbers of 20 digits, each with a newline, fit before the body. */
#define HEADER_ROOM 128

/* The longest request: a letter and three numbers of 20 digits. */
#define REQUEST_MAX 80

#ifndef BUFFER /* tests make it small */
#define BUFFER ((size_t)256 << 10)
#endif

#define PAGE 4096

/* What the table says of an id: never used; dead; live, but its request cannot
 * be met; LIVE or more: live with so much more bytes of payload. */
enum { UNUSED, DEAD, UNMET, LIVE };

struct trace_writer {
    struct trace_form form;
    const struct trace_filter *filter; /* NULL: it is not compressed */
    struct outfile *out;
    int body;      /* a descriptor; -1: not open */
    int failure;   /* an errno */
    size_t filled; /* bytes in buffer */
    size_t ops, left_out;
    struct trace_ids ids;
    struct trace_live live;
    char buffer[BUFFER];
};

static void fail(struct trace_writer *w)
{
    if (!w->failure)
        w->failure = errno;
}

/* ---- Opening ----------------------------------------------------------- */

static int directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (int)(slash + 1 - path) : 0;
}

/* A file without a name, beside the target, where there is room for it. */
static int open_body(const struct outfile *out)
{
    const char *beside = outfile_path(out) ? outfile_path(out) : "/tmp/";
    char *name;
    if (asprintf(&name, "%.*s.trace-XXXXXX", directory_length(beside), beside) <
        0)
        return -1;
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}

static bool fail_write(const struct trace_writer *w, char **error)
{
    return trace_fail(error, "%s: expected to write it, found: %s",
                      outfile_name(w->out), strerror(errno));
}

static bool prepare(struct trace_writer *w, const char *path, char **error)
{
    w->filter = trace_filter_by_name(path);
    w->out = outfile_plan(path, error);
    if (!w->out)
        return false;
    w->body = open_body(w->out);
    return (w->body >= 0 && lseek(w->body, HEADER_ROOM, SEEK_SET) >= 0) ||
           fail_write(w, error);
}

static void destroy(struct trace_writer *w)
{
    if (w->body >= 0)
        close(w->body);
    if (w->out)
        outfile_abandon(w->out);
    trace_ids_free(&w->ids);
    free(w);
}

struct trace_writer *trace_writer_open(const char *path, struct trace_form form,
                                       char **error)
{
    struct trace_writer *w = malloc(sizeof(*w));
    *error = NULL;
    if (!w) {
        trace_fail(error, "%s: %s", path, strerror(errno));
        return NULL;
    }
    memset(w, 0, offsetof(struct trace_writer, buffer));
    w->form = form;
    w->body = -1;
    if (prepare(w, path, error))
        return w;
    destroy(w);
    return NULL;
}

void trace_writer_abandon(struct trace_writer *w)
{
    if (w)
        destroy(w);
}

/* ---- Requests ---------------------------------------------------------- */

static void flush(struct trace_writer *w)
{
    if (!w->failure && !trace_write_all(w->body, w->buffer, w->filled))
        fail(w);
    w->filled = 0;
}

static void add_number(struct trace_writer *w, uint64_t n)
{
    char digits[20];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    w->buffer[w->filled++] = ' ';
    memcpy(w->buffer + w->filled, digits + at, sizeof(digits) - at);
    w->filled += sizeof(digits) - at;
}

static void add_request(struct trace_writer *w, enum trace_kind kind,
                        uint64_t id, uint64_t arg, uint64_t size)
{
    static const char letters[TRACE_KINDS] = "afrcm";
    if (BUFFER - w->filled < REQUEST_MAX)
        flush(w);
    w->buffer[w->filled++] = letters[kind];
    add_number(w, id);
    if (kind == TRACE_CALLOC || kind == TRACE_MEMALIGN)
        add_number(w, arg);
    if (kind != TRACE_FREE)
        add_number(w, size);
    w->buffer[w->filled++] = '\n';
    w->ops++;
}

static uint64_t payload_of(enum trace_kind kind, uint64_t arg, uint64_t size)
{
    uint64_t bytes;
    if (kind != TRACE_CALLOC)
        return size;
    return __builtin_mul_overflow(arg, size, &bytes) ? UINT64_MAX : bytes;
}

/* Account for a request.  A realloc that cannot be met leaves the old block
 * where it is, for ever. */
static uint64_t next_state(struct trace_writer *w, enum trace_kind kind,
                           uint64_t state, uint64_t payload)
{
    bool ends = kind == TRACE_FREE || (kind == TRACE_REALLOC && payload == 0);
    bool can_be_met = payload <= TRACE_SIZE_MAX;
    if (state >= LIVE && can_be_met)
        trace_live_lose(&w->live, state - LIVE);
    if (ends)
        return DEAD;
    if (!can_be_met)
        return UNMET;
    trace_live_gain(&w->live, payload);
    return LIVE + payload;
}

static enum trace_kind plain_kind(enum trace_kind kind, uint64_t state,
                                  uint64_t size)
{
    if (kind == TRACE_FREE)
        return kind;
    if (kind != TRACE_REALLOC || state == UNUSED)
        return TRACE_MALLOC;
    return size ? TRACE_REALLOC : TRACE_FREE;
}

/* Whether the request may come; an id of its own is used once at a time. */
static bool allowed(enum trace_kind kind, uint64_t state)
{
    if (kind == TRACE_FREE)
        return state >= UNMET;
    if (kind == TRACE_REALLOC)
        return state >= UNMET || state == UNUSED;
    return state < UNMET;
}

void trace_put(struct trace_writer *w, enum trace_kind kind, uint64_t id,
               uint64_t arg, uint64_t size)
{
    if (w->failure)
        return; /* which may be that the state of an id is not known */
    uint64_t state = trace_ids_get(&w->ids, id);
    assert(allowed(kind, state) &&
           "only a free and a realloc name a live id, and a free no other");
    if (w->form.plain) {
        uint64_t bytes = kind == TRACE_FREE ? 0 : payload_of(kind, arg, size);
        kind = plain_kind(kind, state, bytes);
        size = bytes ? bytes : 1;
    }
    uint64_t payload = kind == TRACE_FREE ? 0 : payload_of(kind, arg, size);
    if (!trace_ids_set(&w->ids, id, next_state(w, kind, state, payload)))
        fail(w);
    add_request(w, kind, id, arg, size);
}

void trace_put_free_null(struct trace_writer *w)
{
    static const char request[] = "f -1\n";
    if (w->form.plain) {
        w->left_out++;
        return;
    }
    if (BUFFER - w->filled < REQUEST_MAX)
        flush(w);
    memcpy(w->buffer + w->filled, request, sizeof(request) - 1);
    w->filled += sizeof(request) - 1;
    w->ops++;
}

enum trace_id_state trace_writer_state(const struct trace_writer *w,
                                       uint64_t id)
{
    uint64_t state = trace_ids_get(&w->ids, id);
    if (state == UNUSED)
        return TRACE_ID_UNUSED;
    return state == DEAD ? TRACE_ID_FREE : TRACE_ID_LIVE;
}

struct trace_written trace_written(const struct trace_writer *w)
{
    return (struct trace_written){.requests = w->ops,
                                  .left_out = w->left_out,
                                  .ids = w->ids.count,
                                  .peak_payload = trace_live_peak(&w->live)};
}

/* ---- The header -------------------------------------------------------- */

static uint64_t ids_to_announce(const struct trace_writer *w)
{
    if (w->ids.count == 0 || w->ids.max >= TRACE_ARRAY_IDS)
        return w->ids.count;
    return w->ids.max + 1;
}

/* Whole pages, at least one: no number that could be taken for a weight. */
static uint64_t heap_size(uint64_t peak)
{
    if (peak > UINT64_MAX - PAGE)
        return peak;
    return peak ? (peak + PAGE - 1) / PAGE * PAGE : PAGE;
}

/* Write it right before the body, and go to where it begins. */
static bool put_header(struct trace_writer *w)
{
    char header[HEADER_ROOM];
    uint64_t peak = trace_live_peak(&w->live),
             weight = (uint64_t)w->form.weight;
    bool classic = w->form.dialect == TRACE_CLASSIC;
    int length =
        snprintf(header, sizeof(header), "%llu\n%llu\n%zu\n%llu\n",
                 (unsigned long long)(classic ? heap_size(peak) : weight),
                 (unsigned long long)ids_to_announce(w), w->ops,
                 (unsigned long long)(classic ? weight : peak));
    off_t begin = HEADER_ROOM - length;
    return pwrite(w->body, header, (size_t)length, begin) == length &&
           lseek(w->body, begin, SEEK_SET) == begin;
}

/* ---- The file ---------------------------------------------------------- */

static bool copy(struct trace_writer *w, int out, char **error)
{
    ssize_t n;
    while ((n = read(w->body, w->buffer, BUFFER)) != 0) {
        if (n < 0 && errno != EINTR)
            return fail_write(w, error);
        if (n > 0 && !trace_write_all(out, w->buffer, (size_t)n))
            return fail_write(w, error);
    }
    return true;
}

static bool fail_start(const struct trace_writer *w, char **error)
{
    return trace_fail(error, "%s: cannot run %s to compress it: %s",
                      outfile_name(w->out), w->filter->program,
                      strerror(errno));
}

static bool compress(struct trace_writer *w, int out, char **error)
{
    pid_t pid;
    if (!trace_filter_start(w->filter, true, w->body, out, &pid))
        return fail_start(w, error);
    int status = trace_filter_wait(pid);
    errno = ENOENT;
    if (status == TRACE_FILTER_NOT_RUN)
        return fail_start(w, error);
    return status == 0 ||
           trace_fail(error, "%s: %s ended with status %d",
                      outfile_name(w->out), w->filter->program, status);
}

/* Past the stream's buffer, which stays empty: compressors know descriptors. */
static bool put_whole(struct trace_writer *w, char **error)
{
    if (!outfile_begin(w->out, error))
        return false;
    int out = fileno(outfile_stream(w->out));
    return w->filter ? compress(w, out, error) : copy(w, out, error);
}

static bool end_body(struct trace_writer *w, char **error)
{
    flush(w);
    errno = w->failure;
    if (w->failure)
        return fail_write(w, error);
    if (!w->ops)
        return trace_fail(error, "%s: expected a request to write, found none",
                          outfile_name(w->out));
    return put_header(w) || fail_write(w, error);
}

bool trace_writer_close(struct trace_writer *w, char **error)
{
    *error = NULL;
    bool good = end_body(w, error) && put_whole(w, error);
    if (good) {
        good = outfile_close(w->out, error);
        w->out = NULL;
    }
    destroy(w);
    return good;
}
