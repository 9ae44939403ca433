package io.weir.http.codec;

import io.weir.http.codec.HttpHead.Framing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A slow, obvious parser of message heads, written from the grammar of RFC 9110, 9112 and 3986 as regular expressions
 * over whole lines. It shares no code with the codec, and is what the codec is held against.
 */
final class ReferenceHead {
    /** One field line. */
    record Field(String name, String value) {
        boolean is(String lower) {
            return name.toLowerCase(Locale.ROOT).equals(lower);
        }
    }

    /** What the bytes are. */
    sealed interface Verdict {}

    /** The head goes on. */
    record Incomplete() implements Verdict {
    }

    /** Refused; the status is what a request is answered with. */
    record Refused(int status) implements Verdict {
    }

    /** A complete head. */
    record Complete(String method, String path, String authority, int status, int minorVersion, List<Field> fields,
            Framing framing, long length, boolean persistent, boolean expectContinue, int bytes) implements Verdict {
    }

    static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    /** Names that a proxy acts upon: not to be named by Connection. */
    static final Set<String> END_TO_END = Set.of("host", "content-length", "transfer-encoding", "expect", "date",
            "server", "via", "location", "cookie", "user-agent", "referer", "content-type", "content-encoding",
            "content-range", "cache-control", "range", "authorization", "sec-websocket-key",
            "sec-websocket-accept", "set-cookie", "forwarded", "x-request-id",
            "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-client-cert", "x-envoy-internal",
            "x-envoy-external-address", "x-envoy-original-path", "x-envoy-expected-rq-timeout-ms",
            "x-envoy-upstream-service-time", "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms", "x-envoy-retry-on", "x-envoy-max-retries",
            "x-envoy-attempt-count", "x-envoy-overloaded", "x-envoy-drop-overload", "x-envoy-retry-grpc-on",
            "x-envoy-hedge-on-per-try-timeout");
    static final Set<String> ONE_HOP = Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer",
            "upgrade",
            "http2-settings", "proxy-authenticate", "proxy-authorization");

    private static final Pattern LINE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Pattern UNFINISHED_LINE = Pattern.compile(LINE.pattern() + "\\r?");
    private static final Pattern REQUEST_LINE = Pattern
            .compile("(" + TOKEN + ") ([\\x21-\\x7e&&[^#]]+) (HTTP/1\\.[01])");
    private static final Pattern OTHER_VERSION = Pattern.compile(TOKEN + " [\\x21-\\x7e&&[^#]]+ HTTP/[0-9]\\.[0-9]");
    private static final Pattern LONG_METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{33,} .*", Pattern.DOTALL);
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9][0-9])(?: .*)?",
            Pattern.DOTALL);
    private static final Pattern OTHER_STATUS_VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9] .{3}.*", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):[ \\t]*(.*?)[ \\t]*", Pattern.DOTALL);
    private static final Pattern ABSOLUTE = Pattern.compile("([Hh][Tt][Tt][Pp][Ss]?)://([^/?]*)(.*)", Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile("(" + host() + ")(?::([0-9]*))?");

    private final HeadLimits limits;
    private final boolean request;
    private final boolean toHead;
    private final boolean toConnect;

    private String method = "";
    private String target = "";
    private String path = "";
    private String authority = "";
    private int status;
    private int minorVersion;
    private List<Field> fields = new ArrayList<>();
    private Framing framing = Framing.NONE;
    private long length = -1;
    private boolean persistent;

    private ReferenceHead(HeadLimits limits, boolean request, boolean toHead, boolean toConnect) {
        this.limits = limits;
        this.request = request;
        this.toHead = toHead;
        this.toConnect = toConnect;
    }

    static Verdict request(String bytes, HeadLimits limits) {
        return new ReferenceHead(limits, true, false, false).read(bytes);
    }

    static Verdict response(String bytes, HeadLimits limits, boolean toHead, boolean toConnect) {
        return new ReferenceHead(limits, false, toHead, toConnect).read(bytes);
    }

    private Verdict read(String all) {
        String bytes = all.substring(0, Math.min(all.length(), limits.bytesMax()));
        int at = 0;
        boolean startLine = false;
        boolean skipped = false;
        while (true) {
            int lf = bytes.indexOf('\n', at);
            if (lf < 0) {
                if (!UNFINISHED_LINE.matcher(bytes.substring(at)).matches()) {
                    return new Refused(400);
                }
                return bytes.length() < limits.bytesMax()
                        ? new Incomplete()
                        : new Refused(request && !startLine ? 414 : 431);
            }
            if (lf == at || bytes.charAt(lf - 1) != '\r') {
                return new Refused(400);
            }
            String line = bytes.substring(at, lf - 1);
            at = lf + 1;
            if (!LINE.matcher(line).matches()) {
                return new Refused(400);
            }
            int wrong = 0;
            if (startLine && line.isEmpty()) {
                wrong = request ? finishRequest() : finishResponse();
                return wrong != 0 ? new Refused(wrong) : complete(at);
            } else if (startLine) {
                wrong = field(line);
            } else if (line.isEmpty()) {
                wrong = request && !skipped ? 0 : 400;
                skipped = true;
            } else {
                wrong = request ? requestLine(line) : statusLine(line);
                startLine = true;
            }
            if (wrong != 0) {
                return new Refused(wrong);
            }
        }
    }

    private Complete complete(int bytes) {
        boolean expect = request && fields.stream().anyMatch(f -> f.is("expect"));
        return new Complete(method, path, authority, status, minorVersion, List.copyOf(fields), framing, length,
                persistent, expect, bytes);
    }

    private int requestLine(String line) {
        if (LONG_METHOD.matcher(line).matches()) {
            return 501;
        }
        Matcher m = REQUEST_LINE.matcher(line);
        if (!m.matches()) {
            return OTHER_VERSION.matcher(line).matches() ? 505 : 400;
        }
        method = m.group(1);
        target = m.group(2);
        minorVersion = m.group(3).equals("HTTP/1.1") ? 1 : 0;
        if (method.equals("CONNECT")) {
            Matcher a = AUTHORITY.matcher(target);
            return a.matches() && portValid(a.group(2)) && a.group(2) != null && port(a.group(2), 0) > 0 ? 0 : 400;
        }
        if (target.startsWith("/") || (target.equals("*") && method.equals("OPTIONS"))) {
            return 0;
        }
        Matcher absolute = ABSOLUTE.matcher(target);
        return absolute.matches() && authorityValid(absolute.group(2)) ? 0 : 400;
    }

    private int statusLine(String line) {
        Matcher m = STATUS_LINE.matcher(line);
        if (!m.matches()) {
            boolean version = OTHER_STATUS_VERSION.matcher(line).matches() && !line.startsWith("HTTP/1.0")
                    && !line.startsWith("HTTP/1.1");
            return version ? 505 : 400;
        }
        minorVersion = Integer.parseInt(m.group(1));
        status = Integer.parseInt(m.group(2));
        return 0;
    }

    private int field(String line) {
        if (fields.size() == limits.fieldsMax()) {
            return 431;
        }
        Matcher m = FIELD.matcher(line);
        if (!m.matches()) {
            return 400;
        }
        fields.add(new Field(m.group(1), m.group(2)));
        return 0;
    }

    private List<String> values(String lower) {
        return fields.stream().filter(f -> f.is(lower)).map(Field::value).toList();
    }

    private int finishRequest() {
        var hosts = values("host");
        if (hosts.size() > 1 || (hosts.isEmpty() && minorVersion == 1)) {
            return 400;
        }
        if (hosts.size() == 1 && !authorityValid(hosts.get(0))) {
            return 400;
        }
        path = method.equals("CONNECT") ? "" : target;
        authority = hosts.isEmpty() ? "" : hosts.get(0);
        Matcher absolute = ABSOLUTE.matcher(target);
        String named = null;
        int defaultPort = 0;
        if (method.equals("CONNECT")) {
            named = target;
        } else if (!target.startsWith("/") && absolute.matches()) {
            named = absolute.group(2);
            defaultPort = absolute.group(1).length() == 4 ? 80 : 443;
            path = absolute.group(3);
            if (path.isEmpty()) {
                path = method.equals("OPTIONS") ? "*" : "/";
            } else if (path.startsWith("?")) {
                path = "/" + path;
            }
        }
        if (named != null) {
            if (!hosts.isEmpty() && !sameAuthority(named, hosts.get(0), defaultPort)) {
                return 400;
            }
            authority = named;
            fields.removeIf(f -> f.is("host"));
            fields.add(new Field("host", named));
        }
        int wrong = framing(Framing.NONE);
        if (wrong == 0 && method.equals("CONNECT") && framing != Framing.NONE) {
            return 400;
        }
        return wrong != 0 ? wrong : connectionAndExpectation();
    }

    private int finishResponse() {
        boolean tunnel = toConnect && status >= 200 && status <= 299;
        if (tunnel) {
            fields.removeIf(f -> f.is("content-length") || f.is("transfer-encoding"));
        }
        int wrong = framing(Framing.UNTIL_CLOSE);
        if (wrong == 0) {
            wrong = connectionAndExpectation();
        }
        if (wrong != 0) {
            return wrong;
        }
        boolean never = status <= 199 || status == 204;
        if (never && (framing == Framing.CHUNKED || length > 0)) {
            return 400;
        }
        if (never || status == 304 || toHead || tunnel) {
            framing = Framing.NONE;
            length = -1;
        }
        persistent &= framing != Framing.UNTIL_CLOSE;
        return 0;
    }

    private int framing(Framing without) {
        var lengths = values("content-length");
        var codings = values("transfer-encoding");
        framing = without;
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty() || minorVersion == 0 || codings.size() > 1) {
                return 400;
            }
            String coding = codings.get(0).toLowerCase(Locale.ROOT);
            framing = Framing.CHUNKED;
            if (coding.equals("chunked")) {
                return 0;
            }
            var elements = elements(coding);
            boolean known = elements.stream().allMatch(e -> e.matches(TOKEN)) && elements.size() > 1
                    && elements.indexOf("chunked") == elements.size() - 1;
            return known ? 501 : 400;
        }
        if (!lengths.isEmpty()) {
            if (lengths.size() > 1 || !lengths.get(0).matches("[0-9]{1,19}")) {
                return 400;
            }
            try {
                length = Long.parseLong(lengths.get(0));
            } catch (NumberFormatException e) {
                return 400;
            }
            framing = Framing.LENGTH;
        }
        return 0;
    }

    /** The elements of a comma-separated list that are not empty. */
    static List<String> elements(String value) {
        return Stream.of(value.split(",", -1)).map(e -> e.replaceAll("^[ \\t]+|[ \\t]+$", "")).filter(e -> !e.isEmpty())
                .toList();
    }

    private int connectionAndExpectation() {
        var options = new ArrayList<String>();
        for (String value : values("connection")) {
            for (String option : elements(value.toLowerCase(Locale.ROOT))) {
                if (!option.matches(TOKEN) || END_TO_END.contains(option)) {
                    return 400;
                }
                options.add(option);
            }
        }
        if (options.size() > 32) {
            return 400;
        }
        persistent = !options.contains("close") && (minorVersion == 1 || options.contains("keep-alive"));
        if (request && !values("expect").isEmpty()) {
            if (!values("expect").stream().map(v -> v.toLowerCase(Locale.ROOT)).toList()
                    .equals(List.of("100-continue"))) {
                return 417;
            }
            if (minorVersion == 0) {
                fields.removeIf(f -> f.is("expect"));
            }
        }
        return 0;
    }

    private static boolean authorityValid(String text) {
        Matcher m = AUTHORITY.matcher(text);
        return m.matches() && portValid(m.group(2));
    }

    private static boolean portValid(@Nullable String digits) {
        return digits == null || digits.isEmpty() || (digits.length() <= 5 && Integer.parseInt(digits) <= 65535);
    }

    private static int port(@Nullable String digits, int defaultPort) {
        return digits == null || digits.isEmpty() ? defaultPort : Integer.parseInt(digits);
    }

    private static boolean sameAuthority(String one, String other, int defaultPort) {
        Matcher a = AUTHORITY.matcher(one);
        Matcher b = AUTHORITY.matcher(other);
        return a.matches() && b.matches() && a.group(1).equalsIgnoreCase(b.group(1))
                && port(a.group(2), defaultPort) == port(b.group(2), defaultPort);
    }

    /** The host of RFC 3986 section 3.2.2, letter for letter; not empty, and no IPvFuture. */
    private static String host() {
        String octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])";
        String ipv4 = octet + "\\." + octet + "\\." + octet + "\\." + octet;
        String h16 = "[0-9A-Fa-f]{1,4}";
        String ls32 = "(?:" + h16 + ":" + h16 + "|" + ipv4 + ")";
        String ipv6 = "(?:(?:" + h16 + ":){6}" + ls32 //
                + "|::(?:" + h16 + ":){5}" + ls32 //
                + "|(?:" + h16 + ")?::(?:" + h16 + ":){4}" + ls32 //
                + "|(?:(?:" + h16 + ":){0,1}" + h16 + ")?::(?:" + h16 + ":){3}" + ls32 //
                + "|(?:(?:" + h16 + ":){0,2}" + h16 + ")?::(?:" + h16 + ":){2}" + ls32 //
                + "|(?:(?:" + h16 + ":){0,3}" + h16 + ")?::" + h16 + ":" + ls32 //
                + "|(?:(?:" + h16 + ":){0,4}" + h16 + ")?::" + ls32 //
                + "|(?:(?:" + h16 + ":){0,5}" + h16 + ")?::" + h16 //
                + "|(?:(?:" + h16 + ":){0,6}" + h16 + ")?::)";
        String name = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+";
        return "\\[" + ipv6 + "\\]|" + name;
    }
}
