/*
 * record_convert.c - from the log of the recorder to a trace
 *
 * Nothing in the log is trusted: it may come from a file.
 */
#define _GNU_SOURCE
#include "tools/record/record_convert.h"

#include <sys/mman.h>
#include <unistd.h>

/* ---- The file ---------------------------------------------------------- */

/* cover - zero pages over [from, to) of the mapping, as far as pages go. */
static bool cover(char *map, size_t from, size_t to)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t first = (from + page - 1) / page * page;
    return to <= first ||
           mmap(map + first, to - first, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                0) != MAP_FAILED;
}

static bool cover_holes(int fd, char *map, size_t bytes)
{
    off_t hole = 0;
    while ((hole = lseek(fd, hole, SEEK_HOLE)) >= 0 && (size_t)hole < bytes) {
        off_t data = lseek(fd, hole, SEEK_DATA);
        size_t end = data < 0 || (size_t)data > bytes ? bytes : (size_t)data;
        if (!cover(map, (size_t)hole, end))
            return false;
        hole = (off_t)end;
    }
    return true;
}

void *record_map(int fd, size_t bytes)
{
    char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    if (map == MAP_FAILED)
        return NULL;
    if (cover_holes(fd, map, bytes))
        return map;
    munmap(map, bytes);
    return NULL;
}

/* ---- The events -------------------------------------------------------- */

/* The slots that are there. */
struct slots {
    const struct record_event *at;
    uint64_t count;
};

/* A realloc is known by the slot of the event that began it. */
static uint64_t key_of(uint64_t slot)
{
    return slot + 1;
}

/* argument_of - the second slot of an event, written before the first; false
 *     if that is not what it is. */
static bool argument_of(struct slots s, uint64_t slot, uint64_t *argument)
{
    if (slot + 1 >= s.count ||
        record_kind(s.at[slot + 1].head) != RECORD_ARGUMENT)
        return false;
    *argument = s.at[slot + 1].size;
    return true;
}

/* begin_address - the block that the realloc which began there took, or 0. */
static uint64_t begin_address(struct slots s, uint64_t slot)
{
    if (slot >= s.count || record_kind(s.at[slot].head) != RECORD_REALLOC_BEGIN)
        return 0;
    return record_address(s.at[slot].head);
}

static void convert_long(struct blocks *b, struct slots s, uint64_t slot)
{
    uint64_t address = record_address(s.at[slot].head), size = s.at[slot].size;
    enum record_kind kind = record_kind(s.at[slot].head);
    uint64_t argument;
    if (!argument_of(s, slot, &argument))
        b->tally.unfinished++;
    else if (kind == RECORD_REALLOC_END)
        blocks_realloc_end(b, key_of(argument), begin_address(s, argument),
                           address, size);
    else
        blocks_alloc(b, kind == RECORD_CALLOC ? TRACE_CALLOC : TRACE_MEMALIGN,
                     address, argument, size);
}

static void convert_event(struct blocks *b, struct slots s, uint64_t slot)
{
    uint64_t address = record_address(s.at[slot].head), size = s.at[slot].size;
    switch (record_kind(s.at[slot].head)) {
    case RECORD_ARGUMENT:
        return; /* went with the slot before */
    case RECORD_MALLOC:
        blocks_alloc(b, TRACE_MALLOC, address, 0, size);
        break;
    case RECORD_FREE:
        blocks_free(b, address);
        break;
    case RECORD_REALLOC_BEGIN:
        blocks_realloc_begin(b, key_of(slot), address);
        break;
    case RECORD_UNFINISHED:
        b->tally.unfinished++;
        break;
    default:
        convert_long(b, s, slot);
    }
    b->tally.events++;
}

bool record_convert(const struct record_header *log, uint64_t room,
                    struct blocks *b)
{
    uint64_t there = log->count < log->capacity ? log->count : log->capacity;
    struct slots s = {
        (const struct record_event *)((const char *)log + RECORD_EVENTS_AT),
        there < room ? there : room};
    for (uint64_t i = 0; i < s.count && !b->out_of_memory; i++)
        convert_event(b, s, i);
    b->tally.lost = log->lost + (there - s.count);
    b->tally.events += b->tally.lost;
    uint64_t unfinished = b->tally.unfinished;
    bool good = blocks_finish(b);
    if (b->tally.lost) { /* that is where the ends of reallocs are */
        b->tally.lost += b->tally.unfinished - unfinished;
        b->tally.unfinished = unfinished;
    }
    return good;
}
