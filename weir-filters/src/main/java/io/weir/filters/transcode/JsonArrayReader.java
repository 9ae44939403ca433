package io.weir.filters.transcode;

import java.io.ByteArrayOutputStream;

/**
 * Takes the elements of a JSON array one after another, while its bytes come in pieces of any size; whether an element
 * is JSON is for its reader to find out. Where there is no array, the one value is the one element. Source: RFC 8259.
 * Belongs to one worker; holds one element at most.
 */
final class JsonArrayReader {
    private final int bytesMax;
    private final ByteArrayOutputStream element = new ByteArrayOutputStream();
    private State state = State.BEFORE;
    private boolean array;
    private boolean first = true;
    private int depth;
    private boolean inString;
    private boolean escaped;

    private enum State {
        BEFORE, BETWEEN, IN_ELEMENT, BEHIND_ELEMENT, AFTER
    }

    /** How a byte was taken. */
    enum Taken {
        /** Nothing is whole. */
        NOTHING,
        /** {@link #take} has an element. */
        ELEMENT,
        /** This is no array of values. */
        BROKEN,
        /** An element is longer than allowed. */
        TOO_LONG
    }

    /**
     * Has read nothing yet.
     *
     * @param bytesMax
     *            the longest element
     */
    JsonArrayReader(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** One more byte. */
    Taken read(byte b) {
        boolean blank = b == ' ' || b == '\t' || b == '\r' || b == '\n';
        return switch (state) {
            case BEFORE -> {
                array = b == '[';
                state = blank ? State.BEFORE : array ? State.BETWEEN : State.IN_ELEMENT;
                yield blank || array ? Taken.NOTHING : inElement(b);
            }
            case BETWEEN -> {
                if (b == ']' && first) {
                    state = State.AFTER;
                    yield Taken.NOTHING;
                }
                state = blank ? State.BETWEEN : State.IN_ELEMENT;
                yield blank ? Taken.NOTHING : inElement(b);
            }
            case IN_ELEMENT -> inElement(b);
            case BEHIND_ELEMENT -> behind(b, blank);
            case AFTER -> blank ? Taken.NOTHING : Taken.BROKEN;
        };
    }

    private Taken inElement(byte b) {
        if (!inString && depth == 0 && array && (b == ',' || b == ']')) {
            if (element.size() == 0) {
                return Taken.BROKEN;
            }
            ended(b);
            return Taken.ELEMENT;
        }
        if (element.size() == bytesMax) {
            return Taken.TOO_LONG;
        }
        element.write(b);
        if (inString) {
            inString = escaped || b != '"';
            escaped = !escaped && b == '\\';
        } else if (b == '"') {
            inString = true;
        } else if (b == '{' || b == '[') {
            depth++;
        } else if (b == '}' || b == ']') {
            if (--depth < 0) {
                return Taken.BROKEN;
            }
            if (depth == 0) {
                state = State.BEHIND_ELEMENT;
                return Taken.ELEMENT;
            }
        }
        return Taken.NOTHING;
    }

    private Taken behind(byte b, boolean blank) {
        if (blank) {
            return Taken.NOTHING;
        }
        if (!array || (b != ',' && b != ']')) {
            return Taken.BROKEN;
        }
        ended(b);
        return Taken.NOTHING;
    }

    private void ended(byte b) {
        first = false;
        state = b == ',' ? State.BETWEEN : State.AFTER;
    }

    /** The element that is whole. */
    byte[] take() {
        byte[] whole = element.toByteArray();
        element.reset();
        return whole;
    }

    /** The body has ended: whether it was whole. A lone value that ends with the body is an element yet. */
    Taken end() {
        return switch (state) {
            case BEFORE, AFTER -> Taken.NOTHING;
            case IN_ELEMENT -> {
                boolean whole = !array && !inString && depth == 0;
                state = State.AFTER;
                yield whole ? Taken.ELEMENT : Taken.BROKEN;
            }
            case BEHIND_ELEMENT -> array ? Taken.BROKEN : Taken.NOTHING;
            case BETWEEN -> Taken.BROKEN;
        };
    }
}
