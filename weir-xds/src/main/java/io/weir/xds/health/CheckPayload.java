package io.weir.xds.health;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.envoyproxy.envoy.config.core.v3.HealthCheck.Payload;
import io.weir.xds.compile.ReadContext;

import org.jspecify.annotations.Nullable;

/** Reads the bytes of health checks. */
public final class CheckPayload {

    private CheckPayload() {}

    /** The bytes, or null after a problem. */
    public static byte @Nullable [] read(Payload payload, ReadContext context) {
        return switch (payload.getPayloadCase()) {
            case TEXT -> hex(payload.getText(), context);
            case BINARY -> payload.getBinary().toByteArray();
            case PAYLOAD_NOT_SET -> null; // the API's rules tell
        };
    }

    private static byte @Nullable [] hex(String text, ReadContext context) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            context.problem("text", text, "text is bytes in hexadecimal, two digits for each",
                    "write PING as 50494e47, or put the bytes into binary");
            return null;
        }
    }

    /** The bytes of several, or null after a problem. */
    public static @Nullable List<byte[]> list(String field, List<Payload> payloads, ReadContext context) {
        var list = new ArrayList<byte[]>();
        boolean well = true;
        for (int i = 0; i < payloads.size(); i++) {
            byte[] bytes = read(payloads.get(i), context.at(field, i));
            if (bytes == null) {
                well = false;
            } else {
                list.add(bytes);
            }
        }
        return well ? list : null;
    }
}
