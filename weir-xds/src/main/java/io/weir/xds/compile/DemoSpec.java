package io.weir.xds.compile;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Small demo backends that Weir runs inside its own process, so that a first look needs nothing else.
 *
 * @param addresses
 *            one HTTP backend listens at each
 */
public record DemoSpec(List<InetSocketAddress> addresses) {

    /** The type of the bootstrap extension, a TypedStruct with {@code addresses: ["127.0.0.1:20101", ...]}. */
    public static final String TYPE = "weir.demo.v1.Backends";

    public DemoSpec {
        addresses = List.copyOf(addresses);
    }
}
