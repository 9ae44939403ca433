package io.weir.http.check;

import io.weir.core.health.CheckTarget;
import io.weir.http.route.match.TextMatch;
import io.weir.net.check.Dialect;
import io.weir.net.check.Dialogue;
import io.weir.net.check.Expected;
import java.util.Locale;
import java.util.List;
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
 */
public record HttpCheck(String method, String host, String path, String body, List<Field> fields, Set<String> removed,
        Statuses expected, Statuses retriable, Expected receive, int answerBytesMax,
        @Nullable TextMatch serviceName) implements Dialect {
    /** Envoy's {@code response_buffer_size}. */
    public static final int ANSWER_BYTES = 1024;

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
        return new HttpDialogue(this, head(authority));
    }

    /** The request, whole. */
    private String head(String authority) {
        StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        List<Field> sent = new java.util.ArrayList<>();
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
        sent.forEach(one -> head.append(one.name()).append(": ").append(one.value()).append("\r\n"));
        return head.append("\r\n").append(body).toString();
    }

    private static boolean same(Field one, Field other) {
        return one.name().equalsIgnoreCase(other.name());
    }
}
