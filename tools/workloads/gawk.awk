# gawk.awk - word counts, joins and a sparse matrix in associative arrays; -v n
# is how many words
function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
BEGIN {
    seed = 1
    if (!n) n = 2500
    for (i = 0; i < n; i++) {
        word = sprintf("%c%c%c", 97 + random(26), 97 + random(26), 97 + random(8))
        count[word]++
        where[word] = where[word] " " i
    }
    words = asorti(count, order)
    for (i = 1; i <= words; i += 3) {
        split(where[order[i]], lines, " ")
        line = order[i]
        for (j in lines) line = line "," lines[j]
        gsub(/[aeiou]/, "&&", line)
        total += length(line)
        if (i % 2) delete count[order[i]]
    }
    for (i = 0; i < n; i++) m[random(60), random(60)] += i
    for (key in m) {
        split(key, at, SUBSEP)
        row[at[1]] += m[key]
        if (m[key] % 2) delete m[key]
    }
    for (i = 0; i < 60; i++) text = text sprintf("%d:%d;", i, row[i])
    print total, length(text), words
}
