dnl m4.m4 - loops and recursion in a macro processor: text pushed back and back
define(`forloop', `pushdef(`$1', `$2')_forloop($@)popdef(`$1')')dnl
define(`_forloop', `$4`'ifelse($1, `$3', `', `define(`$1', incr($1))$0($@)')')dnl
define(`fib', `ifelse(eval($1 < 2), 1, $1, `eval(fib(decr($1)) + fib(eval($1 - 2)))')')dnl
define(`reverse', `ifelse($#, 0, , $#, 1, ``$1'', `reverse(shift($@)), `$1'')')dnl
forloop(`i', 1, 300, `define(`name`'i', `value of i times eval(i * i)')name`'i
')dnl
fib(13)
reverse(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z)
forloop(`i', 1, 60, `patsubst(translit(`the quick brown fox i', `a-z', `A-Z'), `[AEIOU]', `<\&>') len(name`'i)
')dnl
