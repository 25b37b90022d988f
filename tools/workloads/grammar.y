/* grammar.y - the expressions of a C-like language, for bison */
%token NAME NUMBER STRING IF ELSE WHILE FOR RETURN INT CHAR STRUCT
%token LE GE EQ NE AND OR SHL SHR INC DEC ARROW ADDA SUBA MULA DIVA
%%
unit: /* empty */ | unit item ;
item: type declarators ';' | type declarator block | STRUCT NAME '{' fields '}' ';' ;
type: INT | CHAR | STRUCT NAME ;
fields: /* empty */ | fields type declarators ';' ;
declarators: declarator | declarators ',' declarator ;
declarator: NAME | '*' declarator | declarator '[' optional ']' | declarator '(' params ')' | '(' declarator ')' | NAME '=' assign ;
params: /* empty */ | param | params ',' param ;
param: type declarator | type ;
block: '{' statements '}' ;
statements: /* empty */ | statements statement | statements type declarators ';' ;
statement: ';' | expr ';' | block | IF '(' expr ')' statement | IF '(' expr ')' statement ELSE statement
    | WHILE '(' expr ')' statement | FOR '(' optional ';' optional ';' optional ')' statement | RETURN optional ';' ;
optional: /* empty */ | expr ;
expr: assign | expr ',' assign ;
assign: cond | unary '=' assign | unary ADDA assign | unary SUBA assign | unary MULA assign | unary DIVA assign ;
cond: or | or '?' expr ':' cond ;
or: and | or OR and ;
and: bor | and AND bor ;
bor: xor | bor '|' xor ;
xor: band | xor '^' band ;
band: eq | band '&' eq ;
eq: rel | eq EQ rel | eq NE rel ;
rel: shift | rel '<' shift | rel '>' shift | rel LE shift | rel GE shift ;
shift: add | shift SHL add | shift SHR add ;
add: mul | add '+' mul | add '-' mul ;
mul: cast | mul '*' cast | mul '/' cast | mul '%' cast ;
cast: unary | '(' type ')' cast ;
unary: postfix | INC unary | DEC unary | '-' cast | '!' cast | '~' cast | '*' cast | '&' cast ;
postfix: primary | postfix '[' expr ']' | postfix '(' args ')' | postfix '.' NAME | postfix ARROW NAME | postfix INC | postfix DEC ;
args: /* empty */ | assign | args ',' assign ;
primary: NAME | NUMBER | STRING | '(' expr ')' ;
%%
