package io.weir.http.server;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HopByHop;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A request of HTTP/1.1 that offers to go on with HTTP/2 (RFC 7540 section 3.2). RFC 9113 section 3.1 has given this
 * up, and clients still do it: where the request has no body, it is taken up; else it is passed over, as any server
 * may. Stateless.
 */
final class H2cUpgrade {
    static final byte[] SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    /** More settings than one frame may have would not be taken either. */
    private static final int SETTINGS_CHARACTERS_MAX = 256;

    private H2cUpgrade() {}

    /** What HTTP2-Settings says, decoded, where the request makes such an offer properly; null otherwise. */
    static byte @Nullable [] settings(HttpHead request) {
        int line = request.find(HeaderName.HTTP2_SETTINGS);
        if (line < 0 || request.find(HeaderName.HTTP2_SETTINGS, line + 1) >= 0
                || !HopByHop.offersHttp2(request)) {
            return null;
        }
        String text = request.value(line);
        if (text.length() > SETTINGS_CHARACTERS_MAX) {
            return null;
        }
        try {
            byte[] settings = Base64.getUrlDecoder().decode(text);
            return settings.length % 6 == 0 ? settings : null;
        } catch (IllegalArgumentException noBase64) {
            return null;
        }
    }
}
