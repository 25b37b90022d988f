/*
 * planted.h - PLANTED(): here, and now, the allocator begins to do wrong
 *
 * Nothing, unless tell.h was included before: then it prints during which
 * request the allocator was the first time that it came by.
 */
#ifndef PLANTED
#define PLANTED() ((void)0)
#define REQUEST() ((void)0)
#endif
