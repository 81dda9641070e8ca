package kontor.docs;

/**
 * A document with parts that are generated. Each stands between two lines:
 *
 * <pre>{@code
 * <!-- generated: tables -->
 * <!-- /generated -->
 * }</pre>
 */
record Marked(String text) {
    private static final String END = "<!-- /generated -->";

    /** @throws IllegalStateException when the document has no such part */
    Marked with(String part, String content) {
        var begin = "<!-- generated: " + part + " -->\n";
        var from = text.indexOf(begin);
        var to = from < 0 ? -1 : text.indexOf(END, from);
        if (to < 0) throw new IllegalStateException("There is no generated part \"" + part + "\" in the document");
        return new Marked(text.substring(0, from) + begin + "\n" + content.strip() + "\n\n" + text.substring(to));
    }
}
