package io.weir.xds.spec;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Small demo backends that Weir runs inside its own process, so that a first look needs nothing else.
 *
 * @param addresses
 *            one HTTP backend listens at each
 */
public record DemoSpec(List<InetSocketAddress> addresses) {

    public DemoSpec {
        addresses = List.copyOf(addresses);
    }
}
