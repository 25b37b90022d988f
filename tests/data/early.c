/*
 * early.c - a shared object whose dlsym asks for memory, as that of some libcs
 * does: while the recorder looks for malloc there is none but its own arena
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *early, *zeros, *aligned;

static void ask(void)
{
    char *p = malloc(10);
    strcpy(p, "from the ");
    early = realloc(p, 100);
    strcpy(early, "from the cradle");
    zeros = calloc(5, 20);
    aligned = memalign(256, 30);
    free(malloc(3));
    free(NULL);
}

void *dlsym(void *restrict handle, const char *restrict name)
{
    static void *(*libc_dlsym)(void *, const char *);
    if (!libc_dlsym) {
        void *found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        if (!found)
            found = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
        memcpy(&libc_dlsym, &found, sizeof found);
        ask();
    }
    return libc_dlsym(handle, name);
}

/* The blocks live on; an exit status above 90 tells what is wrong. */
__attribute__((destructor)) static void use(void)
{
    static const char nothing[100];
    if (!early)
        _exit(91);
    if (malloc_usable_size(early) < 100 || malloc_usable_size(zeros) < 100)
        _exit(92);
    if (memcmp(zeros, nothing, 100) != 0 || (uintptr_t)aligned % 256)
        _exit(93);
    early = realloc(early, 5000);
    if (strcmp(early, "from the cradle") != 0)
        _exit(94);
    free(early);
    free(zeros);
    free(aligned);
}
