/* reads_zeros.c - tries to fill memory from a file without end.  Must not get:
 * more than a message. */
#include "/dev/zero"
