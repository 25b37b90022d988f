/*
 * mm.h - the classic dialect, for sources that came without their headers
 *
 * Only compile.c puts this directory into a compiler's path.
 */
#ifndef MM_CLASSIC_H
#define MM_CLASSIC_H

#include <stddef.h>
#include <stdio.h>

/* What the labs of old ask a student to fill in; nothing looks at it. */
typedef struct {
    char *teamname;
    char *name1, *id1;
    char *name2, *id2;
} team_t;

extern team_t team;

int mm_init(void); /* negative: failure */
void *mm_malloc(size_t size);
void mm_free(void *ptr);
void *mm_realloc(void *ptr, size_t size);

#endif
