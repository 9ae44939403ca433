package io.weir.observe.log;

import io.weir.core.value.FilterState;
import io.weir.core.value.MetadataSource;
import io.weir.core.tls.TlsFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request, or one connection, can tell at its end. Read once, on the worker, during
 * {@link AccessLog#log(AccessRecord)} only; what it returns should be at hand, as logging must not allocate. Null, or
 * -1 for a number, means there is no such thing; the defaults are those of a plain TCP connection.
 */
public interface AccessRecord {
    /** When it began, in microseconds since 1970. */
    long startEpochMicros();

    /** From its beginning to its end. */
    long durationNanos();

    /** Bytes of body received from the client. */
    long bytesReceived();

    /** Bytes of body sent to the client. */
    long bytesSent();

    /** {@link ResponseFlag} bits. */
    long flags();

    /** The status that the client was sent; 0 when none was. */
    default int responseCode() {
        return 0;
    }

    /** Why that status: {@code via_upstream}, {@code route_not_found} ... */
    default @Nullable String responseCodeDetails() {
        return null;
    }

    /** What the proxy's own answer says, before it is put into a form; null for answers of hosts. */
    default @Nullable String localReplyBody() {
        return null;
    }

    /** Why the connection was ended by the proxy. */
    default @Nullable String connectionTerminationDetails() {
        return null;
    }

    /** {@code HTTP/1.1} ... */
    default @Nullable String protocol() {
        return null;
    }

    /** How long each HTTP filter took, where that is measured: {@code NAME=WORK+HELD} in microseconds, with commas. */
    default @Nullable String filterTimes() {
        return null;
    }

    /** From the beginning to the last byte of the request. */
    default long requestDurationNanos() {
        return -1;
    }

    /** From the beginning to the first byte of the host's response. */
    default long responseDurationNanos() {
        return -1;
    }

    /** From the first byte of the host's response to the last byte sent to the client. */
    default long responseTxDurationNanos() {
        return -1;
    }

    /** The route taken. */
    default @Nullable String routeName() {
        return null;
    }

    /** The cluster chosen. */
    default @Nullable String upstreamCluster() {
        return null;
    }

    /** The host chosen: {@code 10.0.0.1:80}. */
    default @Nullable String upstreamHost() {
        return null;
    }

    /** Our end of the connection to the host: {@code 10.0.0.9:40312}. */
    default @Nullable String upstreamLocalAddress() {
        return null;
    }

    /** Why no connection to the host could be made. */
    default @Nullable String upstreamTransportFailureReason() {
        return null;
    }

    /** What is known of the connection to the host, where TLS secures it. */
    default @Nullable TlsFacts upstreamTls() {
        return null;
    }

    /** What is spoken to the host. */
    default @Nullable String upstreamProtocol() {
        return null;
    }

    /** How often the request was sent; 0 when never. */
    default int upstreamRequestAttemptCount() {
        return 0;
    }

    /** The client, as forwarded headers may tell: {@code ip:port}, {@code [ip6]:port}. */
    @Nullable
    String downstreamRemoteAddress();

    /** The other end of the connection, whatever headers tell. */
    default @Nullable String downstreamDirectRemoteAddress() {
        return downstreamRemoteAddress();
    }

    /** Our end of the connection. */
    @Nullable
    String downstreamLocalAddress();

    /** What is known of the client's connection, where TLS secures it. */
    default @Nullable TlsFacts tls() {
        return null;
    }

    /** Why no TLS could be agreed on with the client. */
    default @Nullable String downstreamTransportFailureReason() {
        return null;
    }

    /** The name that the client asked for in TLS. */
    default @Nullable String requestedServerName() {
        return null;
    }

    /** The fingerprint JA3 of the client, where it was worked out. */
    default @Nullable String ja3Fingerprint() {
        return null;
    }

    /** The fingerprint JA4 of the client, where it was worked out. */
    default @Nullable String ja4Fingerprint() {
        return null;
    }

    /** A number of this connection, unique while the proxy runs. */
    long connectionId();

    /** Envoy's name for what is logged: the end of a request, or of a connection. */
    default String accessLogType() {
        return "DownstreamEnd";
    }

    /** What filters have said of the request under a namespace; to be looked at. */
    default Map<String, Object> dynamicMetadata(String namespace) {
        return Map.of();
    }

    /** Metadata of something that the request met, under a namespace; to be looked at. */
    default Map<String, Object> metadata(MetadataSource source, String namespace) {
        return source == MetadataSource.DYNAMIC ? dynamicMetadata(namespace) : Map.of();
    }

    /** The virtual cluster that the request counts in. */
    default @Nullable String virtualClusterName() {
        return null;
    }

    /** What filters have left under a key; null: nothing. */
    default FilterState.@Nullable Value filterState(String key) {
        return null;
    }

    /**
     * Appends the value of a request header as it arrived, or of {@code :method}, {@code :path}, {@code :authority},
     * {@code :scheme}; whoever formats takes care of escaping and of the length.
     *
     * @return false when there is none
     */
    default boolean requestHeader(String lowerName, LogBuffer out) {
        return false;
    }

    /** The same of a response header. */
    default boolean responseHeader(String lowerName, LogBuffer out) {
        return false;
    }

    /** The same of a response trailer. */
    default boolean responseTrailer(String lowerName, LogBuffer out) {
        return false;
    }
}
