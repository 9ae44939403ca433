package io.weir.http.check;

import io.netty.buffer.ByteBuf;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.TextMatch;
import io.weir.net.check.Dialect;
import io.weir.net.check.Dialogue;
import io.weir.net.check.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A host is well when it answers a request as expected: Envoy's {@code http_health_check}. Immutable.
 *
 * @param host
 *            the request's authority; empty: the cluster's name
 * @param body
 *            sent with the request, in Latin-1 characters; empty: none
 * @param fields
 *            set in the request's head, in this order
 * @param removed
 *            names of fields, in lower case, that the request does not carry
 * @param answerBytesMax
 *            how much of the response's body is searched for what is expected; 0: all of it, to a bound
 * @param serviceName
 *            what {@code x-envoy-upstream-healthchecked-cluster} must be; null: anything
 * @param http2
 *            whether it is asked over HTTP/2, by prior knowledge; else over HTTP/1.1
 */
public record HttpCheck(String method, String host, String path, String body, List<Field> fields, Set<String> removed,
        Statuses expected, Statuses retriable, Expected receive, int answerBytesMax,
        @Nullable TextMatch serviceName, boolean http2) implements Dialect {
    /** Envoy's {@code response_buffer_size}. */
    public static final int ANSWER_BYTES = 1024;
    private static final HeaderName DEGRADED = HeaderName.of("x-envoy-degraded");
    private static final HeaderName FAIL = HeaderName.of("x-envoy-immediate-health-check-fail");
    private static final HeaderName CLUSTER = HeaderName.of("x-envoy-upstream-healthchecked-cluster");
    /** What is kept of a body that is to be searched as a whole. */
    private static final int WHOLE_BYTES_MAX = 1024 * 1024;
    private static final byte[] NOTHING = {};

    /** What becomes of a field that the request has already. */
    public enum Present {
        /** Both are sent. */
        BESIDE,
        /** It stays alone. */
        KEPT,
        /** The new one takes its place. */
        REPLACED,
        /** The new one takes its place, and is not sent where there is none. */
        ONLY_REPLACED
    }

    /** A header field. */
    public record Field(String name, String value, Present present) {
    }

    public HttpCheck {
        fields = List.copyOf(fields);
        removed = Set.copyOf(removed);
    }

    /** One over HTTP/1.1. */
    public HttpCheck(String method, String host, String path, String body, List<Field> fields, Set<String> removed,
            Statuses expected, Statuses retriable, Expected receive, int answerBytesMax,
            @Nullable TextMatch serviceName) {
        this(method, host, path, body, fields, removed, expected, retriable, receive, answerBytesMax, serviceName,
                false);
    }

    /** The same over this version. */
    public HttpCheck withHttp2(boolean over) {
        return new HttpCheck(method, host, path, body, fields, removed, expected, retriable, receive, answerBytesMax,
                serviceName, over);
    }

    /** GET this path, and expect 200. */
    public static HttpCheck get(String path) {
        return new HttpCheck("GET", "", path, "", List.of(), Set.of(), Statuses.OK, Statuses.NONE, Expected.NOTHING,
                ANSWER_BYTES, null);
    }

    @Override
    public String label() {
        return "HTTP";
    }

    @Override
    public Dialogue dialogue(CheckTarget target) {
        String authority = !target.hostname().isEmpty()
                ? target.hostname()
                : host.isEmpty() ? target.cluster() : host;
        return http2
                ? new Http2Dialogue(this, Http2Dialogue.call(this, sent(authority)))
                : new HttpDialogue(this, head(authority));
    }

    /** The request, whole. */
    private String head(String authority) {
        StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        sent(authority).forEach(one -> head.append(one.name()).append(": ").append(one.value()).append("\r\n"));
        return head.append("\r\n").append(body).toString();
    }

    /** The fields of the request, its authority among them. */
    private List<Field> sent(String authority) {
        List<Field> sent = new ArrayList<>();
        sent.add(new Field("host", authority, Present.KEPT));
        sent.add(new Field("user-agent", "Weir/HC", Present.KEPT));
        for (Field field : fields) {
            boolean there = sent.stream().anyMatch(one -> same(one, field));
            switch (field.present()) {
                case BESIDE -> sent.add(field);
                case KEPT -> {
                    if (!there) {
                        sent.add(field);
                    }
                }
                case REPLACED, ONLY_REPLACED -> {
                    sent.removeIf(one -> same(one, field));
                    if (there || field.present() == Present.REPLACED) {
                        sent.add(field);
                    }
                }
            }
        }
        sent.removeIf(one -> removed.contains(one.name().toLowerCase(Locale.ROOT)));
        if (!body.isEmpty()) {
            sent.add(new Field("content-length", Integer.toString(body.length()), Present.KEPT));
        }
        return sent;
    }

    /** What a response that is whole says of the host. */
    CheckResult judged(HttpHead head, ByteBuf text) {
        int status = head.status();
        boolean askedOut = head.has(FAIL);
        if (!expected.has(status)) {
            Failure failure = retriable.has(status) ? Failure.RETRIABLE : Failure.ACTIVE;
            return new Failed(failure, askedOut, false, "HTTP " + status);
        }
        if (askedOut) {
            return new Failed(Failure.ACTIVE, true, false, "it asked to be left alone");
        }
        if (!receive.in(text)) {
            return Failed.of(Failure.ACTIVE, "the response does not hold what is expected");
        }
        if (serviceName != null) {
            int at = head.find(CLUSTER);
            boolean right = at < 0
                    ? serviceName.matches(NOTHING, 0, 0)
                    : serviceName.matches(head.bytes(), head.valueStart(at), head.valueEnd(at));
            if (!right) {
                return new Failed(Failure.ACTIVE, false, true,
                        "it belongs to another cluster: " + (at < 0 ? "it names none" : head.value(at)));
            }
        }
        return new Passed(head.has(DEGRADED));
    }

    /** How many more bytes of a body of which so much is kept are searched. */
    int kept(int already, int more) {
        int max = answerBytesMax == 0 ? WHOLE_BYTES_MAX : answerBytesMax;
        return receive.nothing() ? 0 : Math.min(max - already, more);
    }

    private static boolean same(Field one, Field other) {
        return one.name().equalsIgnoreCase(other.name());
    }
}
