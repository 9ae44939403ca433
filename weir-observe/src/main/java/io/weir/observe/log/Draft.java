package io.weir.observe.log;

import io.weir.observe.log.AccessLogFormat.Mistake;
import java.util.List;

/**
 * A format while it is read: what operators there are, and what has been found wrong so far. One reading tells all
 * mistakes.
 */
record Draft(Operators operators, List<Mistake> mistakes) {

    TextTemplate text(String format, boolean omitEmptyValues, String path) {
        return TextTemplate.compile(format, this, omitEmptyValues, path);
    }

    void mistake(String path, String value, String message) {
        mistakes.add(new Mistake(path, value, message, ""));
    }
}
