package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeadText;
import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.CommandOperator;
import io.weir.observe.log.LogBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operators of header values, under Envoy's names. */
final class FormatOperators {
    /** What is known of a request only when it is over: no header can tell it. */
    private static final Set<String> LATER = Set.of("DURATION", "COMMON_DURATION", "RESPONSE_TX_DURATION", "BYTES_SENT",
            "TRAILER", "RESPONSE_TRAILER", "GRPC_STATUS", "GRPC_STATUS_NUMBER", "ACCESS_LOG_TYPE", "LOCAL_REPLY_BODY",
            "CONNECTION_TERMINATION_DETAILS");

    /** They look at the heads as they are now, which a log does not. */
    private static final Set<String> FIELDS = Set.of("REQ", "REQUEST_HEADER", "RESP", "RESPONSE_HEADER");
    private static final Pattern CALL = Pattern.compile("([A-Z_]+)\\(([^)]*)\\)(?::([0-9]{1,9}))?");
    /** Envoy's default for START_TIME. */
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);

    private FormatOperators() {}

    /** What came of looking for an operator. */
    sealed interface Found {
        /** There is one. */
        record Ready(ValueFormat.Part part) implements Found {
        }

        /** There is none that can be used here. */
        record Refused(String message, String cure) implements Found {
        }
    }

    /** The operator between two percent signs. */
    static Found find(String operator) {
        var part = part(operator);
        if (part != null) {
            return new Found.Ready(part);
        }
        String name = operator.replaceAll("[(:].*", "");
        if (LATER.contains(name)) {
            return new Found.Refused(name + " is not known yet when a header is written",
                    "leave it to an access log, or take another operator");
        }
        if (FIELDS.contains(name)) {
            return new Found.Refused("%" + operator + "% names no header", "write %" + name + "(NAME)% or %" + name
                    + "(NAME?OTHER)%, and :20 before the last % for 20 bytes at most");
        }
        return switch (CommandOperator.compile(operator)) {
            case CommandOperator.Result.Ready(CommandOperator ready) -> new Found.Ready((_, source, out) -> {
                var value = new LogBuffer();
                ready.write(source, value);
                // one line: a reason why a connection failed may come from anywhere
                out.append(HeadText.latin(value.toString()).replaceAll("[\\x00-\\x1f\\x7f]", " "));
            });
            case CommandOperator.Result.Unknown() -> new Found.Refused("unknown operator %" + operator + "%",
                    "use one of " + names() + ", or write %% for a percent sign");
            case CommandOperator.Result.Unreadable(String message) ->
                new Found.Refused(message, "write it as said there");
        };
    }

    private static String names() {
        return AccessLogFormat.operators().stream().filter(name -> !LATER.contains(name))
                .collect(Collectors.joining(", "));
    }

    /** One that is written for headers; null: whatever logs have serves here too. */
    private static ValueFormat.@Nullable Part part(String operator) {
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
            case "REQ", "REQUEST_HEADER" -> field(argument, bytesMax, true);
            case "RESP", "RESPONSE_HEADER" -> field(argument, bytesMax, false);
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
}
