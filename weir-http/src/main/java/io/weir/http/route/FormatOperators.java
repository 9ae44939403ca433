package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeadText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operators of header values, under Envoy's names. */
final class FormatOperators {
    /** For messages. */
    static final String NAMES = "DOWNSTREAM_REMOTE_ADDRESS[_WITHOUT_PORT], DOWNSTREAM_DIRECT_REMOTE_ADDRESS"
            + "[_WITHOUT_PORT], DOWNSTREAM_REMOTE_PORT, DOWNSTREAM_LOCAL_ADDRESS[_WITHOUT_PORT], DOWNSTREAM_LOCAL_PORT,"
            + " REQ(X?Y):Z, RESP(X?Y):Z, PROTOCOL, START_TIME, UPSTREAM_HOST, UPSTREAM_REMOTE_ADDRESS[_WITHOUT_PORT],"
            + " UPSTREAM_CLUSTER, ROUTE_NAME, HOSTNAME, ENVIRONMENT(X):Z";

    private static final Pattern CALL = Pattern.compile("([A-Z_]+)\\(([^)]*)\\)(?::([0-9]{1,9}))?");
    /** Envoy's default for START_TIME. */
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);

    private FormatOperators() {}

    /** The operator between two percent signs, or null for one that there is not. */
    static ValueFormat.@Nullable Part part(String operator) {
        return switch (operator) {
            case "DOWNSTREAM_REMOTE_ADDRESS" -> (_, s, out) -> out.append(s.downstreamRemoteAddress());
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" -> (_, s, out) -> host(s.downstreamRemoteAddress(), out);
            case "DOWNSTREAM_REMOTE_PORT" -> (_, s, out) -> port(s.downstreamRemoteAddress(), out);
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" -> (_, s, out) -> out.append(s.downstreamDirectRemoteAddress());
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" ->
                (_, s, out) -> host(s.downstreamDirectRemoteAddress(), out);
            case "DOWNSTREAM_LOCAL_ADDRESS" -> (_, s, out) -> out.append(s.downstreamLocalAddress());
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" -> (_, s, out) -> host(s.downstreamLocalAddress(), out);
            case "DOWNSTREAM_LOCAL_PORT" -> (_, s, out) -> port(s.downstreamLocalAddress(), out);
            case "PROTOCOL" -> (_, s, out) -> out.append(s.protocol());
            case "START_TIME" -> (_, s, out) -> {
                long micros = s.startEpochMicros();
                ISO.formatTo(Instant.ofEpochMilli(Math.floorDiv(micros, 1000L)), out);
            };
            case "UPSTREAM_HOST", "UPSTREAM_REMOTE_ADDRESS" -> (_, s, out) -> some(s.upstreamHost(), out);
            case "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" -> (_, s, out) -> {
                String address = s.upstreamHost();
                if (address != null) {
                    host(address, out);
                }
            };
            case "UPSTREAM_CLUSTER" -> (_, s, out) -> some(s.upstreamCluster(), out);
            case "ROUTE_NAME" -> (_, s, out) -> out.append(s.routeName());
            case "HOSTNAME" -> constant(hostname());
            default -> call(operator);
        };
    }

    private static ValueFormat.@Nullable Part call(String operator) {
        var call = CALL.matcher(operator);
        if (!call.matches()) {
            return null;
        }
        String argument = call.group(2);
        int bytesMax = call.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(call.group(3));
        return switch (call.group(1)) {
            case "REQ" -> field(argument, bytesMax, true);
            case "RESP" -> field(argument, bytesMax, false);
            case "ENVIRONMENT" -> {
                String value = HeadText.latin(System.getenv().getOrDefault(argument, ""));
                yield constant(value.substring(0, Math.min(value.length(), bytesMax)));
            }
            default -> null;
        };
    }

    /** {@code X?Y}: the first of the two that is there. */
    private static ValueFormat.@Nullable Part field(String argument, int bytesMax, boolean ofRequest) {
        String[] names = argument.split("\\?", -1);
        for (String name : names) {
            if (!HeaderEdits.isName(name, true)) {
                return null;
            }
        }
        if (names.length > 2) {
            return null;
        }
        var first = HeadField.of(names[0]);
        var second = names.length == 2 ? HeadField.of(names[1]) : first;
        return (edited, source, out) -> {
            var head = ofRequest ? source.request() : edited;
            long span = first.locate(head);
            if (span == HeadField.ABSENT) {
                span = second.locate(head);
            }
            if (span != HeadField.ABSENT) {
                int start = HeadField.start(span);
                int length = Math.min(HeadField.end(span) - start, bytesMax);
                out.append(head.text(start, start + length));
            }
        };
    }

    private static ValueFormat.Part constant(String value) {
        return (_, _, out) -> out.append(value);
    }

    private static void some(@Nullable String value, StringBuilder out) {
        if (value != null) {
            out.append(value);
        }
    }

    private static void host(String address, StringBuilder out) {
        int colon = Redirect.portStart(address);
        boolean bracketed = address.startsWith("[") && address.charAt(colon - 1) == ']';
        out.append(address, bracketed ? 1 : 0, bracketed ? colon - 1 : colon);
    }

    private static void port(String address, StringBuilder out) {
        int colon = Redirect.portStart(address);
        out.append(address, Math.min(colon + 1, address.length()), address.length());
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
