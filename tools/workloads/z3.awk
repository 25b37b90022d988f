# z3.awk - makes the puzzle that z3 solves: a colouring with sums
BEGIN {
    for (i = 0; i < 14; i++) printf "(declare-const x%d Int)\n(assert (and (>= x%d 0) (< x%d 5)))\n", i, i, i
    for (i = 0; i < 14; i++)
        for (j = i + 1; j < 14; j++)
            if ((i * 5 + j * 3) % 4 == 0) printf "(assert (not (= x%d x%d)))\n", i, j
    for (i = 0; i < 12; i++) printf "(assert (<= (+ x%d x%d (* 2 x%d)) %d))\n", i, i + 1, i + 2, 9 + i % 3
    print "(check-sat)"
}
