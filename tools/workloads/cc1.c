/*
 * cc1.c - what the compiler compiles: a calculator with variables
 *
 * Includes nothing, so that the trace does not depend on system headers.
 */
typedef unsigned long size_t;
int printf(const char *, ...);
void *calloc(size_t, size_t);
void free(void *);
int strcmp(const char *, const char *);
char *strcpy(char *, const char *);

enum kind { NUMBER, NAME, ADD, SUB, MUL, DIV, MOD, NEG, ASSIGN, CALL };

struct node {
    enum kind kind;
    double value;
    char name[32];
    struct node *left, *right;
};

struct variable {
    char name[32];
    double value;
    struct variable *next;
};

struct parser {
    const char *at;
    const char *error;
    struct variable *variables[64];
};

static struct node *parse_sum(struct parser *p);

static void skip_blanks(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n')
        p->at++;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static struct node *make(enum kind kind, struct node *left, struct node *right)
{
    struct node *n = calloc(1, sizeof *n);
    n->kind = kind;
    n->left = left;
    n->right = right;
    return n;
}

static void release(struct node *n)
{
    if (!n)
        return;
    release(n->left);
    release(n->right);
    free(n);
}

static struct node *parse_number(struct parser *p)
{
    struct node *n = make(NUMBER, 0, 0);
    double scale = 1;
    while (is_digit(*p->at))
        n->value = 10 * n->value + (*p->at++ - '0');
    if (*p->at == '.')
        for (p->at++; is_digit(*p->at); p->at++)
            n->value += (*p->at - '0') * (scale /= 10);
    return n;
}

static struct node *parse_name(struct parser *p)
{
    struct node *n = make(NAME, 0, 0);
    int length = 0;
    while ((is_letter(*p->at) || is_digit(*p->at)) && length < 31)
        n->name[length++] = *p->at++;
    skip_blanks(p);
    if (*p->at != '(')
        return n;
    p->at++;
    n->kind = CALL;
    n->left = parse_sum(p);
    if (*p->at == ')')
        p->at++;
    else
        p->error = "expected )";
    return n;
}

static struct node *parse_factor(struct parser *p)
{
    skip_blanks(p);
    if (is_digit(*p->at))
        return parse_number(p);
    if (is_letter(*p->at))
        return parse_name(p);
    if (*p->at == '-') {
        p->at++;
        return make(NEG, parse_factor(p), 0);
    }
    if (*p->at != '(') {
        p->error = "expected a number, a name or (";
        return 0;
    }
    p->at++;
    struct node *n = parse_sum(p);
    if (*p->at == ')')
        p->at++;
    else
        p->error = "expected )";
    return n;
}

static struct node *parse_product(struct parser *p)
{
    struct node *n = parse_factor(p);
    for (;;) {
        skip_blanks(p);
        char c = *p->at;
        if (c != '*' && c != '/' && c != '%')
            return n;
        p->at++;
        n = make(c == '*' ? MUL : c == '/' ? DIV : MOD, n, parse_factor(p));
    }
}

static struct node *parse_sum(struct parser *p)
{
    struct node *n = parse_product(p);
    for (;;) {
        skip_blanks(p);
        char c = *p->at;
        if (c == '=' && n && n->kind == NAME) {
            p->at++;
            return make(ASSIGN, n, parse_sum(p));
        }
        if (c != '+' && c != '-')
            return n;
        p->at++;
        n = make(c == '+' ? ADD : SUB, n, parse_product(p));
    }
}

static struct variable *find(struct parser *p, const char *name)
{
    unsigned h = 5381;
    for (const char *s = name; *s; s++)
        h = 33 * h ^ (unsigned char)*s;
    struct variable **slot = &p->variables[h % 64];
    while (*slot && strcmp((*slot)->name, name) != 0)
        slot = &(*slot)->next;
    if (!*slot) {
        *slot = calloc(1, sizeof **slot);
        strcpy((*slot)->name, name);
    }
    return *slot;
}

static double root(double x)
{
    double r = x > 1 ? x : 1;
    for (int i = 0; i < 60; i++)
        r = (r + x / r) / 2;
    return r;
}

static double evaluate(struct parser *p, const struct node *n)
{
    if (!n || p->error)
        return 0;
    double a = n->kind == ASSIGN ? 0 : evaluate(p, n->left);
    double b = evaluate(p, n->right);
    switch (n->kind) {
    case NUMBER:
        return n->value;
    case NAME:
        return find(p, n->name)->value;
    case ADD:
        return a + b;
    case SUB:
        return a - b;
    case MUL:
        return a * b;
    case DIV:
        return a / b;
    case MOD:
        return (long)b ? (long)a % (long)b : 0;
    case NEG:
        return -a;
    case ASSIGN:
        return find(p, n->left->name)->value = b;
    case CALL:
        return !strcmp(n->name, "sqrt") ? root(a) : a < 0 ? -a : a;
    }
    return 0;
}

static void matrix(double out[8][8], double a[8][8], double b[8][8])
{
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            double sum = 0;
            for (int k = 0; k < 8; k++)
                sum += a[i][k] * b[k][j];
            out[i][j] = sum;
        }
}

int main(int argc, char **argv)
{
    static struct parser parser;
    static double a[8][8], b[8][8], c[8][8];
    for (int i = 1; i < argc; i++) {
        parser.at = argv[i];
        parser.error = 0;
        struct node *tree = parse_sum(&parser);
        a[i & 7][i >> 3 & 7] = evaluate(&parser, tree);
        if (parser.error)
            printf("%s: %s\n", argv[i], parser.error);
        else
            printf("%g\n", a[i & 7][i >> 3 & 7]);
        release(tree);
    }
    matrix(c, a, b);
    return c[0][0] != 0;
}
