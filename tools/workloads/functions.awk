# functions.awk - makes a large program in C that includes nothing: -v n
# functions with loops, switches, structs and calls, for compilers
BEGIN {
    if (!n) n = 300
    print "struct s { int a, b; double d; struct s *next; };"
    for (i = 0; i < n; i++) {
        printf "static int f%d(struct s *p, int x, double y)\n{\n", i
        printf "    int t[%d], sum = %d;\n", 4 + i % 9, i
        printf "    for (int i = 0; i < %d; i++)\n        t[i] = x * i + p->a;\n", 4 + i % 9
        printf "    for (struct s *q = p; q; q = q->next) {\n        switch (q->b %% %d) {\n", 3 + i % 5
        for (j = 0; j < 3 + i % 5; j++)
            printf "        case %d: sum += t[%d] * (x >> %d) - q->a; q->d += y / %d; break;\n", j, j % 4, j, j + 1
        print "        }\n        if (q->d > sum)\n            return (int)q->d;\n    }"
        if (i) printf "    if (x > %d)\n        sum += f%d(p, x - 1, y * 0.5) + f%d(p, x / 2, y);\n", i % 7, int(i / 2), i - 1
        print "    while (sum > 1000)\n        sum -= sum / 3 + t[1];\n    return sum;\n}"
    }
    printf "int run(struct s *p)\n{\n    return 0"
    for (i = 0; i < n; i++) printf "\n        + f%d(p, p->b, p->d)", i
    print ";\n}"
}
