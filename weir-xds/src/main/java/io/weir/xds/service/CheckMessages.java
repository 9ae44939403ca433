package io.weir.xds.service;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress.Protocol;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.weir.core.model.AddressText;
import io.weir.xds.compile.Plain;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of {@code envoy.service.auth.v3.Authorization/Check} about connections. Stateless. */
public final class CheckMessages {
    /** Where the service listens. */
    public static final String PATH = "/envoy.service.auth.v3.Authorization/Check";
    private static final long MICROS_PER_SECOND = 1_000_000;

    private CheckMessages() {}

    /**
     * One end of a connection.
     *
     * @param principal
     *            the name of its certificate; empty: it has shown none
     * @param certificate
     *            in PEM, percent-encoded; empty: it is not to be told
     */
    public record Peer(@Nullable SocketAddress address, String principal, String certificate) {
    }

    /**
     * What the service says.
     *
     * @param allowed
     *            whether the connection may be served
     * @param metadata
     *            what it tells logs and rules
     */
    public record Verdict(boolean allowed, Map<String, Object> metadata) {
    }

    /**
     * The question about one connection.
     *
     * @param serverName
     *            which the client's TLS asks for; empty: none, or it is not to be told
     */
    public static byte[] request(Peer client, Peer server, String serverName, long epochMicros) {
        var attributes = AttributeContext.newBuilder().setSource(peer(client)).setDestination(peer(server))
                .setRequest(AttributeContext.Request.newBuilder().setTime(Timestamp.newBuilder()
                        .setSeconds(Math.floorDiv(epochMicros, MICROS_PER_SECOND))
                        .setNanos((int) Math.floorMod(epochMicros, MICROS_PER_SECOND) * 1000)));
        if (!serverName.isEmpty()) {
            attributes.setTlsSession(AttributeContext.TLSSession.newBuilder().setSni(serverName));
        }
        return CheckRequest.newBuilder().setAttributes(attributes).build().toByteArray();
    }

    private static AttributeContext.Peer peer(Peer peer) {
        var message = AttributeContext.Peer.newBuilder().setPrincipal(peer.principal)
                .setCertificate(peer.certificate);
        SocketAddress address = peer.address;
        if (address instanceof InetSocketAddress inet) {
            message.setAddress(Address.newBuilder()
                    .setSocketAddress(io.envoyproxy.envoy.config.core.v3.SocketAddress.newBuilder()
                            .setProtocol(Protocol.TCP).setAddress(AddressText.of(inet.getAddress()))
                            .setPortValue(inet.getPort())));
        } else if (address != null) {
            message.setAddress(Address.newBuilder().setPipe(Pipe.newBuilder().setPath(AddressText.of(address))));
        }
        return message.build();
    }

    /** Null: it cannot be read. */
    public static @Nullable Verdict verdict(byte[] answer) {
        try {
            CheckResponse response = CheckResponse.parseFrom(answer);
            return new Verdict(response.getStatus().getCode() == 0, Plain.map(response.getDynamicMetadata()));
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }
}
