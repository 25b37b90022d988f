/*
 * recorded.c - a program for the recorder: its last argument says what it does
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;

static int basic(void)
{
    void *p = malloc(100), *q = calloc(3, 7), *none = NULL;
    p = realloc(p, 100000);
    int error = posix_memalign(&none, 64, 300);
    free(memalign(32, 10));
    free(aligned_alloc(128, 256));
    free(valloc(5));
    free(pvalloc(5));
    void *z = malloc(0);
    void *n = realloc(NULL, 9);
    free(NULL);
    free(malloc(SIZE_MAX / 4));
    if (!realloc(n, SIZE_MAX / 4))
        n = realloc(n, 0);
    void *a = reallocarray(NULL, 2, 8);
    if (!reallocarray(a, SIZE_MAX / 2, 8))
        a = reallocarray(a, 4, 8);
    free(a);
    free(z);
    free(q);
    free(p);
    free(none);
    return error || n;
}

/* The answers of requests that fail; each case that is wrong is one bit. */
static int errors(void)
{
    int wrong = 0;
    void *untouched = &wrong;
    char *p = malloc(33);
    strcpy(p, "kept");
    errno = 0;
    wrong |= (reallocarray(p, SIZE_MAX / 2, 3) || errno != ENOMEM) << 0;
    wrong |= (strcmp(p, "kept") != 0 || malloc_usable_size(p) != 40) << 1;
    errno = 0;
    wrong |= (posix_memalign(&untouched, 24, 8) != EINVAL ||
              posix_memalign(&untouched, 64, SIZE_MAX / 4) != ENOMEM ||
              untouched != &wrong)
             << 2;
    wrong |= (calloc(SIZE_MAX / 2, 3) || errno != ENOMEM) << 3;
    wrong |= (malloc_usable_size(NULL) != 0) << 4;
    errno = EXDEV;
    free(p);
    wrong |= (errno != EXDEV) << 5;
    void *v = valloc(10), *w = pvalloc(10);
    wrong |= ((uintptr_t)v % 4096 || (uintptr_t)w % 4096 ||
              malloc_usable_size(w) < 4096)
             << 6;
    free(v);
    free(w);
    return wrong;
}

/* Where blocks lie and how much room they have does not depend on us; where
 * the heap begins does, as it is random. */
static int addresses(void)
{
    static char *block[2000];
    uint32_t x = 1;
    char *first = malloc(1);
    printf("%d\n", (int)((uintptr_t)first & 4095));
    for (int i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
        char **b = &block[(x >> 16) % 2000];
        if (x & 1)
            *b = realloc(*b, 1 + (x >> 8) % 3000);
        else
            free(*b), *b = (x & 2) ? memalign(64, (x >> 9) % 700)
                                   : calloc(x >> 28, 40);
        printf("%td %zu\n", *b - first, malloc_usable_size(*b));
    }
    return 0;
}

static int forks(void)
{
    void *p = malloc(11);
    if (fork() == 0) {
        free(malloc(22));
        free(p);
        _exit(0);
    }
    wait(NULL);
    free(p);
    free(malloc(33));
    return 0;
}

/* A child of vfork has its parent's memory. */
static int vforks(void)
{
    static void *volatile gift;
    void *p = malloc(11);
    pid_t pid = vfork();
    if (pid == 0) {
        free(p);
        gift = malloc(22);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    free(gift);
    return 0;
}

/* run_child - another program of the same file. */
static void run_child(char *mode)
{
    char *argv[] = {self, mode, NULL};
    pid_t pid;
    if (posix_spawn(&pid, self, NULL, NULL, argv, environ) == 0)
        waitpid(pid, NULL, 0);
}

static int spawns(void)
{
    free(malloc(55));
    run_child("seven");
    run_child("seven");
    free(malloc(56));
    return 0;
}

static _Atomic(void *) ring[64];

static void *churn(void *seed)
{
    uint32_t x = (uintptr_t)seed;
    for (int i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
        void *p = atomic_exchange(&ring[x >> 26], NULL);
        if (p && (x & 64))
            p = realloc(p, 1000 + (x >> 8) % 1000);
        else
            free(p), p = malloc(1000 + (x >> 8) % 1000);
        free(atomic_exchange(&ring[(x >> 20) & 63], p));
    }
    return NULL;
}

/* fork_once - false unless the child could allocate and left well. */
static int fork_once(void)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 20; i++)
            free(realloc(malloc(5000 + (size_t)i), 9000));
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static int threads(int forking)
{
    pthread_t thread[4];
    int wrong = 0;
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, churn, (void *)(i + 1));
    for (int i = 0; i < forking; i++)
        wrong |= fork_once();
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 64; i++)
        free(ring[i]);
    return wrong != 0;
}

static int threads_first(void)
{
    void *p = malloc(3);
    if (fork() == 0) { /* whose first requests come from threads */
        pthread_t thread[4];
        for (uintptr_t i = 0; i < 4; i++)
            pthread_create(&thread[i], NULL, churn, (void *)(i + 1));
        for (int i = 0; i < 4; i++)
            pthread_join(thread[i], NULL);
        _exit(0);
    }
    wait(NULL);
    return !p;
}

/* A child that is still there when its parent is not, nor our standard error:
 * it lives until the other end of its input is closed. */
static int outlived(void)
{
    void *p = malloc(77);
    int ready[2];
    char c;
    if (pipe(ready) != 0)
        return 1;
    if (fork() == 0) {
        free(malloc(88));
        close(1);
        close(2);
        close(ready[0]);
        if (write(ready[1], "x", 1) != 1 || read(0, &c, 1) != 0)
            _exit(1);
        free(malloc(99));
        _exit(0);
    }
    return read(ready[0], &c, 1) != 1 || !p;
}

static int executes(void)
{
    if (malloc(66))
        execl(self, self, "seven", NULL);
    return 1;
}

static int is_killed(void)
{
    if (malloc(44) && calloc(5, 11))
        kill(getpid(), SIGKILL);
    return 1;
}

static int kills_parent(int signo)
{
    if (malloc(44) && calloc(5, 11))
        kill(getppid(), signo);
    if (signo != SIGKILL)
        pause();
    return 0;
}

static int looks_around(void)
{
    return getenv("MDRIVER_RECORD") || getenv("LD_PRELOAD") || !malloc(1);
}

int main(int argc, char **argv)
{
    const char *mode = argv[argc - 1];
    self = argv[0];
    return !strcmp(mode, "basic")         ? basic()
           : !strcmp(mode, "errors")      ? errors()
           : !strcmp(mode, "addresses")   ? addresses()
           : !strcmp(mode, "fork")        ? forks()
           : !strcmp(mode, "vfork")       ? vforks()
           : !strcmp(mode, "spawn")       ? spawns()
           : !strcmp(mode, "threads")     ? threads(0)
           : !strcmp(mode, "fork-thread") ? threads(40)
           : !strcmp(mode, "thread-fork") ? threads_first()
           : !strcmp(mode, "outlived")    ? outlived()
           : !strcmp(mode, "exec")        ? executes()
           : !strcmp(mode, "kill")        ? is_killed()
           : !strcmp(mode, "kill-parent") ? kills_parent(SIGKILL)
           : !strcmp(mode, "term-parent") ? kills_parent(SIGTERM)
           : !strcmp(mode, "environment") ? looks_around()
           : !strcmp(mode, "seven")       ? (malloc(77) ? 7 : 0)
                                          : 0;
}
