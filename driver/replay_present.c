/*
 * replay_present.c - memory that is made present before it is measured
 */
#define _GNU_SOURCE
#include "driver/replay_present.h"

#include <link.h>

#include "memlib.h"

/* What lies between variables may be read, whatever ASan put there. */
__attribute__((no_sanitize_address)) static void read_pages(const void *p,
                                                            uint64_t bytes)
{
    const volatile char *byte = p;
    for (uint64_t i = 0; i < bytes; i += mem_pagesize())
        (void)byte[i];
}

__attribute__((no_sanitize_address)) void present_bytes(void *p, uint64_t bytes)
{
    volatile char *byte = p;
    for (uint64_t i = 0; i < bytes; i += mem_pagesize())
        byte[i] = byte[i];
    if (bytes)
        byte[bytes - 1] = byte[bytes - 1];
}

void present_tables(const struct replay *r)
{
    const struct trace *t = r->trace;
    present_bytes(r->answers,
                  ((uint64_t)t->answer_count + 1) * sizeof *r->answers);
    present_bytes(r->log, sizeof *r->log);
    if (r->costs)
        present_bytes(r->costs, t->op_count * sizeof *r->costs);
    read_pages(t->ops, t->op_count * sizeof *t->ops);
}

void present_stack(void)
{
    char stack[64 << 10];
    present_bytes(stack, sizeof stack);
}

/* The part of an object that the linker made read-only again. */
static const ElfW(Phdr) * read_only_part(const struct dl_phdr_info *object)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_GNU_RELRO)
            return &object->dlpi_phdr[i];
    return NULL;
}

static void touch_variables(const struct dl_phdr_info *object,
                            const ElfW(Phdr) * part)
{
    const ElfW(Phdr) *fixed = read_only_part(object);
    ElfW(Addr) from = part->p_vaddr, to = part->p_vaddr + part->p_memsz;
    if (fixed && fixed->p_vaddr + fixed->p_memsz > from)
        from = (fixed->p_vaddr + fixed->p_memsz + mem_pagesize() - 1) &
               ~(ElfW(Addr))(mem_pagesize() - 1);
    if (from < to)
        present_bytes((void *)(object->dlpi_addr + from), to - from);
}

static int touch_object(struct dl_phdr_info *object, size_t size, void *context)
{
    const bool *variables = context;
    (void)size;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_R))
            continue;
        read_pages((const void *)(object->dlpi_addr + part->p_vaddr),
                   part->p_filesz);
        if (*variables && part->p_flags & PF_W)
            touch_variables(object, part);
    }
    return 0;
}

void present_objects(bool variables)
{
    dl_iterate_phdr(touch_object, &variables);
}
