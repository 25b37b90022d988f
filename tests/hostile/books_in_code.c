/* books_in_code.c - the same in its own code, when it is loaded. */
#include "books.h"

__asm__(".text\n.balign 4096\nthe_code: .fill 262144, 1, 0x90\n.balign 4096\n");
extern char the_code[] __attribute__((visibility("hidden")));

static void *books(size_t bytes)
{
    bytes = (bytes + 4095) & ~4095ul;
    return mprotect(the_code, bytes, PROT_READ | PROT_WRITE) == 0 ? the_code
                                                                  : NULL;
}
