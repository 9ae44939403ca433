package io.weir.http.ratelimit;

import io.weir.core.value.MetadataPath;
import io.weir.core.value.MetadataSource;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.QueryMatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * One entry of a descriptor, and where its value comes from. Immutable. Source: Envoy's {@code RateLimit.Action}.
 */
public sealed interface DescriptorAction {
    /**
     * Adds the entry.
     *
     * @return false when the request has nothing for it, so that there is no descriptor
     */
    boolean append(Descriptor to, RequestView request);

    /** Always the same. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record GenericKey(String key, byte[] value) implements DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            to.add(key, value);
            return true;
        }
    }

    /**
     * The value of a field; several lines of one name count as one, joined by commas.
     *
     * @param skipIfAbsent
     *            whether a request without it gets a descriptor without this entry, and not none
     */
    record RequestHeader(HeadField field, String key, boolean skipIfAbsent) implements DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            var head = request.head();
            long span = field.locate(head);
            if (span == HeadField.ABSENT) {
                return skipIfAbsent;
            }
            if (field.second(head) >= 0) {
                to.add(key, field.joined(head));
            } else {
                to.add(key, head, HeadField.start(span), HeadField.end(span));
            }
            return true;
        }
    }

    /** The first query parameter of a name, as it stands in the query. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record QueryParameter(byte[] name, String key, boolean skipIfAbsent) implements DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            var head = request.head();
            byte[] bytes = head.bytes();
            int end = head.pathEnd();
            int at = head.queryStart();
            while (at < end) {
                int start = at + 1;
                at = start;
                while (at < end && bytes[at] != '&') {
                    at++;
                }
                int nameEnd = start + name.length;
                if (nameEnd <= at && (nameEnd == at || bytes[nameEnd] == '=')
                        && Arrays.equals(bytes, start, nameEnd, name, 0, name.length)) {
                    to.add(key, head, Math.min(at, nameEnd + 1), at);
                    return true;
                }
            }
            return skipIfAbsent;
        }
    }

    /** The address of the client that is to be believed. */
    record RemoteAddress() implements DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            var client = request.client();
            boolean known = client.end() > client.start();
            if (known) {
                to.add("remote_address", client.bytes(), client.start(), client.end());
            }
            return known;
        }
    }

    /**
     * The network of that address, such as {@code 10.1.0.0/16}.
     *
     * @param v4Bits
     *            0 to 32
     * @param v6Bits
     *            0 to 128
     */
    record MaskedRemoteAddress(int v4Bits, int v6Bits) implements DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            return appendUnlessEmpty(to, "masked_remote_address", request.network(v4Bits, v6Bits));
        }
    }

    /** A fixed value where the fields of the request pass, or do not pass, all tests. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record HeaderValueMatch(String key, byte[] value, boolean expected, List<HeaderMatch> tests)
            implements
                DescriptorAction {
        public HeaderValueMatch {
            tests = List.copyOf(tests);
        }

        @Override
        public boolean append(Descriptor to, RequestView request) {
            return appendIf(all(tests, request.head(), HeaderMatch::matches) == expected, to, key, value);
        }
    }

    /** A fixed value where the query passes, or does not pass, all tests. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record QueryValueMatch(String key, byte[] value, boolean expected, List<QueryMatch> tests)
            implements
                DescriptorAction {
        public QueryValueMatch {
            tests = List.copyOf(tests);
        }

        @Override
        public boolean append(Descriptor to, RequestView request) {
            return appendIf(all(tests, request.head(), QueryMatch::matches) == expected, to, key, value);
        }
    }

    /** The name of the cluster that the request goes to. */
    record DestinationCluster() implements DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            return appendUnlessEmpty(to, "destination_cluster", request.cluster());
        }
    }

    /**
     * A text that a filter before has written down.
     *
     * @param otherwise
     *            what counts where there is none; empty: nothing does
     * @param skipIfAbsent
     *            whether a request without either gets a descriptor without this entry, and not none
     */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Metadata(MetadataSource source, String key, MetadataPath path, byte[] otherwise, boolean skipIfAbsent)
            implements
                DescriptorAction {
        @Override
        public boolean append(Descriptor to, RequestView request) {
            Object value = path.in(request.metadata(source, path.namespace()));
            byte[] text = value instanceof String said && !said.isEmpty()
                    ? said.getBytes(StandardCharsets.UTF_8)
                    : otherwise;
            return appendUnlessEmpty(to, key, text) || skipIfAbsent;
        }
    }

    private static boolean appendUnlessEmpty(Descriptor to, String key, byte[] value) {
        return appendIf(value.length > 0, to, key, value);
    }

    private static boolean appendIf(boolean there, Descriptor to, String key, byte[] value) {
        if (there) {
            to.add(key, value);
        }
        return there;
    }

    private static <T> boolean all(List<T> tests, HttpHead head, BiPredicate<T, HttpHead> passes) {
        for (int i = 0; i < tests.size(); i++) {
            if (!passes.test(tests.get(i), head)) {
                return false;
            }
        }
        return true;
    }
}
