package io.weir.observe.log;

import static io.weir.observe.log.Operator.Kind.NUMBER;
import static io.weir.observe.log.Operator.Kind.STRING;

import io.weir.core.value.MetadataSource;
import io.weir.observe.log.Operator.Typed;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every command operator there is, by Envoy's name (envoyproxy.io, "Access logging", command operators). What can never
 * be known here, such as a trace's id, is absent in every line.
 */
final class Operators {
    /** A format that cannot be read; {@code message} says why. */
    static final class Unreadable extends Exception {
        private final String reason;

        Unreadable(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Makes an operator of what stands between its parentheses; null when there are none. */
    private interface Maker {
        Typed make(@Nullable String argument) throws Unreadable;
    }

    private final Map<String, Maker> makers = new HashMap<>();
    private final Surroundings surroundings;

    Operators(Surroundings surroundings) {
        this.surroundings = surroundings;
        addTimes();
        addRequest();
        addUpstream();
        addDownstream();
        addHeaders();
    }

    /** The names of all operators, in order. */
    List<String> names() {
        return makers.keySet().stream().sorted().toList();
    }

    boolean knows(String name) {
        return makers.containsKey(name);
    }

    /** The operator of this name. */
    Typed find(String name, @Nullable String argument) throws Unreadable {
        Maker maker = makers.get(name);
        if (maker == null) {
            throw new Unreadable("unknown command operator " + name);
        }
        return maker.make(argument);
    }

    private void addTimes() {
        makers.put("START_TIME", argument -> {
            TimeFormat format = argument == null ? TimeFormat.ISO : TimeFormat.compile(argument);
            return new Typed(STRING, (ended, out) -> {
                format.write(ended.startEpochMicros(), out);
                return true;
            });
        });
        millis("DURATION", AccessRecord::durationNanos);
        millis("REQUEST_DURATION", AccessRecord::requestDurationNanos);
        millis("RESPONSE_DURATION", AccessRecord::responseDurationNanos);
        millis("RESPONSE_TX_DURATION", AccessRecord::responseTxDurationNanos);
        makers.put("COMMON_DURATION", CommonDuration::compile);
    }

    private void addRequest() {
        text("PROTOCOL", AccessRecord::protocol);
        number("RESPONSE_CODE", AccessRecord::responseCode);
        text("RESPONSE_CODE_DETAILS", AccessRecord::responseCodeDetails);
        text("LOCAL_REPLY_BODY", AccessRecord::localReplyBody);
        text("CONNECTION_TERMINATION_DETAILS", AccessRecord::connectionTerminationDetails);
        makers.put("RESPONSE_FLAGS", plain(new Typed(STRING, (ended, out) -> flags(ended, false, out))));
        makers.put("RESPONSE_FLAGS_LONG", plain(new Typed(STRING, (ended, out) -> flags(ended, true, out))));
        number("BYTES_RECEIVED", AccessRecord::bytesReceived);
        number("BYTES_SENT", AccessRecord::bytesSent);
        text("ROUTE_NAME", AccessRecord::routeName);
        text("VIRTUAL_CLUSTER_NAME", AccessRecord::virtualClusterName);
        // as Envoy without another request id extension: the request's id is that of its stream
        makers.put("STREAM_ID", plain("STREAM_ID",
                new Typed(STRING, (ended, out) -> ended.requestHeader("x-request-id", out))));
        makers.put("UNIQUE_ID", plain("UNIQUE_ID", new Typed(STRING, (_, out) -> UniqueId.append(out))));
        text("ACCESS_LOG_TYPE", AccessRecord::accessLogType);
        text("TRACE_ID", _ -> null);
        makers.put("PATH", RequestPath::path);
        makers.put("QUERY_PARAM", RequestPath::parameter);
        makers.put("QUERY_PARAMS", RequestPath::query);
        number("CONNECTION_ID", AccessRecord::connectionId);
        String hostname = surroundings.hostname();
        text("HOSTNAME", ended -> hostname);
        makers.put("ENVIRONMENT", argument -> {
            if (argument == null || argument.isEmpty()) {
                throw new Unreadable("ENVIRONMENT needs the name of a variable: %ENVIRONMENT(NAME)%");
            }
            String value = surroundings.variables().apply(argument);
            return new Typed(STRING, text(ended -> value));
        });
    }

    private void addUpstream() {
        text("UPSTREAM_CLUSTER", AccessRecord::upstreamCluster);
        text("UPSTREAM_CLUSTER_RAW", AccessRecord::upstreamCluster);
        text("UPSTREAM_PROTOCOL", AccessRecord::upstreamProtocol);
        text("UPSTREAM_TRANSPORT_FAILURE_REASON", AccessRecord::upstreamTransportFailureReason);
        text("DOWNSTREAM_TRANSPORT_FAILURE_REASON", AccessRecord::downstreamTransportFailureReason);
        text("FILTER_TIMES", AccessRecord::filterTimes); // Weir's own
        number("UPSTREAM_REQUEST_ATTEMPT_COUNT", AccessRecord::upstreamRequestAttemptCount);
        address("UPSTREAM_HOST", AccessRecord::upstreamHost);
        address("UPSTREAM_REMOTE_ADDRESS", AccessRecord::upstreamHost);
        port("UPSTREAM_REMOTE_PORT", AccessRecord::upstreamHost);
        address("UPSTREAM_LOCAL_ADDRESS", AccessRecord::upstreamLocalAddress);
        port("UPSTREAM_LOCAL_PORT", AccessRecord::upstreamLocalAddress);
    }

    private void addDownstream() {
        address("DOWNSTREAM_REMOTE_ADDRESS", AccessRecord::downstreamRemoteAddress);
        port("DOWNSTREAM_REMOTE_PORT", AccessRecord::downstreamRemoteAddress);
        address("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", AccessRecord::downstreamDirectRemoteAddress);
        port("DOWNSTREAM_DIRECT_REMOTE_PORT", AccessRecord::downstreamDirectRemoteAddress);
        address("DOWNSTREAM_LOCAL_ADDRESS", AccessRecord::downstreamLocalAddress);
        port("DOWNSTREAM_LOCAL_PORT", AccessRecord::downstreamLocalAddress);
        text("REQUESTED_SERVER_NAME", AccessRecord::requestedServerName);
        text("TLS_JA3_FINGERPRINT", AccessRecord::ja3Fingerprint);
        text("TLS_JA4_FINGERPRINT", AccessRecord::ja4Fingerprint);
        TlsOperators.all().forEach(this::text);
    }

    private void addHeaders() {
        metadata("DYNAMIC_METADATA", MetadataSource.DYNAMIC);
        metadata("CLUSTER_METADATA", MetadataSource.CLUSTER);
        metadata("UPSTREAM_METADATA", MetadataSource.UPSTREAM_HOST);
        makers.put("METADATA", Metadata::any);
        makers.put("FILTER_STATE", Metadata::left);
        makers.put("GRPC_STATUS", GrpcStatus::named);
        makers.put("GRPC_STATUS_NUMBER", GrpcStatus::number);
        headers("REQ", AccessRecord::requestHeader);
        headers("REQUEST_HEADER", AccessRecord::requestHeader);
        headers("RESP", AccessRecord::responseHeader);
        headers("RESPONSE_HEADER", AccessRecord::responseHeader);
        headers("TRAILER", AccessRecord::responseTrailer);
        headers("RESPONSE_TRAILER", AccessRecord::responseTrailer);
        headers("REQ_WITHOUT_QUERY", (ended, name, out) -> {
            int from = out.length();
            boolean found = ended.requestHeader(name, out);
            for (int i = from; i < out.length(); i++) {
                if (out.bytes()[i] == '?') {
                    out.truncate(i);
                }
            }
            return found;
        });
    }

    private void metadata(String name, MetadataSource source) {
        makers.put(name, argument -> Metadata.of(name, source, argument));
    }

    /** Where headers are read from. */
    private interface Headers {
        boolean append(AccessRecord ended, String lowerName, LogBuffer out);
    }

    private void headers(String operator, Headers source) {
        makers.put(operator, argument -> {
            if (argument == null || argument.isEmpty()) {
                throw new Unreadable(operator + " needs the name of a header: %" + operator + "(NAME)% or %" + operator
                        + "(NAME?OTHER)%");
            }
            String[] names = argument.toLowerCase(Locale.ROOT).split("\\?", -1);
            if (names.length > 2) {
                throw new Unreadable(operator + " takes at most two header names: " + argument);
            }
            String first = names[0];
            String other = names[names.length - 1];
            if (first.isEmpty() || other.isEmpty()) {
                throw new Unreadable(operator + " has an empty header name: " + argument);
            }
            return new Typed(STRING, (ended, out) -> source.append(ended, first, out)
                    || (names.length > 1 && source.append(ended, other, out)));
        });
    }

    private void text(String name, Function<AccessRecord, @Nullable String> value) {
        makers.put(name, plain(name, new Typed(STRING, text(value))));
    }

    private static Operator text(Function<AccessRecord, @Nullable String> value) {
        return (ended, out) -> {
            String found = value.apply(ended);
            if (found == null || found.isEmpty()) {
                return false;
            }
            out.append(found);
            return true;
        };
    }

    private void number(String name, ToLongFunction<AccessRecord> value) {
        makers.put(name, plain(name, new Typed(NUMBER, (ended, out) -> {
            long found = value.applyAsLong(ended);
            if (found < 0) {
                return false;
            }
            out.append(found);
            return true;
        })));
    }

    private void millis(String name, ToLongFunction<AccessRecord> nanos) {
        number(name, ended -> {
            long found = nanos.applyAsLong(ended);
            return found < 0 ? -1 : found / 1_000_000;
        });
    }

    private void address(String name, Function<AccessRecord, @Nullable String> value) {
        text(name, value);
        makers.put(name + "_WITHOUT_PORT", plain(name, new Typed(STRING, (ended, out) -> {
            String found = value.apply(ended);
            if (found == null) {
                return false;
            }
            int port = Addresses.colon(found);
            boolean bracketed = port > 1 && found.charAt(0) == '[' && found.charAt(port - 1) == ']';
            int from = out.length();
            out.append(found);
            if (port >= 0) {
                out.truncate(from + port);
            }
            if (bracketed) {
                System.arraycopy(out.bytes(), from + 1, out.bytes(), from, port - 2);
                out.truncate(from + port - 2);
            }
            return true;
        })));
    }

    private void port(String name, Function<AccessRecord, @Nullable String> value) {
        number(name, ended -> {
            String found = value.apply(ended);
            return found == null ? -1 : Addresses.port(found);
        });
    }

    private static boolean flags(AccessRecord ended, boolean longNames, LogBuffer out) {
        // no flags are a value of their own, in JSON too, as in Envoy
        if (ended.flags() == 0) {
            out.append('-');
        } else {
            ResponseFlag.append(ended.flags(), longNames, out);
        }
        return true;
    }

    private static Maker plain(Typed operator) {
        return plain("this operator", operator);
    }

    private static Maker plain(String name, Typed operator) {
        return argument -> {
            if (argument != null) {
                throw new Unreadable(name + " takes nothing in parentheses");
            }
            return operator;
        };
    }
}
