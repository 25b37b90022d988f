/*
 * fuzz.c - what the fuzz targets share
 */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver/trace_filter.h"

/* To the descriptor: a target may have put stderr elsewhere. */
void fuzz_require(bool good, const char *format, ...)
{
    if (good)
        return;
    va_list args;
    va_start(args, format);
    dprintf(STDERR_FILENO, "broken promise: ");
    vdprintf(STDERR_FILENO, format, args);
    dprintf(STDERR_FILENO, "\n");
    va_end(args);
    abort();
}

void fuzz_require_line(const char *text)
{
    for (const char *c = text; *c; c++)
        fuzz_require(*c >= ' ' && *c <= '~', "byte %zu of a message is 0x%02x",
                     (size_t)(c - text), (unsigned char)*c);
}

/* FNV-1a (Fowler, Noll, Vo). */
uint64_t fuzz_hash(const uint8_t *data, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 0x100000001b3;
    return hash;
}

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t fuzz_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* ---- Files ------------------------------------------------------------- */

static uint64_t read_state;

/* The linker puts this in the place of read, which may always return less than
 * was asked for: so lines come in pieces. */
ssize_t __real_read(int fd, void *to, size_t size);
ssize_t __wrap_read(int fd, void *to, size_t size);

ssize_t __wrap_read(int fd, void *to, size_t size)
{
    static const size_t lengths[] = {1, 16, 61, 256, 4096, 1 << 20};
    size_t most = lengths[fuzz_next(&read_state) % 6];
    return __real_read(fd, to, size < most ? size : most);
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
    static char path[32];
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    bool good = fd >= 0 && ftruncate(fd, 0) == 0 &&
                pwrite(fd, data, size, 0) == (ssize_t)size;
    fuzz_require(good, "no file for the input");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_state = fuzz_hash(data, size);
    return path;
}

bool fuzz_is_compressed(const uint8_t *data, size_t size)
{
    return trace_filter_by_magic((const char *)data, size) != NULL;
}

/* Room for all that can be written: nobody reads meanwhile. */
#define PIPE_ROOM (1 << 20)

void fuzz_output_open(struct fuzz_output *o)
{
    bool good = pipe2(o->ends, O_CLOEXEC) == 0 &&
                fcntl(o->ends[1], F_SETPIPE_SZ, PIPE_ROOM) >= PIPE_ROOM;
    fuzz_require(good, "no pipe for the output");
    snprintf(o->path, sizeof o->path, "/proc/self/fd/%d", o->ends[1]);
}

void fuzz_output_turn(struct fuzz_output *o)
{
    close(o->ends[1]);
    o->ends[1] = -1;
    snprintf(o->path, sizeof o->path, "/proc/self/fd/%d", o->ends[0]);
}

bool fuzz_output_empty(const struct fuzz_output *o)
{
    int bytes = -1;
    return ioctl(o->ends[0], FIONREAD, &bytes) == 0 && bytes == 0;
}

void fuzz_output_close(struct fuzz_output *o)
{
    close(o->ends[0]);
    if (o->ends[1] >= 0)
        close(o->ends[1]);
}

FILE *fuzz_stream(struct fuzz_stream *s)
{
    *s = (struct fuzz_stream){0};
    s->out = open_memstream(&s->text, &s->size);
    fuzz_require(s->out, "no memory for a stream");
    return s->out;
}

const char *fuzz_text(struct fuzz_stream *s)
{
    fuzz_require(fclose(s->out) == 0, "no memory for a text");
    s->out = NULL;
    return s->text;
}
