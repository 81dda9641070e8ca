package kontor.simulator;

/** A piece of the book: a JSON object inside a line, by its bytes. */
record Span(long offset, int length) {
    Span movedBy(long distance) {
        return new Span(offset + distance, length);
    }
}
