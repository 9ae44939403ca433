package io.weir.xds.chain;

import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.ExtraSourceAddress;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SourceRules;
import io.weir.core.socket.SourceRules.Source;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads where connections to hosts come from. */
public final class SourceRulesReader {
    private final Complaints complaints;
    private final List<Source> sources = new ArrayList<>();

    private SourceRulesReader(Complaints complaints) {
        this.complaints = complaints;
    }

    /** What the message says. */
    @SuppressWarnings("deprecation") // additional_source_addresses: what older files have
    public static SourceRules read(BindConfig message, Complaints complaints) {
        var reader = new SourceRulesReader(complaints);
        if (message.hasLocalAddressSelector()) {
            complaints.problem("local_address_selector", "",
                    "Weir has one rule: the first source of the host's family", "remove it");
        }
        if (message.hasSourceAddress()) {
            reader.add("source_address", message.getSourceAddress(), null);
        }
        if (message.getExtraSourceAddressesCount() > 0 && message.getAdditionalSourceAddressesCount() > 0) {
            complaints.problem("additional_source_addresses", "", "extra_source_addresses says the same",
                    "keep extra_source_addresses");
        }
        for (int i = 0; i < message.getAdditionalSourceAddressesCount(); i++) {
            reader.add("additional_source_addresses[" + i + "]", message.getAdditionalSourceAddresses(i), null);
        }
        for (int i = 0; i < message.getExtraSourceAddressesCount(); i++) {
            ExtraSourceAddress extra = message.getExtraSourceAddresses(i);
            String at = "extra_source_addresses[" + i + "]";
            reader.add(at + ".address", extra.getAddress(), extra.hasSocketOptions()
                    ? SocketRulesReader.ofConnections(extra.getSocketOptions().getSocketOptionsList(),
                            at + ".socket_options.socket_options", complaints)
                    : null);
        }
        return new SourceRules(reader.sources, message.getFreebind().getValue(), SocketRulesReader
                .ofConnections(message.getSocketOptionsList(), "socket_options", complaints));
    }

    private void add(String at, SocketAddress message, @Nullable List<SocketOption> options) {
        InetAddress ip;
        try {
            ip = InetAddress.ofLiteral(message.getAddress());
        } catch (IllegalArgumentException e) {
            complaints.problem(at + ".address", message.getAddress(), "a source is an IP address of this machine",
                    "write one, such as 10.0.0.5");
            return;
        }
        if (message.getProtocol() == SocketAddress.Protocol.UDP || !message.getNamedPort().isEmpty()
                || message.getPortValue() < 0 || message.getPortValue() > 65_535) {
            complaints.problem(at, message.getAddress(), "a source is an address and a number of a port",
                    "write address, and port_value: 0 for any port");
            return;
        }
        boolean four = ip instanceof Inet4Address;
        if (sources.stream().anyMatch(each -> each.address().getAddress() instanceof Inet4Address == four)) {
            complaints.problem(at + ".address", message.getAddress(), "there is a source of this family already, and"
                    + " the first one counts", "remove one of them");
            return;
        }
        sources.add(new Source(new InetSocketAddress(ip, message.getPortValue()), options));
    }
}
