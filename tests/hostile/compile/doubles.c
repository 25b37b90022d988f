/* doubles.c - tries to keep the compiler busy for ever: it includes itself
 * twice, 200 deep.  Must not get: more time than the compiler is given. */
#include __FILE__
#include __FILE__
