package io.weir.http.reply;

import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.LogBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The form of a body. Immutable. Source: Envoy's {@code SubstitutionFormatString}.
 *
 * @param contentType
 *            what {@code content-type} says of it
 */
public record BodyForm(AccessLogFormat format, String contentType) {
    byte[] write(ReplyRecord record) {
        var out = new LogBuffer();
        format.write(record, out);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
