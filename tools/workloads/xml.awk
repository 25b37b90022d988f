# xml.awk - makes the document that xmllint reads: a catalogue of -v n items
BEGIN {
    if (!n) n = 700
    print "<?xml version=\"1.0\"?>\n<catalogue xmlns:x=\"urn:x\">"
    for (i = 0; i < n; i++) {
        printf "  <item id=\"i%d\" class=\"c%d\">\n    <name>Item number %d</name>\n", i, i % 13, i
        for (j = 0; j < i % 5; j++)
            printf "    <x:part ref=\"i%d\"><count>%d</count></x:part>\n", (i * 7 + j) % n, j
        printf "    <!-- %d --><text>Some <b>words</b> about &lt;%d&gt; &amp; more</text>\n  </item>\n", i, i * i
    }
    print "</catalogue>"
}
