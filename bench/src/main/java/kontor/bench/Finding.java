package kontor.bench;

/**
 * A goal held against what was measured.
 *
 * @param measured the figure itself, in the goal's unit
 * @param score what is compared with the goal's target: the figure, divided by the goal's base if it has one
 */
record Finding(Goal goal, double measured, double score) {
    boolean reached() {
        return goal.isReachedBy(score);
    }
}
