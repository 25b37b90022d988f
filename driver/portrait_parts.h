/*
 * portrait_parts.h - what the files of the portrait room share; for them alone
 */
#ifndef PORTRAIT_PARTS_H
#define PORTRAIT_PARTS_H

#include <stdio.h>

#include "driver/columns.h"
#include "driver/portrait.h"

/* What is drawn. */
struct portrait_scene {
    const struct replay *left; /* the snapshot that is audited */
    uint64_t static_bytes;     /* of the allocator: counted with the heap */
};

/* One kind of data, made in memory from moment to moment. */
struct painter {
    const char *name; /* the file is NAME-TRACE-ALLOCATOR.dat */
    bool simulated;   /* of allocators on the simulated heap only */
    void *(*begin)(const struct portrait_scene *scene); /* NULL: no memory */
    void (*add)(void *painting, const struct replay_moment *m);
    portrait_writer *write; /* after the last moment; context is a painting */
    void (*end)(void *painting); /* give it back */
};

extern const struct painter portrait_curve, portrait_fragmentation,
    portrait_heapmap;

/* The most columns of a picture. */
enum { PORTRAIT_COLUMNS = 1000 };

#endif
