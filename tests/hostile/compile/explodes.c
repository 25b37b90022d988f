/* explodes.c - tries to fill memory with a macro that doubles itself forty
 * times.  Must not get: more memory than config.h allows. */
#define A(x) x x x x x x x x x x x x x x x x
#define B(x) A(A(x))
#define C(x) B(B(x))
#define D(x) C(C(x))
D(D(int a;))
