package io.weir.stream.client;

import io.weir.core.model.AccessLogSpec.Format;
import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.LogBuffer;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Texts in which the words of access logs stand for what is known of a connection. Stateless. */
public final class Wording {
    private Wording() {}

    /** The text of a field, which says nothing where nothing is known; null after a problem. */
    public static @Nullable AccessLogFormat read(String text, String field, ReadContext at) {
        return read(new Format.Text(text, true), field, at);
    }

    /** The text of a field that says itself what stands where nothing is known; null after a problem. */
    public static @Nullable AccessLogFormat read(Format.Text text, String field, ReadContext at) {
        return switch (AccessLogFormat.compileBody(text)) {
            case AccessLogFormat.Compiled.Ready(AccessLogFormat ready) -> ready;
            case AccessLogFormat.Compiled.Invalid invalid -> {
                at.problem(field, text.format(), "the format is wrong: " + invalid.message(),
                        "use the operators of docs/configuration.md, and %% for a percent sign");
                yield null;
            }
        };
    }

    /** The text for this connection. */
    public static String of(AccessLogFormat format, AccessRecord connection) {
        var out = new LogBuffer();
        format.write(connection, out);
        return out.toString();
    }
}
