package io.weir.observe.log;

/** One command operator, compiled: what stands for {@code %...%} in a line. Immutable; any thread. */
@FunctionalInterface
interface Operator {
    /** Appends the raw value; false, and nothing appended, when there is none. */
    boolean write(AccessRecord ended, LogBuffer out);

    /** What JSON makes of the value. */
    enum Kind {
        STRING, NUMBER
    }

    /** An operator as read from a format. */
    record Typed(Kind kind, Operator operator) {
    }
}
