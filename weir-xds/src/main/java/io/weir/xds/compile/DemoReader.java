package io.weir.xds.compile;

import io.weir.xds.spec.DemoSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.DynamicMessage;

import io.weir.xds.message.DemoMessage;

import org.jspecify.annotations.Nullable;

/** Reads the demo backends. */
record DemoReader() implements ExtensionReader<DynamicMessage, DemoSpec> {

    @Override
    public DynamicMessage prototype() {
        return DemoMessage.prototype();
    }

    @Override
    public Class<DemoSpec> kind() {
        return DemoSpec.class;
    }

    @Override
    public @Nullable DemoSpec read(DynamicMessage config, ReadContext context) {
        var addresses = new ArrayList<InetSocketAddress>();
        List<String> texts = DemoMessage.addresses(config);
        for (int i = 0; i < texts.size(); i++) {
            InetSocketAddress address = address(texts.get(i));
            if (address == null) {
                context.problem("addresses[" + i + "]", texts.get(i), "a demo backend needs an IP address and a port",
                        "write 127.0.0.1:PORT");
            } else {
                addresses.add(address);
            }
        }
        return new DemoSpec(addresses);
    }

    private static @Nullable InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            return null;
        }
        String host = text.substring(0, colon).replace("[", "").replace("]", "");
        InetAddress ip = Addresses.literal(host.equals("localhost") ? "127.0.0.1" : host);
        int port = Integer.parseInt(text.substring(colon + 1));
        return ip == null || port > 0xFFFF ? null : new InetSocketAddress(ip, port);
    }
}
