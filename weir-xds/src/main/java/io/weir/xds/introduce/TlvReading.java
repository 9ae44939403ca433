package io.weir.xds.introduce;

import io.envoyproxy.envoy.config.core.v3.ProxyProtocolPassThroughTLVs;
import io.envoyproxy.envoy.config.core.v3.TlvEntry;
import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.socket.Tlv;
import io.weir.core.socket.TlvChoice;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Reads values of the PROXY protocol, and which of them are meant. */
public final class TlvReading {
    private static final int TYPE_MAX = 255;

    private TlvReading() {}

    /** Which values go on. */
    public static TlvChoice choice(ProxyProtocolPassThroughTLVs message, ReadContext at) {
        return switch (message.getMatchType()) {
            case INCLUDE_ALL, UNRECOGNIZED -> TlvChoice.ALL;
            case INCLUDE -> {
                var types = new HashSet<Integer>();
                for (int i = 0; i < message.getTlvTypeCount(); i++) {
                    if (isType(message.getTlvType(i), "tlv_type[" + i + "]", at)) {
                        types.add(message.getTlvType(i));
                    }
                }
                yield new TlvChoice(false, types);
            }
        };
    }

    /**
     * Values that are written; those with problems are left out.
     *
     * @param list
     *            the name of the field
     */
    static List<Tlv> values(List<TlvEntry> messages, String list, ReadContext context) {
        var values = new ArrayList<Tlv>();
        var types = new HashSet<Integer>();
        int bytes = 0;
        for (int i = 0; i < messages.size(); i++) {
            TlvEntry message = messages.get(i);
            ReadContext at = context.at(list, i);
            if (!isType(message.getType(), "type", at)) {
                continue;
            }
            if (!types.add(message.getType())) {
                at.warning("type", Integer.toString(message.getType()), "this type is written twice, and told twice",
                        "remove one of them");
            }
            if (message.hasFormatString()) {
                at.problem("format_string", "", "Weir tells hosts only what stands in the configuration, and what came"
                        + " with the connection", "write value");
            }
            bytes += 3 + message.getValue().size();
            if (bytes > ProxyHeaderSpec.VALUES_BYTES_MAX) {
                at.problem("value", message.getValue().size() + " bytes",
                        "all values together have " + ProxyHeaderSpec.VALUES_BYTES_MAX + " bytes at most",
                        "write shorter ones");
                break;
            }
            values.add(Tlv.of(message.getType(), message.getValue().toByteArray()));
        }
        return values;
    }

    private static boolean isType(int type, String field, ReadContext at) {
        if (type < 0 || type > TYPE_MAX) {
            at.problem(field, Integer.toUnsignedString(type), "the type of a value is one byte",
                    "write a number up to 255");
            return false;
        }
        return true;
    }
}
