/* forges_at_exit.c - the same from a destructor and a function for exit, the
 * last that this process does.  Must not get: a line through. */
#include "honest.h"

#include "forgery.h"

static void at_exit(int status, void *arg)
{
    (void)status;
    (void)arg;
    forge();
}

__attribute__((destructor)) static void at_unload(void)
{
    forge();
}

__attribute__((constructor)) static void at_load(void)
{
    on_exit(at_exit, NULL);
}
