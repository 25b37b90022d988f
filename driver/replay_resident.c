/*
 * replay_resident.c - the pass for allocators whose memory is the process's
 *
 * How much such an allocator takes is asked of the kernel: by how much the
 * resident set grows over the requests.  So all else must be present before
 * (the tables, the code of all libraries), and every page of a payload must be
 * touched, as the program would.
 */
#define _GNU_SOURCE
#include <link.h>

#include "driver/isolate.h"
#include "driver/replay_walk.h"
#include "memlib.h"

/* ---- What is present before --------------------------------------------- */

/* What lies between variables may be read, whatever ASan put there. */
__attribute__((no_sanitize_address)) static void read_pages(const void *p,
                                                            size_t bytes)
{
    const volatile char *byte = p;
    for (size_t i = 0; i < bytes; i += mem_pagesize())
        (void)byte[i];
}

/* Have the page of every byte present, without a change. */
static void touch(void *p, uint64_t bytes)
{
    volatile char *byte = p;
    for (uint64_t i = 0; i < bytes; i += mem_pagesize())
        byte[i] = byte[i];
    if (bytes)
        byte[bytes - 1] = byte[bytes - 1];
}

/* Code, and constant data; a page of variables is counted when the first one
 * is written. */
static int read_object(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && part->p_flags & PF_R)
            read_pages((const void *)(object->dlpi_addr + part->p_vaddr),
                       part->p_filesz);
    }
    return 0;
}

static void make_present(const struct replay *r)
{
    const struct trace *t = r->trace;
    touch(r->answers, ((uint64_t)t->answer_count + 1) * sizeof *r->answers);
    touch(r->log, sizeof *r->log);
    read_pages(t->ops, t->op_count * sizeof *t->ops);
    char stack[64 << 10];
    touch(stack, sizeof stack);
    dl_iterate_phdr(read_object, NULL);
}

/* ---- The pass ------------------------------------------------------------ */

static void request(const struct replay *r, const struct allocator_calls *calls,
                    size_t i, uint32_t *answer)
{
    const struct trace_op *op = &r->trace->ops[i];
    r->log->op = i;
    void *p = walk_call(r, calls, op);
    if (op->kind == TRACE_FREE)
        return;
    r->answers[++*answer] = p;
    r->log->answered = i + 1;
    if (p && !walk_only_frees(op))
        touch(p, trace_payload(r->trace, op));
}

void replay_resident(void *arg)
{
    const struct replay *r = arg;
    struct allocator_calls calls;
    uint32_t answer = 0;
    if (replay_begin(r, &calls)) {
        make_present(r);
        r->log->phase = REPLAY_READY;
        isolate_step_done();
        r->log->phase = REPLAY_REQUEST;
        for (size_t i = 0; i < r->trace->op_count; i++) {
            if (i == r->pause)
                isolate_step_done();
            request(r, &calls, i, &answer);
        }
        r->log->phase = REPLAY_DONE;
    }
    isolate_step_done();
}
