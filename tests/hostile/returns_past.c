/* returns_past.c - tries to return into the driver past its callers, with
 * what the driver's function takes for true.  Must not get: a pass that counts
 * without its requests, or a driver of its own that is listened to. */
#include "once.h"

#include <link.h>

static uintptr_t text_lo, text_hi;

static int find_text(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD &&
            (info->dlpi_phdr[i].p_flags & PF_X)) {
            text_lo = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            text_hi = text_lo + info->dlpi_phdr[i].p_memsz;
        }
    return 1;
}

__attribute__((noinline)) static void deed(void)
{
    enum { SKIPPED = 2 };
    int found = 0;
    uintptr_t *word = __builtin_frame_address(0);
    dl_iterate_phdr(find_text, NULL);
    while (found <= SKIPPED) {
        word++;
        found += *word >= text_lo && *word < text_hi;
    }
#if defined __x86_64__
    __asm__ volatile("mov %0, %%rsp\n\tmov $1, %%eax\n\tret" ::"r"(word)
                     : "memory", "rax");
#endif
    exit(0);
}
